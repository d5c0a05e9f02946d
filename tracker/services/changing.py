"""Changing a row and saying what changed: the before and after that every event carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel

from tracker.models import Milestone, Task
from tracker.prepared import Prepared

Changes = dict[str, list[Any]]
Guarded = Task | Milestone


def change_row(row: SQLModel, values: Mapping[str, Any]) -> Changes:
    """Set the values that differ and return them as `{field: [before, after]}` in plain JSON."""
    changed = changes_of(row, values)
    for name in changed:
        setattr(row, name, values[name])
    return changed


def changes_of(row: SQLModel, values: Mapping[str, Any]) -> Changes:
    """What `values` would change, as `{field: [before, after]}` in plain JSON."""
    found: Changes = {}
    for name, after in values.items():
        before = getattr(row, name)
        if before != after:
            found[name] = [as_json(before), as_json(after)]
    return found


def compare_and_set(
    session: Session, row: Guarded, guards: tuple[str, ...], values: Mapping[str, Any]
) -> bool:
    """Write `values` where the row still has the `guards` that were read; False where somebody was faster.

    The row in the session then says what was written, without being read again.
    """
    statement = _compare_and_set(type(row), guards, tuple(sorted(values)))
    named = {f"new_{name}": value for name, value in values.items()}
    expected = {f"old_{name}": getattr(row, name) for name in guards}
    if statement.change(session, {"row_id": row.id, **named, **expected}) != 1:
        return False
    for name, value in values.items():
        set_committed_value(row, name, value)
    return True


@lru_cache(maxsize=256)
def _compare_and_set(model: type[Any], guards: tuple[str, ...], names: tuple[str, ...]) -> Prepared:
    table = model.__table__
    return Prepared(
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .where(*(table.c[name] == bindparam(f"old_{name}") for name in guards))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def as_json(value: Any) -> Any:
    """A field's value in plain JSON: enums by value, days and moments in ISO 8601."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
