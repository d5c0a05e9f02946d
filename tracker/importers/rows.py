"""From physical rows to logical ones: 序号 and sub-rows, pieces of broken rows joined, rows that are none set apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tracker.importers.alignment import Vocabulary, align
from tracker.importers.columns import ROLES, TASK_FIELDS, UNIT_FIELDS, Field
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.draft import Diagnostic, Severity
from tracker.importers.grids import GridRow, Slot, is_footer, is_total
from tracker.importers.headers import Header
from tracker.importers.ledger import Bucket, Ledger, Passage
from tracker.importers.lists import Style, leading_number
from tracker.importers.sections import is_chapter
from tracker.importers.source import Cell
from tracker.importers.tables import LogicalTable
from tracker.importers.titles import title_key

SENTENCE_END = re.compile(r"[。；;！!？?.)）”》]\s*$")
# a clause cannot end before these marks or begin with these words: the line was broken by the column's width
OPEN_END = re.compile(r"[，,、：:（(《“〔和与及或的在对将把]$")
CLOSED_START = re.compile(r"^[，,、；;。：）)》”〕于的了等]")
SEQ_MARKS = "、.．。()（） \n"


@dataclass(eq=False)
class WorkRow:
    """A logical row on its way into the draft. A column may hold several slots where pieces were joined."""

    cells: dict[int, list[Slot]]
    where: str
    page: int
    knows_merges: bool
    seq: str = ""
    sub: int = 1
    label: str = ""
    chapter: Slot | None = None
    group: str = ""
    findings: list[Diagnostic] = field(default_factory=list)
    header: Header = field(default_factory=lambda: Header({}, 0))

    def slots(self, wanted: Field) -> list[Slot]:
        return [slot for column in self.header.columns_of(wanted) for slot in self.cells.get(column, [])]

    def text(self, wanted: Field) -> str:
        return "\n".join(slot.text for slot in self.slots(wanted) if slot.text)

    def has(self, *fields: Field) -> bool:
        return any(slot.text for wanted in fields for slot in self.slots(wanted))

    def has_only(self, *fields: Field) -> bool:
        allowed = {column for wanted in fields for column in self.header.columns_of(wanted)}
        return all(
            column in allowed or not any(slot.text for slot in slots) for column, slots in self.cells.items()
        )

    def note(
        self,
        code: str,
        severity: Severity,
        message: str,
        column: str | None = None,
        repair: str | None = None,
    ) -> None:
        self.findings.append(Diagnostic(code, severity, message, column, repair, self.where))


@dataclass
class SetApart:
    """Rows inside a table that are no tasks: totals, lines of the people who filled it in, printed titles."""

    totals: list[GridRow] = field(default_factory=list)
    footers: list[GridRow] = field(default_factory=list)
    titles: list[GridRow] = field(default_factory=list)
    dropped: list[GridRow] = field(default_factory=list)  # left out by the coordinator


def logical_rows(
    table: LogicalTable, ledger: Ledger, corrections: Corrections = NO_CORRECTIONS
) -> tuple[list[WorkRow], SetApart]:
    """All rows of a table, numbered; broken ones joined; shifted ones put right; cells as the coordinator wants them."""
    assert table.header is not None
    apart = SetApart()
    rows = _work_rows(table, table.header, apart, corrections)
    apply_edits(rows, table, ledger, corrections)
    rows = _join_continuations(rows)
    families = _families(rows)
    joined = [_join_pieces(family) for family in families]
    _number(joined)
    return [row for family in joined for row in family], apart


def content_number(row: WorkRow) -> tuple[Style, int] | None:
    """The number a row's own text begins with, by which sub-rows count up."""
    for wanted in (Field.BASIS, Field.REQUIREMENT, Field.TITLE, Field.MEASURE):
        for slot in row.slots(wanted):
            if slot.text and (number := leading_number(slot.text)) is not None:
                return number
    return None


def apply_edits(
    rows: Sequence[WorkRow], table: LogicalTable, ledger: Ledger, corrections: Corrections
) -> None:
    """Put the coordinator's words into their cells. Those of a merged cell are everybody's who shares it, unless
    they are put into a row that only shares it: then that row has a cell of its own.
    """
    replaced: dict[int, Passage] = {}
    for row in rows:
        for column, edit in corrections.of_row(table.number, row.where).items():
            passage = ledger.write(edit.text, f"{row.where}（手工）")
            table.pieces.append(passage)
            slot = row.cells[column][0] if row.cells.get(column) else None
            if slot is not None and slot.is_holder:
                ledger.claim(slot.passage, Bucket.PLACED)
                replaced[id(slot.cell)] = passage
            else:
                row.cells[column] = [
                    Slot(Cell(-1, column, edit.text), passage, is_holder=True, row=row.where)
                ]
            heading = row.header.headings.get(column)
            row.note("edited-cell", Severity.INFO, edit.message, heading.text if heading else None)
    for row in rows if replaced else ():
        for slots in row.cells.values():
            slots[:] = [
                replace(slot, passage=replaced[id(slot.cell)]) if id(slot.cell) in replaced else slot
                for slot in slots
            ]


def _work_rows(
    table: LogicalTable, header: Header, apart: SetApart, corrections: Corrections
) -> list[WorkRow]:
    vocabulary = Vocabulary(table.rows, header.printed())
    rows: list[WorkRow] = []
    chapter: Slot | None = None
    for row in table.rows:
        filled = row.filled()
        if not any(row.slots[column].is_holder for column in filled):
            continue
        only = row.slots[filled[0]] if len(filled) == 1 else None
        if (table.number, row.where) in corrections.dropped:
            apart.dropped.append(row)
        elif is_total(row):
            apart.totals.append(row)
        elif is_footer(row):
            apart.footers.append(row)
        elif only is not None and title_key(only.text) == title_key(table.printed_title):
            apart.titles.append(row)
        elif is_chapter(row, header):
            chapter = row.slots[filled[0]]
        else:
            aligned, finding = align(row, header.printed(), vocabulary)
            cells = {column: [slot] for column, slot in aligned.slots.items()}
            work = WorkRow(cells, row.where, row.page, row.knows_merges, chapter=chapter, header=header)
            if finding is not None:
                work.findings.append(finding)
            rows.append(work)
    return rows


def seq_of(row: WorkRow) -> str:
    text = next((slot.text for slot in row.slots(Field.SEQ) if slot.text), "")
    return "".join(text.split()).strip(SEQ_MARKS)


def bounds_of_seq(text: str) -> tuple[int, int]:
    """Where the number itself stands in the cell, without the marks around it."""
    start = len(text) - len(text.lstrip(SEQ_MARKS))
    return start, max(start, len(text.rstrip(SEQ_MARKS)))


def _join_continuations(rows: Sequence[WorkRow]) -> list[WorkRow]:
    """A row cut by the foot of a page goes on at the head of the next, without number and people; so does a line
    of text that a viewer broke where the column ended.
    """
    joined: list[WorkRow] = []
    for row in rows:
        is_cut = bool(joined) and row.page != joined[-1].page and _goes_on(joined[-1], row)
        if is_cut or (joined and _is_broken_line(joined[-1], row)):
            for column, slots in row.cells.items():
                joined[-1].cells.setdefault(column, []).extend(slot for slot in slots if slot.text)
            place = "上一页" if is_cut else "上一行"
            joined[-1].note(
                "continued-row",
                Severity.WARNING,
                f"{row.where}没有序号和责任人，文字接着{place}未完的句子，已并入上一行。请核对。",
                repair=f"与{joined[-1].where}合为一行",
            )
        else:
            joined.append(row)
    return joined


def _goes_on(above: WorkRow, row: WorkRow) -> bool:
    if seq_of(row) or row.has(*ROLES, *UNIT_FIELDS):
        return False
    filled = [(column, slots[0].text) for column, slots in row.cells.items() if slots[0].text]
    if not filled:
        return False
    for column, text in filled:
        before = "".join(slot.text for slot in above.cells.get(column, []))
        if not before or SENTENCE_END.search(before) or leading_number(text) is not None:
            return False
    return True


def _is_broken_line(above: WorkRow, row: WorkRow) -> bool:
    if row.knows_merges or not _goes_on(above, row):
        return False
    return any(
        OPEN_END.search("".join(slot.text for slot in above.cells.get(column, [])))
        or CLOSED_START.match(slots[0].text)
        for column, slots in row.cells.items()
        if slots[0].text
    )


def _families(rows: Sequence[WorkRow]) -> list[list[WorkRow]]:
    """Rows under one 序号 together; where the table prints none, every row stands alone."""
    has_numbers = any(seq_of(row) for row in rows)
    families: list[list[WorkRow]] = []
    last = ""
    for position, row in enumerate(rows):
        seq = seq_of(row)
        if not seq and has_numbers:
            seq = _next_number(rows, position) or (last if families else "")
        stays = bool(families) and (
            (has_numbers and seq == last)
            or (not has_numbers and _is_people_only(row) and not row.has(Field.SEQ))
        )
        if stays:
            families[-1].append(row)
        else:
            families.append([row])
        row.seq = last = seq
    return families


def _next_number(rows: Sequence[WorkRow], position: int) -> str | None:
    """The 序号 of a later row to which this unnumbered one belongs: the words were printed on a lower row of a merge.

    Proof is that the texts count up from 1 in this row to the one that carries the number.
    """
    first = content_number(rows[position])
    if first is None or first[1] != 1:
        return None
    for step, row in enumerate(rows[position + 1 :], 2):
        if content_number(row) != (first[0], step):
            return None
        if seq := seq_of(row):
            above = rows[position - 1] if position else None
            return None if above is not None and seq_of(above) == seq else seq
    return None


def _is_people_only(row: WorkRow) -> bool:
    return row.has(*ROLES, *UNIT_FIELDS) and row.has_only(*ROLES, *UNIT_FIELDS)


def _is_content_only(row: WorkRow) -> bool:
    return row.has(*TASK_FIELDS) and not row.has(*ROLES, *UNIT_FIELDS)


def _join_pieces(family: list[WorkRow]) -> list[WorkRow]:
    """Rows that hold only people are the other half of rows that hold only text, in the same order."""
    halves = [row for row in family if _is_people_only(row)]
    bodies = [row for row in family if _is_content_only(row)]
    if not halves:
        return family
    result: list[WorkRow] = []
    for row in family:
        if any(row is half for half in halves):
            if len(halves) <= len(bodies):
                continue
            if result:
                _add_people(result[-1], row)
                continue
        result.append(row)
    if len(halves) <= len(bodies):
        for half, body in zip(halves, bodies, strict=False):
            _unite(body, half)
    return result


def _unite(body: WorkRow, half: WorkRow) -> None:
    for column, slots in half.cells.items():
        own = body.cells.setdefault(column, [])
        own[:] = [slot for slot in own if slot.text] + [slot for slot in slots if slot.text]
    body.findings.extend(half.findings)
    body.note(
        "joined-row",
        Severity.WARNING,
        f"{half.where}只有单位和人员，{body.where}只有内容，按先后顺序合为一行。请核对是否同属一项。",
        repair=f"{half.where}的单位和人员并入{body.where}",
    )


def _add_people(row: WorkRow, half: WorkRow) -> None:
    for column, slots in half.cells.items():
        row.cells.setdefault(column, []).extend(slot for slot in slots if slot.text)
    row.note(
        "joined-row",
        Severity.WARNING,
        f"{half.where}只有单位和人员，已并入上一行。请核对是否为上一行的单位和人员。",
        repair=f"{half.where}并入{row.where}",
    )


def _number(families: Sequence[list[WorkRow]]) -> None:
    for running, family in enumerate(families, 1):
        seq = next((row.seq for row in family if row.seq), "")
        if not seq:
            seq = str(running)
            family[0].note(
                "seq-assigned",
                Severity.INFO,
                f"没有序号，按先后顺序编为{seq}。",
                repair=f"序号编为{seq}",
            )
        for sub, row in enumerate(family, 1):
            row.seq, row.sub = seq, sub
            row.label = f"{seq}.{sub}" if len(family) > 1 else seq
