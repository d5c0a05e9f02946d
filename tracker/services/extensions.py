"""Asking for more time (延期), and answering. The first due day is kept whatever is granted.

A request made after the date is late for good: the milestone it is granted for never counts as on time. A shared
milestone is asked for by an owner of any open task that it serves, and answered by its leader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.identity import id_of
from tracker.models import Extension, Milestone, Task
from tracker.queries.milestones import get_extension, get_milestone, list_extensions
from tracker.queries.parts import Parts
from tracker.queries.served import WATCHED_STATES, ServedTasks, get_served_tasks, lock_served_tasks
from tracker.queries.timeline import list_interruptions_of_list
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor, record
from tracker.services.changing import Changes, change_row
from tracker.services.watching import look_day
from workflows.extension import EXTENSION_WORKFLOW, ExtensionFacts, ExtensionState, ExtensionTrigger
from workflows.kernel import GuardsUnmet, Unmet, explain, fire
from workflows.milestone import OPEN_MILESTONES, MilestoneState
from workflows.task import OPEN_STATES


def request_extension(
    session: Session, milestone_id: int, *, to_due_on: date, reason: str, actor: Actor, at: datetime
) -> Extension:
    """The owner asks for a later day, with a reason.

    Raises MilestoneNotFound or GuardsUnmet. The caller commits.
    """
    milestone = get_milestone(session, milestone_id)
    served = lock_served_tasks(session, milestone.task_id)
    session.refresh(milestone)
    earlier = list_extensions(session, milestone_id)
    today = office_day(at)
    extension = Extension(
        milestone_id=milestone_id,
        number=len(earlier) + 1,
        from_due_on=milestone.due_on or to_due_on,
        to_due_on=to_due_on,
        reason=reason.strip(),
        is_late=_is_late(session, served, milestone, today),
        requested_at=at,
        requested_by_id=actor.person_id or 0,
    )
    question = _Question(served, milestone, extension, ExtensionTrigger.REQUEST, actor, reason, today)
    extension.state = _fire(session, question)
    session.add(extension)
    session.flush()
    _record(session, extension, milestone, ExtensionTrigger.REQUEST, actor, at, {}, reason)
    return extension


def consent_extension(session: Session, extension_id: int, *, actor: Actor, at: datetime) -> Extension:
    """The coordinator consents to a second extension of one milestone, so that the leader may grant it."""
    values = {"consented_at": at, "consented_by_id": actor.person_id}
    extension, _, _ = _answer(session, extension_id, ExtensionTrigger.CONSENT, values, actor, at, None)
    return extension


def grant_extension(
    session: Session, extension_id: int, *, actor: Actor, at: datetime, reason: str | None = None
) -> Extension:
    """The leader grants it: the due day moves, the first one stays."""
    values = {"decided_at": at, "decided_by_id": actor.person_id, "decision": reason}
    extension, milestone, served = _answer(
        session, extension_id, ExtensionTrigger.GRANT, values, actor, at, reason
    )
    milestone.due_on = extension.to_due_on
    milestone.is_provisional = False
    milestone.was_overdue = milestone.was_overdue or extension.is_late
    is_watched = served.is_any_in(WATCHED_STATES)
    milestone.look_on = look_day(milestone, office_day(at), is_watched=is_watched)
    session.flush()
    return extension


def refuse_extension(
    session: Session, extension_id: int, *, actor: Actor, at: datetime, reason: str
) -> Extension:
    """The leader refuses it, with a reason; the due day stays."""
    values = {"decided_at": at, "decided_by_id": actor.person_id, "decision": reason.strip()}
    extension, _, _ = _answer(session, extension_id, ExtensionTrigger.REFUSE, values, actor, at, reason)
    return extension


def explain_extension(
    session: Session,
    extension_id: int,
    trigger: ExtensionTrigger,
    *,
    actor: Actor,
    at: datetime,
    reason: str | None = None,
) -> list[Unmet]:
    """Return everything that an answer still lacks for this actor; empty where it may be given."""
    extension = get_extension(session, extension_id)
    milestone = get_milestone(session, extension.milestone_id)
    served = get_served_tasks(session, milestone.task_id)
    question = _Question(served, milestone, extension, trigger, actor, reason, office_day(at))
    return _unmet(question, list_extensions(session, id_of(milestone)))


def extension_unmet(
    extension: Extension,
    milestone: Milestone,
    served: ServedTasks,
    trigger: ExtensionTrigger,
    *,
    all_of_milestone: Sequence[Extension],
    actor: Actor,
    today: date,
    reason: str | None = None,
) -> list[Unmet]:
    """What `explain_extension` says, for whoever has read the milestone's extensions and tasks already."""
    question = _Question(served, milestone, extension, trigger, actor, reason, today)
    return _unmet(question, all_of_milestone)


def requesting_unmet(
    milestone: Milestone,
    served: ServedTasks,
    *,
    all_of_milestone: Sequence[Extension],
    actor: Actor,
    today: date,
) -> list[Unmet]:
    """What keeps the actor from asking for a later day of the milestone, whichever day and reason he will name."""
    question = _Question(served, milestone, _Wish(), ExtensionTrigger.REQUEST, actor, None, today)
    unmet = _unmet(question, all_of_milestone)
    return [condition for condition in unmet if condition.code != "missing-reason"]


def _unmet(question: _Question, all_of_milestone: Sequence[Extension]) -> list[Unmet]:
    facts = _facts(question, all_of_milestone)
    served = question.served
    task = served.standpoint(lambda task, parts: _lacking(question, facts, task, parts))
    return _lacking(question, facts, task, served.parts_of(task))


def _is_late(session: Session, served: ServedTasks, milestone: Milestone, today: date) -> bool:
    """Asked for after the date. Days on which all that it serves was suspended do not count: the clock stood still."""
    due_on = milestone.due_on
    if due_on is None or today <= due_on:
        return False
    pauses = list_interruptions_of_list(session, served.tasks)
    stood_still = sum((resumed - suspended).days for suspended, resumed in pauses if suspended <= due_on)
    return (today - due_on).days > stood_still


def _answer(
    session: Session,
    extension_id: int,
    trigger: ExtensionTrigger,
    values: dict[str, Any],
    actor: Actor,
    at: datetime,
    reason: str | None,
) -> tuple[Extension, Milestone, ServedTasks]:
    milestone = get_milestone(session, get_extension(session, extension_id).milestone_id)
    served = lock_served_tasks(session, milestone.task_id)
    session.refresh(milestone)
    extension = get_extension(session, extension_id)
    session.refresh(extension)
    before = extension.state
    question = _Question(served, milestone, extension, trigger, actor, reason, office_day(at))
    state = _fire(session, question)
    changed = change_row(extension, values | {"state": state})
    changed.pop("state", None)
    if trigger is ExtensionTrigger.GRANT:
        changed["due_on"] = [extension.from_due_on.isoformat(), extension.to_due_on.isoformat()]
    session.flush()
    _record(session, extension, milestone, trigger, actor, at, changed, reason, before)
    return extension, milestone, served


@dataclass(frozen=True)
class _Wish:
    """What the rules look at of an extension that nobody has asked for yet: whatever day he will name is later."""

    id: int | None = None
    state: ExtensionState = ExtensionState.DRAFTED
    to_due_on: date = date.max
    consented_at: datetime | None = None


@dataclass(frozen=True)
class _Question:
    """Who asks for what of an extension, on which office day."""

    served: ServedTasks
    milestone: Milestone
    extension: Extension | _Wish
    trigger: ExtensionTrigger
    actor: Actor
    reason: str | None
    today: date


def _facts(asked: _Question, all_of_milestone: Sequence[Extension]) -> ExtensionFacts:
    """What is the same for all tasks that the milestone serves."""
    milestone, extension = asked.milestone, asked.extension
    others = [each for each in all_of_milestone if each.id != extension.id]
    return ExtensionFacts(
        reason=asked.reason,
        is_milestone_open=milestone.state in OPEN_MILESTONES,
        is_reported=milestone.state is MilestoneState.REPORTED,
        has_due_day=milestone.due_on is not None,
        is_later=milestone.due_on is None
        or (extension.to_due_on > milestone.due_on and extension.to_due_on >= asked.today),
        has_open_request=any(each.state is ExtensionState.REQUESTED for each in others),
        earlier_grants=sum(each.state is ExtensionState.GRANTED for each in others),
        has_consent=extension.consented_at is not None,
    )


def _facts_of(asked: _Question, facts: ExtensionFacts, task: Task, parts: Parts) -> ExtensionFacts:
    roles = parts.roles_of(asked.actor.person_id)
    return replace(facts, actor_roles=roles, is_task_open=task.state in OPEN_STATES)


def _lacking(asked: _Question, facts: ExtensionFacts, task: Task, parts: Parts) -> list[Unmet]:
    mine = _facts_of(asked, facts, task, parts)
    unmet = explain(EXTENSION_WORKFLOW, asked.extension.state, asked.trigger, mine)
    return [*recording_unmet(parts, asked.actor), *unmet]


def _fire(session: Session, asked: _Question) -> ExtensionState:
    facts = _facts(asked, list_extensions(session, id_of(asked.milestone)))
    task = asked.served.standpoint(lambda task, parts: _lacking(asked, facts, task, parts))
    parts = asked.served.parts_of(task)
    if recording_unmet(parts, asked.actor):
        raise GuardsUnmet(EXTENSION_WORKFLOW, asked.trigger, _lacking(asked, facts, task, parts))
    mine = _facts_of(asked, facts, task, parts)
    return ExtensionState(fire(EXTENSION_WORKFLOW, asked.extension.state, asked.trigger, mine))


def _record(
    session: Session,
    extension: Extension,
    milestone: Milestone,
    trigger: ExtensionTrigger,
    actor: Actor,
    at: datetime,
    changed: Changes,
    reason: str | None,
    before: ExtensionState = ExtensionState.DRAFTED,
) -> None:
    data: dict[str, Any] = {"from": before.value, "to": extension.state.value, "changed": changed}
    data |= {
        "milestone_id": extension.milestone_id,
        "number": extension.number,
        "is_late": extension.is_late,
        "from_due_on": extension.from_due_on.isoformat(),
        "to_due_on": extension.to_due_on.isoformat(),
    }
    if reason and reason.strip():
        data["reason"] = reason.strip()
    record(
        session,
        kind=f"extension.{trigger.value}",
        actor=actor,
        at=at,
        subject="extension",
        subject_id=id_of(extension),
        task_id=milestone.task_id,
        data=data,
    )
