"""One logical row into the fields of the draft; every character of its cells is claimed on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tracker.importers.cell_reader import CellReader, ParseDeadlines
from tracker.importers.columns import ROLES, UNIT_FIELDS, Field
from tracker.importers.draft import DraftPerson, Note
from tracker.importers.grids import Slot
from tracker.importers.headers import Header
from tracker.importers.ledger import Bucket, Ledger
from tracker.importers.list_fields import ListReader
from tracker.importers.name_shapes import is_none, looks_like_name
from tracker.importers.people import split_people
from tracker.importers.role_cells import read_labelled_people
from tracker.importers.row_fields import RowFields, bare
from tracker.importers.rows import SEQ_MARKS, WorkRow, bounds_of_seq
from tracker.importers.unit_cells import UnitCell, read_unit_cell

FIGURE = re.compile(r"\s*\d+(?:\.\d+)?\s*分?\s*")
BETWEEN_NAMES = re.compile(
    r"[、,，;；/／|。.：:()（）—–－_~\\-]|等(?:有关|相关)?(?:部门|单位|科室)?|以?及|和|与|无"
)
NOTED = (Field.PROGRESS, Field.CONTACT, Field.REMARK)


class RowReader(CellReader):
    """Reads the rows of one table."""

    def __init__(
        self, ledger: Ledger, header: Header, rows: Sequence[WorkRow], parse: ParseDeadlines
    ) -> None:
        super().__init__(ledger, header, rows, parse)
        self.lists = ListReader(ledger, header, rows, parse)

    def read(self, row: WorkRow) -> RowFields:
        fields = RowFields()
        self._claim_headings(row, fields)
        self._read_texts(row, fields)
        self._read_units(row, fields)
        self._read_people(row, fields)
        fields.deliverables = self.lists.read_deliverables(row, fields)
        fields.milestones = self.lists.read_milestones(row, fields)
        self._read_rest(row, fields)
        for column, slots in row.cells.items():
            heading = self.header.headings.get(column)
            if heading is not None and heading.field is not None and any(slot.text for slot in slots):
                fields.places.setdefault(self.name_of(heading.field), slots[0].passage.where)
        return fields

    def _claim_headings(self, row: WorkRow, fields: RowFields) -> None:
        for slot in row.slots(Field.SEQ):
            start, end = bounds_of_seq(slot.passage.text)
            self.ledger.claim(slot.passage[:start], Bucket.FURNITURE)
            self.ledger.claim(slot.passage[end:], Bucket.FURNITURE)
            if slot.is_holder and "".join(slot.text.split()).strip(SEQ_MARKS) != row.seq:
                fields.notes.append(Note("序号", slot.passage.text[start:end]))
            self.ledger.claim(slot.passage, Bucket.PLACED)
        for slot in row.slots(Field.GROUP):
            self.ledger.claim(slot.passage, Bucket.PLACED)
        if row.chapter is not None and row.group == " ".join(row.chapter.text.split()):
            self.ledger.claim(row.chapter.passage, Bucket.PLACED)

    def _read_texts(self, row: WorkRow, fields: RowFields) -> None:
        layout = self.layout
        fields.requirement = self.text_of(row, fields, layout.requirement)
        fields.basis = self.text_of(row, fields, layout.basis)
        fields.title = self.text_of(row, fields, layout.title)
        fields.source = self.text_of(row, fields, Field.SOURCE)
        fields.score_cell = self.text_of(row, fields, Field.SCORE)
        if fields.score_cell and not FIGURE.fullmatch(fields.score_cell):
            heading = self.header.headings[self.header.columns_of(Field.SCORE)[0]].text
            fields.notes.append(Note(bare(heading), fields.score_cell))
        rest = {Field.TITLE, Field.REQUIREMENT, Field.MEASURE, Field.BASIS} - {
            layout.requirement,
            layout.basis,
            layout.title,
        }
        for wanted in (*sorted(rest), *NOTED):
            self.note_columns(row, fields, self.header.columns_of(wanted))

    def _read_units(self, row: WorkRow, fields: RowFields) -> None:
        leads: list[str] = []
        units: list[str] = []
        for wanted in UNIT_FIELDS:
            for column in self.header.columns_of(wanted):
                is_for_both = "人" in self.header.headings[column].text
                for slot in row.cells.get(column, []):
                    cell = self._read_unit_cell(slot, fields, wanted, is_for_both=is_for_both)
                    leads.extend(cell.leads)
                    (leads if wanted is Field.LEAD_UNIT else units).extend(cell.plain)
                    units.extend(cell.assisting)
        fields.lead_units = tuple(dict.fromkeys(leads))
        fields.units = tuple(dict.fromkeys(unit for unit in units if unit not in fields.lead_units))

    def _read_unit_cell(self, slot: Slot, fields: RowFields, wanted: Field, *, is_for_both: bool) -> UnitCell:
        """Units and, from a column for both (责任单位及责任人) or a table without one of persons, the owners."""
        text = slot.passage.text
        takes_people = is_for_both or not self.header.columns_of(Field.OWNER)
        cell = read_unit_cell(text, takes_people=takes_people, is_for_both=is_for_both)
        fields.open_ended |= cell.is_open_ended
        for start, end in cell.marks:
            self.ledger.claim(slot.passage[start:end], Bucket.FURNITURE)
        people = tuple(cell.people)
        if is_for_both:
            outside = (person for person in split_people(slot.text) if looks_like_name(person.name))
            people += tuple(person for person in outside if person not in people)
            names = {person.name for person in people}
            for part in (cell.leads, cell.assisting, cell.plain):
                part[:] = [unit for unit in part if unit not in names and not _is_told(unit, people)]
        if people:
            fields.people[str(Field.OWNER)] = fields.people.get(str(Field.OWNER), ()) + people
            self._claim_words(slot, _words_of(people), fields, Field.OWNER)
        self._claim_words(slot, [*cell.leads, *cell.assisting, *cell.plain], fields, wanted)
        return cell

    def _read_people(self, row: WorkRow, fields: RowFields) -> None:
        for role in ROLES:
            columns = self.header.columns_of(role)
            people = list(fields.people.get(str(role), ()))
            for column in columns:
                for slot in row.cells.get(column, []):
                    own = self._people_of_cell(slot, column, fields, role)
                    people.extend(person for person in own if person not in people)
            people.extend(person for person in fields.people.get(str(role), ()) if person not in people)
            if columns or people:
                fields.people[str(role)] = tuple(people)

    def _people_of_cell(
        self, slot: Slot, column: int, fields: RowFields, role: Field
    ) -> Sequence[DraftPerson]:
        """The persons of this role; those whom the cell or the heading gives another one are handed on to theirs."""
        labelled, marks = read_labelled_people(slot.passage.text)
        if not labelled:
            found = split_people(slot.text)
            self._claim_words(slot, _words_of(found), fields, role)
            return self._apart(column, found, fields)
        for start, end in marks:
            self.ledger.claim(slot.passage[start:end], Bucket.FURNITURE)
        for other, persons in labelled.items():
            self._claim_words(slot, _words_of(persons), fields, other)
            if other is not role:
                _hand_on(fields, other, persons)
        return labelled.get(role, ())

    def _apart(self, column: int, found: Sequence[DraftPerson], fields: RowFields) -> Sequence[DraftPerson]:
        """Of a column for several roles (责任领导/责任人) the first one's person, the others given to theirs in order."""
        parts = self.header.headings[column].parts
        if len(parts) < 2 or len(found) != len(parts) or not set(parts) <= set(ROLES):
            return found
        for role, person in zip(parts[1:], found[1:], strict=True):
            _hand_on(fields, Field(role), [person])
        return found[:1]

    def _claim_words(self, slot: Slot, words: Sequence[str], fields: RowFields, wanted: Field) -> None:
        """The names are placed; what stands between them is furniture; anything else stays open and will be listed."""
        passage = slot.passage
        if is_none(slot.text):
            if slot.text:
                fields.marked_none.add(wanted)
            self.ledger.claim(passage, Bucket.FURNITURE)
            return
        for word in words:
            spread = r"\s*".join(map(re.escape, "".join(word.split())))
            for match in re.finditer(spread, passage.text):
                self.ledger.claim(passage[match.start() : match.end()], Bucket.PLACED)
        if words:
            for match in BETWEEN_NAMES.finditer(passage.text):
                self.ledger.claim(passage[match.start() : match.end()], Bucket.FURNITURE)

    def _read_rest(self, row: WorkRow, fields: RowFields) -> None:
        """Columns without a known heading keep their text under the heading that is printed."""
        unknown = [
            column
            for column in sorted(row.cells)
            if (heading := self.header.headings.get(column)) is None or heading.field is None
        ]
        self.note_columns(row, fields, unknown)


def _hand_on(fields: RowFields, role: Field, persons: Sequence[DraftPerson]) -> None:
    held = fields.people.get(str(role), ())
    fields.people[str(role)] = (*held, *(person for person in persons if person not in held))


def _words_of(people: Sequence[DraftPerson]) -> list[str]:
    """The names and what was said of them, as they stand in the cell."""
    return [word for person in people for word in (person.name, *re.split(r"[ 、]", person.remark)) if word]


def _is_told(unit: str, people: Sequence[DraftPerson]) -> bool:
    """Whether the word is a person with his office (钱小满科长) and not a unit."""
    return any(unit == person.name + person.remark for person in people)


def reference_day(year: int | None) -> date | None:
    return date(year, 1, 1) if year is not None else None
