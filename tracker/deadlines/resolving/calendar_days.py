"""Which days a point of the calendar covers, once its year and month are known."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from tracker.deadlines.grammar.phrases import Point, Scope


def last_of_month(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def days_of_point(point: Point, year: int) -> tuple[date, date]:
    """The first and the last day that the words name in `year`, 前 not considered. The month must be known."""
    if point.scope is Scope.YEAR:
        return date(year, 1, 1), date(year, 12, 31)
    if point.scope is Scope.HALF:
        number = point.number or 1
        return date(year, number * 6 - 5, 1), last_of_month(year, number * 6)
    if point.scope is Scope.QUARTER:
        number = point.number or 1
        return date(year, number * 3 - 2, 1), last_of_month(year, number * 3)
    month = point.month or 1
    last = last_of_month(year, month)
    if point.scope is Scope.TEN_DAYS:
        day = point.day or 31
        first = {10: 1, 15: 1, 20: 11}.get(day, 21)
        return date(year, month, first), min(date(year, month, day), last) if day < 29 else last
    if point.scope is Scope.DAY:
        named = min(date(year, month, 1) + timedelta(days=(point.day or 1) - 1), last)
        return named, named
    return (last, last) if point.ends else (date(year, month, 1), last)


_OPEN_SCOPES = (Scope.YEAR, Scope.MONTH)


def due_of_point(point: Point, year: int) -> date:
    """The last day still on time: “10月前” ends before October begins, “三季度前” and “10月15日前” with what they name."""
    first, last = days_of_point(point, year)
    if point.before and not point.ends and not point.inside and point.scope in _OPEN_SCOPES:
        return first - timedelta(days=1)
    return last
