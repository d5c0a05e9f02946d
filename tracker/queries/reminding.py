"""What a reminder round reads: rows of plain values, many at a time. Nothing here makes model objects."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, union_all
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func

from tracker.models import (
    Campaign,
    Instruction,
    Milestone,
    Task,
)
from tracker.prepared import Prepared, is_among
from tracker.queries.served import SharedList, pointer_to_holder
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import OPEN_STATES, TaskState

_DAY = timedelta(days=1)


class WatchedMilestone(NamedTuple):
    """A milestone whose day to be looked at has come. `task_id` holds its list, which may serve other tasks too.

    `series_id` is set for an occurrence of a series.
    """

    id: int
    task_id: int
    due_on: date | None
    state: MilestoneState
    kind: MilestoneKind
    reported_by_id: int | None
    series_id: int | None


class ServedTask(NamedTuple):
    """A task that the list of `holder_id` serves, and where it stands."""

    holder_id: int
    task_id: int
    campaign_id: int
    state: TaskState
    submitted_by_id: int | None
    reviewed_by_id: int | None


class Unaccepted(NamedTuple):
    task_id: int
    campaign_id: int
    accept_by_on: date


class Unacknowledged(NamedTuple):
    instruction_id: int
    task_id: int
    campaign_id: int
    given_at: datetime
    text: str


_WATCHED = Prepared(
    columns(
        col(Milestone.id),
        col(Milestone.task_id),
        col(Milestone.due_on),
        col(Milestone.state),
        col(Milestone.kind),
        col(Milestone.reported_by_id),
        col(Milestone.series_id),
    )
    .join(Task, col(Task.id) == col(Milestone.task_id))
    .where(col(Milestone.look_on) <= bindparam("today"))
    .order_by(col(Milestone.look_on), col(Milestone.id))
    .limit(bindparam("most"))
    # who works on one of these rows just now is not waited for: the next round looks again
    .with_for_update(of=(Milestone, Task), skip_locked=True, key_share=True)
)


def list_watched_milestones(session: Session, *, today: date, most: int) -> list[WatchedMilestone]:
    """Milestones to be looked at by `today`, those that wait longest first; held until the transaction ends."""
    return [WatchedMilestone._make(row) for row in _WATCHED.rows(session, {"today": today, "most": most})]


def map_openings(session: Session, milestone_ids: Collection[int]) -> dict[int, date]:
    """The first day on which each occurrence of a recurring series may be reminded of; in one statement.

    The day after the occurrence before it falls in the series, whatever became of that one. The first opens when the
    series starts, but the day before it is due at the latest. What counts from an event is not among them.
    """
    if not milestone_ids:
        return {}
    rows = _OPENINGS.rows(session, {"milestone_ids": list(milestone_ids)})
    return {
        milestone_id: previous + _DAY if previous else min(max(start or begin, begin), occurs_on - _DAY)
        for milestone_id, occurs_on, previous, start, begin in rows
    }


def map_served_tasks(
    session: Session, holder_ids: Collection[int], shared: SharedList = SharedList.MILESTONES
) -> dict[int, list[ServedTask]]:
    """The tasks that these lists serve, by the holder, which comes first; in one statement."""
    served: dict[int, list[ServedTask]] = {}
    for _, _, *row in _SERVED[shared].rows(session, {"holder_ids": list(holder_ids)}):
        served.setdefault(row[0], []).append(ServedTask._make(row))
    return served


def _served_by(shared: SharedList) -> Prepared:
    pointer = pointer_to_holder(shared)
    held = columns(literal(-1).label("place"), col(Task.id).label("number"), col(Task.id), *_STANDING_OF_TASK)
    sharing = columns(col(Task.position), col(Task.id), pointer, *_STANDING_OF_TASK)
    both = union_all(
        held.where(is_among(col(Task.id), "holder_ids")), sharing.where(is_among(pointer, "holder_ids"))
    )
    return Prepared(both.order_by("place", "number"))


_STANDING_OF_TASK: tuple[Any, ...] = (
    col(Task.id),
    col(Task.campaign_id),
    col(Task.state),
    col(Task.submitted_by_id),
    col(Task.reviewed_by_id),
)
_SERVED = {shared: _served_by(shared) for shared in SharedList}


_EARLIER = aliased(Milestone)
_SERIES = aliased(Milestone)
_OPENINGS = Prepared(
    columns(
        col(Milestone.id),
        col(Milestone.occurs_on),
        columns(func.max(col(_EARLIER.occurs_on)))
        .where(
            col(_EARLIER.series_id) == col(Milestone.series_id),
            col(_EARLIER.event_id).is_(None),
            col(_EARLIER.occurs_on) < col(Milestone.occurs_on),
        )
        .scalar_subquery(),
        col(_SERIES.start_on),
        col(Campaign.starts_on),
    )
    .join(_SERIES, col(_SERIES.id) == col(Milestone.series_id))
    .join(Task, col(Task.id) == col(Milestone.task_id))
    .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
    .where(
        is_among(col(Milestone.id), "milestone_ids"),
        col(Milestone.event_id).is_(None),
        col(Milestone.occurs_on).is_not(None),
    )
)


_UNACCEPTED = (
    columns(col(Task.id), col(Task.campaign_id), col(Task.accept_by_on))
    .where(col(Task.state) == TaskState.ISSUED, col(Task.accept_by_on) < bindparam("today"))
    .order_by(col(Task.id))
)


def list_unaccepted_tasks(session: Session, *, today: date) -> list[Unaccepted]:
    """Issued tasks past their limit for 签收, by id."""
    return [Unaccepted._make(row) for row in session.connection().execute(_UNACCEPTED, {"today": today})]


_UNACKNOWLEDGED = (
    columns(
        col(Instruction.id),
        col(Instruction.task_id),
        col(Task.campaign_id),
        col(Instruction.given_at),
        col(Instruction.text),
    )
    .join(Task, col(Task.id) == col(Instruction.task_id))
    .where(col(Instruction.acknowledged_at).is_(None), col(Task.state).in_(OPEN_STATES))
    .order_by(col(Instruction.id))
)


def list_unacknowledged_instructions(session: Session) -> list[Unacknowledged]:
    """Instructions on open tasks that no owner has acknowledged, by id."""
    return [Unacknowledged._make(row) for row in session.connection().execute(_UNACKNOWLEDGED)]


def map_nearest_due_days(session: Session, task_ids: Collection[int]) -> dict[int, date]:
    """The earliest due day of each task's open milestones, where it has any."""
    statement = (
        columns(col(Milestone.task_id), func.min(col(Milestone.due_on)))
        .where(
            col(Milestone.task_id).in_(task_ids),
            col(Milestone.due_on).is_not(None),
            col(Milestone.state).in_([MilestoneState.PENDING, MilestoneState.REPORTED]),
            col(Milestone.kind).in_([MilestoneKind.STEP, MilestoneKind.ARCHIVE]),
        )
        .group_by(col(Milestone.task_id))
    )
    rows = session.connection().execute(statement)
    return {task_id: day for task_id, day in rows if day is not None}
