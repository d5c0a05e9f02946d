"""Numbered lists run together in one cell: 1、 1. 1． （1） (1) ① 一、 一是 a. and what looks like them but is none.

A cell is split at the markers of its outermost style only; a nested enumeration stays inside its item. Dates
(8.30前), decimals (0.5分) and quantities (2、3个) are no markers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from tracker.importers.ledger import Bucket, Ledger, Passage

CHINESE_DIGITS = "一二三四五六七八九十"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
CHINESE_NUMBER = rf"[{CHINESE_DIGITS}]{{1,3}}"


class Style(StrEnum):
    ARABIC = "1、"
    BRACKETED = "(1)"
    CIRCLED = "①"
    CHINESE = "一、"
    CHINESE_BRACKETED = "(一)"
    ONE_IS = "一是"
    ORDINAL = "第一，"
    LETTER = "a."


MARKER = re.compile(
    rf"(?P<ARABIC>(?<![\d.．])\d{{1,2}}\s{{0,2}}(?:[、．]|[.](?!\d+\s*(?:[%％分倍万亿元个米吨毫克级折页份件]|$))|[.]\s))"
    rf"|(?P<BRACKETED>[(（]\s?\d{{1,2}}\s?[)）]|(?<![\d(（.])\d{{1,2}}[)）])"
    rf"|(?P<CIRCLED>[{CIRCLED}])"
    rf"|(?P<CHINESE_BRACKETED>[(（]\s?{CHINESE_NUMBER}\s?[)）])"
    rf"|(?P<ORDINAL>第{CHINESE_NUMBER}[，,、])"
    rf"|(?P<ONE_IS>{CHINESE_NUMBER}是)"
    rf"|(?P<CHINESE>(?<![{CHINESE_DIGITS}第百千]){CHINESE_NUMBER}、)"
    rf"|(?P<LETTER>(?<![A-Za-z])[a-hA-H][.．、)）](?![A-Za-z]))"
)
BOUNDARY = "\n\r\t 　；;。，,、:：)）！!？?"
SEPARATORS = " \n\r\t　；;。，,、"
# After “n.” these make a date of it: 8.30前, 8.30-9.15, 8.30。 But “1.5月底前” and “2.8-9月” are items 1 and 2.
AFTER_POINT_DATE = re.compile(
    r"\d{1,2}\s*(?:日|号|前|之前|以前|底|[-—–－~～至到]\s*\d{1,2}(?!\d*\s*月)|[。；;，,、)）]|$)"
)
PLACE_OF_QUANTITY = re.compile(r"\d+\s*(?:[个项次件份名家类批期人条处号月日年%％]|[、—-]\d)")
LONGEST_GAP = 3


@dataclass(frozen=True)
class ListItem:
    """`n` is the printed number, or the position in a list without numbers; `body` has neither number nor end mark."""

    n: int
    body: Passage
    is_numbered: bool


@dataclass(frozen=True)
class SplitList:
    """`problems` are codes: numbering-gap, numbering-restart, numbering-repeat, starts-late."""

    items: tuple[ListItem, ...]
    preamble: Passage | None = None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Marker:
    start: int
    end: int
    style: Style
    number: int
    at_boundary: bool
    at_line_start: bool


def split_numbered(passage: Passage, ledger: Ledger) -> SplitList | None:
    """The items of a numbered cell, or None where the cell is not numbered. Numbers and separators become furniture."""
    text = passage.text
    markers = _pick(list(_find_markers(text)))
    if not markers:
        return None
    preamble = passage[: markers[0].start].strip()
    ends = [marker.start for marker in markers[1:]] + [len(text)]
    items = []
    for marker, end in zip(markers, ends, strict=True):
        ledger.claim(passage[marker.start : marker.end], Bucket.FURNITURE)
        body = trim_separators(passage[marker.end : end], ledger)
        if body:
            items.append(ListItem(marker.number, body, is_numbered=True))
    return SplitList(tuple(items), preamble if preamble else None, _problems([m.number for m in markers]))


def split_lines(passage: Passage, ledger: Ledger, pattern: re.Pattern[str]) -> tuple[ListItem, ...]:
    """The parts between matches of the pattern, numbered by position; separators become furniture."""
    parts: list[Passage] = []
    position = 0
    for match in [*pattern.finditer(passage.text), None]:
        end = match.start() if match else len(passage.text)
        part = trim_separators(passage[position:end], ledger)
        if part:
            parts.append(part)
        if match:
            ledger.claim(passage[match.start() : match.end()], Bucket.FURNITURE)
            position = match.end()
    return tuple(ListItem(n, part, is_numbered=False) for n, part in enumerate(parts, 1))


def trim_separators(passage: Passage, ledger: Ledger) -> Passage:
    """Without the separators around it, which become furniture."""
    start = len(passage.text) - len(passage.text.lstrip(SEPARATORS))
    end = max(start, len(passage.text.rstrip(SEPARATORS)))
    ledger.claim(passage[:start], Bucket.FURNITURE)
    ledger.claim(passage[end:], Bucket.FURNITURE)
    return passage[start:end]


def leading_number(text: str) -> tuple[Style, int] | None:
    """Style and number of the marker a text begins with: “(2)装备…” is (BRACKETED, 2)."""
    stripped = text.lstrip()
    match = MARKER.match(stripped)
    if match is None:
        return None
    marker = _read(match, stripped)
    return (marker.style, marker.number) if marker else None


def without_leading_number(text: str) -> str:
    stripped = text.strip()
    match = MARKER.match(stripped)
    if match is None or _read(match, stripped) is None:
        return stripped
    return stripped[match.end() :].strip()


def chinese_number(text: str) -> int:
    """一 to 九十九; zero where the text is none."""
    tens, found, ones = text.partition("十")
    if not found:
        return CHINESE_DIGITS.find(text) + 1 if len(text) == 1 else 0
    ten = CHINESE_DIGITS.find(tens) + 1 if tens else 1
    one = CHINESE_DIGITS.find(ones) + 1 if ones else 0
    return ten * 10 + one if len(tens) <= 1 and len(ones) <= 1 else 0


def _find_markers(text: str) -> Iterator[_Marker]:
    depth_at = _bracket_depths(text)
    for match in MARKER.finditer(text):
        if depth_at is not None and depth_at[match.start()] > 0:
            continue
        marker = _read(match, text)
        if marker is not None:
            yield marker


def _read(match: re.Match[str], text: str) -> _Marker | None:
    style = Style[match.lastgroup or ""]
    start, end = match.span()
    number = _number_of(match.group(), style)
    if number == 0 or _is_part_of_something_else(style, number, text, match):
        return None
    before = text[:start].rstrip(" 　\t")[-1:]
    at_line_start = before in ("", "\n", "\r")
    at_boundary = at_line_start or before in BOUNDARY or text[start - 1 : start].isspace()
    return _Marker(start, end, style, number, at_boundary, at_line_start)


def _is_part_of_something_else(style: Style, number: int, text: str, match: re.Match[str]) -> bool:
    rest = text[match.end() : match.end() + 12]
    if style is not Style.ARABIC:
        return text[: match.start()].endswith(("第", "之", "其", "见", "按", "上述"))
    if "、" in match.group() and PLACE_OF_QUANTITY.match(rest) and not re.match(r"\d+\s*[月日年]", rest):
        return match.start() > 0
    if rest[:1].isdigit() and match.group()[-1] in ".．":
        return AFTER_POINT_DATE.match(rest) is not None and number <= 12
    return False


def _number_of(marker: str, style: Style) -> int:
    if style is Style.CIRCLED:
        return CIRCLED.index(marker) + 1
    if style is Style.LETTER:
        return ord(marker[0].lower()) - ord("a") + 1
    if digits := re.search(r"\d+", marker):
        return int(digits.group())
    found = re.search(CHINESE_NUMBER, marker)
    return chinese_number(found.group()) if found else 0


def _pick(markers: list[_Marker]) -> list[_Marker]:
    """The markers of the outermost style that really count up."""
    first = _outermost(markers)
    if first is None:
        return []
    picked = [first]
    rest = [marker for marker in markers if marker.start >= first.end and marker.style is first.style]
    at_boundary = {marker.number: marker.start for marker in rest if marker.at_boundary}
    for marker in rest:
        has_better = not marker.at_boundary and at_boundary.get(marker.number, -1) > marker.start
        if not has_better and _continues(picked[-1], marker):
            picked.append(marker)
    return picked


def _outermost(markers: list[_Marker]) -> _Marker | None:
    """The marker the cell begins with; after a preamble, the first 1 that a 2 follows."""
    if not markers:
        return None
    if markers[0].at_line_start and markers[0].start <= 2:
        return markers[0]
    for position, marker in enumerate(markers):
        if marker.number == 1 and marker.at_boundary:
            later = markers[position + 1 :]
            if any(
                other.style is marker.style and other.number == 2 and other.at_boundary for other in later
            ):
                return marker
    return None


def _continues(last: _Marker, marker: _Marker) -> bool:
    if marker.number == last.number + 1:
        return True
    if not marker.at_boundary:
        return False
    if marker.at_line_start:
        return True
    return last.number + 1 < marker.number <= last.number + LONGEST_GAP


def _problems(numbers: list[int]) -> tuple[str, ...]:
    found = []
    if numbers[0] > 1:
        found.append("starts-late")
    for earlier, later in pairwise(numbers):
        if later == earlier + 1:
            continue
        if later == earlier:
            found.append("numbering-repeat")
        else:
            found.append("numbering-restart" if later < earlier else "numbering-gap")
    return tuple(dict.fromkeys(found))


def _bracket_depths(text: str) -> list[int] | None:
    """Depth before each character, the brackets of markers such as (1) aside; None where brackets do not close."""
    depths, depth = [], 0
    masked = re.sub(
        rf"[(（]\s?(?:\d{{1,2}}|{CHINESE_NUMBER})\s?[)）]", lambda match: "\x00" * len(match.group()), text
    )
    masked = re.sub(r"(?<![\d(（])\d{1,2}[)）]", lambda match: "\x00" * len(match.group()), masked)
    for character in masked:
        depths.append(depth)
        if character in "(（《“〔【[":
            depth += 1
        elif character in ")）》”〕】]":
            depth -= 1
        if depth < 0:
            return None
    return depths if depth == 0 else None
