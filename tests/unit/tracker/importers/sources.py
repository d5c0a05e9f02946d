"""Source documents for tests, built from plain rows, without any file."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from tracker.importers.build import build_draft
from tracker.importers.columns import ColumnSynonyms
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.draft import Draft, DraftRow, DraftTable
from tracker.importers.source import Cell, Grid, Paragraph, SourceDocument
from tracker.importers.spellings import Directory

ROOT = Path(__file__).resolve().parents[4]
MERGED_ABOVE = "^^"  # in `merged_grid`: the cell above reaches down into this one


@lru_cache(maxsize=1)
def office_synonyms() -> ColumnSynonyms:
    """The policy file as it is shipped."""
    return ColumnSynonyms.from_mapping(tomllib.loads((ROOT / "config" / "columns.toml").read_text("utf-8")))


def grid(rows: Sequence[Sequence[str]], *, where: str = "第1个表格") -> Grid:
    """A grid as text gives it: blanks where cells were merged."""
    cells = tuple(Cell(r, c, text) for r, row in enumerate(rows) for c, text in enumerate(row))
    return Grid(cells, len(rows), max(map(len, rows)), where, knows_merges=False)


def merged_grid(rows: Sequence[Sequence[str]], *, where: str = "第1个表格") -> Grid:
    """A grid as Word gives it; `MERGED_ABOVE` continues the cell above."""
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if text == MERGED_ABOVE:
                continue
            span = 1
            while r + span < len(rows) and rows[r + span][c] == MERGED_ABOVE:
                span += 1
            cells.append(Cell(r, c, text, row_span=span))
    return Grid(tuple(cells), len(rows), max(map(len, rows)), where, knows_merges=True)


def tsv(text: str, *, where: str = "第1个表格") -> Grid:
    """A grid from lines with “|” between the cells."""
    return grid(
        [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").split("\n")], where=where
    )


def document(*blocks: Grid | str, notes: tuple[str, ...] = ()) -> SourceDocument:
    """A document of grids and paragraphs."""
    made = tuple(
        Paragraph(block, f"第{n}段") if isinstance(block, str) else block for n, block in enumerate(blocks, 1)
    )
    return SourceDocument("表.txt", "0" * 64, "txt", made, notes)


def draft_of(
    *blocks: Grid | str,
    year: int | None = None,
    directory: Directory | None = None,
    today: date | None = None,
    notes: tuple[str, ...] = (),
    corrections: Corrections = NO_CORRECTIONS,
) -> Draft:
    """The draft of a document made of these blocks; the account of characters is checked on the way."""
    source = document(*blocks, notes=notes)
    draft = build_draft(
        source,
        year=year,
        synonyms=office_synonyms(),
        directory=directory or Directory(),
        today=today,
        corrections=corrections,
    )
    account = draft.source
    assert account.placed + account.unplaced + account.furniture + account.skipped == source.characters
    return draft


def table_of(*blocks: Grid | str, year: int | None = None, today: date | None = None) -> DraftTable:
    """The only responsibility table of these blocks, with nothing left unplaced."""
    draft = draft_of(*blocks, year=year, today=today)
    assert draft.source.unplaced == 0
    (table,) = draft.tables
    return table


def codes(row: DraftRow) -> set[str]:
    return {diagnostic.code for diagnostic in row.diagnostics}


def names(row: DraftRow, role: str) -> list[str]:
    return [person.name for person in row.people.get(role, ())]


def dues(row: DraftRow) -> list[str]:
    return [
        deadline.due.isoformat()
        for milestone in row.milestones
        for deadline in milestone.deadlines
        if deadline.due is not None
    ]
