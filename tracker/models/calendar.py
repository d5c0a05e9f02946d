"""The office's working calendar."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field


class DayKind(StrEnum):
    WORK = "work"  # a weekend day that is worked (调休上班)
    HOLIDAY = "holiday"  # a day off of the published arrangement


class CalendarDay(SQLModel, table=True):
    """A day that differs from the weekday rule, or belongs to a statutory holiday."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    kind: DayKind = enum_field(DayKind)
    name: str = Field(default="", max_length=40)  # 春节, 国庆节 …
    is_statutory: bool = False  # 法定节假日 itself, not a day moved to it


class CalendarYear(SQLModel, table=True):
    """A year whose arrangement is published and known here. Dates of other years are provisional."""

    __tablename__ = "calendar_year"

    year: int = Field(primary_key=True)
    source: str = Field(max_length=255)
    imported_at: datetime
