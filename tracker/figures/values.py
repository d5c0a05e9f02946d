"""The figures of one week as plain frozen values. They go to JSON and back without loss.

Every rate is kept as its two counts, so that whoever prints it prints the formula as well.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from tracker.lights import Light, Measure
from workflows.extension import ExtensionState


@dataclass(frozen=True)
class Ratio:
    """`part` of `whole`; no rate where there is nothing to count."""

    part: int = 0
    whole: int = 0

    @property
    def rate(self) -> float | None:
        """Between 0 and 1."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class Points:
    """Points of the office's scheme. `planned` = `secured` + `at_risk` + `pending` + `lost`.

    `planned`: what the issued, uncancelled rows of kind points can bring. `secured`: of closed tasks. `at_risk`: of
    open tasks with an overdue milestone. `pending`: of all others. `lost`: deducted from such rows, never more than
    they bring. `deducted`: recorded against rows of other kinds (扣分项), up to their caps. `bonus`: of closed 加分项.
    """

    planned: float = 0.0
    secured: float = 0.0
    at_risk: float = 0.0
    pending: float = 0.0
    lost: float = 0.0
    deducted: float = 0.0
    bonus: float = 0.0


@dataclass(frozen=True)
class Tally:
    """What is counted, for everything in scope or for one unit. The units add up to the whole.

    Tasks: `total` were issued and not cancelled; `total` = `open` + `closed` + `suspended`; `overdue` are open ones
    with an overdue milestone. Milestones: `due_this_week` fall into the week, `done_this_week` of these are met
    or handed in; `suspended_due` are past their date in suspended tasks and are left out of both on-time rates;
    `awaiting_review` were handed in on time and not yet confirmed, so they are due and not yet met. `backfilled` were
    recorded as done before the program came (补录): they are in no other figure of the milestones, whatever their task.
    """

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
    on_time: Ratio = field(default_factory=Ratio)  # met on time ÷ due so far, by the current due days
    on_time_first: Ratio = field(default_factory=Ratio)  # the same by the first due days
    points: Points = field(default_factory=Points)

    @property
    def completion(self) -> Ratio:
        """办结率: closed ÷ issued."""
        return Ratio(self.closed, self.total)


@dataclass(frozen=True)
class TaskWords:
    """How a row of a list names its task, and who is on it now."""

    task_id: int
    number: str
    title: str
    unit: str
    owners: str = ""
    expediters: str = ""
    leaders: str = ""


@dataclass(frozen=True)
class OverdueRow:
    """`days_over` are calendar days, `workdays_over` working days after the due day up to the day of reading."""

    task: TaskWords
    text: str
    first_due_on: date
    due_on: date
    days_over: int
    workdays_over: int
    light: Light
    is_reported: bool = False
    is_archive: bool = False


@dataclass(frozen=True)
class FinishedRow:
    """A task that was closed, or a milestone that was met, in the week. `on_time` is None without a due day."""

    task: TaskWords
    what: Literal["task", "milestone"]
    text: str
    done_on: date
    due_on: date | None = None
    on_time: bool | None = None


@dataclass(frozen=True)
class UpcomingRow:
    task: TaskWords
    text: str
    due_on: date
    days_left: int
    light: Light
    is_reported: bool = False


@dataclass(frozen=True)
class StandingRow:
    """A standing duty (常态化) without news: `silent_days` since its last report or evidence, or since its issue."""

    task: TaskWords
    text: str
    last_news_on: date | None
    silent_days: int


@dataclass(frozen=True)
class ExtensionRow:
    """A request that was made or decided in the week. `is_late`: made after the date, late whatever was granted."""

    task: TaskWords
    text: str
    asked_on: date
    decided_on: date | None
    from_due_on: date
    to_due_on: date
    state: ExtensionState
    is_late: bool
    reason: str


@dataclass(frozen=True)
class InstructionRow:
    """A leader's note that nobody has acknowledged for `waiting_days`."""

    task: TaskWords
    text: str
    leader: str
    given_on: date
    waiting_days: int


@dataclass(frozen=True)
class UnacceptedRow:
    """A task that was not accepted (签收) by its limit."""

    task: TaskWords
    issued_on: date
    accept_by_on: date
    workdays_over: int


@dataclass(frozen=True)
class LightCounts:
    """How many tasks show each light; a task shows the worst of its open milestones."""

    grey: int = 0
    green: int = 0
    yellow: int = 0
    red: int = 0
    blue: int = 0
    yellow_blue: int = 0

    def of(self, light: Light) -> int:
        return int(getattr(self, light.value))

    @property
    def total(self) -> int:
        return sum(self.of(light) for light in Light)


@dataclass(frozen=True)
class UnitRow:
    """One lead unit (牵头部门); `unit_id` is None for tasks without one."""

    unit_id: int | None
    unit: str
    tally: Tally
    lights: LightCounts


@dataclass(frozen=True)
class TrendPoint:
    """How things stood at the end of one week."""

    week: str
    ends_on: date
    completion: Ratio
    on_time: Ratio
    overdue_milestones: int


@dataclass(frozen=True)
class WeeklyFigures:
    """Everything that a weekly report says, as of `until` (not included), read on the office day `today`."""

    week: str
    starts_on: date
    ends_on: date
    until: datetime
    today: date
    scope: str
    scope_label: str
    measure: Measure
    standing_silent_days: int
    totals: Tally
    previous: Tally  # the same at the end of the week before
    lights: LightCounts
    overdue: tuple[OverdueRow, ...] = ()
    finished: tuple[FinishedRow, ...] = ()
    upcoming: tuple[UpcomingRow, ...] = ()
    standing: tuple[StandingRow, ...] = ()
    extensions: tuple[ExtensionRow, ...] = ()
    instructions: tuple[InstructionRow, ...] = ()
    unaccepted: tuple[UnacceptedRow, ...] = ()
    units: tuple[UnitRow, ...] = ()
    trend: tuple[TrendPoint, ...] = ()
