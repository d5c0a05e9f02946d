"""Tables printed next to each other on one sheet: one line of headings that says the same headings again.

The blocks are read one after the other, as a person would; each keeps the title above it, and a block without a title of
its own goes on with the table on its left.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.importers.columns import ROLES, UNIT_FIELDS, ColumnSynonyms, normalise_heading
from tracker.importers.grids import GridRow, Slot

FEWEST_HEADINGS = 3
LOOK_AHEAD = 10


def blocks_of(rows: Sequence[GridRow], synonyms: ColumnSynonyms) -> list[list[GridRow]]:
    """The rows of each block, its columns counted from its own first one; the rows as they are where there is one block."""
    starts = next((found for row in rows[:LOOK_AHEAD] if (found := _starts(row, synonyms))), [])
    if not starts:
        return [list(rows)]
    bounds = [0, *starts[1:]]
    return [
        _block(rows, first, following) for first, following in zip(bounds, [*bounds[1:], None], strict=True)
    ]


def _starts(row: GridRow, synonyms: ColumnSynonyms) -> list[int]:
    """The columns where the headings of this row begin anew; empty where they are not printed twice or more."""
    columns = row.filled()
    headings = [normalise_heading(row.text(column)) for column in columns]
    for size in range(FEWEST_HEADINGS, len(headings) // 2 + 1):
        count, rest = divmod(len(headings), size)
        if rest == 0 and headings == headings[:size] * count and len(set(headings[:size])) == size:
            fields = {synonyms.recognise(row.text(column)).field for column in columns[:size]}
            return columns[::size] if fields & {*ROLES, *UNIT_FIELDS} else []
    return []


def _block(rows: Sequence[GridRow], first: int, following: int | None) -> list[GridRow]:
    """A cell belongs to the block in which it begins: a title over all of them stays with the first."""
    block = []
    for row in rows:
        slots: dict[int, Slot] = {
            column - first: slot
            for column, slot in row.slots.items()
            if column >= first and (following is None or column < following)
        }
        block.append(GridRow(slots, row.where, row.knows_merges, row.page))
    while block and not block[-1].filled():
        block.pop()
    return block
