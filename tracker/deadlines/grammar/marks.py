"""What follows a point and marks it: 底, 内, 前, 左右, a clock time, （星期五）, （含当日）."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.grammar.phrases import Point, PointMatch, Scope
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_REMARK_REACH = 8
_ROUGHLY = ("左右", "前后")
_CLOCK_UNITS = frozenset("时点:分半整")
_WEEKDAYS = {
    name: day for day, names in enumerate(("一1", "二2", "三3", "四4", "五5", "六", "日天")) for name in names
}


def read_weekday(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """A weekday's name (五, 日) at `place` as its number (0 is Monday), and the token after it."""
    text = tokens.text(place)
    return (_WEEKDAYS[text], place + 1) if text in _WEEKDAYS else None


def read_marks(tokens: Tokens, point: Point, place: int) -> PointMatch:
    """The words after a point: (星期五), 17时, 底, 内, 结束, 前."""
    end = _skip_remark(tokens, place)
    is_day = point.scope is Scope.DAY or (point.scope is Scope.WEEK and point.number is not None)
    end = _skip_clock(tokens, end) if is_day else end
    while tokens.kind(end) is Kind.ENDING and point.scope is not Scope.DAY:
        point, end = replace(point, ends=True), end + 1
    if tokens.kind(end) is Kind.INSIDE and point.scope is not Scope.FESTIVAL:
        point, end = replace(point, inside=True), end + 1
    end = _skip_remark(tokens, end)
    if tokens.kind(end) is Kind.FINISHED and tokens.kind(end + 1) is Kind.BEFORE:
        point, end = replace(point, ends=True), end + 1
    if tokens.kind(end) is Kind.BEFORE and not _counts(tokens, end + 1):
        return replace(point, before=True), _skip_inclusive(tokens, end + 1)
    if tokens.text(end) in _ROUGHLY and point.scope not in (Scope.YEAR, Scope.FESTIVAL):
        return point, end + 1
    if tokens.kind(end) is Kind.UNTIL:
        return replace(point, before=point.scope is Scope.DAY, ends=point.scope is not Scope.DAY), end + 1
    return point, end


def _counts(tokens: Tokens, place: int) -> bool:
    """True for 前三季度, 前10个月, 前5日: the 前 belongs to what follows."""
    if tokens.kind(place) is not Kind.NUMBER:
        return False
    after = tokens.skip(place + 1, Kind.COUNTER)
    return tokens.kind(after) in (Kind.QUARTER, Kind.MONTH, Kind.DAY, Kind.DAYS, Kind.WORKDAY, Kind.WEEK)


def _skip_inclusive(tokens: Tokens, place: int) -> int:
    """Past （含）, （含当日）, （含6月）: every date is inclusive anyway."""
    if tokens.kind(place) is not Kind.OPEN or tokens.text(place + 1) != "含":
        return place
    closed = [at for at in range(place + 2, place + _REMARK_REACH) if tokens.kind(at) is Kind.CLOSE]
    return closed[0] + 1 if closed else place


def _skip_remark(tokens: Tokens, place: int) -> int:
    """Past （星期五） and （含）; anything else in brackets stays."""
    if tokens.kind(place) is not Kind.OPEN or tokens.text(place + 1) == "含":
        return _skip_inclusive(tokens, place)
    is_week = tokens.kind(place + 1) is Kind.WEEK or tokens.text(place + 1) in ("本周", "下周", "这周")
    is_weekday = is_week and read_weekday(tokens, place + 2) is not None
    return place + 4 if is_weekday and tokens.kind(place + 3) is Kind.CLOSE else place


def _skip_clock(tokens: Tokens, place: int) -> int:
    """Past 下午5时, 17:00, 24时, 下班 where they stand between a day and what marks it."""
    end = place
    while tokens.kind(end) is Kind.CLOCK:
        end += 1
    if tokens.kind(end) is Kind.NUMBER and tokens.text(end + 1) in _CLOCK_UNITS:
        end += 2
        while tokens.kind(end) is Kind.NUMBER or tokens.text(end) in _CLOCK_UNITS:
            end += 1
    return end
