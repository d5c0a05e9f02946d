"""Rows that were read from prose, as if they stood in a table: so they are corrected like any others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tracker.importers.cell_reader import ParseDeadlines
from tracker.importers.columns import ROLES, Field, Heading
from tracker.importers.corrections import ADDED_HEADINGS, CellEdit, added_column
from tracker.importers.draft import Diagnostic, DraftCell, DraftRow, Severity
from tracker.importers.fields import RowReader
from tracker.importers.grids import Slot
from tracker.importers.headers import Header
from tracker.importers.ledger import Ledger
from tracker.importers.row_fields import RowFields
from tracker.importers.rows import WorkRow
from tracker.importers.scores import parse_score
from tracker.importers.source import Cell, SourceDocument

PROSE = -1  # the number of the one table that is made of prose
SHOWN = tuple(wanted for wanted in ADDED_HEADINGS if wanted is not Field.SCORE)
CONTEXT = (Field.TITLE, Field.REQUIREMENT)  # a date alone is due for what these name


def corrected(row: DraftRow, edits: Mapping[int, CellEdit], parse: ParseDeadlines) -> DraftRow:
    """The row with the coordinator's words read as the cells of a table would be, and with its cells."""
    asked = {wanted: edits[number] for wanted in SHOWN if (number := added_column(wanted)) in edits}
    if asked:
        row = _reread(row, {wanted: edit.text for wanted, edit in asked.items()}, parse)
        said = [
            Diagnostic("edited-cell", Severity.INFO, edit.message, ADDED_HEADINGS[wanted], None, row.where)
            for wanted, edit in asked.items()
        ]
        row = replace(row, diagnostics=(*row.diagnostics, *said))
    cells = tuple(
        DraftCell(
            added_column(wanted),
            ADDED_HEADINGS[wanted],
            str(wanted),
            asked[wanted].text if wanted in asked else text_of(row, wanted),
            (row.where,),
            is_edited=wanted in asked,
        )
        for wanted in SHOWN
    )
    return replace(row, cells=cells)


def text_of(row: DraftRow, wanted: Field) -> str:
    """What a field of the row would look like in a cell."""
    if wanted in ROLES:
        return "、".join(f"{each.name}{each.remark}" for each in row.people.get(str(wanted), ()))
    if wanted is Field.DELIVERABLES:
        return "\n".join(f"{each.n}、{each.text}" for each in row.deliverables)
    if wanted is Field.MILESTONES:
        return "\n".join(f"{each.n}.{each.text}" for each in row.milestones)
    if wanted is Field.UNITS:
        return "、".join(row.units)
    return str(getattr(row, wanted.value))


def _reread(row: DraftRow, texts: Mapping[Field, str], parse: ParseDeadlines) -> DraftRow:
    fields = _read(row, {wanted: text_of(row, wanted) for wanted in CONTEXT} | dict(texts), parse)
    values: dict[str, object] = {}
    if Field.GROUP in texts:
        values["group"] = " ".join(texts[Field.GROUP].split())
    if Field.TITLE in texts:
        values["title"] = " ".join(fields.title.split()) or row.title
    if Field.REQUIREMENT in texts:
        values |= {"requirement": fields.requirement, "score": parse_score(fields.requirement)}
    if Field.LEAD_UNIT in texts:
        values["lead_unit"] = fields.lead_units[0] if fields.lead_units else ""
    if Field.UNITS in texts:
        values["units"] = tuple(
            unit for unit in fields.units if unit != values.get("lead_unit", row.lead_unit)
        )
    if Field.DELIVERABLES in texts:
        values["deliverables"] = fields.deliverables
    if Field.MILESTONES in texts:
        values["milestones"] = fields.milestones
    if people := {str(role): fields.people.get(str(role), ()) for role in ROLES if role in texts}:
        values["people"] = {**row.people, **people}
    return replace(row, **values)  # type: ignore[arg-type]


def _read(row: DraftRow, texts: Mapping[Field, str], parse: ParseDeadlines) -> RowFields:
    """Read one row of a table that has just these columns."""
    ledger = Ledger(SourceDocument("", "", "txt", ()))
    header = Header({added_column(wanted): Heading(ADDED_HEADINGS[wanted], wanted, 3) for wanted in texts}, 1)
    cells = {
        added_column(wanted): [Slot(Cell(-1, 0, text), ledger.write(text, row.where), is_holder=True)]
        for wanted, text in texts.items()
    }
    work = WorkRow(cells, row.where, 0, knows_merges=False, seq=row.seq, header=header)
    return RowReader(ledger, header, [work], parse).read(work)
