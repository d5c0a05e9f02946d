"""Automatic numbers stand in the text, as the page shows them."""

from __future__ import annotations

import pytest

from tests.samples_of_word import build_docx, cell, numbered, numbering, paragraph, row, table
from tracker.importers.readers import read_source_bytes
from tracker.importers.readers.word_counting import write_number
from tracker.importers.source import Grid, Paragraph


def read_lines(*body: str, lists: str, styles: str = "") -> list[str]:
    document = read_source_bytes(build_docx(*body, numbering=lists, styles=styles), "甲.docx")
    return [block.text for block in document.blocks if isinstance(block, Paragraph)]


class TestWriteNumber:
    @pytest.mark.parametrize(
        ("style", "number", "written"),
        [
            ("decimal", 12, "12"), ("decimalZero", 7, "07"), ("upperLetter", 28, "BB"), ("lowerRoman", 14, "xiv"),
            ("chineseCounting", 10, "十"), ("chineseCounting", 11, "十一"), ("chineseCountingThousand", 21, "二十一"),
            ("chineseCountingThousand", 105, "一百零五"), ("chineseCountingThousand", 110, "一百一十"),
            ("chineseLegalSimplified", 12, "壹拾贰"), ("ideographTraditional", 3, "丙"), ("ideographZodiac", 4, "卯"),
            ("decimalEnclosedCircle", 1, "①"), ("decimalEnclosedCircle", 21, "㉑"), ("decimalEnclosedCircle", 60, "60"),
            ("decimalFullWidth", 10, "１０"), ("ideographDigital", 10, "一〇"), ("none", 3, ""), ("nonsense", 3, "3"),
        ],
    )  # fmt: skip
    def test_writes_as_word_does(self, style: str, number: int, written: str) -> None:
        assert write_number(number, style) == written


class TestLists:
    def test_a_column_of_empty_numbered_cells_reads_one_two_three(self) -> None:
        rows = [row(cell(inner=numbered()), cell(text)) for text in ("甲", "乙", "丙")]
        (grid,) = read_source_bytes(
            build_docx(table(*rows), numbering=numbering(("decimal", "%1"))), "甲.docx"
        ).blocks

        assert isinstance(grid, Grid)
        assert [placed.text for placed in grid.cells] == ["1", "甲", "2", "乙", "3", "丙"]

    def test_an_empty_cell_under_a_merge_is_not_counted(self) -> None:
        def numbered_cell(merge: str) -> str:
            return cell(inner=numbered(), merge=merge)

        rows = [row(numbered_cell(merge), cell("字")) for merge in ("restart", "continue", "restart")]
        (grid,) = read_source_bytes(
            build_docx(table(*rows), numbering=numbering(("decimal", "%1"))), "甲.docx"
        ).blocks

        assert isinstance(grid, Grid)
        assert [placed.text for placed in grid.cells if placed.column == 0] == ["1", "2"]

    @pytest.mark.parametrize(
        ("style", "pattern", "lines"),
        [
            ("decimal", "%1、", ["1、甲", "2、乙"]),
            ("decimal", "（%1）", ["（1）甲", "（2）乙"]),
            ("decimal", "%1.", ["1. 甲", "2. 乙"]),
            ("chineseCountingThousand", "%1、", ["一、甲", "二、乙"]),
            ("decimalEnclosedCircle", "%1", ["① 甲", "② 乙"]),
            ("bullet", "\uf06c", ["• 甲", "• 乙"]),
        ],
    )
    def test_labels_stand_before_the_text(self, style: str, pattern: str, lines: list[str]) -> None:
        assert read_lines(numbered("甲"), numbered("乙"), lists=numbering((style, pattern))) == lines

    def test_a_deeper_level_begins_anew_under_each_shallower_item(self) -> None:
        lists = numbering(("chineseCounting", "%1、"), ("decimal", "%1.%2、"))
        body = [
            numbered("甲"),
            numbered("子", depth=1),
            numbered("丑", depth=1),
            numbered("乙"),
            numbered("寅", depth=1),
        ]

        assert read_lines(*body, lists=lists) == ["一、甲", "一.1、子", "一.2、丑", "二、乙", "二.1、寅"]

    def test_legal_numbering_writes_every_level_in_digits(self) -> None:
        lists = numbering(("chineseCounting", "%1、"), ("decimal", "%1.%2、")).replace(
            '<w:lvlText w:val="%1.%2、"/>', '<w:isLgl/><w:lvlText w:val="%1.%2、"/>'
        )

        assert read_lines(numbered("甲"), numbered("子", depth=1), lists=lists) == ["一、甲", "1.1、子"]

    def test_a_list_that_is_told_to_restart_does_and_a_plain_one_goes_on(self) -> None:
        lists = numbering(("decimal", "%1、"), overrides={2: 1, 3: 5})
        body = [numbered("甲"), numbered("乙"), numbered("丙", 2), numbered("丁", 2), numbered("戊", 3)]

        assert read_lines(*body, lists=lists) == ["1、甲", "2、乙", "1、丙", "2、丁", "5、戊"]

    def test_a_paragraph_style_numbers_its_paragraphs(self) -> None:
        styles = (
            '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="条"/>'
            '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        )
        body = [
            paragraph("甲", '<w:pStyle w:val="b"/>'),
            paragraph("乙"),
            paragraph("丙", '<w:pStyle w:val="b"/>'),
        ]

        assert read_lines(*body, lists=numbering(("decimal", "第%1条")), styles=styles) == [
            "第1条 甲",
            "乙",
            "第2条 丙",
        ]

    def test_number_zero_takes_a_paragraph_out_of_the_list(self) -> None:
        assert read_lines(numbered("甲"), numbered("乙", 0), lists=numbering(("decimal", "%1、"))) == [
            "1、甲",
            "乙",
        ]

    def test_an_unknown_list_changes_nothing(self) -> None:
        assert read_lines(numbered("甲", 9), lists=numbering(("decimal", "%1、"))) == ["甲"]

    def test_a_deleted_empty_paragraph_is_not_counted(self) -> None:
        deleted = paragraph(
            "", '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>'
        )

        assert read_lines(numbered("甲"), deleted, numbered("乙"), lists=numbering(("decimal", "%1、"))) == [
            "1、甲",
            "2、乙",
        ]
