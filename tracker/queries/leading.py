"""What a leader looks at: how the tasks under way stand by unit, and the milestones behind every figure.

The figures themselves are those of `tracker.figures`; what is listed here is counted there, and tests compare the two.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, not_, or_, true
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, select

from tracker.lights import Light, Measure
from tracker.models import (
    Campaign,
    CampaignRole,
    Extension,
    Milestone,
    Person,
    Task,
    TaskLight,
    TaskPerson,
    Unit,
)
from tracker.queries.accountable import accountable_unit_id
from tracker.queries.lights import light_column
from tracker.queries.parts import Parts, get_parts_of_tasks
from tracker.queries.people import names_of
from tracker.queries.punctuality import (
    FIRST_DUE_ON,
    IS_BACKFILLED,
    EndOfOfficeDay,
    completed_at,
    is_on_time,
)
from tracker.queries.weekly import TaskSelection
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.extension import ExtensionState
from workflows.milestone import DATED_KINDS, MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

_Earlier = aliased(Extension)
_IS_COUNTED = col(Task.state).not_in((TaskState.DRAFT, TaskState.CANCELLED))


class StepGroup(StrEnum):
    """The milestones that a figure counts."""

    OVERDUE = "overdue"
    DUE = "due"  # so far, by the current days
    ON_TIME = "on_time"
    DUE_FIRST = "due_first"  # so far, by the first days
    ON_TIME_FIRST = "on_time_first"
    AWAITING_REVIEW = "awaiting_review"
    SUSPENDED_DUE = "suspended_due"
    BACKFILLED = "backfilled"  # recorded as done before the program came


@dataclass(frozen=True)
class LeadingStep:
    """One milestone with the task that answers for it. `turn` says what has to be done next, `people` by whom."""

    milestone_id: int
    text: str
    due_on: date
    first_due_on: date
    state: MilestoneState
    completed_at: datetime | None
    done_on: date | None
    task_id: int
    number: str
    title: str
    unit: str | None
    turn: str | None = None
    people: str = ""


def count_lights_by_unit(
    session: Session, wanted: TaskSelection, *, today: date, rules: OfficeRules
) -> list[tuple[int | None, str | None, dict[Light, int]]]:
    """The tasks under way by the unit that answers for them and by light: units by id, tasks without one last."""
    unit_id, light = accountable_unit_id().label("unit_id"), light_column(today, rules).label("light")
    counted: Any = (
        columns(unit_id, light, func.count().label("number"))
        .select_from(Task)
        .join(TaskLight, col(TaskLight.task_id) == col(Task.id))
        .where(col(Task.state).in_(OPEN_STATES), *wanted.conditions())
        .group_by(unit_id, light)
        .subquery()
    )
    statement: Any = columns(counted.c.unit_id, col(Unit.name), counted.c.light, counted.c.number).outerjoin(
        Unit, col(Unit.id) == counted.c.unit_id
    )
    found: dict[tuple[int | None, str | None], dict[Light, int]] = {}
    for number, name, value, count in session.connection().execute(statement):
        found.setdefault((number, name), {})[Light(value)] = count
    ordered = sorted(found, key=lambda unit: (unit[0] is None, unit[0] or 0))
    return [(*unit, found[unit]) for unit in ordered]


def count_steps(
    session: Session, wanted: TaskSelection, group: StepGroup, *, today: date, measure: Measure
) -> int:
    statement: Any = columns(func.count()).where(*_conditions(wanted, group, today, measure))
    return int(session.connection().execute(statement).scalar_one())


def list_steps(
    session: Session,
    wanted: TaskSelection,
    group: StepGroup,
    *,
    today: date,
    measure: Measure,
    limit: int,
    offset: int = 0,
) -> list[LeadingStep]:
    """The milestones of a group, the longest due first, each once, with whose turn it is where one is overdue."""
    day = FIRST_DUE_ON if group in (StepGroup.DUE_FIRST, StepGroup.ON_TIME_FIRST) else col(Milestone.due_on)
    steps = session.exec(
        select(Milestone)
        .where(*_conditions(wanted, group, today, measure))
        .order_by(day, col(Milestone.id))
        .offset(offset)
        .limit(limit)
    ).all()
    tasks = _tasks_of(session, wanted, {step.task_id for step in steps}, group)
    units = _unit_names(session, {task.id for task in tasks.values()})
    turns = _turns(session, steps, tasks) if group is StepGroup.OVERDUE else {}
    return [_line(step, tasks[step.task_id], units, turns, measure) for step in steps]


def _conditions(
    wanted: TaskSelection, group: StepGroup, today: date, measure: Measure
) -> list[ColumnElement[bool]]:
    """Dated milestones of lists that serve a counted task in scope: one at work, or for SUSPENDED_DUE none."""
    at_work = _serves(wanted, col(Task.state) != TaskState.SUSPENDED)
    is_past, was_past = col(Milestone.due_on) < today, today > FIRST_DUE_ON
    dated = [
        col(Milestone.kind).in_(DATED_KINDS),
        col(Milestone.state) != MilestoneState.WAIVED,
        col(Milestone.due_on).is_not(None),
    ]
    if group is StepGroup.BACKFILLED:
        return [*dated, IS_BACKFILLED, _serves(wanted, true())]
    dated.append(not_(IS_BACKFILLED))
    if group is StepGroup.SUSPENDED_DUE:
        return [*dated, or_(is_past, was_past), _serves(wanted, true()), not_(at_work)]
    return [*dated, at_work, _GROUPS[group](is_past, was_past, measure)]


_IS_MET = col(Milestone.state) == MilestoneState.MET
_IS_REPORTED = col(Milestone.state) == MilestoneState.REPORTED
_IS_PENDING = col(Milestone.state) == MilestoneState.PENDING


def _overdue(is_past: Any, _: Any, measure: Measure) -> ColumnElement[bool]:
    waits = or_(_IS_PENDING, _IS_REPORTED) if measure is Measure.ACCEPTANCE else _IS_PENDING
    return and_(is_past, waits)


def _on_time_first(_: Any, was_past: Any, measure: Measure) -> ColumnElement[bool]:
    return and_(was_past, _IS_MET, completed_at(measure) < EndOfOfficeDay(FIRST_DUE_ON))


def _awaiting_review(is_past: Any, _: Any, measure: Measure) -> ColumnElement[bool]:
    """Reported in time by the measure of submission; by that of acceptance nothing is completed before it is met."""
    if measure is Measure.ACCEPTANCE:
        return and_(is_past, not_(true()))
    return and_(is_past, _IS_REPORTED, is_on_time(measure))


_GROUPS: dict[StepGroup, Any] = {
    StepGroup.OVERDUE: _overdue,
    StepGroup.DUE: lambda is_past, _, __: is_past,
    StepGroup.ON_TIME: lambda is_past, _, measure: and_(is_past, _IS_MET, is_on_time(measure)),
    StepGroup.DUE_FIRST: lambda _, was_past, __: was_past,
    StepGroup.ON_TIME_FIRST: _on_time_first,
    StepGroup.AWAITING_REVIEW: _awaiting_review,
}


def _serves(wanted: TaskSelection, further: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the milestone's list serves a counted task of the selection, itself the holder's or a sharer's."""
    holder = func.coalesce(col(Task.milestones_from_id), col(Task.id))
    serving: Any = columns(holder).where(_IS_COUNTED, further, *wanted.conditions())
    holding: Any = columns(col(Task.id)).where(_IS_COUNTED, further, *wanted.conditions())
    return or_(col(Milestone.task_id).in_(serving), col(Milestone.task_id).in_(holding))


def _tasks_of(
    session: Session, wanted: TaskSelection, holders: Collection[int], group: StepGroup
) -> dict[int, Task]:
    """By holder, the task that is shown for its list: one under way, else one at work, else any; the holder first."""
    rows = session.exec(
        select(Task)
        .where(
            _IS_COUNTED,
            or_(col(Task.id).in_(holders), col(Task.milestones_from_id).in_(holders)),
            *wanted.conditions(),
        )
        .order_by(col(Task.position), col(Task.id))
    ).all()

    def order(task: Task, holder: int) -> tuple[bool, bool, bool]:
        return task.state not in OPEN_STATES, task.state is TaskState.SUSPENDED, task.id != holder

    found: dict[int, Task] = {}
    for task in rows:
        for holder in {task.id, task.milestones_from_id} & set(holders):
            if holder is not None and (
                holder not in found or order(task, holder) < order(found[holder], holder)
            ):
                found[holder] = task
    return found


def _unit_names(session: Session, task_ids: Collection[int | None]) -> dict[int | None, str]:
    statement: Any = (
        columns(col(Task.id), col(Unit.name))
        .join(Unit, col(Unit.id) == accountable_unit_id())
        .where(col(Task.id).in_(task_ids))
    )
    return {row.id: row.name for row in session.connection().execute(statement)}


def _line(
    step: Milestone,
    task: Task,
    units: dict[int | None, str],
    turns: dict[int | None, tuple[str, str]],
    measure: Measure,
) -> LeadingStep:
    assert step.id is not None
    assert task.id is not None
    assert step.due_on is not None
    turn, people = turns.get(step.id, (None, ""))
    by_report = step.reported_at if measure is Measure.SUBMISSION else None
    return LeadingStep(
        milestone_id=step.id,
        text=step.text,
        due_on=step.due_on,
        first_due_on=step.first_due_on or step.due_on,
        state=step.state,
        completed_at=by_report or step.met_at,
        done_on=step.done_on,
        task_id=task.id,
        number=row_number(task.seq, task.sub),
        title=task.title,
        unit=units.get(task.id),
        turn=turn,
        people=people,
    )


def _turns(
    session: Session, steps: Sequence[Milestone], tasks: dict[int, Task]
) -> dict[int | None, tuple[str, str]]:
    """By milestone, what has to be done next and who does it."""
    parts = get_parts_of_tasks(session, list(tasks.values()))
    asked = _open_requests(session, [step.id for step in steps if step.id is not None])
    names = names_of(session, {number for each in parts.values() for number in _everybody(each)})
    found: dict[int | None, tuple[str, str]] = {}
    for step in steps:
        task = tasks[step.task_id]
        assert task.id is not None
        turn, people = whose_turn(step, task, parts[task.id], asked.get(step.id))
        found[step.id] = (turn, "、".join(names[number] for number in people))
    return found


def whose_turn(
    step: Milestone, task: Task, parts: Parts, asked: Extension | None = None
) -> tuple[str, Sequence[int]]:
    """What moves an overdue milestone on, and the ids of those who can do it now. `asked`: an open request for time."""
    reviewers = sorted(parts.reviewers(submitted_by=step.reported_by_id or task.submitted_by_id))
    if task.state is TaskState.ISSUED:
        return "签收任务", parts.owners
    if asked is not None:
        return "批复延期", parts.leaders
    if step.state is MilestoneState.REPORTED:
        return "审核节点", reviewers
    if task.state is TaskState.IN_REVIEW:
        return "审核任务", reviewers
    if task.state is TaskState.AWAITING_CLOSURE:
        return "销号", sorted(parts.closers(reviewed_by=task.reviewed_by_id))
    if task.state is TaskState.CLOSED:
        return "归档", parts.coordinators
    if step.kind is MilestoneKind.ARCHIVE:
        return "提交审核", parts.owners
    return "报告完成情况", parts.owners


def _open_requests(session: Session, milestone_ids: Collection[int]) -> dict[int | None, Extension]:
    rows = session.exec(
        select(Extension).where(
            col(Extension.milestone_id).in_(milestone_ids), Extension.state == ExtensionState.REQUESTED
        )
    ).all()
    return {row.milestone_id: row for row in rows}


def _everybody(parts: Parts) -> set[int]:
    return {*parts.everyone(), *parts.coordinators}


class Request(NamedTuple):
    """A request for more time, by whom, and whether a coordinator has to consent before a leader can grant it."""

    extension: Extension
    asker: str
    awaits_consent: bool


def list_requests(session: Session, extension_ids: Collection[int]) -> dict[int, Request]:
    """These requests by id."""
    earlier = (
        exists()
        .where(
            col(_Earlier.milestone_id) == col(Extension.milestone_id),
            col(_Earlier.state) == ExtensionState.GRANTED,
        )
        .correlate(Extension)
    )
    rows = session.exec(
        select(Extension, Person.name, earlier)
        .join(Person, col(Person.id) == col(Extension.requested_by_id))
        .where(col(Extension.id).in_(extension_ids))
    ).all()
    return {
        row.id: Request(row, name, is_second and row.consented_at is None)
        for row, name, is_second in rows
        if row.id is not None
    }


def list_leaders_of_selection(session: Session, wanted: TaskSelection) -> Sequence[Person]:
    """Active people who answer for a counted task of the selection, by id."""
    led = (
        select(TaskPerson.person_id)
        .join(Task, col(Task.id) == col(TaskPerson.task_id))
        .where(col(TaskPerson.role) == Role.LEADER, _IS_COUNTED, *wanted.conditions())
    )
    return session.exec(
        select(Person).where(col(Person.id).in_(led), col(Person.is_active)).order_by(col(Person.id))
    ).all()


def list_coordinators_of(session: Session, wanted: TaskSelection) -> Sequence[Person]:
    """Active people who coordinate a campaign with a counted task of the selection, by id."""
    coordinating = (
        select(CampaignRole.person_id)
        .join(Task, col(Task.campaign_id) == col(CampaignRole.campaign_id))
        .where(CampaignRole.role == Role.COORDINATOR, _IS_COUNTED, *wanted.conditions())
    )
    return session.exec(
        select(Person).where(col(Person.id).in_(coordinating), col(Person.is_active)).order_by(col(Person.id))
    ).all()


def list_campaigns_by_id(session: Session, campaign_ids: Collection[int] | None) -> Sequence[Campaign]:
    """These campaigns, or all for None, the newest first."""
    statement = select(Campaign).order_by(col(Campaign.year).desc(), col(Campaign.id))
    if campaign_ids is not None:
        statement = statement.where(col(Campaign.id).in_(campaign_ids))
    return session.exec(statement).all()


def list_leading_units(session: Session, unit_ids: Collection[int] | None) -> Sequence[Unit]:
    """Units that answer for a counted task, or one below which does; of these ids, or of all for None. By id."""
    leading: Any = columns(accountable_unit_id()).where(_IS_COUNTED).distinct()
    below = {number for number in session.connection().execute(leading).scalars() if number is not None}
    units = session.exec(select(Unit).order_by(col(Unit.id))).all()
    parents = {unit.id: unit.parent_id for unit in units}
    above: set[int] = set()
    for number in below:
        current: int | None = number
        while current is not None and current not in above:
            above.add(current)
            current = parents.get(current)
    return [unit for unit in units if unit.id in above and (unit_ids is None or unit.id in unit_ids)]
