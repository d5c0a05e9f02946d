"""The program that opens workbooks, run in a process of its own by `workbook_process`.

calamine is fast, and aborts the whole process on some damaged files (tafia/calamine issues 684, 693, 714). Here it
can abort nothing but itself. Reads the file from standard input and prints one JSON document; imports none of ours.
"""

from __future__ import annotations

import io
import json
import math
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

MOST_MEMORY = 3 * 1024**3


def limit_memory() -> None:
    """Bytes of address space; where the system knows no such limit, the caller's time limit has to do."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def describe(data: bytes, most_cells: int) -> dict[str, Any]:
    """All sheets in order with their values and merges, or the reason why not."""
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
            sheets = []
            for metadata in workbook.sheets_metadata:
                is_visible = metadata.visible is SheetVisibleEnum.Visible
                is_table = metadata.typ is SheetTypeEnum.WorkSheet
                sheet: dict[str, Any] = {
                    "name": metadata.name,
                    "is_visible": is_visible,
                    "is_table": is_table,
                }
                if is_visible and is_table:
                    sheet |= describe_sheet(workbook.get_sheet_by_name(metadata.name), most_cells)
                sheets.append(sheet)
            return {"sheets": sheets}
    except PasswordError:
        return {"refused": "password"}
    except CalamineError as error:
        return {"refused": "damaged", "detail": str(error)}
    except OverflowError:
        return {"refused": "cells"}


def describe_sheet(sheet: CalamineSheet, most_cells: int) -> dict[str, Any]:
    if sheet.start is None or sheet.end is None:
        return {"start": None, "values": [], "merges": []}
    (top, left), (bottom, right) = sheet.start, sheet.end
    if (bottom - top + 1) * (right - left + 1) > most_cells:
        raise OverflowError
    values = [[plain(value) for value in line] for line in sheet.to_python(skip_empty_area=True)]
    return {"start": sheet.start, "values": values, "merges": sheet.merged_cell_ranges or []}


def plain(value: Any) -> Any:
    """A value that JSON knows; a date or a time as a pair of its kind and its text."""
    if isinstance(value, datetime):
        return ["moment", value.isoformat()]
    if isinstance(value, date):
        return ["day", value.isoformat()]
    if isinstance(value, time):
        return ["time", value.isoformat()]
    if isinstance(value, timedelta):
        return ["seconds", value.total_seconds()]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


if __name__ == "__main__":
    limit_memory()
    json.dump(describe(sys.stdin.buffer.read(), int(sys.argv[1])), sys.stdout)
