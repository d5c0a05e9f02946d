"""Acts on the milestones of a task: 报告、确认、退回、豁免."""

from __future__ import annotations

from starlette.responses import Response

from tracker.services.milestones import confirm_milestone, report_milestone, return_milestone, waive_milestone
from web.access import Who, allow
from web.opening import PageRouter
from web.task_desk import TaskAct

router = PageRouter(prefix="/tasks/{task_id:int}/milestones/{milestone_id:int}")


@router.post("/report", dependencies=[allow(Who.SIGNED_IN)])
def report(act: TaskAct, milestone_id: int) -> Response:
    desk = act.desk
    act.milestone(milestone_id)
    note = desk.form.text("reason", "完成情况")
    report_milestone(desk.session, milestone_id, note=note, actor=desk.actor, at=desk.at)
    return act.done("已报告，等待审核人确认。", f"milestone-{milestone_id}")


@router.post("/confirm", dependencies=[allow(Who.SIGNED_IN)])
def confirm(act: TaskAct, milestone_id: int) -> Response:
    desk = act.desk
    act.milestone(milestone_id)
    note = desk.form.optional_text("reason", "意见")
    confirm_milestone(desk.session, milestone_id, note=note, actor=desk.actor, at=desk.at)
    return act.done("已确认这个节点完成。", f"milestone-{milestone_id}")


@router.post("/return", dependencies=[allow(Who.SIGNED_IN)])
def send_back(act: TaskAct, milestone_id: int) -> Response:
    desk = act.desk
    act.milestone(milestone_id)
    reason = desk.form.text("reason", "理由")
    return_milestone(desk.session, milestone_id, reason=reason, actor=desk.actor, at=desk.at)
    return act.done("已退回这个节点。", f"milestone-{milestone_id}")


@router.post("/waive", dependencies=[allow(Who.SIGNED_IN)])
def waive(act: TaskAct, milestone_id: int) -> Response:
    desk = act.desk
    act.milestone(milestone_id)
    reason = desk.form.text("reason", "理由")
    waive_milestone(desk.session, milestone_id, reason=reason, actor=act.actor, at=desk.at)
    return act.done("已豁免这个节点。", f"milestone-{milestone_id}")
