"""What the page of a task says of its rows: lights, days and events in words. Pure: rows in, words out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple

from notifications.wording import left_words
from tracker.identity import id_of
from tracker.lights import (
    BACKFILLED,
    LIGHT_NAMES,
    Light,
    light_name,
    light_of,
    rests_on_backfill,
    task_light,
    was_on_time,
)
from tracker.models import Deliverable, Evidence, EvidenceState, Extension, Milestone
from tracker.queries.returned import RETURNED_KINDS
from tracker.queries.task_page import EVENTS_SHOWN, HandedIn, Happening, TaskRows
from tracker.queries.timeline import label_event
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from tracker.scores import deduction_cap
from tracker.services.possibilities import Act, Possibilities
from web.previews import is_previewed
from workflows.milestone import MILESTONE_WORKFLOW, OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.roles import ROLE_LABELS, TASK_ROLES, Role
from workflows.task import STANDING_STILL, TaskState

EVIDENCE_LABELS = {
    EvidenceState.SUBMITTED: "待审核",
    EvidenceState.ACCEPTED: "已通过",
    EvidenceState.REJECTED: "已退回",
    EvidenceState.SUPERSEDED: "旧版本",
}
EVIDENCE_TONES = {
    EvidenceState.SUBMITTED: "violet",
    EvidenceState.ACCEPTED: "green",
    EvidenceState.REJECTED: "red",
    EvidenceState.SUPERSEDED: "grey",
}
KIND_LABELS = {MilestoneKind.ARCHIVE: "归档", MilestoneKind.STANDING: "常态化", MilestoneKind.SERIES: "总项"}
SCORE_LABELS = {"points": "得分项", "deduct": "扣分项", "bonus": "加分项", "veto": "一票否决"}
_TONES = {
    "task.send_back": "red",
    "task.reject": "red",
    "task.decline": "red",
    "milestone.return": "red",
    "evidence.reject": "red",
    "extension.refuse": "red",
    "task.cancel": "red",
    "task.urge": "yellow",
    "instruction.give": "yellow",
    "extension.request": "yellow",
    "task.suspend": "yellow",
    "task.approve": "green",
    "task.close": "green",
    "task.archive": "green",
    "milestone.confirm": "green",
    "milestone.archive": "green",
    "milestone.backfill": "green",
    "milestone.take_back": "yellow",
    "evidence.accept": "green",
    "extension.grant": "green",
    "task.issue": "primary",
    "task.accept": "primary",
    "task.submit": "primary",
    "milestone.report": "blue",
    "evidence.hand_in": "blue",
}
_WORDS_OF_EVENTS = ("reason", "note", "text", "settlement")
_DIFFERENCES = {
    "due_on": "时限",
    "done_on": "完成日期",
    "title": "任务",
    "requirement": "任务内容",
    "basis": "依据",
    "group": "评审项目",
    "seq": "序号",
    "remark": "备注",
    "text": "内容",
    "span": "时限原文",
}
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


# Where a step stands on the page: shown with its acts, or in one of the folds for what a series has behind and before it.
Place = Literal["shown", "done", "later"]
NEAR = timedelta(days=14)
_NEVER_DONE = frozenset({"archive-milestone", "series-milestone"})
MANY_STEPS = 20  # of one task, before those that are done or far are folded
NOT_COUNTED = "不计时"  # the task is not issued, suspended or cancelled


class StepView(NamedTuple):
    """A milestone as the page shows it."""

    row: Milestone
    light: Light
    light_text: str
    state_label: str
    kind_label: str | None
    is_open: bool
    acts: Sequence[Act]
    extensions: Sequence[Extension]
    place: Place = "shown"

    @property
    def was_moved(self) -> bool:
        return self.row.first_due_on is not None and self.row.first_due_on != self.row.due_on

    @property
    def allowed(self) -> list[Act]:
        return [act for act in self.acts if act.is_allowed]

    @property
    def refused(self) -> list[Act]:
        """What cannot be done now. What can never be done to a step of its kind is no matter of now."""
        if self.row.kind is MilestoneKind.SERIES:
            return []
        return [
            act
            for act in self.acts
            if not (act.is_allowed or any(condition.code in _NEVER_DONE for condition in act.unmet))
        ]


class FileView(NamedTuple):
    """The newest version of a piece of evidence, with the older ones."""

    row: Evidence
    label: str
    tone: str
    size: str
    can_preview: bool
    acts: Sequence[Act]
    older: Sequence[FileView] = ()
    occurrence: str | None = None

    @property
    def allowed(self) -> list[Act]:
        return [act for act in self.acts if act.is_allowed]

    @property
    def refused(self) -> list[Act]:
        return [act for act in self.acts if not act.is_allowed]


class DeliverableView(NamedTuple):
    row: Deliverable
    files: Sequence[FileView]
    hand_in: Act

    @property
    def tone(self) -> str:
        states = {each.row.state for each in self.files}
        if EvidenceState.ACCEPTED in states:
            return "green"
        if EvidenceState.SUBMITTED in states:
            return "violet"
        return "red" if EvidenceState.REJECTED in states else "grey"

    @property
    def state(self) -> str:
        words = {
            "green": "已有通过的材料",
            "violet": "待审核",
            "red": "已退回，请重新提交",
            "grey": "尚未提交",
        }
        return words[self.tone]


class EventView(NamedTuple):
    """An event of the history in words."""

    id: int
    at: datetime
    who: str
    label: str
    about: str
    words: str
    differences: Sequence[tuple[str, str, str]]
    tone: str


@dataclass(frozen=True)
class TaskView:
    """The whole page, beside the rows and the acts."""

    label: str
    light: Light
    light_text: str
    steps: Sequence[StepView]
    deliverables: Sequence[DeliverableView]
    people: Sequence[tuple[str, Sequence[Any]]]
    errands: Sequence[tuple[str, str]]
    score: str
    score_rules: Sequence[str]
    lost: float
    events: Sequence[EventView]
    earlier: int | None
    came_back: EventView | None

    @property
    def open_steps(self) -> int:
        return sum(step.is_open for step in self.steps if step.row.kind is not MilestoneKind.SERIES)

    def steps_in(self, place: Place) -> list[StepView]:
        return [step for step in self.steps if step.place == place]


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
        steps=[_step(each, rows, acts, today, rules, step_id) for each in rows.milestones],
        errands=_errands(rows, acts),
        deliverables=_deliverables(rows, acts),
        people=_people(rows),
        score=_score(rows.task.score),
        score_rules=[str(rule.get("condition") or "") for rule in (rows.task.score or {}).get("rules") or ()],
        lost=_lost(rows),
        events=events,
        earlier=earlier,
        came_back=_came_back(rows),
    )


def _came_back(rows: TaskRows) -> EventView | None:
    """The newest act that gave the task back to its owner, while it is with him; of the events that were read."""
    if rows.task.state is not TaskState.ACTIVE:
        return None
    return next((event_view(each, {}) for each in rows.events if each.kind in RETURNED_KINDS), None)


def history(
    happenings: Sequence[Happening], milestones: Sequence[Milestone]
) -> tuple[list[EventView], int | None]:
    """Events in words, and before which one the next page begins; None where there are no earlier ones."""
    steps = {each.id: f"第{each.number}个节点“{each.text}”" for each in milestones}
    shown = happenings[:EVENTS_SHOWN]
    earlier = shown[-1].id if len(happenings) > EVENTS_SHOWN else None
    return [event_view(each, steps) for each in shown], earlier


def event_view(event: Happening, steps: Mapping[int | None, str]) -> EventView:
    """One event in words. `steps` names the milestones by their id."""
    data: dict[str, Any] = json.loads(event.data)
    who = event.actor_name
    if event.recorded_by_name:
        who = f"{who}（{event.recorded_by_name}代录）"
    words = next((str(data[key]) for key in _WORDS_OF_EVENTS if data.get(key)), "")
    return EventView(
        id=event.id,
        at=event.at,
        who=who,
        label=label_event(event.kind),
        about=_about(event, data, steps),
        words=words,
        differences=_differences(data),
        tone=_TONES.get(event.kind, "grey"),
    )


def _about(event: Happening, data: Mapping[str, Any], steps: Mapping[int | None, str]) -> str:
    if event.subject == "evidence":
        return f"第{data.get('deliverable')}项成果“{data.get('name')}”第{data.get('version')}版"
    if event.subject == "event":
        return f"“{data.get('name', '')}”（{data.get('on', '')}）"
    if event.kind.startswith("person."):
        role = ROLE_LABELS.get(Role(data["role"]), "") if data.get("role") in list(Role) else ""
        names = " → ".join(
            str(data[key]) for key in ("from_person", "to_person", "person") if isinstance(data.get(key), str)
        )
        return f"{role} {names}".strip()
    if event.kind == "deduction.record":
        return f"{data.get('on', '')} 扣{data.get('points', 0):g}分"
    number = event.subject_id if event.subject == "milestone" else data.get("milestone_id")
    said = steps.get(number, "")
    if event.kind == "extension.request":
        said = f"{said} {data.get('from_due_on', '')} → {data.get('to_due_on', '')}"
    return said


def _differences(data: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What changed of what people read; what the program keeps for itself is left out."""
    changed = data.get("changed")
    if not isinstance(changed, dict):
        return []
    return [
        (label, _plain(changed[name][0]), _plain(changed[name][1]))
        for name, label in _DIFFERENCES.items()
        if isinstance(changed.get(name), list) and len(changed[name]) == 2
    ]


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _step(
    milestone: Milestone,
    rows: TaskRows,
    acts: Possibilities,
    today: date,
    rules: OfficeRules,
    step_id: int | None,
) -> StepView:
    is_open = milestone.state in OPEN_MILESTONES
    is_running = rows.task.state not in STANDING_STILL
    light = light_of(
        milestone, today=today, thresholds=rules.lights, measure=rules.measure, is_running=is_running
    )
    return StepView(
        row=milestone,
        light=light,
        light_text=_light_text(milestone, light, today, rules) if is_running or not is_open else NOT_COUNTED,
        state_label=MILESTONE_WORKFLOW.state_labels[milestone.state],
        kind_label=KIND_LABELS.get(milestone.kind),
        is_open=is_open,
        acts=acts.milestones[milestone.id] if milestone.id is not None else (),
        extensions=rows.extensions_of(milestone),
        place="shown"
        if milestone.id == step_id
        else _place(milestone, today, is_long=len(rows.milestones) > MANY_STEPS),
    )


def _place(milestone: Milestone, today: date, *, is_long: bool) -> Place:
    """A weekly duty has fifty occurrences a year, and some tasks many steps: those that are at hand stand there with their acts."""
    if milestone.series_id is None and not is_long:
        return "shown"
    if milestone.state not in OPEN_MILESTONES:
        return "done"
    is_far = milestone.due_on is not None and milestone.due_on > today + NEAR
    return "later" if is_far and milestone.state is MilestoneState.PENDING else "shown"


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


def _light_text(milestone: Milestone, light: Light, today: date, rules: OfficeRules) -> str:
    """The light's name with how far the day is, while it is open."""
    name = LIGHT_NAMES[light]
    if milestone.state is MilestoneState.PENDING and milestone.due_on is not None:
        return f"{name} {left_words(milestone.due_on, today)}"
    on_time = was_on_time(milestone, measure=rules.measure)
    if milestone.state is MilestoneState.MET and on_time is not None:
        mark = f"（{BACKFILLED}）" if milestone.done_on else ""
        return f"{name} {'按时完成' if on_time else '逾期后补办'}{mark}"
    return name


def _task_light_text(light: Light, milestones: Sequence[Milestone], today: date) -> str:
    days = [
        each.due_on for each in milestones if each.state is MilestoneState.PENDING and each.due_on is not None
    ]
    if days:
        return f"{LIGHT_NAMES[light]} {left_words(min(days), today)}"
    return light_name(light, is_backfilled=rests_on_backfill(milestones))


def _deliverables(rows: TaskRows, acts: Possibilities) -> list[DeliverableView]:
    occurrences = {each.id: each.occurs_on or each.due_on for each in rows.milestones}
    return [_deliverable(each, rows, acts, occurrences) for each in rows.deliverables]


def _deliverable(
    deliverable: Deliverable,
    rows: TaskRows,
    acts: Possibilities,
    occurrences: Mapping[int | None, date | None],
) -> DeliverableView:
    versions: dict[tuple[int | None, str], list[HandedIn]] = {}
    for each in rows.evidence_of(deliverable):
        versions.setdefault((each.evidence.milestone_id, each.evidence.name), []).append(each)
    files = [_file(newest, acts, older, occurrences) for newest, *older in versions.values()]
    assert deliverable.id is not None
    return DeliverableView(deliverable, files, acts.hand_in[deliverable.id])


def _file(
    each: HandedIn,
    acts: Possibilities,
    older: Sequence[HandedIn],
    occurrences: Mapping[int | None, date | None],
) -> FileView:
    row = each.evidence
    day = occurrences.get(row.milestone_id) if row.milestone_id else None
    return FileView(
        row=row,
        label=EVIDENCE_LABELS[row.state],
        tone=EVIDENCE_TONES[row.state],
        size=size_words(each.size),
        can_preview=is_previewed(each.media_type),
        acts=acts.reviews.get(row.id or 0, ()),
        older=[_file(version, acts, (), occurrences) for version in older],
        occurrence=f"{day.month}月{day.day}日一期" if day else None,
    )


def occurrence_choices(milestones: Sequence[Milestone]) -> list[tuple[int, str]]:
    """The occurrences of series that material may belong to, for a select field."""
    return [
        (each.id or 0, f"{each.text[:30]}（{(each.occurs_on or each.due_on):%m月%d日}）")
        for each in milestones
        if each.occurs_on or each.due_on
    ]


def size_words(size: int | None) -> str:
    """12 KB, 3.4 MB; nothing for a link."""
    if size is None:
        return ""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"


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
