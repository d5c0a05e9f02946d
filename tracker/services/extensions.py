"""Asking for more time (延期), and answering. The first due day is kept whatever is granted.

A request made after the date is late for good: the milestone it is granted for never counts as on time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.identity import id_of
from tracker.models import Extension, Milestone, Task
from tracker.queries.milestones import get_extension, get_milestone, list_extensions
from tracker.queries.parts import get_parts
from tracker.queries.tasks import get_task, lock_task
from tracker.queries.timeline import list_interruptions
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor, record
from tracker.services.changing import Changes, change_row
from tracker.services.watching import OPEN_MILESTONES, look_day
from workflows.extension import EXTENSION_WORKFLOW, ExtensionFacts, ExtensionState, ExtensionTrigger
from workflows.kernel import GuardsUnmet, Unmet, explain, fire
from workflows.task import OPEN_STATES


def request_extension(
    session: Session, milestone_id: int, *, to_due_on: date, reason: str, actor: Actor, at: datetime
) -> Extension:
    """The owner asks for a later day, with a reason.

    Raises MilestoneNotFound or GuardsUnmet. The caller commits.
    """
    milestone = get_milestone(session, milestone_id)
    task = lock_task(session, milestone.task_id)
    session.refresh(milestone)
    earlier = list_extensions(session, milestone_id)
    today = office_day(at)
    extension = Extension(
        milestone_id=milestone_id,
        number=len(earlier) + 1,
        from_due_on=milestone.due_on or to_due_on,
        to_due_on=to_due_on,
        reason=reason.strip(),
        is_late=_is_late(session, milestone, today),
        requested_at=at,
        requested_by_id=actor.person_id or 0,
    )
    facts = _facts(session, task, milestone, extension, actor, reason, today)
    extension.state = _fire(session, task, extension, ExtensionTrigger.REQUEST, facts, actor)
    session.add(extension)
    session.flush()
    _record(session, extension, task, ExtensionTrigger.REQUEST, actor, at, {}, reason)
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
    extension, milestone, task = _answer(
        session, extension_id, ExtensionTrigger.GRANT, values, actor, at, reason
    )
    milestone.due_on = extension.to_due_on
    milestone.is_provisional = False
    milestone.was_overdue = milestone.was_overdue or extension.is_late
    milestone.look_on = look_day(task, milestone, office_day(at))
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
    task = get_task(session, milestone.task_id)
    facts = _facts(session, task, milestone, extension, actor, reason, office_day(at))
    unmet = recording_unmet(get_parts(session, task), actor)
    return [*unmet, *explain(EXTENSION_WORKFLOW, extension.state, trigger, facts)]


def _is_late(session: Session, milestone: Milestone, today: date) -> bool:
    """Asked for after the date. Days on which the task was suspended do not count: its clock stood still."""
    due_on = milestone.due_on
    if due_on is None or today <= due_on:
        return False
    pauses = list_interruptions(session, milestone.task_id)
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
) -> tuple[Extension, Milestone, Task]:
    milestone = get_milestone(session, get_extension(session, extension_id).milestone_id)
    task = lock_task(session, milestone.task_id)
    session.refresh(milestone)
    extension = get_extension(session, extension_id)
    session.refresh(extension)
    facts = _facts(session, task, milestone, extension, actor, reason, office_day(at))
    before = extension.state
    state = _fire(session, task, extension, trigger, facts, actor)
    changed = change_row(extension, values | {"state": state})
    changed.pop("state", None)
    if trigger is ExtensionTrigger.GRANT:
        changed["due_on"] = [extension.from_due_on.isoformat(), extension.to_due_on.isoformat()]
    session.flush()
    _record(session, extension, task, trigger, actor, at, changed, reason, before)
    return extension, milestone, task


def _facts(
    session: Session,
    task: Task,
    milestone: Milestone,
    extension: Extension,
    actor: Actor,
    reason: str | None,
    today: date,
) -> ExtensionFacts:
    others = [each for each in list_extensions(session, id_of(milestone)) if each.id != extension.id]
    return ExtensionFacts(
        actor_roles=get_parts(session, task).roles_of(actor.person_id),
        reason=reason,
        is_task_open=task.state in OPEN_STATES,
        is_milestone_open=milestone.state in OPEN_MILESTONES,
        has_due_day=milestone.due_on is not None,
        is_later=milestone.due_on is None
        or (extension.to_due_on > milestone.due_on and extension.to_due_on >= today),
        has_open_request=any(each.state is ExtensionState.REQUESTED for each in others),
        earlier_grants=sum(each.state is ExtensionState.GRANTED for each in others),
        has_consent=extension.consented_at is not None,
    )


def _fire(
    session: Session,
    task: Task,
    extension: Extension,
    trigger: ExtensionTrigger,
    facts: ExtensionFacts,
    actor: Actor,
) -> ExtensionState:
    if unmet := recording_unmet(get_parts(session, task), actor):
        more = explain(EXTENSION_WORKFLOW, extension.state, trigger, facts)
        raise GuardsUnmet(EXTENSION_WORKFLOW, trigger, [*unmet, *more])
    return ExtensionState(fire(EXTENSION_WORKFLOW, extension.state, trigger, facts))


def _record(
    session: Session,
    extension: Extension,
    task: Task,
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
        task_id=id_of(task),
        data=data,
    )
