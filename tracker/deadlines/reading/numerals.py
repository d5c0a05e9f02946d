"""Chinese numerals as dates and periods use them: 二〇二四, 十五, 二十一, 一百二十, 廿三."""

from __future__ import annotations

DIGITS = {
    "〇": 0,
    "零": 0,
    "○": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_TENS = {"十": 10, "百": 100}
CHARACTERS = frozenset(DIGITS) | frozenset(_TENS) | {"廿", "卅"}


def read_numeral(text: str) -> int | None:
    """The number written in Chinese, or None where the characters form none (十百, 二十三十)."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if all(character in DIGITS for character in text):
        return int("".join(str(DIGITS[character]) for character in text))
    total, digit, smallest = 0, None, 1000
    for character in text:
        if character in DIGITS:
            if digit:
                return None
            digit = DIGITS[character]
            continue
        unit = _TENS[character]
        if unit >= smallest:
            return None
        total += (1 if digit is None else digit) * unit
        digit, smallest = None, unit
    return total + (digit or 0)
