"""What may have been done before the program came (补录): steps of drafts whose date had passed, and what was recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from tracker.clock import office_day
from tracker.models import AuditEvent, Milestone, Task
from tracker.queries.milestones import ORDER
from tracker.queries.punctuality import IS_BACKFILLED, EndOfOfficeDay
from tracker.queries.served import NOT_BEGUN, is_served_in
from tracker.row_numbers import row_number
from workflows.milestone import DATED_KINDS, MilestoneState
from workflows.task import TaskState

_BEGUN = tuple(state for state in TaskState if state not in NOT_BEGUN)
_ISSUE = "task.issue"


class Candidate(NamedTuple):
    """A step with the task that holds it."""

    milestone: Milestone
    task_id: int
    label: str
    title: str


def first_issued_on(session: Session, task_ids: Collection[int]) -> date | None:
    """The office day on which one of the tasks was first issued, also where it was declined since."""
    statement: Any = columns(func.min(AuditEvent.at)).where(
        col(AuditEvent.task_id).in_(task_ids), col(AuditEvent.kind) == _ISSUE
    )
    moment: datetime | None = session.connection().execute(statement).scalar_one()
    return moment and office_day(moment)


def count_backfillable(
    session: Session, *, today: date, campaign_id: int | None = None, holder_id: int | None = None
) -> int:
    """How many steps may be recorded as done before, of one campaign or of one list."""
    statement: Any = (
        columns(func.count())
        .select_from(Milestone)
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(*_is_backfillable(today), *_within(campaign_id, holder_id))
    )
    return int(session.connection().execute(statement).scalar_one())


def list_backfillable(
    session: Session,
    *,
    today: date,
    campaign_id: int | None = None,
    holder_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[Candidate]:
    """The steps that `count_backfillable` counts, in the order of their tables."""
    conditions = [*_is_backfillable(today), *_within(campaign_id, holder_id)]
    return _candidates(session, conditions, limit, offset)


def list_backfilled(
    session: Session,
    *,
    campaign_id: int | None = None,
    holder_id: int | None = None,
    limit: int | None = None,
) -> list[Candidate]:
    """What was recorded of drafts and may still be taken back, in the order of their tables."""
    conditions = [_is_draft(), IS_BACKFILLED, *_within(campaign_id, holder_id)]
    return _candidates(session, conditions, limit, 0)


def _candidates(
    session: Session, conditions: Sequence[ColumnElement[bool]], limit: int | None, offset: int
) -> list[Candidate]:
    statement = (
        select(Milestone, Task)
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(*conditions)
        .order_by(col(Task.campaign_id), col(Task.table_id), col(Task.position), col(Task.id), *ORDER)
        .offset(offset)
        .limit(limit)
    )
    return [
        Candidate(milestone, milestone.task_id, row_number(task.seq, task.sub), task.title)
        for milestone, task in session.exec(statement)
    ]


def _is_backfillable(today: date) -> list[ColumnElement[bool]]:
    return [
        _is_draft(),
        col(Milestone.kind).in_(DATED_KINDS),
        col(Milestone.state) == MilestoneState.PENDING,
        col(Milestone.due_on) < today,
        not_(_was_begun_by_its_day()),
    ]


def _is_draft() -> ColumnElement[bool]:
    """No task that the list serves is under way, and one of them is still to be issued."""
    return and_(is_served_in((TaskState.DRAFT,)), not_(is_served_in(_BEGUN)))


def _was_begun_by_its_day() -> ColumnElement[bool]:
    """One of the tasks was issued, and declined since, before the step's day had passed."""
    served = aliased(Task)
    of_list: Any = columns(col(served.id)).where(
        or_(
            col(served.id) == col(Milestone.task_id), col(served.milestones_from_id) == col(Milestone.task_id)
        )
    )
    return (
        exists()
        .where(
            col(AuditEvent.kind) == _ISSUE,
            col(AuditEvent.task_id).in_(of_list.correlate(Milestone)),
            col(AuditEvent.at) < EndOfOfficeDay(col(Milestone.due_on)),
        )
        .correlate(Milestone)
    )


def _within(campaign_id: int | None, holder_id: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if campaign_id is not None:
        found.append(col(Task.campaign_id) == campaign_id)
    if holder_id is not None:
        found.append(col(Milestone.task_id) == holder_id)
    return found
