"""Writing down that something is to be told: notices, each once for ever by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel, col

from notifications.models import Notice
from tracker.database import is_sqlite


class NoticeRow(NamedTuple):
    """One thing that one person is to be told. `key` is what makes it the same thing another time."""

    key: str
    rule: str
    recipient_id: int
    task_id: int
    milestone_id: int | None
    due_on: date | None
    event_id: int | None
    office_day: date
    facts: dict[str, Any]
    created_at: datetime


def write_notices(session: Session, rows: Sequence[NoticeRow]) -> None:
    """Insert those that do not exist yet, in one statement; the others stay as they were decided."""
    if rows:
        statement = insert_new(session, Notice, "key")
        session.connection().execute(statement, [row._asdict() for row in rows])


def insert_new(session: Session, model: type[SQLModel], unique: str) -> Insert:
    """An insert that passes over rows whose `unique` column is taken, on either engine."""
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    if is_sqlite(session):
        return sqlite.insert(table).on_conflict_do_nothing(index_elements=[unique])
    return postgresql.insert(table).on_conflict_do_nothing(index_elements=[unique])


def waiting_notices() -> Any:
    """The statement of notices that no letter carries yet."""
    return select(Notice).where(col(Notice.letter_id).is_(None), col(Notice.withdrawn_at).is_(None))
