"""Pages as they are seldom: with nothing on them, with names as long as they come, with a menu open, after a refusal."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.console import Console
from tests.e2e.browser.driving import DESK, PHONE, Driver, turn
from tests.e2e.browser.screens import AUDITOR, NOBODY, SCREENS
from tests.factories import (
    COORDINATOR,
    NOON,
    OWNER,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.integration.web.office_of_roles import create_auditor, create_letter, create_webhook
from tracker.identity import id_of
from tracker.models import Person, StoredFile

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
KEEPER, READER = "测试管", "测试审"
# What may be asked for before anything was entered.
BARE = sorted(
    {
        (READER if who == AUDITOR else KEEPER, path)
        for visits in SCREENS.values()
        for who, path in visits
        if who != NOBODY and not any(mark.isdecimal() or mark in "{?" for mark in path)
    }
)


def look_around(driver: Driver, visits: list[tuple[str, str]]) -> list[str]:
    """What is wrong with the pages, each seen by its person."""
    findings: list[str] = []
    for who in sorted({who for who, _ in visits}):
        page = driver.open(who, size=PHONE)
        for path in (path for visitor, path in visits if visitor == who):
            answer = page.goto(driver.console.url + path)
            assert answer is not None
            assert answer.status == 200, path
            findings += [f"{path}: {line}" for line in [*driver.axe(page), *driver.misfits(page)]]
    return findings


@pytest.mark.parametrize("part", range(4))
def test_pages_of_an_office_that_has_just_begun(driver: Driver, part: int) -> None:
    # given two people and a programme of work without a task
    session = driver.console.session
    keeper = create_person(session, KEEPER, is_administrator=True, unit_id=None)
    campaign = create_campaign(session, coordinator=keeper)
    create_auditor(driver.console, id_of(campaign), create_person(session, READER, unit_id=None))
    session.commit()

    findings = look_around(driver, BARE[part::4])

    assert findings == [], "\n".join(findings)


class TestLongNames:
    """As long as their fields allow, once in words of Chinese and once without any place to break."""

    PLACES = (
        "/",
        "/tasks",
        "/tasks/1",
        "/tasks/1/evidence/1",
        "/board",
        "/month?month=2024-05",
        "/year?year=2024",
        "/leader",
        "/reports",
        "/admin/people",
        "/admin/people/1",
        "/admin/units",
        "/admin/campaigns",
        "/admin/webhooks",
        "/notices/letters/1",
    )

    @pytest.mark.parametrize(
        "syllable", ["生态环境综合行政执法", "Supercalifragilistic"], ids=["words", "unbroken"]
    )
    def test_nothing_is_pushed_out_of_any_page(self, driver: Driver, syllable: str) -> None:
        console = driver.console
        person = found_long_office(console, lambda length: (syllable * 30)[:length])

        page = driver.open(person, size=PHONE)
        findings = []
        for path in self.PLACES:
            answer = page.goto(console.url + path)
            assert answer is not None
            assert answer.status == 200, path
            for size in (PHONE, DESK):
                page.set_viewport_size({"width": size[0], "height": size[1]})
                findings += [f"{path}, {size[0]} px: {line}" for line in driver.misfits(page)]

        assert findings == [], "\n".join(findings)


def found_long_office(console: Console, text: Callable[[int], str]) -> Person:
    """One person who does everything in an office of long names; the rest of each kind is made beside it."""
    session = console.session
    unit = create_unit(session, text(120))
    person = create_person(session, text(60), unit_id=unit.id, is_administrator=True, title=text(60))
    campaign = create_campaign(session, text(200), coordinator=person)
    task = create_task(
        session,
        campaign=campaign,
        title=text(300),
        group=text(200),
        requirement=text(600),
        lead_unit_id=unit.id,
        owner=person,
        expediter=person,
        leader=person,
    )
    create_milestone(session, task, text=text(300))
    deliverable = create_deliverable(session, task, text=text(300))
    stored = console.house.store.add(io.BytesIO(text(600).encode()), name="说明.txt")
    session.add(StoredFile(sha256=stored.sha256, size=600, media_type="text/plain", stored_at=NOON))
    create_evidence(session, deliverable, submitted_by=person, sha256=stored.sha256, name=f"{text(240)}.txt")
    create_webhook(console)
    create_letter(console, person)
    session.commit()
    return person


class TestMenus:
    @SIZES
    def test_each_is_sound_when_it_is_open(self, driver: Driver, size: tuple[int, int]) -> None:
        page = driver.open(COORDINATOR, size=size, path="/tasks")
        menus = page.locator("details[data-menu] > summary:visible")
        findings = []
        for index in range(menus.count()):
            menus.nth(index).click()
            expect(page.locator("details[data-menu][open]")).to_have_count(1)
            for colours in ("light", "dark"):
                turn(page, colours)
                findings += [f"{colours}: {line}" for line in driver.axe(page)]
            page.keyboard.press("Escape")

        assert menus.count() == (2 if size == PHONE else 1)
        assert findings == [], "\n".join(findings)


class TestRefusals:
    def test_at_the_door(self, driver: Driver) -> None:
        page = driver.open(None)
        page.get_by_label("登录名").fill("nobody")
        page.get_by_label("密码", exact=True).fill("不是这个密码")
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.locator("#messages")).not_to_be_empty()
        findings = driver.inspect(page)

        page.goto(driver.console.url + "/invite")
        page.get_by_label("一次性代码").fill("ABCD-EFGH")
        for label in ("新密码", "再输入一次新密码"):
            page.get_by_label(label, exact=True).fill("雨前龙井三两三钱三分银子")
        page.get_by_role("button", name="设置密码").click()
        expect(page.get_by_text("一次性代码不对")).to_be_visible()
        findings += driver.inspect(page)

        driver.expect_refusals(401, 409)
        assert findings == [], "\n".join(findings)

    def test_of_what_is_for_others(self, driver: Driver) -> None:
        page = driver.open(OWNER, path="/admin/accounts")
        expect(page.get_by_role("heading", level=1)).to_be_visible()

        assert driver.inspect(page) == []
        driver.expect_refusals(403)

    @SIZES
    def test_of_an_act_whose_reasons_are_listed_where_one_stands(
        self, driver: Driver, size: tuple[int, int]
    ) -> None:
        # given an owner who asks for a day before the old one
        task = create_task(driver.console.session)
        create_milestone(driver.console.session, task)
        driver.console.session.commit()
        page = driver.open(OWNER, size=size, path=f"/tasks/{task.id}")
        page.locator("#milestones summary", has_text="申请延期").first.click()
        page.get_by_label("新的时限").fill("2024-01-02")
        page.get_by_label("理由").fill("设备到货晚于合同约定，需要时间验收。")
        page.get_by_role("button", name="确认申请延期").click()

        # then he is taken to the reasons, his words are still there, and all of it can be read
        expect(page.locator("#messages")).to_contain_text("新的时限必须晚于现在的时限")
        expect(page.locator("#messages")).to_be_in_viewport()
        expect(page.get_by_label("新的时限")).to_be_focused()
        expect(page.get_by_label("新的时限")).to_be_in_viewport(ratio=1)
        expect(page.locator("#milestones form #messages")).to_be_visible()
        expect(page.get_by_label("理由")).to_have_value("设备到货晚于合同约定，需要时间验收。")
        assert driver.inspect(page) == []
        driver.expect_refusals(409)
