"""Instructions of leaders (批示), their acknowledgement (签阅), and urging by hand (催办)."""

from __future__ import annotations

from starlette.responses import Response

from notifications.wording import shortened
from tracker.errors import InstructionNotFound, TaskNotFound
from tracker.models import Task
from tracker.queries.instructions import get_instruction
from tracker.queries.sight import get_visible_task
from tracker.services.instructions import acknowledge_instruction, give_instruction, urge_task
from web.access import Who, allow
from web.desk import WritingDesk
from web.opening import PageRouter
from web.task_desk import TITLE_SHOWN, TaskAct

router = PageRouter()


@router.post("/tasks/{task_id:int}/instructions", dependencies=[allow(Who.SIGNED_IN)])
def give(act: TaskAct) -> Response:
    desk = act.desk
    text = desk.form.text("text", "批示")
    give_instruction(desk.session, act.task_id, text=text, actor=act.actor, at=desk.at)
    return act.done("已批示，等待责任人签阅。", "instructions")


@router.post("/tasks/{task_id:int}/urge", dependencies=[allow(Who.SIGNED_IN)])
def urge(act: TaskAct) -> Response:
    desk = act.desk
    text = desk.form.text("text", "催办内容", limit=500)
    urge_task(desk.session, act.task_id, text=text, actor=desk.actor, at=desk.at)
    return act.done("已催办，记录在案。")


@router.post("/instructions/{instruction_id:int}/acknowledge", dependencies=[allow(Who.SIGNED_IN)])
def acknowledge(desk: WritingDesk, instruction_id: int) -> Response:
    task_id = get_instruction(desk.session, instruction_id).task_id
    title = _require_visible(desk, instruction_id, task_id).title
    acknowledge_instruction(desk.session, instruction_id, actor=desk.actor, at=desk.at)
    return desk.back(f"/tasks/{task_id}#instructions", f"已签阅“{shortened(title, TITLE_SHOWN)}”的批示。")


def _require_visible(desk: WritingDesk, instruction_id: int, task_id: int) -> Task:
    """Its task. Raises InstructionNotFound where the visitor may not see it."""
    try:
        return get_visible_task(desk.session, desk.visitor.sight, task_id)
    except TaskNotFound:
        raise InstructionNotFound(instruction_id) from None
