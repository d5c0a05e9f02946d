"""A further workflow, as a new kind of campaign would add it: a random check in words of its own.

One declaration and its guards; the tests that live through it touch no reminder, evidence, audit or report code.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from workflows.kernel import Rule, Unmet, Workflow
from workflows.registry import register
from workflows.roles import Role
from workflows.task import (
    TaskFacts,
    TaskState,
    TaskTrigger,
    closer_is_independent,
    evidence_is_accepted,
    evidence_is_handed_in,
    people_are_set,
    reviewer_is_independent,
)


class CheckState(StrEnum):
    PLANNED = "planned"
    DRAWN = "drawn"
    INSPECTING = "inspecting"
    RECTIFYING = "rectifying"
    RECHECKING = "rechecking"
    AWAITING_PUBLICATION = "awaiting_publication"
    PUBLISHED = "published"


class CheckTrigger(StrEnum):
    DRAW = "draw"
    START = "start"
    ORDER_RECTIFICATION = "order_rectification"
    HAND_OVER = "hand_over"
    PASS = "pass"
    PUBLISH = "publish"


def two_inspectors_are_drawn(facts: TaskFacts) -> Sequence[Unmet]:
    """Inspections are carried out by no fewer than two (行政处罚法 42)."""
    drawn = facts.own.get("inspectors", 0)
    if isinstance(drawn, int) and drawn >= 2:
        return []
    return [Unmet("too-few-inspectors", f"已抽取检查人员{drawn}人，至少需要2人")]


CHECK_WORKFLOW = Workflow(
    name="test-random-check",
    title="双随机抽查",
    noun="抽查任务",
    states=CheckState,
    initial=CheckState.PLANNED,
    rules=(
        Rule(
            CheckTrigger.DRAW,
            (CheckState.PLANNED,),
            (CheckState.DRAWN,),
            frozenset({Role.COORDINATOR}),
            (people_are_set, two_inspectors_are_drawn),
            stands_for=TaskTrigger.ISSUE,
        ),
        Rule(
            CheckTrigger.START,
            (CheckState.DRAWN,),
            (CheckState.INSPECTING,),
            frozenset({Role.OWNER}),
            stands_for=TaskTrigger.ACCEPT,
        ),
        Rule(
            CheckTrigger.ORDER_RECTIFICATION,
            (CheckState.INSPECTING,),
            (CheckState.RECTIFYING,),
            frozenset({Role.OWNER}),
            needs_reason=True,
        ),
        Rule(
            CheckTrigger.HAND_OVER,
            (CheckState.INSPECTING, CheckState.RECTIFYING),
            (CheckState.RECHECKING,),
            frozenset({Role.OWNER}),
            (evidence_is_handed_in,),
            stands_for=TaskTrigger.SUBMIT,
        ),
        Rule(
            CheckTrigger.PASS,
            (CheckState.RECHECKING,),
            (CheckState.AWAITING_PUBLICATION,),
            frozenset({Role.REVIEWER}),
            (reviewer_is_independent, evidence_is_accepted),
            stands_for=TaskTrigger.APPROVE,
        ),
        Rule(
            CheckTrigger.PUBLISH,
            (CheckState.AWAITING_PUBLICATION,),
            (CheckState.PUBLISHED,),
            frozenset({Role.LEADER}),
            (closer_is_independent,),
            stands_for=TaskTrigger.CLOSE,
        ),
    ),
    state_labels={
        CheckState.PLANNED: "待抽取",
        CheckState.DRAWN: "已抽取",
        CheckState.INSPECTING: "检查中",
        CheckState.RECTIFYING: "整改中",
        CheckState.RECHECKING: "待复核",
        CheckState.AWAITING_PUBLICATION: "待公示",
        CheckState.PUBLISHED: "已公示",
    },
    trigger_labels={
        CheckTrigger.DRAW: "抽取",
        CheckTrigger.START: "开始检查",
        CheckTrigger.ORDER_RECTIFICATION: "责令整改",
        CheckTrigger.HAND_OVER: "提交复核",
        CheckTrigger.PASS: "复核通过",
        CheckTrigger.PUBLISH: "公示结果",
    },
    life={
        CheckState.PLANNED: TaskState.DRAFT,
        CheckState.DRAWN: TaskState.ISSUED,
        CheckState.INSPECTING: TaskState.ACTIVE,
        CheckState.RECTIFYING: TaskState.ACTIVE,
        CheckState.RECHECKING: TaskState.IN_REVIEW,
        CheckState.AWAITING_PUBLICATION: TaskState.AWAITING_CLOSURE,
        CheckState.PUBLISHED: TaskState.CLOSED,
    },
)
register(CHECK_WORKFLOW)
