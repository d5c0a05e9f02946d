"""Duties without a date, said by words that count only where they fill a cell or follow a label.

“完成时限：持续推进” states a standing duty, “立行立改” a vague one; in running text such words merely colour a sentence.
"""

from __future__ import annotations

import re

from tracker.deadlines.grammar.phrases import Found, Phrase, Point, Scope, Standing, Vague
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind

_VERBS = (
    "坚持|推进|推动|开展|实施|落实|整改|进行|巩固|深化|加强|完善|执行|保持|监管|管理|更新|调整|整治|抓好|抓|跟进|提升|改进|做好|"
    "组织|核查|检查|巡查|排查|监测|宣传|调度|报送|办理|完成|维护|运行|到位|督促|督导|压实|强化|优化|治理|做|培训|巡护|监督"
)
_STANDING_CELL = re.compile(
    rf"(?:需|要|并|应|将)?(?:全年|全程)?(?:长期|持续|日常|经常|常态|常年|全程|不间断|动态|滚动|每次|每期|随时|永久|一直)(?:性|化|地)*"
    rf"(?:{_VERBS}|、|并|和|长期|持续|任务)*"
)
_ALL_YEAR = re.compile(r"(?:全年度?|整年)(?:完成)?")
_ALL_YEAR_STANDING = re.compile(rf"全年(?:持续|常态|不间断|坚持|贯穿|不断|滚动)(?:化|性|地)*(?:{_VERBS})*")
# 采暖季结束前, 会议召开前: a moment whose day no calendar tells
_MOMENT = (
    r"[^0-9年月日，,。；;]{0,10}(?:季节?|期|汛|会议?|考试?|学期?|检查?|冬|雪|开工|召开|来临|到来|开始|结束|实施|验收|考核|评估|换届|投产|"
    r"运营|通车|搬迁)之?前"
)
_AT_ONCE = "立行立改|即知即改|立查立改|立整立改|即行即改|边查边改|即查即改"
_VAGUE_CELL = re.compile(
    rf"(?:(?:{_AT_ONCE})、)*(?:{_AT_ONCE}|立即|马上|即时|及时|限期|按时|按期|如期|抓紧|尽速|随到随办|{_MOMENT}|"
    r"待[^月日]{0,12}|另行[^月日]{0,6}|视(?![为同频察])[^月日]{0,8}|暂未确定|未定|不定期|择时|年前|节前|两节前|"
    r"(?:按照|按|根据|依据|依|结合)[^月日《]{0,16}(?:要求|规定|部署|安排|通知|时限|进度|计划|需要|情况|进展))"
    rf"(?:{_VERBS}|整改|、|并|予以)*"
)
_TIME_LABEL = re.compile(r"(?:时限|期限|时间|节点|进度|时间安排|日期)(?:要求|安排|节点|表)?$")
_SEGMENT_ENDS = (Kind.COMMA, Kind.STOP, Kind.COLON, Kind.OPEN, Kind.CLOSE, Kind.QUOTE)
_SHORT_CELL = 24
_CELL_REACH = 40  # tokens


def read_moment(tokens: Tokens, place: int) -> int | None:
    """The token after a moment of unknown day (汛期结束前) that begins at `place`, or None."""
    moment = re.match(_MOMENT, tokens.words(place, place + 16))
    if moment is None:
        return None
    end = place
    while len(tokens.words(place, end)) < moment.end():
        end += 1
    return end


def read_cells(tokens: Tokens, taken: list[Found]) -> list[Found]:
    """The words that count only where they fill a short cell or follow a label of time."""
    used = {place for found in taken for place in range(found.first, found.end)}
    cells = []
    for first, end in _segments(tokens):
        if not used.isdisjoint(range(first, end)) or not _is_cell(tokens, first, end):
            continue
        phrase = _phrase_of_cell(tokens.words(first, end)) if end - first <= _CELL_REACH else None
        if phrase is not None:
            cells.append(Found(phrase, first, end))
    return cells


def _phrase_of_cell(words: str) -> Phrase | None:
    if _ALL_YEAR.fullmatch(words):
        return Point(Scope.YEAR)
    if words == "长期" or _STANDING_CELL.fullmatch(words) or _ALL_YEAR_STANDING.fullmatch(words):
        return Standing()
    if words in ("即日起", "即日"):
        return Vague()
    return Vague() if _VAGUE_CELL.fullmatch(words) else None


def _segments(tokens: Tokens) -> list[tuple[int, int]]:
    """Stretches of tokens between marks or line breaks."""
    segments, first = [], 0
    for place in range(len(tokens) + 1):
        at_end = place == len(tokens)
        if at_end or tokens.kind(place) in _SEGMENT_ENDS or tokens[place].broken:
            if place > first:
                segments.append((first, place))
            first = place if not at_end and tokens.kind(place) not in _SEGMENT_ENDS else place + 1
    return segments


def _is_cell(tokens: Tokens, first: int, end: int) -> bool:
    """True where the sentence around the segment is no longer than a cell, or a label of time opens it."""
    start = first
    while start > max(0, first - _CELL_REACH) and not _bounds_cell(tokens, start):
        start -= 1
    stop = end
    while (
        stop < min(len(tokens), end + _CELL_REACH)
        and not tokens[stop].broken
        and tokens.kind(stop) not in (Kind.STOP, Kind.CLOSE)
    ):
        stop += 1
    labelled = tokens.kind(start - 1) is Kind.COLON and bool(
        _TIME_LABEL.search(tokens.words(start - 6, start - 1))
    )
    if labelled:
        return True
    is_whole = start == 0 or tokens[start].broken or tokens.kind(start - 1) is Kind.OPEN
    return (
        is_whole
        and _spread(tokens, start, stop) <= _SHORT_CELL
        and (stop >= len(tokens) - 1 or _spread(tokens, 0, len(tokens)) <= _SHORT_CELL)
    )


def _bounds_cell(tokens: Tokens, place: int) -> bool:
    return tokens[place].broken or tokens.kind(place - 1) in (Kind.STOP, Kind.OPEN, Kind.COLON)


def _spread(tokens: Tokens, first: int, end: int) -> int:
    return tokens[end - 1].end - tokens[first].start if end > first else 0
