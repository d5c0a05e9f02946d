"""What a rule is called where people read of it."""

from __future__ import annotations

from notifications.immediate import INFORM
from notifications.policy import ReminderPolicy, Repeat

_EVENT_WORDS = {
    "task.issue": "下达",
    "task.decline": "退签",
    "task.submit": "提交审核",
    "task.send_back": "退回",
    "task.approve": "审核通过",
    "task.reject": "驳回",
    "task.close": "销号",
    "task.reopen": "重新办理",
    "task.suspend": "中止",
    "task.resume": "恢复",
    "task.cancel": "撤销",
    "task.urge": "催办",
    "milestone.report": "节点报告",
    "milestone.return": "节点退回",
    "extension.request": "申请延期",
    "extension.consent": "同意再次延期",
    "extension.grant": "批准延期",
    "extension.refuse": "不批准延期",
    "instruction.give": "批示",
    "evidence.reject": "材料退回",
    "person.reassign": "换人",
    "person.appoint": "指定人员",
}


def rule_words(name: str, policy: ReminderPolicy) -> str:
    """The rule of a notice in Chinese; the name itself where the policy no longer has it."""
    if name.startswith(INFORM):
        return f"告知：{rule_words(name.removeprefix(INFORM), policy)}"
    if name in _EVENT_WORDS:
        return _EVENT_WORDS[name]
    if name in ("accept", "accept-escalate"):
        return "逾期未签收" if name == "accept" else "逾期未签收，上报"
    if name == policy.instruction.name:
        return "批示未签阅"
    rule = next((each for each in policy.milestone if each.name == name), None)
    if rule is None:
        return name
    if rule.days_before is not None:
        return f"到期前{rule.days_before}天" if rule.days_before else "到期当天"
    if rule.name == "overdue":
        return "逾期"
    weekly = "，每周" if rule.repeat is Repeat.WEEK else ""
    return f"逾期满{rule.workdays_over}个工作日上报{weekly}"
