"""The tree of units: in the order in which an office reads it, and what still hangs on one of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from tracker.identity import id_of
from tracker.models import Person, Task, TaskUnit, Unit
from tracker.queries.people import FROZEN_STATES, list_units


@dataclass(frozen=True)
class UnitRow:
    """A unit in its place in the tree: `depth` 0 stands at the root, `people` are the active ones in it alone."""

    id: int
    name: str
    parent_id: int | None
    depth: int
    is_active: bool
    people: int
    tasks: int


def list_unit_tree(session: Session, *, include_inactive: bool = True) -> list[UnitRow]:
    """Every unit below the one that it belongs to, siblings by id. `tasks` are unfinished ones that it leads."""
    units = [unit for unit in list_units(session) if include_inactive or unit.is_active]
    people = _count_people(session)
    tasks = _count_led(session)
    return [
        UnitRow(
            id_of(unit),
            unit.name,
            unit.parent_id,
            depth,
            unit.is_active,
            people.get(id_of(unit), 0),
            tasks.get(id_of(unit), 0),
        )
        for unit, depth in _in_order(units)
    ]


def _in_order(units: Sequence[Unit]) -> Iterator[tuple[Unit, int]]:
    """From the roots downwards; a unit whose parent is not listed stands at the root."""
    listed = {unit.id for unit in units}
    below: dict[int | None, list[Unit]] = {}
    for unit in units:
        below.setdefault(unit.parent_id if unit.parent_id in listed else None, []).append(unit)
    waiting = [(unit, 0) for unit in reversed(below.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        yield unit, depth
        waiting += [(child, depth + 1) for child in reversed(below.get(unit.id, []))]


def _count_people(session: Session) -> dict[int | None, int]:
    statement = (
        select(Person.unit_id, func.count()).where(col(Person.is_active)).group_by(col(Person.unit_id))
    )
    return dict(session.exec(statement).all())


def _count_led(session: Session) -> dict[int | None, int]:
    statement = (
        select(Task.lead_unit_id, func.count())
        .where(col(Task.state).not_in(FROZEN_STATES))
        .group_by(col(Task.lead_unit_id))
    )
    return dict(session.exec(statement).all())


def lock_tree(session: Session) -> None:
    """Let those who change the tree stand in line until the transaction ends, at its first unit."""
    session.exec(select(Unit.id).order_by(col(Unit.id)).limit(1).with_for_update()).first()


def list_units_under(session: Session, unit_id: int) -> Sequence[Unit]:
    """The active units directly below, by id."""
    return session.exec(
        select(Unit).where(Unit.parent_id == unit_id, col(Unit.is_active)).order_by(col(Unit.id))
    ).all()


def list_people_of_unit(session: Session, unit_id: int) -> Sequence[Person]:
    """The active people of one unit, by id."""
    return session.exec(
        select(Person).where(Person.unit_id == unit_id, col(Person.is_active)).order_by(col(Person.id))
    ).all()


def list_unfinished_tasks_of_unit(session: Session, unit_id: int) -> Sequence[Task]:
    """Tasks that the unit leads or assists and that are neither archived nor cancelled, by id."""
    assisting = select(TaskUnit.task_id).where(TaskUnit.unit_id == unit_id)
    return session.exec(
        select(Task)
        .where(
            or_(col(Task.lead_unit_id) == unit_id, col(Task.id).in_(assisting)),
            col(Task.state).not_in(FROZEN_STATES),
        )
        .order_by(col(Task.id))
    ).all()
