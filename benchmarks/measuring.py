"""Measuring two sides by turns, so that whatever else the machine does falls on both alike."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Side = Callable[[], float]  # does the work once and returns the seconds that it took


class Stopwatch:
    """What `timed` hands out; `seconds` is known when the block has ended."""

    seconds = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    """Time a block."""
    watch = Stopwatch()
    start = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - start


@dataclass(frozen=True)
class Paired:
    """Seconds of both sides, round by round."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def ours_seconds(self) -> float:
        return statistics.median(self.ours)

    @property
    def peer_seconds(self) -> float:
        return statistics.median(self.peer)

    def ratios(self, *, allowance: float = 0.0) -> tuple[float, ...]:
        """Ours through the peer's in each round; `allowance` (seconds) is taken off ours first."""
        return tuple((mine - allowance) / theirs for mine, theirs in zip(self.ours, self.peer, strict=True))


def by_turns(ours: Side, peer: Side, *, rounds: int) -> Paired:
    """Run both sides `rounds` times, each first in every other round, after one round that does not count."""
    ours(), peer()
    gc.collect()  # what was built before is charged to nobody
    mine, theirs = [], []
    for place in range(rounds):
        if place % 2:
            theirs.append(peer())
            mine.append(ours())
        else:
            mine.append(ours())
            theirs.append(peer())
    return Paired(tuple(mine), tuple(theirs))


def quartiles(values: tuple[float, ...]) -> tuple[float, float]:
    """The middle half of the values: its lower and its upper end."""
    if len(values) < 2:
        return values[0], values[0]
    first, _, third = statistics.quantiles(values, n=4, method="inclusive")
    return first, third
