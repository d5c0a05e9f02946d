"""A text cut into tokens: every word of the lexicon and every number is one, everything else goes by characters.

White space is no token, and a word goes on behind it (OCR writes 工 作 日); a token knows whether a gap or a line
break stands before it. What stands inside 《》 (titles) or 〔〕 (document numbers) is read as plain text, since no
deadline lives there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.deadlines.reading.kinds import Kind, Token
from tracker.deadlines.reading.lexicon import WORDS_BY_CHARACTER
from tracker.deadlines.reading.normalising import normalise
from tracker.deadlines.reading.numerals import CHARACTERS, read_numeral
from tracker.deadlines.reading.scanning import join_spaced_digits

# what hides its inside, and how long that may be: 〔2024〕 is part of a number, 〔6月底前完成〕 a remark
_HIDING = {"《": ("》", 200), "〔": ("〕", 8), "〈": ("〉", 200)}
_UNITS = frozenset("年月日号周季")  # “15日常委会” is 15日 and 常委会
_TENS = frozenset("十百廿卅")
_OPENING = frozenset(WORDS_BY_CHARACTER) | CHARACTERS | frozenset("0123456789")
_RUN = re.compile(r"\S+")
_LINE_ENDS = frozenset("\n\r\t\v\f\u2028\u2029")
_RELATIVE = (Kind.RELATIVE_YEAR, Kind.SHIFTED, Kind.NEXT)
# 原则上|年底前, 情况说明|年底前, 每半年一次|年底前: the first character belongs to the word before it
_TAILS = {
    "上": "则体本际以线网场会实路面",
    "下": "以如线地",
    "次": "一二两三四五六七八九十0123456789每首多批轮再本此数逐依档",
    "来": "以年后原本将",
    "明": "说证声表文透查阐注标",
}
_Read = tuple[Kind, object, int]


@dataclass(frozen=True, slots=True)
class _Page:
    """A text without its white space, and where each of its characters stands in the text as given."""

    plain: str
    places: list[int]
    gaps: list[bool]  # white space stands before the character
    breaks: list[bool]  # a line break or a cell border does


def tokenise(text: str) -> list[Token]:
    """The tokens of `text`, in order; `start` and `end` are places in the text as given."""
    page = _without_space(normalise(text))
    tokens: list[Token] = []
    place = hidden_until = 0
    while place < len(page.plain):
        if place >= hidden_until and page.plain[place] in _HIDING:
            hidden_until = _closing(page.plain, place)
        after_number = bool(tokens) and tokens[-1].kind is Kind.NUMBER
        kind, value, end = _read(page, place, hidden=place < hidden_until, after_number=after_number)
        start, stop = page.places[place], page.places[end - 1] + 1
        tokens.append(
            Token(kind, page.plain[place:end], start, stop, value, page.gaps[place], page.breaks[place])
        )
        place = end
    return join_spaced_digits(tokens)


def _without_space(text: str) -> _Page:
    places: list[int] = []
    gaps: list[bool] = []
    breaks: list[bool] = []
    last = 0
    for run in _RUN.finditer(text):
        first, end = run.span()
        places += range(first, end)
        inside = [False] * (end - first - 1)
        gaps += [first > last, *inside]
        breaks += [not _LINE_ENDS.isdisjoint(text[last:first]), *inside]
        last = end
    return _Page("".join(text.split()), places, gaps, breaks)


def _closing(plain: str, place: int) -> int:
    """The place after the bracket that closes the one at `place`, or `place` where none does."""
    mark, limit = _HIDING[plain[place]]
    found = plain.find(mark, place, place + limit)
    return found + 1 if found >= 0 else place


def _read(page: _Page, place: int, *, hidden: bool, after_number: bool) -> _Read:
    plain = page.plain
    character = plain[place]
    if hidden or character not in _OPENING:
        return Kind.TEXT, None, place + 1
    word = _read_word(page, place, after_number=after_number)
    if word is not None:
        return word
    if "0" <= character <= "9":
        end = _end_of_digits(page, place)
        return (Kind.NUMBER, int(plain[place:end]), end) if end - place <= 8 else (Kind.TEXT, None, end)
    if character in CHARACTERS:
        end = _end_of_numeral(page, place)
        number = read_numeral(plain[place:end]) if end - place <= 8 else None
        return (Kind.TEXT, None, end) if number is None else (Kind.NUMBER, number, end)
    return Kind.TEXT, None, place + 1


def _read_word(page: _Page, place: int, *, after_number: bool) -> _Read | None:
    """The longest word of the lexicon at `place`. Look-alikes are not read across a gap."""
    plain = page.plain
    for word, kind, value in WORDS_BY_CHARACTER.get(plain[place], ()):
        if not plain.startswith(word, place) or (kind in _RELATIVE and _is_tail(plain, place)):
            continue
        end = place + len(word)
        if kind is Kind.TEXT and any(page.gaps[place + 1 : end]):
            continue
        if kind in (Kind.TEXT, Kind.AFTER) and plain[place] in _UNITS and after_number:
            continue
        return kind, value, end
    return None


def _is_tail(plain: str, place: int) -> bool:
    if plain[place] == "后":
        return place > 0 and plain[place - 1].isalnum()  # 验收后|年底前
    return place > 0 and plain[place - 1] in _TAILS.get(plain[place], "")


def _end_of_digits(page: _Page, place: int) -> int:
    end = place + 1
    while end < len(page.plain) and "0" <= page.plain[end] <= "9" and not page.gaps[end]:
        end += 1
    return end


def _end_of_numeral(page: _Page, place: int) -> int:
    """The end of a Chinese numeral; behind a space it goes on where a ten joins both sides (十 二月)."""
    plain = page.plain
    end = place + 1
    while end < len(plain) and plain[end] in CHARACTERS and not page.breaks[end]:
        if page.gaps[end] and not ({plain[end - 1], plain[end]} & _TENS):
            break
        end += 1
    return end
