"""Step 5: what can be issued, what each of the others lacks, and issuing."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from tracker.identity import id_of
from tracker.importers.draft import Draft
from tracker.models import ImportFinding, ImportSession, ImportStep, Severity, Task
from tracker.queries.backfilling import count_backfillable
from tracker.queries.import_sessions import (
    get_visible_import,
    list_imported_tasks,
    list_open_findings,
    lock_visible_import,
)
from tracker.queries.people import names_of
from tracker.row_numbers import row_number
from tracker.services.auditing import Actor
from tracker.services.findings import settle_finding
from tracker.services.lifecycle import explain_task, move_task
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame
from web.import_wizard.outlook import Outlook, outlook_of
from web.import_wizard.slugs import slug_of
from web.import_wizard.telling import account_words, telling_words
from workflows.kernel import Unmet
from workflows.registry import state_label
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger


@dataclass(frozen=True)
class TaskView:
    """A task in draft: what it lacks, and the errors that somebody has to settle first."""

    task: Task
    label: str
    unmet: list[Unmet]
    errors: list[ImportFinding]
    slug: str | None

    @property
    def is_ready(self) -> bool:
        return not self.unmet


def show(desk: Desk, import_id: int) -> Response:
    run, draft = frame.opened(desk, import_id)
    if run.committed_at is None:
        return desk.done(frame.path_of(run, ImportStep.DIFFERENCES), "先写入，再下达。")
    tasks = list_imported_tasks(desk.session, run)
    views = _views(desk, run, draft, [task for task in tasks if task.state is TaskState.DRAFT])
    issued = [task for task in tasks if task.state not in (TaskState.DRAFT, TaskState.CANCELLED)]
    ready = [view for view in views if view.is_ready]
    ready_ids = [id_of(view.task) for view in ready]
    outlook = outlook_of(desk.session, [view.task for view in ready], today=desk.today)
    calendar = desk.house.calendar(desk.session)
    writer_id = run.committed_by_id or run.updated_by_id
    return frame.show(
        desk,
        run,
        draft,
        ImportStep.ISSUING,
        "issuing.html",
        writer=names_of(desk.session, {writer_id})[writer_id],
        labels={task.id: row_number(task.seq or "", task.sub or 1) for task in issued},
        states={task.id: state_label(task.workflow, task.state, task.step) for task in issued},
        ready=ready,
        outlook=outlook,
        warning=_warning(outlook),
        telling=telling_words(desk, ready_ids, calendar),
        without_account=account_words(desk, ready_ids),
        opens_accounts=desk.visitor.is_a(Role.ADMINISTRATOR),
        lacking=[view for view in views if not view.is_ready],
        issued=issued,
        total=len(tasks),
        past_due=_past_due(desk, run),
    )


def _past_due(desk: Desk, run: ImportSession) -> int:
    """How many steps of drafts have had their day: done before the program came, perhaps. For who may say so."""
    if run.campaign_id is None or run.campaign_id not in desk.visitor.sight.coordinated:
        return 0
    return count_backfillable(desk.session, today=desk.today, campaign_id=run.campaign_id)


def issue(desk: Desk, import_id: int) -> Response:
    """Issue the tasks that were ticked, all of them or none. Raises GuardsUnmet for the first that lacks something,
    InputRefused where a step will be red at once and nobody said that this was looked at.
    """
    run = lock_visible_import(desk.session, desk.visitor.sight, import_id)
    tasks = list_imported_tasks(desk.session, run)
    own = {id_of(task) for task in tasks}
    asked = desk.form.wholes("task", "任务")
    if not asked:
        raise InputRefused("task", "请勾选要下达的任务。")
    if set(asked) - own:
        raise InputRefused("task", "勾选的任务不属于这次导入，请刷新页面后重试。")
    _require_confirmed(desk, [task for task in tasks if task.id in set(asked)])
    calendar = desk.house.calendar(desk.session)
    for task_id in asked:
        move_task(
            desk.session,
            task_id,
            TaskTrigger.ISSUE,
            actor=desk.actor,
            at=desk.at,
            rules=desk.house.rules,
            calendar=calendar,
        )
    said = telling_words(desk, asked, calendar)
    return desk.done(frame.path_of(run, ImportStep.ISSUING), f"已下达{len(asked)}项任务。{said}")


def _warning(outlook: Outlook) -> str:
    """What will be red as soon as it is issued; empty where nothing will."""
    if not outlook.past_steps:
        return ""
    return f"其中{outlook.past_tasks}项有{outlook.past_steps}个节点已过时限，下达后显示红灯；下达以后不能再补录。"


def _require_confirmed(desk: Desk, tasks: list[Task]) -> None:
    drafts = [task for task in tasks if task.state is TaskState.DRAFT]
    warning = _warning(outlook_of(desk.session, drafts, today=desk.today))
    if warning and not desk.form.is_ticked("confirmed"):
        raise InputRefused(
            "confirmed", f"所选{len(drafts)}项任务，{warning}确认无误请勾选“已核对，按此下达”。"
        )


def settle(desk: Desk, import_id: int) -> Response:
    """Say what was done about an error that stays as it is."""
    run = get_visible_import(desk.session, desk.visitor.sight, import_id)
    finding_id = desk.form.whole("finding", "问题")
    if finding_id not in {each.id for each in list_open_findings(desk.session, run)}:
        raise InputRefused("finding", "这个问题已经处理过了，请刷新页面。")
    note = desk.form.text("note", "处理说明", limit=500)
    settle_finding(desk.session, finding_id, note=note, actor=desk.actor, at=desk.at)
    return desk.done(frame.path_of(run, ImportStep.ISSUING), "已记下处理说明。")


def _views(desk: Desk, run: ImportSession, draft: Draft, tasks: list[Task]) -> list[TaskView]:
    errors: dict[int | None, list[ImportFinding]] = {}
    for finding in list_open_findings(desk.session, run):
        if finding.severity is Severity.ERROR:
            errors.setdefault(finding.task_id, []).append(finding)
    places = {row.where: slug_of(table.number, row.where) for table in draft.tables for row in table.rows}
    actor = Actor(desk.visitor.person_id, desk.visitor.name)
    return [
        TaskView(
            task,
            row_number(task.seq or "", task.sub or 1),
            explain_task(desk.session, id_of(task), TaskTrigger.ISSUE, actor=actor),
            errors.get(task.id, []),
            places.get(str((task.source or {}).get("where"))),
        )
        for task in tasks
    ]
