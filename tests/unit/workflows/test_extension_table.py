"""Every line of the extension table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from workflows.extension import EXTENSION_WORKFLOW, ExtensionFacts, ExtensionState, ExtensionTrigger
from workflows.kernel import GuardsUnmet, Rule, TransitionNotAllowed, fire
from workflows.roles import Role

SATISFIED = ExtensionFacts(reason="设备到货推迟")
REFERENCE = {
    ("request", "drafted", "requested", "owner"),
    ("consent", "requested", "requested", "coordinator"),
    ("grant", "requested", "granted", "leader"),
    ("refuse", "requested", "refused", "leader"),
}
MOVES = (ExtensionTrigger.REQUEST, ExtensionTrigger.GRANT)
UNMET: list[tuple[ExtensionTrigger, dict[str, Any], str]] = [
    *((trigger, {"is_task_open": False}, "task-not-open") for trigger in MOVES),
    *((trigger, {"is_milestone_open": False}, "milestone-not-open") for trigger in MOVES),
    *((trigger, {"has_due_day": False}, "no-due-day") for trigger in MOVES),
    *((trigger, {"is_later": False}, "not-later") for trigger in MOVES),
    (ExtensionTrigger.REQUEST, {"is_reported": True}, "milestone-reported"),
    (ExtensionTrigger.REQUEST, {"has_open_request": True}, "open-request"),
    (ExtensionTrigger.GRANT, {"earlier_grants": 1}, "no-consent"),
]


def facts_for(rule: Rule, **changes: Any) -> ExtensionFacts:
    return replace(SATISFIED, **{"actor_roles": rule.roles, **changes})


def test_the_table_is_the_reference_line_by_line() -> None:
    assert {
        (rule.trigger.value, source.value, dest.value, role.value)
        for rule in EXTENSION_WORKFLOW.rules
        for source in rule.sources
        for dest in rule.dests
        for role in rule.roles
    } == REFERENCE


@pytest.mark.parametrize("rule", EXTENSION_WORKFLOW.rules, ids=lambda rule: str(rule.trigger))
def test_each_line_fires_for_its_role_alone(rule: Rule) -> None:
    source = rule.sources[0]
    assert fire(EXTENSION_WORKFLOW, source, rule.trigger, facts_for(rule)) is rule.dests[0]
    others = facts_for(rule, actor_roles=frozenset(set(Role) - rule.roles))
    with pytest.raises(GuardsUnmet, match="须由"):
        fire(EXTENSION_WORKFLOW, source, rule.trigger, others)


@pytest.mark.parametrize("rule", EXTENSION_WORKFLOW.rules, ids=lambda rule: str(rule.trigger))
def test_what_was_decided_is_not_decided_again(rule: Rule) -> None:
    for state in set(ExtensionState) - set(rule.sources):
        with pytest.raises(TransitionNotAllowed):
            fire(EXTENSION_WORKFLOW, state, rule.trigger, facts_for(rule))


@pytest.mark.parametrize("trigger", [ExtensionTrigger.REQUEST, ExtensionTrigger.REFUSE])
def test_a_request_and_a_refusal_need_a_reason(trigger: ExtensionTrigger) -> None:
    rule = EXTENSION_WORKFLOW.rule(trigger)
    with pytest.raises(GuardsUnmet, match="须写明理由"):
        fire(EXTENSION_WORKFLOW, rule.sources[0], trigger, facts_for(rule, reason=None))


@pytest.mark.parametrize(("trigger", "changes", "code"), UNMET)
def test_each_unmet_condition_is_refused(
    trigger: ExtensionTrigger, changes: dict[str, Any], code: str
) -> None:
    rule = EXTENSION_WORKFLOW.rule(trigger)
    with pytest.raises(GuardsUnmet) as refusal:
        fire(EXTENSION_WORKFLOW, rule.sources[0], trigger, facts_for(rule, **changes))
    assert [condition.code for condition in refusal.value.unmet] == [code]


def test_a_second_extension_is_granted_with_consent() -> None:
    rule = EXTENSION_WORKFLOW.rule(ExtensionTrigger.GRANT)
    facts = facts_for(rule, earlier_grants=1, has_consent=True)
    assert fire(EXTENSION_WORKFLOW, ExtensionState.REQUESTED, rule.trigger, facts) is ExtensionState.GRANTED


def test_what_was_asked_for_before_the_report_is_still_answered() -> None:
    rule = EXTENSION_WORKFLOW.rule(ExtensionTrigger.GRANT)
    facts = facts_for(rule, is_reported=True)
    assert fire(EXTENSION_WORKFLOW, ExtensionState.REQUESTED, rule.trigger, facts) is ExtensionState.GRANTED
