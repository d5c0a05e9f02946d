"""What the filters of a list offer: names with their ids, read at every request and therefore nothing more."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, or_

from tracker.models import Campaign, Task, Unit
from tracker.prepared import Prepared
from tracker.queries.sight import Sight, visible_tasks


class UnitChoice(NamedTuple):
    """An active unit in its place in the tree: `depth` 0 stands at the root."""

    id: int
    name: str
    depth: int


_CAMPAIGNS = columns(col(Campaign.id), col(Campaign.name)).order_by(
    col(Campaign.year).desc(), col(Campaign.name)
)
_ALL_CAMPAIGNS = Prepared(_CAMPAIGNS)
_UNITS = Prepared(
    columns(col(Unit.id), col(Unit.name), col(Unit.parent_id))
    .where(col(Unit.is_active))
    .order_by(col(Unit.id))
)


def list_campaign_choices(session: Session, sight: Sight) -> list[tuple[int, str]]:
    """The campaigns of which he may see a task, or runs or audits, by year and name."""
    if sight.sees_all:
        return [(campaign_id, name) for campaign_id, name in _ALL_CAMPAIGNS.rows(session, {})]
    seen = exists().where(col(Task.campaign_id) == col(Campaign.id), visible_tasks(sight))
    statement: Any = _CAMPAIGNS.where(or_(col(Campaign.id).in_(sorted(sight.campaign_ids)), seen))
    return [(row.id, row.name) for row in session.connection().execute(statement)]


def list_unit_choices(session: Session) -> list[UnitChoice]:
    """Active units, each below the one that it belongs to, siblings by id."""
    rows = _UNITS.rows(session, {})
    listed = {row[0] for row in rows}
    below: dict[int | None, list[tuple[int, str]]] = {}
    for unit_id, name, parent_id in rows:
        below.setdefault(parent_id if parent_id in listed else None, []).append((unit_id, name))
    found: list[UnitChoice] = []
    waiting = [(*row, 0) for row in reversed(below.get(None, []))]
    while waiting:
        unit_id, name, depth = waiting.pop()
        found.append(UnitChoice(unit_id, name, depth))
        waiting += [(*row, depth + 1) for row in reversed(below.get(unit_id, []))]
    return found
