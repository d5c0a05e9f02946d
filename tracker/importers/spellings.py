"""Names against names: which the office knows, which are one name spelled otherwise, which differ in one character only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tracker.importers.characters import to_simplified


@dataclass(frozen=True)
class Directory:
    """The names an office knows already; matching is by simplified form without spaces."""

    people: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    _people_keys: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())
    _unit_keys: frozenset[str] = field(init=False, repr=False, compare=False, default=frozenset())

    def __post_init__(self) -> None:
        object.__setattr__(self, "_people_keys", frozenset(map(name_key, self.people)))
        object.__setattr__(self, "_unit_keys", frozenset(map(name_key, self.units)))

    @classmethod
    def of(cls, people: Iterable[str] = (), units: Iterable[str] = ()) -> Directory:
        return cls(frozenset(people), frozenset(units))

    def knows_person(self, name: str) -> bool:
        return name_key(name) in self._people_keys

    def knows_unit(self, name: str) -> bool:
        return name_key(name) in self._unit_keys


def name_key(name: str) -> str:
    """What two spellings of one name have in common: the simplified form without spaces."""
    return to_simplified("".join(name.split()))


def find_variants(names: Iterable[str]) -> list[tuple[str, ...]]:
    """Groups of different spellings that are one name in simplified characters."""
    spellings: dict[str, list[str]] = {}
    for name in names:
        group = spellings.setdefault(name_key(name), [])
        if name not in group:
            group.append(name)
    return [tuple(group) for group in spellings.values() if len(group) > 1]


def find_lookalikes(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of three-character names that differ in one character after the surname: perhaps a slip of the recogniser."""
    keys = sorted({name_key(name) for name in names if len(name_key(name)) >= 3})
    buckets: dict[tuple[int, str], list[str]] = {}
    for key in keys:
        for position in range(1, len(key)):
            buckets.setdefault((position, key[:position] + key[position + 1 :]), []).append(key)
    return [(group[0], other) for group in buckets.values() for other in group[1:]]
