"""What was typed is kept: when the session ends in the middle of a form, and when somebody else was faster."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import select

from tests.console import Console
from tests.e2e.browser.driving import Driver
from tests.factories import COORDINATOR, LEADER, OWNER, create_milestone, create_person, create_task
from tracker.identity import id_of
from tracker.models import LoginSession
from tracker.services.accounts import create_account, set_password
from tracker.services.auditing import SYSTEM
from workflows.task import TaskState

PASSWORD = "雨前龙井三两三钱三分银子"
NOTE = "装备已清点，台账已建立。"


def give_account(console: Console) -> None:
    at = datetime.now(UTC)
    account, _ = create_account(
        console.session,
        person_id=id_of(create_person(console.session, OWNER)),
        login_name="jia",
        actor=SYSTEM,
        at=at,
    )
    set_password(console.session, id_of(account), password=PASSWORD, at=at, actor=SYSTEM)
    console.session.commit()


def sign_in(page: Page) -> None:
    page.get_by_label("登录名").fill("jia")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def end_sessions(console: Console) -> None:
    """As if everybody had been away too long."""
    for session in console.session.exec(select(LoginSession)).all():
        console.session.delete(session)
    console.session.commit()


def write_report(page: Page) -> None:
    page.locator("#milestones summary", has_text="报告完成").first.click()
    page.get_by_label("完成情况").fill(NOTE)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_session_that_ends_in_a_form_keeps_the_text(driver: Driver, has_scripts: bool) -> None:
    # given an owner in the middle of a report
    task = create_task(driver.console.session, title="更新执法装备台账")
    create_milestone(driver.console.session, task)
    give_account(driver.console)
    page = driver.open(OWNER, has_scripts=has_scripts)
    page.goto(f"{driver.console.url}/tasks/{task.id}")
    write_report(page)

    # when the session has ended before he sends it
    end_sessions(driver.console)
    page.get_by_role("button", name="确认报告完成").click()
    expect(page.get_by_text("您填写的内容已保留，登录后继续。")).to_be_visible()
    findings = driver.inspect(page) if has_scripts else []
    sign_in(page)

    # then he sees his text again, sends it, and it is on record
    expect(page.get_by_role("textbox", name="理由或情况")).to_have_value(NOTE)
    findings += driver.inspect(page) if has_scripts else []
    page.get_by_role("button", name="继续提交").click()
    expect(page.locator("#milestones").get_by_text(NOTE)).to_be_visible()
    driver.expect_refusals(401)
    assert findings == [], "\n".join(findings)


@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_who_comes_second_sees_what_changed_and_keeps_his_words(driver: Driver, has_scripts: bool) -> None:
    # given two people who look at the same task
    task = create_task(driver.console.session, state=TaskState.AWAITING_CLOSURE, title="更新执法装备台账")
    driver.console.session.commit()
    place = f"{driver.console.url}/tasks/{task.id}"
    leader, coordinator = (driver.open(who, has_scripts=has_scripts) for who in (LEADER, COORDINATOR))
    for page in (leader, coordinator):
        page.goto(place)
    coordinator.locator("#acts summary", has_text="撤销").click()
    coordinator.locator("#act-cancel-reason").fill("任务合并到第9项")

    # when the leader rejects it, and the coordinator then cancels it
    leader.locator("#acts summary", has_text="驳回").click()
    leader.locator("#act-reject-reason").fill("缺少验收单")
    leader.get_by_role("button", name="确认驳回").click()
    expect(leader.locator(".task-head .badge-state")).to_have_text("办理中")
    coordinator.get_by_role("button", name="确认撤销").click()

    # then the coordinator is told what happened, and his words are still there
    expect(coordinator.get_by_text("驳回：缺少验收单")).to_be_visible()
    reason = coordinator.get_by_role("textbox", name="理由").locator("visible=true")
    expect(reason).to_have_value("任务合并到第9项")
    findings = driver.inspect(coordinator) if has_scripts else []
    coordinator.get_by_role("button", name="确认撤销" if has_scripts else "再次提交").click()
    expect(coordinator.locator(".task-head .badge-state")).to_have_text("已撤销")
    driver.expect_refusals(409)
    assert findings == [], "\n".join(findings)
