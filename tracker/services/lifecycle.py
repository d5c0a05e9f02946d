"""Moving a task along its life: one guarded, audited transition an act.

`explain_task` says what stands in the way without moving. What a transition sets and clears is in `_EFFECTS`;
due days are never among it. 中止 stops the clock: nothing is reminded, the task leaves the denominator of the
on-time rate. 恢复 does not move due days that lie ahead; whoever needs longer asks for an extension, on record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.errors import StaleTask
from tracker.identity import id_of
from tracker.models import Task
from tracker.queries.facts import gather_task_facts
from tracker.queries.parts import get_parts
from tracker.queries.tasks import get_task, lock_task
from tracker.rules import OfficeRules
from tracker.services import events, milestones
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor, record
from tracker.services.calendars import load_calendar
from tracker.services.changing import Changes, changes_of, compare_and_set
from tracker.services.watching import look_again
from workflows.kernel import GuardsUnmet, Unmet, explain, fire
from workflows.task import TASK_WORKFLOW, TaskState, TaskTrigger


class VerifiedPackage(Protocol):
    """An archive package whose checksums were verified: whose it is, and for which closing of the task."""

    @property
    def task_id(self) -> int: ...
    @property
    def closed_at(self) -> datetime: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class _Move:
    """One transition as it is about to happen."""

    task: Task
    trigger: TaskTrigger
    state: TaskState
    actor: Actor
    at: datetime
    rules: OfficeRules
    calendar: WorkCalendar | None
    package: VerifiedPackage | None


def move_task(
    session: Session,
    task_id: int,
    trigger: TaskTrigger,
    *,
    actor: Actor,
    at: datetime,
    rules: OfficeRules,
    reason: str | None = None,
    package: VerifiedPackage | None = None,
    calendar: WorkCalendar | None = None,
    expected_version: int | None = None,
) -> Task:
    """Fire one transition of a task. The caller commits.

    Raises TaskNotFound, StaleTask (somebody was faster, or `expected_version` is no longer the version),
    TransitionNotAllowed or GuardsUnmet with everything that is unmet. The calendar is read where none is given.
    """
    task = lock_task(session, task_id)
    if expected_version is not None and task.version != expected_version:
        raise StaleTask(task_id)
    state = _fire(session, task, trigger, actor, reason, package)
    if trigger is TaskTrigger.ISSUE:
        calendar = calendar or load_calendar(session)
    move = _Move(task, trigger, state, actor, at, rules, calendar, package)
    changed = _save(session, task, _EFFECTS[trigger](move) | {"state": state})
    data: dict[str, Any] = {"from": changed.pop("state")[0], "to": state.value, "changed": changed}
    data |= _follow(session, move)
    if reason:
        data["reason"] = reason.strip()
    record(
        session,
        kind=f"task.{trigger.value}",
        actor=actor,
        at=at,
        subject="task",
        subject_id=task_id,
        task_id=task_id,
        data=data,
    )
    return task


def explain_task(
    session: Session,
    task_id: int,
    trigger: TaskTrigger,
    *,
    actor: Actor,
    reason: str | None = None,
    package: VerifiedPackage | None = None,
) -> list[Unmet]:
    """Return everything that `trigger` still lacks for this actor; empty where it may be fired."""
    task = get_task(session, task_id)
    parts = get_parts(session, task)
    facts = gather_task_facts(
        session,
        task,
        parts,
        trigger=trigger,
        actor_id=actor.person_id,
        reason=reason,
        is_package_verified=_is_for(package, task),
    )
    return [*recording_unmet(parts, actor), *explain(TASK_WORKFLOW, task.state, trigger, facts)]


def list_triggers(session: Session, task_id: int, *, actor: Actor) -> dict[TaskTrigger, list[Unmet]]:
    """Every trigger that starts in the task's state, with what it lacks for this actor but for a reason."""
    task = get_task(session, task_id)
    rules = TASK_WORKFLOW.rules_from(task.state)
    triggers = [TaskTrigger(rule.trigger) for rule in rules]
    return {
        trigger: [
            condition
            for condition in explain_task(session, task_id, trigger, actor=actor)
            if condition.code != "missing-reason"  # asked for in the same step
        ]
        for trigger in triggers
    }


def _fire(
    session: Session,
    task: Task,
    trigger: TaskTrigger,
    actor: Actor,
    reason: str | None,
    package: VerifiedPackage | None,
) -> TaskState:
    parts = get_parts(session, task)
    facts = gather_task_facts(
        session,
        task,
        parts,
        trigger=trigger,
        actor_id=actor.person_id,
        reason=reason,
        is_package_verified=_is_for(package, task),
    )
    if unmet := recording_unmet(parts, actor):
        more = explain(TASK_WORKFLOW, task.state, trigger, facts)
        raise GuardsUnmet(TASK_WORKFLOW, trigger, [*unmet, *more])
    return TaskState(fire(TASK_WORKFLOW, task.state, trigger, facts))


def _is_for(package: VerifiedPackage | None, task: Task) -> bool:
    """A package of another task, or of an earlier closing, proves nothing."""
    return package is not None and (package.task_id, package.closed_at) == (task.id, task.closed_at)


def _save(session: Session, task: Task, values: Mapping[str, Any]) -> Changes:
    """Write by compare-and-set on state and version, so that of two processes only one can have moved it."""
    changed = changes_of(task, values)
    written = {name: values[name] for name in changed} | {"version": task.version + 1}
    if not compare_and_set(session, task, ("state", "version"), written):
        raise StaleTask(id_of(task))
    return changed


def _follow(session: Session, move: _Move) -> dict[str, Any]:
    """What a transition does to the milestones; returns what the event says of it."""
    task_id, today = id_of(move.task), office_day(move.at)
    said: dict[str, Any] = {}
    if move.trigger is TaskTrigger.ISSUE:
        assert move.calendar is not None
        said = events.roll_out(session, task_id, calendar=move.calendar).as_json()
    if move.trigger in _LOOK_TODAY:
        look_again(session, task_id, on=today)
    elif move.trigger in _LOOK_NO_MORE:
        look_again(session, task_id, on=None)
    if move.trigger is TaskTrigger.ARCHIVE:
        milestones.meet_archive_milestones(session, task_id, actor=move.actor, at=move.at)
    return said


# What is owed begins again. 销号 stops nothing: the archiving milestone is still ahead.
_LOOK_TODAY = frozenset(
    {
        TaskTrigger.ISSUE,
        TaskTrigger.SEND_BACK,
        TaskTrigger.REJECT,
        TaskTrigger.REOPEN,
        TaskTrigger.RESUME,
    }
)
_LOOK_NO_MORE = frozenset({TaskTrigger.DECLINE, TaskTrigger.SUSPEND, TaskTrigger.CANCEL})

_NOT_SUBMITTED = {"submitted_at": None, "submitted_by_id": None}
_NOT_REVIEWED = {"reviewed_at": None, "reviewed_by_id": None}
_NOT_CLOSED = {"closed_at": None, "closed_by_id": None}


def _issued(move: _Move) -> dict[str, Any]:
    assert move.calendar is not None
    accept_by_on, _ = move.calendar.add_workdays(office_day(move.at), move.rules.accept_within_workdays)
    return {"issued_at": move.at, "accept_by_on": accept_by_on, "accepted_at": None}


def _archived(move: _Move) -> dict[str, Any]:
    assert move.package is not None
    return {"archived_at": move.at, "package_sha256": move.package.sha256}


_EFFECTS: dict[TaskTrigger, Callable[[_Move], dict[str, Any]]] = {
    TaskTrigger.ISSUE: _issued,
    TaskTrigger.ACCEPT: lambda move: {"accepted_at": move.at},
    TaskTrigger.DECLINE: lambda _: {"issued_at": None, "accept_by_on": None},
    TaskTrigger.SUBMIT: lambda move: {"submitted_at": move.at, "submitted_by_id": move.actor.person_id},
    TaskTrigger.SEND_BACK: lambda _: _NOT_SUBMITTED | _NOT_REVIEWED,
    TaskTrigger.APPROVE: lambda move: {"reviewed_at": move.at, "reviewed_by_id": move.actor.person_id},
    TaskTrigger.REJECT: lambda _: _NOT_SUBMITTED | _NOT_REVIEWED,
    TaskTrigger.CLOSE: lambda move: {"closed_at": move.at, "closed_by_id": move.actor.person_id},
    TaskTrigger.ARCHIVE: _archived,
    TaskTrigger.REOPEN: lambda _: _NOT_SUBMITTED | _NOT_REVIEWED | _NOT_CLOSED,
    TaskTrigger.SUSPEND: lambda move: {"interrupted_state": move.task.state},
    TaskTrigger.RESUME: lambda _: {"interrupted_state": None},
    TaskTrigger.CANCEL: lambda _: {"interrupted_state": None},
}
