"""Productions for years: 2024年, 24年 before a month, 今年, 次年度."""

from __future__ import annotations

from tracker.deadlines.grammar.phrases import YearBase, YearRef
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

FIRST_YEAR, LAST_YEAR = 1980, 2099
_FIRST_WORDED_YEAR = 1900  # people are born before the offices begin to plan
SHORT_YEARS = range(15, 50)  # 24年5月


def read_year(tokens: Tokens, place: int) -> tuple[YearRef | None, int]:
    """A year at `place` and the token after it; the year is None, and nothing is read, where there is none."""
    kind = tokens.kind(place)
    if kind is Kind.RELATIVE_YEAR:
        base, shift = tokens[place].shift
        known = YearBase.REFERENCE if base == "ref" else YearBase.CARRIED
        return YearRef(known, int(shift)), _skip_degree(tokens, place + 1)
    if kind is Kind.NUMBER and tokens.kind(place + 1) is Kind.YEAR:
        number = tokens[place].number
        end = _skip_degree(tokens, place + 2)
        if _FIRST_WORDED_YEAR <= number <= LAST_YEAR:
            return YearRef(YearBase.CALENDAR, number), end
        if number in SHORT_YEARS and tokens[place].text.isascii() and _has_body(tokens, end):
            return YearRef(YearBase.CALENDAR, 2000 + number), end
    return None, place


def _has_body(tokens: Tokens, place: int) -> bool:
    if tokens.kind(place) in (Kind.ENDING, Kind.HALF):
        return True
    after = place + 1 + (tokens.kind(place) is Kind.ORDINAL)
    return tokens.kind(after) in (Kind.MONTH, Kind.QUARTER)


def _skip_degree(tokens: Tokens, place: int) -> int:
    place = tokens.skip(place, Kind.DEGREE)
    return tokens.skip(place, Kind.POSSESSIVE) if _starts_body(tokens, place + 1) else place


def _starts_body(tokens: Tokens, place: int) -> bool:
    return tokens.kind(place) in (Kind.NUMBER, Kind.ORDINAL, Kind.HALF, Kind.FESTIVAL)
