"""What every part of one import is told: who imports, when, by which calendar, and whom the names mean."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.importers.draft import Diagnostic, Severity
from tracker.services.auditing import Actor
from tracker.services.importing.names import NameBook


@dataclass(frozen=True)
class ImportAct:
    session: Session
    book: NameBook
    calendar: WorkCalendar
    actor: Actor
    at: datetime


DOUBT_PREFIX = "reimport-"


def doubt(code: str, message: str) -> Diagnostic:
    """A change that a corrected file asks for and that only a person can decide on; he alone settles it."""
    return Diagnostic(f"{DOUBT_PREFIX}{code}", Severity.WARNING, message)
