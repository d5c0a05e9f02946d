"""Moving a task along its life: one guarded, audited transition an act.

`explain_task` says what stands in the way without moving. What a transition sets and clears is in `_EFFECTS`;
due days are never among it. A workflow with words of its own moves by its own steps; what its triggers set and
clear is that of the trigger they stand for. 中止 stops the clock: nothing is reminded, the task leaves the denominator of the
on-time rate. 恢复 does not move due days that lie ahead; whoever needs longer asks for an extension, on record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.errors import StaleTask
from tracker.identity import id_of
from tracker.models import Task
from tracker.queries.facts import NEED_LISTS, Lists, facts_of_actor, gather_task_facts
from tracker.queries.locking import lock_task
from tracker.queries.parts import Parts, get_parts
from tracker.queries.tasks import get_task
from tracker.rules import OfficeRules
from tracker.services import events, milestones
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor, record
from tracker.services.calendars import load_calendar
from tracker.services.changing import Changes, changes_of, compare_and_set
from tracker.services.watching import look_again, look_no_more
from workflows.kernel import GuardsUnmet, Rule, Unmet, Workflow, explain, fire
from workflows.registry import act_of, workflow_named
from workflows.task import TaskFacts, TaskState, TaskTrigger


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
    """One transition as it is about to happen. `act` is what it does to the register, if anything."""

    task: Task
    act: TaskTrigger | None
    actor: Actor
    at: datetime
    rules: OfficeRules
    calendar: WorkCalendar | None
    package: VerifiedPackage | None


def move_task(
    session: Session,
    task_id: int,
    trigger: StrEnum,
    *,
    actor: Actor,
    at: datetime,
    rules: OfficeRules,
    reason: str | None = None,
    package: VerifiedPackage | None = None,
    calendar: WorkCalendar | None = None,
    expected_version: int | None = None,
    own_facts: Mapping[str, object] | None = None,
) -> Task:
    """Fire one transition of a task in the workflow of its campaign. The caller commits.

    Raises TaskNotFound, StaleTask (somebody was faster, or `expected_version` is no longer the version),
    NoSuchTrigger, TransitionNotAllowed or GuardsUnmet with everything that is unmet. The calendar is read where
    none is given. `own_facts` are what a further workflow's guards ask beside the facts of every task.
    """
    task = lock_task(session, task_id)
    if expected_version is not None and task.version != expected_version:
        raise StaleTask(task_id)
    workflow = workflow_named(task.workflow)
    asked = _Question(actor, reason, package, own_facts or {})
    step = _fire(session, workflow, task, trigger, asked)
    act = act_of(workflow, trigger)
    if act is TaskTrigger.ISSUE:
        calendar = calendar or load_calendar(session)
    move = _Move(task, act, actor, at, rules, calendar, package)
    changed = _save(session, task, _effects_of(move) | _place(workflow, step))
    said = _follow(session, move)
    _record(session, move, trigger, changed, said, reason)
    return task


def explain_task(
    session: Session,
    task_id: int,
    trigger: StrEnum,
    *,
    actor: Actor,
    reason: str | None = None,
    package: VerifiedPackage | None = None,
    own_facts: Mapping[str, object] | None = None,
) -> list[Unmet]:
    """Return everything that `trigger` still lacks for this actor; empty where it may be fired."""
    task = get_task(session, task_id)
    workflow = workflow_named(task.workflow)
    parts = get_parts(session, task)
    facts = _gather(
        session, workflow, task, parts, trigger, _Question(actor, reason, package, own_facts or {})
    )
    return [*recording_unmet(parts, actor), *explain(workflow, step_of(task), trigger, facts)]


def list_triggers(
    session: Session, task_id: int, *, actor: Actor, parts: Parts | None = None
) -> dict[StrEnum, list[Unmet]]:
    """Every trigger that starts where the task is, with what it lacks for this actor but for a reason.

    The facts are gathered once for all of them. `parts` are read where none are given.
    """
    return list_triggers_of(session, get_task(session, task_id), [actor], parts=parts)[0]


def list_triggers_of(
    session: Session,
    task: Task,
    actors: Sequence[Actor],
    *,
    parts: Parts | None = None,
    lists: Lists | None = None,
) -> list[dict[StrEnum, list[Unmet]]]:
    """`list_triggers` for several actors, in their order, by no more statements than for one.

    Whoever has read the parts and the lists of the task already gives them.
    """
    workflow = workflow_named(task.workflow)
    parts = parts or get_parts(session, task)
    rules = workflow.rules_from(step_of(task))
    asked = _Question(actors[0], None, None, {})
    counted = _gather(session, workflow, task, parts, _widest(workflow, rules), asked, lists)
    return [_lacking(workflow, task, rules, parts, actor, counted) for actor in actors]


def _widest(workflow: Workflow, rules: Sequence[Rule]) -> StrEnum | None:
    """A trigger that asks no less than any other of the rules; None where that is everything."""
    asking = [rule.trigger for rule in rules if act_of(workflow, rule.trigger) in NEED_LISTS]
    if not asking:
        return rules[0].trigger if rules else TaskTrigger.CANCEL
    return asking[0] if len(asking) == 1 else None


def _lacking(
    workflow: Workflow, task: Task, rules: Sequence[Rule], parts: Parts, actor: Actor, counted: TaskFacts
) -> dict[StrEnum, list[Unmet]]:
    """What one actor lacks for each of the rules."""
    facts = replace(counted, **facts_of_actor(task, parts, actor.person_id))
    here, recording = step_of(task), recording_unmet(parts, actor)
    return {
        rule.trigger: [
            condition
            for condition in [*recording, *explain(workflow, here, rule.trigger, facts)]
            if condition.code != "missing-reason"  # asked for in the same step
        ]
        for rule in rules
    }


def step_of(task: Task) -> StrEnum:
    """Where the task is, in the words of its workflow."""
    return workflow_named(task.workflow).states(task.step or task.state)


@dataclass(frozen=True)
class _Question:
    """Who asks for a transition, and what he brings."""

    actor: Actor
    reason: str | None
    package: VerifiedPackage | None
    own_facts: Mapping[str, object]


def _gather(
    session: Session,
    workflow: Workflow,
    task: Task,
    parts: Parts,
    trigger: StrEnum | None,
    asked: _Question,
    lists: Lists | None = None,
) -> TaskFacts:
    facts = gather_task_facts(
        session,
        task,
        parts,
        # a further workflow may ask anything at any trigger
        trigger=None if workflow.life or trigger is None else act_of(workflow, trigger),
        actor_id=asked.actor.person_id,
        reason=asked.reason,
        is_package_verified=_is_for(asked.package, task),
        lists=lists,
    )
    if not workflow.life:
        return facts
    interrupted = workflow.states(task.interrupted_step) if task.interrupted_step else None
    return replace(facts, interrupted_state=interrupted, own=asked.own_facts)


def _fire(session: Session, workflow: Workflow, task: Task, trigger: StrEnum, asked: _Question) -> StrEnum:
    parts = get_parts(session, task)
    facts = _gather(session, workflow, task, parts, trigger, asked)
    here = step_of(task)
    if unmet := recording_unmet(parts, asked.actor):
        more = explain(workflow, here, trigger, facts)
        raise GuardsUnmet(workflow, trigger, [*unmet, *more])
    return fire(workflow, here, trigger, facts)


def _place(workflow: Workflow, step: StrEnum) -> dict[str, Any]:
    return {
        "state": TaskState(workflow.life_of(step)),
        "step": step.value if workflow.life else None,
    }


def _effects_of(move: _Move) -> dict[str, Any]:
    return {} if move.act is None else _EFFECTS[move.act](move)


def _record(
    session: Session,
    move: _Move,
    trigger: StrEnum,
    changed: Changes,
    said: Mapping[str, Any],
    reason: str | None,
) -> None:
    """One event a move, of the kind that notices and figures know; the workflow's own words stand in its data."""
    task = move.task
    was = changed.pop("state", [task.state.value])[0]
    data: dict[str, Any] = {"from": was, "to": task.state.value, "changed": changed, **said}
    if reason:
        data["reason"] = reason.strip()
    if task.step is not None:
        data |= {"trigger": trigger.value, "step": task.step}
    record(
        session,
        kind=f"task.{move.act.value if move.act else 'step'}",
        actor=move.actor,
        at=move.at,
        subject="task",
        subject_id=task.id,
        task_id=task.id,
        data=data,
    )


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
    today = office_day(move.at)
    said: dict[str, Any] = {}
    if move.act is TaskTrigger.ISSUE:
        assert move.calendar is not None
        said = events.roll_out(session, id_of(move.task), calendar=move.calendar).as_json()
    if move.act in _LOOK_TODAY:
        look_again(session, move.task, on=today)
    elif move.act in _LOOK_NO_MORE:
        look_no_more(session, move.task, on=today)
    if move.act in _LEAVES_ARCHIVING:
        milestones.meet_archive_milestones(session, move.task, actor=move.actor, at=move.at)
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
# After these nothing of the task is left to be archived; of the tasks that share its list perhaps something is.
_LEAVES_ARCHIVING = frozenset({TaskTrigger.ARCHIVE, TaskTrigger.DECLINE, TaskTrigger.CANCEL})

_NOT_SUBMITTED = {"submitted_at": None, "submitted_by_id": None}
_NOT_REVIEWED = {"reviewed_at": None, "reviewed_by_id": None}
_NOT_INTERRUPTED = {"interrupted_state": None, "interrupted_step": None}
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
    TaskTrigger.SUSPEND: lambda move: {
        "interrupted_state": move.task.state,
        "interrupted_step": move.task.step,
    },
    TaskTrigger.RESUME: lambda _: _NOT_INTERRUPTED,
    TaskTrigger.CANCEL: lambda _: _NOT_INTERRUPTED,
}
