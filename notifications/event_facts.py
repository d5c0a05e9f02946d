"""What a letter says of an event: plain words and days, kept with the notice as they were then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from notifications.event_cases import EventCase
from notifications.policy import Recipient
from notifications.wording import day_words, left_words, moment_words, shortened
from tracker.models import AuditEvent, Evidence, Extension, Milestone
from tracker.queries.heads import MilestoneHead, TaskHead
from workflows.roles import ROLE_LABELS, Role

TEXT_LIMIT = 200
MILESTONES_SHOWN = 6

REASON_LABELS = {
    "task.decline": "退签理由",
    "task.send_back": "退回理由",
    "task.reject": "驳回理由",
    "task.reopen": "重新办理的理由",
    "task.suspend": "中止理由",
    "task.resume": "恢复理由",
    "task.cancel": "撤销理由",
    "task.urge": "催办内容",
    "milestone.report": "报告内容",
    "milestone.return": "退回理由",
    "extension.request": "申请理由",
    "extension.consent": "申请理由",
    "extension.grant": "批复意见",
    "extension.refuse": "不批准的理由",
    "instruction.give": "批示内容",
    "evidence.reject": "退回理由",
}


def facts_of(
    case: EventCase,
    head: TaskHead,
    open_milestones: Sequence[MilestoneHead],
    milestones: Mapping[int, MilestoneHead],
    *,
    today: date,
) -> dict[str, Any]:
    """Everything that the templates may ask for, in plain JSON; the recipient's part is added for each."""
    rows = _milestone_rows(case, milestones, today)
    if case.event.kind == "task.issue":
        rows += _issue_rows(case, open_milestones, today)
    else:
        rows += _act_rows(case)
        if open_milestones and open_milestones[0].due_on and case.milestone_id is None:
            due_on = open_milestones[0].due_on
            rows.append(["最近时限", f"{day_words(due_on, today)}，{left_words(due_on, today)}"])
    return {
        "task_id": head.id,
        "seq": head.seq or "",
        "title": shortened(head.title, 60),
        "unit": head.unit or "",
        "campaign": head.campaign,
        "actor": actor_words(case.event),
        "actor_id": case.event.actor_id,
        "when": moment_words(case.event.at),
        "part": ROLE_LABELS[Role(case.data["role"])] if "role" in case.data else "",
        "needs_consent": case.was_extended and case.event.kind == "extension.request",
        "rows": rows,
    }


def actor_words(event: AuditEvent) -> str:
    """Who acted, as he was called then; who entered it for him (代录) as well."""
    if event.recorded_by_name:
        return f"{event.actor_name}（{event.recorded_by_name}代录）"
    return event.actor_name


def with_role(facts: dict[str, Any], role: Recipient) -> dict[str, Any]:
    return facts | {"role": role.value}


def _milestone_rows(case: EventCase, milestones: Mapping[int, MilestoneHead], today: date) -> list[list[str]]:
    head = milestones.get(case.milestone_id or 0)
    if head is None:
        return []
    rows = [["节点", shortened(head.text, TEXT_LIMIT)]]
    if isinstance(case.subject, Extension):
        extension = case.subject
        label = "延至" if case.event.kind == "extension.grant" else "申请延至"
        rows += [
            ["原定时限", day_words(extension.from_due_on, today)],
            [label, day_words(extension.to_due_on, today)],
        ]
        if extension.is_late:
            rows.append(["说明", "申请时已超过时限，按逾期记录"])
    elif head.due_on:
        rows.append(["时限", f"{day_words(head.due_on, today)}，{left_words(head.due_on, today)}"])
    return rows


def _issue_rows(case: EventCase, open_milestones: Sequence[MilestoneHead], today: date) -> list[list[str]]:
    rows = [["工作要求", shortened(case.task.requirement, TEXT_LIMIT)]]
    if case.task.accept_by_on:
        rows.append(["签收期限", day_words(case.task.accept_by_on, today)])
    for head in open_milestones[:MILESTONES_SHOWN]:
        assert head.due_on
        rows.append([day_words(head.due_on, today), shortened(head.text, 80)])
    if len(open_milestones) > MILESTONES_SHOWN:
        rows.append(["其余", f"另有{len(open_milestones) - MILESTONES_SHOWN}个节点"])
    return rows


def _act_rows(case: EventCase) -> list[list[str]]:
    rows = [["办理人", f"{actor_words(case.event)}，{moment_words(case.event.at)}"]]
    if isinstance(case.subject, Evidence):
        rows.insert(0, ["佐证材料", shortened(case.subject.name, TEXT_LIMIT)])
    said = case.data.get("reason") or case.data.get("text")
    if isinstance(case.subject, Extension) and case.event.kind == "extension.consent":
        said = case.subject.reason
    if isinstance(case.subject, Milestone) and case.event.kind == "milestone.report":
        said = said or case.subject.report_note
    if said:
        rows.append([REASON_LABELS.get(case.event.kind, "说明"), shortened(str(said), TEXT_LIMIT)])
    return rows
