"""Productions for several points together: ranges (8-9月, 7月1日至9月30日) and lists (6月、9月、12月底前)."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.cursor import Tokens
from tracker.deadlines.kinds import Kind
from tracker.deadlines.phrases import Found, Match, MonthDay, Point, Scope, Stretch, YearBase, YearRef
from tracker.deadlines.points import (
    is_day_of,
    read_bare_dotted,
    read_dotted,
    read_point,
    read_weekday,
    read_year,
)

_SEPARATORS = (Kind.TO, Kind.DASH)
_ITEM_REACH = 100
_MOST_NUMBERS = 12


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
        day = _read_day_of(tokens, place, first)
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


def _read_day_of(tokens: Tokens, place: int, month: Point) -> tuple[Point, int] | None:
    """The bare day of “4月28日-30日” and “7月20日、25日前”."""
    if tokens.kind(place) is not Kind.NUMBER or tokens.kind(place + 1) is not Kind.DAY:
        return None
    day = tokens[place].number
    if not is_day_of(month.month, day):
        return None
    before = tokens.kind(place + 2) is Kind.BEFORE
    end = place + 2 + before
    return replace(month, scope=Scope.DAY, year=None, day=day, before=before), end


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
        return _read_day_of(tokens, place, Point(Scope.MONTH, month=month))
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


def read_points(tokens: Tokens, place: int) -> list[Found]:
    """One point, or a list whose last member lends its unit and its marks to the others."""
    found = _read_list(tokens, place) or _read_single(tokens, place)
    return _share_marks(found)


def _read_single(tokens: Tokens, place: int) -> list[Found]:
    read = tokens.once(read_point, place)
    if read is None:
        return []
    return [Found(read[0], place, read[1])]


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
        day = _read_day_of(tokens, place, previous)
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
        right = _read_day_of(tokens, last_at, Point(Scope.MONTH, month=month))
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
