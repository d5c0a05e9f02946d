"""A leader's day at a desk and on a phone: what is red, what waits for a decision, a word to the owner, the report."""

from __future__ import annotations

from datetime import date
from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.factories import (
    LEADER,
    OWNER,
    create_deliverable,
    create_evidence,
    create_extension,
    create_milestone,
    create_task,
)
from tracker.identity import id_of
from tracker.models import EvidenceState, Extension, Instruction, Milestone, Task
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneState
from workflows.task import TaskState

Row = TypeVar("Row", Task, Milestone, Extension)
LATE, READY, WAITING = "更新执法装备台账", "汇编执法案例", "开展燃煤锅炉检查"
BOTH = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


class Office:
    """Three tasks of 测试丙 on the 1st of March: one is late, one is ready to close, one asks for time."""

    def __init__(self, driver: Driver) -> None:
        session = driver.console.session
        self.driver, self.session = driver, session
        self.late = create_task(session, title=LATE)
        create_milestone(session, self.late, text="完成装备清点", due_on=date(2024, 2, 20))
        self.ready = create_task(session, title=READY, state=TaskState.AWAITING_CLOSURE)
        create_milestone(session, self.ready, due_on=date(2024, 2, 9), state=MilestoneState.MET)
        create_evidence(session, create_deliverable(session, self.ready), state=EvidenceState.ACCEPTED)
        self.waiting = create_task(session, title=WAITING)
        self.step = create_milestone(session, self.waiting, due_on=date(2024, 5, 31))
        self.request = create_extension(session, self.step)
        session.commit()

    def open(self, size: tuple[int, int], path: str = "/leader") -> Page:
        page = self.driver.open(LEADER, size=size)
        page.goto(self.driver.console.url + path)
        return page

    def now(self, row: Row) -> Row:
        self.session.refresh(row)
        return row


@pytest.fixture
def office(driver: Driver) -> Office:
    return Office(driver)


@BOTH
def test_a_number_is_followed_to_its_rows_and_on_to_the_task(office: Office, size: tuple[int, int]) -> None:
    page = office.open(size)

    page.locator(".stats").get_by_role("link", name="红灯任务").click()
    expect(page.get_by_role("link", name=LATE)).to_be_visible()
    expect(page.get_by_role("link", name=WAITING)).to_have_count(0)

    page.go_back()
    red = page.locator("#red")
    expect(red.get_by_text("10 天")).to_be_visible()
    expect(red.get_by_text(OWNER)).to_be_visible()
    red.get_by_role("link", name="完成装备清点").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(LATE)


@BOTH
def test_a_task_is_closed_and_time_is_granted_on_the_spot(office: Office, size: tuple[int, int]) -> None:
    page = office.open(size)
    expect(page.locator("#decisions + .tab-count")).to_have_text("2")

    page.locator("summary", has_text="销号").first.click()
    page.get_by_role("button", name="确认销号", exact=True).click()
    expect(page.locator("#decisions + .tab-count")).to_have_text("1")
    page.get_by_role("button", name="批准延期", exact=True).click()
    expect(page.get_by_role("heading", name="等我决定")).to_have_count(0)

    assert office.now(office.ready).state is TaskState.CLOSED
    assert office.now(office.request).state is ExtensionState.GRANTED
    assert office.now(office.step).due_on == office.request.to_due_on


@BOTH
def test_a_word_to_the_owner_reaches_his_desk(office: Office, size: tuple[int, int]) -> None:
    page = office.open(size, f"/tasks/{office.late.id}")
    page.locator("summary", has_text="批示").first.click()
    page.get_by_label("批示内容").fill("本周内报清点结果。")
    page.get_by_role("button", name="确认批示", exact=True).click()
    expect(page.locator("#instructions").get_by_text("本周内报清点结果。")).to_be_visible()

    owner = office.driver.open(OWNER, size=size)
    expect(owner.get_by_text("本周内报清点结果。").first).to_be_visible()
    given = office.session.get(Instruction, 1)
    assert given is not None
    assert given.task_id == id_of(office.late)


@BOTH
def test_the_weekly_report_is_read_where_the_leader_comes_from(office: Office, size: tuple[int, int]) -> None:
    page = office.open(size)

    page.get_by_role("link", name="本范围的周报").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("周")
    expect(page.get_by_role("link", name=LATE).first).to_be_visible()
    assert office.driver.misfits(page) == []
    assert office.driver.axe(page) == []
