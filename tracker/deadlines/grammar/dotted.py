"""Productions for numbers joined by marks: 2024-08-30, 2024.8, 8.30前, 20240630."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.grammar.marks import read_marks
from tracker.deadlines.grammar.months import is_day_of, read_month
from tracker.deadlines.grammar.phrases import Point, PointMatch, Scope, YearBase, YearRef
from tracker.deadlines.grammar.years import FIRST_YEAR, LAST_YEAR, SHORT_YEARS
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind


def read_bare_dotted(tokens: Tokens, place: int) -> PointMatch | None:
    """2024-08-30, 2024.8, 2024/8/30前, 8.30前; without a year only where 前 follows (or a range, read elsewhere)."""
    found = read_dotted(tokens, place)
    if found is None:
        return None
    marked = read_marks(tokens, *found)
    point = marked[0]
    return marked if point.year is not None or point.before else None


def read_dotted(tokens: Tokens, place: int) -> PointMatch | None:
    """Numbers joined by the same mark without gaps: year-month-day, year-month or month-day."""
    numbers, end = _read_joined(tokens, place)
    if _is_rest_of_date(tokens, place):
        return None
    whole = len(numbers) == 3 and FIRST_YEAR <= numbers[0] <= LAST_YEAR
    if tokens.kind(end) is Kind.DAY and (
        whole or (tokens.kind(end + 1) is Kind.BEFORE and len(numbers) == 2)
    ):
        end += 1  # 2025.3.1日, 6.30日前
    elif tokens.kind(end) in (Kind.YEAR, Kind.MONTH, Kind.DAY, Kind.COUNTER) and len(numbers) > 1:
        # the last number has a unit of its own: “2024.5月”, “1.5月底” (an item and a month)
        return _read_half_dotted(tokens, place)
    if len(numbers) == 1 and len(tokens.text(place)) == 8 and _may_be_written_solid(tokens, place):
        numbers = [numbers[0] // 10_000, numbers[0] // 100 % 100, numbers[0] % 100]
    if len(numbers) == 3 and numbers[0] in SHORT_YEARS:
        numbers[0] += 2000
    year = (
        YearRef(YearBase.CALENDAR, numbers[0]) if numbers and FIRST_YEAR <= numbers[0] <= LAST_YEAR else None
    )
    match (numbers if year is None else numbers[1:]), year:
        case [month, day], _ if 1 <= month <= 12 and is_day_of(month, day):
            return Point(Scope.DAY, year=year, month=month, day=day), end
        case [month], YearRef() if 1 <= month <= 12:
            return Point(Scope.MONTH, year=year, month=month), end
    return None


def _is_rest_of_date(tokens: Tokens, place: int) -> bool:
    """True inside 2025.3.1: the month and the day of a date are not read again without its year."""
    joined = tokens.kind(place - 1) in (Kind.DOT, Kind.SLASH) and not tokens[place].gap
    return joined and tokens.kind(place - 2) is Kind.NUMBER and tokens[place - 2].number >= FIRST_YEAR


def _may_be_written_solid(tokens: Tokens, place: int) -> bool:
    """20240630 is a day where it opens a cell or 前 or a range follows; after a label it may be any number."""
    opens = place == 0 or tokens[place].broken
    return (
        opens
        or tokens.kind(place + 1) in (Kind.BEFORE, Kind.TO, Kind.DASH)
        or tokens.kind(place - 1) in (Kind.TO, Kind.DASH)
    )


def _read_half_dotted(tokens: Tokens, place: int) -> PointMatch | None:
    number = tokens[place].number
    if not FIRST_YEAR <= number <= LAST_YEAR or tokens.kind(place + 1) is not Kind.DOT:
        return None
    month = read_month(tokens, place + 2)
    return (replace(month[0], year=YearRef(YearBase.CALENDAR, number)), month[1]) if month else None


def _read_joined(tokens: Tokens, place: int) -> tuple[list[int], int]:
    numbers: list[int] = []
    mark = None
    spaced = False  # 2024. 12. 10: only a whole date is read through gaps
    while tokens.kind(place) is Kind.NUMBER and tokens[place].text.isascii() and len(numbers) < 3:
        if numbers and len(tokens.text(place)) > 2:
            return [], place  # 2024-06-018 is a number of a file
        numbers.append(tokens[place].number)
        follows = tokens.kind(place + 1)
        joins = follows in (Kind.DOT, Kind.DASH, Kind.SLASH) and mark in (None, follows)
        gap = tokens[place + 2].gap or tokens[place + 1].gap
        through = not gap or (follows is Kind.DOT and numbers[0] >= FIRST_YEAR)
        if not joins or tokens.kind(place + 2) is not Kind.NUMBER or not through:
            return ([], place) if spaced and len(numbers) < 3 else (numbers, place + 1)
        spaced = spaced or gap
        mark = follows
        place += 2
    return numbers, place - 1 if numbers else place
