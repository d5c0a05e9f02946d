"""Where the cells of a Word table stand. Word stores rows of cells; what lies over what is worked out here.

A cell that continues a merge from above is a part of the cell above it. A merge that continues into a table's first
row was cut by a page: it opens a cell of its own and says so. Widths are not looked at, only counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element

from tracker.importers.readers import word_names as names
from tracker.importers.readers.word_names import child, value, whole_number, word

_WIDEST = 63  # the most columns that Word allows in a table
_LOOKED_THROUGH = frozenset(map(word, ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")))


@dataclass
class PlacedCell:
    """A cell with its place (both from 0), its spans, and the elements it is made of, the shown one first."""

    row: int
    column: int
    element: _Element
    column_span: int = 1
    row_span: int = 1
    continues_above: bool = False
    covered: list[_Element] = field(default_factory=list)


@dataclass(frozen=True)
class _RawCell:
    element: _Element
    span: int
    merge: str | None  # restart, continue, or none
    joins_left: bool


def place_cells(table: _Element) -> tuple[list[PlacedCell], int, int]:
    """Return the cells in reading order, the number of rows and the number of columns."""
    rows = [(_count(row, "gridBefore"), list(_raw_cells(row))) for row in look_through(table, names.ROW)]
    rows = [row for row in rows if row[1]]
    width = _width(table, rows)
    cells: list[PlacedCell] = []
    open_merges: dict[int, PlacedCell] = {}
    for row, (before, raw_cells) in enumerate(rows):
        open_merges = _place_row(cells, row, before, raw_cells, width, open_merges)
    columns = max((cell.column + cell.column_span for cell in cells), default=0)
    return cells, len(rows), columns


def _place_row(
    cells: list[PlacedCell],
    row: int,
    before: int,
    raw_cells: list[_RawCell],
    width: int,
    open_merges: dict[int, PlacedCell],
) -> dict[int, PlacedCell]:
    """Place one row and return the merges that may continue in the next."""
    still_open: dict[int, PlacedCell] = {}
    column = before
    for raw in raw_cells:
        span = min(raw.span, max(1, width - column))
        above = open_merges.get(column)
        if raw.merge == "continue" and above is not None and above.column_span == span:
            above.row_span += 1
            above.covered.append(raw.element)
            still_open[column] = above
        else:
            cell = PlacedCell(row, column, raw.element, span, continues_above=raw.merge == "continue")
            cells.append(cell)
            if raw.merge is not None:
                still_open[column] = cell
        column += span
    return still_open


def _raw_cells(row: _Element) -> Iterator[_RawCell]:
    """The cells of a row; one that the older `hMerge` joins to its left neighbour widens that neighbour."""
    pending: _RawCell | None = None
    for element in look_through(row, names.CELL):
        properties = child(element, "tcPr")
        if child(properties, "cellDel") is not None:
            continue
        raw = _RawCell(
            element, max(1, _count_of(properties, "gridSpan")), _merge(properties), _joins_left(properties)
        )
        if raw.joins_left and pending is not None:
            pending = _RawCell(pending.element, pending.span + raw.span, pending.merge, joins_left=False)
            continue
        if pending is not None:
            yield pending
        pending = raw
    if pending is not None:
        yield pending


def _merge(properties: _Element | None) -> str | None:
    merge = child(properties, "vMerge")
    if merge is None:
        return None
    return "restart" if merge.get(names.VALUE) == "restart" else "continue"


def _joins_left(properties: _Element | None) -> bool:
    merge = child(properties, "hMerge")
    return merge is not None and merge.get(names.VALUE) != "restart"


def _count_of(properties: _Element | None, local: str) -> int:
    return min(_WIDEST, max(0, whole_number(value(properties, local), 0)))


def _count(row: _Element, local: str) -> int:
    return _count_of(child(row, "trPr"), local)


def _width(table: _Element, rows: list[tuple[int, list[_RawCell]]]) -> int:
    """The declared columns, unless a row has more cells than that; then as far as the widest row reaches."""
    declared = len(table.findall(f"{word('tblGrid')}/{word('gridCol')}"))
    most_cells = max((before + len(raw_cells) for before, raw_cells in rows), default=0)
    if declared >= most_cells:
        return declared
    return max(min(_WIDEST, before + sum(raw.span for raw in raw_cells)) for before, raw_cells in rows)


def look_through(parent: _Element, wanted: str) -> Iterator[_Element]:
    """Children of one kind, also those inside content controls and insertions; deleted rows are left out."""
    for element in parent:
        if element.tag == wanted:
            if not (wanted == names.ROW and child(element, "trPr", "del") is not None):
                yield element
        elif element.tag in _LOOKED_THROUGH:
            yield from look_through(element, wanted)
