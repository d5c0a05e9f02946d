"""Changing a row and saying what changed: the before and after that every event carries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlmodel import SQLModel

Changes = dict[str, list[Any]]


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


def as_json(value: Any) -> Any:
    """A field's value in plain JSON: enums by value, days and moments in ISO 8601."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value
