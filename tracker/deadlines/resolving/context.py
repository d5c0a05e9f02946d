"""What a phrase inherits from the text before it: the year, the month of its sentence, the repetition."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from tracker.deadlines.grammar.phrases import Point, Scope, YearBase, YearRef

YEARS = range(1900, 2100)  # beyond these a number is no year


@dataclass
class Context:
    """Carried along while a text is resolved. `base` is the year that 次年 counts from."""

    ref: date | None
    base: int | None = None
    year: int | None = None
    named: bool = False  # a year has been named by the text itself
    last: Point | None = None  # the last point of this sentence, its month known
    event: str = ""  # the event that this sentence counted from last
    repetition: str | None = None  # the period this sentence repeats in

    def __post_init__(self) -> None:
        if self.ref is not None:
            self.base = self.year = self.ref.year

    def start_sentence(self) -> None:
        self.last = None
        self.event = ""
        self.repetition = None

    def take_year(self, ref: YearRef | None) -> int | None:
        """The year that `ref` means, which the following phrases inherit; None where nobody knows."""
        if ref is None:
            return self.year
        if ref.base is YearBase.CALENDAR:
            self.base = ref.number
            self.year, self.named = ref.number, True
        elif ref.base is YearBase.REFERENCE:
            self.base = self.ref.year + ref.number if self.ref else None
            self.year, self.named = self.base, True
        else:
            self.year = self.base + ref.number if self.base is not None else None
        return self.year

    def locate(self, point: Point) -> tuple[Point, int | None]:
        """`point` with all that it inherits, and its year; None where nobody knows."""
        if point.scope in (Scope.YEAR, Scope.HALF) or (point.scope is Scope.QUARTER and point.number):
            return point, self.take_year(point.year)
        return self.take_month(point)

    def take_month(self, point: Point) -> tuple[Point, int | None]:
        """`point` with its month, and its year; months count from the sentence or from the day of reference."""
        if point.month is not None or (point.month_shift is None and point.year is not None):
            return point, self.take_year(point.year)
        if point.is_sequel and self.last is not None and self.last.month is not None:
            return _shifted(point, self.year, self.last.month + (point.month_shift or 0))
        if self.ref is None:
            return point, None
        return _shifted(point, self.ref.year, self.ref.month + (point.month_shift or 0))


def _shifted(point: Point, year: int | None, month: int) -> tuple[Point, int | None]:
    over, index = divmod(month - 1, 12)
    moved = year + over if year is not None else None
    if point.scope is Scope.QUARTER:
        return replace(point, number=index // 3 + 1), moved
    return replace(point, month=index + 1), moved
