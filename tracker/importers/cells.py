"""The cells and columns of a table as a person corrects them: what stands where, and what it was taken for."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tracker.importers.columns import TASK_FIELDS, Field
from tracker.importers.corrections import is_added
from tracker.importers.draft import DraftCell, DraftColumn
from tracker.importers.fields import RowReader
from tracker.importers.grids import GridRow
from tracker.importers.headers import Header
from tracker.importers.name_shapes import is_none
from tracker.importers.rows import WorkRow

LONGEST_SAMPLE = 40
RUNNING_FIELDS = frozenset({*TASK_FIELDS, Field.SOURCE, None})  # a broken one goes on where it was cut


def cells_of(row: WorkRow, reader: RowReader, edited: Collection[tuple[str, int]]) -> tuple[DraftCell, ...]:
    """Every column of a row, also where nothing stands. `edited` are the places and columns of corrected cells."""
    found = []
    for column, heading in sorted(row.header.headings.items()):
        slots = row.cells.get(column, [])
        rows = tuple(dict.fromkeys(slot.row for slot in slots if slot.row)) or (row.where,)
        holder = next(
            (
                found_in
                for slot in slots
                if not slot.is_holder and slot.text and not is_none(slot.text)
                if (found_in := reader.holders.get(id(slot.cell))) is not None
            ),
            None,
        )
        joint = "" if heading.field in RUNNING_FIELDS else "\n"
        found.append(
            DraftCell(
                column,
                "".join(heading.text.split()),
                reader.name_of(heading.field) if heading.field is not None else None,
                joint.join(slot.text for slot in slots if slot.text),
                rows,
                holder.label if holder is not None and holder is not row else "",
                any((place, column) in edited for place in rows),
            )
        )
    return tuple(found)


def columns_of(header: Header | None, body: Sequence[GridRow]) -> tuple[DraftColumn, ...]:
    """The printed headings of a table and what each was taken for; a heading over several columns is said once."""
    shown: dict[str, DraftColumn] = {}
    for column, heading in sorted(header.headings.items()) if header is not None else ():
        text = "".join(heading.text.split())
        key = f"{text}/{heading.field}" if text else str(column)
        if key not in shown:
            sample = next((line for row in body if (line := " ".join(row.text(column).split()))), "")
            shown[key] = DraftColumn(
                column,
                text,
                str(heading.field) if heading.field is not None else None,
                sample[:LONGEST_SAMPLE],
                heading.is_assumed,
                is_added(column),
            )
    return tuple(shown.values())
