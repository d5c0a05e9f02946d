"""An audit event with everything around it as it is now, and whether it is still worth telling.

An event is told only while what it says is still so: after a stoppage nobody is asked to accept a task that he
has accepted meanwhile. What happened to a shared milestone, or to what was handed in for a shared list, concerns
every open task that the list serves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from notifications.audience import Audience, gather_audiences
from notifications.policy import Recipient
from tracker.identity import id_of
from tracker.models import AuditEvent, Evidence, EvidenceState, Extension, Instruction, Milestone, Task
from tracker.queries.parts import Parts, map_parts
from tracker.queries.served import SharedList
from tracker.queries.trail import Subject, list_milestones_granted_before, map_subjects, map_tasks
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState


@dataclass(frozen=True)
class EventCase:
    """One event, its task and the row it speaks of, as they are now.

    Of a shared list the task is the first open one that it serves, and the parts are those on all open ones.
    """

    event: AuditEvent
    data: dict[str, Any]
    task: Task
    parts: Parts
    subject: Subject | None
    was_extended: bool = False  # its milestone was given an extension before
    audience: Audience | None = None  # of a list: the open tasks that it serves

    @property
    def milestone_id(self) -> int | None:
        if isinstance(self.subject, Milestone):
            return self.subject.id
        return self.subject.milestone_id if isinstance(self.subject, Extension) else None

    @property
    def task_ids(self) -> list[int]:
        """Every task for which somebody may be told."""
        return [task.task_id for task in self.audience.tasks] if self.audience else [id_of(self.task)]

    def task_for(self, person: int, recipient: Recipient) -> int:
        return self.audience.task_for(person, recipient) if self.audience else id_of(self.task)


def gather_cases(session: Session, events: Sequence[AuditEvent]) -> list[EventCase]:
    """The events that belong to a task, in their order, with what is around them."""
    audiences = _gather_audiences(session, events)
    concerned = {event.task_id for event in events if event.task_id}
    concerned |= {audience.tasks[0].task_id for audience in audiences.values()}
    tasks = map_tasks(session, concerned)
    parts = map_parts(session, {number: task.campaign_id for number, task in tasks.items()})
    subjects = {
        kind: map_subjects(
            session, kind, {e.subject_id for e in events if e.subject == kind and e.subject_id}
        )
        for kind in {event.subject for event in events}
    }
    extended = list_milestones_granted_before(
        session,
        {row.milestone_id for row in subjects.get("extension", {}).values() if isinstance(row, Extension)},
    )
    cases = []
    for event in events:
        if event.task_id not in tasks:
            continue
        subject = subjects[event.subject].get(event.subject_id or 0)
        was_extended = isinstance(subject, Extension) and subject.milestone_id in extended
        audience = audiences.get((event.subject, event.task_id))
        task_id = audience.tasks[0].task_id if audience else event.task_id
        cases.append(
            EventCase(
                event,
                json.loads(event.data),
                tasks[task_id],
                audience.parts if audience else parts[task_id],
                subject,
                was_extended,
                audience,
            )
        )
    return cases


def _gather_audiences(session: Session, events: Sequence[AuditEvent]) -> dict[tuple[str, int], Audience]:
    """Whom events of lists concern, by subject and the task that holds the list; where nothing is open, none."""
    found: dict[tuple[str, int], Audience] = {}
    for subject, shared in _LIST_OF.items():
        holders = {event.task_id for event in events if event.subject == subject and event.task_id}
        if not holders:
            continue
        for holder_id, audiences in gather_audiences(session, holders, shared).items():
            if audiences.steps and audiences.steps.tasks[0].state in OPEN_STATES:
                found[subject, holder_id] = audiences.steps
    return found


_LIST_OF = {
    "milestone": SharedList.MILESTONES,
    "extension": SharedList.MILESTONES,
    "evidence": SharedList.DELIVERABLES,
}


def newest_of_each(cases: Sequence[EventCase]) -> list[EventCase]:
    """Without those that a later one of the same kind on the same row has overtaken; every urging counts."""
    newest = {
        (case.event.kind, case.event.subject_id, case.data.get("role")): case.event.id for case in cases
    }
    return [
        case
        for case in cases
        if case.event.kind == "task.urge"
        or newest[case.event.kind, case.event.subject_id, case.data.get("role")] == case.event.id
    ]


def is_still_so(case: EventCase) -> bool:
    """Whether what the event says is still true of the register."""
    if states := _STATES.get(case.event.kind):
        return case.task.state in states
    if case.event.kind in ("person.reassign", "person.appoint"):
        return _is_newcomer_in_charge(case)
    match case.subject:
        case Extension(state=state):
            return state is _EXTENSION_STATES[case.event.kind] and _awaits_step(case, case.subject)
        case Milestone(state=state):
            return state is _MILESTONE_STATES[case.event.kind] and case.task.state in OPEN_STATES
        case Instruction(acknowledged_at=acknowledged_at):
            return acknowledged_at is None and case.task.state in OPEN_STATES
        case Evidence(state=state):
            return state is EvidenceState.REJECTED and case.task.state in OPEN_STATES
    return False


def newcomer(case: EventCase) -> int | None:
    """Whom a change of people put in charge."""
    changed = case.data.get("changed", {}).get("person_id")
    return changed[1] if changed else case.data.get("person_id")


def needs_consent(case: EventCase) -> bool:
    """Whether the coordinator has to consent before the leader may decide."""
    return case.was_extended and isinstance(case.subject, Extension) and case.subject.consented_at is None


_STATES: dict[str, tuple[TaskState, ...]] = {
    "task.issue": (TaskState.ISSUED,),
    "task.decline": (TaskState.DRAFT,),
    "task.submit": (TaskState.IN_REVIEW,),
    "task.send_back": (TaskState.ACTIVE,),
    "task.approve": (TaskState.AWAITING_CLOSURE,),
    "task.reject": (TaskState.ACTIVE,),
    "task.close": (TaskState.CLOSED, TaskState.ARCHIVED),
    "task.reopen": (TaskState.ACTIVE,),
    "task.suspend": (TaskState.SUSPENDED,),
    "task.resume": OPEN_STATES,
    "task.cancel": (TaskState.CANCELLED,),
    "task.urge": OPEN_STATES,
}
_EXTENSION_STATES = {
    "extension.request": ExtensionState.REQUESTED,
    "extension.consent": ExtensionState.REQUESTED,
    "extension.grant": ExtensionState.GRANTED,
    "extension.refuse": ExtensionState.REFUSED,
}
_MILESTONE_STATES = {
    "milestone.report": MilestoneState.REPORTED,
    "milestone.return": MilestoneState.PENDING,
}


def _awaits_step(case: EventCase, extension: Extension) -> bool:
    """A request whose consent was given meanwhile is told by the consent, to the leader."""
    if case.event.kind != "extension.request" or not case.was_extended:
        return True
    return extension.consented_at is None


def _is_newcomer_in_charge(case: EventCase) -> bool:
    """Appointed in a draft, he hears of it when the task is issued."""
    issued_at = case.task.issued_at
    if case.task.state not in OPEN_STATES or issued_at is None or case.event.at < issued_at:
        return False
    return newcomer(case) in case.parts.holders(Role(case.data["role"]))
