"""A table read again with a coordinator's corrections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.unit.tracker.importers.sources import (
    MERGED_ABOVE,
    document,
    dues,
    grid,
    merged_grid,
    names,
    office_synonyms,
)
from tracker.importers import Draft, DraftRow, Severity, build_draft
from tracker.importers.columns import Field
from tracker.importers.corrections import CellEdit, Corrections, added_column
from tracker.importers.prose_cells import PROSE
from tracker.importers.source import Grid

HEADINGS = ["序号", "攻坚任务", "牵头部门", "成果", "完成时限", "盯办人", "责任人", "分管领导"]
FIRST = ["1", "建成示范站所", "综合科", "1、方案；2、总结", "5月底前", "测试甲", "李勇", "测试丙"]
SECOND = ["2", "更新执法装备", "装备科", "1、清单", "9月30日前", "测试甲", "各科室负责人", "测试丙"]
WHERE = "第1个表格第3行"
OWNER = 6


def edit(
    text: str, *, row: str = WHERE, column: int = OWNER, table: int = 0
) -> dict[tuple[int, str, int], CellEdit]:
    return {(table, row, column): CellEdit(text, "原来的字", "测试丁", "2024-03-01")}


def read(*blocks: Grid | str, corrections: Corrections | None = None) -> Draft:
    source = document(*blocks)
    draft = build_draft(
        source, year=2024, synonyms=office_synonyms(), corrections=corrections or Corrections()
    )
    account = draft.source
    assert account.placed + account.unplaced + account.furniture + account.skipped == source.characters
    return draft


def corrected(*rows: list[str], **corrections: object) -> tuple[DraftRow, ...]:
    (table,) = read(grid([HEADINGS, *rows]), corrections=Corrections(**corrections)).tables  # type: ignore[arg-type]
    return table.rows


class TestCells:
    def test_a_replaced_cell_is_read_by_the_same_importer(self) -> None:
        _, row = corrected(FIRST, SECOND, edits=edit("郭靖、杨过"))
        assert names(row, "owner") == ["郭靖", "杨过"]
        assert "several-persons" in {each.code for each in row.diagnostics}
        assert "role-is-unit" not in {each.code for each in row.diagnostics}

    def test_a_deadline_is_reckoned_again(self) -> None:
        _, row = corrected(FIRST, SECOND, edits=edit("1.6月底前，印发方案；2.10月15日前，归档", column=4))
        assert dues(row) == ["2024-06-30", "2024-10-15"]

    def test_a_replaced_cell_is_a_finding_that_says_both_words_and_who(self) -> None:
        _, row = corrected(FIRST, SECOND, edits=edit("郭靖"))
        (found,) = [each for each in row.diagnostics if each.code == "edited-cell"]
        assert found.severity is Severity.INFO
        assert found.column == "责任人"
        assert all(word in found.message for word in ("郭靖", "原来的字", "测试丁", "2024-03-01"))

    def test_other_rows_stay_as_they_were(self) -> None:
        plain, changed = corrected(FIRST, SECOND), corrected(FIRST, SECOND, edits=edit("郭靖"))
        assert plain[0] == changed[0]

    def test_a_cell_that_the_source_lacks_can_be_filled(self) -> None:
        _, row = corrected(FIRST, SECOND[:6], edits=edit("郭靖"))
        assert names(row, "owner") == ["郭靖"]

    def test_a_merged_cell_is_replaced_for_everybody_who_shares_it(self) -> None:
        shared = ["2", "更新执法装备", "装备科", MERGED_ABOVE, "9月30日前", "测试甲", "杨过", "测试丙"]
        (table,) = read(
            merged_grid([HEADINGS, FIRST, shared]),
            corrections=Corrections(edits=edit("1、台账", row="第1个表格第2行", column=3)),
        ).tables
        assert [item.text for item in table.rows[0].deliverables] == ["台账"]
        assert dict(table.rows[1].shared) == {"deliverables": "1"}

    def test_a_row_that_shares_a_merged_cell_can_get_one_of_its_own(self) -> None:
        shared = ["2", "更新执法装备", "装备科", MERGED_ABOVE, "9月30日前", "测试甲", "杨过", "测试丙"]
        (table,) = read(
            merged_grid([HEADINGS, FIRST, shared]), corrections=Corrections(edits=edit("1、台账", column=3))
        ).tables
        assert [item.text for item in table.rows[1].deliverables] == ["台账"]
        assert dict(table.rows[1].shared) == {}
        assert len(table.rows[0].deliverables) == 2

    def test_words_that_find_no_field_are_reported_and_not_lost(self) -> None:
        draft = read(
            grid([HEADINGS, FIRST, SECOND]), corrections=Corrections(edits=edit("郭靖（代）待定ABC"))
        )
        said = str(draft.to_json())
        assert all(word in said for word in ("郭靖", "代", "待定"))

    @given(st.text(alphabet="郭靖杨过、，1.5月底前（）\n各科室 —", max_size=30))
    def test_whatever_is_typed_the_account_of_the_source_closes(self, text: str) -> None:
        draft = read(grid([HEADINGS, FIRST, SECOND]), corrections=Corrections(edits=edit(text)))
        assert draft == read(grid([HEADINGS, FIRST, SECOND]), corrections=Corrections(edits=edit(text)))


class TestColumns:
    def test_a_column_can_be_taken_for_something_else(self) -> None:
        (table,) = read(
            grid([HEADINGS, FIRST]),
            corrections=Corrections(columns={0: {5: Field.LEADER, 7: Field.EXPEDITER}}),
        ).tables
        assert names(table.rows[0], "leader") == ["测试甲"]
        assert names(table.rows[0], "expediter") == ["测试丙"]

    def test_a_column_that_means_nothing_is_kept_as_a_note(self) -> None:
        (row,) = corrected(FIRST, columns={0: {2: None}})
        assert row.lead_unit == ""
        assert [(note.heading, note.text) for note in row.notes] == [("牵头部门", "综合科")]

    def test_a_column_that_the_table_lacks_can_be_added_and_filled(self) -> None:
        number = added_column(Field.UNITS)
        rows = corrected(
            FIRST, SECOND, columns={0: {number: Field.UNITS}}, edits=edit("法规科、监察科", column=number)
        )
        assert rows[1].units == ("法规科", "监察科")
        assert "missing-unit" in {each.code for each in rows[0].diagnostics}

    def test_an_added_column_does_not_break_a_table_over_two_pages(self) -> None:
        pages = [grid([HEADINGS, FIRST]), grid([HEADINGS, SECOND], where="第2个表格")]
        number = added_column(Field.UNITS)
        assert len(read(*pages, corrections=Corrections(columns={0: {number: Field.UNITS}})).tables) == 1

    def test_the_layout_says_what_each_heading_was_taken_for(self) -> None:
        (table,) = read(grid([[*HEADINGS, "星级"], [*FIRST, "五星"]])).tables
        said = {each.heading: (each.field, each.sample) for each in table.layout}
        assert said["责任人"] == ("owner", "李勇")
        assert said["星级"] == (None, "五星")

    def test_a_table_that_was_skipped_is_taken_in_when_its_columns_are_named(self) -> None:
        contacts = grid([["序号", "责任单位", "事由", "姓名"], ["1", "综合科", "建成示范站所", "郭靖"]])
        skipped = read(contacts)
        assert skipped.tables == ()
        number = next(each.number for each in skipped.skipped if each.layout)
        assert number is not None
        draft = read(
            contacts, corrections=Corrections(columns={number: {2: Field.REQUIREMENT, 3: Field.OWNER}})
        )
        assert names(draft.tables[0].rows[0], "owner") == ["郭靖"]


class TestLeavingOut:
    def test_a_table_can_be_left_out(self) -> None:
        draft = read(grid([HEADINGS, FIRST]), corrections=Corrections(excluded=frozenset({0})))
        assert draft.tables == ()
        assert [each.reason for each in draft.skipped] == ["协调员选择不导入"]

    def test_a_row_can_be_left_out(self) -> None:
        rows = corrected(FIRST, SECOND, dropped=frozenset({(0, WHERE)}))
        assert [row.seq for row in rows] == ["1"]


class TestProse:
    TEXT = (
        "2024年执法稽查工作方案",
        "1.开展案卷评查。责任单位：法规科。完成时限：6月底前。",
        "2.组织集中培训。责任单位：综合科。",
    )

    def test_a_missing_owner_and_date_are_put_in_like_cells(self) -> None:
        edits = {
            **edit("郭靖", row="第3段", column=added_column(Field.OWNER), table=PROSE),
            **edit("9月30日前", row="第3段", column=added_column(Field.MILESTONES), table=PROSE),
        }
        (table,) = read(*self.TEXT, corrections=Corrections(edits=edits)).tables
        row = table.rows[1]
        assert names(row, "owner") == ["郭靖"]
        assert dues(row) == ["2024-09-30"]
        assert row.units == ("综合科",)
        assert {each.code for each in row.diagnostics} == {"edited-cell"}

    def test_every_field_is_shown_as_a_cell(self) -> None:
        (table,) = read(*self.TEXT).tables
        shown = {cell.heading: cell.text for cell in table.rows[0].cells}
        assert shown["责任部门"] == "法规科"
        assert shown["责任人"] == ""
        assert "6月底前" in shown["时间节点"]

    def test_a_point_that_is_no_task_can_be_left_out(self) -> None:
        (table,) = read(*self.TEXT, corrections=Corrections(dropped=frozenset({(PROSE, "第2段")}))).tables
        assert [row.seq for row in table.rows] == ["2"]

    def test_reading_a_field_as_it_is_shown_changes_nothing(self) -> None:
        (table,) = read(*self.TEXT).tables
        row = table.rows[0]
        edits = {
            (PROSE, row.where, cell.column): CellEdit(cell.text, cell.text, "测试丁", "2024-03-01")
            for cell in row.cells
            if cell.text
        }
        (again,) = read(*self.TEXT, corrections=Corrections(edits=edits)).tables
        before, after = row.to_json(), again.rows[0].to_json()
        assert {name for name in before if before[name] != after[name]} <= {"diagnostics"}
