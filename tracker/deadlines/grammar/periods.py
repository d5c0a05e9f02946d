"""Productions for periods that run from an event: 检查结束之日起20个工作日内, 反馈后1个月内, 会前3个工作日."""

from __future__ import annotations

import math
import re

from tracker.deadlines.grammar.phrases import Found, Period
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_LOOK_BACK = 40
_CLAUSE_ENDS = (Kind.COMMA, Kind.STOP, Kind.COLON, Kind.OPEN, Kind.CLOSE)
# what may stand between the event and the count: “…后，应当在最迟3日内”
_BETWEEN = frozenset("应当须需要必须在于的并且最迟不超过至原则上一般最多、")


def read_period(tokens: Tokens, place: int, floor: int) -> Found | None:
    """A period whose count starts at `place`; its event is looked for back to the token `floor`, not beyond."""
    counted = _read_count(tokens, place)
    if counted is None:
        return None
    count, unit, end = counted
    if tokens.kind(end) is Kind.INSIDE and tokens.kind(place - 1) is not Kind.BEFORE:
        return _after_event(tokens, place, end + 1, floor, (count, unit))
    if tokens.kind(end) in (Kind.BEFORE,):
        return _before_event(tokens, place, end + 1, floor, (count, unit))
    return _unmarked(tokens, place, end, floor, (count, unit))


def _read_count(tokens: Tokens, place: int) -> tuple[int, str, int] | None:
    """How many of which unit: 20个工作日 is (20, workday), 两周 (14, day), 半年 (6, month)."""
    kind = tokens.kind(place)
    if kind is Kind.HALF_YEAR and tokens.text(place) == "半年":
        return 6, "month", place + 1
    if kind is Kind.HALF_MONTH:
        return 15, "day", place + 1
    if kind is not Kind.NUMBER:
        return None
    number, after = tokens[place].number, place + 1
    if tokens.kind(after) in (Kind.DASH, Kind.TO) and tokens.kind(after + 1) is Kind.NUMBER:
        if tokens[after + 1].number <= number:
            return None
        number, after = tokens[after + 1].number, after + 2  # 3至5日内: five days at most
    if tokens.kind(place - 1) in (Kind.DOT, Kind.SLASH) or not 0 < number < 1000:
        return None
    return _read_unit(tokens, number, after)


_PLAIN_UNITS = {
    Kind.DAY: (1, "day"),
    Kind.DAYS: (1, "day"),
    Kind.WORKDAY: (1, "workday"),
    Kind.WEEK: (7, "day"),
}
_COUNTED_UNITS = {**_PLAIN_UNITS, Kind.MONTH: (1, "month"), Kind.QUARTER: (3, "month")}


def _read_unit(tokens: Tokens, number: int, place: int) -> tuple[int, str, int] | None:
    counted = tokens.kind(place) is Kind.COUNTER
    kind = tokens.kind(place + counted)
    end = place + counted + 1
    if kind is Kind.HOUR:
        return math.ceil(number / 24), "day", end
    if kind is Kind.YEAR and not counted and number < 100:
        if tokens.text(end) == "半":
            return number * 12 + 6, "month", end + 1
        return number, "year", end
    units = _COUNTED_UNITS if counted else _PLAIN_UNITS
    if kind not in units or tokens.text(end - 1) == "号":
        return None
    factor, unit = units[kind]
    return number * factor, unit, end


def _after_event(tokens: Tokens, place: int, end: int, floor: int, length: tuple[int, str]) -> Found:
    marker = _find_marker(tokens, place, floor)
    start, event = _find_event(tokens, place if marker is None else marker, floor)
    if marker is None and not _DIRECT.match(event):
        return Found(Period(*length, ""), place, end)
    return Found(Period(*length, event), start, end)


def _find_marker(tokens: Tokens, place: int, floor: int) -> int | None:
    """The place of 后 or 之日起 that the count at `place` runs from."""
    at = place - 1
    commas = 0
    while at >= floor and place - at < 14:
        token = tokens[at]
        if token.kind is Kind.AFTER or (token.kind is Kind.FROM and commas == 0 and at > floor):
            return at
        if token.kind is Kind.COMMA and commas == 0:
            commas += 1
        elif not set(token.text) <= _BETWEEN:
            return None
        at -= 1
    return None


def _before_event(tokens: Tokens, place: int, end: int, floor: int, length: tuple[int, str]) -> Found | None:
    """期限届满30日前, 听证的7日前: the event stands directly before the count. Alone, “3天前” is the past."""
    count, unit = length
    at = place - 1
    if tokens.kind(at) is Kind.POSSESSIVE:
        at -= 1
    if at < floor or (tokens.kind(at) is not Kind.TEXT and tokens.kind(at) is not Kind.FINISHED):
        return None
    start, event = _find_event(tokens, at + 1, floor)
    is_event = bool(_MOMENTS.search(event))
    return Found(Period(-count, unit, event), start, end) if is_event else None


_MOMENTS = re.compile("(?:召开|举行|届满|到期|期满|开始|结束|开工|投产|实施|听证|开庭|会议|活动|施工|启动)$")


def _unmarked(tokens: Tokens, place: int, end: int, floor: int, length: tuple[int, str]) -> Found | None:
    """会议召开前5个工作日, 提前3个工作日: the sign stands before the count, and no 内 is needed."""
    count, unit = length
    before = tokens.kind(place - 1) is Kind.BEFORE and place - 1 >= floor
    if before and tokens.text(place - 2) == "提":
        return Found(Period(-count, unit, ""), place - 2, end)
    if tokens.words(place - 4, place).endswith(("提前", "提前至少")) and place - 4 >= floor:
        return Found(Period(-count, unit, ""), place - 1, end)
    if unit in ("workday", "month") and _is_stated_alone(tokens, place, end):
        return Found(Period(count, unit, ""), place, end)
    marker = _find_marker(tokens, place, floor)
    if marker is not None and tokens.kind(marker) is Kind.AFTER and tokens[marker].text.endswith("起"):
        start, event = _find_event(tokens, marker, floor)
        if tokens.kind(end) in (Kind.STOP, Kind.COMMA, Kind.CLOSE) or end >= len(tokens):
            return Found(Period(count, unit, event), start, end)
    return _before_marker(tokens, place, end, floor, length)


def _is_stated_alone(tokens: Tokens, place: int, end: int) -> bool:
    """True where the count fills a cell (完成时限：5个工作日)."""
    opens = place == 0 or tokens[place].broken or tokens.kind(place - 1) is Kind.COLON
    opens = opens or tokens.words(place - 4, place).endswith(("时限为", "期限为"))
    return opens and (end >= len(tokens) or tokens[end].broken or tokens.kind(end) in (Kind.STOP, Kind.CLOSE))


def _before_marker(tokens: Tokens, place: int, end: int, floor: int, length: tuple[int, str]) -> Found | None:
    count, unit = length
    marker = place - 1
    if tokens.kind(marker) is not Kind.BEFORE or marker <= floor:
        return None
    start, event = _find_event(tokens, marker, floor)
    if not event or event in ("以", "之", "日") or event.endswith(_REPORTING) or re.search("[0-9]时", event):
        return None
    return Found(Period(-count, unit, event), start, tokens.skip(end, Kind.INSIDE))


# “报送前24小时情况”: the hours are what is reported
_REPORTING = ("报送", "上报", "通报", "汇总", "统计")


# a word that opens an event; what stands before it is the doer
_OPENERS = (
    "收到|接到|下达|作出|做出|发现|签收|受理|提交|送达|接报|接收|获得|取得|签订|签署|领取|知悉|知道|进入|完成|"
    "召开|发布|印发|公布|公示|批准|通过|录入|报送|上报|办结"
)
_DIRECT = re.compile(
    r"(?:收到|接到|发现|接报|作出|受理|送达|签收|签订|下达|提交)(?!的)[^的在于应须]*$"
)  # 接到举报24小时内
_LINKS = re.compile(
    r"(?:应当|应|须|需|必须|要|均|并|可|将|且|统一|一律|务必|原则上)?(?:自从|自(?:(?=查实)|(?![查评纠改我主治然身愿建筹]|行(?!政)))|从(?!事|业|严)"
    r"|(?<=[期限间])为|距离?(?!离)"
    r"|(?<![存现所正实])在(?![线建岗编职校])|(?<![关对由属至基鉴低高等])于)"
)
_LEADING = re.compile(
    r"^(?:应当|应(?!急)|须|需|必须|并且|并|且|及其|待|经(?![费济营办过])|各地|各单位|每次|每项|每件|每批次|每批|每轮次|每轮|每期|其|,)+"
)
_OPENER = re.compile(rf"(?<!未)(?:{_OPENERS})")


def _find_event(tokens: Tokens, marker: int, floor: int) -> tuple[int, str]:
    """Where the event that ends before the token `marker` begins, and its core words."""
    start = marker
    while start > max(floor, marker - _LOOK_BACK) and tokens.kind(start - 1) not in _CLAUSE_ENDS:
        if tokens[start].broken and tokens.kind(start - 1) is not Kind.TEXT:
            break
        start -= 1
    words = tokens.words(start, marker)
    cut = _core_of(words)
    while start < marker and cut > 0:
        cut -= len(tokens.text(start))
        start += 1
    event = tokens.words(start, marker).strip("、")
    paired = event.count("“") == event.count("”")
    return start, event if paired else event.strip("“”")


def _core_of(words: str) -> int:
    """How many characters of `words` stand before the core of the event: links, doers, 应当在."""
    links = [match.end() for match in _LINKS.finditer(words) if match.end() < len(words)]
    cut = links[-1] if links else 0
    leading = _LEADING.match(words[cut:])
    if leading and leading.end() < len(words) - cut:
        cut += leading.end()
    if not links:
        opener = _OPENER.search(words, cut)
        # an opener that closes the event (方案印发) has its subject before it
        if opener and opener.end() < len(words):
            return opener.start()
        if "、" in words[cut:]:
            return words.rindex("、") + 1
    return cut
