"""What somebody who runs an empty office is led to, and that it goes when it is done."""

from __future__ import annotations

import re

from tests.console import Console
from tests.factories import COORDINATOR, create_campaign, create_person, create_task, create_unit
from tests.integration.web.test_workbench import create_import_error
from tracker.identity import id_of
from tracker.models import Account, Person
from workflows.task import TaskState


def steps_of(console: Console, who: Person) -> list[tuple[str, str]]:
    """The titles and addresses of the steps on the first page."""
    page = console.as_(who).get("/").text.replace("&amp;", "&")
    return re.findall(r'first-step-text"><a href="([^"]+)">([^<]+)<', page)


def create_administrator(console: Console) -> Person:
    """Of no unit, as the first person of an office is."""
    person = Person(name="测试管", is_administrator=True)
    console.session.add(person)
    console.session.flush()
    return person


def open_account(console: Console, person: Person) -> None:
    console.session.add(Account(person_id=id_of(person), login_name=f"u{person.id}", created_at=console.at))


def appoint(console: Console) -> Person:
    """The coordinator of the campaign that tasks of tests belong to."""
    create_campaign(console.session)
    return create_person(console.session, COORDINATOR)


class TestAnAdministratorOfAnEmptyOffice:
    def test_is_led_from_units_to_the_first_campaign(self, console: Console) -> None:
        who = create_administrator(console)

        assert steps_of(console, who) == [
            ("/admin/units", "登记单位"),
            ("/admin/people", "登记人员"),
            ("/admin/accounts", "开通账号"),
            ("/admin/campaigns/new", "建立专项工作"),
        ]
        assert "今天没有" not in console.as_(who).get("/").text

    def test_every_step_leads_to_a_page_that_he_may_open(self, console: Console) -> None:
        who = create_administrator(console)
        client = console.as_(who)

        assert {client.get(href).status_code for href, _ in steps_of(console, who)} == {200}

    def test_what_is_done_is_not_said_any_more(self, console: Console) -> None:
        who = create_administrator(console)
        create_unit(console.session)
        other = create_person(console.session, COORDINATOR)

        assert [title for _, title in steps_of(console, who)] == ["开通账号", "建立专项工作"]
        open_account(console, other)
        assert [title for _, title in steps_of(console, who)] == ["建立专项工作"]
        create_campaign(console.session)
        assert steps_of(console, who) == []

    def test_a_running_office_leads_him_to_those_who_cannot_sign_in(self, console: Console) -> None:
        who = create_administrator(console)
        coordinator = appoint(console)

        assert steps_of(console, who) == [("/admin/accounts", "给协调员开通账号")]
        open_account(console, coordinator)
        create_task(console.session)
        assert steps_of(console, who) == [("/admin/accounts", "给任务人员开通账号")]
        assert "3 人有任务，还不能登录" in console.as_(who).get("/").text


class TestACoordinatorOfAnEmptyCampaign:
    def test_is_led_to_the_import(self, console: Console) -> None:
        who = appoint(console)

        assert steps_of(console, who) == [("/imports", "导入责任分解表")]

    def test_is_led_from_errors_and_people_to_issuing(self, console: Console) -> None:
        who = appoint(console)
        owner = create_person(console.session, "测试戊", email=None)
        create_task(console.session, state=TaskState.DRAFT, owner=owner)
        create_import_error(console.session)

        assert steps_of(console, who) == [
            ("/imports", "处理导入错误"),
            ("/admin/people?lacks=address", "补录邮箱"),
            ("/admin/people?lacks=account", "请管理员开通账号"),
            ("/tasks?state=draft", "下达任务"),
        ]

    def test_is_left_alone_once_tasks_are_issued(self, console: Console) -> None:
        who = appoint(console)
        create_task(console.session)
        create_task(console.session, state=TaskState.DRAFT)

        assert steps_of(console, who) == []
        assert "待下达 1 项" in console.as_(who).get("/").text


def test_whoever_runs_nothing_is_led_nowhere(console: Console) -> None:
    assert steps_of(console, create_person(console.session, "测试闲")) == []
