"""任务详情: everything about one task, what may be done about it, and why not what may not."""

from __future__ import annotations

from starlette.responses import Response

from tracker.queries.backfilling import count_backfillable
from tracker.queries.milestones import list_milestones
from tracker.queries.served import holder_of
from tracker.queries.task_page import SAID_SHOWN, list_newest_events
from web.access import Who, allow
from web.days_off import DaysOff
from web.opening import PageRouter
from web.packages import PackageShelf
from web.task_desk import TaskPage
from web.task_view import SOURCE_LABELS, history, occurrence_choices, task_view
from workflows.extension import EXTENSION_WORKFLOW
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role
from workflows.task import TaskState

router = PageRouter()
FORMS_SHOWN = 15  # in place; for further deliverables there is the page that takes all at once
SAID_CHARACTERS = 300  # of a comment or an event; the whole stands behind a link
_FINISHED = (TaskState.CLOSED, TaskState.ARCHIVED, TaskState.CANCELLED)


@router.get("/tasks/{task_id:int}", dependencies=[allow(Who.SIGNED_IN)])
def show_task(page: TaskPage, step: int | None = None) -> Response:
    """`step` is an occurrence that the page would else show in a fold."""
    desk = page.desk
    package = PackageShelf(desk.house.store).find(page.task)
    rows, acts = page.read(has_package=package is not None)
    parts = rows.parts.roles_of(desk.visitor.person_id)
    may_backfill = Role.COORDINATOR in parts and rows.served_by_milestones.is_in_draft
    holder = holder_of(page.task)
    return desk.page(
        "task/show.html",
        may_record_events=bool(parts & {*TASK_ROLES, Role.COORDINATOR}),
        may_backfill=may_backfill,
        past_due=count_backfillable(desk.session, today=desk.today, holder_id=holder) if may_backfill else 0,
        may_arrange=Role.COORDINATOR in parts and page.task.state not in _FINISHED,
        TASK_ROLE_OPTIONS=[(role.value, ROLE_LABELS[role]) for role in TASK_ROLES],
        task=page.task,
        rows=rows,
        acts=acts,
        view=task_view(rows, acts, today=desk.today, rules=desk.house.rules, step_id=step),
        package=package,
        days_off=DaysOff(desk),
        EXTENSION_LABELS=EXTENSION_WORKFLOW.state_labels,
        FIELD_LABELS=SOURCE_LABELS,
        FORMS_SHOWN=FORMS_SHOWN,
        SAID_SHOWN=SAID_SHOWN,
        SAID_CHARACTERS=SAID_CHARACTERS,
        occurrence_choices=occurrence_choices,
    )


@router.get("/tasks/{task_id:int}/history/{before}", dependencies=[allow(Who.SIGNED_IN)])
def show_earlier(page: TaskPage, before: int) -> Response:
    """The events before one of them: a fragment for a page that has the newer ones, else a page of its own."""
    desk = page.desk
    found = list_newest_events(desk.session, page.task_id, before=before)
    events, earlier = history(found, list_milestones(desk.session, page.task))
    template = "task/_history.html" if desk.is_htmx else "task/history.html"
    return desk.page(template, task=page.task, events=events, earlier=earlier)
