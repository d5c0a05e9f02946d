"""Tables of many shapes, all invented: other headings, orders, merges, feet and heads."""

from __future__ import annotations

from tests.unit.tracker.importers.sources import (
    MERGED_ABOVE,
    codes,
    document,
    draft_of,
    dues,
    grid,
    merged_grid,
    names,
    table_of,
    tsv,
)
from tracker.importers.draft import Severity
from tracker.importers.source import Cell, Grid

RECTIFICATION = """
序号 | 存在问题 | 整改措施 | 整改时限 | 责任单位 | 责任人 | 督导领导 | 整改进展
1 | 雨污管网混接 | 1.摸清管网底数；2.6月底前完成改造 | 2024年6月30日前 | 住建局 | 甲一 | 乙大山 | 进行中
2 | 台账缺失 | 补建台账 | 立行立改 | 城管局、水务局 | 赵小满、钱多多 | 乙大山 | —
"""


class TestRectificationList:
    """问题 / 整改措施 / 整改时限 / 责任单位 / 责任人 / 督导领导."""

    def test_measure_is_the_requirement_and_the_problem_its_basis(self) -> None:
        row = table_of("云岭市2024年环境问题整改清单", tsv(RECTIFICATION)).rows[0]
        assert row.basis == "雨污管网混接"
        assert row.requirement.startswith("1.摸清管网底数")
        assert names(row, "leader") == ["乙大山"]
        assert dues(row) == ["2024-06-30"]

    def test_progress_is_kept_as_a_note(self) -> None:
        first, second = table_of("云岭市2024年环境问题整改清单", tsv(RECTIFICATION)).rows
        assert [(note.heading, note.text) for note in first.notes] == [("整改进展", "进行中")]
        assert second.notes == ()

    def test_several_owners_are_listed_and_reported(self) -> None:
        row = table_of("云岭市2024年环境问题整改清单", tsv(RECTIFICATION)).rows[1]
        assert names(row, "owner") == ["赵小满", "钱多多"]
        assert row.units == ("城管局", "水务局")
        assert "several-persons" in codes(row)


class TestWorkReportBreakdown:
    """工作任务 / 牵头领导 / 牵头单位 / 责任单位 / 完成时限, headings in another order."""

    TABLE = """
完成时限 | 牵头领导 | 工作任务 | 责任单位 | 牵头单位
12月底前 | 孙小楼 | 新建改造农村公路100公里 | 各县（区、市）人民政府 | 市交通局
10月底前 | 孙小楼 | 完成老旧小区改造20个 | 市财政局、各区人民政府等 | 市住建局 市发改委
"""

    def test_columns_are_recognised_in_any_order(self) -> None:
        table = table_of("2025年政府工作报告重点任务分解表", tsv(self.TABLE))
        assert table.columns["milestones"] == "完成时限"
        assert table.rows[0].lead_unit == "市交通局"
        assert table.rows[0].units == ("各县（区、市）人民政府",)
        assert dues(table.rows[0]) == ["2025-12-31"]

    def test_rows_without_numbers_are_numbered_and_that_is_said(self) -> None:
        table = table_of("2025年政府工作报告重点任务分解表", tsv(self.TABLE))
        assert [row.seq for row in table.rows] == ["1", "2"]
        assert all("seq-assigned" in codes(row) for row in table.rows)

    def test_one_of_several_leading_units_leads(self) -> None:
        row = table_of("2025年政府工作报告重点任务分解表", tsv(self.TABLE)).rows[1]
        assert row.lead_unit == "市住建局"
        assert row.units == ("市发改委", "市财政局", "各区人民政府")
        assert {"several-lead-units", "open-ended-units"} <= codes(row)

    def test_a_bare_date_takes_the_task_into_its_text(self) -> None:
        row = table_of("2025年政府工作报告重点任务分解表", tsv(self.TABLE)).rows[0]
        assert row.milestones[0].text == "12月底前，新建改造农村公路100公里"

    def test_missing_owner_column_is_said_once(self) -> None:
        table = table_of("2025年政府工作报告重点任务分解表", tsv(self.TABLE))
        missing = [finding.column for finding in table.diagnostics if finding.code == "missing-column"]
        assert "责任人" in missing
        assert "分管领导" not in missing
        assert not any("missing-person" in codes(row) for row in table.rows)


class TestTwoHeadingRows:
    def test_units_divided_into_leading_and_assisting_in_text(self) -> None:
        table = table_of(
            "重点工作任务分解表（2024年）",
            grid(
                [
                    ["序号", "重点任务", "责任单位", "", "完成时限", "责任人"],
                    ["", "", "牵头", "配合", "", ""],
                    ["1", "编制应急预案", "应急局", "消防队、气象局", "5月底前", "周小川流"],
                ]
            ),
        )
        assert table.rows[0].lead_unit == "应急局"
        assert table.rows[0].units == ("消防队", "气象局")

    def test_persons_under_one_heading_in_word(self) -> None:
        cells = (
            Cell(0, 0, "序号", row_span=2),
            Cell(0, 1, "工作任务", row_span=2),
            Cell(0, 2, "责任领导", row_span=2),
            Cell(0, 3, "责任人", column_span=2),
            Cell(1, 3, "姓名"),
            Cell(1, 4, "单位"),
            Cell(2, 0, "1"),
            Cell(2, 1, "开展夜查"),
            Cell(2, 2, "吴桐雨"),
            Cell(2, 3, "郑小果"),
            Cell(2, 4, "执法一科"),
        )
        table = table_of("2024年任务分工表", Grid(cells, 3, 5, "第1个表格", knows_merges=True))
        (row,) = table.rows
        assert names(row, "owner") == ["郑小果"]
        assert names(row, "leader") == ["吴桐雨"]
        assert row.units == ("执法一科",)

    def test_quarters_as_columns_become_milestones(self) -> None:
        table = table_of(
            "2024年重点项目推进计划表",
            grid(
                [
                    ["序号", "项目名称", "时间进度", "", "责任单位", "责任人"],
                    ["", "", "一季度", "二季度", "", ""],
                    ["1", "排水改造", "完成设计", "完成招标", "水务局", "王大锤"],
                ]
            ),
        )
        (row,) = table.rows
        assert [milestone.n for milestone in row.milestones] == [1, 2]
        assert "完成设计" in row.milestones[0].text


class TestHeadsAndFeet:
    TABLE = """
云岭市卫生健康局2024年督办清单 | | | |
填报单位：办公室 | | | |
序号 | 督办事项 | 责任科室 | 责任人 | 办结时限
一、医政工作 | | | |
1 | 完成设备验收 | 医政科 | 冯小雨 | 5月31日前
2 | 组织义诊 | 医政科 | 冯小雨 | 每月底
二、基层工作 | | | |
3 | 培训乡村医生 | 基层科 | 陈石头 | 9月底前
合计 | 3项 | | |
填表人：冯小雨 审核人：陈石头 联系电话：12345 | | | |
备注：完成情况按月报送 | | | |
"""

    def test_title_in_the_grid_names_table_and_year(self) -> None:
        table = table_of(tsv(self.TABLE))
        assert table.title == "云岭市卫生健康局2024年督办清单"
        assert table.year == 2024

    def test_chapters_become_groups(self) -> None:
        assert [row.group for row in table_of(tsv(self.TABLE)).rows] == [
            "一、医政工作",
            "一、医政工作",
            "二、基层工作",
        ]

    def test_totals_and_signatures_are_skipped_by_count(self) -> None:
        draft = draft_of(tsv(self.TABLE))
        assert len(draft.tables[0].rows) == 3
        reasons = [piece.reason for piece in draft.skipped]
        assert "合计行，不是任务" in reasons
        assert reasons.count("表尾说明，不是任务") == 2
        assert draft.source.skipped == sum(piece.characters for piece in draft.skipped)


class TestPages:
    HEADER = "序号 | 工作任务 | 责任单位 | 责任人 | 完成时限"

    def test_repeated_titles_and_headers_join_into_one_table(self) -> None:
        title = "2024年工作任务分解表"
        table = table_of(
            title,
            tsv(f"{self.HEADER}\n1 | 任务甲 | 一科 | 张小凡 | 5月底前"),
            title,
            tsv(f"{self.HEADER}\n2 | 任务乙 | 二科 | 李小白 | 6月底前"),
        )
        assert [row.seq for row in table.rows] == ["1", "2"]

    def test_a_page_without_header_goes_on(self) -> None:
        table = table_of(
            "2024年工作任务分解表",
            tsv(f"{self.HEADER}\n1 | 任务甲 | 一科 | 张小凡 | 5月底前"),
            tsv("2 | 任务乙 | 二科 | 李小白 | 6月底前"),
        )
        assert [row.requirement for row in table.rows] == ["任务甲", "任务乙"]

    def test_another_title_opens_another_table(self) -> None:
        draft = draft_of(
            "2024年第一批任务分解表",
            tsv(f"{self.HEADER}\n1 | 任务甲 | 一科 | 张小凡 | 5月底前"),
            "2024年第二批任务分解表",
            tsv(f"{self.HEADER}\n1 | 任务乙 | 二科 | 李小白 | 6月底前"),
        )
        assert [table.title for table in draft.tables] == ["2024年第一批任务分解表", "2024年第二批任务分解表"]
        assert len({row.row_key for table in draft.tables for row in table.rows}) == 2

    def test_a_sentence_cut_by_the_page_is_joined(self) -> None:
        table = table_of(
            "2024年工作任务分解表",
            tsv(f"{self.HEADER}\n1 | 开展拉网式 | 一科 | 张小凡 | 5月底前"),
            tsv(f"{self.HEADER}\n | 大排查 | | | "),
        )
        (row,) = table.rows
        assert row.requirement == "开展拉网式大排查"
        assert "continued-row" in codes(row)

    def test_a_number_repeated_on_the_next_page_goes_on_with_its_rows(self) -> None:
        table = table_of(
            "2024年工作任务分解表",
            tsv(
                f"{self.HEADER}\n1 | 1.任务甲 | 一科 | 张小凡 | 5月底前\n | 2.任务乙 | 一科 | 张小凡 | 5月底前"
            ),
            tsv(f"{self.HEADER}\n1 | 3.任务丙 | 一科 | 张小凡 | 5月底前"),
        )
        assert [(row.seq, row.sub, row.label) for row in table.rows] == [
            ("1", 1, "1.1"),
            ("1", 2, "1.2"),
            ("1", 3, "1.3"),
        ]


class TestMergesInWord:
    ROWS = (
        ("序号", "类别", "工作任务", "责任科室", "责任人", "归档材料", "时间节点"),
        (
            "1",
            "(一)队伍建设",
            "开展轮训",
            "法规科",
            "钱小满",
            "1、计划；2、总结",
            "1.5月底前印发计划；2.9月底前完成轮训",
        ),
        ("2", MERGED_ABOVE, "组织比武", MERGED_ABOVE, MERGED_ABOVE, MERGED_ABOVE, MERGED_ABOVE),
        ("3", "(二)宣传", "发布稿件", "宣教科", "孙小圣", "—", "常态化"),
    )

    def test_heading_unit_and_person_reach_every_row(self) -> None:
        row = table_of("2024年责任分解表", merged_grid(self.ROWS)).rows[1]
        assert row.group == "(一)队伍建设"
        assert row.units == ("法规科",)
        assert names(row, "owner") == ["钱小满"]

    def test_one_list_is_held_by_the_first_row_and_named_on_the_others(self) -> None:
        first, second, _ = table_of("2024年责任分解表", merged_grid(self.ROWS)).rows
        assert len(first.deliverables) == 2
        assert dues(first) == ["2024-05-31", "2024-09-30"]
        assert second.deliverables == ()
        assert second.milestones == ()
        assert dict(second.shared) == {"deliverables": "1", "milestones": "1"}
        assert not codes(second) & {"missing-deliverables", "missing-deadline"}

    def test_a_dash_is_an_answer_and_a_standing_duty_has_no_date(self) -> None:
        row = table_of("2024年责任分解表", merged_grid(self.ROWS)).rows[2]
        assert row.deliverables == ()
        assert "missing-deliverables" not in codes(row)
        assert row.milestones[0].standing

    def test_a_task_merged_over_rows_is_scored_once(self) -> None:
        table = table_of(
            "2024年责任分解表",
            merged_grid(
                [
                    ["序号", "攻坚任务", "责任科室", "责任人"],
                    ["1", "(1)应急演练(3分)。每组织一次得1分,最高得3分。请各科室共同完成", "甲科", "钱小满"],
                    ["2", MERGED_ABOVE, "乙科", "孙小圣"],
                ]
            ),
        )
        assert [row.score.max for row in table.rows] == [3.0, None]
        assert table.rows[1].shared["requirement"] == "1"
        assert "repeated-text" in codes(table.rows[1])


class TestMergesInText:
    def test_a_heading_printed_on_a_lower_row_is_filled_up_and_down(self) -> None:
        table = table_of(
            "2024年责任分解表",
            tsv(
                """
序号 | 评审项目 | 攻坚任务 | 牵头部门 | 责任人
1 | | (1)建章立制(1分)。制定制度 | 法规科 | 钱小满
2 | 制度建设(3分) | (2)学法用法(1分)。组织学习 | 法规科 | 钱小满
3 | | (3)普法宣传(1分)。开展宣传 | 法规科 | 钱小满
4 | | (1)车辆管理(1分)。规范用车 | 办公室 | 孙小圣
5 | 后勤保障(2分) | (2)装备管理(1分)。规范装备 | 办公室 | 孙小圣
"""
            ),
        )
        assert [row.group for row in table.rows] == ["制度建设(3分)"] * 3 + ["后勤保障(2分)"] * 2
        assert "group-filled" in codes(table.rows[0])
        assert "group-filled" not in codes(table.rows[1])

    def test_a_heading_goes_down_where_nothing_counts(self) -> None:
        table = table_of(
            "2024年责任分解表",
            tsv(
                """
序号 | 类别 | 工作任务 | 责任单位 | 责任人
1 | 党建 | 召开例会 | 党办 | 钱小满
2 | | 上好党课 | 党办 | 钱小满
3 | 业务 | 办结案件 | 法规科 | 孙小圣
"""
            ),
        )
        assert [row.group for row in table.rows] == ["党建", "党建", "业务"]

    def test_a_blank_list_stays_blank_and_is_asked_about(self) -> None:
        table = table_of(
            "2024年责任分解表",
            tsv(
                """
序号 | 工作任务 | 责任单位 | 责任人 | 成果 | 完成时限
1 | 召开例会 | 党办 | 钱小满 | 1、纪要; 2、签到表 | 5月底前
2 | 上好党课 | | 钱小满 | |
"""
            ),
        )
        assert table.rows[1].deliverables == ()
        assert {"missing-deliverables", "missing-deadline", "missing-unit"} <= codes(table.rows[1])

    def test_a_number_printed_on_the_second_sub_row_covers_the_first(self) -> None:
        table = table_of(
            "2024年责任分解表",
            tsv(
                """
序号 | 评审内容 | 归档参考 | 牵头部门 | 责任人
1 | 1. 甲项。做好甲 | 1、甲 | 一科 | 钱小满
 | 2. 乙项。做好乙 | 1、乙 | 一科 | 钱小满
"""
            ),
            tsv(
                """
序号 | 评审内容 | 归档参考 | 牵头部门 | 责任人
 | 1. 丙项。做好丙 | 1、丙 | 二科 | 孙小圣
2 | 2. 丁项。做好丁 | 1、丁 | 二科 | 孙小圣
"""
            ),
        )
        assert [row.label for row in table.rows] == ["1.1", "1.2", "2.1", "2.2"]


class TestBrokenRows:
    HEADER = "序号 | 评审内容 | 数据来源 | 归档参考 | 牵头部门 | 责任部门 | 盯办人 | 责任人 | 分管领导"
    FULL = "1 | 1. 甲项。做好甲 | 月报 | 1、甲 | 法规科 | 各大队 | 钱小满 | 孙小圣 | 吴桐雨"

    def test_cells_that_slipped_left_are_put_right(self) -> None:
        table = table_of(
            "2024年任务责任分解表",
            tsv(
                f"{self.HEADER}\n{self.FULL}\n2 | 乙项。做好乙 | | 法规科 | 各大队 | 钱小满 | 孙小圣 | 吴桐雨 | "
            ),
        )
        row = table.rows[1]
        assert (row.lead_unit, row.units) == ("法规科", ("各大队",))
        assert (names(row, "expediter"), names(row, "owner"), names(row, "leader")) == (
            ["钱小满"],
            ["孙小圣"],
            ["吴桐雨"],
        )
        assert row.deliverables == ()
        (finding,) = [finding for finding in row.diagnostics if finding.code == "shifted-row"]
        assert finding.repair is not None
        assert "“法规科”移至“牵头部门”" in finding.repair

    def test_cells_that_slipped_right_are_put_right(self) -> None:
        table = table_of(
            "2024年任务责任分解表",
            tsv(
                f"{self.HEADER}\n{self.FULL}\n2 | 乙项。做好乙 | 月报 | 1、乙 | | 法规科 | 各大队 | 钱小满 | 孙小圣 | 吴桐雨"
            ),
        )
        row = table.rows[1]
        assert row.lead_unit == "法规科"
        assert names(row, "leader") == ["吴桐雨"]

    def test_rows_of_people_find_the_rows_of_text(self) -> None:
        table = table_of(
            "2024年任务责任分解表",
            tsv(
                f"""
{self.HEADER}
{self.FULL}
 | 法规科 | | | 各大队 | 钱小满 | 孙小圣 | 吴桐雨 |
 | 法规科 | | | 各大队 | 钱小满 | 孙小圣 | 吴桐雨 |
 | 2. 乙项。做好乙 | | | | | | |
 | 3. 丙项。做好丙 | | | | | | |
"""
            ),
        )
        assert [row.sub for row in table.rows] == [1, 2, 3]
        for row in table.rows:
            assert names(row, "owner") == ["孙小圣"]
            assert row.lead_unit == "法规科"
        assert "joined-row" in codes(table.rows[2])

    def test_markup_of_the_recogniser_is_no_text(self) -> None:
        table = table_of(
            "2024年任务责任分解表",
            tsv(
                f"""
{self.HEADER}
1 | <p>1. 甲项（2分）。</p> <p>做好甲</p> | | <p>1、计划；</p> <p>2、总结。</p> | 法规科 | —— | 钱小满 | 孙小圣 | 吴桐雨
"""
            ),
        )
        (row,) = table.rows
        assert "<" not in row.requirement
        assert [item.text for item in row.deliverables] == ["计划", "总结"]
        assert row.score.max == 2.0


class TestTablesThatAreSkipped:
    def test_scoring_rules_with_an_expediter_are_not_a_responsibility_table(self) -> None:
        draft = draft_of(
            "评审细则",
            tsv(
                "序号 | 一级指标 | 二级指标 | 分值 | 评审内容 | 工作盯办人\n1 | 队伍 | 培训 | 5 | 每次得1分 | 钱小满"
            ),
        )
        assert draft.tables == ()
        (piece,) = draft.skipped
        assert "评审细则" in piece.reason
        assert piece.characters == draft.source.characters

    def test_name_lists_are_skipped(self) -> None:
        draft = draft_of("领导小组名单", tsv("序号 | 姓名 | 职务 | 联系电话\n1 | 钱小满 | 科长 | 110"))
        assert draft.tables == ()
        assert "名单" in draft.skipped[0].reason

    def test_forms_and_letters_are_skipped_and_no_table_is_an_error(self) -> None:
        draft = draft_of("各科室：现将有关事项通知如下。", tsv("单位名称： |\n法定代表人： |"))
        assert draft.tables == ()
        assert [finding.code for finding in draft.diagnostics] == ["no-table"]
        assert draft.diagnostics[0].severity is Severity.ERROR
        assert draft.source.skipped == draft.source.characters

    def test_a_form_that_stands_upright_is_skipped(self) -> None:
        draft = draft_of(
            "整改登记表", tsv("问题 | 乱堆乱放\n措施 | 立即清理\n责任人 | 钱小满\n时限 | 5月底前")
        )
        assert all(not table.rows for table in draft.tables)
        assert draft.source.unplaced == 0

    def test_an_empty_document_says_so(self) -> None:
        draft = draft_of()
        assert draft.source.characters == 0
        assert [finding.code for finding in draft.diagnostics] == ["no-table"]


class TestOddities:
    def test_unknown_columns_keep_their_text(self) -> None:
        table = table_of(
            "2024年任务分解表",
            tsv("序号 | 工作任务 | 责任单位 | 责任人 | 颜色\n1 | 粉刷围墙 | 后勤科 | 钱小满 | 蓝"),
        )
        assert [(note.heading, note.text) for note in table.rows[0].notes] == [("颜色", "蓝")]
        assert [finding.column for finding in table.diagnostics if finding.code == "unknown-column"] == [
            "颜色"
        ]

    def test_one_column_for_unit_and_person_is_divided(self) -> None:
        table = table_of(
            "2024年任务分解表",
            tsv("序号 | 工作任务 | 责任单位及责任人 | 完成时限\n1 | 粉刷围墙 | 后勤科 钱小满 | 5月底前"),
        )
        assert table.rows[0].units == ("后勤科",)
        assert names(table.rows[0], "owner") == ["钱小满"]

    def test_numbers_that_begin_anew_under_each_heading_keep_keys_apart(self) -> None:
        table = table_of(
            "2024年任务分解表",
            tsv(
                """
序号 | 类别 | 工作任务 | 责任单位 | 责任人
1 | 党建 | 召开例会 | 党办 | 钱小满
2 | 党建 | 上好党课 | 党办 | 钱小满
1 | 业务 | 办结案件 | 法规科 | 孙小圣
"""
            ),
        )
        assert len({row.row_key for row in table.rows}) == 3

    def test_headings_over_several_lines_are_recognised(self) -> None:
        table = table_of(
            "2024年任务分解表",
            tsv(
                "序 号 | 工作\n任务".replace("\n", "")
                + " | 责 任 单 位 | 责任人（签字） | 完成\u3000时限\n1 | 甲 | 后勤科 | 钱小满 | 5月底前"
            ),
        )
        assert set(table.columns) >= {"seq", "requirement", "units", "owner", "milestones"}

    def test_findings_of_the_reader_are_passed_on(self) -> None:
        draft = draft_of("一段话。", notes=("编码按GB18030读取",))
        assert draft.diagnostics[0].message == "编码按GB18030读取"

    def test_missing_numbers_are_reported(self) -> None:
        table = table_of(
            "2024年任务分解表",
            tsv("序号 | 工作任务 | 责任单位 | 责任人\n1 | 甲 | 后勤科 | 钱小满\n4 | 乙 | 后勤科 | 钱小满"),
        )
        (finding,) = [finding for finding in table.diagnostics if finding.code == "seq-gap"]
        assert "缺2、3" in finding.message

    def test_the_source_is_described_as_it_came(self) -> None:
        source = document("甲")
        assert source.characters == 1


class TestMoreShapes:
    def test_tables_stacked_on_one_sheet_are_two(self) -> None:
        draft = draft_of(
            grid(
                [
                    ["2024年第一类任务分解表", "", "", ""],
                    ["序号", "工作任务", "责任单位", "完成时限"],
                    ["1", "修路", "交通局", "6月底前"],
                    ["", "", "", ""],
                    ["2024年第二类任务分解表", "", "", ""],
                    ["序号", "工作任务", "责任单位", "完成时限"],
                    ["1", "架桥", "住建局", "7月底前"],
                    ["注：本表由办公室负责解释", "", "", ""],
                ]
            )
        )
        assert [table.title for table in draft.tables] == ["2024年第一类任务分解表", "2024年第二类任务分解表"]
        assert [len(table.rows) for table in draft.tables] == [1, 1]
        assert [piece.reason for piece in draft.skipped] == ["表尾说明，不是任务"]

    def test_four_quarters_are_four_milestones(self) -> None:
        table = table_of(
            "2024年工作要点责任分解",
            tsv(
                "序号 | 工作内容 | 责任科室 | 一季度 | 二季度 | 三季度 | 四季度\n1 | 集中学习 | 党办 | 定计划 | 学两次 | — | 总结"
            ),
        )
        assert dues(table.rows[0]) == ["2024-03-31", "2024-06-30", "2024-12-31"]
        assert table.rows[0].milestones[0].text == "一季度：定计划"

    def test_measures_under_one_task_take_its_name(self) -> None:
        table = table_of(
            "2024年安全任务清单",
            tsv(
                "工作任务 | 具体措施 | 牵头单位及责任人 | 完成时限\n排查 | 制定方案 | 安监科 郭小靖 | 3月底前；9月底前\n | 建立台账 | 安监科 郭小靖 | 每月底前"
            ),
        )
        assert [row.title for row in table.rows] == ["排查", "排查"]
        assert [row.requirement for row in table.rows] == ["制定方案", "建立台账"]
        assert dues(table.rows[0]) == ["2024-03-31", "2024-09-30"]
        assert "title-filled" in codes(table.rows[1])
        assert names(table.rows[1], "owner") == ["郭小靖"]
        assert not any(
            finding.code == "missing-column" and finding.column == "责任人" for finding in table.diagnostics
        )

    def test_of_two_columns_of_tasks_the_first_names_the_second(self) -> None:
        table = table_of(
            "2024年分工表",
            tsv("重点工作 | 分解任务 | 牵头部门 | 完成时限\n稳就业 | 新增就业2万人 | 人社局 | 12月底"),
        )
        assert (table.rows[0].title, table.rows[0].requirement) == ("稳就业", "新增就业2万人")

    def test_heading_of_duties_over_leader_and_units(self) -> None:
        table = table_of(
            "2024年任务表",
            grid(
                [
                    ["序号", "重点任务", "责任分工", "", "", "完成时限"],
                    ["", "", "牵头领导", "牵头单位", "责任单位", ""],
                    ["1", "修路", "张三丰", "交通局", "财政局、发改局", "年底前"],
                ]
            ),
        )
        (row,) = table.rows
        assert names(row, "leader") == ["张三丰"]
        assert (row.lead_unit, row.units) == ("交通局", ("财政局", "发改局"))

    def test_an_office_in_place_of_a_leader_is_marked(self) -> None:
        table = table_of(
            "2024年任务表", tsv("序号 | 工作任务 | 牵头领导 | 责任部门\n1 | 修路 | 常务副市长 | 交通局")
        )
        assert "role-is-unit" in codes(table.rows[0])

    def test_the_year_of_the_letter_serves_its_table_and_that_is_said(self) -> None:
        draft = draft_of(
            "云政办发〔2025〕3号",
            "各县区人民政府：",
            "现将分工印发给你们。",
            "2025年2月1日",
            "附件",
            "重点工作分工表",
            tsv("序号 | 工作任务 | 责任单位 | 完成时限\n1 | 修路 | 交通局 | 6月底前"),
        )
        (table,) = draft.tables
        assert (table.title, table.year) == ("重点工作分工表", 2025)
        assert "year-from-document" in {finding.code for finding in table.diagnostics}

    def test_short_rows_leave_the_rest_blank(self) -> None:
        table = table_of(
            "2024年任务表",
            grid(
                [
                    ["序号", "工作任务", "责任单位", "责任人", "完成时限"],
                    ["1", "修路", "交通局", "郭小靖", "6月底前"],
                    ["2", "植树"],
                ]
            ),
        )
        assert table.rows[1].requirement == "植树"
        assert {"missing-unit", "missing-person", "missing-deadline"} <= codes(table.rows[1])

    def test_a_merge_cut_by_the_page_is_joined_in_word(self) -> None:
        header = ["序号", "工作任务", "责任单位", "责任人", "完成时限"]
        table = table_of(
            "2024年任务表",
            merged_grid([header, ["1", "对重点企业进行", "应急局", "郭小靖", "3月底前"]]),
            merged_grid(
                [["", "拉网式排查。", "", "", ""], ["2", "组织演练。", "应急局", "黄小蓉", "4月底前"]]
            ),
        )
        assert [row.requirement for row in table.rows] == ["对重点企业进行拉网式排查。", "组织演练。"]

    def test_a_list_merged_over_the_page_break_is_one_list(self) -> None:
        header = ("序号", "类别", "工作任务", "责任人", "归档材料")
        first = merged_grid([header, ("1", "党建", "学习", "郭小靖", "1、计划；2、总结")])
        cells = [Cell(0, column, text) for column, text in enumerate(header)]
        cells += [
            Cell(1, 0, "2"),
            Cell(1, 1, "", continues_above=True),
            Cell(1, 2, "考试"),
            Cell(1, 3, "黄小蓉"),
        ]
        cells += [Cell(1, 4, "", row_span=2, continues_above=True), Cell(2, 0, "3"), Cell(2, 1, "业务")]
        cells += [Cell(2, 2, "收文"), Cell(2, 3, "黄小蓉")]
        table = table_of("2024年任务表", first, Grid(tuple(cells), 3, 5, "第2个表格", knows_merges=True))
        assert [row.group for row in table.rows] == ["党建", "党建", "业务"]
        assert [dict(row.shared) for row in table.rows] == [{}, {"deliverables": "1"}, {"deliverables": "1"}]

    def test_a_check_list_without_persons_or_units_is_skipped(self) -> None:
        draft = draft_of("检查表", tsv("序号 | 检查内容 | 检查标准 | 检查结果\n1 | 台账 | 齐全 | 合格"))
        assert draft.tables == ()
        assert "没有责任单位或责任人一列" in draft.skipped[0].reason

    def test_a_table_without_title_takes_the_name_of_its_sheet_or_file(self) -> None:
        table = table_of(tsv("任务 | 责任单位\n修路 | 交通局\n架桥 | 交通局"))
        assert table.title == "表"
