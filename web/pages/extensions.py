"""Asking for more time (延期), and answering."""

from __future__ import annotations

from starlette.responses import Response

from tracker.errors import ExtensionNotFound
from tracker.queries.milestones import get_extension, get_milestone
from tracker.queries.served import holder_of
from tracker.services.extensions import (
    consent_extension,
    grant_extension,
    refuse_extension,
    request_extension,
)
from web.access import Who, allow
from web.days_off import DaysOff
from web.opening import PageRouter
from web.task_desk import TaskAct, TaskDesk

router = PageRouter(prefix="/tasks/{task_id:int}")


@router.post("/milestones/{milestone_id:int}/extend", dependencies=[allow(Who.SIGNED_IN)])
def request_one(act: TaskAct, milestone_id: int) -> Response:
    desk = act.desk
    act.milestone(milestone_id)
    extension = request_extension(
        desk.session,
        milestone_id,
        to_due_on=desk.form.day("to_due_on", "新的时限"),
        reason=desk.form.text("reason", "理由"),
        actor=desk.actor,
        at=desk.at,
    )
    remark = DaysOff(desk).remark(extension.to_due_on)
    said = f"已提出延期申请，等待批复。{f'{remark}。' if remark else ''}"
    return act.done(said, f"milestone-{milestone_id}")


@router.post("/extensions/{extension_id:int}/consent", dependencies=[allow(Who.SIGNED_IN)])
def consent(act: TaskAct, extension_id: int) -> Response:
    _require_on_list(act, extension_id)
    consent_extension(act.desk.session, extension_id, actor=act.desk.actor, at=act.desk.at)
    return act.done("已同意再次延期，等待分管领导批复。", f"extension-{extension_id}")


@router.post("/extensions/{extension_id:int}/grant", dependencies=[allow(Who.SIGNED_IN)])
def grant(act: TaskAct, extension_id: int) -> Response:
    desk = act.desk
    _require_on_list(act, extension_id)
    reason = desk.form.optional_text("reason", "批复意见")
    grant_extension(desk.session, extension_id, reason=reason, actor=act.actor, at=desk.at)
    return act.done("已批准延期。", f"extension-{extension_id}")


@router.post("/extensions/{extension_id:int}/refuse", dependencies=[allow(Who.SIGNED_IN)])
def refuse(act: TaskAct, extension_id: int) -> Response:
    desk = act.desk
    _require_on_list(act, extension_id)
    reason = desk.form.text("reason", "理由")
    refuse_extension(desk.session, extension_id, reason=reason, actor=act.actor, at=desk.at)
    return act.done("已答复：不批准延期。", f"extension-{extension_id}")


def _require_on_list(act: TaskDesk, extension_id: int) -> None:
    """Raise ExtensionNotFound unless it was asked for a milestone of the task's list."""
    session = act.desk.session
    milestone = get_milestone(session, get_extension(session, extension_id).milestone_id)
    if milestone.task_id != holder_of(act.task):
        raise ExtensionNotFound(extension_id)
