"""Productions for days within a repeated period: 5日、20日, 25日至月底, 最后一个工作日, 一、三、五."""

from __future__ import annotations

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.marks import read_weekday
from tracker.deadlines.grammar.phrases import Match, Repeat
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

ONCE = frozenset(("次", "回", "报", "调", "通", "会", "研", "清", "汇", "例", "督", "排"))


def read_position_in_month(tokens: Tokens, at: int) -> Match | None:
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


def read_days(tokens: Tokens, at: int) -> tuple[list[int], int]:
    """Days of a month: 5日、20日, 10、25日, 上旬, 底, 25日至月底 (its end counts), 前5日."""
    days: list[int] = []
    end = at
    while True:
        day = read_day(tokens, end)
        if day is None:
            return days, (end - 1 if days else at)
        number, end = day
        following = tokens.kind(end)
        to_next = following in (Kind.TO, Kind.DASH) and tokens.text(end + 1) == "次月"
        if following in (Kind.TO, Kind.DASH) and read_day(tokens, end + 1 + to_next) is not None:
            end += 1 + to_next  # of a range only the end is due
            continue
        days.append(number)
        if following is not Kind.AND or read_day(tokens, end + 1) is None:
            return days, end
        end += 1


def read_day(tokens: Tokens, at: int) -> tuple[int, int] | None:
    kind, after = tokens.kind(at), tokens.kind(at + 1)
    if kind is Kind.BEFORE and after is Kind.NUMBER and tokens.kind(at + 2) in (Kind.DAY, Kind.DAYS):
        at, kind, after = at + 1, after, tokens.kind(at + 2)
        return (tokens[at].number, at + 2) if 1 <= tokens[at].number <= 31 else None
    if kind is Kind.NUMBER and 1 <= tokens[at].number <= 31:
        if after is Kind.DAY:
            return tokens[at].number, at + 2
        joins = after in (Kind.AND, Kind.DASH, Kind.TO) and tokens.kind(at + 2) is Kind.NUMBER
        return (tokens[at].number, at + 1) if joins and read_day(tokens, at + 2) is not None else None
    if kind is Kind.TEN_DAYS:
        number = tokens[at].number
        return (number if number < 31 else -1), at + 1
    if kind is Kind.BEGINNING:
        return 10, at + 1
    if kind is Kind.MONTH and after is Kind.ENDING:
        return -1, at + 2
    return (-1, at + 1) if kind is Kind.ENDING else None


def counts_once(tokens: Tokens, place: int) -> bool:
    """True for 每周一次, 每周一调度; “每周一报送” is Monday."""
    if tokens.text(place) not in ("一", "1") or tokens.text(place + 1) not in ONCE:
        return False
    return tokens.words(place + 1, place + 3) not in ("报送", "报告", "汇总", "汇报")


def read_weekdays(tokens: Tokens, at: int) -> tuple[list[int], int]:
    """一、三、五 or 周一至周五 after 每周. “每周一次” and “每周一调度” name no weekday."""
    days: list[int] = []
    end = at
    while True:
        start = tokens.skip(end, Kind.WEEK)  # 每周星期五, 周一、周四
        weekday = read_weekday(tokens, start)
        if weekday is None or counts_once(tokens, start):
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
