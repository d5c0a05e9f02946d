"""One spelling for many: full width, traditional characters and every dash, with the way back to the original.

Characters are mapped one to one, so a place in the normalised text is a place in the original one.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

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
_SIMPLIFIED = {"於": "于", "内": "内", "裡": "里"}


def normalise(text: str) -> str:
    """`text` in simplified, half-width characters, of exactly the same length."""
    return "".join(map(_normalise_character, text))


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def _normalise_character(character: str) -> str:
    if character in _DASHES:
        return "-"
    if character in _KEPT:
        return character
    if character in _MARKS:
        return _MARKS[character]
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    if folded < "\u2e80":
        return folded
    simple = _SIMPLIFIED.get(folded) or str(_converter().convert(folded))
    return simple if len(simple) == 1 else folded
