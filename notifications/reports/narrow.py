"""Words in narrow columns of a paper: lines end behind a name and never within one."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import east_asian_width

BETWEEN_NAMES = "、"
_WITHIN_NAMES = "·"  # of a long name, as of 买买提·艾力


def fold_names(names: str, room: float) -> str:
    """The names with line breaks, as many to a line as fit into `room` Chinese characters.

    A name that is longer than a line ends it at its own dot, where it has one.
    """
    lines = [""]
    for piece in _pieces(names, room):
        if lines[-1] and width_of(lines[-1] + piece) > room:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def width_of(text: str) -> float:
    """How many Chinese characters wide a text is: Latin letters and digits count half."""
    return sum(1.0 if east_asian_width(character) in "WFA" else 0.5 for character in text)


def _pieces(names: str, room: float) -> Iterator[str]:
    """The names with what follows each."""
    listed = names.split(BETWEEN_NAMES)
    for place, name in enumerate(listed, start=1):
        whole = name + (BETWEEN_NAMES if place < len(listed) else "")
        if width_of(whole) <= room or _WITHIN_NAMES not in name:
            yield whole
            continue
        head, _, tail = whole.partition(_WITHIN_NAMES)
        yield head + _WITHIN_NAMES
        yield tail
