"""Campaigns, units, people and handing over, through the console."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from tests.console import Client, Console
from tests.factories import (
    actor_of,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.integration.web.admin.asking import fetch, fetch_one
from tracker.identity import id_of
from tracker.models import Account, Campaign, CampaignRole, Person, Task, TaskPerson, Unit
from workflows.roles import Role
from workflows.task import TaskState


@pytest.fixture
def task(console: Console) -> Task:
    task = create_task(console.session)
    create_person(console.session, "测试管", is_administrator=True, unit_id=None)
    console.session.commit()
    return task


@pytest.fixture
def coordinator(console: Console, task: Task) -> Client:
    return console.as_("测试丁")


@pytest.fixture
def administrator(console: Console, task: Task) -> Client:
    return console.as_("测试管")


def person_of(console: Console, name: str) -> Person:
    person: Person = fetch_one(console, select(Person).where(Person.name == name))
    return person


def message_after(browser: Client, answer: Any) -> str:
    assert answer.status_code == 303, answer.text
    page = browser.get(answer.headers["location"]).text
    found = re.search(r'id="messages".*?notice-body">(.*?)</div>', page, re.DOTALL)
    assert found, page
    return re.sub(r"<[^>]+>", "", found.group(1)).strip()


class TestCampaigns:
    def test_an_administrator_opens_one_for_its_coordinator_and_sees_no_task_of_it(
        self, console: Console, administrator: Client
    ) -> None:
        coordinator = person_of(console, "测试丁")
        answer = administrator.submit(
            "/admin/campaigns",
            {"name": "2025年测试专项", "year": "2025", "kind": "稽查", "person": str(coordinator.id)},
        )
        assert "已建立“2025年测试专项”" in message_after(administrator, answer)
        campaign = fetch_one(console, select(Campaign).where(Campaign.year == 2025))
        assert (campaign.starts_on, campaign.ends_on) == (date(2025, 1, 1), date(2025, 12, 31))
        runners = fetch(
            console, select(CampaignRole.person_id).where(CampaignRole.campaign_id == campaign.id)
        )
        assert list(runners) == [coordinator.id]

    def test_lists_every_task_that_keeps_it_open_with_everything_it_lacks(
        self, console: Console, coordinator: Client, task: Task
    ) -> None:
        create_milestone(console.session, task, text="完成装备清点")
        console.session.commit()
        page = coordinator.get(f"/admin/campaigns/{task.campaign_id}").text
        assert "还有 1 项没有办结" in page
        assert "完成装备清点" in page
        refused = coordinator.submit(f"/admin/campaigns/{task.campaign_id}/close", is_htmx=True)
        assert refused.status_code == 409

    def test_closes_one_whose_tasks_are_done(self, console: Console, coordinator: Client, task: Task) -> None:
        task.state = TaskState.CLOSED
        console.session.commit()
        answer = coordinator.submit(f"/admin/campaigns/{task.campaign_id}/close")
        assert "已经结束" in message_after(coordinator, answer)

    def test_shows_a_coordinator_his_own_and_hides_the_others(
        self, console: Console, coordinator: Client, task: Task
    ) -> None:
        stranger = create_person(console.session, "测试庚")
        other = create_campaign(console.session, "2024年另一专项", coordinator=stranger)
        console.session.commit()
        assert coordinator.get(f"/admin/campaigns/{task.campaign_id}").status_code == 200
        hidden = coordinator.get(f"/admin/campaigns/{other.id}")
        missing = coordinator.get("/admin/campaigns/999")
        assert hidden.status_code == missing.status_code == 404
        assert "2024年另一专项" not in coordinator.get("/admin/campaigns").text

    def test_shows_an_administrator_the_frame_but_no_way_to_the_tasks(
        self, administrator: Client, task: Task
    ) -> None:
        page = administrator.get(f"/admin/campaigns/{task.campaign_id}").text
        assert "/tasks?campaign=" not in page
        assert "装备配备" not in page
        assert administrator.submit(f"/admin/campaigns/{task.campaign_id}/close").status_code == 403

    def test_appoints_and_dismisses(self, console: Console, administrator: Client, task: Task) -> None:
        path = f"/admin/campaigns/{task.campaign_id}/people"
        auditor = create_person(console.session, "测试审")
        console.session.commit()
        administrator.submit(path, {"person": "测试审", "role": "auditor"})
        roles = select(CampaignRole.role).where(CampaignRole.person_id == auditor.id)
        assert fetch(console, roles) == [Role.AUDITOR]
        administrator.submit(f"{path}/{auditor.id}/dismiss", {"role": "auditor"})
        assert fetch(console, roles) == []

    def test_makes_no_administrator_an_auditor(
        self, console: Console, administrator: Client, task: Task
    ) -> None:
        answer = administrator.submit(
            f"/admin/campaigns/{task.campaign_id}/people", {"person": "测试管", "role": "auditor"}
        )
        assert answer.status_code == 422
        assert "管理和审计须由不同的人承担" in answer.text


class TestUnits:
    def test_are_entered_moved_and_never_put_below_themselves(
        self, console: Console, coordinator: Client
    ) -> None:
        coordinator.submit("/admin/units", {"name": "测试总队", "parent_id": ""})
        office = fetch_one(console, select(Unit).where(Unit.name == "测试总队"))
        section = create_unit(console.session)
        console.session.commit()
        answer = coordinator.submit(
            f"/admin/units/{section.id}", {"name": "测试一科", "parent_id": str(office.id)}
        )
        assert message_after(coordinator, answer) == "已保存“测试一科”。"
        circle = coordinator.submit(
            f"/admin/units/{office.id}", {"name": "测试总队", "parent_id": str(section.id)}
        )
        assert circle.status_code == 422
        assert f'<option value="{section.id}"' not in coordinator.get(f"/admin/units/{office.id}").text

    def test_say_what_keeps_them_from_being_retired(self, coordinator: Client, task: Task) -> None:
        page = coordinator.get(f"/admin/units/{task.lead_unit_id}").text
        assert "人员测试甲" in page
        assert f"任务{task.id}" in page
        assert coordinator.submit(f"/admin/units/{task.lead_unit_id}/deactivate").status_code == 409


class TestPeople:
    def test_are_found_by_parts_of_names_and_units(self, console: Console, coordinator: Client) -> None:
        create_person(console.session, "张三丰", unit_id=create_unit(console.session, "测试综合执法队").id)
        console.session.commit()
        for words in ("三丰", "执法", "三丰 执法"):
            page = coordinator.get("/admin/people", params={"q": words}).text
            assert "张三丰" in page
            assert "测试乙" not in page

    def test_are_entered_changed_and_given_another_spelling(
        self, console: Console, coordinator: Client
    ) -> None:
        coordinator.submit("/admin/people", {"name": "白圣豪", "email": "bai@example.org"})
        person = person_of(console, "白圣豪")
        path = f"/admin/people/{person.id}"
        coordinator.submit(path, {"name": "白圣豪", "title": "副队长", "email": "bai@example.org"})
        coordinator.submit(f"{path}/aliases", {"name": "白聖豪"})
        page = coordinator.get(path).text
        assert 'value="副队长"' in page
        assert "白聖豪" in page

    def test_no_coordinator_makes_an_administrator(self, console: Console, coordinator: Client) -> None:
        person = person_of(console, "测试甲")
        assert "is_administrator" not in coordinator.get(f"/admin/people/{person.id}").text
        coordinator.submit(
            f"/admin/people/{person.id}", {"name": "测试甲", "is_administrator": "1", "email": person.email}
        )
        refused = coordinator.submit("/admin/people", {"name": "测试新", "is_administrator": "1"})
        assert refused.status_code == 409
        assert not person_of(console, "测试甲").is_administrator

    def test_two_spellings_become_one_person(self, console: Console, coordinator: Client, task: Task) -> None:
        kept = create_person(console.session, "白圣豪")
        other = create_person(console.session, "白聖豪")
        console.session.commit()
        assert "可能是同一人" in coordinator.get("/admin/people").text
        answer = coordinator.submit(f"/admin/people/{kept.id}/merge", {"other_id": str(other.id)})
        assert "并入白圣豪" in message_after(coordinator, answer)
        assert not person_of(console, "白聖豪").is_active

    def test_whoever_still_has_work_is_led_to_handing_it_over(
        self, console: Console, coordinator: Client
    ) -> None:
        person = person_of(console, "测试甲")
        answer = coordinator.submit(f"/admin/people/{person.id}/deactivate")
        assert answer.headers["location"] == f"/admin/people/{person.id}/handover"
        assert person_of(console, "测试甲").is_active

    def test_an_administrator_opens_the_account_from_the_page_of_the_person(
        self, console: Console, administrator: Client
    ) -> None:
        person = person_of(console, "测试甲")
        page = administrator.get(f"/admin/people/{person.id}").text
        assert 'action="/admin/accounts"' in page
        assert f'name="person" value="{person.id}"' in page

        codes = administrator.submit("/admin/accounts", {"person": person.id})

        assert codes.status_code == 200
        assert "测试甲" in codes.text
        account = fetch_one(console, select(Account).where(Account.person_id == person.id))
        after = administrator.get(f"/admin/people/{person.id}").text
        assert f'href="/admin/accounts/{account.id}"' in after
        assert "开通账号" not in after

    def test_a_coordinator_is_told_whom_to_ask_for_an_account(
        self, console: Console, coordinator: Client
    ) -> None:
        page = coordinator.get(f"/admin/people/{person_of(console, '测试甲').id}").text

        assert "请管理员开通" in page
        assert "开通账号" not in page


class TestHandover:
    def test_shows_every_part_that_moves_and_then_moves_it(
        self, console: Console, coordinator: Client, task: Task
    ) -> None:
        giver = person_of(console, "测试甲")
        create_person(console.session, "测试戊")
        console.session.commit()
        path = f"/admin/people/{giver.id}/handover"
        page = coordinator.get(path, params={"to": "测试乙"}).text
        assert "装备配备" in page
        assert "改由协调员审核" in page

        answer = coordinator.submit(path, {"to": "测试戊", "deactivate": "1"})

        assert "1项任务移交给测试戊" in message_after(coordinator, answer)
        owners = fetch(
            console,
            select(Person.name)
            .join(TaskPerson, col(TaskPerson.person_id) == col(Person.id))
            .where(TaskPerson.task_id == task.id, TaskPerson.role == Role.OWNER),
        )
        assert list(owners) == ["测试戊"]
        assert not person_of(console, "测试甲").is_active

    def test_shows_an_administrator_numbers_and_no_titles(
        self, console: Console, administrator: Client, task: Task
    ) -> None:
        page = administrator.get(f"/admin/people/{person_of(console, '测试甲').id}/handover").text
        assert f"任务{task.id}" in page
        assert "装备配备" not in page


class TestPeopleList:
    TEXT = "姓名,单位,职务,邮箱\n张三丰,测试一科,科长,san@example.org\n李四光,测试新科,,si@example.org"

    def test_is_checked_and_then_entered(self, console: Console, coordinator: Client) -> None:
        page = coordinator.submit("/admin/people/list/check", {"text": self.TEXT})
        assert page.status_code == 200
        assert "新增 <b>2</b> 人" in page.text
        assert fetch(console, select(Person).where(Person.name == "张三丰")) == []

        refused = coordinator.submit("/admin/people/list", {"text": self.TEXT})
        assert refused.status_code == 409
        assert "没有名为“测试新科”的单位" in refused.text
        answer = coordinator.submit("/admin/people/list", {"text": self.TEXT, "new_units": "1"})
        assert "新增2人" in message_after(coordinator, answer)
        assert person_of(console, "李四光").email == "si@example.org"

    def test_comes_as_a_file_too(self, console: Console, coordinator: Client) -> None:
        answer = coordinator.post(
            "/admin/people/list/check",
            data={"csrf": coordinator.csrf, "text": ""},
            files={"file": ("名单.csv", self.TEXT.encode("gb18030"), "text/csv")},
        )
        assert answer.status_code == 200
        assert "张三丰" in answer.text

    def test_refuses_a_file_that_is_no_text(self, coordinator: Client) -> None:
        answer = coordinator.post(
            "/admin/people/list/check",
            data={"csrf": coordinator.csrf, "text": ""},
            files={"file": ("名单.xlsx", b"PK\x03\x04\xff\xfe\x00\x81\x30", "application/zip")},
        )
        assert answer.status_code == 422
        assert "不是 UTF-8" in answer.text


def test_actors_are_who_signed_in(console: Console, coordinator: Client) -> None:
    """What is done here is written down under the visitor's own name."""
    coordinator.submit("/admin/units", {"name": "测试新科"})
    from tracker.models import AuditEvent

    event = fetch_one(console, select(AuditEvent).where(AuditEvent.kind == "unit.create"))
    assert event.actor_id == actor_of(person_of(console, "测试丁")).person_id
    assert id_of(fetch_one(console, select(Unit).where(Unit.name == "测试新科"))) == event.subject_id
