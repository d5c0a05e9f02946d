"""How sheets are laid out, all invented: tables next to each other, heads, feet, levels of tasks, cells with labels."""

from __future__ import annotations

import pytest

from tests.unit.tracker.importers.sources import draft_of, dues, names, table_of, tsv
from tracker.importers.people import split_people
from tracker.importers.source import Grid


def unplaced(*blocks: Grid | str) -> int:
    """Characters without a place; that the account closes is checked by `draft_of`."""
    return draft_of(*blocks).source.unplaced


class TestTablesSideBySide:
    TITLED = """
2024年上半年工作任务分解表 | | | | | 2024年下半年工作任务分解表 | | |
序号 | 工作任务 | 责任科室 | 完成时限 | | 序号 | 工作任务 | 责任科室 | 完成时限
1 | 整修库房 | 后勤科 | 3月底前 | | 1 | 清点物资 | 财务科 | 9月底前
2 | 更换门锁 | 保卫科 | 5月底前 | | | | |
"""
    UNTITLED = """
序号 | 工作任务 | 责任科室 | 完成时限 | 序号 | 工作任务 | 责任科室 | 完成时限
1 | 整修库房 | 后勤科 | 2024年3月底前 | 3 | 清点物资 | 财务科 | 2024年9月底前
2 | 更换门锁 | 保卫科 | 2024年5月底前 | 4 | 油漆栏杆 | 后勤科 | 2024年10月底前
"""

    def test_each_with_its_own_title_is_a_table(self) -> None:
        first, second = draft_of(tsv(self.TITLED)).tables
        assert [row.title for row in first.rows] == ["整修库房", "更换门锁"]
        assert [row.units for row in second.rows] == [("财务科",)]
        assert dues(second.rows[0]) == ["2024-09-30"]

    def test_blocks_without_titles_of_their_own_are_one_table(self) -> None:
        (table,) = draft_of("库房整修任务分解表", tsv(self.UNTITLED)).tables
        assert [(row.seq, row.title) for row in table.rows] == [
            ("1", "整修库房"),
            ("2", "更换门锁"),
            ("3", "清点物资"),
            ("4", "油漆栏杆"),
        ]

    @pytest.mark.parametrize("text", [TITLED, UNTITLED])
    def test_every_character_has_its_place(self, text: str) -> None:
        assert unplaced(tsv(text)) == 0


class TestHeadsAndFeet:
    TABLE = """
2024年库房整修任务推进表 | | | |
编制单位：后勤科 | | | | 2024年1月
序号 | 工作任务 | 责任科室 | 责任人 | 完成时限
1 | 整修库房 | 后勤科 | 张三丰 | 3月底前
单位负责人签字： | | | 填报时间：2024.1.20 |
"""

    def test_a_line_of_who_made_it_leaves_the_title_above_it(self) -> None:
        (table,) = draft_of(tsv(self.TABLE)).tables
        assert (table.title, table.year) == ("2024年库房整修任务推进表", 2024)

    def test_a_line_for_signatures_is_no_task(self) -> None:
        (table,) = draft_of(tsv(self.TABLE)).tables
        assert [row.title for row in table.rows] == ["整修库房"]
        assert unplaced(tsv(self.TABLE)) == 0


class TestLevelsOfTasks:
    def test_upper_levels_group_and_the_last_names_what_measures_break_down(self) -> None:
        row = table_of(
            "2024年任务表",
            tsv("""
一级任务 | 二级任务 | 三级任务 | 具体措施 | 责任单位 | 完成时限
设施管理 | 库房 | 门窗 | 更换门锁 | 后勤科 | 5月底前
"""),
        ).rows[0]
        assert (row.group, row.title, row.requirement) == ("设施管理 库房", "门窗", "更换门锁")

    def test_the_last_level_is_the_task_where_nothing_breaks_it_down(self) -> None:
        row = table_of(
            "2024年任务表",
            tsv("""
一级任务 | 二级任务 | 责任单位 | 完成时限
设施管理 | 更换门锁 | 后勤科 | 5月底前
"""),
        ).rows[0]
        assert (row.group, row.requirement) == ("设施管理", "更换门锁")


class TestPeopleWithLabelsAndOffices:
    def test_labels_in_the_cell_say_who_is_what(self) -> None:
        source = tsv("""
序号 | 工作任务 | 责任单位 | 责任领导及责任人 | 完成时限
1 | 更换门锁 | 后勤科 | 责任领导：张三丰；责任人：李莫愁、周伯通 | 2024年5月底前
""")
        row = table_of("门锁更换任务表", source).rows[0]
        assert names(row, "leader") == ["张三丰"]
        assert names(row, "owner") == ["李莫愁", "周伯通"]
        assert unplaced(source) == 0

    @pytest.mark.parametrize("text", ["副市长 张三丰", "市政协副主席 张三丰", "张三丰 副市长"])
    def test_an_office_beside_the_name_is_a_remark(self, text: str) -> None:
        (person,) = split_people(text)
        assert (person.name, person.is_unit) == ("张三丰", False)
        assert person.remark.endswith(("副市长", "副主席"))

    def test_an_office_beside_a_unit_names_nobody(self) -> None:
        assert [person.name for person in split_people("副市长 办公室")] != ["办公室"]

    def test_persons_with_telephones_under_one_heading_are_no_units(self) -> None:
        row = table_of(
            "2024年任务表",
            tsv("""
序号 | 工作任务 | 责任分工 | | 完成时限
 | | 责任单位 | 责任人及电话 |
1 | 更换门锁 | 后勤科 | 张三丰 13800000000 | 5月底前
"""),
        ).rows[0]
        assert row.units == ("后勤科",)
        assert names(row, "owner") == ["张三丰"]


class TestStepsPartedByCommas:
    @staticmethod
    def steps(cell: str) -> list[str]:
        table = tsv(f"序号 | 工作任务 | 责任单位 | 完成时限\n1 | 整修库房 | 后勤科 | {cell}")
        return [milestone.text for milestone in table_of("2024年任务表", table).rows[0].milestones]

    def test_each_clause_with_its_own_day_and_deed_is_a_step(self) -> None:
        assert self.steps("3月底前完成设计，9月底前完成施工") == ["3月底前完成设计", "9月底前完成施工"]

    def test_a_clause_without_a_day_goes_with_the_one_before(self) -> None:
        assert self.steps("3月底前完成设计，并报后勤科") == ["3月底前完成设计，并报后勤科"]

    def test_a_clause_that_inherits_another_year_stays_with_it(self) -> None:
        assert len(self.steps("2023年3月底前完成设计，9月底前完成施工")) == 1


class TestTicksUnderMonths:
    @pytest.mark.parametrize("tick", ["√", "★", "●"])
    def test_a_tick_is_due_by_the_end_of_its_month_and_named_after_the_task(self, tick: str) -> None:
        table = tsv(f"序号 | 工作任务 | 责任单位 | 3月 | 4月\n1 | 整修库房 | 后勤科 | | {tick}")
        row = table_of("2024年任务表", table).rows[0]
        assert [milestone.text for milestone in row.milestones] == [f"4月：{tick}，整修库房"]
        assert dues(row) == ["2024-04-30"]
