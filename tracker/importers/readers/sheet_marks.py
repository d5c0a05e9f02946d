"""What calamine does not tell of an `.xlsx`: errors, how a date is shown, what is hidden, how far a sheet reaches.

A date that is shown without its day (“2024年5月”) is stored as the first of the month, and one shown without its
year (“5月31日”) with the year in which it was typed. What the office sees is what counts, so the shape is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from lxml.etree import _Element

from tracker.importers.readers.archives import OfficeArchive
from tracker.importers.readers.documents import main_part
from tracker.importers.readers.limits import ReadLimits
from tracker.importers.readers.refusals import check_span, refuse_too_many_cells, refuse_too_many_rows

_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATIONSHIP_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_MARGIN_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|\d+|[A-Z])')
_ROW, _COLUMN = _SHEET + "row", _SHEET + "col"
_MARGINS = tuple(
    _SHEET + name for name in ("oddHeader", "oddFooter", "evenHeader", "firstHeader", "firstFooter")
)
_SCANNED = (_ROW, _COLUMN, *_MARGINS)


class DateShape(StrEnum):
    """Which parts of a date are shown."""

    FULL = "full"
    YEAR_MONTH = "year-month"
    MONTH_DAY = "month-day"


# numFmtIds whose meaning the file does not spell out, as a Chinese Excel or WPS shows them (ECMA-376, 18.8.30)
_BUILT_IN = dict.fromkeys((17, 27, 36, 50, 52, 57), DateShape.YEAR_MONTH) | dict.fromkeys(
    (16, 28, 29, 51, 53, 54, 58), DateShape.MONTH_DAY
)


@dataclass
class SheetMarks:
    """Marks of one sheet; rows and columns from 0."""

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    shapes: dict[tuple[int, int], DateShape] = field(default_factory=dict)
    covered_characters: int = 0  # under a merge, counted while the sheet is laid out
    hidden_rows: int = 0
    hidden_columns: int = 0
    margins: tuple[str, ...] = ()


def date_shape(number_format: int, code: str | None) -> DateShape:
    """Which parts of a date a number format shows; FULL for all that shows year and day, or no date at all."""
    if code is None:
        return _BUILT_IN.get(number_format, DateShape.FULL)
    letters = set(_QUOTED.sub("", code.split(";")[0]).lower())
    if "m" not in letters or letters & {"h", "s"}:
        return DateShape.FULL
    if "d" not in letters:
        return DateShape.YEAR_MONTH if letters & {"y", "e"} else DateShape.FULL
    return DateShape.FULL if letters & {"y", "e"} else DateShape.MONTH_DAY


def read_marks(archive: OfficeArchive) -> dict[str, SheetMarks]:
    """The marks of every sheet by its name. Raises SourceTooLarge before calamine lays a sheet out in memory."""
    workbook = main_part(archive, "xl/workbook.xml")
    targets = {link.id: link for link in archive.relationships(workbook)}
    styles = next((link.target for link in targets.values() if link.kind == "styles"), "")
    shapes = _style_shapes(archive.parse(styles)) if archive.has(styles) else {}
    marks: dict[str, SheetMarks] = {}
    for sheet in archive.parse(workbook).iter(_SHEET + "sheet"):
        link = targets.get(sheet.get(_RELATIONSHIP_ID, ""))
        if link is not None and link.kind == "worksheet" and archive.has(link.target):
            scan = _Scan(archive.name, archive.limits, shapes)
            marks[sheet.get("name", "")] = scan.run(archive.stream(link.target, _SCANNED))
    return marks


def _style_shapes(root: _Element) -> dict[str, DateShape]:
    """Cell styles that show a part of a date only, by their index as cells write it."""
    codes = {entry.get("numFmtId", ""): entry.get("formatCode", "") for entry in root.iter(_SHEET + "numFmt")}
    cell_styles = root.find(_SHEET + "cellXfs")
    shapes: dict[str, DateShape] = {}
    for index, style in enumerate(cell_styles if cell_styles is not None else ()):
        number_format = style.get("numFmtId", "0")
        shape = date_shape(int(number_format) if number_format.isdigit() else 0, codes.get(number_format))
        if shape is not DateShape.FULL:
            shapes[str(index)] = shape
    return shapes


class _Scan:
    """One pass over the XML of one sheet."""

    def __init__(self, name: str, limits: ReadLimits, shapes: dict[str, DateShape]) -> None:
        self._name = name
        self._limits = limits
        self._shapes = shapes
        self._marks = SheetMarks()
        self._used_rows = 0
        self._low, self._high = [2**31, 2**31], [-1, -1]

    def run(self, elements: Iterable[_Element]) -> SheetMarks:
        row = -1
        for element in elements:
            if element.tag == _ROW:
                number = element.get("r", "")
                row = int(number) - 1 if number.isdigit() else row + 1
                self._scan_row(element, row)
            elif element.tag == _COLUMN:
                self._marks.hidden_columns += element.get("hidden") in {"1", "true"}
            else:
                self._marks.margins += tuple(_margin_lines(element.text or ""))
        return self._marks

    def _scan_row(self, element: _Element, row: int) -> None:
        column = -1
        used = False
        for cell in element:
            reference = _REFERENCE.fullmatch(cell.get("r", ""))
            column = _column(reference[1]) if reference else column + 1
            if len(cell):  # a cell without a child is only coloured
                used = True
                self._scan_cell(cell, row, column)
        self._used_rows += used
        self._marks.hidden_rows += used and element.get("hidden") in {"1", "true"}
        if self._used_rows > self._limits.max_rows:
            raise refuse_too_many_rows(self._name, self._limits)

    def _scan_cell(self, cell: _Element, row: int, column: int) -> None:
        self._low = [min(self._low[0], row), min(self._low[1], column)]
        self._high = [max(self._high[0], row), max(self._high[1], column)]
        check_span((self._low[0], self._low[1]), (self._high[0], self._high[1]), self._name, self._limits)
        if (self._high[0] - self._low[0] + 1) * (self._high[1] - self._low[1] + 1) > self._limits.max_cells:
            raise refuse_too_many_cells(self._name, self._limits)
        if cell.get("t") == "e":
            self._marks.errors[row, column] = cell.findtext(_SHEET + "v", "#N/A")
        elif shape := self._shapes.get(cell.get("s", "")):
            self._marks.shapes[row, column] = shape


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def _margin_lines(text: str) -> Iterator[str]:
    """The lines of a header or footer without their codes (&C, &P, &"宋体")."""
    return (line.strip() for line in _MARGIN_CODE.sub("\n", text).splitlines() if line.strip())
