"""The document and the workbook, read back."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import given
from hypothesis import strategies as st

from notifications.reports import DrawnReport, draw_report, take_snapshot
from notifications.reports.paper import share_out
from notifications.reports.sections import list_sections
from notifications.reports.word import MOST_ROWS
from tests.weekly_samples import MADE_AT, TALLY, TASK, empty_figures, sample_figures, sample_snapshot
from tracker.figures.values import OverdueRow, TaskWords, UnitRow
from tracker.lights import Light


def drawn_document(**fields: Any) -> Any:
    return docx.Document(io.BytesIO(draw_report(sample_snapshot(**fields)).word))


def drawn_workbook(*, values: bool = False, **fields: Any) -> Any:
    content = io.BytesIO(draw_report(sample_snapshot(**fields)).workbook)
    return openpyxl.load_workbook(content, data_only=values)


def drawn_empty() -> DrawnReport:
    """The report of an office that has issued nothing."""
    return draw_report(take_snapshot(empty_figures(), made_at=MADE_AT))


class TestWord:
    def test_is_a4_with_page_numbers_and_told_dates(self) -> None:
        document = drawn_document()
        section = document.sections[0]
        assert (round(section.page_width / Mm(1)), round(section.page_height / Mm(1))) == (210, 297)
        fields = [each.text for each in section.footer._element.iter(qn("w:instrText"))]
        assert [field.strip() for field in fields] == ["PAGE", "NUMPAGES"]
        properties = document.core_properties
        assert properties.created.replace(tzinfo=None) == datetime(2024, 6, 3, 0, 40, 12)  # noqa: DTZ001
        assert properties.author == "盯办"

    def test_has_the_headings_of_an_official_paper_in_order(self) -> None:
        document = drawn_document()
        assert document.paragraphs[0].text == "每周工作情况通报"
        numbered = [each.text for each in document.paragraphs if each.text[1:2] == "、"]
        assert numbered == [
            "一、总体情况",
            "二、逾期节点",
            "三、本周完成情况",
            "四、下周到期节点",
            "五、常态化工作无进展（超过30天）",
            "六、本周延期",
            "七、尚未签阅的批示",
            "八、逾期未签收的任务",
            "九、分值情况",
            "十、各部门情况",
        ]
        assert document.paragraphs[-1].text == "2024年6月3日"

    def test_uses_the_fonts_of_official_papers_with_fallbacks(self) -> None:
        document = drawn_document()
        fonts = {each.get(qn("w:eastAsia")) for each in document.element.iter(qn("w:rFonts"))}
        assert {"方正小标宋简体", "黑体", "楷体_GB2312", "仿宋_GB2312", "宋体"} <= fonts
        with zipfile.ZipFile(io.BytesIO(draw_report(sample_snapshot()).word)) as package:
            table = package.read("word/fontTable.xml").decode()
        assert 'w:name="仿宋_GB2312"><w:altName w:val="仿宋,FangSong"/>' in table

    def test_heading_rows_are_repeated_and_rows_kept_whole(self) -> None:
        ruled = [table for table in drawn_document().tables if table.cell(0, 0).text == "序号"]
        assert len(ruled) == 7
        for table in ruled:
            assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
            assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)

    def test_the_words_of_a_step_have_the_widest_column(self) -> None:
        for section in list_sections(sample_figures()):
            widths = {column.heading: column.printed for column in section.printed_columns}
            for heading in ("逾期节点", "节点"):
                if heading in widths and section.sheet != "延期":
                    assert widths[heading] > 1.4 * max(
                        width for name, width in widths.items() if name != heading
                    )

    def test_no_table_is_wider_than_the_text(self) -> None:
        document = drawn_document()
        section = document.sections[0]
        room = (section.page_width - section.left_margin - section.right_margin) / 635
        for table in document.tables:
            widths = [int(each.get(qn("w:w"))) for each in table._tbl.iter(qn("w:gridCol"))]
            assert sum(widths) <= room + 20  # twips

    def test_every_row_fills_the_grid(self) -> None:
        for table in drawn_document().tables:
            grid = len(list(table._tbl.iter(qn("w:gridCol"))))
            for row in table._tbl.iter(qn("w:tr")):
                spans = [each.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}") for each in row.iter(qn("w:tc"))]
                assert sum(1 if span is None else int(span.get(qn("w:val"))) for span in spans) == grid

    def test_names_are_broken_between_people_alone(self) -> None:
        figures = sample_figures()
        crowded = replace(figures.overdue[0].task, owners="王小明、李小红、张三")
        document = drawn_document(overdue=(replace(figures.overdue[0], task=crowded),))

        cell = document.tables[1].rows[1].cells[3]
        assert cell.text.split("\n") == ["王小明、", "李小红、", "张三"]

    def test_of_an_office_without_tasks_one_sentence_is_said(self) -> None:
        document = docx.Document(io.BytesIO(drawn_empty().word))

        assert document.tables == []
        assert [each.text for each in document.paragraphs[3:]] == [
            "截至2024年6月2日24时，还没有下达任务。",
            "2024年6月3日",
        ]

    def test_a_long_list_is_cut_and_says_so(self) -> None:
        row = OverdueRow(TASK, "完成采购", date(2024, 5, 1), date(2024, 5, 1), 33, 20, Light.RED)
        document = drawn_document(overdue=(row,) * (MOST_ROWS + 3))
        assert any(each.text == "其余3项见工作簿。" for each in document.paragraphs)

    def test_control_characters_do_not_break_it(self) -> None:
        task = TaskWords(1, "1", "装备\x0b配备\x00", "执法一大队")
        row = OverdueRow(task, "采购\x1f完成", date(2024, 5, 1), date(2024, 5, 1), 33, 20, Light.RED)
        texts = [cell.text for table in drawn_document(overdue=(row,)).tables for cell in table._cells]
        assert "装备配备" in texts

    @given(st.lists(st.floats(0, 40), max_size=6))
    def test_shares_of_a_bar_are_whole_and_fit(self, sizes: list[float]) -> None:
        spans = share_out(sizes)
        assert sum(spans) <= 40
        assert all((span > 0) == (size > 0) for span, size in zip(spans, sizes, strict=True))


class TestWorkbook:
    def test_has_a_sheet_for_each_list(self) -> None:
        assert drawn_workbook().sheetnames == [
            "概况", "逾期", "本周完成", "下周到期", "常态化", "延期", "批示", "签收", "分值", "按部门", "走势",
        ]  # fmt: skip

    def test_of_an_office_without_tasks_there_is_one_sheet_with_one_sentence(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(drawn_empty().workbook))

        assert book.sheetnames == ["概况"]
        assert book["概况"]["A5"].value == "截至2024年6月2日24时，还没有下达任务。"

    def test_a_list_without_rows_says_so(self) -> None:
        assert drawn_workbook(overdue=())["逾期"]["A2"].value == "没有逾期节点。"

    def test_lists_can_be_filtered_and_keep_their_headings_in_view(self) -> None:
        for sheet in drawn_workbook().worksheets[1:]:
            assert sheet.freeze_panes == "A2"
            assert sheet.auto_filter.ref
            assert sheet.print_title_rows == "$1:$1"

    def test_days_are_days_and_numbers_are_numbers(self) -> None:
        sheet = drawn_workbook()["逾期"]
        heads = [cell.value for cell in sheet[1]]
        row = dict(zip(heads, sheet[2], strict=True))
        assert row["现行时限"].value == datetime(2024, 5, 20)  # noqa: DTZ001
        assert row["现行时限"].number_format == "yyyy-mm-dd"
        assert row["逾期天数"].value == 14
        assert row["序号"].value == "9.2"
        assert row["说明"].value == "原定4月30日，已延期"

    def test_formulas_carry_what_they_come_to(self) -> None:
        formulas, values = drawn_workbook(), drawn_workbook(values=True)
        assert formulas["按部门"]["L2"].value == '=IF(B2=0,"",D2/B2)'
        assert values["按部门"]["L2"].value == pytest.approx(3 / 12)
        assert formulas["按部门"]["B3"].value == "=SUM(B2:B2)"
        assert values["按部门"]["B3"].value == 12
        assert formulas["分值"]["B2"].value == "=SUM(B3:B6)"
        assert values["分值"]["B2"].value == 20

    def test_every_cached_sum_is_the_sum(self) -> None:
        units = tuple(UnitRow(place, f"单位{place}", TALLY, sample_figures().lights) for place in range(3))
        values = drawn_workbook(
            values=True, units=units, totals=TALLY.__class__(**{**vars(TALLY), "total": 36, "open": 24})
        )["按部门"]
        for column in ("B", "C"):
            assert values[f"{column}5"].value == sum(values[f"{column}{row}"].value for row in (2, 3, 4))

    def test_text_that_looks_like_a_formula_or_a_link_stays_text(self) -> None:
        task = TaskWords(1, "007", "=1+1", "https://example.org")
        row = OverdueRow(task, "@SUM(A1)", date(2024, 5, 1), date(2024, 5, 1), 33, 20, Light.RED)
        sheet = drawn_workbook(overdue=(row,))["逾期"]
        assert [cell.value for cell in sheet[2]][:3] == ["007", "=1+1", "https://example.org"]
        assert all(cell.data_type == "s" for cell in sheet[2][:3])
        assert sheet["C2"].hyperlink is None

    def test_says_when_it_was_made_by_the_snapshot(self) -> None:
        made = drawn_workbook().properties.created
        assert made == datetime(2024, 6, 3, 0, 40, 12)  # noqa: DTZ001
