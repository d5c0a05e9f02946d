"""What an event of the audit trail says, in words: who and what it was about, and each field's before and after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tracker.clock import OFFICE_ZONE
from tracker.models import AuditEvent
from web.task_view import EVIDENCE_LABELS
from workflows.extension import EXTENSION_WORKFLOW
from workflows.milestone import MILESTONE_WORKFLOW
from workflows.roles import ROLE_LABELS, Role
from workflows.task import TASK_WORKFLOW

FIELD_LABELS = {
    "accept_by_on": "签收期限",
    "accepted_at": "签收时间",
    "archived_at": "归档时间",
    "campaign": "专项工作",
    "campaigns": "专项工作",
    "cap": "扣分上限",
    "cause": "起因",
    "channel": "渠道",
    "characters": "字数",
    "closed_at": "办结时间",
    "code": "问题代码",
    "created": "新建的任务编号",
    "deactivated_at": "停用时间",
    "decided_at": "批复时间",
    "decision": "批复意见",
    "deliverable": "第几项成果",
    "deliverables": "成果",
    "due_on": "时限",
    "email": "邮箱",
    "ends_on": "结束日期",
    "events": "事件",
    "expires_at": "有效至",
    "findings": "发现的问题数",
    "from": "原状态",
    "from_due_on": "原时限",
    "from_person": "移交人",
    "host": "接收方",
    "interrupted_state": "中止前的状态",
    "is_active": "在用",
    "is_administrator": "管理员",
    "is_late": "逾期后申请",
    "issued_at": "下达时间",
    "kind": "类别",
    "lead_unit_id": "主办单位",
    "link": "链接",
    "login_name": "登录名",
    "look_on": "提醒查看日",
    "members": "文件数",
    "message": "内容",
    "met_at": "确认时间",
    "done_on": "补录的完成日期",
    "done_basis": "补录的依据",
    "milestones": "节点",
    "moved": "移动的日期",
    "name": "名称",
    "note": "说明",
    "number": "第几次",
    "occurrences": "生成的各期",
    "on": "日期",
    "package_sha256": "材料包校验值",
    "parent_id": "上级单位",
    "people": "新建的人员",
    "person": "人员",
    "person_id": "人员编号",
    "points": "分数",
    "prefix": "令牌前缀",
    "progress": "进展",
    "reason": "理由",
    "report_note": "报告内容",
    "reported_at": "报告时间",
    "requirement": "任务要求",
    "review_reason": "审核意见",
    "reviewed_at": "审核时间",
    "role": "角色",
    "scopes": "权限范围",
    "sha256": "校验值",
    "size": "字节数",
    "skipped": "不再办理的各期",
    "source": "来源",
    "starts_on": "开始日期",
    "state": "状态",
    "subject": "对象",
    "submitted_at": "提交时间",
    "superseded": "被取代的版本",
    "tables": "责任分解表",
    "tasks": "任务",
    "text": "文字",
    "title": "名称",
    "to": "新状态",
    "to_due_on": "申请时限",
    "to_person": "接手人",
    "to_person_id": "接手人编号",
    "total": "累计扣分",
    "unit": "单位",
    "unit_id": "单位编号",
    "units": "单位",
    "withdrawn": "撤回的任务编号",
    "year": "年份",
    "years": "年份",
}
# The states of what an event is about, as people call them.
STATE_LABELS: Mapping[str, Mapping[str, str]] = {
    "task": {str(state): label for state, label in TASK_WORKFLOW.state_labels.items()},
    "milestone": {str(state): label for state, label in MILESTONE_WORKFLOW.state_labels.items()},
    "extension": {str(state): label for state, label in EXTENSION_WORKFLOW.state_labels.items()},
    "evidence": {str(state): label for state, label in EVIDENCE_LABELS.items()},
}
_STATES = frozenset({"from", "to", "state", "interrupted_state"})
# Numbers of rows, and who acted, which stands in a column of its own.
_HIDDEN = frozenset({"changed", "look_on", "version", "milestone_id", "extension_id", "campaign_id"})
_SAID_BY_NAME = {"person_id": "person", "to_person_id": "to_person", "from_person_id": "from_person"}
_LONGEST = 160


@dataclass(frozen=True)
class Detail:
    """One line: a label and a value, or what was before and after."""

    label: str
    value: str
    before: str | None = None


def describe(event: AuditEvent) -> list[Detail]:
    """What the event's data says, the changes first."""
    data: dict[str, Any] = json.loads(event.data)
    changed = data.get("changed")
    details = []
    if isinstance(changed, dict):
        for name, pair in changed.items():
            if not _is_hidden(name) and isinstance(pair, list) and len(pair) == 2:
                before, after = (_said(name, value, event.subject) for value in pair)
                details.append(Detail(_label(name), after, before))
    details += [
        Detail(_label(name), _said(name, value, event.subject))
        for name, value in data.items()
        if not _is_hidden(name) and value not in (None, "", [], {}) and _SAID_BY_NAME.get(name) not in data
    ]
    return details


def _is_hidden(name: str) -> bool:
    return name in _HIDDEN or name.endswith("_by_id")


def _label(name: str) -> str:
    return FIELD_LABELS.get(name, name)


def _said(name: str, value: Any, subject: str) -> str:
    if value is None:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list):
        text = "、".join(_said(name, each, subject) for each in value)
    elif isinstance(value, dict):
        text = str(value["due_on"]) if "due_on" in value else json.dumps(value, ensure_ascii=False)
    else:
        text = _said_plainly(name, value, subject)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _said_plainly(name: str, value: Any, subject: str) -> str:
    if name == "role" and value in set(Role):
        return ROLE_LABELS[Role(value)]
    if name in _STATES:
        return STATE_LABELS.get(subject, {}).get(str(value), str(value))
    if name.endswith("_at"):
        return f"{datetime.fromisoformat(str(value)).astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
    return str(value)
