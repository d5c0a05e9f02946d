"""What a rule is called where people read of it."""

from __future__ import annotations

from notifications.immediate import INFORM
from notifications.policy import EVENT_KINDS, ReminderPolicy, Repeat
from tracker.queries.timeline import EVENT_LABELS

# Shorter than in the trail, where the label stands for itself.
_EVENT_WORDS = {kind: EVENT_LABELS[kind] for kind in EVENT_KINDS} | {
    "milestone.report": "节点报告",
    "evidence.reject": "材料退回",
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
