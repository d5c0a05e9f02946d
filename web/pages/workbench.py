"""我的工作台: what needs the person today, worst first, each with the one button that moves it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from tracker.queries.todo import TODO_LABELS, Todo, TodoKind, count_to_archive, list_todos
from tracker.queries.workbench import count_preparation, find_next_due, list_desk_tasks
from web.access import Who, allow
from web.desk import ReadingDesk

router = APIRouter()
MOST_SHOWN = 100  # nobody reads further, and the ledger has the rest


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
    person_id, is_coordinator = desk.visitor.person_id, bool(desk.visitor.sight.coordinated)
    todos = list_todos(
        desk.session,
        person_id,
        today=desk.today,
        thresholds=desk.house.rules.lights,
        most_to_archive=MOST_SHOWN,
    )
    counts = Counter(todo.kind for todo in todos)
    if counts[TodoKind.ARCHIVE] >= MOST_SHOWN:
        counts[TodoKind.ARCHIVE] = count_to_archive(desk.session, person_id)
    shown = todos[:MOST_SHOWN]
    tasks = list_desk_tasks(desk.session, [todo.task_id for todo in shown])
    return desk.page(
        "workbench/show.html",
        items=[Item(todo, tasks[todo.task_id], button_for(todo)) for todo in shown],
        total=counts.total(),
        counts={TODO_LABELS[kind]: counts[kind] for kind in TodoKind if counts[kind]},
        late=sum((todo.days_left or 0) < 0 for todo in todos),
        rest_href=f"/tasks?person={person_id}" + ("&role=coordinator" if is_coordinator else ""),
        preparation=count_preparation(desk.session, desk.visitor.sight) if is_coordinator else None,
        next_due=None if todos else find_next_due(desk.session, person_id, today=desk.today),
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
