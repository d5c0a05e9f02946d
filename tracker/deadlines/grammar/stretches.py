"""Productions for several points together: ranges (8-9月, 7月1日至9月30日) and lists (6月、9月、12月底前)."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.grammar.dotted import read_bare_dotted, read_dotted
from tracker.deadlines.grammar.months import read_day_of
from tracker.deadlines.grammar.phrases import Match, Point, Scope, Stretch
from tracker.deadlines.grammar.points import read_point
from tracker.deadlines.grammar.years import read_year
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_SEPARATORS = (Kind.TO, Kind.DASH)


def read_stretch(tokens: Tokens, place: int) -> Match | None:
    """A range of two points, 即日起至…, or “从3月起” without an end."""
    return (
        _read_from_now(tokens, place)
        or _read_two_points(tokens, place)
        or _read_bare_numbers(tokens, place)
        or _read_open(tokens, place)
    )


def _read_from_now(tokens: Tokens, place: int) -> Match | None:
    dated = tokens.kind(place) is Kind.AFTER and tokens.text(place).endswith("起")  # 印发之日起至6月底
    if tokens.kind(place) is not Kind.NOW and not dated:
        return None
    end = tokens.skip(place + 1, Kind.FROM)
    separator = _read_separator(tokens, end)
    last = tokens.once(read_point, separator) if separator else None
    return Match(Stretch(None, _closed(last[0])), last[1]) if last else None


def _closed(point: Point) -> Point:
    """As the end of a range a point is kept whole: “至9月30日前” ends on the 30th."""
    return replace(point, before=False) if point.scope is Scope.DAY else point


def _read_separator(tokens: Tokens, place: int) -> int | None:
    """The place after the words between two points, or None."""
    end = place
    if tokens.kind(end) is Kind.FROM and tokens.kind(end + 1) is Kind.COMMA:
        end += 1
    end = tokens.skip(end, Kind.FROM)
    if tokens.text(end - 1) == "起至" and end > place:
        return end
    if tokens.kind(end) is Kind.COMMA and end > place:
        end += 1
    if tokens.text(end) == "直":
        end += 1
    if tokens.kind(end) not in _SEPARATORS:
        return None
    while tokens.kind(end) in _SEPARATORS:
        end += 1
    return end


def _read_two_points(tokens: Tokens, place: int) -> Match | None:
    left = _read_left(tokens, place)
    if left is None or left[0].before:
        return None
    separator = _read_separator(tokens, left[1])
    if separator is None:
        return None
    first = left[0]
    right = _read_right(tokens, separator, first)
    if right is None:
        return None
    last, end = right
    if tokens.kind(place + 1) is Kind.DOT and first.year is None and _is_measured(tokens, place, end):
        return None
    if first.scope in (Scope.YEAR, Scope.FESTIVAL) and last.scope is not first.scope and first.year is None:
        return None
    return Match(Stretch(first, _closed(last)), end)


def _is_measured(tokens: Tokens, place: int, end: int) -> bool:
    """True for “投资5.8-6.2亿元”, “pH值5.8-6.2”: dots make a range of days only where no word touches it."""
    before = tokens.kind(place - 1) is Kind.TEXT and tokens.text(place - 1) != "" and not tokens[place].broken
    after = tokens.kind(end) is Kind.TEXT and tokens.text(end) != "" and not tokens[end].broken
    return before or after


def _read_left(tokens: Tokens, place: int) -> tuple[Point, int] | None:
    dotted = tokens.once(read_dotted, place)
    if dotted is not None and _dotted_follows(tokens, dotted[1]):
        return dotted
    return tokens.once(read_point, place)


def _dotted_follows(tokens: Tokens, place: int) -> bool:
    separator = _read_separator(tokens, place)
    return separator is not None and tokens.once(read_dotted, separator) is not None


def _read_right(tokens: Tokens, place: int, first: Point) -> tuple[Point, int] | None:
    if first.scope is Scope.DAY:
        day = read_day_of(tokens, place, first)
        if day is not None:
            return day
    dotted = tokens.once(read_bare_dotted, place) or tokens.once(read_dotted, place)
    return dotted or tokens.once(read_point, place) or _read_last_month(tokens, place, first)


def _read_last_month(tokens: Tokens, place: int, first: Point) -> tuple[Point, int] | None:
    """The bare last month of “2024.3-12”, which has the unit of the first."""
    number = tokens[place].number
    dotted = tokens.kind(place - 2) is Kind.NUMBER and tokens.kind(place - 3) is Kind.DOT
    if not dotted or first.scope is not Scope.MONTH or tokens.kind(place) is not Kind.NUMBER:
        return None
    return (Point(Scope.MONTH, month=number), place + 1) if (first.month or 12) < number <= 12 else None


def _read_bare_numbers(tokens: Tokens, place: int) -> Match | None:
    """Ranges whose unit stands once: 8-9月, 4月28-30日, 一至三季度, 2024-2026年."""
    year, after_year = read_year(tokens, place)
    month_end = after_year
    if tokens.kind(after_year) is Kind.NUMBER and tokens.kind(after_year + 1) is Kind.MONTH:
        month_end = after_year + 2
    number_at = month_end + (tokens.kind(month_end) is Kind.ORDINAL)
    separator = _read_separator(tokens, number_at + 1)
    if tokens.kind(number_at) is not Kind.NUMBER or separator is None:
        return None
    right = _read_right_of_number(
        tokens, separator, tokens[after_year].number if month_end > after_year else None
    )
    if right is None:
        return None
    last, end = right
    first = _like(last, tokens[number_at].number, in_month=month_end > after_year)
    return Match(Stretch(replace(first, year=year or first.year), _closed(last)), end) if first else None


def _read_right_of_number(tokens: Tokens, place: int, month: int | None) -> tuple[Point, int] | None:
    if month is not None:
        return read_day_of(tokens, place, Point(Scope.MONTH, month=month))
    return tokens.once(read_point, place)


def _like(last: Point, number: int, *, in_month: bool) -> Point | None:
    """A point of the same unit as `last`, by its bare number; None where the two cannot be a range."""
    plain = replace(last, year=None, ends=False, inside=False, before=False)
    if in_month:
        return replace(plain, day=number) if last.day is not None and number < last.day else None
    if last.year is not None and last.scope is Scope.YEAR and number < last.year.number and number > 1980:
        return replace(plain, year=last.year._replace(number=number))
    if last.year is None and last.scope is Scope.QUARTER and last.number and 1 <= number < last.number:
        return replace(plain, number=number)
    months = last.scope in (Scope.MONTH, Scope.TEN_DAYS, Scope.DAY) and last.month is not None
    if months and 1 <= number <= 12 and number != last.month:
        return replace(plain, scope=Scope.MONTH, month=number, day=None)
    return None


def _read_open(tokens: Tokens, place: int) -> Match | None:
    """3月起, 从5月开始: a start without an end. 之日起 and 起…至 are other things."""
    found = tokens.once(read_point, place)
    if found is None or found[0].is_marked or tokens.kind(found[1]) is not Kind.FROM:
        return None
    return Match(Stretch(found[0], None), found[1] + 1)
