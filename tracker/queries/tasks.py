"""Tasks: one, or many by what an office asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel, and_, col, func, select

from tracker.errors import TaskNotFound
from tracker.identity import id_of, is_possible_id
from tracker.lights import Measure
from tracker.loading import stored_row
from tracker.models import CampaignRole, Milestone, Task, TaskPerson, TaskUnit
from tracker.prepared import Prepared
from tracker.queries.people import list_unit_ids_below
from tracker.queries.rows import get_row
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState


@dataclass(frozen=True)
class TaskFilter:
    """What a list of tasks is narrowed to; None asks for nothing. `unit_id` includes the units below it."""

    campaign_id: int | None = None
    table_id: int | None = None
    unit_id: int | None = None
    person_id: int | None = None
    role: Role | None = None
    states: tuple[TaskState, ...] = ()
    text: str | None = None
    overdue_on: date | None = None
    measure: Measure = Measure.SUBMISSION


def get_task(session: Session, task_id: int) -> Task:
    """Raises TaskNotFound."""
    return get_row(session, Task, task_id, TaskNotFound)


def find_task(session: Session, task_id: int) -> Task | None:
    """The task as this session holds it, or reads it now."""
    if not is_possible_id(task_id):
        return None
    if identity_key(Task, task_id) in session.identity_map:
        return session.get(Task, task_id)
    session.flush()
    rows = _ONE.rows(session, {"task_id": task_id})
    return stored_row(session, Task, dict(zip(_TASK.c.keys(), rows[0], strict=True))) if rows else None


_TASK = SQLModel.metadata.tables["task"]
_ONE = Prepared(_TASK.select().where(_TASK.c.id == bindparam("task_id")))


def list_tasks(
    session: Session, wanted: TaskFilter | None = None, *, limit: int | None = None, offset: int = 0
) -> Sequence[Task]:
    """Tasks in the order of their tables: campaign, table, position, id."""
    statement = (
        select(Task)
        .where(*_conditions(session, wanted or TaskFilter()))
        .order_by(col(Task.campaign_id), col(Task.table_id), col(Task.position), col(Task.id))
        .offset(offset)
    )
    return session.exec(statement if limit is None else statement.limit(limit)).all()


def count_tasks(session: Session, wanted: TaskFilter | None = None) -> int:
    conditions = _conditions(session, wanted or TaskFilter())
    return session.exec(select(func.count()).select_from(Task).where(*conditions)).one()


def count_tasks_by_state(session: Session, wanted: TaskFilter | None = None) -> dict[TaskState, int]:
    """How many tasks are in each state that occurs."""
    conditions = _conditions(session, wanted or TaskFilter())
    rows = session.exec(select(Task.state, func.count()).where(*conditions).group_by(col(Task.state))).all()
    return {TaskState(state): count for state, count in rows}


def list_sharing_tasks(session: Session, task: Task) -> Sequence[Task]:
    """The tasks whose rows share a list that this one holds, by position."""
    return session.exec(
        select(Task)
        .where(
            or_(col(Task.deliverables_from_id) == id_of(task), col(Task.milestones_from_id) == id_of(task))
        )
        .order_by(col(Task.position), col(Task.id))
    ).all()


def overdue_milestone(day: date, measure: Measure) -> ColumnElement[bool]:
    """The condition of a milestone that is overdue on `day`, as `tracker.lights.is_overdue` says it."""
    open_states = [MilestoneState.PENDING]
    if measure is Measure.ACCEPTANCE:
        open_states.append(MilestoneState.REPORTED)
    return and_(
        col(Milestone.due_on) < day,
        col(Milestone.state).in_(open_states),
        col(Milestone.kind).not_in([MilestoneKind.SERIES, MilestoneKind.STANDING]),
    )


def _conditions(session: Session, wanted: TaskFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.campaign_id is not None:
        found.append(col(Task.campaign_id) == wanted.campaign_id)
    if wanted.table_id is not None:
        found.append(col(Task.table_id) == wanted.table_id)
    if wanted.states:
        found.append(col(Task.state).in_(wanted.states))
    if wanted.unit_id is not None:
        found.append(_of_unit(list_unit_ids_below(session, wanted.unit_id)))
    if wanted.person_id is not None or wanted.role is not None:
        found.append(_of_person(wanted.person_id, wanted.role))
    if wanted.text:
        found.append(_containing(wanted.text))
    if wanted.overdue_on is not None:
        found.append(_overdue(wanted.overdue_on, wanted.measure))
    return found


def _of_unit(unit_ids: Sequence[int]) -> ColumnElement[bool]:
    assisting = exists().where(col(TaskUnit.task_id) == col(Task.id), col(TaskUnit.unit_id).in_(unit_ids))
    return or_(col(Task.lead_unit_id).in_(unit_ids), assisting)


def _of_person(person_id: int | None, role: Role | None) -> ColumnElement[bool]:
    on_task: list[Any] = [col(TaskPerson.task_id) == col(Task.id)]
    in_campaign: list[Any] = [col(CampaignRole.campaign_id) == col(Task.campaign_id)]
    if person_id is not None:
        on_task.append(col(TaskPerson.person_id) == person_id)
        in_campaign.append(col(CampaignRole.person_id) == person_id)
    if role is not None:
        on_task.append(col(TaskPerson.role) == role)
        in_campaign.append(col(CampaignRole.role) == role)
        if role in (Role.COORDINATOR, Role.AUDITOR):
            return exists().where(*in_campaign)
    return exists().where(*on_task)


def _containing(text: str) -> ColumnElement[bool]:
    words = text.split()
    columns = (col(Task.title), col(Task.requirement), col(Task.group), col(Task.seq))
    return and_(*(or_(*(column.contains(word, autoescape=True) for column in columns)) for word in words))


def _overdue(day: date, measure: Measure) -> ColumnElement[bool]:
    late = (
        select(Milestone.id)
        .where(
            or_(
                col(Milestone.task_id) == col(Task.id),
                col(Milestone.task_id) == col(Task.milestones_from_id),
            ),
            overdue_milestone(day, measure),
        )
        .correlate(Task)
    )
    return and_(col(Task.state).in_(OPEN_STATES), late.exists())
