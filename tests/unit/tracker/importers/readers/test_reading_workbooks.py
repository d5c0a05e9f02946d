"""Workbooks, new and old: cells as the office sees them, merges where they are, sheets in order."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from tests.samples_of_compound import Value, build_excel_97
from tests.samples_of_word import zip_of
from tracker.importers.errors import SourceClassified, SourceTooLarge, SourceUnsupported
from tracker.importers.readers import ReadLimits, read_source_bytes
from tracker.importers.readers.sheet_marks import DateShape, date_shape
from tracker.importers.readers.sheets import write_value
from tracker.importers.source import Cell, Grid, SourceDocument

DAY = datetime(2024, 5, 31)  # noqa: DTZ001 -- what a spreadsheet stores has no zone
SERIAL = 45443.0  # the same day as Excel counts


def build_xlsx(fill: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(workbook)
    workbook.close()
    return buffer.getvalue()


def read(fill: Callable[[Any], None], limits: ReadLimits | None = None) -> SourceDocument:
    return read_source_bytes(build_xlsx(fill), "甲.xlsx", limits=limits or ReadLimits())


def grids(document: SourceDocument) -> list[Grid]:
    return [block for block in document.blocks if isinstance(block, Grid)]


def text_at(document: SourceDocument, row: int, column: int) -> str:
    return next(cell.text for cell in grids(document)[0].cells if (cell.row, cell.column) == (row, column))


class TestWriteValue:
    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (1.0, "1"), (12, "12"), (0.1 + 0.2, "0.3"), (0.15, "0.15"), (-2.5, "-2.5"), (True, "TRUE"), (False, "FALSE"),
            (1e15, "1000000000000000"), (float("inf"), "inf"), (" 甲\r\n乙 ", "甲\n乙"), ("", ""),
            (date(2024, 5, 31), "2024-05-31"), (DAY, "2024-05-31"), (DAY.replace(hour=8, minute=30), "2024-05-31 08:30"),
            (time(8, 5), "08:05"), (timedelta(hours=26, minutes=5), "26:05"),
        ],
    )  # fmt: skip
    def test_writes_what_the_cell_shows(self, value: Any, written: str) -> None:
        assert write_value(value) == written


class TestDateShape:
    @pytest.mark.parametrize(
        ("number_format", "code", "shape"),
        [
            (14, None, DateShape.FULL), (58, None, DateShape.MONTH_DAY), (57, None, DateShape.YEAR_MONTH),
            (164, 'm"月"d"日"', DateShape.MONTH_DAY), (164, 'yyyy"年"m"月";@', DateShape.YEAR_MONTH),
            (164, '[$-804]yyyy"年"m"月"d"日"', DateShape.FULL), (164, "h:mm", DateShape.FULL), (164, "mm:ss", DateShape.FULL),
            (164, "General", DateShape.FULL), (164, "0.00%", DateShape.FULL), (58, "0.0", DateShape.FULL),
        ],
    )  # fmt: skip
    def test_tells_which_parts_are_shown(
        self, number_format: int, code: str | None, shape: DateShape
    ) -> None:
        assert date_shape(number_format, code) is shape


class TestXlsx:
    @given(st.data())
    def test_random_merges_are_read_back(self, data: st.DataObject) -> None:
        rows, columns = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 5))
        heights = data.draw(st.lists(st.integers(1, 3), min_size=columns, max_size=columns))
        expected: list[Cell] = []

        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet("表")
            for column, height in enumerate(heights):  # every column is cut into pieces of one height
                for top in range(0, rows, height):
                    last = min(top + height, rows) - 1
                    text = f"格{top}·{column}"
                    expected.append(Cell(top, column, text, last - top + 1))
                    if last > top:
                        sheet.merge_range(top, column, last, column, text)
                    else:
                        sheet.write(top, column, text)

        (grid,) = grids(read(fill))

        assert grid.cells == tuple(sorted(expected, key=lambda cell: (cell.row, cell.column)))
        assert (grid.row_count, grid.column_count, grid.knows_merges) == (rows, columns, True)

    def test_rows_are_numbered_as_in_the_sheet_and_ends_are_trimmed(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet("表")
            sheet.write(3, 2, "甲")
            sheet.write_blank(90, 9, None, workbook.add_format({"bg_color": "yellow"}))

        (grid,) = grids(read(fill))

        assert grid.cells == (Cell(3, 2, "甲"),)
        assert (grid.row_count, grid.column_count, grid.where, grid.sheet) == (4, 3, "工作表“表”", "表")

    def test_a_title_merged_over_the_whole_row_is_as_wide_as_the_table(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet()
            sheet.merge_range(0, 0, 0, 16_383, "标题")
            sheet.write_row(1, 0, ["甲", "乙", "丙"])

        (grid,) = grids(read(fill))

        assert grid.cells[0] == Cell(0, 0, "标题", column_span=3)
        assert grid.column_count == 3

    def test_a_formula_gives_its_saved_value_and_an_error_is_noted(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet("表")
            sheet.write_formula(0, 0, "=1+1", None, 2)
            sheet.write_formula(1, 1, "=A9", None, "#REF!")

        document = read(fill)

        assert (text_at(document, 0, 0), text_at(document, 1, 1)) == ("2", "#REF!")
        assert document.notes == ("工作表“表”有1个公式出错的单元格（首个在第2行第2列），请改正公式。",)

    @pytest.mark.parametrize(
        ("number_format", "written"),
        [
            ("yyyy-mm-dd", "2024-05-31"),
            ('m"月"d"日"', "5月31日"),
            ('yyyy"年"m"月"', "2024年5月"),
            (31, "2024-05-31"),
            (58, "5月31日"),
        ],
    )
    def test_a_date_has_the_parts_that_are_shown(self, number_format: str | int, written: str) -> None:
        def fill(workbook: Any) -> None:
            workbook.add_worksheet().write_datetime(
                0, 0, DAY, workbook.add_format({"num_format": number_format})
            )

        assert text_at(read(fill), 0, 0) == written

    def test_hidden_sheets_are_skipped_and_hidden_rows_are_read_each_with_a_note(self) -> None:
        def fill(workbook: Any) -> None:
            first, second, third = (workbook.add_worksheet(name) for name in ("甲", "乙", "丙"))
            for sheet in (first, second, third):
                sheet.write(0, 0, sheet.name)
            second.hide()
            third.set_row(0, None, None, {"hidden": True})
            third.set_column(0, 0, None, None, {"hidden": True})

        document = read(fill)

        assert [grid.sheet for grid in grids(document)] == ["甲", "丙"]
        assert document.notes == (
            "工作表“乙”是隐藏的，已跳过。",
            "工作表“丙”有1行被隐藏或筛掉，已一并读入。",
            "工作表“丙”有隐藏的列，已一并读入。",
        )

    def test_two_tables_on_one_sheet_stay_one_grid(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet()
            sheet.write_row(0, 0, ["甲", "乙"])
            sheet.write_row(3, 0, ["丙", "丁"])

        (grid,) = grids(read(fill))

        assert [cell.text for cell in grid.cells] == ["甲", "乙", "", "", "", "", "丙", "丁"]

    def test_many_rows_are_refused_before_they_are_laid_out(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet()
            for row in range(12):
                sheet.write(row, 0, row)

        with pytest.raises(SourceTooLarge, match="的表格超过10行"):
            read(fill, ReadLimits(max_rows=10))

    def test_coloured_rows_without_text_do_not_count(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet()
            sheet.write(0, 0, "甲")
            for row in range(1, 30):
                sheet.write_blank(row, 0, None, workbook.add_format({"bg_color": "yellow"}))

        (grid,) = grids(read(fill, ReadLimits(max_rows=10)))

        assert grid.row_count == 1

    def test_a_mark_of_secrecy_in_the_header_of_a_sheet_is_seen(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet()
            sheet.write(0, 0, "甲")
            sheet.set_header('&C&"宋体,常规"&12机密★1年&R第 &P 页')

        with pytest.raises(SourceClassified, match="页眉或页脚"):
            read(fill)

    def test_an_entity_in_a_sheet_is_refused(self) -> None:
        def fill(workbook: Any) -> None:
            workbook.add_worksheet().write(0, 0, "甲")

        with zipfile.ZipFile(io.BytesIO(build_xlsx(fill))) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        sheet = members["xl/worksheets/sheet1.xml"]
        members["xl/worksheets/sheet1.xml"] = sheet.replace(
            b"<worksheet", b'<!DOCTYPE w [<!ENTITY a "b">]><worksheet', 1
        )

        with pytest.raises(SourceUnsupported, match="实体声明"):
            read_source_bytes(zip_of(members), "甲.xlsx")

    def test_a_stray_cell_at_the_far_corner_does_not_fill_the_memory(self) -> None:
        def fill(workbook: Any) -> None:
            sheet = workbook.add_worksheet()
            sheet.write(0, 0, "甲")
            sheet.write(1_048_575, 16_383, "乙")

        with pytest.raises(SourceTooLarge, match="超过1000列"):
            read(fill)


class TestXls:
    def read(self, rows: list[list[Value]], **options: Any) -> SourceDocument:
        return read_source_bytes(build_excel_97(rows, **options), "甲.xls")

    def test_values_and_merges_are_read(self) -> None:
        document = self.read([["序号", "任务"], [1.0, "甲"], [2.0, ""]], merges=[(1, 2, 1, 1)], sheet="攻坚")

        (grid,) = grids(document)
        assert document.media == "xls"
        assert grid.where == "工作表“攻坚”"
        assert grid.cells == (
            Cell(0, 0, "序号"), Cell(0, 1, "任务"), Cell(1, 0, "1"), Cell(1, 1, "甲", row_span=2), Cell(2, 0, "2"),
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("number_format", "written"), [(14, "2024-05-31"), (58, "5月31日"), (57, "2024年5月")]
    )
    def test_a_date_has_the_parts_that_are_shown(self, number_format: int, written: str) -> None:
        assert text_at(self.read([[(SERIAL, 1)]], formats=[0, number_format]), 0, 0) == written

    def test_text_under_a_merge_is_counted_and_left_out(self) -> None:
        document = self.read([["甲"], ["遮住"]], merges=[(0, 1, 0, 0)])

        assert grids(document)[0].cells == (Cell(0, 0, "甲", row_span=2),)
        assert document.notes == ("工作表“Sheet1”有2个字符被合并单元格遮住，Excel 不显示，未导入。",)
