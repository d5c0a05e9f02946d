"""Remarks that give one month of a repetition a day of its own: 每季度末月25日前（第四季度为12月15日前）."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.months import read_day_of
from tracker.deadlines.grammar.phrases import Found, Point, PointMatch, Repeat, Scope
from tracker.deadlines.grammar.points import read_point
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_LINKS = ("为", "是", "则", "在", "于", "须", "应", "提", "前", "至", "到", "不迟于")
_FEBRUARY, _ITS_LAST_DAYS = 2, (28, 29)


def with_exception(tokens: Tokens, found: list[Found]) -> list[Found]:
    """One repetition as two where the bracket behind it excepts a month; anything else as it is."""
    if len(found) != 1 or not isinstance(found[0].phrase, Repeat) or found[0].phrase.is_bare:
        return found
    one, repeat = found[0], found[0].phrase
    excepted = _read_exception(tokens, one.end, rules.months_of(repeat.rules[0]))
    if excepted is None:
        return found
    month, day, end = excepted
    if month == _FEBRUARY and day in _ITS_LAST_DAYS:
        return [replace(one, end=end)]  # the last day of a month that lacks the 30th, as everywhere
    usual = replace(repeat, rules=(rules.without_month(repeat.rules[0], month),))
    special = replace(repeat, rules=(rules.yearly([month], day),))
    return [replace(one, phrase=usual), Found(special, one.end, end)]


def _read_exception(tokens: Tokens, place: int, months: tuple[int, ...]) -> tuple[int, int, int] | None:
    """The month, its day, and the token after the bracket that opens at `place`."""
    if tokens.kind(place) is not Kind.OPEN or len(months) < 2:
        return None
    named = tokens.once(read_point, place + 1)
    if named is None or named[0].scope not in (Scope.MONTH, Scope.QUARTER) or named[0].is_marked:
        return None
    month = _month_of(named[0], months)
    at = named[1]
    while tokens.text(at) in _LINKS:
        at += 1
    due = _read_day(tokens, at, month) if at > named[1] and month is not None else None
    if due is None or due[0].month not in months or tokens.kind(due[1]) is not Kind.CLOSE:
        return None
    return due[0].month or 0, due[0].day or 0, due[1] + 1


def _month_of(named: Point, months: tuple[int, ...]) -> int | None:
    """The month itself, or the one of the quarter in which the repetition falls."""
    if named.scope is Scope.MONTH:
        return named.month
    within = [month for month in months if named.number is not None and (month + 2) // 3 == named.number]
    return within[-1] if within else None


def _read_day(tokens: Tokens, place: int, month: int | None) -> PointMatch | None:
    bare = read_day_of(tokens, place, Point(Scope.MONTH, month=month))
    whole = bare or tokens.once(read_point, place)
    return whole if whole is not None and whole[0].scope is Scope.DAY and whole[0].year is None else None
