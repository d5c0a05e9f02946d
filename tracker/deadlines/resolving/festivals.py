"""Days around festivals, from the calendar: the eve that “春节前” means, the days off of “国庆假期期间”."""

from __future__ import annotations

from datetime import date, timedelta

from tracker.calendar import FESTIVALS, WorkCalendar
from tracker.deadlines.grammar.phrases import Point, Scope
from tracker.deadlines.resolving.calendar_days import due_of_point
from tracker.deadlines.resolving.context import Context

_LATE_IN_YEAR = 10
_TURN_OF_THE_YEAR = frozenset(("元旦", "春节", "元宵节", "除夕", "小年", "腊八节"))
_TIME_OFF = ("期间", "假期", "节假期", "放假期间")


def eve_of(context: Context, point: Point) -> date | None:
    """The day before the festival; None where no year is known."""
    festival = FESTIVALS[point.festival or ""]
    year = context.take_year(point.year)
    if year is None:
        return None
    eve = festival.on(year) - timedelta(days=1)
    if point.year is None and not context.named and _means_next_year(context.ref, festival.name, eve):
        return festival.on(year + 1) - timedelta(days=1)
    return eve


def _means_next_year(ref: date | None, name: str, eve: date) -> bool:
    """New Year's Day without a year is the coming one; late in a year so are the festivals of the next winter."""
    if ref is None or eve >= ref:
        return False
    return name == "元旦" or (name in _TURN_OF_THE_YEAR and ref.month >= _LATE_IN_YEAR)


def days_off(
    context: Context, point: Point, following: str, calendar: WorkCalendar | None
) -> tuple[date, date] | None:
    """The first and last day off of a holiday that `following` (期间) names whole; None where none is published."""
    if calendar is None or point.scope is not Scope.FESTIVAL or point.before:
        return None
    if not following.startswith(_TIME_OFF):
        return None
    year = context.take_year(point.year)
    days = calendar.list_holiday_days(point.festival or "", year) if year is not None else []
    return (days[0], days[-1]) if days else None


def first_day_of_festival(point: Point, year: int) -> date:
    return FESTIVALS[point.festival or ""].on(year)


def due_of_any_point(point: Point, year: int) -> date:
    """The last day still on time, for points of the calendar and for festivals."""
    if point.scope is Scope.FESTIVAL:
        return first_day_of_festival(point, year) - timedelta(days=1 if point.before else 0)
    if point.scope is Scope.YEAR and point.number is not None:
        return date(point.number, 12, 31)
    return due_of_point(point, year)
