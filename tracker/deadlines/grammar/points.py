"""Productions for points of the calendar: 2024年5月底前, 一季度, 8.30前, 春节前, 本月底."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.grammar.dotted import read_bare_dotted
from tracker.deadlines.grammar.marks import read_marks, read_weekday
from tracker.deadlines.grammar.months import is_motto, read_month, read_within_month
from tracker.deadlines.grammar.phrases import Point, PointMatch, Scope
from tracker.deadlines.grammar.years import read_year
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind


def read_point(tokens: Tokens, place: int) -> PointMatch | None:
    """The longest point that starts at `place`, with its marks (底, 前, 内), or None."""
    return read_bare_dotted(tokens, place) or _read_worded(tokens, place)


def _read_worded(tokens: Tokens, place: int) -> PointMatch | None:
    year, after_year = read_year(tokens, place)
    if year is None and _follows_unknown_year(tokens, place):
        return None
    found = _read_within_year(tokens, after_year, named_year=year is not None)
    if found is None:
        if year is None:
            return None
        found = Point(Scope.YEAR), after_year + (tokens.text(after_year) == "全年")
    point, end = found
    return read_marks(tokens, replace(point, year=year), end)


def _follows_unknown_year(tokens: Tokens, place: int) -> bool:
    """True for the 4月 of “1862年4月”: a month is not moved into another year."""
    joined = tokens.kind(place - 1) is Kind.YEAR and not tokens[place].broken
    return joined and tokens.kind(place - 2) is Kind.NUMBER and tokens[place - 2].number > 99


def _read_within_year(tokens: Tokens, place: int, *, named_year: bool) -> PointMatch | None:
    kind = tokens.kind(place)
    if kind is Kind.HALF:
        return Point(Scope.HALF, number=tokens[place].number), place + 1
    if kind in (Kind.FESTIVAL, Kind.QUOTE, Kind.NUMBER) and (festival := _read_festival(tokens, place)):
        return festival
    return (
        _read_quarter(tokens, place)
        or read_month(tokens, place)
        or _read_shifted(tokens, place)
        or _read_bare_ending(tokens, place, named_year=named_year)
        or _read_plan(tokens, place)
    )


def _read_festival(tokens: Tokens, place: int) -> PointMatch | None:
    """春节, “五一”节, and “十一” where 前 or a quotation mark tells it from the number."""
    quoted = tokens.kind(place) is Kind.QUOTE
    inner = place + quoted
    name = None
    if tokens.kind(inner) is Kind.FESTIVAL:
        name = str(tokens[inner].value)
    elif tokens.text(inner) == "十一":
        name = "国庆节"
    if name is None:
        return None
    end = inner + 1
    if quoted:
        if tokens.kind(end) is not Kind.QUOTE:
            return None
        end += 1
    if tokens.text(end) == "节":
        end += 1
    if tokens.words(end, end + 2) in ("假期", "长假", "假日") and tokens.kind(end + 2) is Kind.BEFORE:
        end += 2
    if tokens.kind(inner) is Kind.NUMBER and tokens.kind(end) is not Kind.BEFORE:
        return None
    return Point(Scope.FESTIVAL, festival=name), end


def _read_quarter(tokens: Tokens, place: int) -> PointMatch | None:
    leading = tokens.kind(place) is Kind.BEFORE  # 前三季度: up to the end of the third
    number_at = place + leading + (tokens.kind(place + leading) is Kind.ORDINAL)
    if tokens.kind(number_at) is not Kind.NUMBER or not 1 <= tokens[number_at].number <= 4:
        return None
    ordinal = tokens.kind(number_at - 1) is Kind.ORDINAL  # 一个季度 is a length, 第一个季度 is not
    end = tokens.skip(number_at + 1, Kind.COUNTER) if ordinal else number_at + 1
    if tokens.kind(end) is not Kind.QUARTER or is_motto(tokens, number_at):
        return None
    closed = tokens.kind(end + 1) in (Kind.ENDING, Kind.BEFORE, Kind.INSIDE)
    if tokens.text(end) == "季" and not (ordinal or closed):
        return None  # 四季常绿
    return Point(Scope.QUARTER, number=tokens[number_at].number), end + 1


def _read_shifted(tokens: Tokens, place: int) -> PointMatch | None:
    """本月底, 下月10日, 下季度末, 本周五; 次月5日 waits for the month of its sentence."""
    kind = tokens.kind(place)
    if kind is Kind.SHIFTED:
        unit, shift = tokens[place].shift
        sequel = False
    elif kind is Kind.NEXT:
        unit, shift, sequel = str(tokens[place].value), 1, True
    else:
        return None
    end = tokens.skip(place + 1, Kind.POSSESSIVE)
    if unit == "month":
        month = Point(Scope.MONTH, month_shift=int(shift), is_sequel=sequel)
        return read_within_month(tokens, month, tokens.skip(end, Kind.MONTH))
    if unit == "quarter":
        return Point(Scope.QUARTER, month_shift=int(shift) * 3, is_sequel=sequel), end
    weekday = read_weekday(tokens, end)
    number = weekday[0] if weekday else None
    return Point(Scope.WEEK, number=number, month_shift=int(shift), is_sequel=sequel), weekday[
        1
    ] if weekday else end


def _read_bare_ending(tokens: Tokens, place: int, *, named_year: bool) -> PointMatch | None:
    """年底, 月底, 季度末 without a number; 底 and 末 directly after a year (2024年底)."""
    kind = tokens.kind(place)
    if named_year and kind in (Kind.ENDING, Kind.INSIDE, Kind.MIDDLE):
        return _end_of_year(kind), place if kind is not Kind.MIDDLE else place + 1
    after = tokens.kind(place + 1)
    if (
        kind is Kind.YEAR
        and after in (Kind.ENDING, Kind.INSIDE, Kind.MIDDLE)
        and not _is_counted(tokens, place)
    ):
        return _end_of_year(after), place + 1 if after is not Kind.MIDDLE else place + 2
    if tokens.text(place) == "岁" and after is Kind.ENDING:
        return Point(Scope.YEAR), place + 1
    if named_year or _is_counted(tokens, place):
        return None
    if kind is Kind.MONTH and after in (Kind.ENDING, Kind.INSIDE, Kind.BEGINNING):
        return read_within_month(tokens, Point(Scope.MONTH), place + 1)
    if kind is Kind.QUARTER and after in (Kind.ENDING, Kind.INSIDE):
        return Point(Scope.QUARTER), place + 1
    return None


def _is_counted(tokens: Tokens, place: int) -> bool:
    """True where a number stands directly before: 3年内 is a period, 13月底 is nothing."""
    return tokens.kind(place - 1) is Kind.NUMBER and not tokens[place].broken


def _end_of_year(kind: Kind) -> Point:
    """年底 and 年内 close the year; 年中 is its first half."""
    return Point(Scope.HALF, number=1, ends=True) if kind is Kind.MIDDLE else Point(Scope.YEAR)


def _read_plan(tokens: Tokens, place: int) -> PointMatch | None:
    """“十四五”末: the last year of a five-year plan."""
    quoted = tokens.kind(place) is Kind.QUOTE
    if tokens.kind(place + quoted) is not Kind.PLAN:
        return None
    last = tokens[place + quoted].number
    end = place + quoted + 1
    if quoted and tokens.kind(end) is Kind.QUOTE:
        end += 1
    if tokens.text(end) == "期":
        end += 1
    if tokens.text(end) == "期末":
        return Point(Scope.YEAR, number=last, ends=True), end + 1
    return (Point(Scope.YEAR, number=last), end) if tokens.kind(end) is Kind.ENDING else None
