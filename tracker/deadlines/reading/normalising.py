"""One spelling for many: full width, traditional characters, every dash, what is left of a web page, letters for digits.

Every character is mapped to one, so a place in the normalised text is a place in the original one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

_DASHES = frozenset("-‐‑‒–—―−－﹣ー─━~～〜∼")
_KEPT = frozenset("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")  # as digits they would run into the number that follows
_MARKS = {
    "﹒": ".",
    "．": ".",
    "﹐": ",",
    "﹑": "、",
    "[": "〔",
    "]": "〕",
    "【": "(",
    "】": ")",
    "﹝": "〔",
    "﹞": "〕",
}
_SIMPLIFIED = {"於": "于", "内": "内", "裡": "里", "毎": "每"}
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")
# <br>, </p>, <span style="…">, &nbsp; and the ** of Markdown; <100人 is no tag
_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,80}>|&(?:nbsp|ensp|emsp|#160);|\*\*")
_LINE_TAG = re.compile(r"</?(?:br|p|div|li|tr|td|th)\b", re.IGNORECASE)
# 2O24年, l2月: letters that scanning took for digits
_LETTER_FOR_DIGIT = re.compile(
    r"(?<![A-Za-z])[lIOo](?=[0-9]{0,3}[年月日号])|(?<=[0-9])[lIOo](?=[0-9lIOo]{0,3}[年月日号])"
)
_DIGIT_OF_LETTER = {"l": "1", "I": "1", "O": "0", "o": "0"}
# 贰零贰伍年叁月底前: the numerals of contracts, where they write a year and what follows it
_FORMAL = "零壹贰叁肆伍陆柒捌玖拾"
_FORMAL_DATE = re.compile(
    rf"[{_FORMAL}]{{4}}\s*年(?:\s*[{_FORMAL}]{{1,2}}\s*月(?:\s*[{_FORMAL}]{{1,3}}\s*[日号])?)?"
)
_PLAIN_NUMERALS = str.maketrans(_FORMAL, "零一二三四五六七八九十")


def normalise(text: str) -> str:
    """`text` in simplified, half-width characters, of exactly the same length."""
    plain = "".join(map(_normalise_character, _MARKUP.sub(_blank, text)))
    plain = _FORMAL_DATE.sub(lambda written: written[0].translate(_PLAIN_NUMERALS), plain)
    return _LETTER_FOR_DIGIT.sub(lambda letter: _DIGIT_OF_LETTER[letter[0]], plain)


def _blank(markup: re.Match[str]) -> str:
    """As many spaces; a tag that begins a line breaks it."""
    width = len(markup[0])
    return "\n" + " " * (width - 1) if _LINE_TAG.match(markup[0]) else " " * width


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # a library in C++ with dictionaries, for the first Chinese character

    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _normalise_character(character: str) -> str:
    if character in _DASHES:
        return "-"
    if character in _KEPT:
        return character
    if character in _UNSEEN:
        return " "
    if character in _MARKS:
        return _MARKS[character]
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    if folded < "\u2e80":
        return folded
    simple = _SIMPLIFIED.get(folded) or str(_converter().convert(folded))
    return simple if len(simple) == 1 else folded
