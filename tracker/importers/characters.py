"""Traditional and simplified forms as one language, character by character so that positions stay."""

from __future__ import annotations

from functools import lru_cache

from opencc import OpenCC


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    return OpenCC("t2s")


@lru_cache(maxsize=8192)
def _simplify(character: str) -> str:
    converted: str = _converter().convert(character)
    return converted if len(converted) == 1 else character


def to_simplified(text: str) -> str:
    """The text in simplified characters, of the same length."""
    return "".join(_simplify(character) if character > "\u2e7f" else character for character in text)
