"""What the ledger is narrowed to, as conditions of a statement over `Task`, and over `TaskLight` where lights are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, func, or_, union_all
from sqlalchemy import select as columns
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import Session, col, select

from tracker.lights import Light
from tracker.models import (
    CampaignRole,
    Milestone,
    Person,
    Task,
    TaskLight,
    TaskPerson,
    TaskText,
    TaskUnit,
    Unit,
)
from tracker.queries.accountable import accountable_unit_id
from tracker.queries.lights import has_light, owed_on
from tracker.queries.people import list_unit_ids_below
from tracker.queries.plans import unindexed
from tracker.queries.sight import Sight, visible_tasks
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

NO_UNIT = 0


@dataclass(frozen=True)
class LedgerFilter:
    """What the ledger is narrowed to; empty asks for nothing.

    `unit_id` includes the units below it, and those that assist; `lead_unit_id` is the unit alone that answers for a task
    (NO_UNIT: none does), `led_below_id` that unit or one below it. `due_from` and `due_to` (inclusive) are the days
    between which any milestone falls due, done or not. Every word of `text` has to be there: in the number, the group,
    the title or the requirement, or in the name of a person or unit on the task.
    """

    campaign_id: int | None = None
    table_id: int | None = None
    unit_id: int | None = None
    lead_unit_id: int | None = None
    led_below_id: int | None = None
    person_id: int | None = None
    role: Role | None = None
    states: tuple[TaskState, ...] = ()
    lights: tuple[Light, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    is_overdue: bool = False
    text: str | None = None


@dataclass(frozen=True)
class Question:
    """A filter, and who asks it on which day."""

    session: Session
    wanted: LedgerFilter
    sight: Sight
    today: date
    rules: OfficeRules


def select_from_tasks(
    question: Question, *what: Any, with_light: bool = False, in_order: bool = False
) -> Select[Any]:
    """A statement over tasks, joined with whatever the conditions of the filter speak of, and lights where asked.

    `in_order`: the tasks are walked through in an order of their own, and each is looked up in what is joined.
    """
    statement: Select[Any] = columns(*what).select_from(Task)
    if with_light or needs_light(question.wanted):
        statement = statement.join(TaskLight, col(TaskLight.task_id) == col(Task.id))
    if question.wanted.text:
        text_of = col(TaskText.task_id) if in_order else unindexed(col(TaskText.task_id))
        statement = statement.join(TaskText, text_of == col(Task.id))
    return statement


def needs_light(wanted: LedgerFilter) -> bool:
    """Whether the conditions speak of `TaskLight`, which then has to be joined."""
    return bool(wanted.lights) or wanted.is_overdue


def conditions_of(question: Question) -> list[ColumnElement[bool]]:
    """The conditions of a filter, with what may be seen; none where everything is asked for and may be seen."""
    wanted = question.wanted
    found: list[ColumnElement[bool]] = []
    if not question.sight.sees_all:
        found.append(visible_tasks(question.sight))
    if wanted.campaign_id is not None:
        found.append(col(Task.campaign_id) == wanted.campaign_id)
    if wanted.table_id is not None:
        found.append(col(Task.table_id) == wanted.table_id)
    if wanted.states:
        found.append(col(Task.state).in_(wanted.states))
    if wanted.unit_id is not None:
        found.append(_of_units(list_unit_ids_below(question.session, wanted.unit_id)))
    found += _led_by(question)
    if wanted.person_id is not None or wanted.role is not None:
        found.append(_of_person(wanted.person_id, wanted.role))
    if wanted.due_from is not None or wanted.due_to is not None:
        found.append(_due_between(wanted.due_from, wanted.due_to))
    if wanted.lights:
        found.append(has_light(wanted.lights, question.today, question.rules))
    if wanted.is_overdue:
        found += [col(Task.state).in_(OPEN_STATES), owed_on(question.rules.measure) < question.today]
    if wanted.text:
        found += [_says(question.session, word) for word in wanted.text.split()]
    return found


def _led_by(question: Question) -> list[ColumnElement[bool]]:
    wanted = question.wanted
    found: list[ColumnElement[bool]] = []
    if wanted.lead_unit_id == NO_UNIT:
        found.append(accountable_unit_id().is_(None))
    elif wanted.lead_unit_id is not None:
        found.append(accountable_unit_id() == wanted.lead_unit_id)
    if wanted.led_below_id is not None:
        found.append(accountable_unit_id().in_(list_unit_ids_below(question.session, wanted.led_below_id)))
    return found


def _of_units(unit_ids: list[int]) -> ColumnElement[bool]:
    assisting = select(TaskUnit.task_id).where(col(TaskUnit.unit_id).in_(unit_ids))
    return or_(col(Task.lead_unit_id).in_(unit_ids), col(Task.id).in_(assisting))


def _of_person(person_id: int | None, role: Role | None) -> ColumnElement[bool]:
    if role in (Role.COORDINATOR, Role.AUDITOR):
        campaigns = select(CampaignRole.campaign_id).where(CampaignRole.role == role)
        if person_id is not None:
            campaigns = campaigns.where(CampaignRole.person_id == person_id)
        return col(Task.campaign_id).in_(campaigns)
    tasks = select(TaskPerson.task_id)
    if person_id is not None:
        tasks = tasks.where(TaskPerson.person_id == person_id)
    if role is not None:
        tasks = tasks.where(TaskPerson.role == role)
    return col(Task.id).in_(tasks)


def _due_between(first: date | None, last: date | None) -> ColumnElement[bool]:
    conditions = [
        col(Milestone.kind).in_((MilestoneKind.STEP, MilestoneKind.ARCHIVE)),
        col(Milestone.state) != MilestoneState.WAIVED,
    ]
    if first is not None:
        conditions.append(col(Milestone.due_on) >= first)
    if last is not None:
        conditions.append(col(Milestone.due_on) <= last)
    holders = columns(col(Milestone.task_id)).where(*conditions)
    sharer = aliased(Task)
    sharing = (
        columns(col(sharer.id))
        .join(Milestone, col(Milestone.task_id) == col(sharer.milestones_from_id))
        .where(*conditions)
    )
    return col(Task.id).in_(union_all(holders, sharing))


def _says(session: Session, word: str) -> ColumnElement[bool]:
    """People and units with such a name are few, so they are found first; mostly there are none."""
    lowered = word.lower()
    people = session.exec(select(Person.id).where(_Contains(func.lower(col(Person.name)), lowered))).all()
    units = session.exec(select(Unit.id).where(_Contains(func.lower(col(Unit.name)), lowered))).all()
    found: list[ColumnElement[bool]] = [_Contains(col(TaskText.text), lowered)]
    if people:
        found.append(
            col(Task.id).in_(select(TaskPerson.task_id).where(col(TaskPerson.person_id).in_(people)))
        )
    if units:
        assisting = select(TaskUnit.task_id).where(col(TaskUnit.unit_id).in_(units))
        found += [col(Task.lead_unit_id).in_(units), col(Task.id).in_(assisting)]
    return or_(*found)


class _Contains(FunctionElement[bool]):
    """That a text contains another, letter by letter: no wildcards, and faster than a pattern."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _Contains:
        """Itself: no `= 1` behind a comparison that is one already."""
        return self


@compiles(_Contains, "sqlite")
def _contains_on_sqlite(element: _Contains, compiler: Any, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


@compiles(_Contains, "postgresql")
def _contains_on_postgresql(element: _Contains, compiler: Any, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"
