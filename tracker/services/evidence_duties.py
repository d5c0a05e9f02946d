"""Who may hand in, accept and reject evidence, and when: what stands in the way, all of it at once.

A list of deliverables may serve several tasks. Its evidence is handed in by an owner of any of them (what is from before
the program came, by the coordinator), and reviewed by somebody who reviews one of them and owns none.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.models import Deliverable, Evidence, EvidenceState, Task
from tracker.queries.served import ServedTasks
from tracker.services.auditing import Actor
from workflows.kernel import Unmet
from workflows.task import TASK_WORKFLOW, TaskState

REVIEWED_IN = (TaskState.ACTIVE, TaskState.IN_REVIEW)
APPROVED = (TaskState.AWAITING_CLOSURE, TaskState.CLOSED, TaskState.ARCHIVED)


def handing_in_unmet(served: ServedTasks, deliverable: Deliverable, actor: Actor) -> list[Unmet]:
    """What keeps the actor from handing in for a deliverable."""
    return _handing_in_unmet(served, f"第{deliverable.number}项成果“{deliverable.text}”", actor)


def handing_in_any_unmet(served: ServedTasks, actor: Actor) -> list[Unmet]:
    """The same of all deliverables of a list, said once: nothing of it asks which one."""
    return _handing_in_unmet(served, "各项成果", actor)


def _handing_in_unmet(served: ServedTasks, label: str, actor: Actor) -> list[Unmet]:
    owned = [task for task in served.tasks if actor.person_id in served.parts_of(task).owners]
    unmet = _recording_unmet(actor)
    if not owned:
        unmet.append(Unmet("wrong-role", f"{label}须由任务责任人提交"))
    elif not any(task.state is TaskState.ACTIVE for task in owned):
        unmet.append(
            Unmet("task-not-active", f"{label}所属任务现在是{_states(owned)}，“办理中”时才能提交材料")
        )
    return unmet


def bringing_unmet(served: ServedTasks, deliverable: Deliverable, actor: Actor) -> list[Unmet]:
    """What keeps the actor from bringing, with 补录, what was handed in on paper before the task was issued."""
    unmet = _recording_unmet(actor)
    if not any(actor.person_id in parts.coordinators for parts in served.parts.values()):
        unmet.append(Unmet("wrong-role", "补录时附的材料须由协调员提交"))
    if not served.is_in_draft:
        label = f"第{deliverable.number}项成果“{deliverable.text}”"
        unmet.append(Unmet("task-not-draft", f"{label}所属任务已经下达，请由责任人提交材料"))
    return unmet


def accepting_unmet(served: ServedTasks, evidence: Evidence, newest: Evidence, actor: Actor) -> list[Unmet]:
    """What keeps the actor from accepting a piece of evidence, of which `newest` is the newest version."""
    unmet = [*_reviewing_unmet(served, evidence, actor), *_newest_unmet(evidence, newest)]
    if evidence.state is EvidenceState.ACCEPTED:
        unmet.append(Unmet("already-accepted", "材料已经审核通过，不需要再次审核"))
    return unmet


def rejecting_unmet(
    served: ServedTasks, evidence: Evidence, newest: Evidence, actor: Actor, reason: str
) -> list[Unmet]:
    """What keeps the actor from rejecting a piece of evidence, accepted or not."""
    unmet = [*_reviewing_unmet(served, evidence, actor), *_newest_unmet(evidence, newest)]
    if evidence.state is EvidenceState.REJECTED:
        unmet.append(Unmet("already-rejected", "材料已经退回，请等待责任人重新提交"))
    if approved := [task for task in served.tasks if task.state in APPROVED]:
        unmet.append(
            Unmet("already-approved", f"任务现在是{_states(approved)}，审核通过之后不能再退回单件材料")
        )
    if not reason.strip():
        unmet.append(Unmet("missing-reason", "退回材料须写明理由"))
    return unmet


def _reviewing_unmet(served: ServedTasks, evidence: Evidence, actor: Actor) -> list[Unmet]:
    unmet = _recording_unmet(actor)
    reviewers = [
        served.parts_of(task).reviewers(submitted_by=evidence.submitted_by_id) for task in served.tasks
    ]
    reviewed = [task for task, each in zip(served.tasks, reviewers, strict=True) if actor.person_id in each]
    if actor.person_id == evidence.submitted_by_id:
        unmet.append(Unmet("own-work", "提交人不能审核自己提交的材料，请由盯办人或者协调员审核"))
    elif not any(reviewers):
        unmet.append(Unmet("no-reviewer", "没有可以审核的人，请另外指定一名不是责任人的盯办人或者协调员"))
    elif not reviewed:
        unmet.append(Unmet("wrong-role", "审核材料须由审核人（盯办人；盯办人同时是责任人的，为协调员）办理"))
    elif not any(task.state in REVIEWED_IN for task in reviewed):
        unmet.append(
            Unmet("task-not-in-review", f"任务现在是{_states(reviewed)}，“办理中”或者“待审核”时才能审核材料")
        )
    return unmet


def _newest_unmet(evidence: Evidence, newest: Evidence) -> list[Unmet]:
    if newest.id == evidence.id:
        return []
    return [
        Unmet(
            "superseded", f"这是第{evidence.version}版，已有第{newest.version}版，请审核第{newest.version}版"
        )
    ]


def _recording_unmet(actor: Actor) -> list[Unmet]:
    if actor.recorded_by_id is None:
        return []
    return [Unmet("not-recordable", "材料的提交和审核不能代录，请由本人办理")]


def _states(tasks: Sequence[Task]) -> str:
    labels = dict.fromkeys(TASK_WORKFLOW.state_labels[task.state] for task in tasks)
    return "、".join(f"“{label}”" for label in labels)
