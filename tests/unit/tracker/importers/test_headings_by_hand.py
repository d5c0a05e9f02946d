"""Tables whose headings nobody recognises, made readable by saying in which row they stand."""

from __future__ import annotations

from tests.unit.tracker.importers.sources import document, grid, names, office_synonyms
from tracker.importers import Draft, build_draft
from tracker.importers.columns import Field
from tracker.importers.corrections import NO_HEADINGS, Corrections
from tracker.importers.source import Grid

UNKNOWN = ["甲栏", "乙栏", "丙栏", "丁栏"]
FIRST = ["1", "建成示范站所并通过验收", "郭靖", "5月底前"]
SECOND = ["2", "更新全部执法装备", "杨过", "9月30日前"]
KNOWN = ["序号", "任务内容", "责任人", "完成时限"]
COLUMNS = {0: {0: Field.SEQ, 1: Field.REQUIREMENT, 2: Field.OWNER, 3: Field.MILESTONES}}


def read(*blocks: Grid | str, **corrections: object) -> Draft:
    source = document(*blocks)
    draft = build_draft(
        source,
        year=2024,
        synonyms=office_synonyms(),
        corrections=Corrections(**corrections),  # type: ignore[arg-type]
    )
    account = draft.source
    assert account.placed + account.unplaced + account.furniture + account.skipped == source.characters
    return draft


class TestUnknownHeadings:
    def test_the_first_rows_are_shown_as_they_are_printed(self) -> None:
        (skipped,) = read(grid([UNKNOWN, FIRST, SECOND])).skipped
        assert skipped.can_be_table
        assert [row.texts for row in skipped.opening] == [tuple(UNKNOWN), tuple(FIRST), tuple(SECOND)]
        assert [row.is_heading for row in skipped.opening] == [False, False, False]

    def test_a_named_row_gives_the_headings(self) -> None:
        (skipped,) = read(grid([UNKNOWN, FIRST, SECOND]), headings_at={0: "第1个表格第1行"}).skipped
        assert [column.heading for column in skipped.layout] == UNKNOWN
        assert [row.is_heading for row in skipped.opening] == [True, False, False]

    def test_with_columns_assigned_it_is_read_like_any_other(self) -> None:
        draft = read(grid([UNKNOWN, FIRST, SECOND]), headings_at={0: "第1个表格第1行"}, columns=COLUMNS)
        (table,) = draft.tables
        assert [row.requirement for row in table.rows] == [FIRST[1], SECOND[1]]
        assert names(table.rows[1], "owner") == ["杨过"]

    def test_what_stands_above_is_title_and_nothing_of_it_is_lost(self) -> None:
        preface = ["2024年测试大比武任务分工", "", "", ""]
        notes = ["单位", "测试局", "", "日期"]
        draft = read(
            grid([preface, notes, UNKNOWN, FIRST]), headings_at={0: "第1个表格第3行"}, columns=COLUMNS
        )
        (table,) = draft.tables
        assert table.title == preface[0]
        assert len(table.rows) == 1

    def test_a_table_without_headings_has_numbered_columns(self) -> None:
        draft = read(grid([FIRST, SECOND]), headings_at={0: NO_HEADINGS}, columns=COLUMNS)
        (table,) = draft.tables
        assert len(table.rows) == 2
        assert [column.heading for column in table.layout] == ["第1列", "第2列", "第3列", "第4列"]

    def test_headings_repeated_on_the_next_page_are_no_tasks(self) -> None:
        draft = read(
            grid([UNKNOWN, FIRST]),
            grid([UNKNOWN, SECOND]),
            headings_at={0: "第1个表格第1行"},
            columns=COLUMNS,
        )
        (table,) = draft.tables
        assert [row.seq for row in table.rows] == ["1", "2"]

    def test_a_row_that_was_taken_for_headings_by_mistake_can_be_set_aside(self) -> None:
        wrong = ["序号", "任务", "责任人", "时限"]
        right = ["编号", "要做的事", "谁来办", "何时办完"]
        draft = read(grid([wrong, right, FIRST]), headings_at={0: "第1个表格第2行"}, columns=COLUMNS)
        (table,) = draft.tables
        assert [row.requirement for row in table.rows] == [FIRST[1]]

    def test_a_row_that_is_not_there_changes_nothing(self) -> None:
        plain = read(grid([UNKNOWN, FIRST]))
        assert read(grid([UNKNOWN, FIRST]), headings_at={0: "第9个表格第1行"}).skipped == plain.skipped


class TestTitles:
    def test_another_title_names_the_table_and_its_rows(self) -> None:
        plain = read("2024年测试大比武责任分解表（修订）", grid([KNOWN, FIRST]))
        named = read(
            "2024年测试大比武责任分解表（修订）",
            grid([KNOWN, FIRST]),
            titles={0: "2024年测试大比武责任分解表"},
        )
        original = read("2024年测试大比武责任分解表", grid([KNOWN, FIRST]))
        assert named.tables[0].title == "2024年测试大比武责任分解表"
        assert named.tables[0].printed_title == plain.tables[0].title
        assert named.tables[0].rows[0].row_key == original.tables[0].rows[0].row_key

    def test_a_title_repeated_inside_the_table_is_still_no_task(self) -> None:
        title = "2024年测试大比武责任分解表（修订）"
        repeated = [title, "", "", ""]
        draft = read(title, grid([KNOWN, FIRST, repeated, SECOND]), titles={0: "另一个表名"})
        assert len(draft.tables[0].rows) == 2
