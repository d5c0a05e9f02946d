"""What the page of one task shows, and the small acts that only it makes visible."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runtime.cli.exits import describe_failure
from tests.integration.runtime.conftest import COORDINATOR, EXPEDITER, LEADER, OWNER, Installation

TABLE = """# 2024年试验工作责任分解表

| 序号 | 任务 | 完成时限 | 成果 | 责任部门 | 盯办人 | 责任人 | 分管领导 |
|---|---|---|---|---|---|---|---|
| 1 | 协调场地 | 尽快 | 1、纪要 | 试验一科、试验二科 | 郭靖 | 张三丰 | 黄药师 |
"""


@pytest.fixture
def shared_work(office: Installation) -> Installation:
    """The small office with one more task, under way: two units, and a step without a day."""
    (office.folder / "表.md").write_text(TABLE, encoding="utf-8")
    office.done("import", office.folder / "表.md", "--as", COORDINATOR)
    office.done("task", "issue", 2, "--as", COORDINATOR)
    office.done("task", "accept", 2, "--as", OWNER)
    return office


def page_of(office: Installation, task_id: int) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(office.done("task", "show", task_id, "--json"))
    return page


class TestUnits:
    def test_the_page_names_the_units_that_assist(self, shared_work: Installation) -> None:
        assert "责任单位：试验一科、试验二科" in shared_work.done("task", "show", 2)
        assert [each["name"] for each in page_of(shared_work, 2)["units"]] == ["试验一科", "试验二科"]

    def test_each_unit_tells_of_its_own_progress(self, shared_work: Installation) -> None:
        shared_work.done("unit", "progress", 2, "试验二科", "--text", "场地已看好", "--as", OWNER)

        assert "试验二科进展（2024-07-03 09:00）：场地已看好" in shared_work.done("task", "show", 2)
        assert [each["progress"] for each in page_of(shared_work, 2)["units"]] == [None, "场地已看好"]
        shared_work.done("audit", "verify")

    def test_one_of_the_unit_may_tell_it(self, shared_work: Installation) -> None:
        shared_work.done("person", "add", "周伯通", "--unit", "试验一科")
        shared_work.done("unit", "progress", 2, "试验一科", "--text", "已报名", "--as", "周伯通")

        assert "已报名" in [each["progress"] for each in page_of(shared_work, 2)["units"]]

    def test_a_refusal_lists_everything_at_once(self, shared_work: Installation) -> None:
        answer = shared_work.run("unit", "progress", 2, "综合科", "--text", " ", "--as", LEADER)

        assert answer.exit_code == 1
        assert "须由“综合科”的人员、责任人、盯办人或协调员办理" in answer.stderr
        assert "“综合科”不是本任务的责任单位，现有的是：试验一科、试验二科" in answer.stderr
        assert "须写明进展情况" in answer.stderr


class TestDay:
    def test_the_coordinator_gives_a_day_to_a_step_that_names_none(self, shared_work: Installation) -> None:
        shared_work.done("milestone", "date", 3, "--on", "2024-07-10", "--as", COORDINATOR)

        step = page_of(shared_work, 2)["milestones"][0]
        assert (step["due_on"], step["first_due_on"], step["light"]) == ("2024-07-10", "2024-07-10", "yellow")
        assert page_of(shared_work, 2)["timeline"][-1]["label"] == "确定节点时限"

    def test_it_is_reminded_of_from_then_on(self, shared_work: Installation) -> None:
        shared_work.done("milestone", "date", 3, "--on", "2024-07-10", "--as", COORDINATOR)

        days = ["--from", "2024-07-04", "--to", "2024-07-11", "--out", shared_work.folder / "演练", "--json"]
        owed = json.loads(shared_work.done("rehearse", *days))["notices"]
        assert {"2024-07-09", "2024-07-10", "2024-07-11"} <= {
            each["day"] for each in owed if each["due_on"] == "2024-07-10"
        }

    @pytest.mark.parametrize(
        ("milestone", "day", "who", "said"),
        [
            (1, "2024-07-10", COORDINATOR, "要改时限请申请延期"),
            (3, "2024-07-02", COORDINATOR, "时限不能早于今天"),
            (3, "2024-07-10", OWNER, "须由协调员或管理员办理"),
        ],
    )
    def test_a_day_is_given_once_by_the_coordinator_and_not_in_the_past(
        self, shared_work: Installation, milestone: int, day: str, who: str, said: str
    ) -> None:
        answer = shared_work.run("milestone", "date", milestone, "--on", day, "--as", who)

        assert answer.exit_code == 1
        assert said in answer.stderr


class TestEvidenceNames:
    def test_a_title_gets_the_ending_of_the_file(self, shared_work: Installation) -> None:
        file = shared_work.write_file("扫描件.pdf")
        shared_work.done("evidence", "add", 2, 1, file, "--name", "2024.7月会议纪要", "--as", OWNER)

        (evidence,) = page_of(shared_work, 2)["deliverables"][0]["evidence"]
        assert evidence["name"] == "2024.7月会议纪要.pdf"

    def test_a_title_with_another_ending_is_refused(self, shared_work: Installation) -> None:
        file = shared_work.write_file("扫描件.pdf")
        answer = shared_work.run("evidence", "add", 2, 1, file, "--name", "纪要.docx", "--as", OWNER)

        assert answer.exit_code == 1
        assert "内容其实是PDF 文档" in answer.stderr

    def test_the_history_says_which_piece_was_handed_in(self, shared_work: Installation) -> None:
        file = shared_work.write_file("纪要.pdf")
        shared_work.done("evidence", "add", 2, 1, file, "--as", OWNER)
        shared_work.done("evidence", "reject", 1, "--reason", "缺盖章", "--as", EXPEDITER)

        page = shared_work.done("task", "show", 2)
        assert "提交佐证材料（第1项“纪要.pdf”第1版）" in page
        assert "退回佐证材料（第1项“纪要.pdf”第1版）：缺盖章" in page


class TestWordsForPeople:
    def test_the_columns_recognised_are_named_in_chinese(self, office: Installation) -> None:
        (office.folder / "表.md").write_text(TABLE, encoding="utf-8")

        said = office.done("import", office.folder / "表.md", "--dry-run")
        (line,) = [line for line in said.splitlines() if "认出的列" in line]
        assert "责任人←责任人" in line
        assert "时间节点←完成时限" in line
        assert not any(letter.isascii() and letter.isalpha() for letter in line)

    def test_a_campaign_that_cannot_end_names_each_task_on_a_line_of_its_own(
        self, shared_work: Installation
    ) -> None:
        shared_work.done("task", "issue", 1, "--as", COORDINATOR)
        answer = shared_work.run("campaign", "close", "云岭大练兵", "--as", COORDINATOR)

        assert answer.exit_code == 1
        assert [line[:10] for line in answer.stderr.splitlines()[1:]] == ["  - 任务1“装备"]

    def test_a_database_that_does_not_answer_is_said_in_chinese(self) -> None:
        from sqlalchemy.exc import OperationalError

        refused = OperationalError("select", {}, Exception("connection failed: port 1\n\tIs it running?"))
        (line,) = describe_failure(refused)
        assert line.startswith("连不上数据库，请检查 DINGBAN_DATABASE_URL")

    def test_a_folder_is_named_as_it_was_given(self, office: Installation) -> None:
        answer = office.run("import", ".", "--dry-run")

        assert answer.exit_code == 3
        assert "“.”是文件夹" in answer.stderr
