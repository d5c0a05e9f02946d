"""What the filters of a list offer: names with their ids, read at every request and therefore nothing more."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, or_

from tracker.models import Campaign, Person, Task, Unit
from tracker.queries.sight import Sight, visible_tasks


class UnitChoice(NamedTuple):
    """An active unit in its place in the tree: `depth` 0 stands at the root."""

    id: int
    name: str
    depth: int


def list_campaign_choices(session: Session, sight: Sight) -> list[tuple[int, str]]:
    """The campaigns of which he may see a task, or runs or audits, by year and name."""
    statement: Any = columns(col(Campaign.id), col(Campaign.name)).order_by(
        col(Campaign.year).desc(), col(Campaign.name)
    )
    if not sight.sees_all:
        seen = exists().where(col(Task.campaign_id) == col(Campaign.id), visible_tasks(sight))
        statement = statement.where(or_(col(Campaign.id).in_(sorted(sight.campaign_ids)), seen))
    return [(row.id, row.name) for row in session.connection().execute(statement)]


def list_unit_choices(session: Session) -> list[UnitChoice]:
    """Active units, each below the one that it belongs to, siblings by id."""
    statement: Any = columns(col(Unit.id), col(Unit.name), col(Unit.parent_id)).where(col(Unit.is_active))
    rows = session.connection().execute(statement.order_by(col(Unit.id))).all()
    listed = {row.id for row in rows}
    below: dict[int | None, list[Any]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in listed else None, []).append(row)
    found: list[UnitChoice] = []
    waiting = [(row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        row, depth = waiting.pop()
        found.append(UnitChoice(row.id, row.name, depth))
        waiting += [(child, depth + 1) for child in reversed(below.get(row.id, []))]
    return found


def list_person_choices(session: Session) -> list[tuple[int, str]]:
    """Active people by id, each with the unit that tells him from another of his name."""
    statement: Any = (
        columns(col(Person.id), col(Person.name), col(Unit.name).label("unit"))
        .outerjoin(Unit, col(Unit.id) == col(Person.unit_id))
        .where(col(Person.is_active))
        .order_by(col(Person.id))
    )
    rows = session.connection().execute(statement)
    return [(row.id, f"{row.name}（{row.unit}）" if row.unit else row.name) for row in rows]
