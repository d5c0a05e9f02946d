"""Writing down that something is to be told: notices, each once for ever by its key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlmodel import Session

from notifications.models import Notice
from tracker.database import insert_new
from tracker.prepared import Prepared


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
        _insertion(session).change_many(session, rows)


_insertions: dict[str, Prepared] = {}


def _insertion(session: Session) -> Prepared:
    engine = session.get_bind().dialect.name
    if engine not in _insertions:
        _insertions[engine] = Prepared(insert_new(session, Notice, "key"), NoticeRow._fields)
    return _insertions[engine]
