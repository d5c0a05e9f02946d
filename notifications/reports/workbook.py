"""The report as a workbook to sort and filter: every list in full, days as days, rates as formulas.

Formulas carry their results, so a viewer that does not calculate shows them as well.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from notifications.reports.mail import NOTES
from notifications.reports.sections import Column, list_sections
from notifications.reports.snapshot import Snapshot
from notifications.reports.wording import (
    TITLE,
    as_of_text,
    has_nothing,
    list_measured,
    list_points,
    summary,
    week_text,
)
from tracker.archive.container import stamp_of, zip_bytes
from tracker.archive.printing import printable
from tracker.figures.values import Ratio, Tally, UnitRow, WeeklyFigures
from tracker.lights import LIGHT_NAMES, WORST_FIRST, Light

_LIGHT_FILLS = {
    Light.RED: ("#f4c7c3", "#7a1a12"),
    Light.YELLOW: ("#fbe7b2", "#6b4a00"),
    Light.YELLOW_BLUE: ("#dfe3ee", "#2a3a66"),
    Light.GREEN: ("#d3ead9", "#1e5632"),
    Light.BLUE: ("#d2e3f5", "#17406f"),
    Light.GREY: ("#eceff1", "#465361"),
}
_MOST_CHARACTERS = 32_000  # a cell holds 32,767


def workbook_of(snapshot: Snapshot) -> bytes:
    """The workbook; the same snapshot makes the same bytes."""
    buffer = io.BytesIO()
    # text of the register stays text: no formula, no link, no number is made of it
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties(
        {
            "title": f"{TITLE} {week_text(snapshot.figures)}",
            "author": "盯办",
            "created": snapshot.made_at.astimezone(UTC).replace(tzinfo=None),
        }
    )
    _Sheets(workbook, snapshot.figures).write()
    workbook.close()
    with zipfile.ZipFile(buffer) as package:
        members = [(info.filename, package.read(info)) for info in package.infolist()]
    return zip_bytes(members, stamp_of(snapshot.made_at))


class _Sheets:
    def __init__(self, workbook: Any, figures: WeeklyFigures) -> None:
        self._workbook = workbook
        self._figures = figures
        base = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
        ruled = base | {"border": 1, "border_color": "#b4bcc6"}
        self._title = workbook.add_format(base | {"font_size": 16, "bold": True, "font_name": "黑体"})
        self._plain = workbook.add_format(base)
        self._head = workbook.add_format(
            ruled | {"bold": True, "bg_color": "#e6eaee", "align": "center", "text_wrap": True}
        )
        self._formats = {
            "text": workbook.add_format(ruled | {"text_wrap": True}),
            "names": workbook.add_format(ruled | {"text_wrap": True}),
            "label": workbook.add_format(ruled | {"align": "center"}),
            "number": workbook.add_format(ruled | {"align": "center", "num_format": "0"}),
            "points": workbook.add_format(ruled | {"align": "center", "num_format": "0.###;-0.###;0"}),
            "rate": workbook.add_format(ruled | {"align": "center", "num_format": "0.0%"}),
            "date": workbook.add_format(ruled | {"align": "center", "num_format": "yyyy-mm-dd"}),
        }

    def write(self) -> None:
        self._write_overview()
        if has_nothing(self._figures):
            return
        for section in list_sections(self._figures):
            columns: tuple[Column[Any], ...] = section.columns
            sheet = self._begin(section.sheet, [(column.heading, column.wide) for column in columns])
            for place, cells in enumerate(section.cells(columns), start=1):
                for column, (shape, cell) in enumerate(zip(columns, cells, strict=True)):
                    self._put(sheet, place, column, cell, shape.kind)
            if not section.rows:
                sheet.write_string(1, 0, section.empty, self._plain)
            self._finish(sheet, len(section.rows), len(columns))
        self._write_points()
        self._write_units()
        self._write_trend()

    def _begin(self, name: str, columns: Sequence[tuple[str, float]]) -> Any:
        """A sheet with its headings in the first row, which stays in view and is printed on every page."""
        sheet = self._workbook.add_worksheet(name)
        for column, (heading, wide) in enumerate(columns):
            sheet.write_string(0, column, heading, self._head)
            sheet.set_column(column, column, wide)
        sheet.set_row(0, 30)
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        self._set_page(sheet)
        return sheet

    def _set_page(self, sheet: Any) -> None:
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C第 &P 页 共 &N 页")

    def _finish(self, sheet: Any, rows: int, columns: int) -> None:
        sheet.autofilter(0, 0, max(rows, 1), columns - 1)
        for light in WORST_FIRST:
            fill, ink = _LIGHT_FILLS[light]
            shown = self._workbook.add_format({"bg_color": fill, "font_color": ink})
            rule = {"type": "cell", "criteria": "==", "value": f'"{LIGHT_NAMES[light]}"', "format": shown}
            if rows:
                sheet.conditional_format(1, 0, rows, columns - 1, rule)

    def _put(self, sheet: Any, row: int, column: int, value: Any, kind: str) -> None:
        shape = self._formats[kind]
        if value is None or value == "":
            sheet.write_blank(row, column, None, shape)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, shape)
        elif isinstance(value, int | float):
            sheet.write_number(row, column, value, shape)
        else:
            sheet.write_string(row, column, printable(str(value))[:_MOST_CHARACTERS], shape)

    def _put_rate(self, sheet: Any, row: int, column: int, formula: str, ratio: Ratio) -> None:
        """A rate as a formula over counts on the same sheet, empty where there is nothing to count."""
        result: float | str = "" if ratio.rate is None else ratio.rate
        sheet.write_formula(row, column, formula, self._formats["rate"], result)

    def _write_overview(self) -> None:
        figures = self._figures
        sheet = self._workbook.add_worksheet("概况")
        self._set_page(sheet)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 6, 13)
        sheet.set_column(7, 7, 60)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, TITLE, self._title)
        for row, said in enumerate(
            (week_text(figures), f"范围：{figures.scope_label}", as_of_text(figures)), start=1
        ):
            sheet.write_string(row, 0, said, self._plain)
        if has_nothing(figures):
            sheet.write_string(4, 0, summary(figures)[0], self._plain)
            return
        top = 5
        headings = ("指标", "本周", "上周", "增减", "本周分子", "本周分母", "上周分子÷分母", "计算方法")
        for column, heading in enumerate(headings):
            sheet.write_string(top, column, heading, self._head)
        sheet.freeze_panes(top + 1, 1)
        for row, line in enumerate(list_measured(figures), start=top + 1):
            self._put(sheet, row, 0, line.label, "text")
            self._put(sheet, row, 7, line.rule, "text")
            if isinstance(line.now, Ratio) and isinstance(line.before, Ratio):
                self._put_ratio_line(sheet, row, line.now, line.before)
            else:
                self._put_count_line(sheet, row, line.now, line.before)
        for row, note in enumerate(NOTES, start=top + 2 + len(list_measured(figures))):
            sheet.write_string(row, 0, note, self._plain)

    def _put_ratio_line(self, sheet: Any, row: int, now: Ratio, before: Ratio) -> None:
        part, whole = xl_rowcol_to_cell(row, 4), xl_rowcol_to_cell(row, 5)
        self._put_rate(sheet, row, 1, f'=IF({whole}=0,"",{part}/{whole})', now)
        self._put(sheet, row, 2, before.rate, "rate")
        both = now.rate is not None and before.rate is not None
        change = (now.rate or 0.0) - (before.rate or 0.0) if both else None
        self._put(sheet, row, 3, change, "rate")
        self._put(sheet, row, 4, now.part, "number")
        self._put(sheet, row, 5, now.whole, "number")
        self._put(sheet, row, 6, f"{before.part}÷{before.whole}", "label")

    def _put_count_line(self, sheet: Any, row: int, now: Any, before: Any) -> None:
        self._put(sheet, row, 1, now, "number")
        self._put(sheet, row, 2, before, "number")
        formula = f"={xl_rowcol_to_cell(row, 1)}-{xl_rowcol_to_cell(row, 2)}"
        sheet.write_formula(row, 3, formula, self._formats["number"], now - before)
        for column in (4, 5, 6):
            self._put(sheet, row, column, None, "number")

    def _write_points(self) -> None:
        rows = list(list_points(self._figures.totals.points))
        sheet = self._begin("分值", [("项目", 16), ("分值", 12), ("计算方法", 70)])
        for place, (label, value, rule) in enumerate(rows, start=1):
            self._put(sheet, place, 0, label, "text")
            self._put(sheet, place, 1, value, "points")
            self._put(sheet, place, 2, rule, "text")
        planned = self._figures.totals.points.planned
        sheet.write_formula(1, 1, "=SUM(B3:B6)", self._formats["points"], planned)
        self._finish(sheet, len(rows), 3)

    def _write_units(self) -> None:
        units = self._figures.units
        headings = [
            ("牵头部门", 20.0),
            *((heading, 9.0) for heading in _UNIT_COUNTS),
            *((each, 11.0) for each in _RATES),
        ]
        headings += [(heading, 9.0) for heading in ("已得分", "有风险", "失分", "扣分", "加分")]
        headings += [(LIGHT_NAMES[light], 8.0) for light in WORST_FIRST]
        sheet = self._begin("按部门", headings)
        for row, unit in enumerate(units, start=1):
            self._put(sheet, row, 0, unit.unit, "text")
            for column, value in enumerate(_unit_counts(unit.tally), start=1):
                self._put(sheet, row, column, value, "number")
            self._put_unit_rates(sheet, row, unit.tally)
            for column, value in enumerate(_unit_rest(unit), start=_AFTER_RATES):
                self._put(sheet, row, column, value, "points")
        if units:
            self._put_sums(sheet, len(units))
        self._finish(sheet, len(units), len(headings))

    def _put_unit_rates(self, sheet: Any, row: int, tally: Tally) -> None:
        first = 1 + len(_UNIT_COUNTS)
        ratios = (tally.completion, tally.on_time, tally.on_time_first)
        for place, (ratio, (part, whole)) in enumerate(zip(ratios, _RATE_COLUMNS, strict=True)):
            above, below = xl_rowcol_to_cell(row, part), xl_rowcol_to_cell(row, whole)
            self._put_rate(sheet, row, first + place, f'=IF({below}=0,"",{above}/{below})', ratio)

    def _put_sums(self, sheet: Any, units: int) -> None:
        """The whole, under the filter's reach."""
        row, totals = units + 1, self._figures.totals
        whole = UnitRow(None, "合计", totals, self._figures.lights)
        self._put(sheet, row, 0, whole.unit, "text")
        counted = list(enumerate(_unit_counts(totals), start=1))
        counted += list(enumerate(_unit_rest(whole), start=_AFTER_RATES))
        for column, value in counted:
            first, last = xl_rowcol_to_cell(1, column), xl_rowcol_to_cell(units, column)
            kind = "number" if column < _AFTER_RATES else "points"
            sheet.write_formula(row, column, f"=SUM({first}:{last})", self._formats[kind], value)
        self._put_unit_rates(sheet, row, totals)

    def _write_trend(self) -> None:
        columns = (
            "周次",
            "截至",
            "已办结",
            "累计下达",
            "办结率",
            "按时完成",
            "已到期",
            "按时办结率",
            "逾期节点",
        )
        sheet = self._begin("走势", [(heading, 12) for heading in columns])
        points = self._figures.trend
        for row, point in enumerate(points, start=1):
            self._put(sheet, row, 0, point.week, "label")
            self._put(sheet, row, 1, point.ends_on, "date")
            for first, ratio in ((2, point.completion), (5, point.on_time)):
                self._put(sheet, row, first, ratio.part, "number")
                self._put(sheet, row, first + 1, ratio.whole, "number")
                above, below = xl_rowcol_to_cell(row, first), xl_rowcol_to_cell(row, first + 1)
                self._put_rate(sheet, row, first + 2, f'=IF({below}=0,"",{above}/{below})', ratio)
            self._put(sheet, row, 8, point.overdue_milestones, "number")
        self._finish(sheet, len(points), len(columns))


_UNIT_COUNTS = (
    "任务",
    "在办",
    "办结",
    "中止",
    "逾期任务",
    "逾期节点",
    "已到期节点",
    "按时完成",
    "原定到期",
    "原定按时",
)
_RATES = ("办结率", "按时办结率（现行）", "按时办结率（原定）")
_RATE_COLUMNS = ((3, 1), (8, 7), (10, 9))  # part and whole of each rate
_AFTER_RATES = 1 + len(_UNIT_COUNTS) + len(_RATES)


def _unit_counts(tally: Tally) -> tuple[float, ...]:
    return (
        tally.total,
        tally.open,
        tally.closed,
        tally.suspended,
        tally.overdue,
        tally.overdue_milestones,
        tally.on_time.whole,
        tally.on_time.part,
        tally.on_time_first.whole,
        tally.on_time_first.part,
    )


def _unit_rest(unit: UnitRow) -> list[float]:
    points = unit.tally.points
    scored = [points.secured, points.at_risk, points.lost, points.deducted, points.bonus]
    return scored + [unit.lights.of(light) for light in WORST_FIRST]
