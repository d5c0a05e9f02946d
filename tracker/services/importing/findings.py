"""What an import found, as rows of the register: entered with their tasks, and settled where a new file put it right."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session

from tracker.importers.draft import Diagnostic
from tracker.models import ImportFinding, Severity, Task
from tracker.queries.directory import list_findings_of, list_findings_of_kind
from tracker.services.auditing import Actor
from tracker.services.importing.acts import DOUBT_PREFIX, doubt
from tracker.services.tasks import insert_rows

CORRECTED = "新导入的文件中已经没有这个问题"
WITHDRAWN = f"{DOUBT_PREFIX}row-withdrawn"
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


def list_withdrawn(session: Session, table_id: int) -> set[int | None]:
    """The tasks of a table of which it is known that their rows are no longer in the file."""
    return {
        finding.task_id
        for finding in list_findings_of_kind(session, table_id, WITHDRAWN)
        if finding.settlement != RETURNED
    }


def mark_withdrawn(session: Session, tasks: Sequence[Task], *, table_id: int, source_name: str) -> None:
    """Say once that rows are no longer in the file, however often a file without them is imported."""
    known = list_withdrawn(session, table_id)
    message = f"新文件“{source_name}”中没有此行，任务予以保留；不再需要的，请撤销任务。"
    rows = [
        row
        for task in tasks
        if task.id not in known
        for row in finding_rows([doubt("row-withdrawn", message)], table_id=table_id, task_id=task.id)
    ]
    insert_rows(session, rows)


def mark_returned(
    session: Session, task_ids: Collection[int], *, table_id: int, actor: Actor, at: datetime
) -> None:
    """Settle that rows were withdrawn where they stand in the file again."""
    for finding in list_findings_of_kind(session, table_id, WITHDRAWN):
        if finding.task_id in task_ids and finding.settled_at is None:
            _settle(session, finding, RETURNED, actor, at)


def _settle(session: Session, finding: ImportFinding, settlement: str, actor: Actor, at: datetime) -> None:
    finding.settled_at, finding.settled_by_id, finding.settlement = at, actor.person_id, settlement
    session.add(finding)
