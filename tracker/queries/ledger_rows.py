"""What the ledger shows of each task: read for the rows of one page, by four statements however many they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select as columns
from sqlmodel import Session, col

from tracker.lights import Light
from tracker.models import Campaign, Person, Task, TaskLight, TaskPerson, TaskUnit, Unit
from tracker.queries.lights import light_column, owed_on
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.registry import state_label
from workflows.roles import TASK_ROLES, Role
from workflows.task import TaskState


@dataclass(frozen=True)
class LedgerRow:
    """One task in a list. `days_left` counts to `next_due_on`, the first day by which something is still owed.

    `awaited_on` is the first day of what was reported and waits for its review, where nothing else is owed.
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
    lead_unit_id: int | None
    lead_unit: str | None
    assisting_units: tuple[str, ...]
    people: Mapping[Role, tuple[str, ...]]
    version: int


def read_rows(
    session: Session, task_ids: Sequence[int], *, today: date, rules: OfficeRules
) -> list[LedgerRow]:
    """The rows of these tasks, in their order; ids that are none are passed over."""
    if not task_ids:
        return []
    statement: Any = (
        columns(
            col(Task.id),
            col(Task.seq),
            col(Task.sub),
            col(Task.title),
            col(Task.group),
            col(Task.campaign_id),
            col(Campaign.name).label("campaign"),
            col(Task.workflow),
            col(Task.state),
            col(Task.step),
            col(Task.lead_unit_id),
            col(Task.version),
            light_column(today, rules).label("light"),
            owed_on(rules.measure).label("owed_on"),
            col(TaskLight.open_on),
        )
        .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
        .join(TaskLight, col(TaskLight.task_id) == col(Task.id))
        .where(col(Task.id).in_(task_ids))
    )
    found = {row.id: row for row in session.connection().execute(statement)}
    people, units = _list_people(session, task_ids), _list_units(session, task_ids)
    unit_names = _list_unit_names(session, {row.lead_unit_id for row in found.values()})
    return [
        _row(found[number], people.get(number, {}), units.get(number, ()), unit_names, today)
        for number in task_ids
        if number in found
    ]


def _row(
    row: Any,
    people: Mapping[Role, tuple[str, ...]],
    units: tuple[tuple[int, str], ...],
    unit_names: Mapping[int | None, str],
    today: date,
) -> LedgerRow:
    """Where the table names no leading unit, the first of those responsible is called to account."""
    leading = (row.lead_unit_id, unit_names[row.lead_unit_id]) if row.lead_unit_id is not None else None
    if leading is None and units:
        leading, units = units[0], units[1:]
    return LedgerRow(
        id=row.id,
        label=row_number(row.seq, row.sub),
        title=row.title,
        group=row.group,
        campaign_id=row.campaign_id,
        campaign=row.campaign,
        state=TaskState(row.state),
        state_label=state_label(row.workflow, row.state, row.step),
        light=Light(row.light),
        next_due_on=row.owed_on,
        days_left=(row.owed_on - today).days if row.owed_on else None,
        awaited_on=None if row.owed_on else row.open_on,
        lead_unit_id=leading[0] if leading else None,
        lead_unit=leading[1] if leading else None,
        assisting_units=tuple(name for _, name in units),
        people={role: people.get(role, ()) for role in TASK_ROLES},
        version=row.version,
    )


def _list_people(session: Session, task_ids: Collection[int]) -> dict[int, dict[Role, tuple[str, ...]]]:
    """Names by task and part, the accountable one first; whoever left the office is not named."""
    statement: Any = (
        columns(col(TaskPerson.task_id), col(TaskPerson.role), col(Person.name))
        .join(Person, col(Person.id) == col(TaskPerson.person_id))
        .where(col(TaskPerson.task_id).in_(task_ids), col(Person.is_active))
        .order_by(col(TaskPerson.task_id), col(TaskPerson.position), col(TaskPerson.id))
    )
    found: dict[int, dict[Role, tuple[str, ...]]] = {}
    for task_id, role, name in session.connection().execute(statement):
        parts = found.setdefault(task_id, {})
        parts[Role(role)] = (*parts.get(Role(role), ()), name)
    return found


def _list_units(session: Session, task_ids: Collection[int]) -> dict[int, tuple[tuple[int, str], ...]]:
    """The assisting units by task, in their order."""
    statement: Any = (
        columns(col(TaskUnit.task_id), col(TaskUnit.unit_id), col(Unit.name))
        .join(Unit, col(Unit.id) == col(TaskUnit.unit_id))
        .where(col(TaskUnit.task_id).in_(task_ids))
        .order_by(col(TaskUnit.task_id), col(TaskUnit.position), col(TaskUnit.id))
    )
    found: dict[int, tuple[tuple[int, str], ...]] = {}
    for task_id, unit_id, name in session.connection().execute(statement):
        found[task_id] = (*found.get(task_id, ()), (unit_id, name))
    return found


def _list_unit_names(session: Session, unit_ids: Collection[int | None]) -> dict[int | None, str]:
    statement: Any = columns(col(Unit.id), col(Unit.name)).where(col(Unit.id).in_(set(unit_ids) - {None}))
    return {row.id: row.name for row in session.connection().execute(statement)}
