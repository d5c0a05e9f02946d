"""Working days: what was published, and the weekday rule for years that were not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

_DAY = timedelta(days=1)
_SATURDAY = 5


class DayKind(StrEnum):
    """What a published day is: off work, a make-up working day, or a statutory holiday itself."""

    REST = "休"
    WORK = "班"
    STATUTORY = "节"


@dataclass(frozen=True, order=True)
class CalendarDay:
    """One published day that differs from the weekday rule, or is a statutory holiday."""

    day: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class WorkCalendar:
    """The office's days. A year counts as published when at least one of its days is listed."""

    days: tuple[CalendarDay, ...] = ()

    @classmethod
    def from_rows(cls, rows: Iterable[CalendarDay]) -> WorkCalendar:
        return cls(tuple(sorted(rows)))

    @cached_property
    def _by_day(self) -> dict[date, CalendarDay]:
        return {row.day: row for row in self.days}

    @cached_property
    def _years(self) -> frozenset[int]:
        return frozenset(row.day.year for row in self.days)

    def find_day(self, day: date) -> CalendarDay | None:
        return self._by_day.get(day)

    def is_published(self, year: int) -> bool:
        return year in self._years

    def is_workday(self, day: date) -> bool:
        """Make-up days (调休) count as work; a year not yet published follows the weekday rule."""
        row = self._by_day.get(day)
        if row is not None:
            return row.kind is DayKind.WORK
        return day.weekday() < _SATURDAY

    def is_statutory_holiday(self, day: date) -> bool:
        """A holiday of the law itself (法定节假日), not a day off lent to it or a weekend."""
        row = self._by_day.get(day)
        return row is not None and row.kind is DayKind.STATUTORY

    def add_workdays(self, start: date, count: int) -> tuple[date, bool]:
        """The working day `count` after `start` (before, if negative), and whether that is provisional.

        `start` is not counted (民法典 201). Zero gives `start` back.
        """
        step = _DAY if count >= 0 else -_DAY
        day, left, provisional = start, abs(count), False
        while left:
            day += step
            provisional = provisional or not self.is_published(day.year)
            left -= self.is_workday(day)
        return day, provisional

    def next_workday_on_or_after(self, day: date) -> date:
        while not self.is_workday(day):
            day += _DAY
        return day

    def previous_workday_on_or_before(self, day: date) -> date:
        while not self.is_workday(day):
            day -= _DAY
        return day

    def workdays_between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and including `end`; negative when `end` is earlier."""
        if end < start:
            return -self.workdays_between(end, start)
        return sum(self.is_workday(day) for day in _days_after(start, end))

    def list_holiday_days(self, name: str, year: int) -> list[date]:
        """The days off of one holiday in one published year, in order; empty where the year is not published."""
        off = (DayKind.REST, DayKind.STATUTORY)
        return [row.day for row in self.days if row.day.year == year and row.name == name and row.kind in off]


def _days_after(start: date, end: date) -> Iterator[date]:
    day = start
    while day < end:
        day += _DAY
        yield day
