"""What a page says of a new due day on which nobody works: the day is kept, and whoever asks or answers knows it."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from notifications.wording import day_words
from tracker.calendar import WorkCalendar
from web.desk import Desk


class DaysOff:
    """The remarks of one request. The calendar is read with the first day that is asked about."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @cached_property
    def _calendar(self) -> WorkCalendar:
        return self._desk.house.calendar(self._desk.session)

    def remark(self, day: date) -> str | None:
        """6月29日（周六）是休息日，前一个工作日是6月28日（周五）; nothing of a working day."""
        if self._calendar.is_workday(day):
            return None
        before = self._calendar.previous_workday_on_or_before(day)
        today = self._desk.today
        return f"{day_words(day, today)}是休息日，前一个工作日是{day_words(before, today)}"
