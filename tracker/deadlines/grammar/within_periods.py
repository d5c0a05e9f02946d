"""What follows 每月, 每季度, 每半年, 每周 and says when within it: 首月5日前, 末, （3月、9月）10日前, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.after_periods import read_after_end
from tracker.deadlines.grammar.days_within import read_day, read_days, read_position_in_month, read_weekdays
from tracker.deadlines.grammar.phrases import Match, Repeat
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

MONTHS_OF_POSITION = {1: (1, 4, 7, 10), 2: (2, 5, 8, 11), 3: rules.QUARTER_ENDS}
SUNDAY = 6


def read_half_year_tail(tokens: Tokens, at: int) -> Match:
    after = read_after_end(tokens, at, "half") or _read_months_named(tokens, at, "half")
    if after is not None:
        return after
    edges = {Kind.FIRST_MONTH: (1, 7), Kind.LAST_MONTH: rules.HALF_YEAR_ENDS}
    position = tokens.skip(at, Kind.POSSESSIVE)
    if tokens.kind(position) in edges:
        return read_days_of_months(tokens, position + 1, edges[tokens.kind(position)], "half")
    ended = tokens.kind(at) is Kind.ENDING
    return Match(Repeat("half", (rules.yearly(rules.HALF_YEAR_ENDS, -1),), is_bare=not ended), at + ended)


def read_quarter_tail(tokens: Tokens, at: int) -> Match:
    """What follows 每季度: a month of it with its days, its end, so many days after it, or nothing."""
    after = read_after_end(tokens, at, "quarter") or _read_months_named(tokens, at, "quarter")
    if after is not None:
        return after
    special = read_position_in_month(tokens, tokens.skip(tokens.skip(at, Kind.ENDING), Kind.POSSESSIVE))
    from_end = tokens.kind(at) is Kind.ENDING or Kind.LAST in (tokens.kind(at), tokens.kind(at + 1))
    if special is not None and from_end and isinstance(special.phrase, Repeat):
        return Match(_in_months(special.phrase, rules.QUARTER_ENDS), special.end)
    position = read_month_of_quarter(tokens, tokens.skip(tokens.skip(at, Kind.ENDING), Kind.POSSESSIVE))
    if position is not None:
        return read_days_of_months(tokens, position[1], MONTHS_OF_POSITION[position[0]])
    end = at + (tokens.kind(at) is Kind.QUARTER and tokens.kind(at + 1) is Kind.ENDING)
    if tokens.kind(end) is Kind.ENDING:
        if tokens.kind(end + 1) is Kind.MONTH and not tokens[end + 1].gap:
            return read_days_of_months(tokens, end + 2, rules.QUARTER_ENDS)
        if names_day(tokens, end + 1):  # 每季度末25日前: of the quarter's last month
            return read_days_of_months(tokens, end + 1, rules.QUARTER_ENDS)
        return Match(Repeat("quarter", (rules.yearly(rules.QUARTER_ENDS, -1),)), end + 1)
    return Match(Repeat("quarter", (rules.yearly(rules.QUARTER_ENDS, -1),), is_bare=True), at)


def names_day(tokens: Tokens, at: int) -> bool:
    at = tokens.skip(at, Kind.POSSESSIVE)
    return tokens.kind(at) is Kind.NUMBER and read_day(tokens, at) is not None


def _in_months(repeat: Repeat, months: tuple[int, ...]) -> Repeat:
    """The same place in the month (最后一个工作日, 第一周), in these months only."""
    return Repeat("quarter", tuple(rules.in_months(rule, months) for rule in repeat.rules))


def _read_months_named(tokens: Tokens, at: int, period: str) -> Match | None:
    """每季度（3月、6月、9月、12月）25日前: the months in brackets, and the days that follow."""
    months: list[int] = []
    end = at
    while tokens.kind(end) in (Kind.OPEN, Kind.AND) and tokens.kind(end + 1) is Kind.NUMBER:
        months.append(tokens[end + 1].number)
        end = tokens.skip(end + 2, Kind.MONTH)
    if tokens.kind(end - 1) is not Kind.MONTH or tokens.kind(end) is not Kind.CLOSE:
        return None
    named = bool(months) and all(1 <= month <= 12 for month in months)
    return read_days_of_months(tokens, end + 1, tuple(months), period) if named else None


def read_month_of_quarter(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """首月, 末月, 第二个月: which month of the quarter, and the token after it."""
    if tokens.kind(at) is Kind.FIRST_MONTH:
        return 1, at + 1
    if tokens.kind(at) is Kind.LAST_MONTH:
        return 3, at + 1
    if (
        tokens.kind(at) is Kind.ORDINAL
        and tokens.kind(at + 1) is Kind.NUMBER
        and 1 <= tokens[at + 1].number <= 3
    ):
        end = tokens.skip(at + 2, Kind.COUNTER)
        if tokens.kind(end) is Kind.MONTH:
            return tokens[at + 1].number, end + 1
    return None


def read_days_of_months(tokens: Tokens, at: int, months: tuple[int, ...], period: str = "quarter") -> Match:
    special = read_position_in_month(tokens, tokens.skip(at, Kind.POSSESSIVE))
    if special is not None and isinstance(special.phrase, Repeat):
        return Match(replace(_in_months(special.phrase, months), period=period), special.end)
    days, end = read_days(tokens, tokens.skip(at, Kind.POSSESSIVE))
    if not days and tokens.kind(at) is Kind.BEFORE:  # 首月前: before it begins
        days = []
    held = tuple(rules.yearly(months, day) for day in days or [-1])
    return Match(Repeat(period, held), end if days else at)


def read_month_tail(tokens: Tokens, at: int) -> Match:
    """What follows 每月: days of it, a working day or a weekday of it, so many days after it, or nothing."""
    after = read_after_end(tokens, at, "month")
    if after is not None:
        return after
    start = tokens.skip(at, Kind.POSSESSIVE)
    start += tokens.kind(start) is Kind.MONTH and tokens.kind(start + 1) is Kind.ENDING
    ended = tokens.skip(tokens.skip(start, Kind.ENDING), Kind.POSSESSIVE)
    special = read_position_in_month(tokens, ended)  # 每月末的最后一个工作日
    if special is not None:
        return special
    days, end = read_days(tokens, start)
    if days:
        return Match(Repeat("month", tuple(rules.monthly(days))), end)
    return Match(Repeat("month", tuple(rules.monthly([-1])), is_bare=True), at)


def read_other_month_tail(tokens: Tokens, at: int, months: Sequence[int]) -> Match:
    """What follows 每双月 and 每单月: days of those months, or nothing."""
    named = read_days_of_months(tokens, at, tuple(months), "month")
    if named.end > at:
        return named
    return Match(Repeat("month", (rules.yearly(months, -1),), is_bare=True), at)


def read_week_tail(tokens: Tokens, at: int, interval: int = 1) -> Match:
    days, end = read_weekdays(tokens, at)
    if days:
        return Match(Repeat("week", (rules.weekly(days, interval),)), end)
    last = (rules.weekly([SUNDAY], interval),)
    if tokens.kind(at) is Kind.ENDING:
        return Match(Repeat("week", last), at + 1)
    return Match(Repeat("week", last, is_bare=True), at)
