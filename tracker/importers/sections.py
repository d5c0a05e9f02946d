"""A grid cut at its heading rows: titles above, headings, and the rows below them."""

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
from tracker.importers.corrections import NO_HEADINGS
from tracker.importers.grids import GridRow, is_footer
from tracker.importers.headers import SURE, Header, find_header, header_at, headings_of
from tracker.importers.titles import looks_like_title

SHORTEST_TASK = 4  # characters a row, on the average
CHAPTER_ROW = re.compile(
    r"^\s*([一二三四五六七八九十]{1,3}\s*[、.．]|[(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十\d]{1,3}[章节部类]|[A-Z][.、])"
)


@dataclass
class Section:
    """Part of a grid under one heading; `header` is None for rows that go on from the page before."""

    header: Header | None
    title_rows: list[GridRow] = field(default_factory=list)
    header_rows: list[GridRow] = field(default_factory=list)
    body: list[GridRow] = field(default_factory=list)


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
    header = header_at(rows, position, synonyms, headings_of(rows[position], synonyms))
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
