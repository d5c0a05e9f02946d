"""`dingban task`: list, show, and one command for each of the thirteen triggers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlmodel import Session

from runtime.cli.acting import acting
from runtime.cli.choosing import resolve_campaign
from runtime.cli.exits import REFUSED, describe_failure
from runtime.cli.grammar import Commands
from runtime.cli.invocation import Refused, now, opened_application
from runtime.cli.options import AsPerson, Json, Reason, RecordedBy, TaskId
from runtime.cli.output import note, print_json, print_table, say, shorten
from runtime.cli.task_page import print_task_page
from tracker.clock import office_day
from tracker.documents import read_task_documents, task_document, task_page
from tracker.errors import TrackerError
from tracker.identity import LARGEST_ID, id_of
from tracker.lights import Light, light_name
from tracker.queries.people import resolve_person, resolve_unit
from tracker.queries.tasks import TaskFilter, list_tasks
from tracker.services.lifecycle import VerifiedPackage, move_task
from workflows.kernel import WorkflowError
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW, TaskState, TaskTrigger

app = Commands(help="任务：查看和办理。每一步由谁办理、还缺什么，用 dingban explain 查看。")

PEOPLE_ROLES = {role.value: role for role in (Role.OWNER, Role.EXPEDITER, Role.LEADER, Role.COORDINATOR)}


@app.command("list")
def show_list(
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="名称", help="只看某项专项工作")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看某个单位及其下级")] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="人员", help="只看某人参与的")] = None,
    role: Annotated[
        str | None,
        typer.Option("--role", metavar="角色", help=f"某人担任的角色：{'、'.join(PEOPLE_ROLES)}"),
    ] = None,
    state: Annotated[
        list[TaskState] | None,
        typer.Option("--state", metavar="状态", help=f"可以写多次：{'、'.join(TaskState)}"),
    ] = None,
    text: Annotated[str | None, typer.Option("--text", metavar="文字", help="标题、要求中含有的字")] = None,
    is_overdue: Annotated[bool, typer.Option("--overdue", help="只看有节点逾期的")] = False,
    limit: Annotated[int | None, typer.Option("--limit", metavar="条数", min=1, help="最多列出几项")] = None,
    as_json: Json = False,
) -> None:
    """列出任务，按责任分解表的顺序。"""
    if role is not None and role not in PEOPLE_ROLES:
        raise typer.BadParameter(f"没有“{role}”这个角色，--role 只能是 {'、'.join(PEOPLE_ROLES)}")
    with opened_application() as application, application.reading() as session:
        today = office_day(now())
        wanted = TaskFilter(
            campaign_id=None if campaign is None else resolve_campaign(session, campaign).id,
            unit_id=None if unit is None else resolve_unit(session, unit).id,
            person_id=None if person is None else resolve_person(session, person).id,
            role=None if role is None else PEOPLE_ROLES[role],
            states=tuple(state or ()),
            text=text,
            overdue_on=today if is_overdue else None,
            measure=application.rules.measure,
        )
        tasks = list_tasks(session, wanted, limit=limit)
        documents = read_task_documents(session, tasks, today=today, rules=application.rules)
    if as_json:
        print_json({"schema": "dingban.tasks/1", "tasks": documents})
        return
    print_table(
        ["编号", "序号", "任务", "状态", "灯", "最近时限", "责任人", "分管领导"],
        [
            (
                task["id"],
                task["label"],
                shorten(task["title"], 36),
                task["state_label"],
                light_name(Light(task["light"]), is_backfilled=task["is_backfilled"]),
                task["next_due_on"],
                "、".join(task["people"]["owner"]),
                "、".join(task["people"]["leader"]),
            )
            for task in documents
        ],
    )
    say(f"共{len(documents)}项。")


@app.command("show")
def show(task_id: TaskId, as_json: Json = False) -> None:
    """显示一项任务的全部内容：节点、成果、人员、批示、延期、办理过程。"""
    with opened_application() as application, application.reading() as session:
        page = task_page(session, task_id, today=office_day(now()), rules=application.rules)
    if as_json:
        print_json(page)
    else:
        print_task_page(page)


def _add_trigger(trigger: TaskTrigger) -> None:
    label = TASK_WORKFLOW.trigger_labels[trigger]
    needs_reason = TASK_WORKFLOW.rule(trigger).needs_reason

    def move(
        task_ids: Annotated[
            list[int] | None,
            typer.Argument(metavar="任务编号…", min=1, max=LARGEST_ID, help="可以写一个，也可以写几个"),
        ] = None,
        *,
        as_person: AsPerson,
        reason: Reason = None,
        recorded_by: RecordedBy = None,
        campaign: Annotated[
            str | None,
            typer.Option("--campaign", metavar="名称", help="这项专项工作中所有正等待这一步的任务"),
        ] = None,
        package: Annotated[
            Path | None,
            typer.Option(
                "--package", metavar="文件", help="归档材料包，由 dingban archive 生成（归档时必填）"
            ),
        ] = None,
        as_json: Json = False,
    ) -> None:
        move_tasks(
            trigger,
            task_ids or [],
            campaign=campaign,
            as_person=as_person,
            reason=reason,
            recorded_by=recorded_by,
            package=package,
            as_json=as_json,
        )

    move.__doc__ = f"{label}{'（须写明理由 --reason）' if needs_reason else ''}。"
    app.command(trigger.value)(move)
    if "_" in trigger.value:
        app.command(trigger.value.replace("_", "-"), hidden=True)(move)


for _trigger in TaskTrigger:
    _add_trigger(_trigger)


def move_tasks(
    trigger: TaskTrigger,
    task_ids: list[int],
    *,
    campaign: str | None,
    as_person: str,
    reason: str | None,
    recorded_by: str | None,
    package: Path | None,
    as_json: bool,
) -> None:
    """Fire one trigger of one task or several. Several are moved one by one; those refused are listed, exit 1."""
    with opened_application() as application, application.reading() as session:
        chosen = [*task_ids, *_waiting_in(session, campaign, trigger)]
        rules = application.rules
    if not chosen:
        raise Refused("没有要办理的任务：请写明任务编号，或者用 --campaign 写明专项工作。")
    verified = _verified(package)
    moved: list[dict[str, object]] = []
    refused: list[tuple[int, Exception]] = []
    for task_id in chosen:
        try:
            with acting(as_person, recorded_by) as desk:
                task = move_task(
                    desk.session,
                    task_id,
                    trigger,
                    actor=desk.actor,
                    at=desk.at,
                    rules=rules,
                    reason=reason,
                    package=verified,
                )
                moved.append(task_document(desk.session, task, today=desk.today, rules=rules))
        except (TrackerError, WorkflowError) as error:
            if len(chosen) == 1:
                raise
            refused.append((task_id, error))
    _tell(trigger, moved, refused, as_json=as_json, is_single=len(chosen) == 1)


def _verified(package: Path | None) -> VerifiedPackage | None:
    if package is None:
        return None
    from tracker.archive import verify_package  # brings python-docx along, 0.2 s for one trigger of thirteen

    return verify_package(package).verified()


def _waiting_in(session: Session, campaign: str | None, trigger: TaskTrigger) -> list[int]:
    if campaign is None:
        return []
    sources = tuple(TaskState(state) for state in TASK_WORKFLOW.rule(trigger).sources)
    wanted = TaskFilter(campaign_id=resolve_campaign(session, campaign).id, states=sources)
    return [id_of(task) for task in list_tasks(session, wanted)]


def _tell(
    trigger: TaskTrigger,
    moved: list[dict[str, object]],
    refused: list[tuple[int, Exception]],
    *,
    as_json: bool,
    is_single: bool,
) -> None:
    label = TASK_WORKFLOW.trigger_labels[trigger]
    if as_json:
        print_json(
            moved[0]
            if is_single
            else {
                "moved": moved,
                "refused": [{"id": number, "reason": str(error)} for number, error in refused],
            }
        )
    for document in moved if not as_json else []:
        say(f"任务{document['id']}“{document['title']}”已{label}，现在是“{document['state_label']}”。")
    for number, error in refused:
        head, *reasons = describe_failure(error)
        note(f"任务{number}：{head}")
        for line in reasons:
            note(line)
    if refused:
        note(f"办成{len(moved)}项，未办成{len(refused)}项。")
        raise typer.Exit(REFUSED)
