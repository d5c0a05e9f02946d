"""The lists of a weekly report: what is late, done, coming, silent, extended, unanswered. All before names are known.

Each row is made with the task's id; `weekly` asks for the people of just these tasks and puts the words in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day, office_moment
from tracker.figures.register import Register, StepRow, TaskRow
from tracker.figures.values import (
    ExtensionRow,
    FinishedRow,
    InstructionRow,
    LightCounts,
    OverdueRow,
    StandingRow,
    TaskWords,
    UnacceptedRow,
    UpcomingRow,
)
from tracker.figures.weeks import Cut, IsoWeek
from tracker.lights import Light, is_overdue, light_of, light_of_list, was_on_time
from tracker.models import Instruction
from tracker.queries.weekly import last_evidence_of
from tracker.rules import OfficeRules
from workflows.extension import ExtensionState
from workflows.milestone import OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.task import TaskState


@dataclass(frozen=True)
class View:
    """A register at its cut, and by what it is read."""

    register: Register
    week: IsoWeek
    cut: Cut
    rules: OfficeRules
    calendar: WorkCalendar
    words: Mapping[int, TaskWords]

    @cached_property
    def open_steps(self) -> list[tuple[StepRow, TaskRow]]:
        """Milestones that are neither met nor waived, of counted tasks that are not suspended, with these."""
        found = []
        for step in self.register.steps:
            if step.state is MilestoneState.PENDING or step.state is MilestoneState.REPORTED:
                task = self.register.bearer_of(step)
                if task is not None and task.state is not TaskState.SUSPENDED:
                    found.append((step, task))
        return found

    @cached_property
    def workdays_over(self) -> Callable[[date], int]:
        """Working days after a due day up to the day of reading; every day is counted once."""
        return cache(lambda day: self.calendar.workdays_between(day, self.cut.today))

    def light(self, step: StepRow) -> Light:
        return light_of(step, today=self.cut.today, thresholds=self.rules.lights, measure=self.rules.measure)


def list_overdue(view: View) -> Iterator[OverdueRow]:
    """The longest overdue first."""
    today = view.cut.today
    late = [
        (step, task)
        for step, task in view.open_steps
        if step.is_dated and is_overdue(step, today=today, measure=view.rules.measure)
    ]
    for step, task in sorted(late, key=lambda pair: (pair[0].due_on, pair[0].id)):
        assert step.due_on is not None
        yield OverdueRow(
            task=view.words[task.id],
            text=step.text,
            first_due_on=step.first_due_on or step.due_on,
            due_on=step.due_on,
            days_over=(today - step.due_on).days,
            workdays_over=view.workdays_over(step.due_on),
            light=view.light(step),
            is_reported=step.state is MilestoneState.REPORTED,
            is_archive=step.kind is MilestoneKind.ARCHIVE,
        )


def list_finished(view: View) -> Iterator[FinishedRow]:
    """Tasks closed in the week, then milestones met in it, each by day; not what was done before the program came."""
    begin = office_moment(view.week.monday, 0)
    closed = [
        (office_day(task.closed_at), task)
        for task in view.register.tasks.values()
        if task.closed_at is not None and task.closed_at >= begin and task.is_counted
    ]
    for day, task in sorted(closed, key=lambda pair: (pair[0], pair[1].id)):
        yield FinishedRow(view.words[task.id], "task", task.title, day)
    met = [
        (office_day(step.met_at), step)
        for step in view.register.steps
        if step.met_at is not None
        and step.met_at >= begin
        and step.state is MilestoneState.MET
        and not step.is_backfilled
    ]
    for day, step in sorted(met, key=lambda pair: (pair[0], pair[1].id)):
        bearer = view.register.bearer_of(step)
        if bearer is not None:
            on_time = was_on_time(step, measure=view.rules.measure)
            yield FinishedRow(view.words[bearer.id], "milestone", step.text, day, step.due_on, on_time)


def list_upcoming(view: View) -> Iterator[UpcomingRow]:
    """What falls due from the day of reading to the end of the week after the reported one, the nearest first."""
    today, last = view.cut.today, view.week.shift(1).sunday
    coming = [
        (step, task)
        for step, task in view.open_steps
        if step.due_on is not None and today <= step.due_on <= last and step.is_dated
    ]
    for step, task in sorted(coming, key=lambda pair: (pair[0].due_on, pair[0].id)):
        assert step.due_on is not None
        is_reported = step.state is MilestoneState.REPORTED
        days_left = (step.due_on - today).days
        yield UpcomingRow(
            view.words[task.id], step.text, step.due_on, days_left, view.light(step), is_reported
        )


def list_standing(view: View, session: Session, *, silent_days: int) -> Iterator[StandingRow]:
    """Standing duties of open tasks whose last news is older than `silent_days`, the longest silent first."""
    duties = [
        (step, task)
        for step in view.register.steps
        if step.kind is MilestoneKind.STANDING and step.state is not MilestoneState.WAIVED
        if (task := view.register.bearer_of(step)) is not None and task.is_open
    ]
    evidence = last_evidence_of(session, {step.task_id for step, _ in duties}, view.cut.until)
    rows = []
    for step, task in duties:
        news = _latest(step.reported_at, step.met_at, evidence.get(step.task_id))
        since = news or task.issued_at
        silent = (view.cut.today - office_day(since)).days if since else 0
        if silent > silent_days:
            rows.append(StandingRow(view.words[task.id], step.text, news and office_day(news), silent))
    yield from sorted(rows, key=lambda row: (-row.silent_days, row.task.task_id, row.text))


def list_extensions(view: View) -> Iterator[ExtensionRow]:
    """Requests made or decided in the week, as they stood at the cut, by day of request."""
    steps = {step.id: step for step in view.register.steps}
    for extension in sorted(view.register.extensions, key=lambda each: (each.requested_at, each.id)):
        step = steps.get(extension.milestone_id)
        task = step and view.register.bearer_of(step)
        if step is None or task is None or not view.cut.has_happened(extension.requested_at):
            continue
        asked_on = office_day(extension.requested_at)
        is_decided = view.cut.has_happened(extension.decided_at)
        decided_on = office_day(extension.decided_at) if extension.decided_at and is_decided else None
        if asked_on not in view.week and (decided_on is None or decided_on not in view.week):
            continue
        yield ExtensionRow(
            task=view.words[task.id],
            text=step.text,
            asked_on=asked_on,
            decided_on=decided_on,
            from_due_on=extension.from_due_on,
            to_due_on=extension.to_due_on,
            state=extension.state if is_decided else ExtensionState.REQUESTED,
            is_late=extension.is_late,
            reason=extension.reason,
        )


def list_instructions(view: View, unanswered: Iterable[tuple[Instruction, str]]) -> Iterator[InstructionRow]:
    """Instructions on counted tasks that nobody has acknowledged, the oldest first."""
    for instruction, leader in unanswered:
        task = view.register.tasks.get(instruction.task_id)
        if task is not None and task.is_counted:
            given_on = office_day(instruction.given_at)
            waiting = (view.cut.today - given_on).days
            yield InstructionRow(view.words[task.id], instruction.text, leader, given_on, waiting)


def list_unaccepted(view: View) -> Iterator[UnacceptedRow]:
    """Tasks not accepted (签收) by their limit, the longest overdue first."""
    rows = []
    for task in view.register.tasks.values():
        limit = task.accept_by_on
        if task.state is TaskState.ISSUED and task.issued_at and limit and limit < view.cut.today:
            over = view.workdays_over(limit)
            rows.append(UnacceptedRow(view.words[task.id], office_day(task.issued_at), limit, over))
    yield from sorted(rows, key=lambda row: (row.accept_by_on, row.task.task_id))


def count_lights(view: View) -> dict[int | None, LightCounts]:
    """The lights of the counted tasks by lead unit: of the open milestones the worst, else of the finished ones."""
    steps_of: dict[int, list[StepRow]] = {}
    for step in view.register.steps:
        steps_of.setdefault(step.task_id, []).append(step)
    lights_of_holder: dict[int, Light] = {}
    counts: dict[int | None, dict[Light, int]] = {}
    for task in view.register.tasks.values():
        if not task.is_counted:
            continue
        holder = task.milestones_from_id or task.id
        if holder not in lights_of_holder:
            lights_of_holder[holder] = _light_of_list(view, holder, steps_of.get(holder, ()))
        of_unit = counts.get(task.unit_id) or counts.setdefault(task.unit_id, dict.fromkeys(Light, 0))
        of_unit[Light.GREY if task.state is TaskState.SUSPENDED else lights_of_holder[holder]] += 1
    return {
        unit_id: LightCounts(**{light.value: number for light, number in lights.items()})
        for unit_id, lights in counts.items()
    }


def _light_of_list(view: View, holder: int, steps: Sequence[StepRow]) -> Light:
    """As `tracker.lights.task_light` says it, with the milestones that the database counted."""
    register = view.register
    open_lights = [view.light(step) for step in steps if step.state in OPEN_MILESTONES]
    if holder in register.calm:
        open_lights.append(Light.GREEN)
    if holder in register.undated:
        open_lights.append(Light.GREY)
    finished_lights = [view.light(step) for step in steps if step.state not in OPEN_MILESTONES]
    if settled := register.settled.get(holder):
        finished_lights.append(Light.BLUE if settled.on_time == settled.due else Light.YELLOW_BLUE)
    return light_of_list(open_lights, finished_lights)


def add_lights(counts: Collection[LightCounts]) -> LightCounts:
    return LightCounts(**{light.value: sum(each.of(light) for each in counts) for light in Light})


def _latest(*moments: datetime | None) -> datetime | None:
    return max((moment for moment in moments if moment is not None), default=None)
