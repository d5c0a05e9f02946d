"""Productions for recurrences: 每月25日前, 每季度首月5日前, 每年1月15日和7月15日前, 每周五, 按月, 次月5日前."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines import recurrence as rules
from tracker.deadlines.cursor import Tokens
from tracker.deadlines.kinds import Kind
from tracker.deadlines.phrases import Found, Match, Period, Point, Repeat, Scope, Stretch, Vague, Yearly
from tracker.deadlines.points import read_weekday
from tracker.deadlines.stretches import read_points, read_stretch
from tracker.deadlines.words import read_moment

_MONTHS_OF_POSITION = {1: (1, 4, 7, 10), 2: (2, 5, 8, 11), 3: rules.QUARTER_ENDS}
_SUNDAY = 6


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
    if tokens.text(at) in ("双周", "双月"):
        is_week = tokens.text(at) == "双周"
        return Match(_every_two_weeks() if is_week else _every_even_month(), at + 1)
    match kind:
        case Kind.HALF_YEAR:
            return _read_half_year_tail(tokens, at + 1)
        case Kind.QUARTER:
            return _read_quarter_tail(tokens, at + 1)
        case Kind.MONTH:
            return _read_month_tail(tokens, at + 1)
        case Kind.HALF_MONTH:
            return Match(Repeat("month", tuple(rules.monthly([15, -1])), is_bare=True), at + 1)
        case Kind.TEN:
            return Match(Repeat("month", tuple(rules.monthly([10, 20, -1])), is_bare=True), at + 1)
        case Kind.WEEK:
            return _read_week_tail(tokens, at + 1)
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
            weekday = read_weekday(tokens, at + 1)
            day, at = weekday if weekday else (_SUNDAY, at + 1)
            return Match(Repeat("week", (rules.weekly([day], interval),), is_bare=weekday is None), at)
        case Kind.DAY | Kind.DAYS:
            rule = rules.daily(interval)
        case _:
            return None
    return Match(Repeat("interval", (rule,), is_bare=True), at + 1)


def _every_two_weeks() -> Repeat:
    return Repeat("week", (rules.weekly([_SUNDAY], 2),), is_bare=True)


def _every_even_month() -> Repeat:
    return Repeat("month", (rules.yearly(range(2, 13, 2), -1),), is_bare=True)


def _read_every_year(tokens: Tokens, place: int, at: int) -> list[Found]:
    """每年 with its points (which keep their own places), a range, its end, or alone."""
    at = tokens.skip(at, Kind.POSSESSIVE)
    at += tokens.kind(at) is Kind.YEAR and tokens.kind(at + 1) is Kind.ENDING
    if tokens.kind(at) is Kind.ENDING:
        return _found(tokens, place, Match(Repeat("year", (rules.yearly([12], -1),)), at + 1))
    after = _read_after_end(tokens, at, "year")
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


def _read_half_year_tail(tokens: Tokens, at: int) -> Match:
    after = _read_after_end(tokens, at, "half") or _read_months_named(tokens, at, "half")
    if after is not None:
        return after
    edges = {Kind.FIRST_MONTH: (1, 7), Kind.LAST_MONTH: rules.HALF_YEAR_ENDS}
    position = tokens.skip(at, Kind.POSSESSIVE)
    if tokens.kind(position) in edges:
        return _read_days_of_months(tokens, position + 1, edges[tokens.kind(position)], "half")
    ended = tokens.kind(at) is Kind.ENDING
    return Match(Repeat("half", (rules.yearly(rules.HALF_YEAR_ENDS, -1),), is_bare=not ended), at + ended)


def _read_quarter_tail(tokens: Tokens, at: int) -> Match:
    """What follows 每季度: a month of it with its days, its end, so many days after it, or nothing."""
    after = _read_after_end(tokens, at, "quarter") or _read_months_named(tokens, at, "quarter")
    if after is not None:
        return after
    special = _read_position_in_month(tokens, tokens.skip(tokens.skip(at, Kind.ENDING), Kind.POSSESSIVE))
    from_end = tokens.kind(at) is Kind.ENDING or Kind.LAST in (tokens.kind(at), tokens.kind(at + 1))
    if special is not None and from_end and isinstance(special.phrase, Repeat):
        return Match(_in_months(special.phrase, rules.QUARTER_ENDS), special.end)
    position = _read_month_of_quarter(tokens, tokens.skip(tokens.skip(at, Kind.ENDING), Kind.POSSESSIVE))
    if position is not None:
        return _read_days_of_months(tokens, position[1], _MONTHS_OF_POSITION[position[0]])
    end = at + (tokens.kind(at) is Kind.QUARTER and tokens.kind(at + 1) is Kind.ENDING)
    if tokens.kind(end) is Kind.ENDING:
        if tokens.kind(end + 1) is Kind.MONTH and not tokens[end + 1].gap:
            return _read_days_of_months(tokens, end + 2, rules.QUARTER_ENDS)
        if _names_day(tokens, end + 1):  # 每季度末25日前: of the quarter's last month
            return _read_days_of_months(tokens, end + 1, rules.QUARTER_ENDS)
        return Match(Repeat("quarter", (rules.yearly(rules.QUARTER_ENDS, -1),)), end + 1)
    return Match(Repeat("quarter", (rules.yearly(rules.QUARTER_ENDS, -1),), is_bare=True), at)


def _names_day(tokens: Tokens, at: int) -> bool:
    at = tokens.skip(at, Kind.POSSESSIVE)
    return tokens.kind(at) is Kind.NUMBER and _read_day(tokens, at) is not None


def _in_months(repeat: Repeat, months: tuple[int, ...]) -> Repeat:
    """The same place in the month (最后一个工作日, 第一周), in these months only."""
    held = f"FREQ=MONTHLY;BYMONTH={','.join(map(str, months))}"
    return Repeat("quarter", tuple(rule.replace("FREQ=MONTHLY", held) for rule in repeat.rules))


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
    return _read_days_of_months(tokens, end + 1, tuple(months), period) if named else None


def _read_month_of_quarter(tokens: Tokens, at: int) -> tuple[int, int] | None:
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


def _read_days_of_months(tokens: Tokens, at: int, months: tuple[int, ...], period: str = "quarter") -> Match:
    special = _read_position_in_month(tokens, tokens.skip(at, Kind.POSSESSIVE))
    if special is not None and isinstance(special.phrase, Repeat):
        return Match(replace(_in_months(special.phrase, months), period=period), special.end)
    days, end = _read_days(tokens, tokens.skip(at, Kind.POSSESSIVE))
    if not days and tokens.kind(at) is Kind.BEFORE:  # 首月前: before it begins
        days = []
    held = tuple(rules.yearly(months, day) for day in days or [-1])
    return Match(Repeat(period, held), end if days else at)


def _read_month_tail(tokens: Tokens, at: int) -> Match:
    """What follows 每月: days of it, a working day or a weekday of it, so many days after it, or nothing."""
    after = _read_after_end(tokens, at, "month")
    if after is not None:
        return after
    start = tokens.skip(at, Kind.POSSESSIVE)
    start += tokens.kind(start) is Kind.MONTH and tokens.kind(start + 1) is Kind.ENDING
    special = _read_position_in_month(tokens, start)
    if special is not None:
        return special
    days, end = _read_days(tokens, start)
    if days:
        return Match(Repeat("month", tuple(rules.monthly(days))), end)
    return Match(Repeat("month", tuple(rules.monthly([-1])), is_bare=True), at)


def _read_position_in_month(tokens: Tokens, at: int) -> Match | None:
    """最后一个工作日, 第一个周五, 最后一周."""
    last = tokens.kind(at) is Kind.LAST
    if not last and tokens.kind(at) is not Kind.ORDINAL:
        return None
    number = tokens[at + 1].number if tokens.kind(at + 1) is Kind.NUMBER else 0
    if not 1 <= number <= 5:
        return None
    position = -number if last else number
    end = tokens.skip(at + 2, Kind.COUNTER)
    if tokens.kind(end) is Kind.WORKDAY:
        return Match(Repeat("month", (rules.monthly_workday(position),)), end + 1)
    if tokens.kind(end) is not Kind.WEEK:
        return None
    named_at = tokens.skip(tokens.skip(end + 1, Kind.POSSESSIVE), Kind.WEEK)
    weekday = read_weekday(tokens, named_at)
    if weekday is not None:
        rule = f"FREQ=MONTHLY;BYDAY={position}{rules.WEEKDAYS[weekday[0]]}"
        return Match(Repeat("month", (rule,)), weekday[1])
    day = -1 if last and number == 1 else 7 * number
    return Match(Repeat("month", tuple(rules.monthly([min(day, 28)]))), end + 1) if day > 0 or last else None


def _read_days(tokens: Tokens, at: int) -> tuple[list[int], int]:
    """Days of a month: 5日、20日, 10、25日, 上旬, 底, 25日至月底 (its end counts), 前5日."""
    days: list[int] = []
    end = at
    while True:
        day = _read_day(tokens, end)
        if day is None:
            return days, (end - 1 if days else at)
        number, end = day
        following = tokens.kind(end)
        to_next = following in (Kind.TO, Kind.DASH) and tokens.text(end + 1) == "次月"
        if following in (Kind.TO, Kind.DASH) and _read_day(tokens, end + 1 + to_next) is not None:
            end += 1 + to_next  # of a range only the end is due
            continue
        days.append(number)
        if following is not Kind.AND or _read_day(tokens, end + 1) is None:
            return days, end
        end += 1


def _read_day(tokens: Tokens, at: int) -> tuple[int, int] | None:
    kind, after = tokens.kind(at), tokens.kind(at + 1)
    if kind is Kind.BEFORE and after is Kind.NUMBER and tokens.kind(at + 2) in (Kind.DAY, Kind.DAYS):
        at, kind, after = at + 1, after, tokens.kind(at + 2)
        return (tokens[at].number, at + 2) if 1 <= tokens[at].number <= 31 else None
    if kind is Kind.NUMBER and 1 <= tokens[at].number <= 31:
        if after is Kind.DAY:
            return tokens[at].number, at + 2
        joins = after in (Kind.AND, Kind.DASH, Kind.TO) and tokens.kind(at + 2) is Kind.NUMBER
        return (tokens[at].number, at + 1) if joins and _read_day(tokens, at + 2) is not None else None
    if kind is Kind.TEN_DAYS:
        number = tokens[at].number
        return (number if number < 31 else -1), at + 1
    if kind is Kind.BEGINNING:
        return 10, at + 1
    if kind is Kind.MONTH and after is Kind.ENDING:
        return -1, at + 2
    return (-1, at + 1) if kind is Kind.ENDING else None


def _read_week_tail(tokens: Tokens, at: int) -> Match:
    days, end = _read_weekdays(tokens, at)
    if days:
        return Match(Repeat("week", (rules.weekly(days),)), end)
    if tokens.kind(at) is Kind.ENDING:
        return Match(Repeat("week", (rules.weekly([_SUNDAY]),)), at + 1)
    return Match(Repeat("week", (rules.weekly([_SUNDAY]),), is_bare=True), at)


_ONCE = frozenset(("次", "回", "报", "调", "通", "会", "研", "清", "汇", "例", "督", "排"))


def _counts_once(tokens: Tokens, place: int) -> bool:
    """True for 每周一次, 每周一调度; “每周一报送” is Monday."""
    if tokens.text(place) not in ("一", "1") or tokens.text(place + 1) not in _ONCE:
        return False
    return tokens.words(place + 1, place + 3) not in ("报送", "报告", "汇总", "汇报")


def _read_weekdays(tokens: Tokens, at: int) -> tuple[list[int], int]:
    """一、三、五 or 周一至周五 after 每周. “每周一次” and “每周一调度” name no weekday."""
    days: list[int] = []
    end = at
    while True:
        start = tokens.skip(end, Kind.WEEK)  # 每周星期五, 周一、周四
        weekday = read_weekday(tokens, start)
        if weekday is None or _counts_once(tokens, start):
            return days, (end - 1 if days else at)
        if tokens.text(start).isascii():
            return days, (end - 1 if days else at)
        days.append(weekday[0])
        end = weekday[1]
        follows = tokens.kind(end)
        if follows in (Kind.TO, Kind.DASH):
            last = read_weekday(tokens, tokens.skip(end + 1, Kind.WEEK))
            return (list(range(days[0], last[0] + 1)), last[1]) if last else (days, end)
        if follows is not Kind.AND:
            return days, end
        end += 1


_AFTER_DAYS = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "half": (1, 7), "year": (1,)}
_PERIOD_NAMES = {"month": "每月结束", "quarter": "每季度结束", "half": "每半年结束", "year": "每年结束"}


def _read_after_end(tokens: Tokens, at: int, period: str) -> Match | None:
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


def _rule_after_end(period: str, number: int, unit: Kind) -> str | None:
    months = _AFTER_DAYS[period]
    if unit is Kind.WEEK:
        unit, number = Kind.DAY, number * 7
    if unit in (Kind.DAY, Kind.DAYS) and 1 <= number <= 31:
        return rules.monthly([number])[0] if period == "month" else rules.yearly(list(months), number)
    if unit is Kind.MONTH and number < 12 / len(list(months)):
        return rules.yearly([month + number - 1 for month in months], -1)
    return None


_BY_UNITS = {Kind.MONTH, Kind.QUARTER, Kind.WEEK, Kind.YEAR, Kind.HALF_YEAR, Kind.TEN}


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
    if at == place and tokens.kind(place) is not Kind.HALF_YEAR:
        return []
    at = tokens.skip(at, Kind.COUNTER)
    if (
        tokens.kind(at) is Kind.DAY
        or tokens.text(at + 1) not in ("一", "1")
        or tokens.text(at + 2) not in _ONCE
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
        position = _read_month_of_quarter(tokens, tokens.skip(at + 1, Kind.POSSESSIVE))
        if position is None:
            return []
        return _found(
            tokens, place, _read_days_of_months(tokens, position[1], _MONTHS_OF_POSITION[position[0]])
        )
    if tokens.kind(place - 1) in (Kind.NUMBER, Kind.COUNTER, Kind.DEGREE):
        return []
    periods = {Kind.QUARTER: "quarter", Kind.MONTH: "month", Kind.YEAR: "year", Kind.HALF_YEAR: "half"}
    period = periods.get(tokens.kind(at))
    if period is None:
        return []
    at = tokens.skip(at + 1, Kind.DEGREE)
    after = _read_after_end(tokens, at, period)
    if after is not None:
        return _found(tokens, place, after)
    if period == "quarter":
        position = _read_month_of_quarter(tokens, tokens.skip(at, Kind.POSSESSIVE))
        ended = tokens.kind(at) is Kind.ENDING and (
            tokens.kind(at + 1) is Kind.MONTH or _names_day(tokens, at + 1)
        )
        if position is not None or ended:
            return _found(tokens, place, _read_quarter_tail(tokens, at))
    return []
