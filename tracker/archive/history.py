"""An event of the audit trail as a line that people read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tracker.archive.contents import HistoryLine
from tracker.models import AuditEvent
from workflows.extension import EXTENSION_WORKFLOW
from workflows.milestone import MILESTONE_WORKFLOW
from workflows.task import TASK_WORKFLOW

_OTHER_ACTS = {
    "task.create": "录入任务",
    "task.change": "修改任务",
    "task.urge": "催办",
    "evidence.hand_in": "提交材料",
    "evidence.accept": "审核通过材料",
    "evidence.reject": "退回材料",
    "instruction.give": "批示",
    "instruction.acknowledge": "签收批示",
    "event.record": "登记事件",
    "person.reassign": "换人",
    "person.hand_over": "移交工作",
    "deduction.record": "登记扣分",
    "finding.settle": "处理导入问题",
    "calendar.import": "按工作日历重算日期",
}
_TRIGGERS = {
    f"{workflow.name}.{trigger.value}": label if workflow is TASK_WORKFLOW else f"{workflow.title}{label}"
    for workflow in (TASK_WORKFLOW, MILESTONE_WORKFLOW)
    for trigger, label in workflow.trigger_labels.items()
} | {f"extension.{trigger.value}": label for trigger, label in EXTENSION_WORKFLOW.trigger_labels.items()}
_TEXTS = ("reason", "note", "text", "settlement")


def line_of(event: AuditEvent, steps: Mapping[int, str]) -> HistoryLine:
    """The event in Chinese. `steps` names milestones by their id."""
    data: dict[str, Any] = json.loads(event.data)
    who = event.actor_name
    if event.recorded_by_name:
        who = f"{who}（{event.recorded_by_name}代录）"
    return HistoryLine(event.at, who, _act(event.kind), _note(event, data, steps))


def _act(kind: str) -> str:
    if kind in _OTHER_ACTS:
        return _OTHER_ACTS[kind]
    return _TRIGGERS.get(kind, f"其他记录（{kind}）")


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
