"""Physical grids as rows of slots, and the rows that no task stands in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tracker.importers.ledger import Ledger, Passage
from tracker.importers.source import Cell, Grid

TOTAL_ROW = re.compile(r"^\s*(合\s*计|总\s*计|小\s*计|共\s*计)")
FOOT_ROW = re.compile(
    r"^\s*(填表|制表|审核|填报|审批|编制|联系电话|联系人|报送|备\s*注\s*[:：]|注\s*[:：]|说\s*明\s*[:：]"
    r"|(?:单位|部门|主要|分管)?(?:负责人|领导)\s*[(（]?(?:签字|签名|签章)|签发|单位\s*[(（]盖章|(?:单位|日期|时间)\s*[:：])"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell as one row sees it; `is_holder` is false on the rows that a vertical merge covers.

    `row` is the place of the row that sees it, which stays where rows are joined.
    """

    cell: Cell
    passage: Passage
    is_holder: bool
    row: str = ""

    @property
    def text(self) -> str:
        return self.passage.text.strip()


@dataclass
class GridRow:
    """One physical row. `page` counts the physical grids of its table."""

    slots: dict[int, Slot]
    where: str
    knows_merges: bool
    page: int = 0

    def text(self, column: int) -> str:
        slot = self.slots.get(column)
        return slot.text if slot else ""

    def filled(self) -> list[int]:
        return [column for column, slot in sorted(self.slots.items()) if slot.text]

    def own(self) -> list[Slot]:
        """The slots whose cells begin in this row."""
        return [slot for _, slot in sorted(self.slots.items()) if slot.is_holder]


def rows_of(grid: Grid, ledger: Ledger) -> list[GridRow]:
    """Every physical row with the cells that begin in it and those that a merge carries down into it."""
    first = min((cell.row for cell in grid.cells), default=grid.row_count)  # a sheet may begin far down
    slots: list[dict[int, Slot]] = [{} for _ in range(first, grid.row_count)]
    for cell in grid.cells:
        passage = ledger.passage(cell)
        for row in range(cell.row, min(cell.row + cell.row_span, grid.row_count)):
            place = f"{grid.where}第{row + 1}行"
            slots[row - first].setdefault(
                cell.column, Slot(cell, passage, is_holder=row == cell.row, row=place)
            )
    return [
        GridRow(row_slots, f"{grid.where}第{number}行", grid.knows_merges)
        for number, row_slots in enumerate(slots, first + 1)
    ]


def is_total(row: GridRow) -> bool:
    texts = [row.text(column) for column in row.filled()[:2]]
    return any(TOTAL_ROW.match(text) and len(text) < 12 for text in texts)


def is_footer(row: GridRow) -> bool:
    """Lines under a table: who filled it in, a note."""
    filled = row.filled()
    return bool(filled) and FOOT_ROW.match(row.text(filled[0])) is not None
