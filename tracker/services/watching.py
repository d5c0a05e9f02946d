"""Telling the reminder round to look at milestones again.

A list of milestones may serve several tasks: a round looks at it as long as one of them is under way.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from tracker.identity import id_of
from tracker.models import Milestone, Task
from tracker.queries.served import WATCHED_STATES, holder_of, is_list_in, list_states_of_list
from workflows.milestone import OPEN_MILESTONES, MilestoneKind
from workflows.task import TaskState

WATCHED_KINDS = (MilestoneKind.STEP, MilestoneKind.ARCHIVE)

_LOOK_AGAIN = (
    update(Milestone)
    .where(
        col(Milestone.task_id) == bindparam("holder_id"),
        col(Milestone.state).in_(OPEN_MILESTONES),
        col(Milestone.kind).in_(WATCHED_KINDS),
        col(Milestone.due_on).is_not(None),
    )
    .values(look_on=bindparam("day"))
    .execution_options(synchronize_session=False)
)


def look_again(session: Session, task: Task, *, on: date) -> None:
    """Let a round look at the open milestones of the task, or of its shared list, from the office day `on`.

    Called by whatever changes what is owed. Milestones that are done look at nothing any more and stay so.
    """
    session.flush()
    _set_look_day(session, holder_of(task), on)


def look_no_more(
    session: Session, task: Task, *, on: date, unless: Collection[TaskState] = WATCHED_STATES
) -> None:
    """The task owes nothing now: look at its milestones no more, `unless` they serve another in such a state.

    Then a round looks at them on `on`, as other people are concerned from now on.
    """
    session.flush()
    holder_id = holder_of(task)
    others = list_states_of_list(session, holder_id) | {id_of(task): None}
    _set_look_day(session, holder_id, on if any(state in unless for state in others.values()) else None)


def _set_look_day(session: Session, holder_id: int, day: date | None) -> None:
    session.connection().execute(_LOOK_AGAIN, {"holder_id": holder_id, "day": day})
    for row in session.identity_map.values():
        if isinstance(row, Milestone) and row.task_id == holder_id and is_watchable(row):
            set_committed_value(row, "look_on", day)


def is_watchable(milestone: Milestone) -> bool:
    """Whether there is anything to remind of: an open step with a day."""
    return (
        milestone.due_on is not None
        and milestone.kind in WATCHED_KINDS
        and milestone.state in OPEN_MILESTONES
    )


def look_day(milestone: Milestone, today: date, *, is_watched: bool) -> date | None:
    """When a round has to look at one milestone whose day or state has just changed."""
    return today if is_watched and is_watchable(milestone) else None


def is_list_watched(session: Session, holder_id: int) -> bool:
    """Whether any task that the list of milestones serves is under way, or still owes its archiving."""
    return is_list_in(session, holder_id, WATCHED_STATES)
