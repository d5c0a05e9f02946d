"""What people do with tasks from the command line: what is done, what is refused, and what each prints."""

from __future__ import annotations

import json
from typing import Any, ClassVar

import pytest

from tests.integration.runtime.conftest import COORDINATOR, EXPEDITER, LEADER, OWNER, Installation

DEDUCTIONS = f"""2024年扣分项责任分解表
序号\t工作任务\t评分标准\t完成时限\t责任人\t盯办人\t分管领导
1\t信息报送\t每迟报一次扣0.5分,最多扣2分\t12月底前\t{OWNER}\t{EXPEDITER}\t{LEADER}
"""


def shown(office: Installation, task_id: int = 1) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(office.done("task", "show", task_id, "--json"))
    return page


def start(office: Installation) -> None:
    """Issue and accept the one task."""
    office.done("task", "issue", 1, "--as", COORDINATOR)
    office.done("task", "accept", 1, "--as", OWNER)


class TestTaskCommands:
    def test_a_task_lives_from_draft_to_archive(self, office: Installation) -> None:
        start(office)
        for milestone in (1, 2):
            office.done("milestone", "report", milestone, "--as", OWNER, "--note", "已经完成")
            office.done("milestone", "confirm", milestone, "--as", EXPEDITER)
        office.done("evidence", "add", 1, "1,2", office.write_file("情况.pdf"), "--as", OWNER)
        office.done("task", "submit", 1, "--as", OWNER)
        for evidence in (1, 2):
            office.done("evidence", "accept", evidence, "--as", EXPEDITER)
        office.done("task", "approve", 1, "--as", EXPEDITER)
        office.done("task", "close", 1, "--as", LEADER)
        package = office.folder / "任务1.zip"
        office.done("archive", 1, "--out", package, "--as", COORDINATOR)
        office.done("archive", "verify", package)
        office.done("task", "archive", 1, "--package", package, "--as", COORDINATOR)

        page = shown(office)
        assert page["state"] == "archived"
        assert [event["kind"] for event in page["timeline"]][-2:] == ["package.build", "task.archive"]
        office.done("audit", "verify")
        office.done("evidence", "verify")

    def test_a_refusal_lists_everything_that_is_missing(self, office: Installation) -> None:
        start(office)

        answer = office.run("task", "submit", 1, "--as", LEADER)

        assert answer.exit_code == 1
        assert answer.stderr.splitlines()[0] == "不能提交审核，原因如下："
        for said in ("须由责任人办理", "第1项成果“情况简介”", "第2项成果“采购资料”", "第1个节点“出台方案”"):
            assert said in answer.stderr
        assert "Traceback" not in answer.stderr

    def test_a_refusal_is_a_document_as_well(self, office: Installation) -> None:
        answer = office.run("task", "accept", 1, "--as", OWNER, "--json")

        document = json.loads(answer.stdout)
        assert answer.exit_code == 1
        assert document["error"]["exit_code"] == 1
        assert document["error"]["unmet"][0]["code"] == "wrong-state"

    def test_several_are_moved_one_by_one_and_those_refused_are_listed(self, office: Installation) -> None:
        answer = office.run("task", "issue", 1, 2, "--as", COORDINATOR)

        assert answer.exit_code == 1
        assert "任务1“装备配备”已下达" in answer.stdout
        assert "没有编号为2的任务" in answer.stderr
        assert shown(office)["state"] == "issued"

    def test_all_of_a_campaign_that_wait_are_moved(self, office: Installation) -> None:
        office.done("task", "issue", "--campaign", "云岭大练兵", "--as", COORDINATOR)

        assert shown(office)["state"] == "issued"

    def test_without_a_task_nothing_is_moved(self, office: Installation) -> None:
        assert office.run("task", "issue", "--as", COORDINATOR).exit_code == 1

    @pytest.mark.parametrize("spelling", ["send_back", "send-back"])
    def test_triggers_with_two_words_are_spelled_either_way(
        self, office: Installation, spelling: str
    ) -> None:
        answer = office.run("task", spelling, 1, "--as", EXPEDITER, "--reason", "材料不全")

        assert answer.exit_code == 1
        assert "只有“待审核”的才能退回" in answer.stderr

    def test_a_leader_acts_on_paper_and_the_coordinator_records_it(self, office: Installation) -> None:
        start(office)
        paper = ("--as", LEADER, "--reason", "机构调整")

        office.done("task", "suspend", 1, *paper, "--recorded-by", COORDINATOR)

        page = shown(office)
        assert page["state"] == "suspended"
        assert page["timeline"][-1]["recorded_by"] == COORDINATOR
        refused = office.run("task", "resume", 1, *paper, "--recorded-by", OWNER)
        assert refused.exit_code == 1
        assert "代录" in refused.stderr

    @pytest.mark.parametrize("who", ["999", "王重阳", "nobody@example.org"])
    def test_somebody_unknown_is_refused(self, office: Installation, who: str) -> None:
        assert office.run("task", "issue", 1, "--as", who).exit_code == 1

    @pytest.mark.parametrize("who", [OWNER, "zhang@example.org", "2"])
    def test_a_person_is_a_name_an_address_or_an_id(self, office: Installation, who: str) -> None:
        office.done("task", "issue", 1, "--as", COORDINATOR)

        assert "办理中" in office.done("task", "accept", 1, "--as", who)

    def test_lists_are_narrowed(self, office: Installation) -> None:
        def listed(*narrowed: str) -> list[int]:
            answer = json.loads(office.done("task", "list", "--json", *narrowed, DINGBAN_NOW="2024-07-08"))
            return [task["id"] for task in answer["tasks"]]

        start(office)
        assert listed("--overdue") == [1]
        assert listed("--person", OWNER, "--role", "owner", "--unit", "综合科", "--state", "active") == [1]
        assert listed("--role", "leader", "--person", OWNER) == []
        assert listed("--text", "执法装备") == [1]
        assert listed("--text", "没有的字") == []

    def test_pages_for_people_show_what_there_is(self, office: Installation) -> None:
        start(office)

        page = office.done("task", "show", 1)

        for said in ("装备配备", "办理中", "2024-07-05", "黄灯", "情况简介", "责任人：张三丰", "签收"):
            assert said in page
        assert "共1项" in office.done("task", "list")


class TestExplain:
    def test_lists_every_step_that_may_be_taken(self, office: Installation) -> None:
        start(office)

        answer = json.loads(office.done("explain", 1, "--as", OWNER, "--json"))

        steps = {step["trigger"]: step for step in answer["triggers"]}
        assert set(steps) == {"submit", "suspend", "cancel"}
        assert not steps["submit"]["allowed"]

    def test_a_step_that_lacks_something_ends_with_one(self, office: Installation) -> None:
        assert office.run("explain", 1, "accept", "--as", OWNER).exit_code == 1
        assert "可以办理" in office.done("explain", 1, "issue", "--as", COORDINATOR)


class TestMilestonesAndExtensions:
    def test_a_report_is_returned_and_a_step_is_waived(self, office: Installation) -> None:
        start(office)
        office.done("milestone", "report", 1, "--as", OWNER, "--note", "完成")
        office.done("milestone", "return", 1, "--as", EXPEDITER, "--reason", "没有印发")
        office.done("milestone", "waive", 2, "--as", LEADER, "--reason", "上级取消")

        states = [milestone["state"] for milestone in shown(office)["milestones"]]
        assert states == ["pending", "waived"]

    def test_nobody_confirms_what_he_reported(self, office: Installation) -> None:
        start(office)
        office.done("milestone", "report", 1, "--as", OWNER, "--note", "完成")

        assert office.run("milestone", "confirm", 1, "--as", OWNER).exit_code == 1

    def test_the_first_day_survives_an_extension(self, office: Installation) -> None:
        start(office)
        office.done("extension", "request", 1, "--to", "2024-07-20", "--reason", "招标延后", "--as", OWNER)
        office.done("extension", "grant", 1, "--as", LEADER)

        milestone = shown(office)["milestones"][0]
        assert (milestone["due_on"], milestone["first_due_on"]) == ("2024-07-20", "2024-07-05")

    def test_a_second_one_waits_for_the_coordinator(self, office: Installation) -> None:
        start(office)
        for day in ("2024-07-20", "2024-07-31"):
            office.done("extension", "request", 1, "--to", day, "--reason", "招标延后", "--as", OWNER)
            if day == "2024-07-20":
                office.done("extension", "grant", 1, "--as", LEADER)
        assert office.run("extension", "grant", 2, "--as", LEADER).exit_code == 1
        office.done("extension", "consent", 2, "--as", COORDINATOR)
        office.done("extension", "refuse", 2, "--as", LEADER, "--reason", "不宜再延")

        assert shown(office)["milestones"][0]["due_on"] == "2024-07-20"


class TestEvidence:
    def test_a_rejected_file_does_not_count(self, office: Installation) -> None:
        start(office)
        office.done("evidence", "add", 1, 1, office.write_file("情况.pdf"), "--as", OWNER)
        office.done("evidence", "reject", 1, "--as", EXPEDITER, "--reason", "没有盖章")
        office.done("evidence", "link", 1, 2, "https://oa.example.org/1", "--name", "采购合同", "--as", OWNER)

        evidence = [each["evidence"] for each in shown(office)["deliverables"]]
        assert evidence[0][0]["review_reason"] == "没有盖章"
        assert evidence[1][0]["link"] == "https://oa.example.org/1"

    def test_a_number_that_is_not_there_is_refused_with_those_that_are(self, office: Installation) -> None:
        start(office)

        answer = office.run("evidence", "add", 1, 7, office.write_file("情况.pdf"), "--as", OWNER)

        assert answer.exit_code == 1
        assert "现有的是：1、2" in answer.stderr

    def test_a_file_that_is_not_there_cannot_be_read(self, office: Installation) -> None:
        start(office)

        assert office.run("evidence", "add", 1, 1, "没有.pdf", "--as", OWNER).exit_code == 3

    def test_a_program_is_refused_whatever_it_is_called(self, office: Installation) -> None:
        start(office)
        program = office.write_file("情况.pdf", b"MZ\x90\x00" + bytes(200))

        assert office.run("evidence", "add", 1, 1, program, "--as", OWNER).exit_code == 1

    def test_an_altered_file_is_found(self, office: Installation) -> None:
        start(office)
        office.done("evidence", "add", 1, 1, office.write_file("情况.pdf"), "--as", OWNER)
        stored = next(
            path
            for path in (office.folder / "evidence").rglob("*")
            if path.is_file() and path.stat().st_size > 0
        )
        stored.chmod(0o600)
        stored.write_bytes(b"%PDF-1.4 something else")

        answer = office.run("evidence", "verify", "--json")

        assert answer.exit_code == 1
        assert not json.loads(answer.stdout)["intact"]


class TestArchive:
    def test_an_open_task_has_no_package(self, office: Installation) -> None:
        answer = office.run("archive", 1, "--out", office.folder / "x.zip")

        assert answer.exit_code == 1
        assert not (office.folder / "x.zip").exists()

    def test_a_file_that_is_no_package_is_refused(self, office: Installation) -> None:
        answer = office.run("archive", "verify", office.write_file("x.zip", b"PK\x03\x04 broken"), "--json")

        assert answer.exit_code == 1
        assert json.loads(answer.stdout)["problems"]

    @pytest.mark.parametrize("arguments", [["archive", "verify"], ["archive", "1"], ["archive", "all"]])
    def test_half_a_command_is_wrong_usage(self, office: Installation, arguments: list[str]) -> None:
        assert office.run(*arguments).exit_code == 2


class TestNotesByHand:
    def test_an_instruction_is_given_and_acknowledged(self, office: Installation) -> None:
        start(office)
        office.done("instruction", "give", 1, "--text", "抓紧办理", "--as", LEADER)
        assert office.run("instruction", "ack", 1, "--as", LEADER).exit_code == 1
        office.done("instruction", "ack", 1, "--as", OWNER)

        assert shown(office)["instructions"][0]["acknowledged_at"]

    def test_urging_is_on_record(self, office: Installation) -> None:
        start(office)
        office.done("urge", 1, "--text", "请抓紧", "--as", EXPEDITER)

        assert shown(office)["timeline"][-1]["kind"] == "task.urge"

    def test_a_deduction_is_recorded_of_an_item_that_deducts(self, office: Installation) -> None:
        table = office.write_file("扣分项.tsv", DEDUCTIONS.encode())
        office.done("import", table, "--campaign", "云岭大练兵")
        office.done("task", "issue", 2, "--as", COORDINATOR)
        occurrence = ("--points", 0.5, "--note", "迟报一次", "--as", COORDINATOR)

        office.done("deduction", "record", 2, *occurrence)

        assert shown(office, 2)["points_lost"] == 0.5
        start(office)
        refused = office.run("deduction", "record", 1, *occurrence)
        assert (refused.exit_code, "没有扣分规定" in refused.stderr) == (1, True)


class TestBackfilling:
    """补录: what was done before the program came."""

    AUGUST: ClassVar = {"DINGBAN_NOW": "2024-08-01T09:00"}  # the steps are due in July

    def test_is_recorded_with_what_shows_it_and_taken_back(self, office: Installation) -> None:
        step = shown(office)["milestones"][0]
        day = ("--on", step["due_on"], "--basis", "当月印发的通知", "--as", COORDINATOR)
        paper = office.write_file("通知.pdf")

        told = office.done("milestone", "backfill", step["id"], *day, **self.AUGUST)
        office.done("evidence", "add", 1, "1", paper, "--as", COORDINATOR, "--backfill", **self.AUGUST)

        assert f"“已完成”（补录，{step['due_on']}完成）" in told
        page = shown(office)
        assert (page["milestones"][0]["light"], page["milestones"][0]["done_basis"]) == (
            "blue",
            "当月印发的通知",
        )
        assert page["deliverables"][0]["evidence"][0]["submitted_by"] == COORDINATOR
        printed = office.done("task", "show", 1)
        assert "蓝灯（补录）" in printed
        assert "依据：当月印发的通知" in printed
        office.done("milestone", "take_back", step["id"], "--as", COORDINATOR, **self.AUGUST)
        assert shown(office)["milestones"][0]["state"] == "pending"

    def test_a_refusal_ends_with_one_and_says_everything(self, office: Installation) -> None:
        step = shown(office)["milestones"][0]["id"]
        answer = office.run(
            "milestone", "backfill", step, "--on", "2024-07-04", "--basis", " ", "--as", OWNER
        )
        assert answer.exit_code == 1
        for said in ("补录须由协调员办理", "还没有到", "须写明依据"):
            assert said in answer.stderr

    def test_a_day_that_is_none_is_wrong_usage(self, office: Installation) -> None:
        answer = office.run(
            "milestone", "backfill", 1, "--on", "三月", "--basis", "通知", "--as", COORDINATOR
        )
        assert answer.exit_code == 2
