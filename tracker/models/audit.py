"""The audit trail: append-only events in one chain of hashes.

Each event's hash covers its own content and the hash before it; the head row holds the newest, so that a chain
cut at its end is seen as well. The database itself refuses to change or delete an event, where it can.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DDL, event
from sqlmodel import Field, SQLModel


class AuditEvent(SQLModel, table=True):
    """Something that a person (or the system) did. `data` is canonical JSON, hashed as it stands."""

    __tablename__ = "audit_event"

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(index=True)
    actor_id: int | None = Field(default=None, foreign_key="person.id")
    actor_name: str = Field(max_length=60)  # as it was then
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")  # 代录
    recorded_by_name: str | None = Field(default=None, max_length=60)
    kind: str = Field(max_length=60, index=True)  # task.issue, evidence.accept, import.commit …
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    subject: str = Field(max_length=40)
    subject_id: int | None = None
    data: str = "{}"
    previous_hash: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class AuditHead(SQLModel, table=True):
    """The newest event of the chain. Its one row is locked by whoever appends."""

    __tablename__ = "audit_head"

    id: int = Field(default=1, primary_key=True)
    event_id: int = 0
    hash: str = Field(default="0" * 64, max_length=64)


SQLITE_GUARDS = [
    f"CREATE TRIGGER audit_event_no_{verb.lower()} BEFORE {verb} ON audit_event "
    "BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END"
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL_GUARDS = [
    "CREATE OR REPLACE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''audit_event is append-only''; END'",
    "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
    "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only()",
]

for _dialect, _guards in (("sqlite", SQLITE_GUARDS), ("postgresql", POSTGRESQL_GUARDS)):
    for _guard in _guards:
        event.listen(
            SQLModel.metadata.tables["audit_event"],
            "after_create",
            DDL(_guard).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )
