"""Which workflows there are. A new kind of campaign registers its own here when it is imported."""

from __future__ import annotations

from enum import StrEnum

from workflows.kernel import Workflow
from workflows.task import TASK_WORKFLOW, TaskState, TaskTrigger

_registered: dict[str, Workflow] = {TASK_WORKFLOW.name: TASK_WORKFLOW}


class WorkflowUnknown(Exception):
    """A campaign asks for a workflow that nobody registered."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"没有名为“{name}”的工作流程，可以使用的是：{'、'.join(_registered)}。")


def register(workflow: Workflow) -> None:
    """Make a workflow known by its name. Registering the same declaration again changes nothing.

    Raises ValueError where the declaration cannot be lived: a state without a place in the life of a task, a rule
    whose effects do not lead where its states say, or a name that is taken.
    """
    if _registered.get(workflow.name, workflow) is not workflow:
        raise ValueError(f"The workflow name {workflow.name!r} is taken.")
    for state in workflow.states:
        TaskState(workflow.life_of(state))
    for rule in workflow.rules:
        act = act_of(workflow, rule.trigger)
        lives = {workflow.life_of(state) for state in rule.dests}
        allowed = set(TASK_WORKFLOW.rule(act).dests) if act else {workflow.life_of(s) for s in rule.sources}
        if not lives <= allowed:
            raise ValueError(f"{workflow.name}.{rule.trigger} leads to {lives}, its effects to {allowed}.")
    _registered[workflow.name] = workflow


def workflow_named(name: str) -> Workflow:
    """Raises WorkflowUnknown."""
    try:
        return _registered[name]
    except KeyError as error:
        raise WorkflowUnknown(name) from error


def act_of(workflow: Workflow, trigger: StrEnum) -> TaskTrigger | None:
    """The trigger of the task's table whose effects `trigger` shares; None where it only moves the step."""
    named = workflow.rule(trigger).stands_for
    if named is None and workflow is TASK_WORKFLOW:
        named = trigger
    return None if named is None else TaskTrigger(named)


def names_of(act: TaskTrigger) -> frozenset[str]:
    """What the triggers are called that share the effects of `act`, in any workflow."""
    return frozenset(
        rule.trigger.value
        for workflow in _registered.values()
        for rule in workflow.rules
        if act_of(workflow, rule.trigger) is act
    )


def initial_step(workflow: Workflow) -> str | None:
    """The step of a new task; None in the task's own workflow, whose steps are the states themselves."""
    return workflow.initial.value if workflow.life else None


def state_label(workflow_name: str, state: TaskState, step: str | None) -> str:
    """What people call where a task is."""
    workflow = workflow_named(workflow_name)
    return workflow.state_labels[workflow.states(step or state)]
