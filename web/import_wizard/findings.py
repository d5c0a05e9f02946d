"""Which finding belongs to which row and cell, and by what it is known to a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.importers.draft import Diagnostic, Draft, DraftRow, DraftTable
from tracker.services.importing.differences import FIELD_LABELS

Key = tuple[int, str, str, str]


@dataclass(frozen=True)
class PlacedFinding:
    """A finding with the table and row it is on; those on the whole document count as of the first table."""

    table: DraftTable | None
    row: DraftRow | None
    diagnostic: Diagnostic

    @property
    def key(self) -> Key:
        number = self.table.number if self.table else 0
        where = self.row.where if self.row else ""
        return number, where, self.diagnostic.code, self.diagnostic.message


def placed_findings(draft: Draft) -> Iterator[PlacedFinding]:
    """Every finding in reading order."""
    first = next((table for table in draft.tables if table.rows), None)
    for diagnostic in draft.diagnostics:
        yield PlacedFinding(first, None, diagnostic)
    for table in draft.tables:
        for diagnostic in table.diagnostics:
            yield PlacedFinding(table, None, diagnostic)
        for row in table.rows:
            for diagnostic in row.diagnostics:
                yield PlacedFinding(table, row, diagnostic)


def column_of(row: DraftRow, diagnostic: Diagnostic) -> int | None:
    """The column whose cell the finding concerns; None for one on the row as a whole."""
    named = "".join((diagnostic.column or "").split())
    if not named:
        return None
    for cell in row.cells:
        if named in (cell.heading, cell.field):
            return cell.column
    return next((cell.column for cell in row.cells if FIELD_LABELS.get(cell.field or "") == named), None)
