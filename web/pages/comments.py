"""Comments (留言) on a task."""

from __future__ import annotations

from starlette.responses import Response

from tracker.services.comments import MOST_CHARACTERS, write_comment
from web.access import Who, allow
from web.opening import PageRouter
from web.task_desk import TaskAct

router = PageRouter()


@router.post("/tasks/{task_id:int}/comments", dependencies=[allow(Who.SIGNED_IN)])
def write(act: TaskAct) -> Response:
    desk = act.desk
    text = desk.form.text("text", "留言", limit=MOST_CHARACTERS)
    write_comment(desk.session, act.task_id, text=text, actor=desk.actor, at=desk.at)
    return act.done("已留言。", "comments")
