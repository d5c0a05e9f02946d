"""Which row of a corrected file is which row of the register: by what it says, and by its 序号 only where that agrees.

A row put in or taken out shifts every 序号 below it. Were rows matched by number alone, the work done on one task
would slide to its neighbour. Pure: rows in, rows with their lasting keys out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.importers.draft import DraftRow
from tracker.services.importing.differences import compared

NUMBERED = ("seq", "sub", "shared")  # what an inserted row changes in all the rows below it
TEXTS = ("title", "requirement", "basis")
SAME_NUMBER_TEXT = 0.3  # share of common pairs of characters; texts on different matters rarely reach 0.15
SAME_NUMBER_WHOLE = 0.7  # for a rewritten text whose people, lists and dates stayed
OTHER_NUMBER_TEXT = 0.75
MOST_COMPARISONS = 200_000
NUMERALS = re.compile(r"\d+|[一二三四五六七八九十]+(?=季度|月|期|批|轮|级|类|是|、)|[上下](?=半年)")


@dataclass(frozen=True)
class KnownRow:
    """A row as it was imported last. `is_present` is false for one that the last file lacked."""

    key: str
    row: Mapping[str, Any]
    is_present: bool = True


@dataclass(eq=False)
class _Side:
    """One row of either side, with what it is compared by."""

    key: str
    values: dict[str, Any]

    def __post_init__(self) -> None:
        self.text = "".join("".join(str(self.values[name] or "").split()) for name in TEXTS)
        self.identity = _frozen(self.values)
        self.content = _frozen({name: value for name, value in self.values.items() if name not in NUMBERED})
        self.pairs = _pairs(self.text)
        self.whole = _pairs("".join(_words({k: v for k, v in self.values.items() if k not in NUMBERED})))


def with_lasting_keys(rows: Sequence[DraftRow], known: Sequence[KnownRow]) -> tuple[DraftRow, ...]:
    """The rows with the keys under which the register knows them; new ones get keys that nothing else has.

    `known` in the order of the table. A row that says the same under another 序号 is the same row; one that says
    something quite different under the same 序号 is a new one.
    """
    ordered = sorted(known, key=lambda each: not each.is_present)
    old = [_Side(each.key, compared(each.row)) for each in ordered]
    new = [_Side(row.row_key, compared(row.to_json())) for row in rows]
    matches = _Matches(new, old)
    matches.pair_equal(lambda side: side.identity)
    matches.pair_equal(lambda side: side.content)
    matches.pair_equal(lambda side: (side.key, side.text) if side.text else None)
    matches.pair_equal(lambda side: side.text or None)
    matches.pair_same_numbers()
    matches.pair_similar()
    return _renamed(rows, matches, {each.key for each in known})


class _Matches:
    """Pairs found so far; every round looks only at what the rounds before it left."""

    def __init__(self, new: Sequence[_Side], old: Sequence[_Side]) -> None:
        self.new, self.old = list(new), list(old)
        self.key_of: dict[int, str] = {}  # by the position in the file
        self._position = {id(side): position for position, side in enumerate(new)}

    def pair_equal(self, value_of: Callable[[_Side], Hashable | None]) -> None:
        """Pair what has one value on both sides, in reading order where several have it."""
        waiting: dict[Hashable, list[_Side]] = {}
        for side in self.old:
            waiting.setdefault(value_of(side), []).append(side)
        pairs = []
        for side in self.new:
            value = value_of(side)
            if value is not None and waiting.get(value):
                pairs.append((side, waiting[value].pop(0)))
        self._take(pairs)

    def pair_same_numbers(self) -> None:
        """One 序号 and texts that are akin: a correction of the row."""
        by_key = {side.key: side for side in self.old}
        pairs = []
        for side in self.new:
            other = by_key.get(side.key)
            if other is not None and _is_correction(side, other):
                pairs.append((side, by_key.pop(side.key)))
        self._take(pairs)

    def pair_similar(self) -> None:
        """Another 序号 and slightly another text, the closest first; figures and quarters must be the same."""
        if len(self.new) * len(self.old) > MOST_COMPARISONS:
            return
        found = [
            (likeness, side, other)
            for side in self.new
            for other in self.old
            if (likeness := _likeness(side.pairs, other.pairs)) >= OTHER_NUMBER_TEXT
            and NUMERALS.findall(side.text) == NUMERALS.findall(other.text)
        ]
        taken: set[int] = set()
        pairs = []
        for _, side, other in sorted(found, key=lambda each: -each[0]):
            if not {id(side), id(other)} & taken:
                taken |= {id(side), id(other)}
                pairs.append((side, other))
        self._take(pairs)

    def _take(self, pairs: Iterable[tuple[_Side, _Side]]) -> None:
        gone: set[int] = set()
        for side, other in pairs:
            self.key_of[self._position[id(side)]] = other.key
            gone |= {id(side), id(other)}
        self.new = [side for side in self.new if id(side) not in gone]
        self.old = [side for side in self.old if id(side) not in gone]


def _renamed(rows: Sequence[DraftRow], matches: _Matches, known: set[str]) -> tuple[DraftRow, ...]:
    taken = set(known)
    renamed = []
    for position, row in enumerate(rows):
        key = matches.key_of.get(position) or _free_key(row.row_key, taken)
        taken.add(key)
        renamed.append(row if key == row.row_key else replace(row, row_key=key))
    return tuple(renamed)


def _free_key(key: str, taken: set[str]) -> str:
    free, count = key, 1
    while free in taken:
        count += 1
        free = f"{key}~{count}"
    return free


def _is_correction(side: _Side, other: _Side) -> bool:
    if not side.text or not other.text:
        return True
    return (
        _likeness(side.pairs, other.pairs) >= SAME_NUMBER_TEXT
        or _likeness(side.whole, other.whole) >= SAME_NUMBER_WHOLE
    )


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Dice's coefficient of two sets of pairs of characters, 0 to 1."""
    if not one or not other:
        return 0.0
    return 2 * len(one & other) / (len(one) + len(other))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[place : place + 2] for place in range(len(text) - 1))


def _words(value: Any) -> Iterator[str]:
    """Every text inside a value, at any depth; names of fields are none."""
    if isinstance(value, str):
        yield "".join(value.split())
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _words(each)
    elif isinstance(value, list):
        for each in value:
            yield from _words(each)


def _frozen(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
