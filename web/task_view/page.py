"""What the page of a task says of its rows: lights, days and events in words. Pure: rows in, words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from notifications.wording import left_words
from tracker.identity import id_of
from tracker.lights import (
    LIGHT_NAMES,
    Light,
    light_name,
    rests_on_backfill,
    task_light,
)
from tracker.models import Milestone, Severity
from tracker.queries.task_page import Doubt, TaskRows
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from tracker.scores import deduction_cap
from tracker.services.possibilities import Act, Possibilities
from web.task_view.history import EventView, came_back, history
from web.task_view.papers import DeliverableView, deliverable_views
from web.task_view.steps import NOT_COUNTED, Place, StepView, step_view
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role
from workflows.task import STANDING_STILL

SCORE_LABELS = {"points": "得分项", "deduct": "扣分项", "bonus": "加分项", "veto": "一票否决"}
# The columns of a source, as offices head them.
SOURCE_LABELS = {
    "seq": "序号",
    "group": "评审项目",
    "basis": "依据",
    "source": "数据来源",
    "requirement": "任务内容",
    "lead_unit": "牵头部门",
    "units": "责任部门",
    "deliverables": "成果",
    "milestones": "时间节点",
    "expediter": "盯办人",
    "owner": "责任人",
    "leader": "分管领导",
    "score": "分值",
    "notes": "备注",
}


# What moves the task on stands first, what ends or interrupts its work last.
_ONWARDS = frozenset({"issue", "accept", "submit", "approve", "close", "archive", "resume"})
_GRAVE = frozenset({"cancel", "decline", "reject", "send_back", "suspend"})


class Offered(NamedTuple):
    """The acts on the task itself: what may be done, by weight, and what may not.

    `others_parts` are refused for nothing but the part that the visitor plays.
    """

    onwards: Sequence[Act]
    beside: Sequence[Act]
    grave: Sequence[Act]
    refused: Sequence[Act]
    others_parts: Sequence[Act]

    @property
    def is_any_allowed(self) -> bool:
        return bool(self.onwards or self.beside or self.grave)


@dataclass(frozen=True)
class TaskView:
    """The whole page, beside the rows and the acts."""

    label: str
    light: Light
    light_text: str
    steps: Sequence[StepView]
    deliverables: Sequence[DeliverableView]
    refused_for_all: Act | None  # handing in, of several deliverables: said once
    people: Sequence[tuple[str, Sequence[Any]]]
    errands: Sequence[tuple[str, str]]
    score: str
    score_rules: Sequence[str]
    lost: float
    events: Sequence[EventView]
    earlier: int | None
    came_back: EventView | None
    offered: Offered
    open_doubts: Sequence[Doubt]

    @property
    def open_steps(self) -> int:
        return sum(step.is_open for step in self.steps if step.row.kind is not MilestoneKind.SERIES)

    def steps_in(self, place: Place) -> list[StepView]:
        return [step for step in self.steps if step.place == place]

    @property
    def occurrences(self) -> list[Milestone]:
        """The occurrences of its series, of which material may be told."""
        return [step.row for step in self.steps if step.row.series_id]

    def occurrences_of(self, series: Milestone) -> list[StepView]:
        return [step for step in self.steps if step.row.series_id == series.id]

    @property
    def to_hand_in(self) -> list[DeliverableView]:
        """What the visitor may hand in."""
        return [each for each in self.deliverables if each.hand_in.is_allowed]

    @property
    def first_missing(self) -> DeliverableView | None:
        return next((each for each in self.deliverables if not each.files), None)


def task_view(
    rows: TaskRows, acts: Possibilities, *, today: date, rules: OfficeRules, step_id: int | None = None
) -> TaskView:
    """Put the rows of a page into words for the office day `today`. `step_id` is a step that is asked for by name."""
    shown = [each for each in rows.milestones if each.kind is not MilestoneKind.SERIES]
    is_running = rows.task.state not in STANDING_STILL
    light = task_light(
        shown, today=today, thresholds=rules.lights, measure=rules.measure, is_running=is_running
    )
    events, earlier = history(rows.events, rows.milestones)
    return TaskView(
        label=row_number(rows.task.seq, rows.task.sub),
        light=light,
        light_text=_task_light_text(light, shown, today) if is_running else NOT_COUNTED,
        steps=[step_view(each, rows, acts, today, rules, step_id) for each in rows.milestones],
        errands=_errands(rows, acts),
        deliverables=deliverable_views(rows, acts),
        refused_for_all=acts.hand_in_any if acts.hand_in_any.unmet and len(rows.deliverables) > 1 else None,
        people=_people(rows),
        score=_score(rows.task.score),
        score_rules=[str(rule.get("condition") or "") for rule in (rows.task.score or {}).get("rules") or ()],
        lost=_lost(rows),
        events=events,
        earlier=earlier,
        came_back=came_back(rows),
        offered=_offered(acts),
        open_doubts=[
            each for each in rows.doubts if each.settled_at is None and each.severity is not Severity.INFO
        ],
    )


def _offered(acts: Possibilities) -> Offered:
    allowed = [act for act in acts.triggers if act.is_allowed]
    refused = [act for act in (*acts.triggers, acts.urge, acts.instruct) if not act.is_allowed]
    return Offered(
        onwards=[act for act in allowed if act.name in _ONWARDS],
        beside=[act for act in allowed if act.name not in _ONWARDS | _GRAVE],
        grave=[act for act in allowed if act.name in _GRAVE],
        refused=[act for act in refused if not act.is_others_part],
        others_parts=[act for act in refused if act.is_others_part],
    )


def _errands(rows: TaskRows, acts: Possibilities) -> list[tuple[str, str]]:
    """What the visitor may do further down on the page, or on one of its own: where it is, and how much of it."""
    steps = [act.name for each in acts.milestones.values() for act in each if act.is_allowed]
    answers = sum(any(act.is_allowed for act in each) for each in acts.extensions.values())
    reviews = sum(
        any(act.is_allowed and act.name == "accept" for act in each) for each in acts.reviews.values()
    )
    has_files = {each.evidence.deliverable_id for each in rows.evidence}
    missing = sum(
        acts.hand_in[id_of(each)].is_allowed and each.id not in has_files for each in rows.deliverables
    )
    instructions = sum(act.is_allowed for act in acts.acknowledge.values())
    review = f"/tasks/{rows.task.id}/review"
    counted = (
        ("#milestones", "待报告的节点", steps.count("report")),
        (review, "待确认的节点", steps.count("confirm")),
        ("#milestones", "待批复的延期", answers),
        ("#deliverables" if missing == 1 else f"/tasks/{rows.task.id}/hand-in", "待提交的成果", missing),
        (review, "待审核的材料", reviews),
        ("#instructions", "待签阅的批示", instructions),
    )
    return [(href, f"{label} {count} 项") for href, label, count in counted if count]


def _task_light_text(light: Light, milestones: Sequence[Milestone], today: date) -> str:
    days = [
        each.due_on for each in milestones if each.state is MilestoneState.PENDING and each.due_on is not None
    ]
    if days:
        return f"{LIGHT_NAMES[light]} {left_words(min(days), today)}"
    return light_name(light, is_backfilled=rests_on_backfill(milestones))


def _people(rows: TaskRows) -> list[tuple[str, Sequence[Any]]]:
    """Everybody by role, the accountable one first; of the campaign those who run and audit it."""
    of_role = {role: [member for member in rows.members if member.role is role] for role in Role}
    return [
        (ROLE_LABELS[role], of_role[role])
        for role in (*TASK_ROLES, Role.COORDINATOR, Role.AUDITOR)
        if of_role[role] or role in TASK_ROLES
    ]


def _score(score: Mapping[str, Any] | None) -> str:
    if not score or score.get("kind") in (None, "none"):
        return ""
    label = SCORE_LABELS.get(str(score["kind"]), "")
    most = score.get("max")
    return (
        f"{label}，{'最多扣' if score['kind'] == 'deduct' else '满分'}{most:g}分"
        if most is not None
        else label
    )


def _lost(rows: TaskRows) -> float:
    """Points lost so far, never more than the cap of the score."""
    total = sum(loss.points for loss in rows.losses)
    cap = deduction_cap(rows.task.score)
    return round(total if cap is None else min(total, cap), 4)
