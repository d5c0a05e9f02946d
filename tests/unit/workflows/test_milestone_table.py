"""Every line of the milestone table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from workflows.kernel import GuardsUnmet, Rule, TransitionNotAllowed, explain, fire
from workflows.milestone import (
    MILESTONE_WORKFLOW,
    MilestoneFacts,
    MilestoneKind,
    MilestoneState,
    MilestoneTrigger,
)
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

SATISFIED = MilestoneFacts(
    reason="已经完成",
    is_in_draft=True,
    due_on=date(2024, 5, 31),
    begins_on=date(2024, 6, 1),
    today=date(2024, 6, 3),
    done_on=date(2024, 6, 3),
    is_backfilled=True,
)
REFERENCE = {
    ("report", "pending", "reported", "owner"),
    ("confirm", "reported", "met", "reviewer"),
    ("return", "reported", "pending", "reviewer"),
    ("waive", "pending", "waived", "leader"),
    ("waive", "reported", "waived", "leader"),
    ("archive", "pending", "met", "system"),
    ("archive", "reported", "met", "system"),
    ("backfill", "pending", "met", "coordinator"),
    ("take_back", "met", "pending", "coordinator"),
}
LINES = [(rule, source) for rule in MILESTONE_WORKFLOW.rules for source in rule.sources]
LINE_NAMES = [f"{rule.trigger}-from-{source}" for rule, source in LINES]
STEP_TRIGGERS = (MilestoneTrigger.REPORT, MilestoneTrigger.CONFIRM, MilestoneTrigger.RETURN)
UNMET: list[tuple[MilestoneTrigger, dict[str, Any], str]] = [
    *((trigger, {"task_state": TaskState.IN_REVIEW}, "task-not-active") for trigger in STEP_TRIGGERS),
    (MilestoneTrigger.REPORT, {"kind": MilestoneKind.ARCHIVE}, "archive-milestone"),
    (MilestoneTrigger.REPORT, {"kind": MilestoneKind.SERIES}, "series-milestone"),
    *((trigger, {"actor_reported": True}, "own-work") for trigger in STEP_TRIGGERS[1:]),
    *((trigger, {"has_reviewer": False}, "no-reviewer") for trigger in STEP_TRIGGERS[1:]),
    *(
        (MilestoneTrigger.WAIVE, {"task_state": state}, "task-not-open")
        for state in TaskState
        if state not in OPEN_STATES
    ),
    (MilestoneTrigger.BACKFILL, {"is_in_draft": False}, "task-not-draft"),
    (MilestoneTrigger.BACKFILL, {"due_on": date(2024, 6, 1)}, "not-past-due"),
    (MilestoneTrigger.BACKFILL, {"due_on": None}, "no-due-day"),
    (MilestoneTrigger.BACKFILL, {"kind": MilestoneKind.STANDING}, "no-due-day"),
    (MilestoneTrigger.BACKFILL, {"done_on": date(2024, 6, 4)}, "future-day"),
    (MilestoneTrigger.BACKFILL, {"reason": " "}, "missing-reason"),
    (MilestoneTrigger.TAKE_BACK, {"is_in_draft": False}, "task-not-draft"),
    (MilestoneTrigger.TAKE_BACK, {"is_backfilled": False}, "not-backfilled"),
]


@pytest.mark.parametrize("kind", [MilestoneKind.STEP, MilestoneKind.ARCHIVE])
def test_what_has_a_day_may_have_been_done_before(kind: MilestoneKind) -> None:
    facts = replace(SATISFIED, kind=kind, actor_roles=frozenset({Role.COORDINATOR}))
    assert explain(MILESTONE_WORKFLOW, MilestoneState.PENDING, MilestoneTrigger.BACKFILL, facts) == []


def facts_for(rule: Rule, **changes: Any) -> MilestoneFacts:
    return replace(SATISFIED, **{"actor_roles": rule.roles, **changes})


def test_the_table_is_the_reference_line_by_line() -> None:
    assert {
        (rule.trigger.value, source.value, dest.value, role.value)
        for rule in MILESTONE_WORKFLOW.rules
        for source in rule.sources
        for dest in rule.dests
        for role in rule.roles
    } == REFERENCE


@pytest.mark.parametrize(("rule", "source"), LINES, ids=LINE_NAMES)
def test_each_line_fires_for_its_role_alone(rule: Rule, source: MilestoneState) -> None:
    assert fire(MILESTONE_WORKFLOW, source, rule.trigger, facts_for(rule)) is rule.dests[0]
    others = facts_for(rule, actor_roles=frozenset(set(Role) - rule.roles))
    with pytest.raises(GuardsUnmet, match="须由"):
        fire(MILESTONE_WORKFLOW, source, rule.trigger, others)


@pytest.mark.parametrize("rule", MILESTONE_WORKFLOW.rules, ids=lambda rule: str(rule.trigger))
def test_no_line_fires_from_a_state_that_it_does_not_name(rule: Rule) -> None:
    for state in set(MilestoneState) - set(rule.sources):
        with pytest.raises(TransitionNotAllowed, match="节点现在是"):
            fire(MILESTONE_WORKFLOW, state, rule.trigger, facts_for(rule))


@pytest.mark.parametrize("trigger", ["report", "return", "waive"])
def test_a_note_or_a_reason_is_asked_for(trigger: str) -> None:
    rule = MILESTONE_WORKFLOW.rule(MilestoneTrigger(trigger))
    with pytest.raises(GuardsUnmet, match="须写明理由"):
        fire(MILESTONE_WORKFLOW, rule.sources[0], rule.trigger, facts_for(rule, reason=" "))


@pytest.mark.parametrize(("trigger", "changes", "code"), UNMET)
def test_each_unmet_condition_is_refused(
    trigger: MilestoneTrigger, changes: dict[str, Any], code: str
) -> None:
    rule = MILESTONE_WORKFLOW.rule(trigger)
    facts = facts_for(rule, **changes)
    with pytest.raises(GuardsUnmet) as refusal:
        fire(MILESTONE_WORKFLOW, rule.sources[0], trigger, facts)
    assert [condition.code for condition in refusal.value.unmet] == [code]
    assert list(refusal.value.unmet) == explain(MILESTONE_WORKFLOW, rule.sources[0], trigger, facts)
