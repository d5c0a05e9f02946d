"""What an import found, as rows of the register: entered with their tasks, and settled where a new file put it right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session

from tracker.importers.draft import Diagnostic
from tracker.models import ImportFinding, Severity
from tracker.queries.directory import list_findings_of, list_open_findings
from tracker.services.auditing import Actor
from tracker.services.importing.acts import DOUBT_PREFIX
from tracker.services.tasks import insert_rows

CORRECTED = "新导入的文件中已经没有这个问题"
RETURNED = "新导入的文件中又有此行"


def finding_rows(
    diagnostics: Sequence[Diagnostic], *, table_id: int, task_id: int | None
) -> list[ImportFinding]:
    """Findings on a task, or for None on the table as a whole, as rows that are not yet written."""
    return [
        ImportFinding(
            table_id=table_id,
            task_id=task_id,
            code=each.code,
            severity=Severity(each.severity.value),
            column=each.column[:200] if each.column else None,
            message=each.message,
            repair=each.repair,
            where=each.where[:200] if each.where else None,
        )
        for each in diagnostics
    ]


def enter_findings(
    session: Session, diagnostics: Sequence[Diagnostic], *, table_id: int, task_id: int | None
) -> None:
    insert_rows(session, finding_rows(diagnostics, table_id=table_id, task_id=task_id))


def renew_findings(
    session: Session,
    diagnostics: Sequence[Diagnostic],
    *,
    table_id: int,
    task_id: int | None,
    actor: Actor,
    at: datetime,
) -> None:
    """Enter what a new file raises for the first time, and settle what it does not raise any more.

    A finding that somebody settled stays settled while the file says the same. Doubts about the changes of an
    earlier file are nothing that a new one could put right: they wait for a person.
    """
    known = list_findings_of(session, table_id, task_id)
    raised = {(each.code, each.message) for each in diagnostics}
    for finding in known:
        is_doubt = finding.code.startswith(DOUBT_PREFIX)
        if finding.settled_at is None and not is_doubt and (finding.code, finding.message) not in raised:
            _settle(session, finding, CORRECTED, actor, at)
    old = {(finding.code, finding.message) for finding in known}
    fresh = [each for each in diagnostics if (each.code, each.message) not in old]
    enter_findings(session, fresh, table_id=table_id, task_id=task_id)


def mark_withdrawn(session: Session, finding: Diagnostic, *, table_id: int, task_id: int) -> None:
    """Say once that a row is no longer in the file, however often a file without it is imported."""
    known = [each for each in list_findings_of(session, table_id, task_id) if each.code == finding.code]
    if all(each.settlement == RETURNED for each in known):
        enter_findings(session, [finding], table_id=table_id, task_id=task_id)


def mark_returned(
    session: Session, code: str, *, table_id: int, task_ids: Collection[int], actor: Actor, at: datetime
) -> None:
    """Settle that rows were withdrawn where they stand in the file again."""
    for finding in list_open_findings(session, table_id, code):
        if finding.task_id in task_ids:
            _settle(session, finding, RETURNED, actor, at)


def _settle(session: Session, finding: ImportFinding, settlement: str, actor: Actor, at: datetime) -> None:
    finding.settled_at, finding.settled_by_id, finding.settlement = at, actor.person_id, settlement
    session.add(finding)
