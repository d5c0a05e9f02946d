"""Committing a draft: campaign, tables, people, units and tasks in draft state, or the changes of a corrected file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.importers.draft import Diagnostic, Draft, DraftRow, DraftTable, SourceAccount
from tracker.models import Campaign, ImportFinding, ResponsibilityTable, Task
from tracker.queries.campaigns import find_campaign, lock_campaign
from tracker.queries.directory import (
    find_newest_finding_id,
    find_newest_table,
    find_table,
    list_findings_after,
    list_tasks_of_table,
)
from tracker.queries.locking import lock_tasks
from tracker.queries.parts import get_parts
from tracker.queries.served import WATCHED_STATES
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.campaigns import create_campaign
from tracker.services.importing.acts import ImportAct
from tracker.services.importing.differences import RowDifference, changed_fields, list_differences
from tracker.services.importing.findings import (
    enter_findings,
    finding_rows,
    list_withdrawn,
    mark_returned,
    mark_withdrawn,
    renew_findings,
)
from tracker.services.importing.matching import KnownRow, with_lasting_keys
from tracker.services.importing.names import NO_CHOICES, NameBook, NameChoices
from tracker.services.importing.plans import plan_task
from tracker.services.importing.rewriting import rewrite_task
from tracker.services.importing.sharing import share_lists
from tracker.services.tasks import insert_rows, write_tasks
from tracker.services.watching import look_again
from workflows.roles import Role
from workflows.task import TaskState

MAX_TITLE_CHARACTERS = 300
MAX_NAME_CHARACTERS = 255
_ACT = "导入责任分解表"


@dataclass
class ImportOutcome:
    """What an import did: ids of tasks created, changed, unchanged and withdrawn (kept, but not in the new file)."""

    campaign_id: int
    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    moved: list[int] = field(default_factory=list)  # in another place of the table, otherwise as they were
    findings: list[ImportFinding] = field(default_factory=list)
    table_ids: list[int] = field(default_factory=list)
    new_people: list[str] = field(default_factory=list)
    new_units: list[str] = field(default_factory=list)

    @property
    def has_changes(self) -> bool:
        return bool(self.created or self.changed or self.findings or self.moved)


def commit_draft(
    session: Session,
    draft: Draft,
    *,
    campaign_name: str,
    year: int | None,
    actor: Actor,
    at: datetime,
    calendar: WorkCalendar,
    choices: NameChoices = NO_CHOICES,
) -> ImportOutcome:
    """Write a draft into the register, all of it or nothing: the caller commits.

    Tasks are created in draft and nobody is told. The same file again changes nothing; a corrected one changes what
    it says differently and keeps what was done. Raises ActRefused or ValueRefused before anything is written.
    """
    tables = [(title, table) for title, table in _titled(draft) if table.rows]
    if not tables:
        raise ValueRefused("没有读出任何任务，没有可以导入的内容，请检查文件和列名。")
    campaign = _campaign(session, campaign_name, year, [table for _, table in tables], actor, at)
    book = NameBook.load(session, choices)
    book.enter_missing(session, (row for _, table in tables for row in table.rows))
    act = ImportAct(session, book, calendar, actor, at)
    outcome = ImportOutcome(id_of(campaign))
    outcome.new_people = [person.name for person in book.new_people]
    outcome.new_units = [unit.name for unit in book.new_units]
    newest_id = find_newest_finding_id(session)
    is_new_file = False
    for number, (title, table) in enumerate(tables):
        general = [*draft.diagnostics, *table.diagnostics] if number == 0 else list(table.diagnostics)
        is_new_file |= _commit_table(act, campaign, title, table, draft.source, general, outcome)
    session.flush()
    outcome.findings = list(list_findings_after(session, outcome.table_ids, newest_id))
    if is_new_file or outcome.has_changes:
        _record(act, campaign, draft.source, [title for title, _ in tables], outcome)
    return outcome


def compare_with_register(
    session: Session, draft: Draft, *, campaign_name: str | None = None
) -> list[RowDifference]:
    """What the draft says differently from the last import of its tables; nothing for tables never imported.

    Without a campaign a table is looked for where it was imported last.
    """
    campaign = find_campaign(session, campaign_name) if campaign_name else None
    found: list[RowDifference] = []
    for title, table in _titled(draft):
        if campaign_name:
            known = find_table(session, id_of(campaign), title) if campaign else None
        else:
            known = find_newest_table(session, title)
        if known is not None:
            named = _recognised(session, id_of(known), table)
            found += list_differences(title, _rows_to_compare(session, id_of(known), named), named.rows)
    return found


def _recognised(session: Session, table_id: int, table: DraftTable) -> DraftTable:
    """The table with each row under the key by which the register knows it."""
    withdrawn = list_withdrawn(session, table_id)
    known = [
        KnownRow(task.row_key, task.draft or {}, task.id not in withdrawn)
        for task in list_tasks_of_table(session, table_id)
        if task.row_key
    ]
    return replace(table, rows=with_lasting_keys(table.rows, known))


def _rows_to_compare(session: Session, table_id: int, table: DraftTable) -> dict[str, Mapping[str, Any]]:
    """The rows as they were imported last, without those known to be withdrawn that the new file lacks as well."""
    withdrawn = list_withdrawn(session, table_id)
    present = {row.row_key for row in table.rows}
    return {
        task.row_key: task.draft
        for task in list_tasks_of_table(session, table_id)
        if task.row_key
        and task.draft
        and (task.row_key in present or (task.id not in withdrawn and task.state is not TaskState.CANCELLED))
    }


def _commit_table(
    act: ImportAct,
    campaign: Campaign,
    title: str,
    table: DraftTable,
    source: SourceAccount,
    general: Sequence[Diagnostic],
    outcome: ImportOutcome,
) -> bool:
    """Commit one table; whether its file is another than last time."""
    known = find_table(act.session, id_of(campaign), title)
    row = known or _enter_table(act, campaign, title, table, source)
    table_id = id_of(row)
    outcome.table_ids.append(table_id)
    is_read_otherwise = row.year != table.year or row.columns != dict(table.columns)
    is_new_file = known is None or row.source_sha256 != source.sha256 or is_read_otherwise
    tasks = {task.row_key: task for task in list_tasks_of_table(act.session, table_id)} if known else {}
    if known is not None:
        table = _recognised(act.session, table_id, table)
    _create_tasks(act, campaign, table_id, table, tasks, source, outcome)
    _change_tasks(act, table_id, table, tasks, source, outcome)
    if known is None:
        enter_findings(act.session, general, table_id=table_id, task_id=None)
    elif is_new_file:
        _renew_table(act, row, table, source)
        renew_findings(act.session, general, table_id=table_id, task_id=None, actor=act.actor, at=act.at)
    return is_new_file


def _create_tasks(
    act: ImportAct,
    campaign: Campaign,
    table_id: int,
    table: DraftTable,
    tasks: dict[str | None, Task],
    source: SourceAccount,
    outcome: ImportOutcome,
) -> None:
    """Enter the rows that are new, in few statements however many they are; adds them to `tasks`."""
    fresh = [(position, row) for position, row in enumerate(table.rows) if row.row_key not in tasks]
    plans = [
        plan_task(row, act.book, table_id=table_id, position=position, source_name=source.name)
        for position, row in fresh
    ]
    created = write_tasks(act.session, plans, campaign_id=id_of(campaign))
    tasks |= {row.row_key: task for (_, row), task in zip(fresh, created, strict=True)}
    outcome.created += [id_of(task) for task in created]
    rows: list[ImportFinding] = []
    for (_, row), task in zip(fresh, created, strict=True):
        doubts = share_lists(task, row, table, tasks)
        diagnostics = [*row.diagnostics, *act.book.findings_on(row), *doubts]
        rows += finding_rows(diagnostics, table_id=table_id, task_id=id_of(task))
    insert_rows(act.session, rows)


def _change_tasks(
    act: ImportAct,
    table_id: int,
    table: DraftTable,
    tasks: Mapping[str | None, Task],
    source: SourceAccount,
    outcome: ImportOutcome,
) -> None:
    """Apply what differs in rows that were imported before, and mark tasks whose row is gone."""
    fresh = set(outcome.created)
    places = [
        (position, row, task, changed_fields(task.draft or {}, row.to_json()))
        for position, row in enumerate(table.rows)
        if id_of(task := tasks[row.row_key]) not in fresh
    ]
    lock_tasks(act.session, [id_of(task) for _, _, task, differs in places if differs])
    for position, row, task, differs in places:
        if task.position != position:
            task.position = position
            outcome.moved.append(id_of(task))
        if not differs:
            outcome.unchanged.append(id_of(task))
            continue
        settled = _settled_parts(act, task, row)
        doubts = rewrite_task(act, id_of(task), row, source_name=source.name)
        if "shared" in differs:
            doubts += share_lists(task, row, table, tasks)
            if task.state in WATCHED_STATES:
                look_again(act.session, task, on=office_day(act.at))
        diagnostics = [*row.diagnostics, *act.book.findings_on(row, settled), *doubts]
        renew_findings(
            act.session, diagnostics, table_id=table_id, task_id=id_of(task), actor=act.actor, at=act.at
        )
        outcome.changed.append(id_of(task))
    _mark_withdrawn(act, table_id, table, tasks, source, outcome)


def _settled_parts(act: ImportAct, task: Task, row: DraftRow) -> set[Role]:
    """The parts for which the file names whom it named before, and which somebody holds: perhaps a successor."""
    before, after = (task.draft or {}).get("people", {}), row.to_json()["people"]
    held = get_parts(act.session, task)
    people = {Role.OWNER: held.owners, Role.EXPEDITER: held.expediters, Role.LEADER: held.leaders}
    return {role for role, now in people.items() if now and before.get(role.value) == after.get(role.value)}


def _mark_withdrawn(
    act: ImportAct,
    table_id: int,
    table: DraftTable,
    tasks: Mapping[str | None, Task],
    source: SourceAccount,
    outcome: ImportOutcome,
) -> None:
    present = {row.row_key for row in table.rows}
    gone = [
        task for key, task in tasks.items() if key not in present and task.state is not TaskState.CANCELLED
    ]
    outcome.withdrawn += [id_of(task) for task in gone]
    mark_withdrawn(act.session, gone, table_id=table_id, source_name=source.name)
    returned = {id_of(task) for key, task in tasks.items() if key in present}
    mark_returned(act.session, returned, table_id=table_id, actor=act.actor, at=act.at)


def _titled(draft: Draft) -> list[tuple[str, DraftTable]]:
    """The tables with the title under which each is registered: its own, or the file's; numbered where one repeats."""
    found: list[tuple[str, DraftTable]] = []
    used: dict[str, int] = {}
    for table in draft.tables:
        title = (table.title.strip() or draft.source.name)[: MAX_TITLE_CHARACTERS - 10]
        used[title] = used.get(title, 0) + 1
        found.append((title if used[title] == 1 else f"{title}（{used[title]}）", table))
    return found


def _campaign(
    session: Session,
    name: str,
    year: int | None,
    tables: Sequence[DraftTable],
    actor: Actor,
    at: datetime,
) -> Campaign:
    known = find_campaign(session, name)
    require_coordinator(session, actor, known.id if known else None, _ACT)
    if known is not None:
        campaign = lock_campaign(session, id_of(known))
        if campaign.closed_at is not None:
            raise ValueRefused(f"专项工作“{campaign.name}”已经结束，不能再导入，请另立专项工作。")
        return campaign
    found = year or next((table.year for table in tables if table.year), None)
    if found is None:
        raise ValueRefused("不知道是哪一年的工作：表题里没有年份，请指明年份（命令行用“--year”）。")
    return create_campaign(session, name=name, year=found, actor=actor, at=at)


def _enter_table(
    act: ImportAct, campaign: Campaign, title: str, table: DraftTable, source: SourceAccount
) -> ResponsibilityTable:
    row = ResponsibilityTable(
        campaign_id=id_of(campaign),
        title=title,
        year=table.year,
        source_name=source.name[:MAX_NAME_CHARACTERS],
        source_sha256=source.sha256,
        columns=dict(table.columns),
        imported_at=act.at,
        imported_by_id=act.actor.person_id,
    )
    act.session.add(row)
    act.session.flush()
    return row


def _renew_table(act: ImportAct, row: ResponsibilityTable, table: DraftTable, source: SourceAccount) -> None:
    row.year, row.columns = table.year, dict(table.columns)
    row.source_name, row.source_sha256 = source.name[:MAX_NAME_CHARACTERS], source.sha256
    row.imported_at, row.imported_by_id = act.at, act.actor.person_id
    act.session.add(row)


def _record(
    act: ImportAct,
    campaign: Campaign,
    source: SourceAccount,
    titles: Sequence[str],
    outcome: ImportOutcome,
) -> None:
    """One event for the whole import; changed tasks have one of their own with before and after."""
    data: dict[str, Any] = {
        "source": source.to_json(),
        "tables": list(titles),
        "created": outcome.created,
        "changed": outcome.changed,
        "moved": outcome.moved,
        "withdrawn": outcome.withdrawn,
        "findings": len(outcome.findings),
        "people": outcome.new_people,
        "units": outcome.new_units,
    }
    record(
        act.session,
        kind="import.commit",
        actor=act.actor,
        at=act.at,
        subject="campaign",
        subject_id=campaign.id,
        data=data,
    )
