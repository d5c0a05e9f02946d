"""Marks of secrecy are found where documents bear them, and words in running text are no marks."""

from __future__ import annotations

import pytest

from tracker.importers.classification import find_marking, refuse_classified
from tracker.importers.errors import SourceClassified
from tracker.importers.source import Cell, Grid, Paragraph, SourceDocument


def document(*lines: str, name: str = "甲.docx", grid: tuple[Cell, ...] = ()) -> SourceDocument:
    blocks: list[Paragraph | Grid] = [Paragraph(line, f"第{n}段") for n, line in enumerate(lines, start=1)]
    if grid:
        blocks.append(Grid(grid, 9, 9, "第1个表格", knows_merges=True))
    return SourceDocument(name, "0" * 64, "docx", tuple(blocks))


class TestFindMarking:
    @pytest.mark.parametrize(
        "line",
        [
            "秘密★1年", "机密★", "绝密★长期", "秘密 ★ 5 年", "机 密 ★ １０年", "机密", "绝密", "秘密 1年", "密级：秘密",
            "密级: 机密★3年", "【秘密】", "（机密）", "秘密★启用前", "000012 机密★1年 特急", "机密★2030年12月31日", "秘密☆半年",
        ],
    )  # fmt: skip
    def test_a_mark_at_the_head_is_found(self, line: str) -> None:
        marking = find_marking(document(line, "分解表"))

        assert marking is not None
        assert marking.where == "的第1段"

    @pytest.mark.parametrize(
        "line",
        [
            "保守国家秘密", "商业秘密", "保密纪律", "严守工作秘密和商业秘密，不得泄露。", "密级：无", "密级：公开", "秘密等级另行通知",
            "凡标有“秘密★1年”字样的文件，一律不得导入。", "涉及机密的，按保密规定办理。", "国家秘密载体管理", "机密级以上文件单独保管",
            "机要秘书", "精密监测★★★", "绝密文件清退工作", "内部资料 注意保存",
        ],
    )  # fmt: skip
    def test_words_in_running_text_are_no_mark(self, line: str) -> None:
        assert find_marking(document(line, grid=(Cell(0, 0, line), Cell(5, 1, line)))) is None

    def test_a_starred_mark_counts_anywhere_and_a_bare_word_only_at_the_head(self) -> None:
        lines = [f"第{n}项工作。" for n in range(20)]

        assert find_marking(document(*lines, "机密★1年")) is not None
        assert find_marking(document(*lines, "机密")) is None

    def test_a_mark_in_the_first_rows_of_a_sheet_is_found(self) -> None:
        assert find_marking(document(grid=(Cell(0, 3, "秘密"), Cell(1, 0, "序号")))) is not None
        assert find_marking(document(grid=(Cell(0, 0, "序号"), Cell(5, 3, "秘密")))) is None

    def test_a_mark_in_the_name_is_found_and_a_subject_is_not(self) -> None:
        assert find_marking(document("分解表", name="【机密】分解表.docx")) is not None
        assert find_marking(document("分解表", name="保守国家秘密工作分解表.docx")) is None

    @pytest.mark.parametrize(
        ("line", "found"), [("绝密", True), ("第1页 共3页", False), ("商业秘密保护专刊", False)]
    )
    def test_the_margins_of_the_page_are_looked_at(self, line: str, found: bool) -> None:
        assert (find_marking(document("分解表"), [line]) is not None) is found


class TestRefuseClassified:
    def test_the_refusal_names_the_mark_and_its_place(self) -> None:
        with pytest.raises(SourceClassified, match=r"文件“甲\.docx”的第1段标有密级“秘密★1年”") as refused:
            refuse_classified(document("秘密★1 年"))
        assert (refused.value.mark, refused.value.where) == ("秘密★1年", "的第1段")

    def test_an_open_document_passes(self) -> None:
        assert refuse_classified(document("分解表")) is None  # type: ignore[func-returns-value]
