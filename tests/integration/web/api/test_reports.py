"""Weekly reports and notices through the API: no more than one may see on the pages."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from notifications.models import Notice
from tests.console import Console
from tests.factories import (
    COORDINATOR,
    LEADER,
    NOON,
    OWNER,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
)
from tests.integration.web.api.conftest import Program
from tracker.identity import id_of
from tracker.models import Person, Task


class TestWeeklyReports:
    def test_the_figures_are_those_of_the_scope(self, console: Console, program: Program) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task, due_on=date(2024, 2, 1))
        client = program(COORDINATOR)
        answer = client.get(f"reports/weekly?week=2024-W06&scope=campaign:{task.campaign_id}")
        figures = answer.json()["figures"]
        assert figures["week"] == "2024-W06"
        assert figures["totals"]["overdue_milestones"] == 1
        assert [row["task"]["title"] for row in figures["overdue"]] == ["装备配备"]

    def test_a_scope_that_one_may_not_see_is_not_there(self, console: Console, program: Program) -> None:
        mine = create_task(console.session)
        create_campaign(console.session, "乙专项", coordinator=create_person(console.session, "测试戊"))
        leader = create_person(console.session, LEADER)
        keys = [scope["key"] for scope in program(LEADER).get("reports/scopes").json()["scopes"]]
        assert f"leader:{leader.id}" in keys
        assert "all" not in keys
        for scope in ("all", f"campaign:{mine.campaign_id}", "leader:999", "nonsense"):
            assert program(LEADER).get(f"reports/weekly?scope={scope}").status_code == 404
            assert program(LEADER).get(f"reports/weekly/files/xlsx?scope={scope}").status_code == 404

    @pytest.mark.parametrize(("kind", "member"), [("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")])
    def test_files_are_what_they_say(
        self, console: Console, program: Program, kind: str, member: str
    ) -> None:
        create_task(console.session)
        answer = program(COORDINATOR).get(f"reports/weekly/files/{kind}")
        assert answer.headers["content-disposition"].endswith(f".{kind}")
        assert member in ZipFile(BytesIO(answer.content)).namelist()

    def test_the_page_form_is_html_that_runs_nothing_here(self, console: Console, program: Program) -> None:
        create_task(console.session)
        answer = program(COORDINATOR).get("reports/weekly/files/html")
        assert answer.text.lstrip().lower().startswith("<!doctype html")
        assert "sandbox" in answer.headers["content-security-policy"]

    @pytest.mark.parametrize("week", ["2024-W99", "last", "2030-W01"])
    def test_a_week_that_is_none_or_lies_ahead_is_refused(
        self, console: Console, program: Program, week: str
    ) -> None:
        create_task(console.session)
        answer = program(COORDINATOR).get(f"reports/weekly?week={week}")
        assert answer.status_code == 422


def notify(console: Console, task: Task, person: Person, number: int) -> None:
    console.session.add(
        Notice(
            key=f"n{number}-{person.id}",
            rule="task.issue",
            recipient_id=id_of(person),
            task_id=id_of(task),
            office_day=date(2024, 3, 1),
            facts={"role": "owner"},
            created_at=NOON,
        )
    )


class TestNotices:
    def test_one_sees_one_s_own_and_a_coordinator_those_of_his_campaign(
        self, console: Console, program: Program
    ) -> None:
        task = create_task(console.session)
        owner, leader = create_person(console.session, OWNER), create_person(console.session, LEADER)
        notify(console, task, owner, 1)
        notify(console, task, leader, 2)

        own = program(OWNER).get("notices").json()["notices"]
        assert [each["recipient"] for each in own] == [OWNER]
        assert own[0]["arrival"] == "waiting"
        everybody = program(COORDINATOR).get("notices").json()["notices"]
        assert [each["recipient"] for each in everybody] == [LEADER, OWNER]
        assert program(OWNER).get(f"notices?person={leader.id}").json()["notices"] == []

    def test_older_ones_are_behind_the_link(self, console: Console, program: Program) -> None:
        task, owner = create_task(console.session), create_person(console.session, OWNER)
        for number in range(51):
            notify(console, task, owner, number)
        client = program(OWNER)
        first = client.get("notices?arrival=waiting")
        address = first.headers["link"].partition(">")[0].lstrip("<")
        rest = client.get(f"http://console.test{address}")
        assert len(first.json()["notices"]) == 50
        assert len(rest.json()["notices"]) == 1
        assert "link" not in rest.headers
