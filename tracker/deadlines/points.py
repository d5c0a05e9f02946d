"""Productions for points of the calendar: 2024年5月底前, 一季度, 8.30前, 春节前, 本月底."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tracker.deadlines.cursor import Tokens
from tracker.deadlines.kinds import Kind
from tracker.deadlines.phrases import Point, Scope, YearBase, YearRef

PointMatch = tuple[Point, int]
_FIRST_YEAR, _LAST_YEAR = 1980, 2099
_FIRST_WORDED_YEAR = 1900  # people are born before the offices begin to plan
_SHORT_YEARS = range(15, 50)  # 24年5月


def read_point(tokens: Tokens, place: int) -> PointMatch | None:
    """The longest point that starts at `place`, with its marks (底, 前, 内), or None."""
    return read_bare_dotted(tokens, place) or _read_worded(tokens, place)


def _read_worded(tokens: Tokens, place: int) -> PointMatch | None:
    year, after_year = read_year(tokens, place)
    if year is None and _follows_unknown_year(tokens, place):
        return None
    found = _read_within_year(tokens, after_year, named_year=year is not None)
    if found is None:
        if year is None:
            return None
        found = Point(Scope.YEAR), after_year + (tokens.text(after_year) == "全年")
    point, end = found
    return _read_marks(tokens, replace(point, year=year), end)


def _follows_unknown_year(tokens: Tokens, place: int) -> bool:
    """True for the 4月 of “1862年4月”: a month is not moved into another year."""
    joined = tokens.kind(place - 1) is Kind.YEAR and not tokens[place].broken
    return joined and tokens.kind(place - 2) is Kind.NUMBER and tokens[place - 2].number > 99


def read_year(tokens: Tokens, place: int) -> tuple[YearRef | None, int]:
    """A year at `place` and the token after it; the year is None, and nothing is read, where there is none."""
    kind = tokens.kind(place)
    if kind is Kind.RELATIVE_YEAR:
        base, shift = tokens[place].shift
        known = YearBase.REFERENCE if base == "ref" else YearBase.CARRIED
        return YearRef(known, int(shift)), _skip_degree(tokens, place + 1)
    if kind is Kind.NUMBER and tokens.kind(place + 1) is Kind.YEAR:
        number = tokens[place].number
        end = _skip_degree(tokens, place + 2)
        if _FIRST_WORDED_YEAR <= number <= _LAST_YEAR:
            return YearRef(YearBase.CALENDAR, number), end
        if number in _SHORT_YEARS and tokens[place].text.isascii() and _has_body(tokens, end):
            return YearRef(YearBase.CALENDAR, 2000 + number), end
    return None, place


def _has_body(tokens: Tokens, place: int) -> bool:
    if tokens.kind(place) in (Kind.ENDING, Kind.HALF):
        return True
    after = place + 1 + (tokens.kind(place) is Kind.ORDINAL)
    return tokens.kind(after) in (Kind.MONTH, Kind.QUARTER)


def _skip_degree(tokens: Tokens, place: int) -> int:
    place = tokens.skip(place, Kind.DEGREE)
    return tokens.skip(place, Kind.POSSESSIVE) if _starts_body(tokens, place + 1) else place


def _starts_body(tokens: Tokens, place: int) -> bool:
    return tokens.kind(place) in (Kind.NUMBER, Kind.ORDINAL, Kind.HALF, Kind.FESTIVAL)


def _read_within_year(tokens: Tokens, place: int, *, named_year: bool) -> PointMatch | None:
    kind = tokens.kind(place)
    if kind is Kind.HALF:
        return Point(Scope.HALF, number=tokens[place].number), place + 1
    if kind in (Kind.FESTIVAL, Kind.QUOTE, Kind.NUMBER) and (festival := _read_festival(tokens, place)):
        return festival
    return (
        _read_quarter(tokens, place)
        or _read_month(tokens, place)
        or _read_shifted(tokens, place)
        or _read_bare_ending(tokens, place, named_year=named_year)
        or _read_plan(tokens, place)
    )


def _read_festival(tokens: Tokens, place: int) -> PointMatch | None:
    """春节, “五一”节, and “十一” where 前 or a quotation mark tells it from the number."""
    quoted = tokens.kind(place) is Kind.QUOTE
    inner = place + quoted
    name = None
    if tokens.kind(inner) is Kind.FESTIVAL:
        name = str(tokens[inner].value)
    elif tokens.text(inner) == "十一":
        name = "国庆节"
    if name is None:
        return None
    end = inner + 1
    if quoted:
        if tokens.kind(end) is not Kind.QUOTE:
            return None
        end += 1
    if tokens.text(end) == "节":
        end += 1
    if tokens.words(end, end + 2) in ("假期", "长假", "假日") and tokens.kind(end + 2) is Kind.BEFORE:
        end += 2
    if tokens.kind(inner) is Kind.NUMBER and tokens.kind(end) is not Kind.BEFORE:
        return None
    return Point(Scope.FESTIVAL, festival=name), end


def _read_quarter(tokens: Tokens, place: int) -> PointMatch | None:
    leading = tokens.kind(place) is Kind.BEFORE  # 前三季度: up to the end of the third
    number_at = place + leading + (tokens.kind(place + leading) is Kind.ORDINAL)
    if tokens.kind(number_at) is not Kind.NUMBER or not 1 <= tokens[number_at].number <= 4:
        return None
    ordinal = tokens.kind(number_at - 1) is Kind.ORDINAL  # 一个季度 is a length, 第一个季度 is not
    end = tokens.skip(number_at + 1, Kind.COUNTER) if ordinal else number_at + 1
    if tokens.kind(end) is not Kind.QUARTER or _is_motto(tokens, number_at):
        return None
    closed = tokens.kind(end + 1) in (Kind.ENDING, Kind.BEFORE, Kind.INSIDE)
    if tokens.text(end) == "季" and not (ordinal or closed):
        return None  # 四季常绿
    return Point(Scope.QUARTER, number=tokens[number_at].number), end + 1


def _read_month(tokens: Tokens, place: int) -> PointMatch | None:
    if tokens.kind(place) is not Kind.NUMBER or tokens.kind(place + 1) is not Kind.MONTH:
        return None
    month = tokens[place].number
    if not 1 <= month <= 12 or _is_motto(tokens, place):
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
    return _read_within_month(tokens, Point(Scope.MONTH, month=month), end)


def _is_motto(tokens: Tokens, place: int) -> bool:
    """True for 一月一主题 and 一季一专题: one of these in every one of those."""
    follows = place + 2
    return tokens.text(place) == tokens.text(follows) == "一" and tokens.kind(follows + 1) is Kind.TEXT


def _read_within_month(tokens: Tokens, month: Point, place: int) -> PointMatch | None:
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


_CLAUSE_ENDS = (Kind.COMMA, Kind.STOP, Kind.CLOSE)


def is_day_of(month: int | None, day: int) -> bool:
    """True where the month (any, if None) can have that day, 29 February included."""
    try:
        date(2024, month or 1, day)
    except ValueError:
        return False
    return True


def _read_shifted(tokens: Tokens, place: int) -> PointMatch | None:
    """本月底, 下月10日, 下季度末, 本周五; 次月5日 waits for the month of its sentence."""
    kind = tokens.kind(place)
    if kind is Kind.SHIFTED:
        unit, shift = tokens[place].shift
        sequel = False
    elif kind is Kind.NEXT:
        unit, shift, sequel = str(tokens[place].value), 1, True
    else:
        return None
    end = tokens.skip(place + 1, Kind.POSSESSIVE)
    if unit == "month":
        month = Point(Scope.MONTH, month_shift=int(shift), is_sequel=sequel)
        return _read_within_month(tokens, month, tokens.skip(end, Kind.MONTH))
    if unit == "quarter":
        return Point(Scope.QUARTER, month_shift=int(shift) * 3, is_sequel=sequel), end
    weekday = read_weekday(tokens, end)
    number = weekday[0] if weekday else None
    return Point(Scope.WEEK, number=number, month_shift=int(shift), is_sequel=sequel), weekday[
        1
    ] if weekday else end


_WEEKDAYS = {
    "一": 0,
    "二": 1,
    "三": 2,
    "四": 3,
    "五": 4,
    "六": 5,
    "日": 6,
    "天": 6,
    "1": 0,
    "2": 1,
    "3": 2,
    "4": 3,
    "5": 4,
}


def read_weekday(tokens: Tokens, place: int) -> tuple[int, int] | None:
    """A weekday's name (五, 日) at `place` as its number (0 is Monday), and the token after it."""
    text = tokens.text(place)
    return (_WEEKDAYS[text], place + 1) if text in _WEEKDAYS else None


def _read_bare_ending(tokens: Tokens, place: int, *, named_year: bool) -> PointMatch | None:
    """年底, 月底, 季度末 without a number; 底 and 末 directly after a year (2024年底)."""
    kind = tokens.kind(place)
    if named_year and kind in (Kind.ENDING, Kind.INSIDE, Kind.MIDDLE):
        return _end_of_year(kind), place if kind is not Kind.MIDDLE else place + 1
    after = tokens.kind(place + 1)
    if (
        kind is Kind.YEAR
        and after in (Kind.ENDING, Kind.INSIDE, Kind.MIDDLE)
        and not _is_counted(tokens, place)
    ):
        return _end_of_year(after), place + 1 if after is not Kind.MIDDLE else place + 2
    if tokens.text(place) == "岁" and after is Kind.ENDING:
        return Point(Scope.YEAR), place + 1
    if named_year or _is_counted(tokens, place):
        return None
    if kind is Kind.MONTH and after in (Kind.ENDING, Kind.INSIDE, Kind.BEGINNING):
        return _read_within_month(tokens, Point(Scope.MONTH), place + 1)
    if kind is Kind.QUARTER and after in (Kind.ENDING, Kind.INSIDE):
        return Point(Scope.QUARTER), place + 1
    return None


def _is_counted(tokens: Tokens, place: int) -> bool:
    """True where a number stands directly before: 3年内 is a period, 13月底 is nothing."""
    return tokens.kind(place - 1) is Kind.NUMBER and not tokens[place].broken


def _end_of_year(kind: Kind) -> Point:
    """年底 and 年内 close the year; 年中 is its first half."""
    return Point(Scope.HALF, number=1, ends=True) if kind is Kind.MIDDLE else Point(Scope.YEAR)


def _read_plan(tokens: Tokens, place: int) -> PointMatch | None:
    """“十四五”末: the last year of a five-year plan."""
    quoted = tokens.kind(place) is Kind.QUOTE
    if tokens.kind(place + quoted) is not Kind.PLAN:
        return None
    last = tokens[place + quoted].number
    end = place + quoted + 1
    if quoted and tokens.kind(end) is Kind.QUOTE:
        end += 1
    if tokens.text(end) == "期":
        end += 1
    if tokens.text(end) == "期末":
        return Point(Scope.YEAR, number=last, ends=True), end + 1
    return (Point(Scope.YEAR, number=last), end) if tokens.kind(end) is Kind.ENDING else None


def read_bare_dotted(tokens: Tokens, place: int) -> PointMatch | None:
    """2024-08-30, 2024.8, 2024/8/30前, 8.30前; without a year only where 前 follows (or a range, read elsewhere)."""
    found = read_dotted(tokens, place)
    if found is None:
        return None
    marked = _read_marks(tokens, *found)
    point = marked[0]
    return marked if point.year is not None or point.before else None


def read_dotted(tokens: Tokens, place: int) -> PointMatch | None:
    """Numbers joined by the same mark without gaps: year-month-day, year-month or month-day."""
    numbers, end = _read_joined(tokens, place)
    if _is_rest_of_date(tokens, place):
        return None
    whole = len(numbers) == 3 and _FIRST_YEAR <= numbers[0] <= _LAST_YEAR
    if tokens.kind(end) is Kind.DAY and (
        whole or (tokens.kind(end + 1) is Kind.BEFORE and len(numbers) == 2)
    ):
        end += 1  # 2025.3.1日, 6.30日前
    elif tokens.kind(end) in (Kind.YEAR, Kind.MONTH, Kind.DAY, Kind.COUNTER) and len(numbers) > 1:
        # the last number has a unit of its own: “2024.5月”, “1.5月底” (an item and a month)
        return _read_half_dotted(tokens, place)
    if len(numbers) == 1 and len(tokens.text(place)) == 8 and _may_be_written_solid(tokens, place):
        numbers = [numbers[0] // 10_000, numbers[0] // 100 % 100, numbers[0] % 100]
    if len(numbers) == 3 and numbers[0] in _SHORT_YEARS:
        numbers[0] += 2000
    year = (
        YearRef(YearBase.CALENDAR, numbers[0])
        if numbers and _FIRST_YEAR <= numbers[0] <= _LAST_YEAR
        else None
    )
    match (numbers if year is None else numbers[1:]), year:
        case [month, day], _ if 1 <= month <= 12 and is_day_of(month, day):
            return Point(Scope.DAY, year=year, month=month, day=day), end
        case [month], YearRef() if 1 <= month <= 12:
            return Point(Scope.MONTH, year=year, month=month), end
    return None


def _is_rest_of_date(tokens: Tokens, place: int) -> bool:
    """True inside 2025.3.1: the month and the day of a date are not read again without its year."""
    joined = tokens.kind(place - 1) in (Kind.DOT, Kind.SLASH) and not tokens[place].gap
    return joined and tokens.kind(place - 2) is Kind.NUMBER and tokens[place - 2].number >= _FIRST_YEAR


def _may_be_written_solid(tokens: Tokens, place: int) -> bool:
    """20240630 is a day where it opens a cell or 前 or a range follows; after a label it may be any number."""
    opens = place == 0 or tokens[place].broken
    return (
        opens
        or tokens.kind(place + 1) in (Kind.BEFORE, Kind.TO, Kind.DASH)
        or tokens.kind(place - 1) in (Kind.TO, Kind.DASH)
    )


def _read_half_dotted(tokens: Tokens, place: int) -> PointMatch | None:
    number = tokens[place].number
    if not _FIRST_YEAR <= number <= _LAST_YEAR or tokens.kind(place + 1) is not Kind.DOT:
        return None
    month = _read_month(tokens, place + 2)
    return (replace(month[0], year=YearRef(YearBase.CALENDAR, number)), month[1]) if month else None


def _read_joined(tokens: Tokens, place: int) -> tuple[list[int], int]:
    numbers: list[int] = []
    mark = None
    spaced = False  # 2024. 12. 10: only a whole date is read through gaps
    while tokens.kind(place) is Kind.NUMBER and tokens[place].text.isascii() and len(numbers) < 3:
        if numbers and len(tokens.text(place)) > 2:
            return [], place  # 2024-06-018 is a number of a file
        numbers.append(tokens[place].number)
        follows = tokens.kind(place + 1)
        joins = follows in (Kind.DOT, Kind.DASH, Kind.SLASH) and mark in (None, follows)
        gap = tokens[place + 2].gap or tokens[place + 1].gap
        through = not gap or (follows is Kind.DOT and numbers[0] >= _FIRST_YEAR)
        if not joins or tokens.kind(place + 2) is not Kind.NUMBER or not through:
            return ([], place) if spaced and len(numbers) < 3 else (numbers, place + 1)
        spaced = spaced or gap
        mark = follows
        place += 2
    return numbers, place - 1 if numbers else place


_REMARK_REACH = 8
_ROUGHLY = ("左右", "前后")
_CLOCK_UNITS = frozenset("时点:分半整")


def _read_marks(tokens: Tokens, point: Point, place: int) -> PointMatch:
    """The words after a point: (星期五), 17时, 底, 内, 结束, 前."""
    end = _skip_remark(tokens, place)
    end = _skip_clock(tokens, end) if point.scope is Scope.DAY else end
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
