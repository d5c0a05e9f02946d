"""Every finding that a real table needs: its code, its severity, its Chinese sentence."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.tracker.importers.sources import codes, draft_of, grid, table_of
from tracker.importers.draft import Diagnostic, DraftRow, Severity
from tracker.importers.spellings import Directory

HEADER = [
    "序号",
    "评审项目",
    "攻坚任务",
    "牵头部门",
    "责任部门",
    "成果",
    "完成时限",
    "盯办人",
    "责任人",
    "分管领导",
]
GOOD = [
    "1",
    "制度",
    "印发办法，并组织学习",
    "法规科",
    "装备科",
    "1、办法; 2、照片",
    "1.5月底前印发; 2.9月底前总结",
    "钱小满",
    "孙小圣",
    "吴桐雨",
]
PLACE = {heading: position for position, heading in enumerate(HEADER)}


def row_with(today: date | None = None, /, **changed: str) -> DraftRow:
    """A sound row with the named cells changed."""
    cells = list(GOOD)
    for heading, text in changed.items():
        cells[PLACE[heading]] = text
    (row,) = table_of("2024年任务责任分解表", grid([HEADER, cells]), today=today).rows
    return row


def finding(row: DraftRow, code: str) -> Diagnostic:
    (found,) = [diagnostic for diagnostic in row.diagnostics if diagnostic.code == code]
    return found


class TestSoundRow:
    def test_nothing_is_found(self) -> None:
        assert codes(row_with()) == set()


class TestMissing:
    @pytest.mark.parametrize(
        ("heading", "code", "severity"),
        [
            ("责任人", "missing-person", Severity.ERROR),
            ("盯办人", "missing-person", Severity.WARNING),
            ("分管领导", "missing-person", Severity.WARNING),
            ("牵头部门", "missing-unit", Severity.WARNING),
            ("责任部门", "missing-unit", Severity.WARNING),
            ("成果", "missing-deliverables", Severity.WARNING),
            ("完成时限", "missing-deadline", Severity.WARNING),
            ("攻坚任务", "missing-requirement", Severity.ERROR),
        ],
    )
    def test_a_blank_cell_is_reported_with_what_to_fill_in(
        self, heading: str, code: str, severity: Severity
    ) -> None:
        found = finding(row_with(**{heading: ""}), code)
        assert found.severity is severity
        assert found.where == "第1个表格第2行"
        assert "第" not in found.message  # the place is said once, by whoever shows it
        assert "请" in found.message

    @pytest.mark.parametrize(
        ("heading", "code"), [("责任部门", "missing-unit"), ("成果", "missing-deliverables")]
    )
    def test_a_dash_is_an_answer(self, heading: str, code: str) -> None:
        assert code not in codes(row_with(**{heading: "——"}))

    def test_milestones_without_any_date_are_reported(self) -> None:
        assert "missing-deadline" in codes(row_with(完成时限="1.印发办法; 2.组织学习"))


class TestPeople:
    def test_the_same_person_in_two_roles(self) -> None:
        assert finding(row_with(盯办人="孙小圣"), "same-person").severity is Severity.WARNING

    def test_several_persons_in_one_role(self) -> None:
        assert "钱小满、郑小果" in finding(row_with(盯办人="钱小满 郑小果"), "several-persons").message

    def test_a_unit_in_place_of_a_person_must_be_settled(self) -> None:
        assert finding(row_with(责任人="各科室负责人"), "role-is-unit").severity is Severity.ERROR

    def test_two_spellings_are_reported_once_for_the_whole_document(self) -> None:
        draft = draft_of(
            "2024年任务责任分解表",
            grid(
                [
                    HEADER,
                    [*GOOD[:7], "白聖豪", "孙小圣", "吴桐雨"],
                    ["2", *GOOD[1:7], "白圣豪", "孙小圣", "吴桐雨"],
                ]
            ),
        )
        (found,) = [diagnostic for diagnostic in draft.diagnostics if diagnostic.code == "name-variant"]
        assert "“白聖豪”、“白圣豪”" in found.message
        assert {"白聖豪", "白圣豪"} <= set(draft.proposed_people)

    def test_spellings_of_people_whom_the_file_does_not_name_are_not_reported(self) -> None:
        draft = draft_of(
            "2024年任务责任分解表",
            grid([HEADER, [*GOOD[:7], "白圣豪", "孙小圣", "吴桐雨"]]),
            directory=Directory.of(people=["黄蓉", "黃蓉"]),
        )

        assert "name-variant" not in {diagnostic.code for diagnostic in draft.diagnostics}

    def test_a_spelling_that_differs_from_the_directory_is_reported(self) -> None:
        draft = draft_of(
            "2024年任务责任分解表",
            grid([HEADER, [*GOOD[:7], "白聖豪", "孙小圣", "吴桐雨"]]),
            directory=Directory.of(people=["白圣豪", "孙小圣"], units=["法规科"]),
        )
        assert "name-variant" in {diagnostic.code for diagnostic in draft.diagnostics}
        assert draft.proposed_people == ("吴桐雨",)
        assert draft.proposed_units == ("装备科",)


class TestDeadlines:
    def test_a_vague_phrase_asks_for_a_date(self) -> None:
        assert "近期" in finding(row_with(完成时限="近期完成"), "vague-deadline").message

    def test_a_date_in_the_past_is_reported_when_the_day_is_known(self) -> None:
        past = finding(row_with(date(2024, 6, 1)), "past-date")
        assert past.severity is Severity.WARNING
        assert past.message.endswith("已经完成的，下达之前补录，标为已核对不算完成。")
        assert "past-date" not in codes(row_with(date(2024, 5, 31)))

    def test_without_a_year_dates_stay_open_and_that_is_an_error(self) -> None:
        table = table_of("任务责任分解表", grid([HEADER, GOOD]))
        assert table.year is None
        assert all(
            deadline.due is None for milestone in table.rows[0].milestones for deadline in milestone.deadlines
        )
        assert "deadline-without-year" in codes(table.rows[0])
        assert "year-missing" in {diagnostic.code for diagnostic in table.diagnostics}

    def test_a_year_that_is_given_settles_it(self) -> None:
        table = table_of("任务责任分解表", grid([HEADER, GOOD]), year=2026)
        assert table.year == 2026
        assert codes(table.rows[0]) == set()

    def test_a_year_against_the_title_is_reported(self) -> None:
        table = table_of("2024年任务责任分解表", grid([HEADER, GOOD]), year=2025)
        assert (table.year, table.diagnostics[0].code) == (2025, "year-contradicts")

    def test_two_periods_for_one_duty(self) -> None:
        row = row_with(
            攻坚任务="下达处罚决定之日起15个工作日内将案卷上传系统。",
            完成时限="1.下达处罚决定后7日内将案卷上传系统",
        )
        found = finding(row, "deadline-contradicts")
        assert "7日内" in found.message
        assert "15个工作日内" in found.message

    def test_the_same_period_twice_is_no_contradiction(self) -> None:
        row = row_with(
            攻坚任务="下达处罚决定之日起7日内将案卷上传系统。", 完成时限="1.下达处罚决定后7日内将案卷上传系统"
        )
        assert "deadline-contradicts" not in codes(row)


class TestLists:
    def test_a_list_that_goes_on_from_the_row_above(self) -> None:
        assert "list-continues" in codes(row_with(成果="6、照片; 7、总结"))

    def test_a_gap_in_a_list(self) -> None:
        assert "numbering-gap" in codes(row_with(成果="1、照片; 3、总结"))


class TestCells:
    @pytest.mark.parametrize("text", ["印发\ufffd办法", "#REF!", "印发□□办法"])
    def test_unreadable_text_is_an_error(self, text: str) -> None:
        assert finding(row_with(攻坚任务=text), "unreadable-cell").severity is Severity.ERROR

    def test_a_text_that_breaks_off_inside_a_bracket(self) -> None:
        assert "truncated-text" in codes(row_with(攻坚任务="印发办法(是否在下达"))


class TestPoints:
    def test_a_tier_above_the_heading(self) -> None:
        assert "points-contradict" in codes(row_with(攻坚任务="查处情况（1分）。查获的，得1.5分。"))

    def test_rows_that_do_not_add_up_to_their_heading(self) -> None:
        table = table_of(
            "2024年任务责任分解表",
            grid(
                [
                    HEADER,
                    ["1", "质量(15分)", "(1)甲项(6分)。做好甲", *GOOD[3:]],
                    ["2", "质量(15分)", "(2)乙项(6分)。做好乙", *GOOD[3:]],
                ]
            ),
        )
        assert "写15分，组内各行合计12分" in finding(table.rows[0], "points-contradict").message

    def test_text_repeated_in_the_next_row_is_reported(self) -> None:
        text = "案卷质量(6分，按比例赋分)。每月对上传案卷进行抽查评查，重点评查完整度。"
        table = table_of(
            "2024年任务责任分解表",
            grid(
                [
                    HEADER,
                    ["1", "甲", text, *GOOD[3:]],
                    ["2", "甲", text.replace("，", ",").replace("度", "性"), *GOOD[3:]],
                ]
            ),
        )
        assert "repeated-text" in codes(table.rows[1])
        assert "repeated-text" not in codes(table.rows[0])
