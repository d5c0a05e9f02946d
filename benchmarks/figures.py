"""One measured figure: what was compared, at which size, and whether it keeps its target."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from benchmarks.measuring import Paired, quartiles


class Sense(StrEnum):
    AT_MOST = "≤"
    AT_LEAST = "≥"


@dataclass(frozen=True)
class Target:
    """What issues 2 (section 6) and 3 demand; `unit` is `倍` (a ratio), `毫秒` or `MB`."""

    sense: Sense
    limit: float
    unit: str = "倍"

    def is_met(self, value: float) -> bool:
        return value <= self.limit if self.sense is Sense.AT_MOST else value >= self.limit


@dataclass(frozen=True)
class Figure:
    """`value` is a median, `low` and `high` enclose the middle half of its rounds.

    `ours` and `peer` are medians in seconds, but where the unit is MB.
    """

    name: str
    size: str
    ours: float
    peer: float | None
    value: float
    low: float
    high: float
    unit: str
    rounds: int
    target: Target | None = None

    @property
    def is_met(self) -> bool | None:
        """None where the figure is shown for comparison only."""
        return None if self.target is None else self.target.is_met(self.value)

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"is_met": self.is_met}


def slowness(
    name: str, size: str, paired: Paired, *, at_most: float | None = None, allowance: float = 0.0
) -> Figure:
    """How many times the peer's time ours is; with an `allowance` (seconds), what is left of ours without it."""
    target = None if at_most is None else Target(Sense.AT_MOST, at_most)
    return _figure(name, size, paired, paired.ratios(allowance=allowance), target)


def speed(name: str, size: str, paired: Paired, *, at_least: float | None = None) -> Figure:
    """Our speed as a part of the peer's: 1 is as fast as the library alone."""
    target = None if at_least is None else Target(Sense.AT_LEAST, at_least)
    return _figure(name, size, paired, tuple(1 / ratio for ratio in paired.ratios()), target)


def growth(name: str, size: str, small: Paired, large: Paired, *, at_most: float | None = None) -> Figure:
    """How many times the time of the small work the large work takes, both ours."""
    paired = Paired(large.ours, small.ours)
    target = None if at_most is None else Target(Sense.AT_MOST, at_most)
    return _figure(name, size, paired, paired.ratios(), target)


def duration(name: str, size: str, seconds: tuple[float, ...], *, at_most_ms: float | None = None) -> Figure:
    """Our time alone, in milliseconds."""
    values = tuple(value * 1000 for value in seconds)
    target = None if at_most_ms is None else Target(Sense.AT_MOST, at_most_ms, "毫秒")
    low, high = quartiles(values)
    median = statistics.median(values)
    return Figure(name, size, median / 1000, None, median, low, high, "毫秒", len(values), target)


def memory(name: str, size: str, megabytes: tuple[float, ...], *, at_most: float | None = None) -> Figure:
    """What a process of ours holds, in MB of 1,048,576 bytes."""
    target = None if at_most is None else Target(Sense.AT_MOST, at_most, "MB")
    low, high = quartiles(megabytes)
    median = statistics.median(megabytes)
    return Figure(name, size, median, None, median, low, high, "MB", len(megabytes), target)


def _figure(name: str, size: str, paired: Paired, values: tuple[float, ...], target: Target | None) -> Figure:
    low, high = quartiles(values)
    median = statistics.median(values)
    return Figure(
        name, size, paired.ours_seconds, paired.peer_seconds, median, low, high, "倍", len(values), target
    )


@dataclass(frozen=True)
class Effort:
    """How much work a run is: the sizes of everything that is measured. See `SCALES` for the three in use."""

    import_rows: tuple[int, int]
    import_rounds: int
    moves: int  # tasks that live through their life on either side
    creations: int
    milestones: tuple[int, ...]  # open milestones of the registers that reminders are measured on
    scan_rounds: int
    idle_rounds: int
    letters: int
    mail_rounds: int
    report_tasks: tuple[int, ...]
    report_rounds: int
    pages: tuple[int, int]  # tasks of the registers whose pages are asked for
    page_rounds: int
    start_rounds: int = 1  # processes that are started, for what they hold and for how long they take
    rest_seconds: float = 0.0  # how long a process is left alone before it is looked at


Benchmark = Callable[[Path, Effort], list[Figure]]

SCALES: dict[str, Effort] = {
    "tiny": Effort((3, 6), 1, 2, 2, (40,), 1, 2, 3, 1, (8,), 1, (60, 120), 2),
    "quick": Effort(
        (80, 800), 3, 40, 40, (10_000,), 3, 100, 100, 3, (250, 2500), 5, (1000, 100_000), 60, 5, 20
    ),
    "full": Effort(
        (80, 800),
        9,
        200,
        200,
        (10_000, 100_000, 1_000_000),
        7,
        400,
        300,
        7,
        (250, 2500, 25_000),
        9,
        (1000, 100_000),
        300,
        9,
        20,
    ),
}
