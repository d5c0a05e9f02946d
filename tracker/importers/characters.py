"""Traditional and simplified forms as one language, character by character so that positions stay."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC  # a library in C++ with dictionaries, for the first Chinese character

    return OpenCC("t2s")


class _SimplifiedForms(dict[int, str]):
    """A table for `str.translate` that looks a character up when it is first met."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        converted: str = _converter().convert(character) if code > 0x2E7F else character
        self[code] = converted if len(converted) == 1 else character
        return self[code]


_FORMS = _SimplifiedForms()


def to_simplified(text: str) -> str:
    """The text in simplified characters, of the same length."""
    return text.translate(_FORMS)
