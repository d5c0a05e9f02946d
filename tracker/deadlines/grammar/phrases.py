"""What the grammar finds in a text, before the year and the repetition it stands in are known."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple


class Scope(Enum):
    """How much time a point names."""

    YEAR = auto()
    HALF = auto()
    QUARTER = auto()
    MONTH = auto()
    TEN_DAYS = auto()
    WEEK = auto()
    DAY = auto()
    FESTIVAL = auto()


class YearBase(Enum):
    """What a year is counted from."""

    CALENDAR = auto()  # 2024年
    REFERENCE = auto()  # 今年, 明年
    CARRIED = auto()  # 当年, 次年: the year named last


class YearRef(NamedTuple):
    base: YearBase
    number: int


@dataclass(frozen=True)
class Point:
    """A stretch of the calendar: a year, a half, a quarter, a month, ten days, a week or a day.

    `month` is None where the sentence must supply it. `month_shift` counts from the month of reference (本月 0)
    or, where `is_sequel`, from the month the sentence speaks of (次月). `ends` says that only its last day is
    meant (底, 末), `inside` that it is meant whole (内), `before` that a 前 follows.
    """

    scope: Scope
    year: YearRef | None = None
    number: int | None = None  # of the half, quarter or weekday
    month: int | None = None
    month_shift: int | None = None
    is_sequel: bool = False
    day: int | None = None  # for TEN_DAYS: 10, 20 or 31
    festival: str | None = None
    ends: bool = False
    inside: bool = False
    before: bool = False

    @property
    def is_marked(self) -> bool:
        """True where the words themselves say “by then”."""
        return self.before or self.ends or self.inside

    @property
    def has_own_time(self) -> bool:
        """True where nothing but the year is left to inherit."""
        return self.scope in (Scope.YEAR, Scope.HALF, Scope.QUARTER, Scope.FESTIVAL) or self.month is not None


PointMatch = tuple[Point, int]  # a point, and the token after it


@dataclass(frozen=True)
class Stretch:
    """From one point to another. `first` is None for 即日起, `last` is None for “3月起”."""

    first: Point | None
    last: Point | None
    before: bool = False


@dataclass(frozen=True)
class Repeat:
    """A recurrence. `period` is the unit it repeats in; `is_bare` where no day is named (每月报送)."""

    period: str
    rules: tuple[str, ...]
    is_bare: bool = False


@dataclass(frozen=True)
class Yearly:
    """Points of every year: 每年1月15日."""

    point: Point
    first: Point | None = None


@dataclass(frozen=True)
class MonthDay:
    """A day without its month (25日前, 月底前, 周五前): the sentence says whether of one month or of every one."""

    point: Point


@dataclass(frozen=True)
class Period:
    """So many days, working days, months or years from an event (before it, where negative)."""

    count: int
    unit: str
    event: str


@dataclass(frozen=True)
class Standing:
    is_weak: bool = False


@dataclass(frozen=True)
class Vague:
    is_weak: bool = False


Phrase = Point | Stretch | Repeat | Yearly | MonthDay | Period | Standing | Vague


@dataclass(frozen=True)
class Found:
    """A phrase and the tokens it was read from: `first` up to, not including, `end`."""

    phrase: Phrase
    first: int
    end: int
    until: bool = field(default=False)  # 到, 不迟于 stands before it


class Match(NamedTuple):
    """What a production read, and the token after it."""

    phrase: Phrase
    end: int
