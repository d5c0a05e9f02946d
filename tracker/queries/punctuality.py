"""Punctuality as the database says it, so that it can count what nobody has to look at.

The rule is that of `tracker.lights`; tests compare the two.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col
from sqlmodel.sql.sqltypes import UTCDateTime

from tracker.lights import Measure
from tracker.models import Milestone

FIRST_DUE_ON = func.coalesce(col(Milestone.first_due_on), col(Milestone.due_on))


class EndOfOfficeDay(FunctionElement[datetime]):
    """The moment at which an office day is over: midnight of Asia/Shanghai, 16:00 of the same day in UTC."""

    type = UTCDateTime()
    inherit_cache = True


@compiles(EndOfOfficeDay, "sqlite")
def _end_on_sqlite(element: EndOfOfficeDay, compiler: Any, **options: Any) -> str:
    return f"datetime({compiler.process(element.clauses, **options)}, '+16 hours')"


@compiles(EndOfOfficeDay, "postgresql")
def _end_on_postgresql(element: EndOfOfficeDay, compiler: Any, **options: Any) -> str:
    return f"(({compiler.process(element.clauses, **options)}) + interval '16 hours') AT TIME ZONE 'UTC'"


IS_BACKFILLED = col(Milestone.done_on).is_not(
    None
)  # done before the program came: in no rate, and by its own day


def completed_at(measure: Measure) -> Any:
    """`tracker.lights.completed_on` of met and reported milestones that are not backfilled, as the database says it."""
    if measure is Measure.ACCEPTANCE:
        return col(Milestone.met_at)
    return func.coalesce(col(Milestone.reported_at), col(Milestone.met_at))


def is_on_time(measure: Measure) -> ColumnElement[bool]:
    """`tracker.lights.was_on_time` against the current due day, as the database says it."""
    is_kept = completed_at(measure) < EndOfOfficeDay(col(Milestone.due_on))
    is_kept_by_day = col(Milestone.done_on) <= col(Milestone.due_on)
    return and_(not_(col(Milestone.was_overdue)), case((IS_BACKFILLED, is_kept_by_day), else_=is_kept))


def how_many(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
