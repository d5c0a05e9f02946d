"""Headings, cells and breaks that other offices print; all of it invented."""

from __future__ import annotations

import pytest

from tests.unit.tracker.importers.sources import (
    codes,
    draft_of,
    dues,
    grid,
    merged_grid,
    names,
    office_synonyms,
    table_of,
    tsv,
)
from tracker.importers.columns import Field
from tracker.importers.draft import DraftTable
from tracker.importers.source import Grid

TITLE = "云岭市2025年重点任务分解表"


def unplaced(*blocks: Grid | str) -> int:
    return draft_of(*blocks).source.unplaced


class TestHeadings:
    @pytest.mark.parametrize(
        ("heading", "field"),
        [
            ("督导事项", Field.TITLE),
            ("挂帅领导", Field.LEADER),
            ("责任支部", Field.UNITS),
            ("完成节点", Field.MILESTONES),
            ("整治措施", Field.MEASURE),
            ("项目负责人", Field.OWNER),
            ("督办单位", Field.REMARK),
            ("实际完成时间", Field.PROGRESS),
            ("一季度目标", Field.MILESTONES),
            ("抽查比例", None),
        ],
    )
    def test_the_noun_at_the_end_tells_what_a_heading_is(self, heading: str, field: Field | None) -> None:
        assert office_synonyms().recognise(heading).field is field

    def test_an_unknown_heading_over_the_longest_texts_names_the_tasks_and_is_reported(self) -> None:
        table = table_of(TITLE, tsv("序号|甲乙丙丁|责任单位|完成时限\n1|修缮文化站屋面和外墙|文化站|5月底前"))
        assert table.rows[0].requirement == "修缮文化站屋面和外墙"
        assert [finding.code for finding in table.diagnostics].count("assumed-column") == 1

    def test_a_list_of_goods_has_no_tasks_however_long_its_texts(self) -> None:
        goods = tsv(
            "编号|型号规格说明文字|使用科室\n1|激光测距仪及其附件一套|监测站\n2|便携式采样箱及其附件|监测站"
        )
        assert draft_of("云岭市2025年物资登记", goods).tables == ()

    def test_headings_broken_over_two_lines_of_text_are_one(self) -> None:
        rows = [
            ["序", "重点工作", "主责", "配合", "责任", "完成"],
            ["号", "任务", "单位", "单位", "领导", "时限"],
            ["1", "编制应急清单", "环境科", "监测站", "乙大山", "9月20日前"],
        ]
        row = table_of(TITLE, grid(rows)).rows[0]
        assert (row.lead_unit, row.units, names(row, "leader")) == ("环境科", ("监测站",), ["乙大山"])
        assert dues(row) == ["2025-09-20"]

    def test_one_column_for_two_roles_gives_each_its_person(self) -> None:
        row = table_of(TITLE, tsv("序号|任务|责任领导/责任人|时限\n1|编研史料|乙大山/赵小满|10月底")).rows[0]
        assert (names(row, "leader"), names(row, "owner")) == (["乙大山"], ["赵小满"])

    def test_beginning_and_end_in_two_columns_are_one_window(self) -> None:
        table = tsv("序号|任务|责任科室|开始时间|结束时间\n1|更换设备|信息科|2025-03-01|2025-05-31")
        row = table_of(TITLE, table).rows[0]
        assert dues(row) == ["2025-05-31"]
        assert [str(each.start) for each in row.milestones[0].deadlines] == ["2025-03-01"]
        assert unplaced(TITLE, table) == 0

    def test_a_beginning_without_an_end_is_a_note_and_no_deadline(self) -> None:
        table = tsv("序号|任务|责任科室|启动时间|完成时间\n1|更换设备|信息科|2025年3月|")
        row = table_of(TITLE, table).rows[0]
        assert dues(row) == []
        assert [(note.heading, note.text) for note in row.notes] == [("启动时间", "2025年3月")]


class TestTitlesAndPages:
    HEADER = ("序号", "任务", "责任科室", "完成时限")

    @pytest.mark.parametrize("line", ["第 1 页 共 2 页", "- 1 -", "1/2", "3"])
    def test_the_number_of_a_page_does_not_end_a_table(self, line: str) -> None:
        first = grid([self.HEADER, ("1", "完善制度", "办公室", "3月底前")])
        second = grid([self.HEADER, ("2", "开展培训", "人事科", "5月底前")])
        draft = draft_of(TITLE, first, line, second)
        assert [len(table.rows) for table in draft.tables] == [2]
        assert draft.source.unplaced == 0

    def test_a_numbered_line_above_other_headings_is_a_title(self) -> None:
        rows = [
            ["一、2025年改革任务清单", "", "", ""],
            list(self.HEADER),
            ["1", "压减环节", "审批科", "4月底前"],
            ["二、2025年考核任务清单", "", "", ""],
            ["序号", "考核指标", "责任科室", "完成时限"],
            ["1", "优良天数300天", "大气科", "12月底前"],
        ]
        draft = draft_of(merged_grid(rows))
        assert [table.title for table in draft.tables] == ["一、2025年改革任务清单", "二、2025年考核任务清单"]
        assert [dues(table.rows[0]) for table in draft.tables] == [["2025-04-30"], ["2025-12-31"]]
        assert draft.source.unplaced == 0

    def test_a_numbered_line_above_repeated_headings_is_a_chapter(self) -> None:
        rows = [
            [TITLE, "", "", ""],
            list(self.HEADER),
            ["一、制度建设", "", "", ""],
            ["1", "完善制度", "办公室", "3月底前"],
            ["二、队伍建设", "", "", ""],
            list(self.HEADER),
            ["2", "开展培训", "人事科", "5月底前"],
        ]
        draft = draft_of(grid(rows))
        assert [[row.group for row in table.rows] for table in draft.tables] == [
            ["一、制度建设", "二、队伍建设"]
        ]

    def test_the_title_stands_above_the_line_of_who_filled_it_in(self) -> None:
        rows = [
            [TITLE, "", "", ""],
            ["填报单位：民政科", "", "", "填报日期：2024年12月1日"],
            list(self.HEADER),
            ["1", "新建服务中心", "民政科", "9月底前"],
        ]
        table = draft_of(grid(rows)).tables[0]
        assert (table.title, table.year) == (TITLE, 2025)

    def test_the_year_of_the_document_serves_tables_whose_titles_name_none(self) -> None:
        one = tsv("任务|责任科室|完成时限\n清理通道|消防科|5月底前")
        draft = draft_of("2025年消防整治任务", "表一 高层建筑整治任务", one)
        assert dues(draft.tables[0].rows[0]) == ["2025-05-31"]


class TestBrokenLines:
    def table(self, second: str) -> DraftTable:
        rows = f"序号|任务|责任科室|责任人|完成时限\n1|开展自查，抽查案卷不少|法制科|赵小满|4月底前\n|{second}|||"
        return table_of(TITLE, tsv(rows))

    def test_a_line_that_cannot_begin_a_clause_goes_on_with_the_row_above(self) -> None:
        rows = self.table("于30卷").rows
        assert [row.requirement for row in rows] == ["开展自查，抽查案卷不少于30卷"]
        assert "continued-row" in codes(rows[0])

    def test_a_line_that_begins_a_clause_is_a_row_under_the_same_number(self) -> None:
        assert [row.sub for row in self.table("组织集中评查").rows] == [1, 2]


class TestUnits:
    def row_of(self, cell: str, heading: str = "责任单位") -> DraftTable:
        return table_of(TITLE, grid([["序号", "任务", heading, "时限"], ["1", "更新公示牌", cell, "3月底"]]))

    @pytest.mark.parametrize(
        "cell",
        [
            "林业科（牵头）、资源科、各林场",
            "牵头单位：林业科；配合单位：资源科、各林场",
            "牵头：林业科\n配合：资源科\n各林场",
            "资源科、林业科(主办)、各林场（协办）",
        ],
    )
    def test_who_leads_is_told_by_a_tag_or_a_label(self, cell: str) -> None:
        row = self.row_of(cell).rows[0]
        assert row.lead_unit == "林业科"
        assert set(row.units) == {"资源科", "各林场"}
        printed = grid([["序号", "任务", "责任单位", "时限"], ["1", "公示", cell, "3月底"]])
        assert unplaced(TITLE, printed) == 0

    def test_a_person_in_brackets_behind_a_unit_is_the_owner(self) -> None:
        row = self.row_of("计量科（阿飞）、稽查大队（孙小楼）", "责任单位及责任人").rows[0]
        assert (row.units, names(row, "owner")) == (("计量科", "稽查大队"), ["阿飞", "孙小楼"])

    def test_other_brackets_belong_to_the_name_of_the_unit(self) -> None:
        assert self.row_of("监测站（北区）").rows[0].units == ("监测站（北区）",)


class TestPapers:
    @pytest.mark.parametrize(
        ("cell", "expected"),
        [
            ("工作方案、总结报告", ["工作方案", "总结报告"]),
            ("签到表、培训照片（3张）、测试记录", ["签到表", "培训照片（3张）", "测试记录"]),
            ("方案、措施和人员落实", ["方案、措施和人员落实"]),
            ("召开会议、印发通知各1次", ["召开会议、印发通知各1次"]),
        ],
    )
    def test_papers_named_in_one_line_are_a_list(self, cell: str, expected: list[str]) -> None:
        table = grid([["序号", "任务", "责任科室", "成果"], ["1", "培训", "人事科", cell]])
        assert [item.text for item in table_of(TITLE, table).rows[0].deliverables] == expected
