"""Reporting, confirming, returning and waiving milestones.

A standing duty (常态化) is never finished: a report on it is news, kept with its day, and it stays pending. A list
may serve several tasks: who plays the part on any of them may act, while that one is where the act belongs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import StaleTask
from tracker.identity import id_of
from tracker.models import Milestone, Task
from tracker.queries.milestones import get_milestone, list_archive_milestones, list_occurrences
from tracker.queries.parts import Parts
from tracker.queries.served import (
    WATCHED_STATES,
    ServedTasks,
    get_served_tasks,
    holder_of,
    list_states_of_list,
    lock_served_tasks,
)
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor, record
from tracker.services.changing import Changes, changes_of, compare_and_set
from tracker.services.watching import look_day
from workflows.kernel import GuardsUnmet, Unmet, explain, fire
from workflows.milestone import (
    MILESTONE_WORKFLOW,
    OPEN_MILESTONES,
    MilestoneFacts,
    MilestoneKind,
    MilestoneState,
    MilestoneTrigger,
)
from workflows.roles import Role
from workflows.task import TaskState

_NOTHING_TO_ARCHIVE = frozenset({TaskState.ARCHIVED, TaskState.CANCELLED, TaskState.DRAFT})
_NOT_REPORTED = {"reported_at": None, "reported_by_id": None, "report_note": None}


def report_milestone(
    session: Session, milestone_id: int, *, note: str, actor: Actor, at: datetime
) -> Milestone:
    """The owner says that a step is done (or, of a standing duty, how it goes), with a note.

    Raises MilestoneNotFound, TransitionNotAllowed or GuardsUnmet. The caller commits.
    """
    milestone, served = _lock(session, milestone_id)
    state = _fire(milestone, served, MilestoneTrigger.REPORT, actor, note)
    if milestone.kind is MilestoneKind.STANDING:
        state = MilestoneState.PENDING
    values = {"reported_at": at, "reported_by_id": actor.person_id, "report_note": note.strip()}
    return move_and_record(session, milestone, state, values, MilestoneTrigger.REPORT, actor, at, note)


def confirm_milestone(
    session: Session, milestone_id: int, *, actor: Actor, at: datetime, note: str | None = None
) -> Milestone:
    """The reviewer confirms what was reported; never whoever reported it."""
    milestone, served = _lock(session, milestone_id)
    state = _fire(milestone, served, MilestoneTrigger.CONFIRM, actor, note)
    values = {"met_at": at, "met_by_id": actor.person_id, "look_on": None}
    return move_and_record(session, milestone, state, values, MilestoneTrigger.CONFIRM, actor, at, note)


def return_milestone(
    session: Session, milestone_id: int, *, actor: Actor, at: datetime, reason: str
) -> Milestone:
    """The reviewer sends a report back. It no longer counts: punctuality is that of the report finally accepted."""
    milestone, served = _lock(session, milestone_id)
    state = _fire(milestone, served, MilestoneTrigger.RETURN, actor, reason)
    milestone = move_and_record(
        session, milestone, state, _NOT_REPORTED, MilestoneTrigger.RETURN, actor, at, reason
    )
    is_watched = served.is_any_in(WATCHED_STATES)
    milestone.look_on = look_day(milestone, office_day(at), is_watched=is_watched)
    return milestone


def waive_milestone(
    session: Session, milestone_id: int, *, actor: Actor, at: datetime, reason: str
) -> Milestone:
    """The leader waives a step; waiving a series waives its occurrences that are still open, each on record."""
    milestone, served = _lock(session, milestone_id)
    state = _fire(milestone, served, MilestoneTrigger.WAIVE, actor, reason)
    values = {"waived_at": at, "look_on": None}
    for occurrence in list_occurrences(session, milestone_id):
        if occurrence.state in OPEN_MILESTONES:
            move_and_record(session, occurrence, state, values, MilestoneTrigger.WAIVE, actor, at, reason)
    return move_and_record(session, milestone, state, values, MilestoneTrigger.WAIVE, actor, at, reason)


def meet_archive_milestones(session: Session, task: Task, *, actor: Actor, at: datetime) -> list[Milestone]:
    """Meet the archiving milestones of a list where all that it serves is archived. Called by transitions alone.

    Those are not waited for that are a draft or cancelled; one at least has to be archived.
    """
    holder_id = holder_of(task)
    states = set(list_states_of_list(session, holder_id).values())
    if TaskState.ARCHIVED not in states or not states <= _NOTHING_TO_ARCHIVE:
        return []
    facts = MilestoneFacts(actor_roles=frozenset({Role.SYSTEM}), kind=MilestoneKind.ARCHIVE)
    values = {"met_at": at, "met_by_id": actor.person_id, "look_on": None}
    met = []
    for milestone in list_archive_milestones(session, holder_id):
        state = MilestoneState(fire(MILESTONE_WORKFLOW, milestone.state, MilestoneTrigger.ARCHIVE, facts))
        met.append(
            move_and_record(session, milestone, state, values, MilestoneTrigger.ARCHIVE, actor, at, None)
        )
    return met


def explain_milestone(
    session: Session,
    milestone_id: int,
    trigger: MilestoneTrigger,
    *,
    actor: Actor,
    reason: str | None = None,
) -> list[Unmet]:
    """Return everything that `trigger` still lacks for this actor; empty where it may be fired."""
    milestone = get_milestone(session, milestone_id)
    return milestone_unmet(
        milestone, get_served_tasks(session, milestone.task_id), trigger, actor=actor, reason=reason
    )


def milestone_unmet(
    milestone: Milestone,
    served: ServedTasks,
    trigger: MilestoneTrigger,
    *,
    actor: Actor,
    reason: str | None = None,
) -> list[Unmet]:
    """What `explain_milestone` says, for whoever has read the tasks that the milestone serves already."""
    task = _standpoint(milestone, served, trigger, actor, reason)
    return _lacking(milestone, task, served.parts_of(task), trigger, actor, reason)


def _lock(session: Session, milestone_id: int) -> tuple[Milestone, ServedTasks]:
    milestone = get_milestone(session, milestone_id)
    served = lock_served_tasks(session, milestone.task_id)
    session.refresh(milestone)
    return milestone, served


def _standpoint(
    milestone: Milestone, served: ServedTasks, trigger: MilestoneTrigger, actor: Actor, reason: str | None
) -> Task:
    """For which of the tasks that the milestone serves the actor acts."""
    return served.standpoint(lambda task, parts: _lacking(milestone, task, parts, trigger, actor, reason))


def _lacking(
    milestone: Milestone,
    task: Task,
    parts: Parts,
    trigger: MilestoneTrigger,
    actor: Actor,
    reason: str | None,
) -> list[Unmet]:
    facts = facts_of(milestone, task, parts, actor, reason)
    return [*recording_unmet(parts, actor), *explain(MILESTONE_WORKFLOW, milestone.state, trigger, facts)]


def facts_of(
    milestone: Milestone, task: Task, parts: Parts, actor: Actor, reason: str | None
) -> MilestoneFacts:
    """What the rules look at, but for what only 补录 asks (`tracker.services.backfilling`)."""
    return MilestoneFacts(
        actor_roles=parts.roles_of(actor.person_id, submitted_by=milestone.reported_by_id),
        reason=reason,
        kind=milestone.kind,
        task_state=task.state,
        has_reviewer=bool(parts.reviewers(submitted_by=milestone.reported_by_id)),
        actor_reported=actor.person_id is not None and actor.person_id == milestone.reported_by_id,
    )


def _fire(
    milestone: Milestone, served: ServedTasks, trigger: MilestoneTrigger, actor: Actor, reason: str | None
) -> MilestoneState:
    task = _standpoint(milestone, served, trigger, actor, reason)
    parts = served.parts_of(task)
    if recording_unmet(parts, actor):
        unmet = _lacking(milestone, task, parts, trigger, actor, reason)
        raise GuardsUnmet(MILESTONE_WORKFLOW, trigger, unmet)
    facts = facts_of(milestone, task, parts, actor, reason)
    return MilestoneState(fire(MILESTONE_WORKFLOW, milestone.state, trigger, facts))


def move_and_record(
    session: Session,
    milestone: Milestone,
    state: MilestoneState,
    values: Mapping[str, Any],
    trigger: MilestoneTrigger,
    actor: Actor,
    at: datetime,
    reason: str | None,
) -> Milestone:
    """Write what a transition sets, and put it on record. Called by transitions alone, with what `fire` returned."""
    changed = _save(session, milestone, {**values, "state": state})
    changed.pop("look_on", None)
    before = changed.pop("state", [state.value])[0]
    data: dict[str, Any] = {"from": before, "to": state.value, "changed": changed}
    if reason and reason.strip():
        data["reason"] = reason.strip()
    record(
        session,
        kind=f"milestone.{trigger.value}",
        actor=actor,
        at=at,
        subject="milestone",
        subject_id=id_of(milestone),
        task_id=milestone.task_id,
        data=data,
    )
    return milestone


def _save(session: Session, milestone: Milestone, values: Mapping[str, Any]) -> Changes:
    """Write by compare-and-set on the state, so that of two processes only one can have moved it."""
    changed = changes_of(milestone, values)
    session.flush()
    if not compare_and_set(session, milestone, ("state",), values):
        raise StaleTask(milestone.task_id)
    return changed
