"""One logical row into the fields of the draft; every character of its cells is claimed on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from tracker.deadlines import Deadline
from tracker.importers.columns import ROLES, UNIT_FIELDS, Field, is_beginning, is_period
from tracker.importers.draft import DraftDeliverable, DraftMilestone, DraftPerson, Note
from tracker.importers.grids import Slot
from tracker.importers.headers import Header
from tracker.importers.ledger import Bucket, Ledger, Passage
from tracker.importers.lists import ListItem, SplitList, split_lines, split_numbered, trim_separators
from tracker.importers.milestones import COMMAS, make_milestone, steps_of
from tracker.importers.name_shapes import is_none, looks_like_name
from tracker.importers.people import split_people
from tracker.importers.role_cells import read_labelled_people
from tracker.importers.row_fields import Layout, RowFields, bare
from tracker.importers.rows import SEQ_MARKS, WorkRow, bounds_of_seq
from tracker.importers.unit_cells import UnitCell, read_unit_cell

ParseDeadlines = Callable[[str], Sequence[Deadline]]
FIGURE = re.compile(r"\s*\d+(?:\.\d+)?\s*分?\s*")
LINES_AND_STOPS = re.compile(r"[\n；;]+")
LONGEST_LISTED_LINE = 60
BETWEEN_NAMES = re.compile(
    r"[、,，;；/／|。.：:()（）—–－_~\\-]|等(?:有关|相关)?(?:部门|单位|科室)?|以?及|和|与|无"
)
# Papers named one after the other in one line: 工作方案、总结报告. “方案、措施和人员落实” is no such list.
PAPER = re.compile(
    r"[^、，,；;。]{0,14}(?:方案|总结|报告|台账|清单|照片|记录|证明|证书|材料|文件|通知|通报|简报|意见|目录|名单|计划|制度|办法|纪要|合同|协议"
    r"|发票|凭证|报表|统计表|表|文本|试卷|试题|课件|案卷|函|批文|公告|公示|数据|信息|截图|影像|视频|图片|资料|说明|复印件|手册|规程|预案|批复|请示|决定|档案)"
    r"(?:[(（][^()（）]*[)）])?等?"
)
BETWEEN_PAPERS = re.compile(r"、")
NOTED = (Field.PROGRESS, Field.CONTACT, Field.REMARK)


class RowReader:
    """Reads the rows of one table. `holders` says which row holds a merged cell's content."""

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

    def read(self, row: WorkRow) -> RowFields:
        fields = RowFields()
        self._claim_headings(row, fields)
        self._read_texts(row, fields)
        self._read_units(row, fields)
        self._read_people(row, fields)
        fields.deliverables = self._read_deliverables(row, fields)
        fields.milestones = self._read_milestones(row, fields)
        self._read_rest(row, fields)
        for column, slots in row.cells.items():
            heading = self.header.headings.get(column)
            if heading is not None and heading.field is not None and any(slot.text for slot in slots):
                fields.places.setdefault(self.name_of(heading.field), slots[0].passage.where)
        return fields

    def name_of(self, wanted: Field) -> str:
        layout = self.layout
        for name, source in (
            ("requirement", layout.requirement),
            ("basis", layout.basis),
            ("title", layout.title),
        ):
            if wanted is source:
                return name
        return str(wanted)

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
        fields.requirement = self._text(row, fields, layout.requirement)
        fields.basis = self._text(row, fields, layout.basis)
        fields.title = self._text(row, fields, layout.title)
        fields.source = self._text(row, fields, Field.SOURCE)
        fields.score_cell = self._text(row, fields, Field.SCORE)
        if fields.score_cell and not FIGURE.fullmatch(fields.score_cell):
            heading = self.header.headings[self.header.columns_of(Field.SCORE)[0]].text
            fields.notes.append(Note(bare(heading), fields.score_cell))
        rest = {Field.TITLE, Field.REQUIREMENT, Field.MEASURE, Field.BASIS} - {
            layout.requirement,
            layout.basis,
            layout.title,
        }
        for wanted in (*sorted(rest), *NOTED):
            self._note_columns(row, fields, self.header.columns_of(wanted))

    def _text(self, row: WorkRow, fields: RowFields, wanted: Field | None) -> str:
        if wanted is None:
            return ""
        parts = []
        for column in self.header.columns_of(wanted):
            slots = row.cells.get(column, [])
            parts.append("".join(self._place(slot) for slot in slots))
            self._share(row, fields, self.name_of(wanted), slots)
        return "\n".join(part for part in parts if part)

    def _place(self, slot: Slot) -> str:
        if is_none(slot.text):
            self.ledger.claim(slot.passage, Bucket.FURNITURE)
            return ""
        self.ledger.claim(slot.passage, Bucket.PLACED)
        return re.sub(r"\s*\n\s*", "\n", slot.text)

    def _share(self, row: WorkRow, fields: RowFields, name: str, slots: Sequence[Slot]) -> bool:
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

    def _note_columns(self, row: WorkRow, fields: RowFields, columns: Sequence[int]) -> None:
        for column in columns:
            heading = self.header.headings.get(column)
            text = "".join(self._place(slot) for slot in row.cells.get(column, []) if slot.is_holder)
            if text:
                fields.notes.append(Note(bare(heading.text) if heading else f"第{column + 1}列", text))

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

    def _read_deliverables(self, row: WorkRow, fields: RowFields) -> tuple[DraftDeliverable, ...]:
        items = self._items(row, fields, Field.DELIVERABLES, LINES_AND_STOPS)
        return tuple(DraftDeliverable(item.n, _flat(text)) for item, text, _ in items)

    def _read_milestones(self, row: WorkRow, fields: RowFields) -> tuple[DraftMilestone, ...]:
        items = self._items(row, fields, Field.MILESTONES, LINES_AND_STOPS)
        return tuple(
            make_milestone(item.n, _flat(text), prefix, fields.title or fields.requirement, self.parse)
            for item, text, prefix in items
        )

    def _items(
        self, row: WorkRow, fields: RowFields, wanted: Field, pattern: re.Pattern[str]
    ) -> list[tuple[ListItem, str, str]]:
        """Items of all columns of a list field with their text and, for a column of periods, its heading."""
        found: list[tuple[ListItem, str, str]] = []
        columns = self.header.columns_of(wanted)
        beginnings = [column for column in columns if is_beginning(self.header.headings[column].text)]
        if len(columns) <= len(beginnings):
            beginnings = []
        for column in (column for column in columns if column not in beginnings):
            heading = self.header.headings[column].text
            prefix = bare(heading) if wanted is Field.MILESTONES and is_period(heading) else ""
            slots = row.cells.get(column, [])
            if self._share(row, fields, str(wanted), slots):
                continue
            for position, slot in enumerate(slot for slot in slots if slot.is_holder):
                if is_none(slot.text):
                    if slot.text:
                        fields.marked_none.add(wanted)
                    self.ledger.claim(slot.passage, Bucket.FURNITURE)
                    continue
                split = self._split(slot.passage, wanted, pattern)
                fields.problems.extend((bare(heading), problem) for problem in split.problems)
                self._keep_preamble(split, heading, fields)
                items = [(item, item.body.text, prefix) for item in split.items]
                if position and found and items and not items[0][0].is_numbered:
                    last, text, own = found[-1]
                    found[-1] = (last, text + items.pop(0)[1], own)
                found.extend(items)
        return self._with_beginnings(row, fields, beginnings, _renumbered(found))

    def _with_beginnings(
        self,
        row: WorkRow,
        fields: RowFields,
        columns: Sequence[int],
        items: list[tuple[ListItem, str, str]],
    ) -> list[tuple[ListItem, str, str]]:
        """开始时间 and 结束时间 of one step are one window; a beginning that fits nowhere is kept as a note."""
        for column in columns:
            slots = row.cells.get(column, [])
            text = "".join(slot.text for slot in slots if slot.is_holder and not is_none(slot.text))
            whole = f"{text}至{items[0][1]}" if text and len(items) == 1 else ""
            deadlines = self.parse(whole) if whole else ()
            if len(deadlines) == 1 and deadlines[0].start is not None:
                items = [(items[0][0], whole, items[0][2])]
                for slot in slots:
                    self._place(slot)
            else:
                self._note_columns(row, fields, [column])
        return items

    def _split(self, passage: Passage, wanted: Field, pattern: re.Pattern[str]) -> SplitList:
        split = split_numbered(passage, self.ledger)
        if split is None:
            if self._is_plainly_a_list(passage, wanted, pattern):
                split = SplitList(split_lines(passage, self.ledger, pattern))
            elif wanted is Field.DELIVERABLES and _names_papers(passage.text):
                split = SplitList(split_lines(passage, self.ledger, BETWEEN_PAPERS))
            elif wanted is Field.MILESTONES and len(steps_of(passage.text, self.parse)) > 1:
                split = SplitList(split_lines(passage, self.ledger, COMMAS))
            else:
                body = trim_separators(passage, self.ledger)
                split = SplitList((ListItem(1, body, is_numbered=False),) if body else ())
        for item in split.items:
            self.ledger.claim(item.body, Bucket.PLACED)
        return split

    def _is_plainly_a_list(self, passage: Passage, wanted: Field, pattern: re.Pattern[str]) -> bool:
        parts = [part.strip() for part in pattern.split(passage.text) if part.strip()]
        if len(parts) < 2:
            return False
        if wanted is Field.MILESTONES:
            return all(self.parse(part) for part in parts)
        return all(len(part) <= LONGEST_LISTED_LINE for part in parts)

    def _keep_preamble(self, split: SplitList, heading: str, fields: RowFields) -> None:
        if split.preamble is not None:
            self.ledger.claim(split.preamble, Bucket.PLACED)
            fields.notes.append(Note(bare(heading), _flat(split.preamble.text)))

    def _read_rest(self, row: WorkRow, fields: RowFields) -> None:
        """Columns without a known heading keep their text under the heading that is printed."""
        unknown = [
            column
            for column in sorted(row.cells)
            if (heading := self.header.headings.get(column)) is None or heading.field is None
        ]
        self._note_columns(row, fields, unknown)


def _hand_on(fields: RowFields, role: Field, persons: Sequence[DraftPerson]) -> None:
    held = fields.people.get(str(role), ())
    fields.people[str(role)] = (*held, *(person for person in persons if person not in held))


def _names_papers(text: str) -> bool:
    parts = text.strip(" \n。；;").split("、")
    return len(parts) > 1 and all(PAPER.fullmatch(part.strip()) for part in parts)


def _renumbered(items: list[tuple[ListItem, str, str]]) -> list[tuple[ListItem, str, str]]:
    """Items without printed numbers count on over all their columns."""
    if any(item.is_numbered for item, _, _ in items):
        return items
    return [(ListItem(n, item.body, False), text, prefix) for n, (item, text, prefix) in enumerate(items, 1)]


def _words_of(people: Sequence[DraftPerson]) -> list[str]:
    """The names and what was said of them, as they stand in the cell."""
    return [word for person in people for word in (person.name, *re.split(r"[ 、]", person.remark)) if word]


def _is_told(unit: str, people: Sequence[DraftPerson]) -> bool:
    """Whether the word is a person with his office (钱小满科长) and not a unit."""
    return any(unit == person.name + person.remark for person in people)


def _flat(text: str) -> str:
    """A list item on one line: line breaks inside it were made by the column's width."""
    return re.sub(r"\s*\n\s*", "", text).strip()


def reference_day(year: int | None) -> date | None:
    return date(year, 1, 1) if year is not None else None
