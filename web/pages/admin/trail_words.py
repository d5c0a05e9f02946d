"""What an event of the audit trail says, in words: who and what it was about, and each field's before and after."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tracker.models import AuditEvent
from workflows.roles import ROLE_LABELS, Role

FIELD_LABELS = {
    "accept_by_on": "签收期限",
    "campaign": "专项工作",
    "cause": "起因",
    "channel": "渠道",
    "closed_at": "办结时间",
    "code": "问题代码",
    "deactivated_at": "停用时间",
    "due_on": "时限",
    "email": "邮箱",
    "ends_on": "结束日期",
    "events": "事件",
    "expires_at": "有效至",
    "from": "原状态",
    "from_person": "移交人",
    "host": "接收方",
    "is_active": "在用",
    "is_administrator": "管理员",
    "kind": "类别",
    "lead_unit_id": "主办单位",
    "login_name": "登录名",
    "look_on": "提醒查看日",
    "message": "内容",
    "name": "名称",
    "note": "说明",
    "on": "日期",
    "parent_id": "上级单位",
    "person": "人员",
    "person_id": "人员编号",
    "prefix": "令牌前缀",
    "progress": "进展",
    "reason": "理由",
    "requirement": "任务要求",
    "role": "角色",
    "scopes": "权限范围",
    "sha256": "校验值",
    "source": "来源",
    "starts_on": "开始日期",
    "state": "状态",
    "subject": "对象",
    "tasks": "任务",
    "text": "文字",
    "title": "名称",
    "to": "新状态",
    "to_due_on": "申请时限",
    "to_person": "接手人",
    "to_person_id": "接手人编号",
    "unit_id": "单位编号",
    "year": "年份",
    "years": "年份",
}
_HIDDEN = frozenset({"changed", "look_on", "version"})
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
            if name not in _HIDDEN and isinstance(pair, list) and len(pair) == 2:
                details.append(Detail(_label(name), _said(name, pair[1]), _said(name, pair[0])))
    details += [
        Detail(_label(name), _said(name, value))
        for name, value in data.items()
        if name not in _HIDDEN and value not in (None, "", [], {}) and _SAID_BY_NAME.get(name) not in data
    ]
    return details


def _label(name: str) -> str:
    return FIELD_LABELS.get(name, name)


def _said(name: str, value: Any) -> str:
    if value is None:
        return "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if name == "role" and value in set(Role):
        return ROLE_LABELS[Role(value)]
    if isinstance(value, list):
        text = "、".join(_said(name, each) for each in value)
    elif isinstance(value, dict):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
