"""Reading a text from left to right: at every token the first production that fits takes its words."""

from __future__ import annotations

from dataclasses import replace

from tracker.deadlines.grammar.cells import read_cells
from tracker.deadlines.grammar.exceptions import with_exception
from tracker.deadlines.grammar.lists import read_points
from tracker.deadlines.grammar.months import read_month_day
from tracker.deadlines.grammar.periods import read_period
from tracker.deadlines.grammar.phrases import Found, MonthDay, Period, Point, Scope, Stretch
from tracker.deadlines.grammar.repeats import read_repeat
from tracker.deadlines.grammar.stretches import read_stretch
from tracker.deadlines.grammar.words import read_word
from tracker.deadlines.grammar.years import FIRST_YEAR
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

# kinds that open no phrase: most tokens of a text are passed over at once
_MARKS = (Kind.OPEN, Kind.CLOSE, Kind.COMMA, Kind.STOP, Kind.COLON, Kind.DASH, Kind.DOT, Kind.SLASH, Kind.AND)
_JOINTS = (
    Kind.TO,
    Kind.SINCE,
    Kind.FROM,
    Kind.UNTIL,
    Kind.POSSESSIVE,
    Kind.COUNTER,
    Kind.DEGREE,
    Kind.INSIDE,
)
_IDLE = frozenset((Kind.TEXT, Kind.DAY, *_MARKS, *_JOINTS))
_OPENING_TEXTS = ("岁", "各", "上")
_RUN = frozenset(
    (Kind.NUMBER, Kind.ORDINAL, Kind.COUNTER, Kind.DOT, Kind.DASH, Kind.SLASH, Kind.TO, Kind.AND)
)
_NUMBERS_OF_DATE = 3
_BESIDE_NUMBERS = frozenset(
    ("时", "点", "分", "半", "整", "节", "假期", "长假", "假日", "直", "双周", "双月")
)
_UNTIL_WORDS = ("到", "至", "不迟于", "不晚于", "最迟", "最迟于", "最晚", "最晚于", "直到", "直至")


def find_phrases(tokens: Tokens) -> list[Found]:
    """Every phrase of the text, in reading order, subjects not yet told from deadlines."""
    found: list[Found] = []
    place = floor = 0
    while place < len(tokens):
        here = _read_here(tokens, place, floor)
        if not here:
            place += 1
            continue
        place = max(here[-1].end, place + 1)
        if _is_part_of_event(tokens, here[-1]):
            continue
        dated = _from_day(tokens, found[-1], here[0]) if found else None
        here = [dated, *here[1:]] if dated else here
        while found and found[-1].end > here[0].first:
            found.pop()  # “第一季度检查结束后…”: the quarter belongs to the event
        found.extend(here)
        floor = floor if _is_loose(here[-1]) else place
    return sorted([*found, *read_cells(tokens, found)], key=lambda one: one.first)


def _from_day(tokens: Tokens, start: Found, period: Found) -> Found | None:
    """“自4月1日起30日内” as a period whose event is the day; None where the two are no such thing."""
    phrase = period.phrase
    if not isinstance(phrase, Period) or phrase.event or phrase.count < 0 or start.end != period.first:
        return None
    if not isinstance(start.phrase, Stretch) or start.phrase.last is not None:
        return None
    event = tokens.words(start.first, start.end - 1)
    return replace(period, phrase=replace(phrase, event=event), first=start.first)


def _read_here(tokens: Tokens, place: int, floor: int) -> list[Found]:
    if not _may_open(tokens, place):
        return []
    stretch = read_stretch(tokens, place)
    if stretch is not None:
        return [Found(stretch.phrase, place, stretch.end)]
    found = with_exception(tokens, read_repeat(tokens, place)) or read_points(tokens, place)
    if found:
        return [_with_until(tokens, one) for one in found]
    period = read_period(tokens, place, floor)
    if period is not None:
        return [period]
    month_day = read_month_day(tokens, place)
    if month_day is not None:
        return _read_more_month_days(tokens, Found(month_day.phrase, place, month_day.end))
    word = read_word(tokens, place)
    return [word] if word else []


def _may_open(tokens: Tokens, place: int) -> bool:
    """True where a phrase may begin: most tokens of a text, and most of its numbers, open none."""
    kind = tokens.kind(place)
    if kind in _IDLE:
        return tokens.text(place) in _OPENING_TEXTS
    return kind not in (Kind.NUMBER, Kind.ORDINAL) or _is_run_of_time(tokens, place)


def _is_run_of_time(tokens: Tokens, place: int) -> bool:
    """True where the numbers from `place` on may be a date by themselves (8.1-9.30), or a word of time follows them."""
    numbers, end = 0, place
    while tokens.kind(end) in _RUN:
        if tokens.kind(end) is Kind.NUMBER:
            numbers += 1
            if numbers == _NUMBERS_OF_DATE or tokens[end].number >= FIRST_YEAR:
                return True
        end += 1
    return tokens.kind(end) is not Kind.TEXT or tokens.text(end) in _BESIDE_NUMBERS


def _read_more_month_days(tokens: Tokens, first: Found) -> list[Found]:
    members = [first]
    while tokens.kind(members[-1].end) is Kind.AND:
        following = read_month_day(tokens, members[-1].end + 1)
        if following is None or not isinstance(following.phrase, MonthDay):
            break
        members.append(Found(following.phrase, members[-1].end + 1, following.end))
    return members


def _with_until(tokens: Tokens, found: Found) -> Found:
    before = tokens.words(found.first - 4, found.first)
    return replace(found, until=before.endswith(_UNTIL_WORDS)) if isinstance(found.phrase, Point) else found


def _is_loose(found: Found) -> bool:
    return isinstance(found.phrase, Point) and not found.phrase.is_marked


def _is_part_of_event(tokens: Tokens, found: Found) -> bool:
    """True for “第一季度结束后…” and “春节前5天”: the point only says from what something is counted."""
    phrase = found.phrase
    if not isinstance(phrase, Point) or phrase.before:
        return isinstance(phrase, Stretch) and _ends_in_after(tokens, found.end)
    if phrase.scope is Scope.FESTIVAL:
        return tokens.kind(found.end) in (Kind.AFTER, Kind.BEFORE)
    return _ends_in_after(tokens, found.end)


def _ends_in_after(tokens: Tokens, place: int) -> bool:
    """True where 后 or 结束后 follows; “10月31日结束” is a day like any other."""
    return tokens.kind(tokens.skip(place, Kind.FINISHED)) is Kind.AFTER
