"""The events of a task in words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tracker.models import Milestone
from tracker.queries.returned import RETURNED_KINDS
from tracker.queries.task_page import EVENTS_SHOWN, Happening, TaskRows
from tracker.queries.timeline import label_event
from workflows.roles import ROLE_LABELS, Role
from workflows.task import TaskState

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


def came_back(rows: TaskRows) -> EventView | None:
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
