"""What a letter says of tasks, milestones and people: plain values, many at a time."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col

from tracker.models import Campaign, Milestone, Person, Task, Unit
from tracker.queries.accountable import accountable_unit_id
from workflows.milestone import OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.task import TaskState


class TaskHead(NamedTuple):
    """What a letter says of a task."""

    id: int
    seq: str | None
    title: str
    unit: str | None
    campaign: str
    campaign_id: int
    state: TaskState
    position: int


class MilestoneHead(NamedTuple):
    """What a letter says of a milestone."""

    id: int
    task_id: int
    number: int
    text: str
    due_on: date | None
    state: MilestoneState
    kind: MilestoneKind


def map_task_heads(session: Session, task_ids: Collection[int]) -> dict[int, TaskHead]:
    """What letters say of these tasks, by id."""
    statement = (
        columns(
            col(Task.id),
            col(Task.seq),
            col(Task.title),
            col(Unit.name),
            col(Campaign.name),
            col(Task.campaign_id),
            col(Task.state),
            col(Task.position),
        )
        .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
        .outerjoin(Unit, col(Unit.id) == accountable_unit_id())
        .where(col(Task.id).in_(task_ids))
    )
    return {row.id: TaskHead._make(row) for row in session.connection().execute(statement)}


def map_milestone_heads(session: Session, milestone_ids: Collection[int]) -> dict[int, MilestoneHead]:
    """What letters say of these milestones, by id."""
    statement = _MILESTONE_HEADS.where(col(Milestone.id).in_(milestone_ids))
    return {row.id: MilestoneHead._make(row) for row in session.connection().execute(statement)}


def list_dated_milestones(session: Session, task_ids: Collection[int]) -> list[MilestoneHead]:
    """The open milestones of these tasks that have a day, by task and day."""
    statement = _MILESTONE_HEADS.where(
        col(Milestone.task_id).in_(task_ids),
        col(Milestone.due_on).is_not(None),
        col(Milestone.state).in_(OPEN_MILESTONES),
    ).order_by(col(Milestone.task_id), col(Milestone.due_on), col(Milestone.id))
    return [MilestoneHead._make(row) for row in session.connection().execute(statement)]


_MILESTONE_HEADS = columns(
    col(Milestone.id),
    col(Milestone.task_id),
    col(Milestone.number),
    col(Milestone.text),
    col(Milestone.due_on),
    col(Milestone.state),
    col(Milestone.kind),
)


class Addressee(NamedTuple):
    name: str
    email: str | None
    is_active: bool


def map_addressees(session: Session, person_ids: Collection[int]) -> dict[int, Addressee]:
    """Name and address of these people, by id."""
    statement = columns(col(Person.id), col(Person.name), col(Person.email), col(Person.is_active)).where(
        col(Person.id).in_(person_ids)
    )
    rows = session.connection().execute(statement)
    return {row.id: Addressee(row.name, row.email, row.is_active) for row in rows}
