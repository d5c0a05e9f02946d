"""Grids of Word tables: whatever is merged, cut, wrapped or missing, the cells stand where the page shows them."""

from __future__ import annotations

import io

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples_of_word import build_docx, cell, paragraph, row, table, text_run
from tracker.importers.readers import read_source_bytes
from tracker.importers.source import Cell, Grid, Paragraph, SourceDocument

Rectangle = tuple[int, int, int, int]  # row, column, row span, column span


def read(*body: str, **parts: str) -> SourceDocument:
    return read_source_bytes(build_docx(*body, **parts), "甲.docx")  # type: ignore[arg-type]


def only_grid(document: SourceDocument) -> Grid:
    (grid,) = (block for block in document.blocks if isinstance(block, Grid))
    return grid


def texts(grid: Grid) -> list[list[str]]:
    lines: list[list[str]] = [[] for _ in range(grid.row_count)]
    for placed in grid.cells:
        lines[placed.row].append(placed.text)
    return lines


@st.composite
def merged_grids(draw: st.DrawFn) -> tuple[int, int, list[Rectangle]]:
    """Random merges of a small table: rectangles that do not overlap and leave no place out."""
    rows, columns = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    taken: set[tuple[int, int]] = set()
    rectangles: list[Rectangle] = []
    for row_index in range(rows):
        for column_index in range(columns):
            if (row_index, column_index) in taken:
                continue
            free = next(
                (c for c in range(column_index, columns) if (row_index, c) in taken), columns
            )  # a rectangle ends where an earlier one stands in its first row
            width = draw(st.integers(1, free - column_index))
            height = draw(st.integers(1, rows - row_index))
            rectangles.append((row_index, column_index, height, width))
            taken |= {
                (r, c)
                for r in range(row_index, row_index + height)
                for c in range(column_index, column_index + width)
            }
    return rows, columns, rectangles


class TestMerges:
    @given(merged_grids())
    def test_any_merges_that_python_docx_writes_are_read_back(
        self, drawn: tuple[int, int, list[Rectangle]]
    ) -> None:
        rows, columns, rectangles = drawn
        written = docx.Document()
        made = written.add_table(rows, columns)
        for top, left, height, width in rectangles:
            corner = made.cell(top, left).merge(made.cell(top + height - 1, left + width - 1))
            corner.text = f"格{top}·{left}"
        buffer = io.BytesIO()
        written.save(buffer)

        grid = only_grid(read_source_bytes(buffer.getvalue(), "甲.docx"))

        assert (grid.row_count, grid.column_count) == (rows, columns)
        assert grid.cells == tuple(
            Cell(top, left, f"格{top}·{left}", height, width)
            for top, left, height, width in sorted(rectangles)
        )

    @given(
        st.lists(
            st.lists(st.sampled_from(["", "restart", "continue"]), min_size=1, max_size=4),
            min_size=1,
            max_size=6,
        )
    )
    def test_any_order_of_merge_marks_keeps_every_place_once(self, marks: list[list[str]]) -> None:
        rows = [
            row(*(cell("字" if mark != "continue" else "", merge=mark) for mark in line)) for line in marks
        ]

        grid = only_grid(read(table(*rows)))

        places = [
            (r, c)
            for placed in grid.cells
            for r in range(placed.row, placed.row + placed.row_span)
            for c in range(placed.column, placed.column + placed.column_span)
        ]
        assert sorted(places) == [(r, c) for r, line in enumerate(marks) for c in range(len(line))]

    def test_a_merge_cut_by_a_page_opens_a_cell_of_its_own_and_says_so(self) -> None:
        cut = table(
            row(cell(merge="continue"), cell("乙")), row(cell(merge="continue"), cell("丙")), columns=2
        )

        document = read(table(row(cell("甲组", merge="restart"), cell("甲")), columns=2), cut)

        second = document.blocks[1]
        assert isinstance(second, Grid)
        assert second.cells[0] == Cell(0, 0, "", row_span=2, continues_above=True)
        assert document.notes == (
            "第2个表格第1行第1列的合并单元格从上一页的表格延续而来，已按新单元格读取。",
        )

    def test_a_continued_merge_of_another_width_is_a_new_cell(self) -> None:
        grid = only_grid(
            read(
                table(
                    row(cell("宽", merge="restart", span=2), cell("甲")),
                    row(cell("窄", merge="continue"), cell("乙"), cell("丙")),
                )
            )
        )

        assert [(placed.row, placed.column, placed.text) for placed in grid.cells] == [
            (0, 0, "宽"), (0, 2, "甲"), (1, 0, "窄"), (1, 1, "乙"), (1, 2, "丙"),
        ]  # fmt: skip

    def test_the_older_horizontal_merge_widens_its_left_neighbour(self) -> None:
        joined = cell("", properties='<w:hMerge w:val="continue"/>')
        grid = only_grid(
            read(table(row(cell("标题", properties='<w:hMerge w:val="restart"/>'), joined, cell("尾"))))
        )

        assert grid.cells == (Cell(0, 0, "标题", column_span=2), Cell(0, 2, "尾"))

    def test_text_hidden_under_a_merge_is_counted_and_not_shown(self) -> None:
        document = read(table(row(cell("甲", merge="restart")), row(cell("遮住的字", merge="continue"))))

        assert only_grid(document).cells == (Cell(0, 0, "甲", row_span=2),)
        assert document.notes == ("有4个字符在合并单元格被遮住的部分里，Word 不显示，未导入。",)


class TestShape:
    def test_a_table_without_a_grid_is_as_wide_as_its_widest_row(self) -> None:
        grid = only_grid(
            read(table(row(cell("题", span=2), cell("尾")), row(cell("头"), cell("题", span=2))))
        )

        assert grid.column_count == 3
        assert [(placed.column, placed.column_span) for placed in grid.cells] == [
            (0, 2),
            (2, 1),
            (0, 1),
            (1, 2),
        ]

    @pytest.mark.parametrize("span", [5, 63, 1_000_000])
    def test_a_span_beyond_the_grid_ends_at_the_grid(self, span: int) -> None:
        grid = only_grid(
            read(table(row(cell("标题", span=span)), row(cell("甲"), cell("乙"), cell("丙")), columns=3))
        )

        assert grid.column_count == 3
        assert grid.cells[0] == Cell(0, 0, "标题", column_span=3)

    def test_places_skipped_before_a_row_stay_empty(self) -> None:
        grid = only_grid(
            read(
                table(
                    row(cell("甲"), cell("乙")),
                    row(cell("丙"), properties='<w:gridBefore w:val="1"/>'),
                    columns=2,
                )
            )
        )

        assert grid.cells[-1] == Cell(1, 1, "丙")

    def test_rows_and_cells_inside_content_controls_and_insertions_are_seen(self) -> None:
        controlled = f"<w:sdt><w:sdtPr/><w:sdtContent>{row(cell('甲'), cell('乙'))}</w:sdtContent></w:sdt>"
        inner = f"<w:sdt><w:sdtContent>{cell('丙')}</w:sdtContent></w:sdt>"
        inserted = f"<w:tr><w:trPr><w:ins/></w:trPr>{inner}{cell('丁')}</w:tr>"

        assert texts(only_grid(read(table(controlled, inserted, columns=2)))) == [["甲", "乙"], ["丙", "丁"]]

    def test_deleted_rows_and_cells_are_not_seen(self) -> None:
        deleted = row(cell("删"), properties="<w:del/>")
        kept = row(cell("留"), cell("去", properties="<w:cellDel/>"))

        assert texts(only_grid(read(table(deleted, kept)))) == [["留"]]

    def test_a_table_in_a_cell_is_text_of_that_cell(self) -> None:
        nested = table(row(cell("内甲"), cell("内乙")), row(cell("内丙"), cell("内丁")))
        grid = only_grid(read(table(row(cell(inner=paragraph("外") + nested + paragraph("后")), cell("右")))))

        assert texts(grid) == [["外\n内甲\t内乙\n内丙\t内丁\n后", "右"]]

    def test_tables_nested_very_deeply_are_read(self) -> None:
        content = paragraph("底")
        for _ in range(60):
            content = table(row(cell(inner=content)))

        assert only_grid(read(content)).cells == (Cell(0, 0, "底"),)

    def test_several_tables_and_paragraphs_keep_their_order(self) -> None:
        document = read(
            paragraph("题一"), table(row(cell("甲"))), paragraph(), paragraph("题二"), table(row(cell("乙")))
        )

        assert [block.where for block in document.blocks] == ["第1段", "第1个表格", "第3段", "第2个表格"]

    def test_characters_are_those_of_paragraphs_and_cells(self) -> None:
        document = read(
            paragraph("一 二"), table(row(cell("三\u3000四"), cell("")), row(cell("五"), cell("六 ")))
        )

        assert document.characters == 6


class TestText:
    def test_paragraphs_breaks_and_tabs_in_a_cell_are_lines(self) -> None:
        runs = "<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:noBreakHyphen/><w:t>丁</w:t><w:softHyphen/></w:r>"
        grid = only_grid(read(table(row(cell(inner=paragraph(inner=runs) + paragraph("戊"))))))

        assert grid.cells[0].text == "甲\n乙\t丙-丁\n戊"

    def test_insertions_links_and_tags_are_looked_through_and_deletions_are_not(self) -> None:
        inner = (
            f"<w:ins>{text_run('增')}</w:ins><w:del><w:r><w:delText>删</w:delText></w:r></w:del>"
            f"<w:moveFrom>{text_run('旧')}</w:moveFrom><w:moveTo>{text_run('新')}</w:moveTo>"
            f"<w:hyperlink>{text_run('链')}</w:hyperlink><w:smartTag>{text_run('签')}</w:smartTag>"
            f"<w:sdt><w:sdtContent>{text_run('控')}</w:sdtContent></w:sdt><w:fldSimple>{text_run('域')}</w:fldSimple>"
        )

        assert read(paragraph(inner=inner)).blocks == (Paragraph("增新链签控域", "第1段"),)

    def test_of_two_alternatives_one_is_shown(self) -> None:
        box = f"<w:txbxContent>{paragraph('框中')}</w:txbxContent>"
        choice = f"<mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
        fallback = f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        inner = f"<w:r><mc:AlternateContent>{choice}{fallback}</mc:AlternateContent></w:r>"

        document = read(paragraph("正文", inner=inner))

        assert document.blocks == (Paragraph("正文", "第1段"), Paragraph("框中", "第1段的文本框"))

    def test_hidden_text_is_counted_and_left_out(self) -> None:
        document = read(
            paragraph("明", inner=text_run("暗处", "<w:vanish/>") + text_run("显", '<w:vanish w:val="0"/>'))
        )

        assert document.blocks == (Paragraph("明显", "第1段"),)
        assert document.notes == ("有2个字符设为隐藏文字，未导入。",)

    def test_what_cannot_be_read_is_counted(self) -> None:
        picture = "<w:r><w:drawing><a:blip xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main'/></w:drawing></w:r>"
        inner = f"{picture}<w:r><w:object/></w:r><w:r><w:commentReference/></w:r>"

        document = read(paragraph("正文", inner=inner), "<w:altChunk/>")

        assert document.notes == (
            "有1张图片，图片里的文字不会读入，如有任务内容请改为文字。",
            "有2个嵌入对象，其内容不会读入，请把内容粘贴为普通表格。",
            "有1条批注，未导入。",
        )

    def test_formulas_and_word_art_are_text(self) -> None:
        inner = "<m:oMath><m:r><m:t>a+b</m:t></m:r></m:oMath><w:r><w:pict><v:shape><v:textpath string='艺术字'/></v:shape></w:pict></w:r>"

        assert read(paragraph(inner=inner)).blocks == (Paragraph("a+b艺术字", "第1段"),)

    def test_check_marks_of_symbol_fonts_are_written_as_signs(self) -> None:
        marks = "".join(
            f'<w:r><w:sym w:font="Wingdings" w:char="{code}"/></w:r>' for code in ("F0FE", "F0A8", "F0E7")
        )

        document = read(paragraph(inner=marks))

        assert document.blocks == (Paragraph("☑□□", "第1段"),)
        assert document.notes == ("有1个特殊符号无法辨认，以“□”代替。",)

    def test_headings_are_named_by_style_or_outline_level(self) -> None:
        styles = (
            '<w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="公文标题"/><w:basedOn w:val="1"/></w:style>'
            '<w:style w:type="paragraph" w:styleId="z"><w:name w:val="Normal"/></w:style>'
        )
        document = read(
            paragraph("甲", '<w:pStyle w:val="a"/>'),
            paragraph("乙", '<w:pStyle w:val="z"/>'),
            paragraph("丙", '<w:outlineLvl w:val="1"/>'),
            styles=styles,
        )

        assert [block.style for block in document.blocks if isinstance(block, Paragraph)] == [
            "heading 1",
            None,
            "heading 2",
        ]

    def test_footnotes_are_paragraphs_and_headers_only_noted(self) -> None:
        notes = f'<w:footnote w:type="separator">{paragraph()}</w:footnote><w:footnote>{paragraph("出处见附件")}</w:footnote>'
        document = read_source_bytes(
            build_docx(paragraph("正文"), footnotes=notes, headers=[paragraph("云岭市 某队")]), "甲.docx"
        )

        assert document.blocks == (Paragraph("正文", "第1段"), Paragraph("出处见附件", "脚注1"))
        assert document.notes == ("页眉、页脚共5个字符，未导入。",)
