"""Telling the reminder round to look at milestones again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from tracker.models import Milestone, Task
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import OPEN_STATES, TaskState

WATCHED_KINDS = (MilestoneKind.STEP, MilestoneKind.ARCHIVE)
WATCHED_STATES = (*OPEN_STATES, TaskState.CLOSED)  # a closed task may still owe its archiving
OPEN_MILESTONES = (MilestoneState.PENDING, MilestoneState.REPORTED)

_LOOK_AGAIN = (
    update(Milestone)
    .where(
        col(Milestone.task_id) == bindparam("watched_task_id"),
        col(Milestone.state).in_(OPEN_MILESTONES),
        col(Milestone.kind).in_(WATCHED_KINDS),
        col(Milestone.due_on).is_not(None),
    )
    .values(look_on=bindparam("day"))
    .execution_options(synchronize_session=False)
)


def look_again(session: Session, task_id: int, *, on: date | None) -> None:
    """Let a round look at the task's open milestones from the office day `on`; None: not at all.

    Called by whatever changes what is owed. Milestones that are done look at nothing any more and stay so.
    """
    session.flush()
    session.connection().execute(_LOOK_AGAIN, {"watched_task_id": task_id, "day": on})
    for row in session.identity_map.values():
        if isinstance(row, Milestone) and row.task_id == task_id and is_watchable(row):
            set_committed_value(row, "look_on", on)


def is_watchable(milestone: Milestone) -> bool:
    """Whether there is anything to remind of: an open step with a day."""
    return (
        milestone.due_on is not None
        and milestone.kind in WATCHED_KINDS
        and milestone.state in OPEN_MILESTONES
    )


def look_day(task: Task, milestone: Milestone, today: date) -> date | None:
    """When a round has to look at one milestone whose day or state has just changed."""
    return today if task.state in WATCHED_STATES and is_watchable(milestone) else None
