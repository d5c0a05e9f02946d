"""Which row holds the headings, and what the headings of its columns are, over one row or two."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracker.importers.columns import (
    TASK_FIELDS,
    UNIT_FIELDS,
    ColumnSynonyms,
    Field,
    Heading,
    normalise_heading,
)
from tracker.importers.corrections import is_added
from tracker.importers.grids import GridRow

LONGEST_HEADING_CELL = 30
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
LEVEL = re.compile(r"[一二三四]级\s*(?:任务|目标|事项|工作|项目)$")


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


def find_header(rows: Sequence[GridRow], position: int, synonyms: ColumnSynonyms) -> Header | None:
    """The header that begins at this row, or None."""
    row = rows[position]
    if any(len(slot.text) > LONGEST_HEADING_CELL for slot in row.slots.values()):
        return None
    headings = headings_of(row, synonyms)
    if not _is_header(headings, row):
        return None
    return header_at(rows, position, synonyms, headings)


def header_at(
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


def headings_of(row: GridRow, synonyms: ColumnSynonyms) -> dict[int, Heading]:
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
