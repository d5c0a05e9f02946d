"""Productions for recurrences: 每月25日前, 每季度首月5日前, 每年1月15日和7月15日前, 每周五, 按月, 次月5日前."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.after_periods import read_after_end
from tracker.deadlines.grammar.cells import read_moment
from tracker.deadlines.grammar.days_within import ONCE, counts_once
from tracker.deadlines.grammar.lists import read_points
from tracker.deadlines.grammar.marks import read_weekday
from tracker.deadlines.grammar.phrases import Found, Match, Point, Repeat, Scope, Stretch, Vague, Yearly
from tracker.deadlines.grammar.stretches import read_stretch
from tracker.deadlines.grammar.within_periods import (
    MONTHS_OF_POSITION,
    SUNDAY,
    names_day,
    read_days_of_months,
    read_half_year_tail,
    read_month_of_quarter,
    read_month_tail,
    read_other_month_tail,
    read_quarter_tail,
    read_week_tail,
)
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_OTHER_MONTHS = {"双月": range(2, 13, 2), "单月": range(1, 13, 2)}
_BY_UNITS = {Kind.MONTH, Kind.QUARTER, Kind.WEEK, Kind.YEAR, Kind.HALF_YEAR, Kind.TEN}


def read_repeat(tokens: Tokens, place: int) -> list[Found]:
    """The recurrences that start at `place`: mostly one, several for 每月15日、30日前."""
    if tokens.kind(place) is Kind.EVERY:
        return _read_every(tokens, place, place + 1)
    if tokens.kind(place) is Kind.BY:
        return _read_by(tokens, place)
    if tokens.text(place) == "各" and tokens.kind(place + 1) in (Kind.MONTH, Kind.QUARTER):
        found = _read_every(tokens, place, place + 1)  # 各月25日前; 各季度 alone counts quarters
        return [one for one in found if isinstance(one.phrase, Repeat) and not one.phrase.is_bare]
    return _read_once_a(tokens, place) or _read_named_period(tokens, place)


def _found(tokens: Tokens, place: int, match: Match | None) -> list[Found]:
    """One finding for every rule of the match, so that each has its own line."""
    if match is None:
        return []
    end = _skip_marks(tokens, match.end)
    phrase = match.phrase
    if isinstance(phrase, Repeat) and len(phrase.rules) > 1:
        return [Found(replace(phrase, rules=(rule,)), place, end) for rule in phrase.rules]
    return [Found(phrase, place, end)]


def _skip_marks(tokens: Tokens, place: int) -> int:
    end = place
    while tokens.kind(end) is Kind.CLOCK:
        end += 1
    if end > place and tokens.kind(end) is Kind.NUMBER and tokens.text(end + 1) in "时点":
        end += 2
    if tokens.kind(end) is Kind.INSIDE:
        end += 1
    return end + 1 if tokens.kind(end) in (Kind.BEFORE, Kind.UNTIL) else end


def _read_every(tokens: Tokens, place: int, at: int) -> list[Found]:
    interval = 1
    if tokens.kind(at) is Kind.NUMBER:
        interval, at = tokens[at].number, at + 1
    at = tokens.skip(at, Kind.COUNTER)
    if tokens.text(at) in ("自然", "完整"):
        at += 1
    kind = tokens.kind(at)
    if interval != 1:
        return _found(tokens, place, _read_interval(tokens, at, interval))
    if kind is Kind.YEAR:
        return _read_every_year(tokens, place, tokens.skip(at + 1, Kind.DEGREE))
    return _found(tokens, place, _read_plain(tokens, at))


def _read_plain(tokens: Tokens, at: int) -> Match | None:
    kind = tokens.kind(at)
    if tokens.text(at) == "双周":
        return read_week_tail(tokens, at + 1, interval=2)
    if tokens.text(at) in _OTHER_MONTHS:
        return read_other_month_tail(tokens, at + 1, _OTHER_MONTHS[tokens.text(at)])
    match kind:
        case Kind.HALF_YEAR:
            return read_half_year_tail(tokens, at + 1)
        case Kind.QUARTER:
            return read_quarter_tail(tokens, at + 1)
        case Kind.MONTH:
            return read_month_tail(tokens, at + 1)
        case Kind.HALF_MONTH:
            return Match(Repeat("month", tuple(rules.monthly([15, -1])), is_bare=True), at + 1)
        case Kind.TEN:
            return Match(Repeat("month", tuple(rules.monthly([10, 20, -1])), is_bare=True), at + 1)
        case Kind.WEEK:
            return read_week_tail(tokens, at + 1)
        case Kind.DAY | Kind.DAYS:
            return Match(Repeat("day", (rules.daily(),), is_bare=True), at + 1)
        case Kind.WORKDAY:
            return Match(Repeat("day", (rules.weekly(range(5)),), is_bare=True), at + 1)
    return None


def _read_interval(tokens: Tokens, at: int, interval: int) -> Match | None:
    if not 1 < interval <= 60:
        return None
    match tokens.kind(at):
        case Kind.YEAR:
            rule = f"FREQ=YEARLY;INTERVAL={interval};BYMONTH=12;BYMONTHDAY=-1"
        case Kind.QUARTER:
            rule = rules.monthly([-1], interval * 3)[0]
        case Kind.MONTH:
            rule = rules.monthly([-1], interval)[0]
        case Kind.WEEK:
            named = tokens.skip(tokens.skip(at + 1, Kind.POSSESSIVE), Kind.WEEK)  # 每两周的周一
            weekday = None if counts_once(tokens, named) else read_weekday(tokens, named)
            day, at = weekday if weekday else (SUNDAY, at + 1)
            return Match(Repeat("week", (rules.weekly([day], interval),), is_bare=weekday is None), at)
        case Kind.DAY | Kind.DAYS:
            rule = rules.daily(interval)
        case _:
            return None
    return Match(Repeat("interval", (rule,), is_bare=True), at + 1)


def _read_every_year(tokens: Tokens, place: int, at: int) -> list[Found]:
    """每年 with its points (which keep their own places), a range, its end, or alone."""
    at = tokens.skip(at, Kind.POSSESSIVE)
    at += tokens.kind(at) is Kind.YEAR and tokens.kind(at + 1) is Kind.ENDING
    if tokens.kind(at) is Kind.ENDING:
        return _found(tokens, place, Match(Repeat("year", (rules.yearly([12], -1),)), at + 1))
    after = read_after_end(tokens, at, "year")
    if after is not None:
        return _found(tokens, place, after)
    stretch = read_stretch(tokens, at)
    if stretch is not None and isinstance(stretch.phrase, Stretch) and stretch.phrase.last is not None:
        yearly = Yearly(stretch.phrase.last, stretch.phrase.first)
        return [Found(yearly, place, _skip_marks(tokens, stretch.end))]
    moment = read_moment(tokens, at)
    if moment is not None:
        return [Found(Vague(), place, moment)]  # 每年汛期前
    points = [found for found in read_points(tokens, at) if isinstance(found.phrase, Point)]
    if points and all(_is_yearly(found.phrase) for found in points):
        yearlies = [
            replace(found, phrase=Yearly(found.phrase)) for found in points if isinstance(found.phrase, Point)
        ]
        return [replace(yearlies[0], first=place), *yearlies[1:]]
    return [Found(Repeat("year", (rules.yearly([12], -1),), is_bare=True), place, at)]


def _is_yearly(phrase: object) -> bool:
    return (
        isinstance(phrase, Point)
        and phrase.year is None
        and (phrase.scope is not Scope.YEAR or phrase.is_marked)
    )


def _read_by(tokens: Tokens, place: int) -> list[Found]:
    """按月, 按季度, 按周: the bare period, where a verb follows."""
    at = place + 1
    if tokens.kind(at) not in _BY_UNITS or tokens.kind(at + 1) in (Kind.DEGREE, Kind.POSSESSIVE):
        return []
    if tokens.kind(at) is Kind.YEAR:
        return [Found(Repeat("year", (rules.yearly([12], -1),), is_bare=True), place, at + 1)]
    match = _read_plain(tokens, at)
    return [Found(match.phrase, place, match.end)] if match else []


def _read_once_a(tokens: Tokens, place: int) -> list[Found]:
    """一月一次, 半年一次, 一季一通报."""
    at = place + (tokens.text(place) in ("一", "1"))
    if at == place and tokens.kind(place) not in (Kind.HALF_YEAR, Kind.HALF_MONTH):
        return []
    at = tokens.skip(at, Kind.COUNTER)
    if (
        tokens.kind(at) is Kind.DAY
        or tokens.text(at + 1) not in ("一", "1")
        or tokens.text(at + 2) not in ONCE
    ):
        return []
    end = at + 3 + (tokens.text(at + 2) != "次" and tokens.kind(at + 3) is Kind.TEXT)
    if tokens.kind(at) is Kind.YEAR:
        return [Found(Repeat("year", (rules.yearly([12], -1),), is_bare=True), place, end)]
    match = _read_plain(tokens, at)
    return [Found(match.phrase, place, end)] if match else []


def _read_named_period(tokens: Tokens, place: int) -> list[Found]:
    """季度首月5日前, 季末月25日前, 季后15日内, 年度终了后4个月内, 次季度首月10日前: 每 left unsaid."""
    at = place
    if tokens[at].value in ("quarter", ("quarter", 1)):
        position = read_month_of_quarter(tokens, tokens.skip(at + 1, Kind.POSSESSIVE))
        if position is None:
            return []
        return _found(
            tokens, place, read_days_of_months(tokens, position[1], MONTHS_OF_POSITION[position[0]])
        )
    if tokens.kind(place - 1) in (Kind.NUMBER, Kind.COUNTER, Kind.DEGREE):
        return []
    periods = {Kind.QUARTER: "quarter", Kind.MONTH: "month", Kind.YEAR: "year", Kind.HALF_YEAR: "half"}
    period = periods.get(tokens.kind(at))
    if period is None:
        return []
    at = tokens.skip(at + 1, Kind.DEGREE)
    after = read_after_end(tokens, at, period)
    if after is not None:
        return _found(tokens, place, after)
    if period == "quarter":
        position = read_month_of_quarter(tokens, tokens.skip(at, Kind.POSSESSIVE))
        ended = tokens.kind(at) is Kind.ENDING and (
            tokens.kind(at + 1) is Kind.MONTH or names_day(tokens, at + 1)
        )
        if position is not None or ended:
            return _found(tokens, place, read_quarter_tail(tokens, at))
    return []
