"""An office's own calendar as a file: 日期, 类型 (休/班/节), 名称, separated by commas or tabs."""

from __future__ import annotations

import csv
from datetime import date

from tracker.calendar.days import CalendarDay, DayKind, WorkCalendar
from tracker.errors import TrackerError

_HEADINGS = ("日期", "类型", "名称")
_COLUMNS = "“日期、类型、名称”三列，类型为休、班、节之一"


class CalendarFileError(TrackerError):
    """The calendar file cannot be used; `problems` lists every bad line, in Chinese."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("；".join(problems) + "。")


def read_calendar_file(text: str) -> WorkCalendar:
    """Read a CSV or TSV of published days. Raises CalendarFileError naming every line that cannot be read."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not any(line.strip() for line in lines):
        raise CalendarFileError([f"日历文件是空的，应有{_COLUMNS}"])
    delimiter = "\t" if "\t" in lines[0] else ","
    table = list(csv.reader(lines, delimiter=delimiter))
    if tuple(cell.strip() for cell in table[0][:2]) != _HEADINGS[:2]:
        raise CalendarFileError([f"第 1 行应为标题行，依次为{_COLUMNS}"])
    return WorkCalendar.from_rows(_read_rows(table[1:]))


def _read_rows(table: list[list[str]]) -> list[CalendarDay]:
    rows: dict[date, CalendarDay] = {}
    problems: list[str] = []
    for number, cells in enumerate(table, start=2):  # line 1 holds the headings
        if not any(cell.strip() for cell in cells):
            continue
        found = _read_row(cells)
        if isinstance(found, str):
            problems.append(f"第 {number} 行{found}")
        elif found.day in rows:
            problems.append(f"第 {number} 行的日期 {found.day} 与前面重复，每天只应出现一次")
        else:
            rows[found.day] = found
    if not rows and not problems:
        problems.append("日历文件只有标题行，没有任何日期")
    if problems:
        raise CalendarFileError(problems)
    return list(rows.values())


def _read_row(cells: list[str]) -> CalendarDay | str:
    """The day of one line, or what is wrong with it."""
    if len(cells) < 2:
        return f"列数不足，应有{_COLUMNS}"
    raw_day, raw_kind = cells[0].strip(), cells[1].strip()
    try:
        day = date.fromisoformat(raw_day.replace("/", "-"))
    except ValueError:
        return f"的日期“{raw_day}”读不出来，应写成 2025-10-01"
    if raw_kind not in set(DayKind):
        return f"的类型“{raw_kind}”不认识，应为休、班、节之一"
    return CalendarDay(day, DayKind(raw_kind), cells[2].strip() if len(cells) > 2 else "")
