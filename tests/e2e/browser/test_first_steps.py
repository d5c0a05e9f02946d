"""Coming in by the front door, with scripts and without."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.factories import create_person, create_task
from tracker.identity import id_of
from tracker.services.accounts import create_account, set_password
from tracker.services.auditing import SYSTEM
from workflows.task import TaskState

PASSWORD = "雨前龙井三两三钱三分银子"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("has_scripts", [True, False], ids=["scripts", "no scripts"])
def test_somebody_signs_in_and_finds_his_desk(
    driver: Driver, size: tuple[int, int], has_scripts: bool
) -> None:
    # given somebody with an account, and a task that waits for him
    session = driver.console.session
    person = create_person(session)
    create_task(session, state=TaskState.ISSUED, title="更新执法装备台账")
    at = datetime.now(UTC)
    account, _ = create_account(session, person_id=id_of(person), login_name="jia", actor=SYSTEM, at=at)
    set_password(session, id_of(account), password=PASSWORD, at=at, actor=SYSTEM)
    session.commit()

    # when he signs in
    page = driver.open(None, size=size, has_scripts=has_scripts)
    page.get_by_label("登录名").fill("jia")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()

    # then he sees it on his desk
    expect(page.get_by_role("heading", level=1)).to_have_text("我的工作台")
    expect(page.get_by_role("link", name="更新执法装备台账")).to_be_visible()
