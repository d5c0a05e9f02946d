"""The tables of the database and what points to what, as the pictures in docs/data-model.md.

Written from the models; `make golden` renews them and a test compares them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Column, Table, UniqueConstraint
from sqlmodel import SQLModel

import notifications.models
import tracker.models  # noqa: F401  # declares its tables


@dataclass(frozen=True)
class Area:
    """Tables that are drawn in full, and neighbours that are only named, for the arrows that lead to them."""

    tables: tuple[str, ...]
    neighbours: tuple[str, ...] = ()


AREAS: dict[str, Area] = {
    "campaigns": Area(("campaign", "responsibility_table", "import_finding"), ("task", "person")),
    "tasks": Area(
        ("task", "task_person", "task_unit", "instruction", "deduction"), ("campaign", "unit", "person")
    ),
    "lists and comments": Area(("task_light", "task_text", "saved_view", "comment"), ("task", "person")),
    "import sessions": Area(("import_session",), ("campaign", "person")),
    "webhooks": Area(("webhook", "webhook_delivery"), ("campaign", "person", "audit_event")),
    "milestones": Area(("milestone", "event_record", "extension"), ("task", "campaign", "person")),
    "evidence": Area(("deliverable", "evidence", "stored_file"), ("task", "milestone", "person")),
    "people": Area(("unit", "person", "person_alias", "campaign_role"), ("campaign",)),
    "accounts": Area(
        (
            "account",
            "login_session",
            "second_factor",
            "recovery_code",
            "pending_sign_in",
            "sign_in_counter",
            "access_record",
            "api_token",
            "calendar_feed",
        ),
        ("person",),
    ),
    "outbox": Area(
        ("notice", "letter", "round_progress", "sent_report", "heartbeat"),
        ("task", "milestone", "person", "audit_event"),
    ),
    "audit and calendar": Area(
        ("audit_event", "audit_head", "calendar_year", "calendar_day"), ("task", "person")
    ),
}


def list_tables() -> dict[str, Table]:
    """Every table of the product, by name."""
    assert notifications.models.Letter.__tablename__ == "letter"
    return dict(SQLModel.metadata.tables)


def render_area(area: str) -> str:
    """A mermaid picture of the tables of one area: keys and dates, and arrows where one points to another."""
    drawn = AREAS[area]
    tables = [list_tables()[name] for name in drawn.tables]
    lines = ["```mermaid", "erDiagram"]
    for table in tables:
        lines += [f"    {table.name} {{", *(f"        {line}" for line in _columns(table)), "    }"]
    lines += [f"    {line}" for line in _arrows(tables, {*drawn.tables, *drawn.neighbours})]
    return "\n".join([*lines, "```"]) + "\n"


def _columns(table: Table) -> list[str]:
    return [f"{_type_of(column)} {column.name}{_marks(column)}" for column in table.columns]


def _type_of(column: Column[object]) -> str:
    kind = type(column.type).__name__.lower()
    return {"autostring": "text", "string": "text", "enum": "text", "utcdatetime": "moment"}.get(kind, kind)


def _marks(column: Column[object]) -> str:
    assert isinstance(column.table, Table)
    alone = [
        set(constraint.columns.keys())
        for constraint in column.table.constraints
        if isinstance(constraint, UniqueConstraint)
    ]
    marks = ["PK"] if column.primary_key else []
    marks += ["FK"] if column.foreign_keys else []
    marks += ["UK"] if column.unique or {column.name} in alone else []
    return f" {', '.join(marks)}" if marks else ""


def _arrows(tables: Sequence[Table], names: set[str]) -> list[str]:
    return [
        f"{key.column.table.name} {'|o' if column.nullable else '||'}--o{{ {table.name} : {column.name}"
        for table in tables
        for column in table.columns
        for key in sorted(column.foreign_keys, key=lambda each: each.column.table.name)
        if key.column.table.name in names
    ]
