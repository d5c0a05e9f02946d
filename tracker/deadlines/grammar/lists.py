"""Productions for lists of points: 6月、9月、12月底前, 一、二季度, 6月10日、20日前, 元旦春节前."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.grammar.months import is_day_of, read_day_of
from tracker.deadlines.grammar.phrases import Found, Point, Scope, YearBase, YearRef
from tracker.deadlines.grammar.points import read_point
from tracker.deadlines.grammar.years import read_year
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_ITEM_REACH = 100
_MOST_NUMBERS = 12


def read_points(tokens: Tokens, place: int) -> list[Found]:
    """One point, or a list whose last member lends its unit and its marks to the others."""
    found = _read_halves(tokens, place) or _read_list(tokens, place) or _read_single(tokens, place)
    return _share_marks(found)


def _read_single(tokens: Tokens, place: int) -> list[Found]:
    read = tokens.once(read_point, place)
    if read is None:
        return []
    return [Found(read[0], place, read[1])]


def _read_halves(tokens: Tokens, place: int) -> list[Found]:
    """上下半年, 上、下半年: both halves."""
    second = tokens.skip(place + 1, Kind.AND)
    if tokens.text(place) != "上" or tokens.kind(second) is not Kind.HALF or tokens[second].number == 1:
        return []
    return [Found(Point(Scope.HALF, number=1), place, place + 1), *_read_single(tokens, second)]


def _read_list(tokens: Tokens, place: int) -> list[Found]:
    members = _read_numbers_of_unit(tokens, place) or _read_single(tokens, place)
    while members:
        last = members[-1]
        joined = tokens.kind(last.end) is Kind.AND
        if not isinstance(last.phrase, Point) or not (joined or last.phrase.scope is Scope.FESTIVAL):
            break
        member = _read_member(tokens, last.end + joined, last.phrase)
        if member is None or not (joined or _is_festival(member)):  # 元旦春节前
            break
        members.append(member)
    return members


def _is_festival(found: Found) -> bool:
    return isinstance(found.phrase, Point) and found.phrase.scope is Scope.FESTIVAL


def _read_member(tokens: Tokens, place: int, previous: Point) -> Found | None:
    if previous.scope is Scope.DAY and previous.month is not None:
        day = read_day_of(tokens, place, previous)
        if day is not None:
            return Found(day[0], place, day[1])
    read = tokens.once(read_point, place)
    if read is None or not read[0].has_own_time:
        return None
    return Found(read[0], place, read[1])


def _read_numbers_of_unit(tokens: Tokens, place: int) -> list[Found]:
    """6、9、12月底前; 一、二季度; 6月10、20日前: numbers that share the unit of the last."""
    years = _read_years(tokens, place)
    if years:
        return years
    year, start = read_year(tokens, place)
    month = None
    if tokens.kind(start) is Kind.NUMBER and tokens.kind(start + 1) is Kind.MONTH:
        month, start = tokens[start].number, start + 2
    numbers = _read_number_list(tokens, start)
    if len(numbers) < 2:
        return []
    last_at = numbers[-1]
    if month is not None:
        right = read_day_of(tokens, last_at, Point(Scope.MONTH, month=month))
    else:
        right = tokens.once(read_point, last_at)
    if right is None or right[0].year is not None:
        return []
    if month is None and _is_item_number(tokens, numbers, right[0]):
        return []
    points = [_like_member(right[0], tokens[at].number, in_month=month is not None) for at in numbers[:-1]]
    if any(point is None for point in points):
        return []
    found = [Found(replace(p, year=year), at, at + 1) for p, at in zip(points, numbers, strict=False) if p]
    found[0] = replace(found[0], first=place)
    return [*found, Found(right[0], last_at, right[1])]


def _read_years(tokens: Tokens, place: int) -> list[Found]:
    """2024、2025年底前: the same point of several years."""
    numbers: list[int] = []
    while (
        tokens.kind(place) is Kind.NUMBER
        and tokens.kind(place + 1) is Kind.AND
        and len(numbers) < _MOST_NUMBERS
    ):
        numbers.append(place)
        place += 2
    last = tokens.once(read_point, place) if numbers else None
    if last is None or last[0].year is None or last[0].year.base is not YearBase.CALENDAR:
        return []
    limit = last[0].year.number
    if not all(limit - 20 < tokens[at].number < limit for at in numbers):
        return []
    earlier = [
        Found(replace(last[0], year=YearRef(YearBase.CALENDAR, tokens[at].number)), at, at + 1)
        for at in numbers
    ]
    return [*earlier, Found(last[0], place, last[1])]


def _read_number_list(tokens: Tokens, place: int) -> list[int]:
    """The places of numbers joined by 、 or 和, the last of which has a unit."""
    numbers = []
    while tokens.kind(place) is Kind.NUMBER and tokens[place].number <= 31:
        numbers.append(place)
        if len(numbers) > _MOST_NUMBERS or tokens.kind(place + 1) is not Kind.AND:
            break
        place += 2
    return numbers if tokens.kind(place) is Kind.NUMBER else []


def _is_item_number(tokens: Tokens, numbers: list[int], last: Point) -> bool:
    """True for “3、10月15日前”: the first number counts items and is no month."""
    first = numbers[0]
    if len(numbers) > 2 or tokens.text(first + 1) != "、":
        return False
    if tokens.text(first + 2).isascii() and not tokens.text(first).isascii():
        return True  # 三、9月底前
    if last.scope is Scope.QUARTER:
        return tokens[first + 2].gap
    starts = first == 0 or tokens[first].broken or tokens.kind(first - 1) in (Kind.STOP, Kind.COLON)
    if last.scope is Scope.DAY and starts:
        return True
    counted = any(
        tokens.text(place + 1) == "、" and tokens.kind(place) is Kind.NUMBER
        for place in range(max(0, first - _ITEM_REACH), first)
    )
    return starts and (tokens[first + 2].gap or counted or tokens[first].number == 1)


def _like_member(last: Point, number: int, *, in_month: bool) -> Point | None:
    if in_month:
        return replace(last, day=number) if is_day_of(last.month, number) else None
    months = last.scope in (Scope.MONTH, Scope.TEN_DAYS, Scope.DAY)
    if months and last.month is not None and 1 <= number < last.month:
        return replace(last, month=number)
    if last.scope is Scope.QUARTER and last.number and 1 <= number < last.number:
        return replace(last, number=number)
    return None


def _share_marks(members: list[Found]) -> list[Found]:
    """6月、9月、12月底前: what marks the last marks those before it that have no mark of their own."""
    if len(members) < 2 or not isinstance(members[-1].phrase, Point):
        return members
    last = members[-1].phrase
    shared = []
    for member in members:
        point = member.phrase
        if isinstance(point, Point) and not point.is_marked and point.scope is not Scope.FESTIVAL:
            point = _like_last(point, last)
        elif (isinstance(point, Point) and point.ends and last.ends) or (
            isinstance(point, Point) and point.scope is Scope.FESTIVAL and not point.is_marked
        ):
            point = replace(point, before=last.before)
        shared.append(replace(member, phrase=point))
    return shared


def _like_last(point: Point, last: Point) -> Point:
    if point.scope is Scope.MONTH and last.scope is Scope.TEN_DAYS:
        return replace(point, scope=Scope.TEN_DAYS, day=last.day, before=last.before)  # 6月、12月中旬
    if (
        point.scope is Scope.MONTH
        and last.scope is Scope.DAY
        and last.before
        and is_day_of(point.month, last.day or 0)
    ):
        return replace(point, scope=Scope.DAY, day=last.day, before=True)  # 6月、12月20日前
    return replace(point, ends=last.ends, inside=last.inside, before=last.before)
