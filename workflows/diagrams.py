"""State diagrams, written from the rules themselves so that the documentation cannot disagree."""

from __future__ import annotations

from workflows.extension import EXTENSION_WORKFLOW
from workflows.kernel import Workflow
from workflows.milestone import MILESTONE_WORKFLOW
from workflows.roles import ROLE_LABELS
from workflows.task import TASK_WORKFLOW

WORKFLOWS: dict[str, Workflow] = {
    workflow.name: workflow for workflow in (TASK_WORKFLOW, MILESTONE_WORKFLOW, EXTENSION_WORKFLOW)
}


def mermaid(workflow: Workflow) -> str:
    """Return the workflow as a Mermaid state diagram: one arrow a trigger, labelled with who may fire it."""
    lines = ["stateDiagram-v2", f"    [*] --> {workflow.initial.value}"]
    lines += [f"    {state.value}: {label}" for state, label in workflow.state_labels.items()]
    for rule in workflow.rules:
        who = "、".join(ROLE_LABELS[role] for role in sorted(rule.roles))
        label = f"{workflow.trigger_labels[rule.trigger]}（{who}）"
        lines += [
            f"    {source.value} --> {dest.value}: {label}" for source in rule.sources for dest in rule.dests
        ]
    return "\n".join(lines) + "\n"
