"""How standing duties end: they have no final date and close with their campaign.

A declaration of its own beside the task's table, on the same kernel: no person can fire it on a single task;
closing the campaign does, for tasks under way on which nothing but standing duties is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from workflows.kernel import Rule, Unmet, Workflow
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW, TaskFacts, TaskState, evidence_is_accepted, steps_are_done


class StandingTrigger(StrEnum):
    CONCLUDE = "conclude"


def is_a_standing_duty(facts: TaskFacts) -> Sequence[Unmet]:
    if any(step.is_standing for step in facts.milestones):
        return []
    return [Unmet("not-standing", "任务没有常态化节点，请按提交、审核、销号的程序办结")]


STANDING_WORKFLOW = Workflow(
    name="standing",
    title="常态化任务",
    noun="任务",
    states=TaskState,
    initial=TaskState.ACTIVE,
    rules=(
        Rule(
            StandingTrigger.CONCLUDE,
            (TaskState.ACTIVE,),
            (TaskState.CLOSED,),
            frozenset({Role.COORDINATOR, Role.ADMINISTRATOR, Role.SYSTEM}),
            (is_a_standing_duty, steps_are_done, evidence_is_accepted),
        ),
    ),
    state_labels=TASK_WORKFLOW.state_labels,
    trigger_labels={StandingTrigger.CONCLUDE: "随专项工作结束"},
    open_states=frozenset({TaskState.ACTIVE}),
)
