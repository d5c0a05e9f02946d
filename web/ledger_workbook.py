"""The ledger as a workbook (xlsx): the columns of the screen, every row of the filter, days as days.

Rows are written as they come and kept on disk, so that a hundred thousand take no more memory than a hundred.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.archive.printing import printable
from tracker.clock import OFFICE_ZONE
from tracker.errors import ValueRefused
from tracker.lights import Light, light_name
from tracker.queries.ledger_rows import LedgerRow
from workflows.roles import ROLE_LABELS, Role

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MOST_ROWS = 1_000_000  # a sheet holds 1,048,576
_MOST_CHARACTERS = 32_000  # a cell holds 32,767
_HEAD_ROWS = 3
_FILLS = {
    Light.RED: "#f4c7c3",
    Light.YELLOW: "#fbe7b2",
    Light.YELLOW_BLUE: "#dfe3ee",
    Light.GREEN: "#d3ead9",
    Light.BLUE: "#d2e3f5",
    Light.GREY: "#eceff1",
}
_COLUMNS: tuple[tuple[str, int, Callable[[LedgerRow], Any]], ...] = (
    ("编号", 7, lambda row: row.id),
    ("序号", 7, lambda row: row.label),
    ("任务", 46, lambda row: row.title),
    ("评审项目", 18, lambda row: row.group),
    ("专项工作", 22, lambda row: row.campaign),
    ("状态", 11, lambda row: row.state_label),
    ("灯", 12, lambda row: (row.light, row.is_backfilled)),
    ("最近时限", 12, lambda row: row.next_due_on or row.awaited_on),
    ("剩余天数", 9, lambda row: row.days_left),
    ("牵头部门", 18, lambda row: row.lead_unit),
    ("协办单位", 22, lambda row: "、".join(row.assisting_units)),
    (ROLE_LABELS[Role.OWNER], 16, lambda row: "、".join(row.people[Role.OWNER])),
    (ROLE_LABELS[Role.EXPEDITER], 16, lambda row: "、".join(row.people[Role.EXPEDITER])),
    (ROLE_LABELS[Role.LEADER], 16, lambda row: "、".join(row.people[Role.LEADER])),
)


def write_ledger(rows: Iterable[LedgerRow], *, filters: Sequence[str], by: str, at: datetime) -> Path:
    """Write the workbook into a temporary file and return its path; whoever asked removes it."""
    handle, name = tempfile.mkstemp(prefix="dingban-", suffix=".xlsx")
    os.close(handle)
    path = Path(name)
    try:
        with _opened(path, at) as workbook:
            _write(workbook, rows, filters, by, at)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _opened(path: Path, at: datetime) -> Any:
    # text of the register stays text: no formula, no link, no number is made of it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter  # 3 MB, loaded when the first list is exported

    workbook = xlsxwriter.Workbook(str(path), options)
    created = at.astimezone(UTC).replace(tzinfo=None)
    workbook.set_properties({"title": "任务台账", "author": "盯办", "created": created})
    return workbook


def _write(workbook: Any, rows: Iterable[LedgerRow], filters: Sequence[str], by: str, at: datetime) -> None:
    base = {"font_name": "宋体", "font_size": 10, "valign": "vcenter"}
    ruled = base | {"border": 1, "border_color": "#b4bcc6", "text_wrap": True}
    plain, day = workbook.add_format(ruled), workbook.add_format(ruled | {"num_format": "yyyy-mm-dd"})
    lights = {light: workbook.add_format(ruled | {"bg_color": fill}) for light, fill in _FILLS.items()}
    head = workbook.add_format(ruled | {"bold": True, "bg_color": "#e6eaee", "align": "center"})
    sheet = workbook.add_worksheet("任务台账")
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROWS - 1)
    sheet.freeze_panes(_HEAD_ROWS, 3)
    for place, (_, width, _) in enumerate(_COLUMNS):
        sheet.set_column(place, place, width)
    sheet.write_string(0, 0, "任务台账", workbook.add_format(base | {"bold": True, "font_size": 14}))
    moment = f"{at.astimezone(OFFICE_ZONE):%Y-%m-%d %H:%M}"
    said = f"{moment}　{by}导出　筛选条件：{'；'.join(filters) if filters else '无'}"
    sheet.write_string(1, 0, printable(said)[:_MOST_CHARACTERS], workbook.add_format(base))
    for place, (title, _, _) in enumerate(_COLUMNS):
        sheet.write_string(_HEAD_ROWS - 1, place, title, head)
    last = _HEAD_ROWS - 1
    for last, row in enumerate(rows, _HEAD_ROWS):
        if last - _HEAD_ROWS >= _MOST_ROWS:
            raise ValueRefused("任务超过一百万项，一张工作表放不下，请加上筛选条件后再导出。")
        for place, (_, _, value_of) in enumerate(_COLUMNS):
            _write_cell(sheet, last, place, value_of(row), plain, day, lights)
    sheet.autofilter(_HEAD_ROWS - 1, 0, last, len(_COLUMNS) - 1)


def _write_cell(sheet: Any, line: int, place: int, value: Any, plain: Any, day: Any, lights: Any) -> None:
    if isinstance(value, tuple):
        light, is_backfilled = value
        sheet.write_string(line, place, light_name(light, is_backfilled=is_backfilled), lights[light])
    elif isinstance(value, str):
        sheet.write_string(line, place, printable(value)[:_MOST_CHARACTERS], plain)
    elif isinstance(value, int):
        sheet.write_number(line, place, value, plain)
    elif value is None:
        sheet.write_blank(line, place, None, plain)
    else:
        sheet.write_datetime(line, place, datetime.combine(value, datetime.min.time()), day)
