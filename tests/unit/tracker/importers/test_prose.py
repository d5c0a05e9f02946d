"""Duties named in numbered prose."""

from __future__ import annotations

from tests.unit.tracker.importers.sources import codes, draft_of, dues, names, tsv


class TestLabels:
    def test_labels_in_brackets_behind_a_point(self) -> None:
        draft = draft_of(
            "2024年重点工作任务分工方案",
            "一、稳增长",
            "1.实施技改项目100个。（牵头单位：市工信局，责任单位：市发改委、各区政府，完成时限：2024年12月底前）",
            "2.开展招商活动。（市商务局牵头，各区政府配合）",
            "（此件公开发布）",
        )
        (table,) = draft.tables
        first, second = table.rows
        assert table.year == 2024
        assert (first.group, first.title) == ("稳增长", "实施技改项目100个")
        assert (first.lead_unit, first.units) == ("市工信局", ("市发改委", "各区政府"))
        assert dues(first) == ["2024-12-31"]
        assert (second.lead_unit, second.units) == ("市商务局", ("各区政府",))
        assert "公开发布" not in second.requirement

    def test_labels_in_the_sentence(self) -> None:
        draft = draft_of(
            "2024年任务清单", "3.新建幼儿园5所。责任单位：市教育局；完成时限：8月底前；责任人：胡小斐"
        )
        row = draft.tables[0].rows[0]
        assert row.requirement == "3.新建幼儿园5所"
        assert row.units == ("市教育局",)
        assert names(row, "owner") == ["胡小斐"]
        assert dues(row) == ["2024-08-31"]

    def test_labels_on_lines_of_their_own_belong_to_the_whole_chapter(self) -> None:
        draft = draft_of(
            "云岭市环境问题整改方案",
            "2024年3月1日",
            "一、水环境",
            "（一）雨污混接，污水直排。",
            "整改措施：",
            "1.摸清底数，建立台账。",
            "2.实施改造，完善管网。",
            "整改时限：12月底前",
            "责任单位：市住建局、市水务局",
            "督导领导：张三丰",
            "（二）扬尘管控不力。",
            "整改措施：加强巡查。整改时限：6月底前。责任单位：市城管局。",
        )
        first, second = draft.tables[0].rows
        assert "摸清底数" in first.requirement
        assert "实施改造" in first.requirement
        assert first.units == ("市住建局", "市水务局")
        assert names(first, "leader") == ["张三丰"]
        assert (dues(first), dues(second)) == (["2024-12-31"], ["2024-06-30"])


class TestPlans:
    PLAN = (
        "为规范执法，决定开展2025年度执法稽查工作，特制定本方案。",
        "一、目标",
        "提升执法效能。",
        "二、任务分工",
        "1.开展检查程序稽查（法规科负责）",
        "重点稽查程序是否规范。",
        "2.开展作风稽查（监察室）",
        "三、安排",
        "（一）准备阶段（4月27日前）",
        "印发方案。",
        "（二）整改阶段（7月1日-9月30日）",
        "推进整改落实。",
    )

    def test_points_with_a_section_and_stages_with_a_date_become_rows(self) -> None:
        (table,) = draft_of(*self.PLAN).tables
        assert table.year == 2025
        assert [row.units for row in table.rows] == [("法规科",), ("监察室",), (), ()]
        assert [dues(row) for row in table.rows] == [[], [], ["2025-04-27"], ["2025-09-30"]]
        assert table.rows[0].title == "开展检查程序稽查"

    def test_what_names_no_duty_is_skipped_by_count(self) -> None:
        draft = draft_of(*self.PLAN)
        assert draft.source.unplaced == 0
        assert sum(piece.characters for piece in draft.skipped) == draft.source.skipped > 0

    def test_what_is_missing_is_reported_and_the_reading_is_doubted(self) -> None:
        (table,) = draft_of(*self.PLAN).tables
        assert {"missing-person", "missing-deadline"} <= codes(table.rows[0])
        assert {"missing-person", "missing-unit"} <= codes(table.rows[2])
        assert [finding.code for finding in table.diagnostics] == ["read-from-prose"]

    def test_prose_beside_a_responsibility_table_stays_prose(self) -> None:
        draft = draft_of(
            "1.开展培训（法规科负责）。",
            "2024年任务分解表",
            tsv("序号 | 工作任务 | 责任单位 | 责任人\n1 | 修路 | 交通局 | 郭小靖"),
        )
        assert [row.requirement for table in draft.tables for row in table.rows] == ["修路"]
        assert [piece.reason for piece in draft.skipped] == ["表格以外的文字"]


class TestMeasuresThatEachSayWhoDoesThem:
    LINES = (
        "2024年库房整修方案",
        "（一）设计",
        "1.测量库房。",
        "责任单位：后勤科",
        "2.绘制图纸。",
        "责任单位：后勤科、各站所（班组）",
        "完成时限：3月底前绘制初稿，4月20日前定稿",
        "（二）施工",
        "3.更换门窗。",
        "责任单位：后勤科",
    )

    def test_a_chapter_of_one_measure_stays_its_heading(self) -> None:
        (table,) = draft_of(*self.LINES).tables
        assert [(row.group, row.title) for row in table.rows] == [
            ("设计", "测量库房"),
            ("设计", "绘制图纸"),
            ("施工", "更换门窗"),
        ]

    def test_a_bracket_that_belongs_to_the_unit_stays_closed(self) -> None:
        (table,) = draft_of(*self.LINES).tables
        assert table.rows[1].units == ("后勤科", "各站所（班组）")

    def test_steps_of_one_label_are_steps_of_their_own(self) -> None:
        (table,) = draft_of(*self.LINES).tables
        assert [milestone.text for milestone in table.rows[1].milestones] == [
            "3月底前绘制初稿",
            "4月20日前定稿",
        ]


class TestTitleOfAPlan:
    POINT = "1.新建幼儿园5所。责任单位：市教育局；完成时限：8月底前"

    def test_without_a_title_the_first_sentence_says_what_it_is_made_for(self) -> None:
        opening = "为规范测试，根据《测试办法》，市测试局决定开展2025年度设备抽查工作，特制定本方案。"
        (table,) = draft_of(opening, "一、工作目标", self.POINT).tables
        assert (table.title, table.year) == ("2025年度设备抽查工作方案", 2025)

    def test_a_title_broken_before_its_last_words_is_whole_again(self) -> None:
        (table,) = draft_of("附件", "云岭市“随机抽查”", "工作实施方案（试行）", self.POINT).tables
        assert table.title == "云岭市“随机抽查”工作实施方案（试行）"

    def test_the_head_of_the_letter_is_no_part_of_it(self) -> None:
        for line in ("云岭市测试局文件", "云测发〔2024〕8号", "附件1", "———"):
            (table,) = draft_of(line, "工作方案", self.POINT).tables
            assert table.title == "工作方案"

    def test_a_sentence_that_makes_no_plan_gives_none(self) -> None:
        (table,) = draft_of("为做好全市有关工作，各单位要高度重视。", self.POINT).tables
        assert "有关工作" not in table.title
