"""Points of every year: which of them share one rule, and which no rule can hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from tracker.calendar import FESTIVALS
from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.phrases import Phrase, Point, Scope, Yearly
from tracker.deadlines.resolving.calendar_days import due_of_point, last_of_month
from tracker.deadlines.values import Offset, OffsetUnit

DayOfYear = tuple[int, int]  # the month, and the day of it (-1 for the last)
_COMMON_YEAR, _LEAP_YEAR = 2023, 2024  # any such year: only days that are the same every year are asked for


def day_of_year(phrase: Phrase) -> DayOfYear | None:
    """The day that a point names every year; None for a festival that moves."""
    point = phrase.point if isinstance(phrase, Yearly) else phrase
    if not isinstance(point, Point):
        return None
    if point.scope is Scope.FESTIVAL:
        festival = FESTIVALS[point.festival or ""]
        eve = festival.on(_COMMON_YEAR) - timedelta(days=1)
        return (eve.month, eve.day) if festival.is_fixed else None
    due = due_of_point(point, _LEAP_YEAR)
    is_last = due == last_of_month(due.year, due.month) and (point.scope is not Scope.DAY)
    return due.month, rules.LAST_DAY if is_last else point.day or due.day


def shared_day(days: Sequence[DayOfYear | None]) -> tuple[list[int], int] | None:
    """The months and the one day that all share; a month's last day is one day whatever its number."""
    known = [day for day in days if day is not None]
    if len(known) < len(days):
        return None
    months = [month for month, _ in known]
    numbers = {number for _, number in known}
    if len(numbers) == 1:
        return months, numbers.pop()
    lasts = all(number in (rules.LAST_DAY, last_of_month(_LEAP_YEAR, month).day) for month, number in known)
    return (months, rules.LAST_DAY) if lasts else None


def offset_of_moving(phrase: Phrase) -> Offset | None:
    """每年春节前: no rule can hold it; it is a day before an event."""
    point = phrase.point if isinstance(phrase, Yearly) else None
    if point is None or not point.before:
        return None
    return Offset(-1, OffsetUnit.DAY, point.festival or "")
