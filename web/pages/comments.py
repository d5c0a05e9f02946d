"""Comments (留言) on a task."""

from __future__ import annotations

from starlette.responses import Response

from tracker.queries.task_page import SAID_A_PAGE, list_remarks
from tracker.services.comments import MOST_CHARACTERS, write_comment
from web.access import Who, allow
from web.opening import PageRouter
from web.task_desk import TaskAct, TaskPage

router = PageRouter()


@router.get("/tasks/{task_id:int}/comments", dependencies=[allow(Who.SIGNED_IN)])
def show_all(page: TaskPage, before: int | None = None) -> Response:
    """Every comment in full, the newest page of them first; `before` is the number of one."""
    found = list_remarks(page.desk.session, page.task_id, before=before)
    shown = found[-SAID_A_PAGE:]
    earlier = shown[0].id if len(found) > len(shown) else None
    return page.desk.page("task/comments.html", task=page.task, remarks=shown, earlier=earlier)


@router.post("/tasks/{task_id:int}/comments", dependencies=[allow(Who.SIGNED_IN)])
def write(act: TaskAct) -> Response:
    desk = act.desk
    text = desk.form.text("text", "留言", limit=MOST_CHARACTERS)
    write_comment(desk.session, act.task_id, text=text, actor=desk.actor, at=desk.at)
    return act.done("已留言。", "comments")
