"""The register as it stood at a moment of the past.

Two sources say how a row stood then. The audit trail: every transition keeps what it changed, before and after, so
it is undone event by event, the newest first (退回, 重新办理, 中止 included). And the row's own moments: what happened
later than the cut has not happened, which serves rows that came without events. Due days go back by the extensions
that were granted later. Not undone: names, people and units, texts and due days changed by a corrected file.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from tracker.clock import office_moment
from tracker.figures.weeks import Cut, IsoWeek
from tracker.lights import Measure, completed_on, was_on_time
from tracker.models import Extension
from tracker.queries.weekly import (
    Era,
    TaskSelection,
    count_settled,
    list_calm_holders,
    list_changes_since,
    list_extensions_since,
    list_step_columns,
    list_task_columns,
    list_undated_holders,
)
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import OPEN_STATES, TaskState

COMPLETED_STATES = frozenset({TaskState.CLOSED, TaskState.ARCHIVED})  # 办结
_OPEN = frozenset(OPEN_STATES)


_TASK_STATES = {state.value: state for state in TaskState}
_STEP_STATES = {state.value: state for state in MilestoneState}
_STEP_KINDS = {kind.value: kind for kind in MilestoneKind}
Judged = tuple[date | None, bool, bool]  # the day of completion; on time by the current, by the first due day


class _Days(dict[str | None, date | None]):
    """Days by their ISO spelling, of which a register has many and a year few."""

    def __init__(self) -> None:
        super().__init__({None: None})

    def __missing__(self, text: str) -> date:
        self[text] = day = date.fromisoformat(text)
        return day


def _moment(text: str) -> datetime:
    """SQLite keeps UTC without saying so."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


@dataclass(slots=True)
class TaskRow:
    """A task in the order of `TASK_COLUMNS`."""

    id: int
    seq: str | None
    sub: int | None
    title: str
    unit_id: int | None
    state: TaskState
    issued_at: datetime | None
    accept_by_on: date | None
    accepted_at: datetime | None
    closed_at: datetime | None
    archived_at: datetime | None
    score: str | None  # JSON, as it is stored
    milestones_from_id: int | None

    @classmethod
    def read(cls, row: Any, days: _Days) -> TaskRow:
        number, seq, sub, title, unit_id, state, issued, limit, accepted, closed, archived, score, shared = (
            row
        )
        return cls(
            number,
            seq,
            sub,
            title,
            unit_id,
            _TASK_STATES[state],
            issued and _moment(issued),
            days[limit],
            accepted and _moment(accepted),
            closed and _moment(closed),
            archived and _moment(archived),
            score,
            shared,
        )

    @property
    def number(self) -> str:
        return row_number(self.seq, self.sub)

    @property
    def is_open(self) -> bool:
        return self.state in _OPEN

    @property
    def is_counted(self) -> bool:
        """Issued and not cancelled."""
        return self.state is not TaskState.DRAFT and self.state is not TaskState.CANCELLED


@dataclass(slots=True)
class StepRow:
    """A milestone in the order of `STEP_COLUMNS`; `tracker.lights` reads it."""

    id: int
    task_id: int
    text: str
    kind: MilestoneKind
    state: MilestoneState
    due_on: date | None
    first_due_on: date | None
    was_overdue: bool
    reported_at: datetime | None
    met_at: datetime | None
    waived_at: datetime | None
    done_on: date | None = None
    judged: Judged | None = None

    @classmethod
    def read(cls, row: Any, days: _Days) -> StepRow:
        number, task_id, text, kind, state, due_on, first_due_on, was_overdue, reported, met, waived, done = (
            row
        )
        return cls(
            number,
            task_id,
            text,
            _STEP_KINDS[kind],
            _STEP_STATES[state],
            days[due_on],
            days[first_due_on or due_on],
            bool(was_overdue),
            reported and _moment(reported),
            met and _moment(met),
            waived and _moment(waived),
            days[done],
        )

    def judge(self, measure: Measure) -> Judged:
        """Its punctuality, looked up once however often it is counted."""
        if self.judged is None:
            self.judged = (
                completed_on(self, measure=measure),
                was_on_time(self, measure=measure) is True,
                was_on_time(self, measure=measure, against="first") is True,
            )
        return self.judged

    @property
    def is_backfilled(self) -> bool:
        """Done before the program came (补录): in none of the figures of milestones but their own."""
        return self.done_on is not None

    @property
    def is_dated(self) -> bool:
        """Owed by a day: neither standing nor without a date, nor waived."""
        return (
            self.due_on is not None
            and self.kind is not MilestoneKind.STANDING
            and self.state is not MilestoneState.WAIVED
        )


@dataclass(frozen=True, slots=True)
class Settled:
    """What the database counted of one task: milestones that were met long ago, and how many of them on time."""

    due: int
    on_time: int
    on_time_first: int


@dataclass
class Register:
    """Tasks in scope, their milestones that are worth a look, and what is needed to take them back in time."""

    tasks: dict[int, TaskRow]
    steps: list[StepRow]
    extensions: Sequence[Extension] = ()
    settled: Mapping[int, Settled] = field(default_factory=dict)  # by the id of the task that holds the list
    calm: Collection[int] = ()  # holders of milestones that are pending and far away
    undated: Collection[int] = ()  # holders of milestones that are open and have no day
    changes: Sequence[Any] = ()  # newest first: at, subject, subject_id, data
    bearers: Mapping[int, TaskRow] = field(default_factory=dict)  # by the id of the task that holds a list
    debtors: Mapping[int, TaskRow] = field(default_factory=dict)  # the same for what is still open

    def rewind(self, cut: Cut) -> None:
        """Take every row back to the cut. Going on to an earlier one is possible, going forward is not."""
        steps = {step.id: step for step in self.steps}
        for event in self.changes:
            if event.at < cut.until:
                break
            row = self.tasks.get(event.subject_id) if event.subject == "task" else steps.get(event.subject_id)
            if row is not None:
                _undo(row, json.loads(event.data))
        for task in self.tasks.values():
            _forget_later_task(task, cut)
        for step in self.steps:
            _forget_later_step(step, cut)
        _take_back_extensions(steps, self.extensions, cut)
        self.bearers, self.debtors = _choose_bearers(self.tasks.values())

    def bearer_of(self, step: StepRow) -> TaskRow | None:
        """The one counted task that answers for a milestone: its holder, or the first that shares its list.

        One that is not suspended, where there is any; for an open milestone one that is open itself.
        """
        is_done = step.state is MilestoneState.MET or step.state is MilestoneState.WAIVED
        return (self.bearers if is_done else self.debtors).get(step.task_id)


def load_register(
    session: Session, wanted: TaskSelection, *, week: IsoWeek, cut: Cut, rules: OfficeRules
) -> Register:
    """Read what is in scope, in seven statements and what happened since the week began."""
    begin = office_moment(week.monday, 0)
    calm_after = cut.today + timedelta(days=rules.lights.yellow_within_days)
    era = Era(begin, week.shift(-1).monday, max(week.shift(1).sunday, calm_after))
    days = _Days()
    tasks = [TaskRow.read(row, days) for row in list_task_columns(session, wanted)]
    return Register(
        {task.id: task for task in tasks},
        [StepRow.read(row, days) for row in list_step_columns(session, wanted, era)],
        extensions=list_extensions_since(session, begin),
        settled={
            holder: Settled(*counts) for holder, *counts in count_settled(session, wanted, era, rules.measure)
        },
        calm=frozenset(list_calm_holders(session, wanted, era)),
        undated=frozenset(list_undated_holders(session, wanted, era)),
        changes=list_changes_since(session, begin),
    )


def _undo(row: TaskRow | StepRow, data: dict[str, Any]) -> None:
    states: type[TaskState] | type[MilestoneState] = TaskState if isinstance(row, TaskRow) else MilestoneState
    if isinstance(row, StepRow):
        row.judged = None
    if "from" in data:
        setattr(row, "state", states(data["from"]))  # noqa: B010 (each row has its own enum of states)
    changed = data.get("changed", {})
    for name in _MOMENTS & changed.keys():
        before, _ = changed[name]
        setattr(row, name, before and datetime.fromisoformat(before))
    for name in _DAYS & changed.keys():
        before, _ = changed[name]
        setattr(row, name, before and date.fromisoformat(before))


_MOMENTS = frozenset(
    {"issued_at", "accepted_at", "closed_at", "archived_at", "reported_at", "met_at", "waived_at"}
)
_DAYS = frozenset(
    {"accept_by_on", "due_on", "first_due_on", "done_on"}
)  # a calendar that was published moves them


def _forget_later_task(task: TaskRow, cut: Cut) -> None:
    until = cut.until
    if task.archived_at is not None and task.archived_at >= until:
        task.archived_at = None
        task.state = TaskState.CLOSED
    if task.closed_at is not None and task.closed_at >= until:
        task.closed_at = None
        if task.state in COMPLETED_STATES:
            task.state = TaskState.AWAITING_CLOSURE
    if task.accepted_at is not None and task.accepted_at >= until:
        task.accepted_at = None
        if task.state in _OPEN:
            task.state = TaskState.ISSUED
    if task.issued_at is None or task.issued_at >= until:
        task.issued_at = None
        if task.state is not TaskState.CANCELLED:
            task.state = TaskState.DRAFT


def _forget_later_step(step: StepRow, cut: Cut) -> None:
    until = cut.until
    if step.waived_at is not None and step.waived_at >= until:
        step.waived_at = step.judged = None
        if step.state is MilestoneState.WAIVED:
            step.state = MilestoneState.REPORTED if step.reported_at else MilestoneState.PENDING
    if step.met_at is not None and step.met_at >= until:
        step.met_at = step.judged = None
        if step.state is MilestoneState.MET:
            step.state = MilestoneState.REPORTED if step.reported_at else MilestoneState.PENDING
    if step.reported_at is not None and step.reported_at >= until:
        step.reported_at = step.judged = None
        if step.state is MilestoneState.REPORTED:
            step.state = MilestoneState.PENDING


def _take_back_extensions(steps: dict[int, StepRow], extensions: Iterable[Extension], cut: Cut) -> None:
    for extension in sorted(extensions, key=lambda each: each.requested_at, reverse=True):
        step = steps.get(extension.milestone_id)
        if step is None:
            continue
        is_granted = extension.state is ExtensionState.GRANTED
        step.judged = None
        if is_granted and not cut.has_happened(extension.decided_at):
            step.due_on = extension.from_due_on
        if extension.is_late and not cut.has_happened(extension.requested_at):
            step.was_overdue = False


def _choose_bearers(tasks: Collection[TaskRow]) -> tuple[dict[int, TaskRow], dict[int, TaskRow]]:
    """By the holder of a list, who answers for what of it is done, and for what is open.

    A list is suspended only where all counted tasks are that it serves. Whoever holds it goes before those that share it.
    """
    bearers = {task.id: task for task in tasks if task.is_counted}
    debtors = dict(bearers)
    sharing: dict[int, list[TaskRow]] = {}
    for task in tasks:
        if task.milestones_from_id is not None and task.is_counted:
            sharing.setdefault(task.milestones_from_id, []).append(task)
    for holder_id, sharers in sharing.items():
        served = [bearers[holder_id], *sharers] if holder_id in bearers else sharers
        bearers[holder_id] = _first_at_work(served)
        debtors[holder_id] = next((task for task in served if task.is_open), bearers[holder_id])
    return bearers, debtors


def _first_at_work(tasks: Sequence[TaskRow]) -> TaskRow:
    return next((task for task in tasks if task.state is not TaskState.SUSPENDED), tasks[0])
