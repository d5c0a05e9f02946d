"""Names of WordprocessingML elements, spelled as lxml spells them (ISO/IEC 29500-1, section 17)."""

from __future__ import annotations

from typing import Final

from lxml.etree import _Element

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"


def word(local: str) -> str:
    """The full name of a WordprocessingML element or attribute."""
    return _WORD + local


VALUE: Final = word("val")
PARAGRAPH: Final = word("p")
TABLE: Final = word("tbl")
ROW: Final = word("tr")
CELL: Final = word("tc")
CONTENT_CONTROL: Final = word("sdt")
CONTENT_CONTROL_BODY: Final = word("sdtContent")
TEXT_BOX: Final = word("txbxContent")
ALTERNATIVES: Final = _COMPATIBILITY + "AlternateContent"
CHOICE: Final = _COMPATIBILITY + "Choice"
FALLBACK: Final = _COMPATIBILITY + "Fallback"
MATHS_TEXT: Final = _MATHS + "t"

# What a reader does not see: deleted and moved-away text, field codes, properties, comments, the reading of ruby text.
UNSEEN: Final = frozenset(
    map(
        word,
        ("del", "moveFrom", "delText", "instrText", "delInstrText", "rPr", "pPr", "tcPr", "trPr", "tblPr"),
    )
) | frozenset(
    map(word, ("sectPr", "sdtPr", "sdtEndPr", "rt", "rubyPr", "annotationRef", "tblGrid", "tblPrEx"))
)


def child(element: _Element | None, *path: str) -> _Element | None:
    """Follow WordprocessingML children by local name; None as soon as one is missing."""
    for local in path:
        if element is None:
            return None
        element = next(element.iterchildren(_WORD + local), None)  # `find` reads its path anew every time
    return element


def value(element: _Element | None, *path: str) -> str | None:
    """The `w:val` of a descendant, None where the element or the attribute is missing."""
    found = child(element, *path)
    return None if found is None else found.get(VALUE)


def is_on(element: _Element | None, *path: str) -> bool:
    """An on/off property: present and not switched off."""
    found = child(element, *path)
    return found is not None and found.get(VALUE, "1").lower() not in {"0", "false", "off"}


def whole_number(text: str | None, default: int) -> int:
    """A number of the file, or the default where the file holds none or nonsense."""
    try:
        return int(text) if text is not None else default
    except ValueError:
        return default
