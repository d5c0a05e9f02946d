"""Reports that were sent: which there are, and each as it was."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select as columns
from sqlmodel import Session, col

from notifications.models import SentReport
from notifications.reports.sending import untampered
from tracker.errors import NotFound
from tracker.identity import is_possible_id

MOST = 60


class SentReportNotFound(NotFound):
    noun = "已发通报"


class SentLine(NamedTuple):
    """One sending. `is_by_hand`: a coordinator sent it, beside the one of every week."""

    id: int
    week: str
    scope: str
    label: str
    sent_at: datetime
    is_by_hand: bool


def list_sent(session: Session, scopes: Collection[str] | None, *, most: int = MOST) -> list[SentLine]:
    """The newest sendings of these scopes, or of all for None, the newest first."""
    statement: Any = (
        columns(
            col(SentReport.id),
            col(SentReport.week),
            col(SentReport.scope),
            col(SentReport.snapshot)["figures"]["scope_label"].as_string(),
            col(SentReport.created_at),
            col(SentReport.key).contains("@"),
        )
        .order_by(col(SentReport.week).desc(), col(SentReport.id).desc())
        .limit(most)
    )
    if scopes is not None:
        statement = statement.where(col(SentReport.scope).in_(scopes))
    return [SentLine._make(row) for row in session.connection().execute(statement)]


def get_sent(
    session: Session, report_id: int, scopes: Collection[str] | None
) -> tuple[SentReport, dict[str, Any]]:
    """A sending and its snapshot, unchanged. Raises SentReportNotFound, also for one of another scope, or ReportAltered."""
    stored = session.get(SentReport, report_id) if is_possible_id(report_id) else None
    if stored is None or (scopes is not None and stored.scope not in scopes):
        raise SentReportNotFound(report_id)
    return stored, untampered(stored)
