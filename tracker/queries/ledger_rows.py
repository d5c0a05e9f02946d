"""What the ledger shows of each task: read for the rows of one page, by three prepared statements however many they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import String, cast
from sqlalchemy import select as columns
from sqlmodel import Session, col

from tracker.lights import Light, Measure
from tracker.models import Campaign, Person, Task, TaskLight, TaskPerson, TaskUnit, Unit
from tracker.prepared import Prepared, is_among
from tracker.queries.lights import light_on
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.registry import state_label
from workflows.roles import TASK_ROLES, Role
from workflows.task import TaskState

MOST_NAMES = 6  # in one cell of a list; its page has them all


class LedgerRow(NamedTuple):
    """One task in a list. `days_left` counts to `next_due_on`, the first day by which something is still owed; None
    while the task stands still and no day counts.

    `awaited_on` is the first day of what was reported and waits for its review, where nothing else is owed.
    `is_backfilled`: the light is that of what is done, some of it before the program came (补录).
    """

    id: int
    label: str
    title: str
    group: str | None
    campaign_id: int
    campaign: str
    state: TaskState
    state_label: str
    light: Light
    next_due_on: date | None
    days_left: int | None
    awaited_on: date | None
    is_backfilled: bool
    lead_unit_id: int | None
    lead_unit: str | None
    assisting_units: tuple[str, ...]
    people: Mapping[Role, tuple[str, ...]]
    version: int

    @property
    def names(self) -> list[str]:
        """The people in each part, the accountable one first, as a list shows them."""
        return [_few(self.people[role]) for role in TASK_ROLES]


def _few(names: tuple[str, ...]) -> str:
    """The first of many, and how many there are."""
    if len(names) <= MOST_NAMES:
        return "、".join(names)
    return f"{'、'.join(names[: MOST_NAMES - 1])}等{len(names)}人"


def read_rows(
    session: Session, task_ids: Sequence[int], *, today: date, rules: OfficeRules
) -> list[LedgerRow]:
    """The rows of these tasks, in their order; ids that are none are passed over."""
    if not task_ids:
        return []
    asked = {"task_ids": list(task_ids)}
    found = {row[0]: row for row in _TASKS.rows(session, asked)}
    people, units = _list_people(session, asked), _list_units(session, asked)
    return [
        _row(_Task._make(found[number]), people.get(number, {}), units.get(number, ()), today, rules)
        for number in task_ids
        if number in found
    ]


class _Task(NamedTuple):
    """What `_TASKS` gives."""

    id: int
    seq: str | None
    sub: int | None
    title: str
    group: str | None
    campaign_id: int
    campaign: str
    workflow: str
    state: str
    step: str | None
    lead_unit_id: int | None
    lead_unit: str | None
    version: int
    open_on: date | None
    pending_on: date | None
    by_submission: str
    by_acceptance: str
    is_backfilled: bool


_TASKS = Prepared(
    columns(
        col(Task.id),
        col(Task.seq),
        col(Task.sub),
        col(Task.title),
        col(Task.group),
        col(Task.campaign_id),
        col(Campaign.name),
        col(Task.workflow),
        cast(Task.state, String),
        col(Task.step),
        col(Task.lead_unit_id),
        col(Unit.name),
        col(Task.version),
        col(TaskLight.open_on),
        col(TaskLight.pending_on),
        cast(TaskLight.by_submission, String),
        cast(TaskLight.by_acceptance, String),
        col(TaskLight.is_backfilled),
    )
    .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
    .join(TaskLight, col(TaskLight.task_id) == col(Task.id))
    .outerjoin(Unit, col(Unit.id) == col(Task.lead_unit_id))
    .where(is_among(col(Task.id), "task_ids"))
)
_PEOPLE = Prepared(
    columns(col(TaskPerson.task_id), cast(TaskPerson.role, String), col(Person.name))
    .join(Person, col(Person.id) == col(TaskPerson.person_id))
    .where(is_among(col(TaskPerson.task_id), "task_ids"), col(Person.is_active))
    .order_by(col(TaskPerson.task_id), col(TaskPerson.position), col(TaskPerson.id))
)
_UNITS = Prepared(
    columns(col(TaskUnit.task_id), col(TaskUnit.unit_id), col(Unit.name))
    .join(Unit, col(Unit.id) == col(TaskUnit.unit_id))
    .where(is_among(col(TaskUnit.task_id), "task_ids"))
    .order_by(col(TaskUnit.task_id), col(TaskUnit.position), col(TaskUnit.id))
)


def _row(
    row: _Task,
    people: Mapping[str, tuple[str, ...]],
    units: tuple[tuple[int, str], ...],
    today: date,
    rules: OfficeRules,
) -> LedgerRow:
    """Where the table names no leading unit, the first of those responsible is called to account."""
    leading = None if row.lead_unit_id is None or row.lead_unit is None else (row.lead_unit_id, row.lead_unit)
    if leading is None and units:
        leading, units = units[0], units[1:]
    is_by_submission = rules.measure is Measure.SUBMISSION
    owed_on = row.pending_on if is_by_submission else row.open_on
    settled = Light(row.by_submission if is_by_submission else row.by_acceptance)
    state = TaskState(row.state)
    return LedgerRow(
        id=row.id,
        label=row_number(row.seq, row.sub),
        title=row.title,
        group=row.group,
        campaign_id=row.campaign_id,
        campaign=row.campaign,
        state=state,
        state_label=state_label(row.workflow, state, row.step),
        light=light_on(today, owed_on, settled, rules),
        next_due_on=owed_on,
        days_left=(owed_on - today).days if owed_on and settled is not Light.GREY else None,
        awaited_on=None if owed_on else row.open_on,
        is_backfilled=bool(row.is_backfilled),
        lead_unit_id=leading[0] if leading else None,
        lead_unit=leading[1] if leading else None,
        assisting_units=tuple(name for _, name in units),
        people={role: people.get(role, ()) for role in TASK_ROLES},
        version=row.version,
    )


def _list_people(session: Session, asked: Mapping[str, Any]) -> dict[int, dict[str, tuple[str, ...]]]:
    """Names by task and part, the accountable one first; whoever left the office is not named."""
    found: dict[int, dict[str, tuple[str, ...]]] = {}
    for task_id, role, name in _PEOPLE.rows(session, asked):
        parts = found.setdefault(task_id, {})
        parts[role] = (*parts.get(role, ()), name)
    return found


def _list_units(session: Session, asked: Mapping[str, Any]) -> dict[int, tuple[tuple[int, str], ...]]:
    """The assisting units by task, in their order."""
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for task_id, unit_id, name in _UNITS.rows(session, asked):
        found[task_id] = (*found.get(task_id, ()), (unit_id, name))
    return found
