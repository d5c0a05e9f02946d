"""Productions for months and the days in them: 5月, 5月上旬, 5月20日, and 25日前 whose month the sentence names."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.deadlines.grammar.marks import read_weekday
from tracker.deadlines.grammar.phrases import Match, MonthDay, Point, PointMatch, Scope
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_CLAUSE_ENDS = (Kind.COMMA, Kind.STOP, Kind.CLOSE)


def read_month(tokens: Tokens, place: int) -> PointMatch | None:
    if tokens.kind(place) is not Kind.NUMBER or tokens.kind(place + 1) is not Kind.MONTH:
        return None
    month = tokens[place].number
    if not 1 <= month <= 12 or is_motto(tokens, place):
        return None
    end = place + 2
    if tokens.kind(end) is Kind.POSSESSIVE and tokens.kind(end + 1) in (
        Kind.NUMBER,
        Kind.TEN_DAYS,
        Kind.ENDING,
    ):
        end += 1
    if tokens.kind(end) is Kind.MONTH and tokens.kind(end + 1) is Kind.ENDING:  # 5月月底
        end += 1
    return read_within_month(tokens, Point(Scope.MONTH, month=month), end)


def is_motto(tokens: Tokens, place: int) -> bool:
    """True for 一月一主题 and 一季一专题: one of these in every one of those."""
    follows = place + 2
    return tokens.text(place) == tokens.text(follows) == "一" and tokens.kind(follows + 1) is Kind.TEXT


def read_within_month(tokens: Tokens, month: Point, place: int) -> PointMatch | None:
    """The month, or the ten days or the day of it that is named next. None where that day does not exist."""
    kind = tokens.kind(place)
    if kind is Kind.MIDDLE or (
        kind in (Kind.ORDINAL, Kind.LAST) and Kind.WEEK in map(tokens.kind, (place + 2, place + 3))
    ):
        return None  # 5月中, 5月第二周: no day that all would agree on
    if kind is Kind.TEN_DAYS:
        return replace(month, scope=Scope.TEN_DAYS, day=tokens[place].number), place + 1
    if kind is Kind.BEGINNING:
        return replace(month, scope=Scope.TEN_DAYS, day=10), place + 1
    if kind is Kind.NUMBER and tokens.kind(place + 1) is Kind.DAY:
        day = tokens[place].number
        if not is_day_of(month.month, day):
            return None
        return replace(month, scope=Scope.DAY, day=day), place + 2
    if kind is Kind.NUMBER and tokens.kind(place + 1) in (Kind.BEFORE, Kind.UNTIL, Kind.CLOCK):
        day = tokens[place].number  # 3月30前: the 日 forgotten
        return (replace(month, scope=Scope.DAY, day=day), place + 1) if is_day_of(month.month, day) else None
    if kind is Kind.NUMBER and _is_bare_day(tokens, place) and is_day_of(month.month, tokens[place].number):
        return replace(month, scope=Scope.DAY, day=tokens[place].number), place + 1
    return month, place


def _is_bare_day(tokens: Tokens, place: int) -> bool:
    """True for the 31 of “2024年12月31”, where the clause ends without its 日."""
    ends = place + 1 >= len(tokens) or tokens.kind(place + 1) in _CLAUSE_ENDS or tokens[place + 1].broken
    return ends and tokens.kind(place - 3) is Kind.YEAR and not tokens[place].gap


def is_day_of(month: int | None, day: int) -> bool:
    """True where the month (any, if None) can have that day, 29 February included."""
    try:
        date(2024, month or 1, day)
    except ValueError:
        return False
    return True


def read_day_of(tokens: Tokens, place: int, month: Point) -> tuple[Point, int] | None:
    """The bare day of “4月28日-30日” and “7月20日、25日前”."""
    if tokens.kind(place) is not Kind.NUMBER or tokens.kind(place + 1) is not Kind.DAY:
        return None
    day = tokens[place].number
    if not is_day_of(month.month, day):
        return None
    before = tokens.kind(place + 2) is Kind.BEFORE
    end = place + 2 + before
    return replace(month, scope=Scope.DAY, year=None, day=day, before=before), end


def read_month_day(tokens: Tokens, place: int) -> Match | None:
    """25日前, 周五前: a day whose month (or week) the sentence must name."""
    if tokens.kind(place) is Kind.WEEK:
        weekday = read_weekday(tokens, place + 1)
        if weekday is not None and tokens.kind(weekday[1]) is Kind.BEFORE:
            return Match(MonthDay(Point(Scope.WEEK, number=weekday[0], before=True)), weekday[1] + 1)
    if tokens.kind(place) is Kind.NUMBER and tokens.kind(place + 1) is Kind.DAY:
        day = tokens[place].number
        if tokens.kind(place + 2) is Kind.BEFORE and is_day_of(None, day):
            return Match(MonthDay(Point(Scope.DAY, day=day, before=True)), place + 3)
    return None
