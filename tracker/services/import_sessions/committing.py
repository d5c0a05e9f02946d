"""Writing an import into the register: the draft, the decisions about names, and what was said about findings."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.errors import ActRefused, ValueRefused
from tracker.identity import id_of
from tracker.importers.draft import Draft
from tracker.models import ImportFinding, ImportSession, ImportStep, Task
from tracker.queries.campaigns import get_campaign
from tracker.queries.directory import find_table, list_findings_of, list_tasks_of_table
from tracker.services.auditing import Actor, record
from tracker.services.findings import settle_finding
from tracker.services.import_sessions.deciding import ACT, note_key
from tracker.services.import_sessions.matching import list_name_matches
from tracker.services.import_sessions.names import choices_of, confirm_spellings
from tracker.services.import_sessions.reading import ImportReader
from tracker.services.importing import ImportOutcome, RowDifference, commit_draft, compare_with_register
from tracker.services.importing.names import NameBook
from workflows.kernel import Unmet


def campaign_name(session: Session, run: ImportSession) -> str:
    """The campaign that the import is for: one of the register, or one that it will open."""
    if run.campaign_id is not None:
        return get_campaign(session, run.campaign_id).name
    return run.campaign_name


def list_import_differences(session: Session, run: ImportSession, draft: Draft) -> list[RowDifference]:
    """What the import says differently from what its campaign holds; nothing where the tables are new there."""
    return compare_with_register(session, draft, campaign_name=campaign_name(session, run))


def is_known(session: Session, run: ImportSession, draft: Draft) -> bool:
    """Whether a table of the import was written into its campaign before."""
    if run.campaign_id is None:
        return False
    return any(find_table(session, run.campaign_id, table.title) for table in draft.tables if table.rows)


def count_rows_of_new_tables(session: Session, run: ImportSession, draft: Draft) -> int:
    """How many rows stand in tables that its campaign does not hold yet; the differences say nothing about them."""
    campaign_id = run.campaign_id
    return sum(
        len(table.rows)
        for table in draft.tables
        if campaign_id is None or not find_table(session, campaign_id, table.title)
    )


def explain_commit(session: Session, run: ImportSession, draft: Draft) -> list[Unmet]:
    """Everything that still stands in the way of writing the import."""
    unmet = []
    if not any(table.rows for table in draft.tables):
        unmet.append(Unmet("no-rows", "没有读出任何任务，请在第一步核对列的对应关系"))
    opened = [match.name for match in list_name_matches(session, run, draft) if match.is_open]
    if opened:
        unmet.append(Unmet("names-open", f"还有姓名没有确认是谁：{'、'.join(opened)}"))
    if run.campaign_id is None and not run.campaign_name:
        unmet.append(Unmet("no-campaign", "还没有选择归入哪项专项工作"))
    years = [table.year for table in draft.tables if table.rows]
    if run.campaign_id is None and run.year is None and not any(years):
        unmet.append(Unmet("no-year", "文件里没有年份，请在第一步“识别结果”的“年份”里填写"))
    return unmet


def commit_import(
    session: Session,
    run: ImportSession,
    *,
    reader: ImportReader,
    actor: Actor,
    at: datetime,
    calendar: WorkCalendar,
    expected_version: int | None = None,
) -> ImportOutcome:
    """Write the import, all of it or nothing: tasks in draft, nobody is told. Writing it again writes what changed since.

    Raises ValueRefused where somebody decided something since `expected_version`, ActRefused with everything that
    stands in the way. The caller commits.
    """
    if expected_version is not None and run.version != expected_version:
        raise ValueRefused("这次导入刚刚被他人改过，没有写入。请核对后再写入。")
    draft = reader.draft(session, run, today=office_day(at))
    if unmet := explain_commit(session, run, draft):
        raise ActRefused(ACT, unmet)
    outcome = commit_draft(
        session,
        draft,
        campaign_name=campaign_name(session, run),
        year=run.year,
        actor=actor,
        at=at,
        calendar=calendar,
        choices=choices_of(run),
    )
    _remember_names(session, run, actor)
    _settle_noted(session, run, draft, outcome, actor, at)
    run.campaign_id, run.campaign_name = outcome.campaign_id, ""
    run.step, run.table_ids = ImportStep.ISSUING, outcome.table_ids
    run.committed_at, run.committed_by_id, run.updated_at = at, actor.person_id, at
    run.version += 1
    run.committed_version = run.version
    session.add(run)
    session.flush()
    _record(session, run, actor, at)
    return outcome


def has_unwritten_decisions(run: ImportSession) -> bool:
    """Whether something was decided since the import was written, or it was not written at all."""
    return run.committed_version != run.version


def _remember_names(session: Session, run: ImportSession, actor: Actor) -> None:
    book = NameBook.load(session, choices_of(run))
    people = {each["name"]: book.person_id(each["name"]) for each in run.names if each["kind"] == "person"}
    confirm_spellings(session, run, actor=actor, person_ids=people)


def _settle_noted(
    session: Session, run: ImportSession, draft: Draft, outcome: ImportOutcome, actor: Actor, at: datetime
) -> None:
    """Settle the findings about which the coordinator said what he did."""
    noted = {note_key(each): each["note"] for each in run.notes}
    if not noted:
        return
    tables = [table for table in draft.tables if table.rows]
    gone = set(outcome.withdrawn)
    for table, table_id in zip(tables, outcome.table_ids, strict=True):
        tasks = {
            task.position: task for task in list_tasks_of_table(session, table_id) if task.id not in gone
        }
        places: list[tuple[str, Task | None]] = [("", None)]
        places += [(row.where, tasks.get(position)) for position, row in enumerate(table.rows)]
        numbers = {row for number, row, _, _ in noted if number == table.number}
        for row, task in places:
            if row not in numbers:
                continue
            for finding in list_findings_of(session, table_id, task.id if task else None):
                _settle(
                    session, finding, noted.get((table.number, row, finding.code, finding.message)), actor, at
                )


def _settle(session: Session, finding: ImportFinding, note: str | None, actor: Actor, at: datetime) -> None:
    if note is not None and finding.settled_at is None:
        settle_finding(session, id_of(finding), note=note, actor=actor, at=at)


def _record(session: Session, run: ImportSession, actor: Actor, at: datetime) -> None:
    data = {
        "sha256": run.source_sha256,
        "columns": run.columns,
        "excluded": run.excluded,
        "edits": run.edits,
        "names": run.names,
        "notes": run.notes,
        "layouts": run.layouts,
        "carried": run.carried,
    }
    record(
        session, kind="import.decide", actor=actor, at=at, subject="import", subject_id=id_of(run), data=data
    )
