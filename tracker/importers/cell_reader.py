"""Cells of one table as its rows see them: placed in the account of characters, shared by merges, or kept as a note."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from tracker.deadlines import Deadline
from tracker.importers.columns import Field
from tracker.importers.draft import Note
from tracker.importers.grids import Slot
from tracker.importers.headers import Header
from tracker.importers.ledger import Bucket, Ledger
from tracker.importers.name_shapes import is_none
from tracker.importers.row_fields import Layout, RowFields, bare
from tracker.importers.rows import WorkRow

ParseDeadlines = Callable[[str], Sequence[Deadline]]


class CellReader:
    """Reads cells of one table. `holders` says which row holds a merged cell's content."""

    def __init__(
        self, ledger: Ledger, header: Header, rows: Sequence[WorkRow], parse: ParseDeadlines
    ) -> None:
        self.ledger, self.header, self.parse = ledger, header, parse
        self.layout = Layout.of(header)
        self.holders: Mapping[int, WorkRow] = {
            id(slot.cell): row
            for row in rows
            for slots in row.cells.values()
            for slot in slots
            if slot.is_holder
        }

    def name_of(self, wanted: Field) -> str:
        """What the draft calls a field in this table."""
        layout = self.layout
        for name, source in (
            ("requirement", layout.requirement),
            ("basis", layout.basis),
            ("title", layout.title),
        ):
            if wanted is source:
                return name
        return str(wanted)

    def text_of(self, row: WorkRow, fields: RowFields, wanted: Field | None) -> str:
        """The words of a field, all its columns together."""
        if wanted is None:
            return ""
        parts = []
        for column in self.header.columns_of(wanted):
            slots = row.cells.get(column, [])
            parts.append("".join(self.place(slot) for slot in slots))
            self.share(row, fields, self.name_of(wanted), slots)
        return "\n".join(part for part in parts if part)

    def place(self, slot: Slot) -> str:
        """The text of a cell, placed; empty, and furniture, where the cell says that there is nothing."""
        if is_none(slot.text):
            self.ledger.claim(slot.passage, Bucket.FURNITURE)
            return ""
        self.ledger.claim(slot.passage, Bucket.PLACED)
        return re.sub(r"\s*\n\s*", "\n", slot.text)

    def share(self, row: WorkRow, fields: RowFields, name: str, slots: Sequence[Slot]) -> bool:
        """Name the row that holds a merged cell; true where this row only shares it."""
        for slot in slots:
            holder = self.holders.get(id(slot.cell))
            if (
                not slot.is_holder
                and slot.text
                and holder is not None
                and holder is not row
                and not is_none(slot.text)
            ):
                fields.shared[name] = holder.label
                return True
        return False

    def note_columns(self, row: WorkRow, fields: RowFields, columns: Sequence[int]) -> None:
        """Keep what stands in columns without a field of their own, each under its heading."""
        for column in columns:
            heading = self.header.headings.get(column)
            text = "".join(self.place(slot) for slot in row.cells.get(column, []) if slot.is_holder)
            if text:
                fields.notes.append(Note(bare(heading.text) if heading else f"第{column + 1}列", text))
