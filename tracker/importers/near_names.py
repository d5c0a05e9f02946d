"""Names that nearly agree (监控中心 and 在线监控中心, 综合科 and 综合科室): perhaps one and the same. Only asked, never joined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from tracker.importers.name_shapes import UNIT_ENDINGS
from tracker.importers.spellings import name_key

SHORTEST_PART = 3  # characters of a name that may be the end of another one
SHORTEST_STEM = 2
NUMERALS = frozenset("一二三四五六七八九十0123456789")
HIGHER = re.compile(r"^(?:市|县|区|局|厅|委|院|省)+(?=..)")
KIND = re.compile(r"(?<=..)(?:科室|处室|股室|科|处|股|室|局|部)$")
IN_BRACKETS = re.compile(r"[(（][^()（）]*[)）]")


def find_near_units(name: str, others: Iterable[str]) -> list[str]:
    """Of the other names those that may mean the same unit, in their order."""
    return [other for other in dict.fromkeys(others) if are_near_units(name, other)]


def are_near_units(one: str, other: str) -> bool:
    """Whether two different names differ only in what offices leave out: a higher unit in front (市, 局, 在线), the kind
    at the end (科, 科室, 局), or what is added in brackets.
    """
    (key, first, stem), (other_key, second, other_stem) = _shape(one), _shape(other)
    if key == other_key:
        return one != other
    if first == second != "" or stem == other_stem != "":
        return True
    shorter, longer = sorted((first, second), key=len)
    if len(shorter) >= SHORTEST_STEM and not shorter.endswith(UNIT_ENDINGS):  # 东湖, 东湖大队
        return longer.startswith(shorter) and longer[len(shorter) :] in UNIT_ENDINGS
    if len(shorter) < SHORTEST_PART or shorter in UNIT_ENDINGS or not longer.endswith(shorter):
        return False
    before = longer[len(longer) - len(shorter) - 1]
    return not (before in NUMERALS and shorter[0] in NUMERALS)  # 一大队 is no part of 十一大队


@lru_cache(maxsize=8192)
def _shape(name: str) -> tuple[str, str, str]:
    """The name in simplified characters, the same without brackets, and what is left without the ends that offices drop."""
    bare = name_key(IN_BRACKETS.sub("", name))
    stem = KIND.sub("", HIGHER.sub("", bare))
    return name_key(name), bare, stem if len(stem) >= SHORTEST_STEM else ""
