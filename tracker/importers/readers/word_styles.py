"""The paragraph styles of a Word document: which are headings, and which number their paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml.etree import _Element

from tracker.importers.readers.word_names import child, value, whole_number, word

_HEADING_NAME = re.compile(r"(heading|标题|title|subtitle|副标题)\s*\d*", re.IGNORECASE)
_BODY_LEVEL = 9  # outline levels 0–8 are headings


@dataclass(frozen=True)
class ParagraphStyle:
    """What a style hands down: a heading's name, a list, and the depth in it."""

    id: str
    heading: str | None = None
    number_id: str | None = None
    depth: int | None = None


PLAIN = ParagraphStyle(id="")


class Styles:
    """Styles by id, each with what it inherits."""

    def __init__(self, root: _Element | None = None) -> None:
        elements = root.iterfind(word("style")) if root is not None else ()
        self._elements = {element.get(word("styleId"), ""): element for element in elements}
        self._resolved: dict[str, ParagraphStyle] = {}
        self.default = next((key for key, element in self._elements.items() if _is_default(element)), "")

    def list_styles(self) -> dict[str, str]:
        """The list that each numbering style defines, by style id."""
        found = {key: value(element, "pPr", "numPr", "numId") for key, element in self._elements.items()}
        return {key: number_id for key, number_id in found.items() if number_id}

    def get(self, style_id: str | None) -> ParagraphStyle:
        key = style_id if style_id in self._elements else self.default
        if key not in self._resolved:
            self._resolved[key or ""] = self._resolve(key or "")
        return self._resolved[key or ""]

    def _resolve(self, key: str) -> ParagraphStyle:
        heading: str | None = None
        number_id: str | None = None
        depth: int | None = None
        seen: set[str] = set()
        current: str | None = key
        while current and current in self._elements and current not in seen:  # a style may be based on itself
            seen.add(current)
            element = self._elements[current]
            heading = heading or heading_of(element, value(element, "name"))
            number_id = number_id or value(element, "pPr", "numPr", "numId")
            if depth is None and (own := value(element, "pPr", "numPr", "ilvl")) is not None:
                depth = whole_number(own, 0)
            current = value(element, "basedOn")
        return ParagraphStyle(key, heading, number_id, depth)


def heading_of(element: _Element, name: str | None = None) -> str | None:
    """The heading's name by its style's name, else by its outline level."""
    if name and _HEADING_NAME.fullmatch(name.strip()):
        return name.strip()
    level = whole_number(value(element, "pPr", "outlineLvl") or value(element, "outlineLvl"), _BODY_LEVEL)
    return f"heading {level + 1}" if 0 <= level < _BODY_LEVEL else None


def _is_default(element: _Element) -> bool:
    return element.get(word("type")) == "paragraph" and element.get(word("default")) in {"1", "true", "on"}


def direct_numbering(properties: _Element | None) -> tuple[str | None, int | None]:
    """The list and the depth that a paragraph's own properties name."""
    numbering = child(properties, "numPr")
    depth = value(numbering, "ilvl")
    return value(numbering, "numId"), None if depth is None else whole_number(depth, 0)
