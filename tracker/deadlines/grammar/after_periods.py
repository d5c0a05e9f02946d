"""Productions for the time after each period: 每季度结束后10日内, 季后15日内, 年度终了后3个月内."""

from __future__ import annotations

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.days_within import read_days
from tracker.deadlines.grammar.phrases import Match, Period, Repeat
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_AFTER_DAYS = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "half": (1, 7), "year": (1,)}
_PERIOD_NAMES = {"month": "每月结束", "quarter": "每季度结束", "half": "每半年结束", "year": "每年结束"}


def read_after_end(tokens: Tokens, at: int, period: str) -> Match | None:
    """每季度结束后10日内, 季后15日内: the day that follows the end of each period, or, for working days, an offset.

    Working days depend on the published calendar, which no rule can hold: those are counted from the event.
    """
    end = at
    while tokens.kind(end) in (Kind.FINISHED, Kind.ENDING):
        end += 1
    if tokens.kind(end) is Kind.AFTER:
        end = tokens.skip(end + 1, Kind.POSSESSIVE)
    elif tokens.kind(end - 1) is not Kind.FINISHED:
        return None
    if tokens.kind(end) is Kind.NEXT and tokens[end].value == "month":
        return _read_days_of_next_month(tokens, end + 1, period)
    if tokens.text(end) == "次":
        return None
    if tokens.kind(end) is not Kind.NUMBER:
        return None
    number = tokens[end].number
    unit_at = tokens.skip(end + 1, Kind.COUNTER)
    unit = tokens.kind(unit_at)
    if tokens.kind(unit_at + 1) is not Kind.INSIDE:
        return None
    if unit is Kind.WORKDAY:
        return Match(Period(number, "workday", _PERIOD_NAMES[period]), unit_at + 2)
    rule = _rule_after_end(period, number, unit)
    return Match(Repeat(period, (rule,)), unit_at + 2) if rule else None


def _read_days_of_next_month(tokens: Tokens, at: int, period: str) -> Match | None:
    """季度结束次月10日前: days of the month after each period."""
    days, end = read_days(tokens, tokens.skip(at, Kind.POSSESSIVE))
    if not days:
        return None
    months = _AFTER_DAYS[period]
    held = rules.monthly(days) if period == "month" else [rules.yearly(list(months), day) for day in days]
    return Match(Repeat(period, tuple(held)), end)


def _rule_after_end(period: str, number: int, unit: Kind) -> str | None:
    months = _AFTER_DAYS[period]
    if unit is Kind.WEEK:
        unit, number = Kind.DAY, number * 7
    if unit in (Kind.DAY, Kind.DAYS) and 1 <= number <= 31:
        return rules.monthly([number])[0] if period == "month" else rules.yearly(list(months), number)
    if unit is Kind.MONTH and number < 12 / len(list(months)):
        return rules.yearly([month + number - 1 for month in months], -1)
    return None
