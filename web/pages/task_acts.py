"""What moves a task: its triggers, its closing package, deductions, the progress of units, and import findings."""

from __future__ import annotations

from math import nan
from typing import Annotated

from fastapi import Depends
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response

from notifications.wording import shortened
from tracker.models import Task
from tracker.queries.findings import list_findings
from tracker.row_numbers import row_number
from tracker.services.deductions import record_deduction
from tracker.services.findings import FindingNotFound, settle_finding
from tracker.services.lifecycle import VerifiedPackage, move_task
from tracker.services.unit_progress import report_unit_progress
from web.access import Who, allow
from web.desk import Desk, UnopenedReadingDesk
from web.forms import Form, InputRefused
from web.opening import Opening, PageRouter
from web.packages import PackageShelf
from web.previews import DOWNLOAD_HEADERS
from web.task_desk import TITLE_SHOWN, TaskAct, TaskPage, opened_task
from workflows.registry import names_of, workflow_named
from workflows.task import TaskTrigger

router = PageRouter()
# After the routes of all other acts on a task, whose names it would take for triggers.
moving = PageRouter()


@router.post("/tasks/{task_id:int}/package", dependencies=[allow(Who.COORDINATOR)])
def build_closing_package(page: TaskPage) -> Response:
    """Built at a reading desk, so that nobody waits for it, however large it is; then put on record."""
    # writes Word documents: loaded when the first one is built
    from tracker.archive import build_package, record_package

    desk = page.desk
    out = PackageShelf(desk.house.store).prepare(page.task)
    built = build_package(desk.session, desk.house.store, page.task_id, out=out, actor=desk.actor)
    with desk.house.writing() as session:
        record_package(session, built, actor=desk.actor, at=desk.at)
    return page.done(f"归档材料包已经生成并校验通过，内有{built.members}个文件。", "acts")


@router.get("/tasks/{task_id:int}/package", dependencies=[allow(Who.SIGNED_IN)])
def download_package(page: TaskPage) -> Response:
    path = PackageShelf(page.desk.house.store).find(page.task)
    if path is None:
        raise HTTPException(404)
    return FileResponse(
        path, media_type="application/zip", filename=f"{_file_title(page.task)}.zip", headers=DOWNLOAD_HEADERS
    )


@router.post("/tasks/{task_id:int}/deductions", dependencies=[allow(Who.SIGNED_IN)])
def enter_deduction(act: TaskAct) -> Response:
    desk = act.desk
    record_deduction(
        desk.session,
        act.task_id,
        on=desk.form.day("on", "发生日期"),
        points=_points(desk.form),
        note=desk.form.text("note", "扣分情形"),
        actor=desk.actor,
        at=desk.at,
    )
    return act.done("已登记扣分。", "points")


@router.post("/tasks/{task_id:int}/units/{unit_id:int}", dependencies=[allow(Who.SIGNED_IN)])
def tell_progress(act: TaskAct, unit_id: int) -> Response:
    desk = act.desk
    text = desk.form.text("text", "进展情况")
    report_unit_progress(desk.session, act.task_id, unit_id, text=text, actor=desk.actor, at=desk.at)
    return act.done("已报送进展。", "units")


@router.post("/tasks/{task_id:int}/findings/{finding_id:int}", dependencies=[allow(Who.SIGNED_IN)])
def settle(act: TaskAct, finding_id: int) -> Response:
    desk = act.desk
    if finding_id not in {each.id for each in list_findings(desk.session, task_id=act.task_id)}:
        raise FindingNotFound(finding_id)
    note = desk.form.text("note", "处理结果")
    settle_finding(desk.session, finding_id, note=note, actor=desk.actor, at=desk.at)
    return act.done("已处理这个导入问题。", "findings")


async def read_package(desk: UnopenedReadingDesk, task_id: int, trigger: str) -> VerifiedPackage | None:
    """The package that archiving needs, read over again before the task is held; None for all else."""
    if trigger not in names_of(TaskTrigger.ARCHIVE):
        return None
    return await run_in_threadpool(_read_package, desk, task_id)


@moving.post("/tasks/{task_id:int}/{trigger}", dependencies=[allow(Who.SIGNED_IN)])
def move(
    act: TaskAct, trigger: str, package: Annotated[VerifiedPackage | None, Depends(read_package)]
) -> Response:
    desk = act.desk
    workflow = workflow_named(act.task.workflow)
    fired = next((rule.trigger for rule in workflow.rules if rule.trigger == trigger), None)
    if fired is None:
        raise HTTPException(404)
    move_task(
        desk.session,
        act.task_id,
        fired,
        actor=act.actor,
        at=desk.at,
        rules=desk.house.rules,
        reason=desk.form.optional_text("reason", "理由"),
        package=package,
        expected_version=act.version,
    )
    return act.done(f"“{shortened(act.task.title, TITLE_SHOWN)}”已办理：{workflow.trigger_labels[fired]}。")


def _read_package(desk: Opening[Desk], task_id: int) -> VerifiedPackage | None:
    """None where no package was built."""
    with opened_task(desk, task_id) as page:
        path = PackageShelf(page.desk.house.store).find(page.task)
    if path is None:
        return None
    from tracker.archive import verify_package

    return verify_package(path).verified()


def _points(form: Form) -> float:
    """Points as people write them: 0.5. What is no number is refused by name."""
    text = form.text("points", "扣分", limit=10)
    try:
        return float(text) if text not in ("nan", "inf") else nan
    except ValueError:
        raise InputRefused("points", f"“扣分”应为数字，例如 0.5，现在填的是“{text}”。") from None


def _file_title(task: Task) -> str:
    number = row_number(task.seq, task.sub)
    return f"归档材料包-{number + '-' if number else ''}{task.title[:40]}".replace("/", "_")
