"""领导视图: how the work stands, what is red and whose turn it is, what waits for my decision. Every number opens its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Query
from starlette.responses import Response

from notifications.reports.wording import formula, list_points, percent, points_text, rate_change_text
from tracker.errors import ExtensionNotFound, ValueRefused
from tracker.figures import IsoWeek, Scope, ScopeKind
from tracker.figures.by_task import PointsGroup, list_task_points
from tracker.figures.choosing import get_scope, list_scopes
from tracker.figures.scopes import selection_of
from tracker.figures.values import Ratio, WeeklyFigures
from tracker.lights import WORST_FIRST, Light, Measure
from tracker.queries.leading import (
    Request,
    StepGroup,
    count_lights_by_unit,
    count_steps,
    list_requests,
    list_steps,
)
from tracker.queries.ledger_conditions import NO_UNIT
from tracker.queries.milestones import get_extension, get_milestone
from tracker.queries.sight import get_visible_task, may_see_list
from tracker.queries.todo import Todo, TodoKind, list_todos
from tracker.services.extensions import consent_extension, grant_extension, refuse_extension
from tracker.services.lifecycle import move_task
from web.access import Who, allow
from web.charts import draw_light_bar, draw_trend
from web.days_off import DaysOff
from web.desk import Desk, ReadingDesk, WritingDesk
from web.figures import figures_of
from web.opening import PageRouter
from workflows.milestone import MILESTONE_WORKFLOW
from workflows.roles import Role
from workflows.task import OPEN_STATES, TASK_WORKFLOW, TaskState, TaskTrigger

router = PageRouter(prefix="/leader")
_LOOKERS = (Who.LEADER, Who.COORDINATOR, Who.AUDITOR)
MOST_RED = 20
PER_PAGE = 50
_COUNTED = [state for state in TaskState if state not in (TaskState.DRAFT, TaskState.CANCELLED)]
STEP_TITLES = {
    StepGroup.OVERDUE: "逾期节点",
    StepGroup.DUE: "已到期节点（现行时限）",
    StepGroup.ON_TIME: "按时完成的节点（现行时限）",
    StepGroup.DUE_FIRST: "已到期节点（原定时限）",
    StepGroup.ON_TIME_FIRST: "按时完成的节点（原定时限）",
    StepGroup.AWAITING_REVIEW: "按时报告、等待审核的节点",
    StepGroup.SUSPENDED_DUE: "中止任务的到期节点",
    StepGroup.BACKFILLED: "补录的节点（系统启用前已完成）",
}
Word = Annotated[str | None, Query(max_length=60)]


@dataclass(frozen=True)
class Rate:
    """A rate with its formula, and the lists that its two numbers open."""

    label: str
    ratio: Ratio
    part: str
    whole: str
    rule: str
    change: str

    @property
    def value(self) -> str:
        return percent(self.ratio)

    @property
    def formula(self) -> str:
        return formula(self.ratio)


@dataclass(frozen=True)
class Decision:
    """What waits for the visitor: a closure, or an answer to a request for more time."""

    todo: Todo
    request: Request | None = None


@router.get("", dependencies=[allow(*_LOOKERS)])
def show_leader_view(desk: ReadingDesk, scope: Word = None) -> Response:
    chosen = get_scope(desk.session, desk.visitor.sight, scope)
    figures = figures_of(desk, IsoWeek.of(desk.today), chosen)
    wanted, rules = selection_of(desk.session, chosen), desk.house.rules
    units = count_lights_by_unit(desk.session, wanted, today=desk.today, rules=rules)
    lights = {light: sum(counted.get(light, 0) for _, _, counted in units) for light in Light}
    longest = max((sum(counted.values()) for _, _, counted in units), default=0)
    return desk.page(
        "leader/show.html",
        scope=chosen,
        scopes=list_scopes(desk.session, desk.visitor.sight),
        figures=figures,
        decisions=_decisions(desk),
        days_off=DaysOff(desk),
        units=[
            (
                name or "未明确部门",
                NO_UNIT if number is None else number,
                counted,
                draw_light_bar(counted, longest),
            )
            for number, name, counted in units
        ],
        lights=lights,
        shown_lights=[light for light in WORST_FIRST if lights[light]],
        red=list_steps(
            desk.session, wanted, StepGroup.OVERDUE, today=desk.today, measure=rules.measure, limit=MOST_RED
        ),
        most_red=MOST_RED,
        rates=_rates(figures, chosen),
        points=_points(figures, chosen),
        trend=draw_trend(figures.trend),
        percent=percent,
        tasks=lambda **query: tasks_link(chosen, **query),
        open_states=[state.value for state in OPEN_STATES],
        closed_states=[TaskState.CLOSED.value, TaskState.ARCHIVED.value],
        counted_states=[state.value for state in _COUNTED],
        steps=lambda group: _steps_link(chosen, StepGroup(group)),
    )


@router.get("/steps", dependencies=[allow(*_LOOKERS)])
def show_steps(desk: ReadingDesk, what: Word = None, scope: Word = None, page: Word = None) -> Response:
    """The milestones behind a figure."""
    group = _choice(StepGroup, what)
    chosen = get_scope(desk.session, desk.visitor.sight, scope)
    number = int(page) if page and page.isascii() and page.isdecimal() and 0 < int(page) < 10_000 else 1
    asked: dict[str, Any] = {"today": desk.today, "measure": desk.house.rules.measure}
    wanted = selection_of(desk.session, chosen)
    total = count_steps(desk.session, wanted, group, **asked)
    rows = list_steps(desk.session, wanted, group, limit=PER_PAGE, offset=(number - 1) * PER_PAGE, **asked)
    link = _steps_link(chosen, group)
    return desk.page(
        "leader/steps.html",
        scope=chosen,
        title=STEP_TITLES[group],
        rows=rows,
        is_overdue=group is StepGroup.OVERDUE,
        state_labels=MILESTONE_WORKFLOW.state_labels,
        by_first=group in (StepGroup.DUE_FIRST, StepGroup.ON_TIME_FIRST),
        done_label=_done_label(group, desk),
        place=f"第 {(number - 1) * PER_PAGE + 1}–{(number - 1) * PER_PAGE + len(rows)} 个，共 {total} 个"
        if rows
        else f"共 {total} 个",
        previous=f"{link}&page={number - 1}" if number > 1 else None,
        following=f"{link}&page={number + 1}" if number * PER_PAGE < total else None,
    )


@router.get("/points", dependencies=[allow(*_LOOKERS)])
def show_points(desk: ReadingDesk, what: Word = None, scope: Word = None) -> Response:
    """The tasks behind a figure of the points."""
    group = _choice(PointsGroup, what)
    chosen = get_scope(desk.session, desk.visitor.sight, scope)
    figures = figures_of(desk, IsoWeek.of(desk.today), chosen)
    label, total, rule = list(list_points(figures.totals.points))[list(PointsGroup).index(group)]
    rows = list_task_points(desk.session, chosen, group, at=desk.at, rules=desk.house.rules)
    return desk.page(
        "leader/points.html",
        scope=chosen,
        title=label,
        rule=rule,
        total=points_text(total),
        rows=[(row, points_text(row.of(group))) for row in rows],
        state_labels=TASK_WORKFLOW.state_labels,
    )


@router.post("/tasks/{task_id}/close", dependencies=[allow(Who.SIGNED_IN)])
def close(desk: WritingDesk, task_id: int) -> Response:
    task = get_visible_task(desk.session, desk.visitor.sight, task_id)
    move_task(
        desk.session,
        task_id,
        TaskTrigger.CLOSE,
        actor=desk.actor,
        at=desk.at,
        rules=desk.house.rules,
        expected_version=desk.form.optional_whole("version", "版本"),
    )
    return desk.back("/leader", f"“{task.title}”已销号。")


@router.post("/extensions/{extension_id}/grant", dependencies=[allow(Who.SIGNED_IN)])
def grant(desk: WritingDesk, extension_id: int) -> Response:
    _require_visible(desk, extension_id)
    reason = desk.form.optional_text("reason", "批复意见")
    grant_extension(desk.session, extension_id, actor=desk.actor, at=desk.at, reason=reason)
    return desk.back("/leader", "已批准延期。")


@router.post("/extensions/{extension_id}/consent", dependencies=[allow(Who.SIGNED_IN)])
def consent(desk: WritingDesk, extension_id: int) -> Response:
    _require_visible(desk, extension_id)
    consent_extension(desk.session, extension_id, actor=desk.actor, at=desk.at)
    return desk.back("/leader", "已同意再次延期，等待分管领导批复。")


@router.post("/extensions/{extension_id}/refuse", dependencies=[allow(Who.SIGNED_IN)])
def refuse(desk: WritingDesk, extension_id: int) -> Response:
    _require_visible(desk, extension_id)
    reason = desk.form.text("reason", "不批准的理由")
    refuse_extension(desk.session, extension_id, actor=desk.actor, at=desk.at, reason=reason)
    return desk.back("/leader", "已答复：不批准延期。")


def tasks_link(scope: Scope, **query: Any) -> str:
    """The ledger narrowed to a scope and what else is asked for; lists repeat their field."""
    base: dict[ScopeKind, dict[str, Any]] = {
        ScopeKind.ALL: {},
        ScopeKind.LEADER: {"person": scope.id, "role": Role.LEADER.value},
        ScopeKind.UNIT: {"under": scope.id},
        ScopeKind.CAMPAIGN: {"campaign": scope.id},
    }
    return f"/tasks?{urlencode(base[scope.kind] | query, doseq=True)}"


def _done_label(group: StepGroup, desk: Desk) -> str:
    if group is StepGroup.BACKFILLED:
        return "完成"
    return "报告" if desk.house.rules.measure is Measure.SUBMISSION else "确认"


def _steps_link(scope: Scope, group: StepGroup) -> str:
    return f"/leader/steps?{urlencode({'scope': scope.key, 'what': group.value})}"


def _choice(kind: Any, text: str | None) -> Any:
    """A group by its name in an address. Raises ValueRefused."""
    if text not in {each.value for each in kind}:
        raise ValueRefused("网址有误，请从领导视图中的数字进入。")
    return kind(text)


def _require_visible(desk: Desk, extension_id: int) -> None:
    """Raises ExtensionNotFound, alike for what is hidden and what is not there."""
    milestone = get_milestone(desk.session, get_extension(desk.session, extension_id).milestone_id)
    if not may_see_list(desk.session, desk.visitor.sight, milestone.task_id):
        raise ExtensionNotFound(extension_id)


def _decisions(desk: Desk) -> list[Decision]:
    """What waits for the visitor himself, whichever scope he looks at."""
    if Role.LEADER not in desk.visitor.roles:
        return []
    rules = desk.house.rules
    todos = [
        todo
        for todo in list_todos(desk.session, desk.visitor.person_id, today=desk.today, rules=rules)
        if todo.kind in (TodoKind.CLOSE, TodoKind.DECIDE)
    ]
    requests = list_requests(
        desk.session, [todo.subject_id for todo in todos if todo.kind is TodoKind.DECIDE]
    )
    return [
        Decision(todo, requests.get(todo.subject_id) if todo.kind is TodoKind.DECIDE else None)
        for todo in todos
    ]


def _rates(figures: WeeklyFigures, scope: Scope) -> list[Rate]:
    now, before = figures.totals, figures.previous
    moment = "责任人报告之日" if figures.measure is Measure.SUBMISSION else "审核确认之日"
    closed = [TaskState.CLOSED.value, TaskState.ARCHIVED.value]
    counted = [state.value for state in _COUNTED]
    return [
        Rate(
            "按时办结率（现行时限）",
            now.on_time,
            _steps_link(scope, StepGroup.ON_TIME),
            _steps_link(scope, StepGroup.DUE),
            f"按时完成的节点÷已到期的节点，以{moment}为准",
            rate_change_text(now.on_time, before.on_time),
        ),
        Rate(
            "按时办结率（原定时限）",
            now.on_time_first,
            _steps_link(scope, StepGroup.ON_TIME_FIRST),
            _steps_link(scope, StepGroup.DUE_FIRST),
            "同上，不考虑延期",
            rate_change_text(now.on_time_first, before.on_time_first),
        ),
        Rate(
            "办结率",
            now.completion,
            tasks_link(scope, state=closed),
            tasks_link(scope, state=counted),
            "已办结的任务÷累计下达的任务",
            rate_change_text(now.completion, before.completion),
        ),
    ]


def _points(figures: WeeklyFigures, scope: Scope) -> list[tuple[str, str, str, str]]:
    """Label, points, rule, and the address of the tasks behind."""
    return [
        (
            label,
            points_text(value),
            rule,
            f"/leader/points?{urlencode({'scope': scope.key, 'what': group.value})}",
        )
        for group, (label, value, rule) in zip(PointsGroup, list_points(figures.totals.points), strict=True)
    ]
