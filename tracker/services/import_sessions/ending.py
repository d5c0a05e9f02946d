"""Throwing an import away: by hand before it is written, or after a month without any work on it.

What was written is kept with its decisions while the campaign goes on: a corrected file takes them up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import ImportSession
from tracker.parked_files import ParkedFiles
from tracker.queries.import_sessions import list_idle_imports, list_parked_checksums
from tracker.services.auditing import SYSTEM, Actor, record
from workflows.kernel import Unmet

KEPT = timedelta(days=30)
ACT_OF_DISCARDING = "放弃导入"
WRITTEN = "这次导入已经写入任务，留作更正时沿用；不要的任务请在任务上撤销"


def discard_import(session: Session, run: ImportSession, *, actor: Actor, at: datetime) -> None:
    """Forget an import that was never written, with all its decisions. The file goes with the next sweep.

    Raises ActRefused where it was written.
    """
    if run.committed_at is not None:
        raise ActRefused(ACT_OF_DISCARDING, [Unmet("is-written", WRITTEN)])
    _forget(session, run, actor=actor, at=at)


def _forget(session: Session, run: ImportSession, *, actor: Actor, at: datetime) -> None:
    data = {"source": run.source_name, "sha256": run.source_sha256, "edits": len(run.edits)}
    number = id_of(run)
    session.delete(run)
    record(session, kind="import.discard", actor=actor, at=at, subject="import", subject_id=number, data=data)


def discard_idle_imports(session: Session, files: ParkedFiles, *, at: datetime) -> int:
    """Discard what nobody has touched for thirty days, then the files that nothing refers to; returns how many imports.

    What was written stays until its campaign is closed.
    """
    idle = list_idle_imports(session, before=at - KEPT)
    for run in idle:
        _forget(session, run, actor=SYSTEM, at=at)
    session.flush()
    files.sweep(referenced=list_parked_checksums(session), at=at)
    return len(idle)
