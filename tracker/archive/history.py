"""An event of the audit trail as a line that people read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracker.archive.contents import HistoryLine
from tracker.models import AuditEvent
from tracker.queries.timeline import label_event

_TEXTS = ("reason", "note", "text", "settlement")


def line_of(event: AuditEvent, steps: Mapping[int, str]) -> HistoryLine:
    """The event in Chinese. `steps` names milestones by their id."""
    data: dict[str, Any] = json.loads(event.data)
    who = event.actor_name
    if event.recorded_by_name:
        who = f"{who}（{event.recorded_by_name}代录）"
    return HistoryLine(event.at, who, label_event(event.kind), _note(event, data, steps))


def _note(event: AuditEvent, data: Mapping[str, Any], steps: Mapping[int, str]) -> str:
    parts = []
    milestone_id = event.subject_id if event.subject == "milestone" else data.get("milestone_id")
    if milestone_id is not None and milestone_id in steps:
        parts.append(steps[milestone_id])
    if event.subject == "evidence":
        parts.append(f"第{data['deliverable']}项成果：{data['name']}（第{data['version']}版）")
    if event.subject == "event":
        parts.append(f"{data.get('name', '')} {data.get('on', '')}".strip())
    if event.kind.startswith("extension.") and isinstance(
        moved := data.get("changed", {}).get("due_on"), list
    ):
        parts.append(f"时限由{moved[0]}改为{moved[1]}")
    parts += [str(data[key]) for key in _TEXTS if data.get(key)]
    return "；".join(parts)
