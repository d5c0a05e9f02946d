"""Weeks as ISO 8601 counts them: Monday to Sunday, the first one holds the year's first Thursday."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.clock import office_day, office_moment
from tracker.errors import ValueRefused

# Beyond these, counting on by weeks leaves the calendar itself.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2199
_WRITTEN = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_WEEK = timedelta(days=7)


@dataclass(frozen=True, order=True)
class IsoWeek:
    """One week of office days."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> IsoWeek:
        """The week that `day` lies in."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, text: str) -> IsoWeek:
        """Read `2024-W22`. Raises ValueRefused for anything else, and for a week that the year does not have."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ValueRefused(f"“{text}”不是周次，请写成 2024-W22 这样的形式。")
        year, number = int(found.group(1)), int(found.group(2))
        if not EARLIEST_YEAR <= year <= LATEST_YEAR:
            raise ValueRefused(f"周次的年份应在{EARLIEST_YEAR}到{LATEST_YEAR}之间，现在是{year}。")
        try:
            date.fromisocalendar(year, number, 1)
        except ValueError as error:
            raise ValueRefused(f"{year}年没有第{number}周，请核对周次。") from error
        return cls(year, number)

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 7)

    def shift(self, weeks: int) -> IsoWeek:
        """The week so many weeks later; earlier for a negative count."""
        return IsoWeek.of(self.monday + weeks * _WEEK)

    def __contains__(self, day: date) -> bool:
        return self.monday <= day <= self.sunday

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02d}"


@dataclass(frozen=True)
class Cut:
    """Up to where a report looks: what happened before `until` counts, and `today` is the day it is read on.

    A week that is over is cut at its end and read on the Monday after, so what was due on Sunday and is not done is
    one day over. A week that still runs is cut at the moment of asking.
    """

    until: datetime
    today: date

    @classmethod
    def of(cls, week: IsoWeek, at: datetime) -> Cut:
        end = week.shift(1).monday
        if office_day(at) >= end:
            return cls(office_moment(end, 0), end)
        return cls(at + timedelta(microseconds=1), office_day(at))

    def has_happened(self, moment: datetime | None) -> bool:
        return moment is not None and moment < self.until
