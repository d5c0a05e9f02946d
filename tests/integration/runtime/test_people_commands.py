"""People come and go: every command says so to people and to scripts."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.integration.runtime.conftest import COORDINATOR, EXPEDITER, LEADER, OWNER, Installation


def told(office: Installation, *arguments: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(office.done(*arguments, "--json"))
    return document


class TestParts:
    def test_each_act_prints_one_document(self, office: Installation) -> None:
        other = told(office, "person", "add", "周伯通")["id"]
        appointed = told(office, "person", "appoint", 1, "周伯通", "--role", "expediter")
        assert appointed == {"task_id": 1, "role": "expediter", "people": [other]}
        assert told(office, "person", "dismiss", 1, EXPEDITER, "--role", "expediter")["task_id"] == 1
        moved = told(office, "person", "reassign", 1, "--role", "owner", "--from", OWNER, "--to", "周伯通")
        assert moved["people"][1] == other
        assert told(office, "person", "alias", "周伯通", "周伯仝")["name"] == "周伯通"
        assert told(office, "campaign", "appoint", "云岭大练兵", "周伯通", "--auditor")["role"] == "auditor"

    def test_the_last_one_is_not_dismissed(self, office: Installation) -> None:
        office.done("task", "issue", 1, "--as", COORDINATOR)
        answer = office.run("person", "dismiss", 1, LEADER, "--role", "leader")
        assert answer.exit_code == 1
        assert "请改用换人" in answer.stderr


class TestDeactivated:
    @pytest.fixture
    def idle(self, office: Installation) -> int:
        """Somebody without work who was deactivated."""
        number: int = told(office, "person", "add", "周伯通")["id"]
        assert told(office, "person", "deactivate", "周伯通")["is_active"] is False
        return number

    def test_he_is_said_to_be_deactivated_and_not_unknown(self, office: Installation, idle: int) -> None:
        for named in ("周伯通", idle):
            answer = office.run("task", "accept", 1, "--as", named)
            assert answer.exit_code == 1
            assert "周伯通已经停用" in answer.stderr

    def test_he_comes_back(self, office: Installation, idle: int) -> None:
        office.done("person", "reactivate", idle)
        office.done("person", "appoint", 1, "周伯通", "--role", "expediter")

        assert "周伯通" in office.done("task", "show", 1)

    def test_a_name_that_nobody_has_is_unknown(self, office: Installation) -> None:
        assert "没有“欧阳锋”这个人员" in office.run("task", "accept", 1, "--as", "欧阳锋").stderr


class TestReportOptions:
    @pytest.mark.parametrize(
        "options", [("--week", "2024-W99"), ("--week", "上周"), ("--scope", "foo:周伯通")]
    )
    def test_what_is_no_week_or_scope_is_wrong_usage(
        self, office: Installation, options: tuple[str, str]
    ) -> None:
        answer = office.run("report", "weekly", "--out", "通报", *options)
        assert answer.exit_code == 2
        assert answer.stderr.startswith("用法不对")
        assert not (office.folder / "通报").exists()
