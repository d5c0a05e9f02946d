"""Text with tabs, comma-separated values and Markdown: every field where it stood, nothing padded, nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.importers.errors import EncodingUnknown, SourceDamaged, SourceEmpty, SourceTooLarge
from tracker.importers.readers import ReadLimits, read_source_bytes
from tracker.importers.source import Cell, Grid, Paragraph, SourceDocument, count_characters

SENTENCE = "云岭市生态环境综合执法支队二〇二四年重点工作责任分解表，请各科室按时完成。"


def read(text: str, name: str = "甲.txt", encoding: str = "utf-8") -> SourceDocument:
    return read_source_bytes(text.encode(encoding), name)


def rows(grid: object) -> list[list[str]]:
    assert isinstance(grid, Grid)
    lines: list[list[str]] = [[] for _ in range(grid.row_count)]
    for cell in grid.cells:
        lines[cell.row].append(cell.text)
    return lines


class TestTabs:
    def test_lines_with_tabs_are_a_grid_and_others_paragraphs(self) -> None:
        document = read("标题\n序号\t任务\n1\t甲\n\n完\n")

        assert [block.where for block in document.blocks] == ["第1行", "第1个表格（第2—3行）", "第5行"]
        assert rows(document.blocks[1]) == [["序号", "任务"], ["1", "甲"]]

    def test_a_short_line_has_fewer_cells_and_trailing_blanks_are_cells(self) -> None:
        (grid,) = read("序号\t任务\t人\t期限\n1\t甲\t\t\n2\t乙").blocks

        assert rows(grid) == [["序号", "任务", "人", "期限"], ["1", "甲", "", ""], ["2", "乙"]]
        assert isinstance(grid, Grid)
        assert (grid.column_count, grid.knows_merges) == (4, False)

    @pytest.mark.parametrize("between", ["\n\n", "\n\f", "\n \n", "\n云岭市2024年分解表\n"])
    def test_a_page_break_ends_the_grid(self, between: str) -> None:
        document = read(f"a\tb\n1\t2{between}a\tb\n3\t4")

        assert [rows(block) for block in document.blocks if isinstance(block, Grid)] == [
            [["a", "b"], ["1", "2"]],
            [["a", "b"], ["3", "4"]],
        ]

    def test_a_quoted_cell_may_run_over_lines(self) -> None:
        (grid,) = read('1\t"甲；\n乙ab"\t张三丰\n2\t"他说""好"""\t李四光').blocks

        assert rows(grid) == [["1", "甲；\n乙ab", "张三丰"], ["2", '他说"好"', "李四光"]]

    def test_quotes_that_do_not_pair_stay_as_they_are(self) -> None:
        (grid,) = read('1\t"甲\n2\t乙\n3\t丙').blocks

        assert rows(grid) == [["1", '"甲'], ["2", "乙"], ["3", "丙"]]

    def test_tags_stay_in_the_text(self) -> None:
        (grid,) = read("1\t<p>甲</p><br/>").blocks

        assert rows(grid) == [["1", "<p>甲</p><br/>"]]

    def test_indented_lines_and_numbered_items_are_prose(self) -> None:
        document = read("\t为做好工作，制定本方案。\n一、\t总体要求\n\n1.\t出台方案")

        assert all(isinstance(block, Paragraph) for block in document.blocks)

    def test_a_lone_cell_far_to_the_right_is_a_row(self) -> None:
        (grid,) = read("\t\t\t\t\t张三丰").blocks

        assert rows(grid) == [["", "", "", "", "", "张三丰"]]

    @given(st.text(st.sampled_from('甲乙1 \t\n\f"|,、.-*#'), max_size=80))
    def test_no_visible_character_is_lost_or_made_up(self, text: str) -> None:
        visible = count_characters(text)
        if not visible:
            with pytest.raises(SourceEmpty):
                read(text)
        elif "|" not in text and '"' not in text:
            assert read(text).characters == visible

    def test_too_many_rows_are_refused(self) -> None:
        with pytest.raises(SourceTooLarge, match="的表格超过20000行"):
            read("1\t甲\n" * 20_001)


class TestCommaSeparated:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_delimiter_is_found(self, delimiter: str) -> None:
        lines = [["序号", "任务", "人"], ["1", "甲", "张三丰"], ["2", "乙", ""]]

        (grid,) = read("\r\n".join(delimiter.join(line) for line in lines), "甲.csv").blocks

        assert rows(grid) == lines

    def test_quoted_cells_keep_commas_quotes_and_line_ends(self) -> None:
        (grid,) = read('序号,任务\n1,"甲,乙\n""丙"""\n', "甲.csv").blocks

        assert rows(grid) == [["序号", "任务"], ["1", '甲,乙\n"丙"']]

    def test_blank_lines_are_rows_so_that_row_numbers_stay(self) -> None:
        (grid,) = read("标题,,\n\n序号,任务,人\n1,甲,乙\n,,\n\n", "甲.csv").blocks

        assert isinstance(grid, Grid)
        assert grid.row_count == 4
        assert Cell(3, 1, "甲") in grid.cells

    def test_a_quote_that_never_closes_is_refused_with_its_line(self) -> None:
        with pytest.raises(SourceDamaged, match="第2行起的引号没有配对"):
            read('序号,任务\n1,"甲\n2,乙\n', "甲.csv")

    def test_a_file_without_columns_is_paragraphs(self) -> None:
        assert read("第一句。\n第二句。", "甲.csv").blocks == (
            Paragraph("第一句。", "第1行"),
            Paragraph("第二句。", "第2行"),
        )

    def test_too_many_rows_are_refused(self) -> None:
        with pytest.raises(SourceTooLarge, match="的表格超过5行"):
            read_source_bytes(b"1,2\n" * 6, "a.csv", limits=ReadLimits(max_rows=5))


class TestMarkdown:
    def test_a_pipe_table_is_a_grid_and_its_marks_are_syntax(self) -> None:
        document = read(
            "# 分解表\n\n| 序号 | **任务** |\n|:---|:-:|\n| 1 | 甲\\|乙<br>丙 |\n\n- 说明\n", "甲.md"
        )

        assert document.blocks[0] == Paragraph("分解表", "第1行", "heading 1")
        assert rows(document.blocks[1]) == [["序号", "任务"], ["1", "甲|乙\n丙"]]
        assert document.blocks[2] == Paragraph("- 说明", "第7行")
        assert document.characters == 3 + 2 + 2 + 1 + 4 + 3

    def test_a_text_with_a_pipe_table_is_read_as_markdown(self) -> None:
        document = read("序号|任务\n---|---\n1|甲\n")

        assert document.media == "md"
        assert rows(document.blocks[0]) == [["序号", "任务"], ["1", "甲"]]

    def test_framed_lines_without_a_rule_are_a_table(self) -> None:
        (grid,) = read("| 序号 | 任务 |\n| 1 | 甲 |", "甲.md").blocks

        assert rows(grid) == [["序号", "任务"], ["1", "甲"]]

    def test_short_rows_stay_short_and_rules_of_pages_are_dropped(self) -> None:
        (grid,) = read("|a|b|c|\n|---|---|---|\n|1|2|\n|---|---|---|\n|3||5|", "甲.md").blocks

        assert rows(grid) == [["a", "b", "c"], ["1", "2"], ["3", "", "5"]]

    def test_rules_and_fences_between_paragraphs_are_no_text(self) -> None:
        assert read("甲\n\n---\n```\n乙\n```\n> 丙", "甲.md").characters == 3

    def test_long_hostile_lines_take_no_time(self) -> None:
        hostile = [
            "|" + " " * 90_000 + "x",
            "**a " * 20_000,
            "# " + "#\t" * 45_000,
            "- " * 45_000 + "x",
            "|-" * 45_000,
        ]

        assert read("\n".join(hostile), "甲.md").characters > 0


class TestEncodings:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
    def test_the_encodings_of_offices_are_read(self, encoding: str) -> None:
        (block,) = read(SENTENCE, encoding=encoding).blocks

        assert block == Paragraph(SENTENCE, "第1行")

    def test_utf_16_of_either_order_is_read(self) -> None:
        for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
            document = read_source_bytes(mark + SENTENCE.encode(encoding), "甲.txt")
            assert document.characters == count_characters(SENTENCE)
            assert document.notes == (f"文件按 {encoding.upper()} 编码读取。",)

    def test_traditional_characters_among_simplified_ones_do_not_matter(self) -> None:
        text = f"{SENTENCE}白聖豪、張三豐"

        assert read(text, encoding="gb18030").blocks == (Paragraph(text, "第1行"),)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ("Käse, größe fünf".encode("latin-1"), "都是乱码"),
            ("Señor Núñez está aquí, mañana también".encode("latin-1"), "第1行"),
            ("責任分解表：請各科室按時完成，張三豐負責".encode("big5"), "第1行"),
            (f"{SENTENCE}\n".encode("utf-16-le"), "没有标记的 UTF-16"),
            (SENTENCE.encode("utf-8").decode("latin-1").encode("utf-8"), "变成乱码"),
            (b"\xff\xfe" + SENTENCE.encode("utf-16-le") + b"\x00", "开头标明是 UTF-16-LE"),
            (b"\xef\xbb\xbf\xff\xfe\xfd", "开头标明是 UTF-8"),
            (b"abc\n\xff\xfe\xfd\n", "第2行不是 UTF-8"),
            (bytes(range(1, 256)) * 3, "第2行"),
        ],
    )
    def test_anything_else_is_refused_with_the_way_out(self, data: bytes, reason: str) -> None:
        with pytest.raises(EncodingUnknown, match="另存为 UTF-8 编码") as refused:
            read_source_bytes(data, "甲.txt")
        assert reason in str(refused.value)

    def test_characters_that_were_lost_before_are_counted(self) -> None:
        assert read("任务\ufffd\ufffd完成").notes == (
            "文件中有2个字符在导入前就已损坏，显示为“\ufffd”，请对照原件补正。",
        )

    def test_control_characters_are_taken_out_with_a_note(self) -> None:
        document = read("任\x07务\x0b完成")

        assert document.blocks == (Paragraph("任务", "第1行"), Paragraph("完成", "第2行"))
        assert document.notes == ("文件含有控制字符，已去掉。",)
