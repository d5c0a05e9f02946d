"""A short life in a browser that runs no scripts: every act is a plain form with a plain answer."""

from __future__ import annotations

import re
from pathlib import Path
from re import Pattern

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_deliverable,
    create_milestone,
    create_task,
)
from workflows.task import TaskState


def named(name: str) -> Pattern[str]:
    """A button of this name, whatever it is about: “确认” or “确认：完成清点”."""
    return re.compile(f"^{re.escape(name)}(：|$)")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=named(name)).locator("visible=true").first.click()


def unfold(page: Page, place: str, name: str) -> None:
    page.locator(f"{place} summary", has_text=name).first.click()


def shows_state(page: Page, label: str) -> None:
    expect(page.locator(".task-head .badge-state")).to_have_text(label)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_task_lives_from_issue_to_closure(driver: Driver, size: tuple[int, int], tmp_path: Path) -> None:
    # given a draft with one step and one thing to hand in
    session = driver.console.session
    task = create_task(session, state=TaskState.DRAFT, title="更新执法装备台账")
    create_milestone(session, task)
    create_deliverable(session, task)
    session.commit()
    paper = tmp_path / "台账.txt"
    paper.write_text("执法记录仪 12 台\n", encoding="utf-8")
    coordinator, owner, expediter, leader = (
        driver.open(who, size=size, has_scripts=False) for who in (COORDINATOR, OWNER, EXPEDITER, LEADER)
    )
    place = f"{driver.console.url}/tasks/{task.id}"

    # when it is issued, accepted, reported and handed in
    coordinator.goto(place)
    press(coordinator, "下达")
    shows_state(coordinator, "待签收")
    owner.goto(place)
    press(owner, "签收")
    shows_state(owner, "办理中")
    unfold(owner, "#milestones", "报告完成")
    owner.get_by_label("完成情况").fill("台账已建立。")
    press(owner, "确认报告完成")
    expect(owner.locator("#milestones").get_by_text("台账已建立。")).to_be_visible()
    owner.locator("#deliverables input[type=file]").set_input_files(paper)
    press(owner, "提交文件")
    expect(owner.locator("#deliverables").get_by_text("台账.txt").first).to_be_visible()

    # and reviewed, with an instruction that the owner acknowledges
    leader.goto(place)
    unfold(leader, "#acts", "批示")
    leader.get_by_label("批示内容").fill("请抓紧。")
    press(leader, "确认批示")
    expect(leader.locator("#messages")).to_contain_text("批示")
    owner.goto(place)
    press(owner, "签阅")
    expediter.goto(place)
    press(expediter, "确认")
    press_within(expediter, "#deliverables", "审核通过")
    owner.goto(place)
    press(owner, "提交审核")
    shows_state(owner, "待审核")
    expediter.goto(place)
    press(expediter, "审核通过")
    leader.goto(place)
    unfold(leader, "#acts", "销号")
    press(leader, "确认销号")

    # then it is closed
    shows_state(leader, "已销号")


def press_within(page: Page, place: str, name: str) -> None:
    page.locator(place).get_by_role("button", name=named(name)).first.click()


def test_what_is_refused_is_said_and_what_was_typed_comes_back(driver: Driver) -> None:
    task = create_task(driver.console.session)
    create_milestone(driver.console.session, task)
    driver.console.session.commit()
    page = driver.open(OWNER, has_scripts=False)
    page.goto(f"{driver.console.url}/tasks/{task.id}")

    # when a day before the old one is asked for
    unfold(page, "#milestones", "申请延期")
    page.get_by_label("新的时限").fill("2024-01-02")
    page.get_by_label("理由").fill("设备到货晚于合同约定，需要时间验收。")
    press(page, "确认申请延期")

    # then the answer says why not, and offers again what was typed
    expect(page.get_by_text("新的时限必须晚于现在的时限")).to_be_visible()
    expect(page.get_by_role("textbox", name="新的时限")).to_have_value("2024-01-02")
    page.get_by_role("textbox", name="新的时限").fill("2024-07-15")
    press(page, "再次提交")
    expect(page.get_by_text("设备到货晚于合同约定，需要时间验收。").first).to_be_visible()
    driver.expect_refusals(409)


def test_a_list_is_filtered_and_acted_on(driver: Driver) -> None:
    for title in ("更新执法装备台账", "组织业务培训"):
        create_task(driver.console.session, title=title)
    driver.console.session.commit()
    page = driver.open(COORDINATOR, has_scripts=False)
    page.goto(driver.console.url + "/tasks")

    page.get_by_label("文字").fill("更新")
    press(page, "筛选")
    expect(page.get_by_role("link", name="组织业务培训")).to_have_count(0)
    page.get_by_label("选择 更新执法装备台账").check()
    unfold(page, "#bulk", "催办")
    page.get_by_label("催办的话").fill("请按时报告。")
    press(page, "催办所选任务")

    expect(page.get_by_role("heading", level=1)).to_have_text("催办结果")
    expect(page.get_by_text("办成 1 项")).to_be_visible()
