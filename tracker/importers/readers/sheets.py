"""Reading `.xlsx` and `.xls`: one grid a visible sheet, each cell as the office sees it.

Rows and columns are the sheet's own, so that “第12行” is row 12 in Excel too; what lies beyond the last used cell is
left out. Formulas give the value that was saved with them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import product

from tracker.importers.readers.documents import ReadResult
from tracker.importers.readers.limits import ReadLimits
from tracker.importers.readers.refusals import check_span, refuse_too_many_cells, refuse_too_many_rows
from tracker.importers.readers.sheet_marks import DateShape, SheetMarks
from tracker.importers.readers.workbook_process import Place, RawSheet, Value, fetch_sheets
from tracker.importers.source import Cell, Grid, count_characters

_WIDEST_MERGE = 64  # a title merged over a whole row of Excel is a title, not 16 384 columns
_TALLEST_MERGE = 2_000


@dataclass(frozen=True)
class _Merge:
    first: Place
    last: Place

    @property
    def size(self) -> int:
        return (self.last[0] - self.first[0] + 1) * (self.last[1] - self.first[1] + 1)

    def covered(self) -> Iterator[Place]:
        """All places but the first, where the text stands."""
        rows, columns = range(self.first[0], self.last[0] + 1), range(self.first[1], self.last[1] + 1)
        return (place for place in product(rows, columns) if place != self.first)


def read_workbook(data: bytes, name: str, limits: ReadLimits, marks: Mapping[str, SheetMarks]) -> ReadResult:
    """Read all visible sheets. Raises SourceEncrypted, SourceDamaged or SourceTooLarge."""
    notes: list[str] = []
    grids: list[Grid] = []
    for sheet in fetch_sheets(data, name, limits):
        if reason := _why_skipped(sheet):
            notes.append(f"工作表“{sheet.name}”{reason}，已跳过。")
            continue
        sheet_marks = marks.get(sheet.name, SheetMarks())
        grid = _read_sheet(sheet, name, limits, sheet_marks)
        if grid is not None:
            grids.append(grid)
            notes.extend(_notes(grid.where, sheet_marks))
    margins = tuple(line for sheet_marks in marks.values() for line in sheet_marks.margins)
    return ReadResult(tuple(grids), tuple(notes), margins)


def _why_skipped(sheet: RawSheet) -> str | None:
    if not sheet.is_visible:
        return "是隐藏的"
    return None if sheet.is_table else "不是表格（图表或宏表）"


def _read_sheet(sheet: RawSheet, name: str, limits: ReadLimits, marks: SheetMarks) -> Grid | None:
    if sum(1 for row in sheet.values if any(value != "" for value in row)) > limits.max_rows:
        raise refuse_too_many_rows(name, limits)
    texts = _texts(sheet, marks)
    if not texts:
        return None
    rows, columns = [row for row, _ in texts], [column for _, column in texts]
    check_span((min(rows), min(columns)), (max(rows), max(columns)), name, limits)
    merges = _merges(sheet, _extent(texts, sheet.merges))
    if sum(merge.size for merge in merges) > limits.max_cells:
        raise refuse_too_many_cells(name, limits)
    return _lay_out(texts, merges, sheet.name, marks)


def _texts(sheet: RawSheet, marks: SheetMarks) -> dict[Place, str]:
    """The text of every cell that has one."""
    texts = dict(marks.errors)
    top, left = sheet.start
    for row, line in enumerate(sheet.values, start=top):
        for column, value in enumerate(line, start=left):
            if text := write_value(value, marks.shapes.get((row, column), DateShape.FULL)):
                texts[row, column] = text
    return texts


def _extent(texts: Mapping[Place, str], ranges: Sequence[tuple[Place, Place]]) -> Place:
    """The last used row and column; a merge with text counts as far as it reaches, unless it reaches absurdly far."""
    used = [(first, last) for first, last in ranges if first in texts]
    bottoms = [last[0] for first, last in used if last[0] - first[0] < _TALLEST_MERGE]
    rights = [last[1] for first, last in used if last[1] - first[1] < _WIDEST_MERGE]
    return max([*bottoms, *(row for row, _ in texts)]), max([*rights, *(column for _, column in texts)])


def _merges(sheet: RawSheet, extent: Place) -> list[_Merge]:
    """Merged ranges, cut at the last used row and column."""
    cut = ((first, (min(last[0], extent[0]), min(last[1], extent[1]))) for first, last in sheet.merges)
    return [_Merge(first, last) for first, last in cut if first[0] <= last[0] and first[1] <= last[1]]


def _lay_out(texts: Mapping[Place, str], merges: Sequence[_Merge], sheet: str, marks: SheetMarks) -> Grid:
    last_of = {merge.first: merge.last for merge in merges}
    covered = {place for merge in merges for place in merge.covered()}
    marks.covered_characters = sum(count_characters(texts.get(place, "")) for place in covered)
    bottom, right = _extent(texts, list(last_of.items()))
    top, left = min(row for row, _ in texts), min(column for _, column in texts)
    cells = []
    for place in product(range(top, bottom + 1), range(left, right + 1)):
        if place not in covered:
            (row, column), (last_row, last_column) = place, last_of.get(place, place)
            cells.append(
                Cell(row, column, texts.get(place, ""), last_row - row + 1, last_column - column + 1)
            )
    return Grid(tuple(cells), bottom + 1, right + 1, f"工作表“{sheet}”", knows_merges=True, sheet=sheet)


def write_value(value: Value, shape: DateShape = DateShape.FULL) -> str:
    """A value as text: 1.0 is “1”, a date is ISO or the part of it that is shown, true is “TRUE” as Excel says."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _write_number(value)
    if isinstance(value, date):
        return _write_date(value, shape)
    return _write_time(value)


def _write_number(number: float) -> str:
    if not math.isfinite(number):
        return str(number)
    return str(int(number)) if number == int(number) else format(number, ".15g")


def _write_date(day: date, shape: DateShape) -> str:
    if shape is DateShape.YEAR_MONTH:
        return f"{day.year}年{day.month}月"
    if shape is DateShape.MONTH_DAY:
        return f"{day.month}月{day.day}日"
    if isinstance(day, datetime) and day.time() != time.min:
        return day.strftime("%Y-%m-%d %H:%M")
    return day.strftime("%Y-%m-%d")


def _write_time(moment: time | timedelta) -> str:
    if isinstance(moment, time):
        return moment.strftime("%H:%M")
    minutes = round(moment.total_seconds() / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _notes(where: str, marks: SheetMarks) -> Iterator[str]:
    if marks.errors:
        row, column = min(marks.errors)
        yield f"{where}有{len(marks.errors)}个公式出错的单元格（首个在第{row + 1}行第{column + 1}列），请改正公式。"
    if marks.hidden_rows:
        yield f"{where}有{marks.hidden_rows}行被隐藏或筛掉，已一并读入。"
    if marks.covered_characters:
        yield f"{where}有{marks.covered_characters}个字符被合并单元格遮住，Excel 不显示，未导入。"
    if marks.hidden_columns:
        yield f"{where}有隐藏的列，已一并读入。"
