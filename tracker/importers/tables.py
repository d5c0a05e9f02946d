"""From the blocks of a document to its tables: titles, pages joined, and the verdict what kind each table is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from tracker.importers.columns import (
    ROLES,
    TASK_FIELDS,
    UNIT_FIELDS,
    ColumnSynonyms,
    Field,
    normalise_heading,
)
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.draft import OpeningRow
from tracker.importers.grids import GridRow, Slot, is_footer, rows_of
from tracker.importers.headers import Header
from tracker.importers.ledger import Bucket, Ledger, Passage
from tracker.importers.sections import Section, assume_tasks, rehead, split_sections
from tracker.importers.side_by_side import blocks_of
from tracker.importers.source import Grid, Paragraph, SourceDocument
from tracker.importers.titles import (
    TITLE_WORDS,
    clean_title,
    is_page_line,
    looks_like_title,
    title_key,
    year_of_title,
)

SCORING_HEADINGS = (
    "一级指标",
    "二级指标",
    "三级指标",
    "指标说明",
    "评分标准",
    "评分细则",
    "扣分标准",
    "得分",
    "自评分",
)
SCORING_TITLES = ("评审细则", "评分细则", "考核细则", "评分标准", "评分表", "考核评分")
PERSON_LIST_HEADINGS = ("姓名", "职务", "职称", "性别", "手机号码", "身份证号", "工作单位", "执法证号")
SHEET_NAMES = ("sheet", "工作表")
LOOK_BACK = 5
OPENING_ROWS = 12
OPENING_COLUMNS = 40
OPENING_CHARACTERS = 60
ROW_NUMBER = re.compile(r"第(\d+)行")
LEFT_OUT = "协调员选择不导入"


@dataclass
class LogicalTable:
    """One table over all its pages. `reason` says why it is skipped; None for a responsibility table."""

    title: str
    header: Header | None
    where: str
    reason: str | None
    rows: list[GridRow] = field(default_factory=list)
    pieces: list[Passage] = field(default_factory=list)  # all that the table owns, titles and headers too
    nearby: list[str] = field(default_factory=list)  # words around it, where the year may stand
    pages: int = 1
    width: int = 0
    sheet: str | None = None
    number: int = 0  # in reading order, skipped ones included
    printed_title: str = ""
    opening: list[OpeningRow] = field(default_factory=list)
    reheaded: frozenset[tuple[str, ...]] = (
        frozenset()
    )  # the words of the heading rows that a coordinator named


@dataclass
class FoundBlocks:
    """The tables of a document and the paragraphs outside of them, in reading order."""

    tables: list[LogicalTable]
    loose: list[list[Paragraph]]


def find_tables(
    source: SourceDocument,
    ledger: Ledger,
    synonyms: ColumnSynonyms,
    corrections: Corrections = NO_CORRECTIONS,
) -> FoundBlocks:
    """Join the pages of each table and give it its title; titles and headers become furniture."""
    finder = _Finder(source, ledger, synonyms, corrections)
    for block in source.blocks:
        if isinstance(block, Paragraph):
            finder.pending.append(block)
        else:
            finder.take_grid(block)
    finder.flush()
    return FoundBlocks(finder.tables, finder.loose)


class _Finder:
    def __init__(
        self, source: SourceDocument, ledger: Ledger, synonyms: ColumnSynonyms, corrections: Corrections
    ) -> None:
        self.source, self.ledger, self.synonyms = source, ledger, synonyms
        self.corrections = corrections
        self.tables: list[LogicalTable] = []
        self.loose: list[list[Paragraph]] = []
        self.pending: list[Paragraph] = []

    def take_grid(self, grid: Grid) -> None:
        for block in blocks_of(rows_of(grid, self.ledger), self.synonyms):
            for section in split_sections(block, self.synonyms):
                self._take_section(section, grid)

    def flush(self) -> None:
        """The paragraphs since the last table belong to none."""
        words = [paragraph for paragraph in self.pending if paragraph.text.strip()]
        if words:
            self.loose.append(words)
        self.pending = []

    def _take_section(self, section: Section, grid: Grid) -> None:
        current = self.tables[-1] if self.tables else None
        section, is_named = self._reheaded(section)
        if current is not None and not is_named and self._continues(current, section, grid):
            self._give_repeated_titles(current)
            section = _without_repeats(section, current.reheaded)
        else:
            current = self._open_table(section, grid)
            current.opening = _opening(section)
            if is_named:
                current.reheaded = frozenset(_words_of(row) for row in section.header_rows)
            self.tables.append(current)
        current.pages += 1
        for row in section.title_rows + section.header_rows:
            current.pieces.extend(slot.passage for slot in row.own())
            self._claim_furniture(current, [slot.passage for slot in row.own()])
        if current.rows and section.body:
            _carry_cut_merges(current.rows[-1], section.body)
        for row in section.body:
            row.page = current.pages
            current.pieces.extend(slot.passage for slot in row.own())
            current.rows.append(row)

    def _reheaded(self, section: Section) -> tuple[Section, bool]:
        """The section under the headings that the coordinator named for the table that would begin here."""
        at = self.corrections.headings_at.get(len(self.tables))
        if at is None:
            return section, False
        found = rehead(section, at, self.synonyms)
        return found, found is not section

    def _continues(self, current: LogicalTable, section: Section, grid: Grid) -> bool:
        words = [each for each in self.pending if each.text.strip() and not is_page_line(each.text)]
        repeats = all(title_key(paragraph.text) == title_key(current.printed_title) for paragraph in words)
        if section.header is None:
            is_one_sheet = grid.sheet == current.sheet
            return (
                repeats
                and is_one_sheet
                and not section.title_rows
                and grid.column_count <= max(current.width, 1)
            )
        if current.header is None or not _same_header(section.header, current.header):
            return False
        titles = [_row_text(row) for row in section.title_rows if row.filled()]
        if titles:
            return all(title_key(title) == title_key(current.printed_title) for title in titles)
        return repeats

    def _give_repeated_titles(self, current: LogicalTable) -> None:
        pieces = [self.ledger.passage(paragraph) for paragraph in self.pending]
        current.pieces.extend(pieces)
        self._claim_furniture(current, pieces)
        self.pending = []

    def _claim_furniture(self, table: LogicalTable, pieces: Sequence[Passage]) -> None:
        """Titles and headers are furniture; those of a table that is skipped are skipped with it."""
        for piece in pieces:
            self.ledger.claim(piece, Bucket.SKIPPED if table.reason else Bucket.FURNITURE)

    def _open_table(self, section: Section, grid: Grid) -> LogicalTable:
        nearby = [paragraph.text for paragraph in self.pending[-LOOK_BACK:]]
        titles = [_row_text(row) for row in section.title_rows if row.filled() and not is_footer(row)]
        if titles:
            title, title_pieces = clean_title(_best_title(titles)), list[Passage]()
            nearby += titles
        else:
            title, title_pieces = self._title_before()
        self.flush()
        title = title or _sheet_title(grid) or PurePath(self.source.name).stem
        number = len(self.tables)
        header = self._header(section, number)
        reason = LEFT_OUT if number in self.corrections.excluded else judge(title, header)
        table = LogicalTable(title, header, grid.where, reason, nearby=nearby, pages=0, number=number)
        table.printed_title = title
        table.title = self.corrections.titles.get(number, title)
        table.sheet = grid.sheet
        table.pieces = list(title_pieces)
        self._claim_furniture(table, title_pieces)
        table.width = (
            max([grid.column_count, *(column + 1 for column in header.printed().headings)])
            if header
            else grid.column_count
        )
        return table

    def _header(self, section: Section, number: int) -> Header | None:
        if section.header is None:
            return None
        header = assume_tasks(section.header, section.body)
        return Header(self.corrections.headings(number, header.headings), header.row_count)

    def _title_before(self) -> tuple[str, list[Passage]]:
        """The nearest paragraph above that can be a title, joined with a first line that it carries on."""
        words = [paragraph for paragraph in self.pending if paragraph.text.strip()]
        near = [paragraph for paragraph in words[-LOOK_BACK:] if looks_like_title(paragraph.text)]
        telling = [paragraph for paragraph in near if TITLE_WORDS.search(paragraph.text)]
        best = telling[-1] if telling else (near[-1] if near and near[-1] is words[-1] else None)
        if best is None:
            return "", []
        lines = [best]
        place = next(place for place, paragraph in enumerate(words) if paragraph is best)
        if place and _carries_on(words[place - 1].text, best.text):
            lines.insert(0, words[place - 1])
        pieces = [self.ledger.passage(line) for line in lines]
        self.pending = [
            paragraph for paragraph in self.pending if not any(paragraph is line for line in lines)
        ]
        return "".join(clean_title(line.text) for line in lines), pieces


def judge(title: str, header: Header | None) -> str | None:
    """Why a table is no responsibility table, in Chinese; None where it is one.

    It is one where it names tasks together with the persons or units that answer for them.
    """
    if header is None:
        return "没有认出表头（至少需要任务列和责任单位或责任人列）"
    fields = header.fields()
    printed = [normalise_heading(heading.text) for heading in header.headings.values()]
    answers = fields & {Field.OWNER, Field.LEADER, *UNIT_FIELDS}
    is_scoring = any(heading.startswith(SCORING_HEADINGS) for heading in printed) or any(
        word in title for word in SCORING_TITLES
    )
    if is_scoring and not answers & {Field.OWNER, *UNIT_FIELDS}:
        return "评审细则或评分标准，不是责任分解表"
    if not fields & set(TASK_FIELDS):
        if any(heading.startswith(PERSON_LIST_HEADINGS) for heading in printed):
            return "人员名单或通讯录，不是责任分解表"
        if not (answers and fields & {Field.DELIVERABLES, Field.GROUP}):
            return "没有任务、问题或措施一列，不是责任分解表"
    if not fields & {*ROLES, *UNIT_FIELDS}:
        return "没有责任单位或责任人一列，不是责任分解表"
    return None


def year_nearby(table: LogicalTable) -> int | None:
    """A year in the words around the table (its subtitle, the line above it), where all agree on one."""
    years = {year for text in table.nearby if (year := year_of_title(text)) is not None}
    return years.pop() if len(years) == 1 else None


def _carry_cut_merges(last: GridRow, body: Sequence[GridRow]) -> None:
    """A merge that the page cut goes on: its cell on the new page is the one above, if it prints nothing of its own."""
    for column, slot in list(body[0].slots.items()):
        above = last.slots.get(column)
        if not slot.cell.continues_above or slot.text or above is None:
            continue
        for row in body[: slot.cell.row_span]:
            row.slots[column] = Slot(above.cell, above.passage, is_holder=False, row=row.where)


def _same_header(one: Header, other: Header) -> bool:
    if one.key == other.key:
        return True
    first, second = [text for _, text in one.key], [text for _, text in other.key]
    if first == second:
        return True
    agreeing = sum(left == right for left, right in zip(first, second, strict=False))
    return len(first) == len(second) and len(first) >= 4 and agreeing >= len(first) - 1


def _row_text(row: GridRow) -> str:
    return "".join(row.text(column) for column in row.filled())


def _best_title(titles: Sequence[str]) -> str:
    telling = [title for title in titles if TITLE_WORDS.search(title)]
    return telling[0] if telling else titles[0]


def _words_of(row: GridRow) -> tuple[str, ...]:
    return tuple("".join(row.text(column).split()) for column in row.filled())


def _without_repeats(section: Section, headings: frozenset[tuple[str, ...]]) -> Section:
    """The section of a further page, whose repeated headings only the coordinator knows, with those set apart."""
    repeated = [row for row in section.body if _words_of(row) in headings]
    if not repeated:
        return section
    body = [row for row in section.body if _words_of(row) not in headings]
    return Section(section.header, section.title_rows, [*section.header_rows, *repeated], body)


def _opening(section: Section) -> list[OpeningRow]:
    """The first rows as they are printed, each with as many cells as the widest has; wide ones are cut."""
    headings = {id(row) for row in section.header_rows}
    rows = sorted(
        [*section.title_rows, *section.header_rows, *section.body[:OPENING_ROWS]],
        key=lambda row: int(ROW_NUMBER.findall(row.where)[-1]),
    )[:OPENING_ROWS]
    columns = sorted({column for row in rows for column in row.filled()})[:OPENING_COLUMNS]
    return [
        OpeningRow(
            row.where,
            tuple(" ".join(row.text(column).split())[:OPENING_CHARACTERS] for column in columns),
            id(row) in headings,
        )
        for row in rows
    ]


def _sheet_title(grid: Grid) -> str:
    sheet = grid.sheet or ""
    return "" if sheet.lower().startswith(SHEET_NAMES) else sheet


def _carries_on(first: str, second: str) -> bool:
    """Whether a title is broken over two lines: the first ends openly, the second alone names no year."""
    one, two = clean_title(first), clean_title(second)
    return (
        looks_like_title(first)
        and TITLE_WORDS.search(one) is None
        and year_of_title(two) is None
        and (year_of_title(one) is not None or one.endswith(("及", "和", "的", "与")))
        and len(one) < 40
    )
