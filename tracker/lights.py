"""Deadline colours (红黄绿灯) and punctuality. Pure: told the day, asks nobody.

Lateness cannot be repainted: once late, never blue. `was_overdue` marks a milestone whose extension was asked
for after its date; whatever day was granted, it counts as late. What was done before the program came (`done_on`, 补录)
counts by that day, whatever is measured; wherever its light is shown it is marked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Protocol

from tracker.clock import office_day
from workflows.milestone import OPEN_MILESTONES, MilestoneState


class Light(StrEnum):
    GREY = "grey"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"
    YELLOW_BLUE = "yellow_blue"


LIGHT_NAMES: dict[Light, str] = {
    Light.RED: "红灯",
    Light.YELLOW: "黄灯",
    Light.YELLOW_BLUE: "黄蓝灯",
    Light.GREEN: "绿灯",
    Light.BLUE: "蓝灯",
    Light.GREY: "灰灯",
}
LIGHT_LABELS: dict[Light, str] = LIGHT_NAMES | {
    Light.GREY: "灰灯（无时限或不计时）",
    Light.YELLOW: "黄灯（临近到期）",
    Light.RED: "红灯（逾期）",
    Light.BLUE: "蓝灯（按时完成）",
    Light.YELLOW_BLUE: "黄蓝灯（补办）",
}
BACKFILLED = "补录"
WORST_FIRST = (Light.RED, Light.YELLOW, Light.YELLOW_BLUE, Light.GREEN, Light.BLUE, Light.GREY)


def light_name(light: Light, *, is_backfilled: bool) -> str:
    """What a light is called; that of something done before the program came is always marked."""
    return f"{LIGHT_NAMES[light]}（{BACKFILLED}）" if is_backfilled else LIGHT_NAMES[light]


class Measure(StrEnum):
    """The moment at which lateness is measured."""

    SUBMISSION = "submission"  # the report that was finally accepted
    ACCEPTANCE = "acceptance"  # its confirmation


@dataclass(frozen=True)
class LightThresholds:
    """`yellow_within_days`: yellow with this many days left or fewer, the due day itself being 0 days left."""

    yellow_within_days: int = 7


class Dated(Protocol):
    """What a light looks at; a `Milestone` has it, a row of a figures query may."""

    @property
    def state(self) -> MilestoneState: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def first_due_on(self) -> date | None: ...
    @property
    def was_overdue(self) -> bool: ...
    @property
    def reported_at(self) -> datetime | None: ...
    @property
    def met_at(self) -> datetime | None: ...
    @property
    def done_on(self) -> date | None: ...


def light_of(
    milestone: Dated,
    *,
    today: date,
    thresholds: LightThresholds,
    measure: Measure = Measure.SUBMISSION,
    is_running: bool = True,
) -> Light:
    """The colour of one milestone on the office day `today`.

    While its task is not under way (`is_running`: not issued, suspended, cancelled) what is open has no light. Reported and measured at submission, it waits for the reviewer alone: green if it came in time, yellow-blue
    if it did not, and never red.
    """
    if milestone.due_on is None or milestone.state is MilestoneState.WAIVED:
        return Light.GREY
    if not is_running and milestone.state in OPEN_MILESTONES:
        return Light.GREY
    on_time = was_on_time(milestone, measure=measure)
    if milestone.state is MilestoneState.MET:
        return Light.BLUE if on_time else Light.YELLOW_BLUE
    if on_time is not None:
        return Light.GREEN if on_time else Light.YELLOW_BLUE
    days_left = (milestone.due_on - today).days
    if days_left < 0:
        return Light.RED
    return Light.YELLOW if days_left <= thresholds.yellow_within_days else Light.GREEN


def worst_light(lights: Iterable[Light]) -> Light:
    """The worst of several; grey where there are none."""
    return min(lights, key=WORST_FIRST.index, default=Light.GREY)


def light_of_list(open_lights: Iterable[Light], finished_lights: Iterable[Light]) -> Light:
    """The light of a list of milestones: the worst of the open ones, of the finished ones where none is open any more.

    What is open and has no date, a standing duty as well, is open: grey, where nothing else is.
    """
    shown = list(open_lights)
    return worst_light(shown or finished_lights)


def task_light(
    milestones: Iterable[Dated],
    *,
    today: date,
    thresholds: LightThresholds,
    measure: Measure = Measure.SUBMISSION,
    is_running: bool = True,
) -> Light:
    """The light of the list of a task, series left out."""
    lights: dict[bool, list[Light]] = {True: [], False: []}
    for each in milestones:
        light = light_of(each, today=today, thresholds=thresholds, measure=measure, is_running=is_running)
        lights[each.state in OPEN_MILESTONES].append(light)
    return light_of_list(lights[True], lights[False])


def rests_on_backfill(milestones: Iterable[Dated]) -> bool:
    """Whether the light of the task is that of finished milestones, one of which was done before the program came."""
    shown = list(milestones)
    if any(each.state in OPEN_MILESTONES for each in shown):
        return False
    return any(each.state is MilestoneState.MET and each.done_on and each.due_on for each in shown)


def completed_on(milestone: Dated, *, measure: Measure) -> date | None:
    """The office day that counts as the day of completion; None while there is none to count."""
    if milestone.state is MilestoneState.MET and milestone.done_on is not None:
        return milestone.done_on
    if milestone.state is MilestoneState.MET:
        by_report = milestone.reported_at if measure is Measure.SUBMISSION else None
        moment = by_report or milestone.met_at
    elif milestone.state is MilestoneState.REPORTED and measure is Measure.SUBMISSION:
        moment = milestone.reported_at
    else:
        moment = None
    return moment and office_day(moment)


def was_on_time(
    milestone: Dated,
    *,
    measure: Measure,
    against: Literal["current", "first"] = "current",
) -> bool | None:
    """Whether it was completed by its due day (inclusive); None without a due day or before completion.

    Against the current due day, one whose extension was asked for after the date is late all the same.
    """
    due_on = milestone.due_on if against == "current" else milestone.first_due_on
    completed = completed_on(milestone, measure=measure)
    if due_on is None or completed is None:
        return None
    if against == "current" and milestone.was_overdue:
        return False
    return completed <= due_on


def is_overdue(milestone: Dated, *, today: date, measure: Measure) -> bool:
    """Whether it is open, past its date, and not handed in to the reviewer where that is what counts."""
    if milestone.due_on is None or milestone.due_on >= today:
        return False
    open_states = [MilestoneState.PENDING]
    if measure is Measure.ACCEPTANCE:
        open_states.append(MilestoneState.REPORTED)
    return milestone.state in open_states
