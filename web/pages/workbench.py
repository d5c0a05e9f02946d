"""我的工作台: what needs the person today, worst first, each with the one button that moves it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tracker.queries.todo import TODO_LABELS, Todo, TodoKind, list_todos
from tracker.queries.workbench import find_next_due, list_desk_tasks
from web.access import Who, allow
from web.desk import ReadingDesk

router = APIRouter()


@dataclass(frozen=True)
class Button:
    """The one thing that moves it: done at once, or a link to the place on the task's page where it is done."""

    label: str
    href: str
    is_done_here: bool = False


@dataclass(frozen=True)
class Item:
    """One line of the workbench: the todo, the task that it is about, and its button."""

    todo: Todo
    task: Any
    button: Button


@router.get("/", dependencies=[allow(Who.SIGNED_IN)])
def show_workbench(desk: ReadingDesk) -> Response:
    todos = list_todos(
        desk.session, desk.visitor.person_id, today=desk.today, thresholds=desk.house.rules.lights
    )
    tasks = list_desk_tasks(desk.session, [todo.task_id for todo in todos])
    items = [Item(todo, tasks[todo.task_id], button_for(todo)) for todo in todos]
    counts = {kind: sum(item.todo.kind is kind for item in items) for kind in TodoKind}
    return desk.page(
        "workbench/show.html",
        items=items,
        counts={TODO_LABELS[kind]: count for kind, count in counts.items() if count},
        late=sum((item.todo.days_left or 0) < 0 for item in items),
        next_due=None if items else find_next_due(desk.session, desk.visitor.person_id, today=desk.today),
    )


def button_for(todo: Todo) -> Button:
    """Accepting and acknowledging need nothing more than a press; everything else is looked at first."""
    task = f"/tasks/{todo.task_id}"
    match todo.kind:
        case TodoKind.ACCEPT:
            return Button("签收", f"{task}/accept", is_done_here=True)
        case TodoKind.ACKNOWLEDGE:
            return Button("签阅", f"/instructions/{todo.subject_id}/acknowledge", is_done_here=True)
        case TodoKind.REPORT:
            return Button("去报告", f"{task}#milestone-{todo.subject_id}")
        case TodoKind.DECIDE:
            return Button("去批复", f"{task}#extension-{todo.subject_id}")
        case TodoKind.CLOSE:
            return Button("去销号", f"{task}#acts")
        case TodoKind.ARCHIVE:
            return Button("去归档", f"{task}#acts")
        case TodoKind.REVIEW:
            return Button("去审核", f"{task}#{_place(todo)}")
        case TodoKind.RETURNED:
            return Button("去补办", f"{task}#{_place(todo)}")


def _place(todo: Todo) -> str:
    return "acts" if todo.subject == "task" else f"{todo.subject}-{todo.subject_id}"
