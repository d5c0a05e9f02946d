"""How things stood at the ends of past weeks, counted by the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, or_
from sqlalchemy import select as select_columns
from sqlmodel import Session, col

from tracker.lights import Measure
from tracker.models import Milestone, Task
from tracker.queries.punctuality import DATED_KINDS, completed_at, how_many, is_on_time
from tracker.queries.weekly import TaskSelection
from workflows.milestone import MilestoneState
from workflows.task import TaskState


def count_by_week(
    session: Session, wanted: TaskSelection, ends: Sequence[tuple[date, datetime]], measure: Measure
) -> list[tuple[int, int, int, int, int]]:
    """For each end of a week (the day after it, and its first moment): tasks issued and closed, milestones due, met on
    time, and overdue by then. From the dates of today's register: 退回, 中止 and extensions are not taken back.
    """
    if not ends:
        return []
    is_counted = col(Task.state).not_in((TaskState.DRAFT, TaskState.CANCELLED))
    of_tasks: list[Any] = []
    of_steps: list[Any] = []
    for day, moment in ends:
        is_issued = col(Task.issued_at) < moment
        is_due = and_(col(Milestone.due_on) < day, is_issued)
        is_met = and_(col(Milestone.state) == MilestoneState.MET, col(Milestone.met_at) < moment)
        of_tasks += [how_many(is_issued), how_many(and_(is_issued, col(Task.closed_at) < moment))]
        of_steps += [
            how_many(is_due),
            how_many(and_(is_due, is_met, is_on_time(measure))),
            how_many(and_(is_due, or_(completed_at(measure).is_(None), completed_at(measure) >= moment))),
        ]
    tasks: Any = select_columns(*of_tasks).where(is_counted, *wanted.conditions())
    steps: Any = (
        select_columns(*of_steps)
        .select_from(Milestone)
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(
            is_counted,
            col(Task.state) != TaskState.SUSPENDED,
            col(Milestone.kind).in_(DATED_KINDS),
            col(Milestone.state) != MilestoneState.WAIVED,
            col(Milestone.due_on) < max(day for day, _ in ends),
            *wanted.conditions(),
        )
    )
    counted = session.connection().execute(tasks).one()
    dated = session.connection().execute(steps).one()
    return [
        (*counted[2 * place : 2 * place + 2], *dated[3 * place : 3 * place + 3]) for place in range(len(ends))
    ]
