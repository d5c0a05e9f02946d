"""How things stood at the ends of past weeks, counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import and_, bindparam, not_, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from tracker.lights import Measure
from tracker.models import Milestone, Task
from tracker.queries.punctuality import (
    IS_BACKFILLED,
    completed_at,
    how_many,
    is_on_time,
)
from tracker.queries.weekly import TaskSelection
from workflows.milestone import DATED_KINDS, MilestoneState
from workflows.task import TaskState


def count_by_week(
    session: Session, wanted: TaskSelection, ends: Sequence[tuple[date, datetime]], measure: Measure
) -> list[tuple[int, int, int, int, int]]:
    """For each end of a week (the day after it, and its first moment): tasks issued and closed, milestones due, met on
    time, and overdue by then. From the dates of today's register: 退回, 中止 and extensions are not taken back.
    """
    if not ends:
        return []
    tasks, steps = _statements(len(ends), measure)
    moments = {f"moment_{place}": moment for place, (_, moment) in enumerate(ends)}
    days = {f"day_{place}": day for place, (day, _) in enumerate(ends)}
    within = wanted.conditions()
    connection = session.connection()
    counted = connection.execute(tasks.where(*within), moments).one()
    last = max(day for day, _ in ends)
    dated = connection.execute(steps.where(col(Milestone.due_on) < last, *within), {**moments, **days}).one()
    return [
        (*counted[2 * place : 2 * place + 2], *dated[3 * place : 3 * place + 3]) for place in range(len(ends))
    ]


@lru_cache(maxsize=8)
def _statements(weeks: int, measure: Measure) -> tuple[Any, Any]:
    """What is counted of tasks and of milestones, the ends of the weeks left open: these are large to put together."""
    is_counted = col(Task.state).not_in((TaskState.DRAFT, TaskState.CANCELLED))
    of_tasks: list[Any] = []
    of_steps: list[Any] = []
    for place in range(weeks):
        moment: Any = bindparam(f"moment_{place}")
        is_issued = col(Task.issued_at) < moment
        is_due = and_(col(Milestone.due_on) < bindparam(f"day_{place}"), is_issued)
        is_met = and_(col(Milestone.state) == MilestoneState.MET, col(Milestone.met_at) < moment)
        of_tasks += [how_many(is_issued), how_many(and_(is_issued, col(Task.closed_at) < moment))]
        of_steps += [
            how_many(is_due),
            how_many(and_(is_due, is_met, is_on_time(measure))),
            how_many(and_(is_due, or_(completed_at(measure).is_(None), completed_at(measure) >= moment))),
        ]
    tasks = select_columns(*of_tasks).where(is_counted)
    steps = (
        select_columns(*of_steps)
        .select_from(Milestone)
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(
            is_counted,
            col(Task.state) != TaskState.SUSPENDED,
            col(Milestone.kind).in_(DATED_KINDS),
            col(Milestone.state) != MilestoneState.WAIVED,
            not_(IS_BACKFILLED),
        )
    )
    return tasks, steps
