"""How Word writes the number of a list item: 3 as 3, 三, 丙, ③, Ⅲ, c (ISO/IEC 29500-1, 17.18.59)."""

from __future__ import annotations

from collections.abc import Callable

_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def chinese_number(number: int) -> str:
    """12 as 十二, 105 as 一百零五; above 9999 digit by digit."""
    if not 0 < number < 10_000:
        return "".join(_DIGITS[int(digit)] for digit in str(number))
    return (
        _with_units(number, _DIGITS, "十百千", zero="零").removeprefix("一")
        if 10 <= number < 20
        else _with_units(number, _DIGITS, "十百千", zero="零")
    )


def _with_units(number: int, digits: str, units: str, *, zero: str) -> str:
    written = ""
    pending_zero = False
    for place, digit in zip(reversed(range(len(str(number)))), str(number), strict=True):
        if digit == "0":
            pending_zero = bool(written)
            continue
        written += (zero if pending_zero else "") + digits[int(digit)] + (units[place - 1] if place else "")
        pending_zero = False
    return written


def _legal(number: int) -> str:
    return _with_units(number, _LEGAL_DIGITS, "拾佰仟", zero="零") if 0 < number < 10_000 else str(number)


def _letter(number: int) -> str:
    """a … z, aa … zz: Word repeats the letter."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4_000:
        return str(number)
    written = ""
    for worth, letters in _ROMAN:
        written += letters * (number // worth)
        number %= worth
    return written


def _cycle(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


def _run_of_signs(*runs: tuple[int, int, str]) -> Callable[[int], str]:
    """Signs that stand one after the other in Unicode: (from, to, the first sign)."""

    def write(number: int) -> str:
        for first, last, sign in runs:
            if first <= number <= last:
                return chr(ord(sign) + number - first)
        return str(number)

    return write


def _chinese_digits(number: int) -> str:
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _full_width(number: int) -> str:
    return "".join(chr(ord(digit) - ord("0") + ord("０")) for digit in str(number))


_circled = _run_of_signs((1, 20, "①"), (21, 35, "㉑"), (36, 50, "㊱"))

_WRITERS: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": lambda number: _letter(number).upper(),
    "lowerLetter": _letter,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "chineseCounting": chinese_number,
    "chineseCountingThousand": chinese_number,
    "japaneseCounting": chinese_number,
    "taiwaneseCounting": chinese_number,
    "taiwaneseCountingThousand": chinese_number,
    "chineseLegalSimplified": _legal,
    "ideographDigital": _chinese_digits,
    "japaneseDigitalTenThousand": _chinese_digits,
    "taiwaneseDigital": _chinese_digits,
    "ideographTraditional": _cycle(_STEMS),
    "ideographZodiac": _cycle(_BRANCHES),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedFullstop": _run_of_signs((1, 20, "⒈")),
    "decimalEnclosedParen": _run_of_signs((1, 20, "⑴")),
    "ideographEnclosedCircle": _run_of_signs((1, 10, "㊀")),
    "decimalFullWidth": _full_width,
    "decimalFullWidth2": _full_width,
    "none": lambda number: "",
}


def write_number(number: int, style: str) -> str:
    """The number as Word shows it; a style that we do not know is shown in plain digits."""
    return _WRITERS.get(style, str)(number)
