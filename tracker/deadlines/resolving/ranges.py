"""The days of a range: both ends with the year they name or inherit, the end in the next year where it must be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.deadlines.grammar.phrases import Scope, Stretch
from tracker.deadlines.resolving.calendar_days import days_of_point
from tracker.deadlines.resolving.context import YEARS, Context
from tracker.deadlines.resolving.festivals import due_of_any_point, first_day_of_festival

_LONGEST_DAYS = 366 * 12
Days = tuple[date | None, date | None]


def days_of_range(context: Context, stretch: Stretch) -> Days | None:
    """Start and end, None for an end that is open or of unknown year; no days at all where the two do not fit."""
    start = _start_of(context, stretch)
    if stretch.last is None:
        return start, None
    last, year = context.locate(stretch.last)
    if year is None:
        return None, None
    due = due_of_any_point(last, year)
    if stretch.first is None:
        return None, due
    if start is not None and due < start:
        if stretch.last.year is not None or last.scope is Scope.YEAR or year + 1 not in YEARS:
            return None
        due = due_of_any_point(last, year + 1)
    if start is None or (due - start).days > _LONGEST_DAYS:
        return None
    context.last = last if last.month is not None else None
    return start, due


def _start_of(context: Context, stretch: Stretch) -> date | None:
    first, last = stretch.first, stretch.last
    if first is None:
        return None
    if first.year is None and last is not None and last.year is not None and not context.year:
        first = replace(first, year=last.year)
    known, year = context.locate(first)
    if year is None or year not in YEARS:
        return None
    if known.scope is Scope.FESTIVAL:
        return first_day_of_festival(known, year)
    return days_of_point(known, year)[0]
