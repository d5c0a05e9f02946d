"""One row of the draft as the wizard shows it: its cells, what was understood, and what is doubtful about each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from tracker.importers.draft import Diagnostic, Draft, DraftCell, DraftRow, DraftTable, Severity
from tracker.models import ImportSession
from tracker.services.import_sessions.deciding import note_key
from web.import_wizard.carried import CarriedView, carried_by_place, in_row
from web.import_wizard.findings import Key, PlacedFinding, column_of, placed_findings
from web.import_wizard.readings import readings_of
from web.import_wizard.slugs import slug_of

LONG_FIELDS = frozenset({"requirement", "basis", "deliverables", "milestones", "source"})
MAIN_FIELDS = LONG_FIELDS - {"basis", "source"} | {
    "title",
    "lead_unit",
    "units",
    "expediter",
    "owner",
    "leader",
}


@dataclass(frozen=True)
class FindingView:
    """A finding where it is shown. `note` says how it was settled; empty while it is open."""

    name: str
    diagnostic: Diagnostic
    key: Key
    note: str = ""
    noted_by: str = ""

    @property
    def severity(self) -> Severity:
        return self.diagnostic.severity

    @property
    def is_open(self) -> bool:
        return not self.note

    @property
    def can_be_noted(self) -> bool:
        return self.severity is not Severity.INFO


@dataclass(frozen=True)
class CellView:
    cell: DraftCell
    readings: tuple[str, ...] = ()
    findings: tuple[FindingView, ...] = ()
    carried: CarriedView | None = None


@dataclass(frozen=True)
class RowView:
    """One row with its cells; findings on the row as a whole stand above them."""

    slug: str
    table: int
    row: DraftRow
    cells: tuple[CellView, ...]
    findings: tuple[FindingView, ...] = ()

    def all_findings(self) -> list[FindingView]:
        return [*self.findings, *(each for cell in self.cells for each in cell.findings)]

    @property
    def main_cells(self) -> list[CellView]:
        """What makes the task, and whatever is doubtful."""
        return [each for each in self.cells if not _is_side(each)]

    @property
    def side_cells(self) -> list[CellView]:
        return [each for each in self.cells if _is_side(each)]

    @property
    def tone(self) -> str:
        """The worst of what is open, as the colour of the card's edge."""
        open_ones = [each.severity for each in self.all_findings() if each.is_open]
        if Severity.ERROR in open_ones:
            return "red"
        return "yellow" if Severity.WARNING in open_ones else "green"


def _is_side(view: CellView) -> bool:
    is_doubtful = any(each.is_open and each.can_be_noted for each in view.findings)
    is_asked = view.carried is not None and view.carried.is_open
    return view.cell.field not in MAIN_FIELDS and not is_doubtful and not is_asked and not view.cell.is_edited


def seen_mark(text: str) -> str:
    """What a form brings back to say which text its writer saw."""
    return hashlib.sha256("".join(text.split()).encode()).hexdigest()[:16]


def row_views(run: ImportSession, draft: Draft, table_number: int | None = None) -> list[RowView]:
    """Every row of the draft, or of one table, in reading order."""
    notes = {note_key(each): each for each in run.notes}
    carried = carried_by_place(run)
    return [
        view_row(table, row, notes, in_row(carried, table.number, row) if carried else {})
        for table in draft.tables
        if table_number is None or table.number == table_number
        for row in table.rows
    ]


def view_row(
    table: DraftTable, row: DraftRow, notes: dict[Key, dict[str, str]], carried: dict[int, CarriedView]
) -> RowView:
    slug = slug_of(table.number, row.where)
    by_column: dict[int | None, list[FindingView]] = {}
    for number, diagnostic in enumerate(row.diagnostics):
        placed = PlacedFinding(table, row, diagnostic)
        view = view_finding(f"{slug}-{number}", placed, notes)
        by_column.setdefault(column_of(row, diagnostic), []).append(view)
    cells = tuple(
        CellView(cell, _readings(row, cell), tuple(by_column.get(cell.column, ())), carried.get(cell.column))
        for cell in row.cells
    )
    return RowView(slug, table.number, row, cells, tuple(by_column.get(None, ())))


def _readings(row: DraftRow, cell: DraftCell) -> tuple[str, ...]:
    """What was understood, where that is more than the words themselves."""
    found = tuple(readings_of(row, cell.field))
    return () if "".join(found) == "".join(cell.text.split()) else found


def view_finding(name: str, placed: PlacedFinding, notes: dict[Key, dict[str, str]]) -> FindingView:
    note = notes.get(placed.key)
    if note is None:
        return FindingView(name, placed.diagnostic, placed.key)
    return FindingView(name, placed.diagnostic, placed.key, note["note"], note["by"])


def general_findings(run: ImportSession, draft: Draft, table: int | None) -> list[FindingView]:
    notes = {note_key(each): each for each in run.notes}
    return [
        view_finding(f"general-{number}", placed, notes)
        for number, placed in enumerate(placed_findings(draft))
        if placed.row is None and (table is None or placed.table is None or placed.table.number == table)
    ]
