"""Physical grids as rows of slots, and where in a grid the headings stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tracker.importers.columns import (
    ROLES,
    TASK_FIELDS,
    UNIT_FIELDS,
    ColumnSynonyms,
    Field,
    Heading,
    normalise_heading,
)
from tracker.importers.corrections import NO_HEADINGS, is_added
from tracker.importers.ledger import Ledger, Passage
from tracker.importers.source import Cell, Grid
from tracker.importers.titles import looks_like_title

LONGEST_HEADING_CELL = 30
SHORTEST_TASK = 4  # characters a row, on the average
SURE = 2
LEAD_WORDS = ("牵头", "主办", "主责", "主要", "第一")
ASSIST_WORDS = ("配合", "协办", "协助", "协同", "参与", "参加", "责任", "落实", "次要")
SUB_HEADINGS = (
    *LEAD_WORDS,
    *ASSIST_WORDS,
    "姓名",
    "职务",
    "单位",
    "个人",
    "部门",
    "领导",
    "开始",
    "结束",
    "启动",
    "完成",
    "起",
    "止",
)
TOTAL_ROW = re.compile(r"^\s*(合\s*计|总\s*计|小\s*计|共\s*计)")
FOOT_ROW = re.compile(
    r"^\s*(填表|制表|审核|填报|审批|编制|联系电话|联系人|报送|备\s*注\s*[:：]|注\s*[:：]|说\s*明\s*[:：]"
    r"|(?:单位|部门|主要|分管)?(?:负责人|领导)\s*[(（]?(?:签字|签名|签章)|签发|单位\s*[(（]盖章|(?:单位|日期|时间)\s*[:：])"
)
LEVEL = re.compile(r"[一二三四]级\s*(?:任务|目标|事项|工作|项目)$")
CHAPTER_ROW = re.compile(
    r"^\s*([一二三四五六七八九十]{1,3}\s*[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十\d]{1,3}[章节部类]|[A-Z][.、])"
)


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell as one row sees it; `is_holder` is false on the rows that a vertical merge covers.

    `row` is the place of the row that sees it, which stays where rows are joined.
    """

    cell: Cell
    passage: Passage
    is_holder: bool
    row: str = ""

    @property
    def text(self) -> str:
        return self.passage.text.strip()


@dataclass
class GridRow:
    """One physical row. `page` counts the physical grids of its table."""

    slots: dict[int, Slot]
    where: str
    knows_merges: bool
    page: int = 0

    def text(self, column: int) -> str:
        slot = self.slots.get(column)
        return slot.text if slot else ""

    def filled(self) -> list[int]:
        return [column for column, slot in sorted(self.slots.items()) if slot.text]

    def own(self) -> list[Slot]:
        """The slots whose cells begin in this row."""
        return [slot for _, slot in sorted(self.slots.items()) if slot.is_holder]


@dataclass(frozen=True)
class Header:
    """The headings of a table: one for each column, over one row or two."""

    headings: Mapping[int, Heading]
    row_count: int

    @property
    def key(self) -> tuple[tuple[int, str], ...]:
        return tuple(
            (column, normalise_heading(heading.text))
            for column, heading in sorted(self.printed().headings.items())
        )

    def printed(self) -> Header:
        """Without the columns that a coordinator added."""
        return Header(
            {column: heading for column, heading in self.headings.items() if not is_added(column)},
            self.row_count,
        )

    def fields(self) -> set[Field]:
        return {heading.field for heading in self.headings.values() if heading.field is not None}

    def columns_of(self, wanted: Field) -> list[int]:
        return _columns_of(self.headings, wanted)


@dataclass
class Section:
    """Part of a grid under one heading; `header` is None for rows that go on from the page before."""

    header: Header | None
    title_rows: list[GridRow] = field(default_factory=list)
    header_rows: list[GridRow] = field(default_factory=list)
    body: list[GridRow] = field(default_factory=list)


def rows_of(grid: Grid, ledger: Ledger) -> list[GridRow]:
    """Every physical row with the cells that begin in it and those that a merge carries down into it."""
    first = min((cell.row for cell in grid.cells), default=grid.row_count)  # a sheet may begin far down
    slots: list[dict[int, Slot]] = [{} for _ in range(first, grid.row_count)]
    for cell in grid.cells:
        passage = ledger.passage(cell)
        for row in range(cell.row, min(cell.row + cell.row_span, grid.row_count)):
            place = f"{grid.where}第{row + 1}行"
            slots[row - first].setdefault(
                cell.column, Slot(cell, passage, is_holder=row == cell.row, row=place)
            )
    return [
        GridRow(row_slots, f"{grid.where}第{number}行", grid.knows_merges)
        for number, row_slots in enumerate(slots, first + 1)
    ]


def split_sections(rows: Sequence[GridRow], synonyms: ColumnSynonyms) -> list[Section]:
    """Cut a grid at its heading rows; a heading row repeated in the grid stays with the first one's section."""
    sections = [Section(None)]
    position = 0
    while position < len(rows):
        header = find_header(rows, position, synonyms)
        if header is None:
            sections[-1].body.append(rows[position])
            position += 1
            continue
        used = list(rows[position : position + header.row_count])
        titles = _take_titles(sections[-1], header)
        sections.append(Section(header, titles, used))
        position += header.row_count
    return sections if sections[0].body else sections[1:]


def find_header(rows: Sequence[GridRow], position: int, synonyms: ColumnSynonyms) -> Header | None:
    """The header that begins at this row, or None."""
    row = rows[position]
    if any(len(slot.text) > LONGEST_HEADING_CELL for slot in row.slots.values()):
        return None
    headings = _headings_of(row, synonyms)
    if not _is_header(headings, row):
        return None
    return _header_at(rows, position, synonyms, headings)


def _header_at(
    rows: Sequence[GridRow], position: int, synonyms: ColumnSynonyms, headings: dict[int, Heading]
) -> Header:
    row = rows[position]
    below = rows[position + 1] if position + 1 < len(rows) else None
    if below is not None:
        joined = _join_broken_headings(row, below, synonyms) or _join_second_row(
            row, below, headings, synonyms
        )
        if joined is not None:
            return Header(_settled(joined), 2)
    return Header(_settled(headings), 1)


def _numbered(headings: Mapping[int, Heading], body: Sequence[GridRow]) -> dict[int, Heading]:
    """The headings with a number for every column that has words and no heading."""
    named = {column: heading for column, heading in headings.items() if heading.text.strip()}
    for column in sorted({column for row in body for column in row.filled()} - set(named)):
        named[column] = Heading(f"第{column + 1}列", None)
    return named


def rehead(section: Section, at: str, synonyms: ColumnSynonyms) -> Section:
    """The section with its headings in the row that a coordinator names, or with none but numbers (`NO_HEADINGS`).

    What stands above is a title where it is one cell, else furniture. Where no such row is in it, it stays as it is.
    """
    rows = [*section.title_rows, *section.header_rows, *section.body]
    if at == NO_HEADINGS:
        return Section(Header(_numbered({}, rows), 0), body=rows)
    position = next((number for number, row in enumerate(rows) if row.where == at), None)
    if position is None:
        return section
    header = _header_at(rows, position, synonyms, _headings_of(rows[position], synonyms))
    first = position + header.row_count
    above, used, body = rows[:position], rows[position:first], rows[first:]
    titles = [row for row in above if len(row.filled()) < 2]
    used = [row for row in above if len(row.filled()) > 1] + used
    return Section(Header(_numbered(header.headings, body), header.row_count), titles, used, body)


def assume_tasks(header: Header, body: Sequence[GridRow]) -> Header:
    """A heading nobody knows over the longest texts of a table with deadlines names its tasks; so assumed, and said.

    Only where the table prints when, and who: a list of goods or of addresses has long texts as well.
    """
    has = header.fields()
    sure = {heading.field for heading in header.headings.values() if heading.certainty >= SURE}
    if has & {*TASK_FIELDS} or not has & {*ROLES, *UNIT_FIELDS} or Field.MILESTONES not in sure:
        return header
    lengths = {
        column: sum(len(row.text(column)) for row in body if column in row.slots)
        for column, heading in header.headings.items()
        if heading.field is None and normalise_heading(heading.text)
    }
    longest = max(lengths, key=lambda column: lengths[column], default=None)
    if longest is None or lengths[longest] < SHORTEST_TASK * len(body):
        return header
    assumed = Heading(header.headings[longest].text, Field.REQUIREMENT)
    return Header({**header.headings, longest: assumed}, header.row_count)


def is_total(row: GridRow) -> bool:
    texts = [row.text(column) for column in row.filled()[:2]]
    return any(TOTAL_ROW.match(text) and len(text) < 12 for text in texts)


def is_footer(row: GridRow) -> bool:
    """Lines under a table: who filled it in, a note."""
    filled = row.filled()
    return bool(filled) and FOOT_ROW.match(row.text(filled[0])) is not None


def is_chapter(row: GridRow, header: Header) -> bool:
    """A row that holds nothing but a heading for the rows below it (一、水污染防治)."""
    filled = row.filled()
    if len(filled) != 1 or len(row.own()) == 0:
        return False
    slot = row.slots[filled[0]]
    if not slot.is_holder or len(slot.text) > 60 or slot.text.isdigit():
        return False
    spans_table = slot.cell.column_span >= max(2, len(header.headings) - 1)
    return spans_table or (filled[0] <= 1 and CHAPTER_ROW.match(slot.text) is not None)


def _headings_of(row: GridRow, synonyms: ColumnSynonyms) -> dict[int, Heading]:
    headings: dict[int, Heading] = {}
    for column, slot in sorted(row.slots.items()):
        if not slot.text:
            continue
        heading = synonyms.recognise(slot.text)
        for covered in range(column, column + slot.cell.column_span):
            headings.setdefault(covered, heading)
    return headings


def _settled(headings: Mapping[int, Heading]) -> dict[int, Heading]:
    """Settle columns that claim one field: only the first 序号 counts rows, and of two columns of tasks
    (重点工作, 分解任务) the first names what the second breaks down.
    """
    settled = dict(headings)
    for column in _columns_of(headings, Field.SEQ)[1:]:
        settled[column] = Heading(headings[column].text, None)
    _settle_levels(settled)
    tasks = _columns_of(settled, Field.REQUIREMENT)
    if (
        len(tasks) > 1
        and headings[tasks[0]] is not headings[tasks[1]]
        and not _columns_of(settled, Field.TITLE)
    ):
        settled[tasks[0]] = Heading(headings[tasks[0]].text, Field.TITLE, 2)
    return settled


def _settle_levels(settled: dict[int, Heading]) -> None:
    """一级任务, 二级任务, 三级任务: the last names the row, or is its task where no column breaks it down; the others group it."""
    levels = [column for column, heading in sorted(settled.items()) if LEVEL.match(heading.text.strip())]
    if len({id(settled[column]) for column in levels}) < 2:
        return
    last = levels[-1]
    others = {heading.field for column, heading in settled.items() if column not in levels}
    is_broken_down = bool(others & {Field.REQUIREMENT, Field.MEASURE})
    for column in levels[:-1]:
        settled[column] = Heading(settled[column].text, Field.GROUP, SURE)
    settled[last] = Heading(settled[last].text, Field.TITLE if is_broken_down else Field.REQUIREMENT, SURE)


def _columns_of(headings: Mapping[int, Heading], wanted: Field) -> list[int]:
    return [column for column, heading in sorted(headings.items()) if heading.field is wanted]


def _is_header(headings: Mapping[int, Heading], row: GridRow) -> bool:
    distinct = {id(heading): heading for heading in headings.values()}.values()
    if len(distinct) < 2:
        return False
    known = [heading for heading in distinct if heading.field is not None]
    exact = [heading for heading in known if heading.certainty == 3]
    fields = {heading.field for heading in known}
    has_sense = bool(fields & {*TASK_FIELDS, *UNIT_FIELDS, Field.SEQ, Field.GROUP})
    return has_sense and len(exact) >= 1 and len(fields) >= 2 and len(known) * 2 >= len(distinct)


def _join_second_row(
    row: GridRow, below: GridRow, headings: dict[int, Heading], synonyms: ColumnSynonyms
) -> dict[int, Heading] | None:
    """Two heading rows as one, where the second divides a heading of the first (责任人 over 牵头 and 配合)."""
    own = {column: slot for column, slot in below.slots.items() if slot.text and slot.is_holder}
    if (
        not own
        or len(own) >= len(headings)
        or not all(_is_sub_heading(slot.text, synonyms) for slot in own.values())
    ):
        return None
    joined = dict(headings)
    divided = 0
    for column, slot in own.items():
        left = [candidate for candidate in row.filled() if candidate <= column]
        if not left:
            return None
        top = row.slots[left[-1]]
        divided += column != left[-1] or top.cell.column_span > 1
        joined[column] = _sub_heading(top.text, slot.text, synonyms)
    return joined if divided else None


def _join_broken_headings(
    row: GridRow, below: GridRow, synonyms: ColumnSynonyms
) -> dict[int, Heading] | None:
    """Headings that a narrow column breaks over two lines of text (主责 over 单位), where most become known ones."""
    if row.knows_merges or row.filled() != below.filled():
        return None
    joined = {column: synonyms.recognise(row.text(column) + below.text(column)) for column in row.filled()}
    exact = sum(heading.certainty == 3 for heading in joined.values())
    return joined if exact * 2 > len(joined) else None


def _is_sub_heading(text: str, synonyms: ColumnSynonyms) -> bool:
    bare = normalise_heading(text)
    return len(bare) <= 10 and (bare.startswith(SUB_HEADINGS) or synonyms.recognise(text).field is not None)


def _sub_heading(top: str, sub: str, synonyms: ColumnSynonyms) -> Heading:
    above, own = synonyms.recognise(top), synonyms.recognise(sub)
    text, bare = f"{top}/{sub}", normalise_heading(sub)
    whole = synonyms.recognise(top + sub)
    if whole.certainty == 3 and own.certainty < 3:  # 主责 over 单位, broken by the column's width
        return Heading(text, whole.field, 3)
    if above.field in (Field.UNITS, Field.LEAD_UNIT):
        if (
            own.certainty == 3 or own.parts
        ):  # 责任分工 over 牵头领导 and 责任单位: the lower heading says it all
            return Heading(text, own.field, 3)
        if bare.startswith(LEAD_WORDS):
            return Heading(text, Field.LEAD_UNIT, 3)
        if bare.startswith(ASSIST_WORDS):
            return Heading(text, Field.UNITS, 3)
    if above.field in (Field.EXPEDITER, Field.OWNER, Field.LEADER, Field.MILESTONES) and (
        own.field in (None, Field.UNITS, Field.LEAD_UNIT, Field.MILESTONES)
        and not bare.endswith(("单位", "部门"))
    ):
        return Heading(text, above.field, 2)
    return Heading(text, own.field or above.field, 2)


def _take_titles(section: Section, header: Header) -> list[GridRow]:
    """The rows of one cell right above a header: the table's printed title. A numbered line (二、…) is one where other
    headings follow, and a chapter of the same table where they are repeated.
    """
    titles: list[GridRow] = []
    is_repeated = section.header is not None and section.header.key == header.key
    while section.body and len(titles) < 3:
        row = section.body[-1]
        filled = row.filled()
        is_head_line = section.header is None and is_footer(row)  # 填报单位 above the first heading
        if len(filled) > 1 and not is_head_line:
            break
        text = row.text(filled[0]) if filled else ""
        if (
            filled
            and not is_head_line
            and (is_footer(row) or not looks_like_title(text) or (is_repeated and CHAPTER_ROW.match(text)))
        ):
            break
        titles.insert(0, section.body.pop())
    return titles
