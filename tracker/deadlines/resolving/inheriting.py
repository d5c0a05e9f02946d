"""Points that repeat because their sentence does: 每月…月底前, 次月5日前, 每年…，年底前, and 25日前 of every month."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.phrases import Found, Point, Scope, YearBase, Yearly
from tracker.deadlines.resolving.context import Context

_SUNDAY = 6


def inherited_rule(context: Context, point: Point) -> str | None:
    """The rule of a point that repeats with its sentence; None where it stands for one day."""
    repetition = context.repetition
    if point.scope is Scope.WEEK:
        repeats = point.is_sequel or repetition == "week"
        return rules.weekly([_SUNDAY if point.number is None else point.number]) if repeats else None
    if point.scope is Scope.QUARTER:
        unnamed = point.number is None and (point.month_shift is None or repetition == "quarter")
        return rules.yearly(rules.QUARTER_ENDS, rules.LAST_DAY) if unnamed else None
    if point.scope is Scope.YEAR:
        every_year = point.year is None and point.is_marked and repetition == "year"
        return rules.yearly([12], rules.LAST_DAY) if every_year else None
    return _rule_of_month(context, point)


def _rule_of_month(context: Context, point: Point) -> str | None:
    if point.month is not None or point.scope not in (Scope.MONTH, Scope.DAY, Scope.TEN_DAYS):
        return None
    sequel = point.is_sequel and (context.last is None or context.repetition == "month")
    if not sequel and context.repetition != "month":
        return None
    if context.repetition == "quarter":
        return rules.yearly([1, 4, 7, 10], _day_of_month(point))
    return rules.monthly([_day_of_month(point)])[0]


def _day_of_month(point: Point) -> int:
    if point.scope is Scope.MONTH:
        return rules.LAST_DAY
    day = point.day or 31
    return rules.LAST_DAY if point.scope is Scope.TEN_DAYS and day == 31 else day


def rule_of_month_day(context: Context, point: Point) -> str | None:
    """The rule of 25日前 after 每月…, of 周五前 after 每周…."""
    if point.scope is Scope.WEEK:
        return rules.weekly([point.number or 0]) if context.repetition == "week" else None
    return rules.monthly([point.day or 0])[0] if context.repetition == "month" else None


def later_day_of_month(context: Context, point: Point) -> Point | None:
    """The 25日前 of “6月10日前…，25日前…”: a later day of the month named before; alone it means nothing."""
    last, day = context.last, point.day or 0
    if point.scope is Scope.WEEK or context.repetition is not None or last is None or last.month is None:
        return None
    if last.scope is not Scope.DAY or day <= (last.day or 31):
        return None
    return replace(last, year=None, day=day, before=True)


def is_of_every_year(context: Context, found: Found, *, in_brackets: bool) -> bool:
    """True for points after 每年, and for those that a bracket after 每半年 lists."""
    phrase = found.phrase
    if isinstance(phrase, Yearly):
        return True
    if not isinstance(phrase, Point) or phrase.month is None:
        return False
    if phrase.year is not None and phrase.year.base is not YearBase.CARRIED:
        return False
    if context.repetition in ("half", "quarter"):
        return in_brackets  # 每半年（6月20日、12月20日前）
    return context.repetition == "year"
