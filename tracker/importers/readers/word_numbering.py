"""Automatic numbering: Word stores “this is an item of list 4”, the reader sees “3、”.

Counters belong to the abstract list; a `w:num` with a start of its own begins anew when it is first used; a
shallower item starts the deeper ones again (ISO/IEC 29500-1, 17.9).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from lxml.etree import _Element

from tracker.importers.readers.word_counting import write_number
from tracker.importers.readers.word_names import child, is_on, value, whole_number, word

_PLACE = re.compile(r"%([1-9])")
_OPEN_ENDED = ("、", "）", "：", "】")


@dataclass(frozen=True)
class Level:
    """How the items of one depth are numbered."""

    start: int = 1
    style: str = "decimal"
    pattern: str = ""
    suffix: str = "tab"
    restart: int | None = (
        None  # the depth after which the count begins anew; 0 never, None after any shallower one
    )
    legal: bool = False  # all numbers in plain digits
    paragraph_style: str | None = None


@dataclass
class _List:
    levels: dict[int, Level] = field(default_factory=dict)
    style_link: str | None = None


@dataclass(frozen=True)
class _Use:
    abstract: str
    levels: dict[int, Level]
    starts: dict[int, int]


class Numbering:
    """The lists of one document, counted in reading order."""

    def __init__(self, root: _Element | None = None, list_styles: dict[str, str] | None = None) -> None:
        self._abstracts: dict[str, _List] = {}
        self._uses: dict[str, _Use] = {}
        self._counters: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()
        if root is not None:
            self._load(root, list_styles or {})

    def _load(self, root: _Element, list_styles: dict[str, str]) -> None:
        for element in root.iterfind(word("abstractNum")):
            key = element.get(word("abstractNumId"), "")
            self._abstracts[key] = _List(_read_levels(element), value(element, "numStyleLink"))
        nums = {num.get(word("numId"), ""): num for num in root.iterfind(word("num"))}
        for number_id, num in nums.items():
            self._uses[number_id] = self._read_use(num, nums, list_styles)

    def _read_use(self, num: _Element, nums: dict[str, _Element], list_styles: dict[str, str]) -> _Use:
        abstract = value(num, "abstractNumId") or ""
        link = self._abstracts.get(abstract, _List()).style_link
        linked = nums.get(list_styles.get(link or "", ""))
        if linked is not None:  # a list style keeps its levels in the list that defines it
            abstract = value(linked, "abstractNumId") or abstract
        levels = dict(self._abstracts.get(abstract, _List()).levels)
        starts: dict[int, int] = {}
        for override in num.iterfind(word("lvlOverride")):
            depth = whole_number(override.get(word("ilvl")), 0)
            own = child(override, "lvl")
            if own is not None:
                levels[depth] = _read_level(own)
            if (start := value(override, "startOverride")) is not None:
                starts[depth] = whole_number(start, 1)
        return _Use(abstract, levels, starts)

    def depth_of_style(self, number_id: str, paragraph_style: str) -> int:
        """The depth that a paragraph style stands for in a list, 0 where the list does not say."""
        use = self._uses.get(number_id)
        levels = use.levels if use else {}
        return next((depth for depth, level in levels.items() if level.paragraph_style == paragraph_style), 0)

    def next_label(self, number_id: str, depth: int) -> str:
        """Count one item and return its label with what separates it from the text; empty for no such list."""
        use = self._uses.get(number_id)
        if use is None or depth not in use.levels:
            return ""
        counters = self._counters.setdefault(use.abstract, {})
        self._begin_anew(use, number_id, counters)
        level = use.levels[depth]
        counters[depth] = counters.get(depth, level.start - 1) + 1
        for deeper in [other for other in counters if other > depth]:
            restart = use.levels[deeper].restart if deeper in use.levels else None
            if restart is None or depth < restart:
                del counters[deeper]
        return _render(use, depth, counters)

    def _begin_anew(self, use: _Use, number_id: str, counters: dict[int, int]) -> None:
        for depth, start in use.starts.items():
            if (number_id, depth) not in self._begun:
                self._begun.add((number_id, depth))
                counters[depth] = start - 1


def _render(use: _Use, depth: int, counters: dict[int, int]) -> str:
    level = use.levels[depth]
    if level.style == "bullet":
        return "• " if level.pattern else ""

    def number_at(match: re.Match[str]) -> str:
        other = int(match[1]) - 1
        shown = use.levels.get(other, Level())
        return write_number(counters.get(other, shown.start), "decimal" if level.legal else shown.style)

    label = _PLACE.sub(number_at, level.pattern)
    if not label.strip() or level.suffix == "nothing" or label.endswith(_OPEN_ENDED):
        return label.strip()
    return f"{label} "


def _read_levels(element: _Element) -> dict[int, Level]:
    return {
        whole_number(level.get(word("ilvl")), 0): _read_level(level)
        for level in element.iterfind(word("lvl"))
    }


def _read_level(element: _Element) -> Level:
    restart = value(element, "lvlRestart")
    level = Level(
        start=whole_number(value(element, "start"), 0 if child(element, "start") is None else 1),
        style=value(element, "numFmt") or _alternative_style(element),
        pattern=value(element, "lvlText") or "",
        suffix=value(element, "suff") or "tab",
        paragraph_style=value(element, "pStyle"),
        legal=is_on(element, "isLgl"),
    )
    return level if restart is None else replace(level, restart=whole_number(restart, 0))


def _alternative_style(element: _Element) -> str:
    """A newer format stands in a choice, with an older one to fall back on."""
    found = [number_format.get(word("val"), "decimal") for number_format in element.iter(word("numFmt"))]
    return next((style for style in reversed(found) if style != "custom"), "decimal")
