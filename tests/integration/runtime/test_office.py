"""Setting up an office from the command line: database, people, units, campaigns, calendar, events."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from runtime.migrations import newest_revision
from tests.integration.runtime.conftest import COORDINATOR, EXPEDITER, LEADER, OWNER, Installation


class TestInit:
    def test_sets_up_a_database_and_the_first_account(self, tmp_path: Path) -> None:
        fresh = Installation(tmp_path)

        said = json.loads(
            fresh.done("init", "--administrator", "周伯通", "--email", "zhou@example.org", "--json")
        )

        assert said["administrator"] == "周伯通"
        assert said["revision"] == newest_revision()
        assert 2024 in said["calendar_years"]

    def test_again_changes_nothing(self, installation: Installation) -> None:
        said = json.loads(installation.done("init", "--json"))

        assert not said["upgraded"]
        assert said["administrator"] is None
        assert said["calendar_years"] == []

    def test_before_it_every_command_says_what_to_do(self, tmp_path: Path) -> None:
        answer = Installation(tmp_path).run("task", "list")

        assert answer.exit_code == 4
        assert "dingban init" in answer.stderr

    def test_a_database_of_a_newer_program_is_left_alone(self, installation: Installation) -> None:
        with sqlite3.connect(installation.folder / "dingban.db") as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")

        answer = installation.run("task", "list")

        assert answer.exit_code == 4
        assert "新版的程序" in answer.stderr

    def test_a_file_that_is_no_database_is_an_outside_failure(self, tmp_path: Path) -> None:
        (tmp_path / "dingban.db").write_bytes(
            b"not a database at all, and long enough to be read as one" * 20
        )

        answer = Installation(tmp_path).run("task", "list")

        assert answer.exit_code == 4
        assert answer.stderr.startswith("数据库出错")


class TestPeople:
    def test_a_person_is_entered_changed_and_listed(self, installation: Installation) -> None:
        installation.done("unit", "add", "综合科")
        installation.done("person", "add", "周伯通", "--unit", "综合科", "--title", "科长")
        installation.done("person", "change", "周伯通", "--email", "zhou@example.org")

        people = json.loads(installation.done("person", "list", "--json"))["people"]
        assert people[-1]["email"] == "zhou@example.org"
        assert people[-1]["unit"] == "综合科"
        assert "周伯通" in installation.done("person", "list")

    def test_two_of_one_name_are_told_apart_by_number(self, installation: Installation) -> None:
        installation.done("person", "add", "周伯通", "--title", "科长")
        installation.done("person", "add", "周伯通", "--title", "科员")

        answer = installation.run("person", "change", "周伯通", "--title", "副科长")

        assert answer.exit_code == 1
        assert "2（科长）、3（科员）" in answer.stderr

    def test_another_spelling_finds_the_person(self, office: Installation) -> None:
        office.done("person", "alias", LEADER, "黃藥師")

        assert office.run("person", "change", "黃藥師", "--title", "支队长").exit_code == 0

    def test_a_part_is_given_to_another(self, office: Installation) -> None:
        office.done("person", "reassign", 1, "--role", "责任人", "--from", OWNER, "--to", EXPEDITER)
        office.done("person", "appoint", 1, OWNER, "--role", "expediter")

        page = json.loads(office.done("task", "show", 1, "--json"))
        assert page["people"]["owner"] == [EXPEDITER]
        assert page["people"]["expediter"] == [EXPEDITER, OWNER]

    def test_who_still_has_work_hands_it_over_first(self, office: Installation) -> None:
        refused = office.run("person", "deactivate", OWNER)
        assert refused.exit_code == 1
        assert "请先移交" in refused.stderr

        handed = json.loads(office.done("person", "handover", OWNER, "--to", LEADER, "--json"))
        office.done("person", "deactivate", OWNER)

        assert handed["tasks"] == [1]
        assert OWNER not in office.done("person", "list")
        assert "已停用" in office.done("person", "list", "--all")

    @pytest.mark.parametrize("role", ["reviewer", "boss"])
    def test_a_role_that_is_not_given_is_wrong_usage(self, office: Installation, role: str) -> None:
        assert office.run("person", "appoint", 1, OWNER, "--role", role).exit_code == 2

    def test_changing_nothing_is_refused(self, office: Installation) -> None:
        assert office.run("person", "change", OWNER).exit_code == 1

    def test_only_a_coordinator_enters_people(self, office: Installation) -> None:
        assert office.run("person", "add", "周伯通", "--as", OWNER).exit_code == 1


class TestCampaigns:
    def test_a_campaign_has_its_coordinators_and_auditors(self, office: Installation) -> None:
        office.done("campaign", "appoint", "云岭大练兵", EXPEDITER)
        office.done("campaign", "appoint", 1, LEADER, "--auditor")

        found = json.loads(office.done("campaign", "list", "--json"))["campaigns"]
        assert set(found[0]["coordinators"]) == {COORDINATOR, EXPEDITER}
        assert found[0]["tasks"] == {"draft": 1}
        assert "草稿1" in office.done("campaign", "list")

    def test_one_with_open_tasks_is_not_closed(self, office: Installation) -> None:
        answer = office.run("campaign", "close", "云岭大练兵")

        assert answer.exit_code == 1
        assert "装备配备" in answer.stderr

    def test_an_empty_one_is(self, installation: Installation) -> None:
        installation.done("campaign", "add", "双随机", "--year", 2024, "--kind", "双随机")

        assert "已结束" in installation.done("campaign", "close", "双随机")

    def test_one_that_is_not_there_is_named(self, installation: Installation) -> None:
        assert "没有“稽查”" in installation.run("campaign", "close", "稽查").stderr


class TestCalendar:
    def test_a_year_is_imported_from_what_excel_saves(self, installation: Installation) -> None:
        file = installation.folder / "2030.csv"
        file.write_bytes("日期,类型,名称\n2030-10-01,节,国庆节\n2030-09-29,班,国庆节\n".encode("gb18030"))

        said = json.loads(installation.done("calendar", "import", file, "--year", 2030, "--json"))

        assert said["days"] == 2
        assert "国庆节" in installation.done("calendar", "show", 2030)
        assert 2030 in [
            each["year"] for each in json.loads(installation.done("calendar", "show", "--json"))["years"]
        ]

    def test_a_year_that_is_not_there_is_said_to_be_provisional(self, installation: Installation) -> None:
        assert "暂定" in installation.done("calendar", "show", 2040)

    def test_a_bad_line_is_named(self, installation: Installation) -> None:
        file = installation.folder / "bad.csv"
        file.write_text("日期,类型,名称\n下周一,休,x\n", encoding="utf-8")

        answer = installation.run("calendar", "import", file, "--year", 2030)

        assert answer.exit_code == 3
        assert "第 2 行" in answer.stderr

    @pytest.mark.parametrize("content", [None, b"\xff\xff\xff"])
    def test_a_file_that_cannot_be_read_ends_with_three(
        self, installation: Installation, content: bytes | None
    ) -> None:
        file = installation.folder / "calendar.csv"
        if content is not None:
            file.write_bytes(content)

        assert installation.run("calendar", "import", file, "--year", 2030).exit_code == 3


class TestEvents:
    def test_an_event_that_nobody_waits_for_is_refused(self, office: Installation) -> None:
        answer = office.run("event", "record", "检查结束", "--campaign", "云岭大练兵", "--on", "2024-07-01")

        assert answer.exit_code == 1
        assert "没有在办任务等待事件" in answer.stderr
        assert json.loads(office.done("event", "list", "--campaign", 1, "--json"))["events"] == []


class TestAudit:
    def test_an_altered_event_is_named(self, office: Installation) -> None:
        with sqlite3.connect(office.folder / "dingban.db") as connection:
            connection.execute("DROP TRIGGER audit_event_no_update")
            connection.execute("UPDATE audit_event SET actor_name = '欧阳锋' WHERE id = 3")

        answer = office.run("audit", "verify", "--json")

        assert answer.exit_code == 1
        assert json.loads(answer.stdout)["altered_id"] == 3
        assert "第3条记录的内容被改动" in office.run("audit", "verify").stdout
