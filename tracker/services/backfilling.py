"""补录: recording, before a task is issued, what was done before the office began with the program.

An office that starts in the middle of a year has done much of its table on paper. What the coordinator records here is
met by the day on which it was done, is marked wherever it is shown, and counts in no on-time rate (docs/decisions/0040).
Only what had fallen due before the first issue may be recorded: what fell due later, the program has watched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import ActRefused, ValueRefused
from tracker.models import Milestone, Task
from tracker.queries.backfilling import first_issued_on
from tracker.queries.locking import lock_tasks
from tracker.queries.milestones import get_milestone
from tracker.queries.served import ServedTasks, get_served_tasks
from tracker.row_numbers import row_number
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor
from tracker.services.milestones import facts_of, move_and_record
from workflows.kernel import GuardsUnmet, Unmet, explain, fire
from workflows.milestone import MILESTONE_WORKFLOW, MilestoneFacts, MilestoneState, MilestoneTrigger

BASIS_CHARACTERS = 500
_ACT = "补录"
_FORGOTTEN: Mapping[str, Any] = {"done_on": None, "done_basis": None, "met_at": None, "met_by_id": None}


@dataclass(frozen=True)
class Backfill:
    """One step that was done: on which office day, and what shows it (依据)."""

    milestone_id: int
    done_on: date
    basis: str


@dataclass(frozen=True)
class _Question:
    """Whether one step may be recorded, or taken back, by somebody on an office day."""

    milestone: Milestone
    served: ServedTasks
    trigger: MilestoneTrigger
    actor: Actor
    today: date
    begins_on: date
    entry: Backfill | None = None

    @property
    def standpoint(self) -> Task:
        return self.served.standpoint(lambda task, _: self.lacking(task))

    def lacking(self, task: Task) -> list[Unmet]:
        facts = self.facts(task)
        unmet = recording_unmet(self.served.parts_of(task), self.actor)
        return [*unmet, *explain(MILESTONE_WORKFLOW, self.milestone.state, self.trigger, facts)]

    def facts(self, task: Task) -> MilestoneFacts:
        """Where a leader acts on paper, it is the coordinator who enters it that has to be one."""
        parts, actor = self.served.parts_of(task), self.actor
        basis = self.entry.basis if self.entry else None
        known = facts_of(self.milestone, task, parts, actor, basis)
        return replace(
            known,
            actor_roles=known.actor_roles | parts.roles_of(actor.recorded_by_id),
            is_in_draft=self.served.is_in_draft,
            due_on=self.milestone.due_on,
            begins_on=self.begins_on,
            today=self.today,
            done_on=self.entry.done_on if self.entry else None,
            is_backfilled=self.milestone.done_on is not None,
        )

    def fire(self) -> MilestoneState:
        """Raises TransitionNotAllowed or GuardsUnmet with everything that is unmet."""
        task = self.standpoint
        if recording_unmet(self.served.parts_of(task), self.actor):
            raise GuardsUnmet(MILESTONE_WORKFLOW, self.trigger, self.lacking(task))
        return MilestoneState(fire(MILESTONE_WORKFLOW, self.milestone.state, self.trigger, self.facts(task)))


def backfill_milestone(
    session: Session, milestone_id: int, *, done_on: date, basis: str, actor: Actor, at: datetime
) -> Milestone:
    """Record that a step was done on `done_on`, before the program came, and what shows it.

    Raises MilestoneNotFound, StaleTask, TransitionNotAllowed or GuardsUnmet. The caller commits.
    """
    (question,) = _ask(session, [Backfill(milestone_id, done_on, basis)], actor, at)
    return _record(session, question, question.fire(), at)


def backfill_milestones(
    session: Session, entries: Sequence[Backfill], *, actor: Actor, at: datetime
) -> list[Milestone]:
    """Record many steps, all of them or none. The caller commits.

    Raises MilestoneNotFound, StaleTask, or ActRefused with everything that is unmet, each with its step.
    """
    questions = _ask(session, entries, actor, at)
    if unmet := [condition for question in questions for condition in _named(question)]:
        raise ActRefused(_ACT, unmet)
    return [_record(session, question, question.fire(), at) for question in questions]


def list_unmet_backfills(
    session: Session, entries: Sequence[Backfill], *, actor: Actor, at: datetime
) -> list[Unmet]:
    """What `backfill_milestones` would be refused with; empty where it may go ahead."""
    return [condition for question in _ask(session, entries, actor, at) for condition in _named(question)]


def take_back_milestone(session: Session, milestone_id: int, *, actor: Actor, at: datetime) -> Milestone:
    """Take back what was recorded, while nobody has been told. The step is open again.

    Raises MilestoneNotFound, StaleTask, TransitionNotAllowed or GuardsUnmet. The caller commits.
    """
    milestone = get_milestone(session, milestone_id)
    lock_tasks(session, {milestone.task_id})
    session.refresh(milestone)
    question = _question(session, milestone, MilestoneTrigger.TAKE_BACK, actor, at)
    return move_and_record(
        session, milestone, question.fire(), _FORGOTTEN, MilestoneTrigger.TAKE_BACK, actor, at, None
    )


def explain_backfilling(
    session: Session, milestone_id: int, trigger: MilestoneTrigger, *, actor: Actor, at: datetime
) -> list[Unmet]:
    """Everything that BACKFILL or TAKE_BACK still lacks for this actor, beside the day; empty where it may be fired."""
    question = _question(session, get_milestone(session, milestone_id), trigger, actor, at)
    return question.lacking(question.standpoint)


def _tidy(basis: str) -> str:
    text = basis.strip()
    if len(text) > BASIS_CHARACTERS:
        raise ValueRefused(f"依据最多{BASIS_CHARACTERS}个字，现在有{len(text)}个字，请精简后再提交。")
    return text


def _ask(session: Session, entries: Sequence[Backfill], actor: Actor, at: datetime) -> list[_Question]:
    """One question a step, with the lists of all of them locked in their order."""
    entries = [replace(each, basis=_tidy(each.basis)) for each in entries]
    milestones = [get_milestone(session, each.milestone_id) for each in entries]
    if len({each.id for each in milestones}) != len(milestones):
        raise ValueRefused("同一个节点填写了两次，请每个节点只填写一次。")
    lock_tasks(session, {each.task_id for each in milestones})
    lists: dict[int, tuple[ServedTasks, date]] = {}
    questions = []
    for milestone, entry in zip(milestones, entries, strict=True):
        session.refresh(milestone)
        if milestone.task_id not in lists:
            lists[milestone.task_id] = _list_of(session, milestone, at)
        served, begins_on = lists[milestone.task_id]
        questions.append(
            _Question(milestone, served, MilestoneTrigger.BACKFILL, actor, office_day(at), begins_on, entry)
        )
    return questions


def _question(
    session: Session, milestone: Milestone, trigger: MilestoneTrigger, actor: Actor, at: datetime
) -> _Question:
    served, begins_on = _list_of(session, milestone, at)
    return _Question(milestone, served, trigger, actor, office_day(at), begins_on)


def _list_of(session: Session, milestone: Milestone, at: datetime) -> tuple[ServedTasks, date]:
    """The tasks that the step serves, and the day on which the program began to watch it."""
    served = get_served_tasks(session, milestone.task_id)
    issued_on = first_issued_on(session, [task.id for task in served.tasks if task.id is not None])
    return served, issued_on or office_day(at)


def _named(question: _Question) -> list[Unmet]:
    """What one of several lacks, with which it is."""
    task, milestone = question.standpoint, question.milestone
    number = row_number(task.seq, task.sub)
    name = f"{number}“{task.title[:20]}”第{milestone.number}个节点"
    return [Unmet(each.code, f"{name}：{each.message}") for each in question.lacking(task)]


def _record(session: Session, question: _Question, state: MilestoneState, at: datetime) -> Milestone:
    entry, actor = question.entry, question.actor
    assert entry is not None
    values = {
        "done_on": entry.done_on,
        "done_basis": entry.basis,
        "met_at": at,
        "met_by_id": actor.recorded_by_id or actor.person_id,
        "look_on": None,
    }
    return move_and_record(
        session,
        question.milestone,
        state,
        values,
        MilestoneTrigger.BACKFILL,
        actor,
        at,
        entry.basis,
    )
