"""Counting a register that was taken back to a cut: by unit, and from the units the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from tracker.clock import office_moment
from tracker.figures.points import PointsCount, read_score
from tracker.figures.register import COMPLETED_STATES, Register, StepRow, TaskRow
from tracker.figures.values import Ratio, Tally
from tracker.figures.weeks import Cut, IsoWeek
from tracker.lights import Measure, is_overdue
from workflows.milestone import MilestoneState
from workflows.task import TaskState

_DAY = timedelta(days=1)


@dataclass
class Count:
    """A tally that still grows."""

    total: int = 0
    open: int = 0
    closed: int = 0
    suspended: int = 0
    overdue: int = 0
    issued_this_week: int = 0
    closed_this_week: int = 0
    overdue_milestones: int = 0
    due_this_week: int = 0
    done_this_week: int = 0
    suspended_due: int = 0
    awaiting_review: int = 0
    backfilled: int = 0
    due: int = 0
    on_time: int = 0
    due_first: int = 0
    on_time_first: int = 0
    points: PointsCount = field(default_factory=PointsCount)

    def freeze(self) -> Tally:
        plain = {
            each.name: getattr(self, each.name)
            for each in fields(Tally)
            if each.name not in ("points", "on_time", "on_time_first")
        }
        return Tally(
            **plain,
            on_time=Ratio(self.on_time, self.due),
            on_time_first=Ratio(self.on_time_first, self.due_first),
            points=self.points.freeze(),
        )

    def include(self, other: Count) -> None:
        for each in fields(Count):
            if each.name != "points":
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        self.points.include(other.points)


def count_by_unit(
    register: Register, week: IsoWeek, cut: Cut, *, measure: Measure, deducted: Mapping[int, float]
) -> dict[int | None, Count]:
    """One count per lead unit that has a counted task. `deducted`: points on record by task."""
    counts: dict[int | None, Count] = {}
    holders_overdue = _count_steps(register, week, cut, measure, counts)
    begin = office_moment(week.monday, 0)  # what happened after the week is taken back already
    for task in register.tasks.values():
        if not task.is_counted:
            continue
        count = counts.setdefault(task.unit_id, Count())
        is_late = task.is_open and (task.milestones_from_id or task.id) in holders_overdue
        _count_task(count, task, begin, is_late)
        count.points.add(
            read_score(task.score),
            deducted=deducted.get(task.id, 0.0),
            is_closed=task.state in COMPLETED_STATES,
            is_at_risk=is_late,
        )
    return counts


def sum_up(counts: Mapping[int | None, Count]) -> Tally:
    whole = Count()
    for count in counts.values():
        whole.include(count)
    return whole.freeze()


def _count_task(count: Count, task: TaskRow, begin: datetime, is_late: bool) -> None:
    count.total += 1
    count.open += task.is_open
    count.closed += task.state in COMPLETED_STATES
    count.suspended += task.state is TaskState.SUSPENDED
    count.overdue += is_late
    count.issued_this_week += task.issued_at is not None and task.issued_at >= begin
    count.closed_this_week += task.closed_at is not None and task.closed_at >= begin


def _count_steps(
    register: Register, week: IsoWeek, cut: Cut, measure: Measure, counts: dict[int | None, Count]
) -> set[int]:
    """Count the dated milestones; returns the holders of lists with an overdue one."""
    late: set[int] = set()
    _count_settled(register, counts)
    monday, sunday, today = week.monday, week.sunday, cut.today
    last = max(sunday + _DAY, today)
    for step in register.steps:
        due_on = step.due_on
        if due_on is None:
            continue
        first_due_on = step.first_due_on or due_on
        if (due_on >= last and first_due_on >= today) or not step.is_dated:
            continue
        task = register.bearer_of(step)
        if task is None:
            continue
        count = counts.get(task.unit_id) or counts.setdefault(task.unit_id, Count())
        if step.is_backfilled:
            count.backfilled += 1
            continue
        if monday <= due_on <= sunday:
            count.due_this_week += 1
            count.done_this_week += step.state is not MilestoneState.PENDING
        if task.state is TaskState.SUSPENDED:
            count.suspended_due += due_on < today or first_due_on < today
            continue
        _count_due(count, step, measure, due_on < today, first_due_on < today)
        if is_overdue(step, today=today, measure=measure):
            count.overdue_milestones += 1
            late.add(step.task_id)
    return late


def _count_settled(register: Register, counts: dict[int | None, Count]) -> None:
    for holder, settled in register.settled.items():
        task = register.bearers.get(holder)
        if task is None:
            continue
        count = counts.get(task.unit_id) or counts.setdefault(task.unit_id, Count())
        if task.state is TaskState.SUSPENDED:
            count.suspended_due += settled.due
            continue
        count.due += settled.due
        count.on_time += settled.on_time
        count.due_first += settled.due
        count.on_time_first += settled.on_time_first


def _count_due(count: Count, step: StepRow, measure: Measure, is_due: bool, is_due_first: bool) -> None:
    is_met = step.state is MilestoneState.MET
    _, on_time, on_time_first = step.judge(measure)
    if is_due:
        count.due += 1
        count.on_time += is_met and on_time
        count.awaiting_review += on_time and not is_met
    if is_due_first:
        count.due_first += 1
        count.on_time_first += is_met and on_time_first
