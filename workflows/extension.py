"""The life of an extension (延期): requested by the owner, granted or refused by the leader.

A second extension of one milestone needs the coordinator's consent as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from workflows.kernel import Rule, Unmet, Workflow
from workflows.roles import Role


class ExtensionState(StrEnum):
    DRAFTED = "drafted"
    REQUESTED = "requested"
    GRANTED = "granted"
    REFUSED = "refused"


class ExtensionTrigger(StrEnum):
    REQUEST = "request"
    CONSENT = "consent"
    GRANT = "grant"
    REFUSE = "refuse"


@dataclass(frozen=True)
class ExtensionFacts:
    """What the rules of an extension look at."""

    actor_roles: frozenset[Role] = frozenset()
    reason: str | None = None
    is_task_open: bool = True
    is_milestone_open: bool = True
    is_reported: bool = False  # done as the owner says, and waiting for the reviewer
    has_due_day: bool = True
    is_later: bool = True  # the new day lies after the present one, and not in the past
    has_open_request: bool = False
    earlier_grants: int = 0
    has_consent: bool = False


def milestone_can_move(facts: ExtensionFacts) -> Sequence[Unmet]:
    unmet = []
    if not facts.is_task_open:
        unmet.append(Unmet("task-not-open", "任务没有下达或者已经办结、中止"))
    if not facts.is_milestone_open:
        unmet.append(Unmet("milestone-not-open", "节点已经完成或者豁免"))
    if not facts.has_due_day:
        unmet.append(Unmet("no-due-day", "节点没有完成时限，不需要延期"))
    return unmet


def step_is_owed(facts: ExtensionFacts) -> Sequence[Unmet]:
    """More time is asked for what is still to be done; who is sent back may ask again."""
    if not facts.is_reported:
        return []
    return [Unmet("milestone-reported", "节点已报告完成，等待审核，不需要延期；退回以后可以申请")]


def new_day_is_later(facts: ExtensionFacts) -> Sequence[Unmet]:
    return [] if facts.is_later else [Unmet("not-later", "新的时限必须晚于现在的时限，并且不早于今天")]


def no_other_is_open(facts: ExtensionFacts) -> Sequence[Unmet]:
    if not facts.has_open_request:
        return []
    return [Unmet("open-request", "这个节点已有一份延期申请等待批复")]


def second_has_consent(facts: ExtensionFacts) -> Sequence[Unmet]:
    if facts.earlier_grants == 0 or facts.has_consent:
        return []
    return [Unmet("no-consent", f"这是第{facts.earlier_grants + 1}次延期，须先由协调员同意")]


EXTENSION_WORKFLOW = Workflow(
    name="extension",
    title="延期",
    noun="延期申请",
    states=ExtensionState,
    initial=ExtensionState.DRAFTED,
    open_states=frozenset({ExtensionState.REQUESTED}),
    rules=(
        Rule(
            ExtensionTrigger.REQUEST,
            (ExtensionState.DRAFTED,),
            (ExtensionState.REQUESTED,),
            frozenset({Role.OWNER}),
            (milestone_can_move, step_is_owed, new_day_is_later, no_other_is_open),
            needs_reason=True,
        ),
        Rule(
            ExtensionTrigger.CONSENT,
            (ExtensionState.REQUESTED,),
            (ExtensionState.REQUESTED,),
            frozenset({Role.COORDINATOR}),
        ),
        Rule(
            ExtensionTrigger.GRANT,
            (ExtensionState.REQUESTED,),
            (ExtensionState.GRANTED,),
            frozenset({Role.LEADER}),
            (milestone_can_move, new_day_is_later, second_has_consent),
        ),
        Rule(
            ExtensionTrigger.REFUSE,
            (ExtensionState.REQUESTED,),
            (ExtensionState.REFUSED,),
            frozenset({Role.LEADER}),
            needs_reason=True,
        ),
    ),
    state_labels={
        ExtensionState.DRAFTED: "拟申请",
        ExtensionState.REQUESTED: "待批复",
        ExtensionState.GRANTED: "已同意",
        ExtensionState.REFUSED: "不同意",
    },
    trigger_labels={
        ExtensionTrigger.REQUEST: "申请延期",
        ExtensionTrigger.CONSENT: "同意再次延期",
        ExtensionTrigger.GRANT: "批准延期",
        ExtensionTrigger.REFUSE: "不批准延期",
    },
)
