"""The real documents beside the checkout: the same rows from Word and from Excel, and every character of the texts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.importers.readers import read_source
from tracker.importers.source import Cell, Grid, count_characters

pytestmark = pytest.mark.seeds

Placed = dict[tuple[int, int], tuple[str, int, int]]


def placed(cells: tuple[Cell, ...], first_row: int, shift: int) -> Placed:
    """Text and spans by place, rows counted on from `shift`."""
    return {
        (cell.row - first_row + shift, cell.column): (cell.text, cell.row_span, cell.column_span)
        for cell in cells
        if cell.row >= first_row
    }


class TestSeeds:
    def test_word_and_excel_give_the_same_51_rows_cell_by_cell(self, seeds: Path) -> None:
        word = read_source(seeds / "panjin-2024-drill-responsibility-table.docx")
        (sheet,) = read_source(seeds / "panjin-2024-drill-responsibility-table.xlsx").blocks
        assert isinstance(sheet, Grid)
        joined: Placed = {}
        rows = 0
        for grid in (block for block in word.blocks if isinstance(block, Grid)):
            joined |= placed(grid.cells, 1, rows)  # row 0 repeats the headings on every page
            rows += grid.row_count - 1

        from_excel = {place: cell for place, cell in placed(sheet.cells, 2, 0).items() if place[0] < rows}

        assert rows == 51
        assert joined == from_excel
        assert sum(1 for _, height, _ in joined.values() if height > 1) == 41

    def test_every_visible_character_of_the_texts_is_handed_on(self, seeds: Path) -> None:
        texts = sorted(seeds.glob("*.txt"))

        assert len(texts) == 5
        for path in texts:
            document = read_source(path)
            assert document.characters == count_characters(path.read_text(encoding="utf-8"))
            assert document.notes == ()
