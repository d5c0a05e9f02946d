"""The life of a task through four people, each at his own browser: from 下达 to 归档, at a desk and on a phone."""

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

TITLE = "更新执法装备台账"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_task_is_issued_done_reviewed_closed_and_archived(
    driver: Driver, size: tuple[int, int], tmp_path: Path
) -> None:
    # given a draft with one step and one thing to hand in
    session = driver.console.session
    task = create_task(session, state=TaskState.DRAFT, title=TITLE)
    create_milestone(session, task)
    create_deliverable(session, task)
    session.commit()
    paper = tmp_path / "台账.txt"
    paper.write_text("执法记录仪 12 台\n", encoding="utf-8")
    coordinator, owner, expediter, leader = (
        driver.open(who, size=size) for who in (COORDINATOR, OWNER, EXPEDITER, LEADER)
    )
    place = f"{driver.console.url}/tasks/{task.id}"

    # when the coordinator issues it, and the owner accepts it from his desk
    coordinator.goto(place)
    press(coordinator, "下达")
    shows_state(coordinator, "待签收")
    owner.reload()
    press(owner, "签收")
    expect(owner.get_by_text("今天没有等您办的事")).to_be_visible()

    # and the owner reports the step, and hands the paper in
    owner.goto(place)
    fold(owner, "#milestones", "报告完成")
    owner.get_by_label("完成情况").fill("装备已清点，台账已建立。")
    press(owner, "确认报告完成")
    expect(owner.get_by_text("装备已清点，台账已建立。").first).to_be_visible()
    if not owner.locator("#deliverables input[type=file]").is_visible():
        fold(owner, "#deliverables", "提交材料")
    owner.locator("#deliverables input[type=file]").set_input_files(paper)
    press(owner, "提交文件")
    expect(owner.locator("#deliverables").get_by_text("台账.txt").first).to_be_visible()

    # and the expediter confirms the one and accepts the other
    expediter.reload()
    expect(expediter.get_by_text("待审核").first).to_be_visible()
    expediter.goto(place)
    confirm(expediter, "#milestones", "确认")
    expect(expediter.locator("#milestones").get_by_text("已完成").first).to_be_visible()
    confirm(expediter, "#deliverables", "审核通过")
    expect(expediter.locator("#deliverables").get_by_text("已通过").first).to_be_visible()

    # and it is submitted, approved and closed
    owner.goto(place)
    press(owner, "提交审核")
    shows_state(owner, "待审核")
    expediter.goto(place)
    press(expediter, "审核通过")
    shows_state(expediter, "待销号")
    leader.reload()
    leader.get_by_role("link", name="去销号").click()
    fold(leader, "#acts", "销号")
    press(leader, "确认销号")
    shows_state(leader, "已销号")

    # and the coordinator builds the package and archives it
    coordinator.goto(place)
    press(coordinator, "生成归档材料包")
    expect(coordinator.get_by_text("归档材料包已经生成").first).to_be_visible()
    fold(coordinator, "#acts", "归档")
    press(coordinator, "确认归档")

    # then it is archived, and everybody's part in it is told
    shows_state(coordinator, "已归档")
    history = coordinator.locator("#history")
    for who in (COORDINATOR, OWNER, EXPEDITER, LEADER):
        expect(history.get_by_text(who).first).to_be_visible()


def named(name: str) -> Pattern[str]:
    """A button of this name, whatever it is about: “确认” or “确认：完成清点”."""
    return re.compile(f"^{re.escape(name)}(：|$)")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=named(name)).first.click()


def fold(page: Page, place: str, name: str) -> None:
    """Unfold the form of an act."""
    page.locator(f"{place} summary", has_text=name).first.click()


def confirm(page: Page, place: str, name: str) -> None:
    """An act that may be one press, or a fold with a form."""
    page.locator(place).get_by_role("button", name=named(name)).first.click()


def shows_state(page: Page, label: str) -> None:
    expect(page.locator(".task-head .badge-state")).to_have_text(label)
