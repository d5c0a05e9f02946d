"""Which passwords are accepted: at least 12 characters of any kind, or 8 with three kinds (等保2.0 8.1.4.1).

Never one from the list of common ones, nor one made of such a word and a few digits, nor the name again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from tracker.passwords.hashing import LONGEST_HASHED, normalised

SHORTEST = 12
SHORTEST_OF_THREE_KINDS = 8
KINDS_DEMANDED = 3
LONGEST = LONGEST_HASHED
WHAT_IS_ACCEPTED = (
    f"至少{SHORTEST}个字符，例如几个不相干的词连在一起；或者至少{SHORTEST_OF_THREE_KINDS}个字符，含大写字母、"
    f"小写字母、数字、其他字符中的{KINDS_DEMANDED}种。不能是常见密码，不能含姓名和登录名。"
)
_SHORTEST_NAME = 3  # letters of a name that make a password guessable; 李 alone is in many words
_SHORTEST_CHINESE_NAME = 2
_LONGEST_TRIMMING = 10  # digits and signs around a common word: Password2024!, but not one in a sentence
_FEWEST_CHARACTERS = 5  # different ones
_SHORTEST_PERIOD = 8  # qwertyqwerty repeats six
_EDGES = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def list_reasons(password: str, *, names: Iterable[str] = ()) -> list[str]:
    """Everything that keeps a password from being accepted, each with what would be; empty where it is good.

    `names` are the login name, the person's name, the office's: none of them may stand in it.
    """
    text = normalised(password)
    reasons = [
        *_length_reasons(password, text),
        *(f"不能包含“{name}”" for name in _names_within(text, names)),
    ]
    return [*reasons, *_guessable_reasons(text)]


def _guessable_reasons(text: str) -> list[str]:
    """One reason is enough here: the list, digits alone, or the same thing over and over."""
    if is_common(text):
        return ["太常见，属于别人首先会猜的密码，请换一个"]
    if text.isdigit():
        return ["不能全是数字，日期、电话和身份证号容易猜到"]
    if text and (len(set(text)) < _FEWEST_CHARACTERS or _period(text) < min(_SHORTEST_PERIOD, len(text))):
        return [f"重复太多，至少要有{_FEWEST_CHARACTERS}个不同的字符，也不能是同一小段的重复"]
    return []


def _period(text: str) -> int:
    """The length of the piece that the text repeats; its own length where it repeats none."""
    return (text + text).find(text, 1)


def _length_reasons(password: str, text: str) -> list[str]:
    if max(len(password), len(text)) > LONGEST:
        return [f"最多{LONGEST}个字符"]
    if any(0xD800 <= ord(character) <= 0xDFFF or character == "\0" for character in text):
        return ["含有不能使用的字符，请用文字、字母、数字和符号"]
    if len(text) >= SHORTEST:
        return []
    if len(text) >= SHORTEST_OF_THREE_KINDS and count_kinds(text) >= KINDS_DEMANDED:
        return []
    return [
        f"至少{SHORTEST}个字符，或者至少{SHORTEST_OF_THREE_KINDS}个字符且含大写字母、小写字母、数字、"
        f"其他字符中的{KINDS_DEMANDED}种"
    ]


def count_kinds(text: str) -> int:
    """How many of the four kinds occur: capitals, small letters, digits, everything else (Chinese among it)."""
    return len({_kind(character) for character in text})


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character.isascii() and character.isalpha():
        return "capital" if character.isupper() else "small"
    return "other"


def is_common(text: str) -> bool:
    """Whether it is in the list, in any case, or a word of the list with a few digits and signs around it."""
    folded = text.casefold()
    core = _EDGES.sub("", folded)
    return folded in common_passwords() or (
        len(folded) - len(core) <= _LONGEST_TRIMMING and core in common_passwords()
    )


def _names_within(text: str, names: Iterable[str]) -> list[str]:
    folded = text.casefold()
    found = []
    for name in names:
        for part in (name, name.partition("@")[0]):
            shortest = _SHORTEST_NAME if part.isascii() else _SHORTEST_CHINESE_NAME
            if len(part) >= shortest and normalised(part).casefold() in folded:
                found.append(part)
                break
    return list(dict.fromkeys(found))


@cache
def common_passwords() -> frozenset[str]:
    """The list that comes with the program, folded; lines that begin with # say where they are from."""
    lines = files("tracker.passwords").joinpath("common.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("# "))
