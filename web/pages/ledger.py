"""任务列表 / 台账: the tasks that one may see, by whatever is asked for; what is done to many of them; views; the workbook."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from tracker.lights import LIGHT_NAMES, WORST_FIRST, Light
from tracker.queries.choices import list_campaign_choices, list_unit_choices
from tracker.queries.ledger import LedgerPage, iterate_ledger, list_ledger
from tracker.queries.ledger_order import SORT_LABELS, LedgerSort
from tracker.queries.ledger_rows import LedgerRow, read_rows
from tracker.queries.people import resolve_person
from tracker.queries.views import list_views
from tracker.services.bulk import BulkResult, issue_tasks, reassign_tasks, urge_tasks
from tracker.services.views import delete_view, save_view
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk, own_path
from web.forms import InputRefused
from web.ledger_query import FILTER_ROLES, LedgerQuery, read_ledger_query
from web.ledger_workbook import WORKBOOK_TYPE, write_ledger
from web.opening import PageRouter
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role
from workflows.task import TASK_WORKFLOW, TaskState

router = PageRouter()
_MAY_URGE = frozenset({Role.EXPEDITER, Role.LEADER, Role.COORDINATOR})


@router.get("/tasks", dependencies=[allow(Who.SIGNED_IN)])
def show_ledger(desk: ReadingDesk) -> Response:
    query = read_ledger_query(desk.session, desk.request)
    page = list_ledger(
        desk.session,
        query.wanted,
        sight=desk.visitor.sight,
        today=desk.today,
        rules=desk.house.rules,
        page=query.page,
        sort=query.sort,
    )
    return desk.page(
        "ledger/list.html",
        query=query,
        page=page,
        place=place_of(page),
        views=list_views(desk.session, desk.visitor.person_id),
        may_urge=bool(desk.visitor.roles & _MAY_URGE),
        may_arrange=Role.COORDINATOR in desk.visitor.roles,
        task_roles=[(role.value, ROLE_LABELS[role]) for role in TASK_ROLES],
        **choices_for(desk, query),
    )


@router.get("/tasks.xlsx", dependencies=[allow(Who.SIGNED_IN)])
def export_ledger(desk: ReadingDesk) -> Response:
    """Exactly what the list shows, every page of it."""
    query = read_ledger_query(desk.session, desk.request)
    rows = iterate_ledger(
        desk.session,
        query.wanted,
        sight=desk.visitor.sight,
        today=desk.today,
        rules=desk.house.rules,
        sort=query.sort,
    )
    filters = [label for _, _, label in choices_for(desk, query)["chips"]]
    coordinated = desk.visitor.sight.coordinated
    rows = (_without_archiving(row) if row.campaign_id not in coordinated else row for row in rows)
    path = write_ledger(rows, filters=filters, by=desk.visitor.name, at=desk.at)
    name = f"任务台账{desk.today:%Y%m%d}.xlsx"
    return FileResponse(
        path, media_type=WORKBOOK_TYPE, filename=name, background=BackgroundTask(path.unlink, missing_ok=True)
    )


def _without_archiving(row: LedgerRow) -> LedgerRow:
    """What is still due of a closed task is its archiving, which only the coordinator owes."""
    return row._replace(next_due_on=None, days_left=None) if row.state is TaskState.CLOSED else row


@router.post("/tasks/bulk", dependencies=[allow(Who.SIGNED_IN)])
def act_on_many(desk: WritingDesk) -> Response:
    """催办, 下达 or 换人 for the rows that were ticked: what was done, and what was refused and why."""
    ids = desk.form.wholes("task", "任务")
    if not ids:
        raise InputRefused("task", "请先在列表中勾选要办理的任务。")
    act = desk.form.choice("act", "办理事项", _ACTS)
    label, run = _ACTS[act]
    results = run(desk, ids)
    rows = {
        row.id: row
        for row in read_rows(
            desk.session,
            [each.task_id for each in results if each.is_there],
            today=desk.today,
            rules=desk.house.rules,
        )
    }
    answer = desk.page(
        "ledger/done.html",
        label=label,
        done=[each for each in results if each.refusal is None],
        refused=[each for each in results if each.refusal is not None],
        rows=rows,
        back=own_path(desk.form.raw("back")) or "/tasks",
    )
    answer.headers["HX-Push-Url"] = "false"  # to load this page anew would do it once more
    return answer


def _urge(desk: Desk, ids: Sequence[int]) -> list[BulkResult]:
    text = desk.form.text("text", "催办的话", limit=500)
    sight = desk.visitor.sight
    return urge_tasks(desk.session, ids, text=text, sight=sight, actor=desk.actor, at=desk.at)


def _issue(desk: Desk, ids: Sequence[int]) -> list[BulkResult]:
    return issue_tasks(
        desk.session,
        ids,
        sight=desk.visitor.sight,
        actor=desk.actor,
        at=desk.at,
        rules=desk.house.rules,
        calendar=desk.house.calendar(desk.session),
    )


def _reassign(desk: Desk, ids: Sequence[int]) -> list[BulkResult]:
    role = Role(desk.form.choice("role", "换哪个角色", [role.value for role in TASK_ROLES]))
    person = resolve_person(desk.session, desk.form.text("person", "由谁接手", limit=60))
    return reassign_tasks(
        desk.session,
        ids,
        role=role,
        to_person_id=person.id or 0,
        sight=desk.visitor.sight,
        actor=desk.actor,
        at=desk.at,
    )


_ACTS: dict[str, tuple[str, Callable[[Desk, Sequence[int]], list[BulkResult]]]] = {
    "urge": ("催办", _urge),
    "issue": ("下达", _issue),
    "reassign": ("换人", _reassign),
}


@router.post("/views", dependencies=[allow(Who.SIGNED_IN)])
def keep_view(desk: WritingDesk) -> Response:
    name = desk.form.text("name", "视图名称", limit=40)
    query = desk.form.optional_text("query", "筛选条件") or ""
    view = save_view(desk.session, desk.visitor.person_id, name=name, query=query, at=desk.at)
    return desk.done(f"/tasks?{query}" if query else "/tasks", f"已保存视图“{view.name}”。")


@router.post("/views/{view_id}/delete", dependencies=[allow(Who.SIGNED_IN)])
def forget_view(desk: WritingDesk, view_id: int) -> Response:
    delete_view(desk.session, desk.visitor.person_id, view_id)
    return desk.back("/tasks", "已删除视图。")


def choices_for(desk: Desk, query: LedgerQuery) -> dict[str, Any]:
    """What the filters of a list offer, and which of them are set."""
    campaigns = list_campaign_choices(desk.session, desk.visitor.sight)
    units = list_unit_choices(desk.session)
    return {
        "campaigns": campaigns,
        "units": [(unit.id, "　" * unit.depth + unit.name) for unit in units],
        "roles": [(role.value, ROLE_LABELS[role]) for role in FILTER_ROLES],
        "states": [(state.value, TASK_WORKFLOW.state_labels[state]) for state in TaskState],
        "lights": [(light.value, LIGHT_NAMES[light]) for light in WORST_FIRST],
        "sorts": [(sort.value, SORT_LABELS[sort]) for sort in LedgerSort],
        "chips": _chips(query, dict(campaigns), {unit.id: unit.name for unit in units}),
    }


def _chips(
    query: LedgerQuery, campaigns: dict[int, str], units: dict[int, str]
) -> list[tuple[str, str, str]]:
    """Each filter that is set: its field, its value, and how it reads."""
    words: dict[str, Callable[[str], str]] = {
        "q": lambda text: f"含“{text}”",
        "campaign": lambda text: campaigns.get(int(text), "其他专项工作"),
        "table": lambda _: "同一份责任分解表",
        "unit": lambda text: units.get(int(text), "其他单位"),
        "lead": lambda text: f"牵头：{units.get(int(text), '未明确部门')}",
        "under": lambda text: f"牵头：{units.get(int(text), '其他单位')}及下属",
        "person": lambda _: f"人员：{query.person_name}",
        "role": lambda text: f"角色：{ROLE_LABELS[Role(text)]}",
        "state": lambda text: TASK_WORKFLOW.state_labels[TaskState(text)],
        "light": lambda text: LIGHT_NAMES[Light(text)],
        "week": lambda text: f"时限在{text.replace('-W', '年第')}周",
        "from": lambda text: f"时限不早于{text}",
        "to": lambda text: f"时限不晚于{text}",
        "overdue": lambda _: "已逾期",
    }
    return [(name, value, words[name](value)) for name, value in query.pairs if name in words]


def place_of(page: LedgerPage) -> str:
    """第 51–100 项，共 1280 项."""
    total = f"共 {page.total} 项" + ("以上" if page.is_capped else "")
    return f"第 {page.first}–{page.last} 项，{total}" if page.rows else total
