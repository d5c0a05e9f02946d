"""What time it is, and what day it is at the office. Asked by routes, jobs and commands only.

Moments are aware UTC `datetime`s; days are `date`s of the office zone. The two are never mixed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Shanghai")

_rehearsed: ContextVar[Callable[[], datetime] | None] = ContextVar("clock of a rehearsal", default=None)


def now() -> datetime:
    """The current moment, aware and in UTC."""
    rehearsed = _rehearsed.get()
    return rehearsed() if rehearsed else datetime.now(UTC)


def today() -> date:
    """The current day at the office, which at 23:30 UTC is already tomorrow's."""
    return office_day(now())


def office_day(moment: datetime) -> date:
    """The office day on which `moment` falls."""
    return moment.astimezone(OFFICE_ZONE).date()


def office_moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """The UTC moment of a time of day at the office."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=OFFICE_ZONE).astimezone(UTC)


@contextmanager
def fixed_at(moment: datetime) -> Iterator[None]:
    """Stop the clock of this context at `moment`: one command's `--now`, or a rehearsal."""
    if moment.tzinfo is None:
        raise ValueError("A fixed clock needs an aware moment.")
    stopped = moment.astimezone(UTC)
    with told_by(lambda: stopped):
        yield


@contextmanager
def told_by(clock: Callable[[], datetime]) -> Iterator[None]:
    """Let this context, and what is copied from it, ask another clock: one that a demo can move by hand."""
    token = _rehearsed.set(clock)
    try:
        yield
    finally:
        _rehearsed.reset(token)
