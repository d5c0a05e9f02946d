"""Which tasks can need a person: those on which he plays a part, and of his campaigns those with something for him."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, union
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, or_, select

from tracker.models import (
    CampaignRole,
    Deliverable,
    Evidence,
    EvidenceState,
    Extension,
    Milestone,
    Person,
    Task,
    TaskPerson,
)
from tracker.queries.served import SharedList, pointer_to_holder
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

ON_DESK = (*OPEN_STATES, TaskState.CLOSED)


def count_to_archive(session: Session, person_id: int) -> int:
    """How many closed tasks of the campaigns that he coordinates wait for being archived."""
    statement = select(func.count()).select_from(Task).where(_is_to_archive(person_id))
    return session.exec(statement).one()


def list_tasks_that_need(
    session: Session, person_id: int, *, most_to_archive: int | None = None
) -> Sequence[Task]:
    """The tasks that can need him: those on which he plays a part, and of his campaigns those with something for him.

    Each way of finding them is a search of its own, which an index serves; a campaign may have 100,000 tasks.
    """
    ways = (
        columns(col(TaskPerson.task_id)).where(col(TaskPerson.person_id) == person_id),
        columns(col(Task.id)).where(
            col(Task.state) == TaskState.IN_REVIEW,
            _is_coordinated_by(person_id),
            ~_has_reviewer(col(Task.submitted_by_id)),
        ),
        *_served_by_waiting_lists(person_id),
        columns(col(Task.id))
        .where(_is_to_archive(person_id))
        .order_by(col(Task.id))
        .limit(most_to_archive)
        .subquery()
        .select(),
    )
    return session.exec(
        select(Task)
        .where(col(Task.id).in_(union(*ways)), col(Task.state).in_(ON_DESK))
        .order_by(col(Task.id))
    ).all()


def _is_coordinated_by(person_id: int) -> ColumnElement[bool]:
    campaigns = select(CampaignRole.campaign_id).where(
        CampaignRole.person_id == person_id, CampaignRole.role == Role.COORDINATOR
    )
    return col(Task.campaign_id).in_(campaigns)


def _is_to_archive(person_id: int) -> ColumnElement[bool]:
    return and_(col(Task.state) == TaskState.CLOSED, _is_coordinated_by(person_id))


def _has_reviewer(submitted_by: Any) -> ColumnElement[bool]:
    """Whether an expediter may review what was submitted: else it falls to the coordinator (`workflows.duties`)."""
    expediter, owner = aliased(TaskPerson), aliased(TaskPerson)
    is_owner = exists().where(
        col(owner.task_id) == col(expediter.task_id),
        col(owner.role) == Role.OWNER,
        col(owner.person_id) == col(expediter.person_id),
    )
    return (
        exists()
        .where(
            col(expediter.task_id) == col(Task.id),
            col(expediter.role) == Role.EXPEDITER,
            col(Person.id) == col(expediter.person_id),
            col(Person.is_active),
            or_(submitted_by.is_(None), submitted_by != col(expediter.person_id)),
            ~is_owner,
        )
        .correlate(Task, Milestone, Evidence)
    )


def _served_by_waiting_lists(person_id: int) -> Iterator[Any]:
    """Tasks of his campaigns on whose lists something waits for a decision, or for a review and has no reviewer.

    Where tasks share a list, an owner of one reviews for none: whether one of these has a reviewer is not asked here.
    """
    # found by the narrow index of days and states; without it every milestone would be read in full
    reported = columns(col(Milestone.id)).where(col(Milestone.state) == MilestoneState.REPORTED)
    steps = columns(col(Milestone.task_id)).where(col(Milestone.id).in_(reported))
    extensions = (
        columns(col(Milestone.task_id))
        .join(Extension, col(Extension.milestone_id) == col(Milestone.id))
        .where(col(Extension.state) == ExtensionState.REQUESTED)
    )
    papers = (
        columns(col(Deliverable.task_id))
        .join(Evidence, col(Evidence.deliverable_id) == col(Deliverable.id))
        .where(col(Evidence.state) == EvidenceState.SUBMITTED)
    )
    is_his = _is_coordinated_by(person_id)
    for asked, by in ((steps, Milestone.reported_by_id), (papers, Evidence.submitted_by_id)):
        holder = (Milestone if asked is steps else Deliverable).task_id
        yield asked.join(Task, col(Task.id) == col(holder)).where(is_his, ~_has_reviewer(col(by)))
    for shared, waiting in ((SharedList.MILESTONES, steps), (SharedList.DELIVERABLES, papers)):
        pointer = pointer_to_holder(shared)
        shared_lists = columns(pointer).where(pointer.in_(waiting))
        for column in (col(Task.id), pointer):
            yield columns(col(Task.id)).where(column.in_(shared_lists), is_his)
    for column in (col(Task.id), pointer_to_holder(SharedList.MILESTONES)):
        yield columns(col(Task.id)).where(column.in_(extensions), is_his)
