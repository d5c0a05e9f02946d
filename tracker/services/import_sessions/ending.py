"""Throwing an import away: by hand, or after a month without any work on it. What it wrote stays."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import ImportSession
from tracker.parked_files import ParkedFiles
from tracker.queries.import_sessions import list_idle_imports, list_parked_checksums
from tracker.services.auditing import SYSTEM, Actor, record

KEPT = timedelta(days=30)


def discard_import(session: Session, run: ImportSession, *, actor: Actor, at: datetime) -> None:
    """Forget an import with all its decisions; tasks that it wrote stay. The file goes with the next sweep."""
    data = {"source": run.source_name, "sha256": run.source_sha256, "edits": len(run.edits)}
    number = id_of(run)
    session.delete(run)
    record(session, kind="import.discard", actor=actor, at=at, subject="import", subject_id=number, data=data)


def discard_idle_imports(session: Session, files: ParkedFiles, *, at: datetime) -> int:
    """Discard what nobody has touched for thirty days, then the files that nothing refers to; returns how many imports."""
    idle = list_idle_imports(session, before=at - KEPT)
    for run in idle:
        discard_import(session, run, actor=SYSTEM, at=at)
    session.flush()
    files.sweep(referenced=list_parked_checksums(session), at=at)
    return len(idle)
