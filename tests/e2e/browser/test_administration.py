"""An administrator's morning by clicks: units, people, accounts, a handover, a token, a test of the mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine
from sqlmodel import select

from runtime.installation import read_policy
from tests.console import Console, opened_console
from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.factories import EXPEDITER, OWNER, create_milestone, create_person, create_task
from tracker.models import Account, Person, TaskPerson
from tracker.queries.people import resolve_person
from web.installation import Installation
from workflows.roles import Role

KEEPER, NEWCOMER = "测试管", "张三丰"
PASSWORD = "雨前龙井三两三钱三分银子"
RULES = Path(__file__).resolve().parents[3] / "config" / "reminders.toml"
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


class Mail:
    """What the test of the mail sends."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | None]] = []

    def send(self, name: str, address: str | None, _at: datetime) -> str | None:
        self.sent.append((name, address))
        return None

    def installation(self) -> Installation:
        return Installation(
            glance=lambda _at: [],
            examine=lambda _at: [],
            facts=lambda: [("程序版本", "9.9.9")],
            channel="邮件服务器",
            needs_address=True,
            send_test=self.send,
            policy_files={"reminders.toml": RULES},
            policy_is_own=False,
            read_policy=read_policy,
        )


@pytest.fixture
def mail() -> Mail:
    return Mail()


@pytest.fixture
def console(engine: Engine, tmp_path: Path, mail: Mail) -> Iterator[Console]:
    """An office with an administrator, who sends mail through `mail`."""
    with opened_console(engine, tmp_path, installation=mail.installation()) as console:
        create_person(console.session, KEEPER, is_administrator=True)
        console.session.commit()
        yield console


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def unfold(page: Page, name: str) -> None:
    page.locator("main summary", has_text=name).first.click()


def enter_unit(page: Page, url: str, name: str) -> None:
    page.goto(f"{url}/admin/units")
    page.get_by_label("名称", exact=True).fill(name)
    press(page, "新增")
    expect(page.locator("#messages")).to_contain_text(name)


def enter_person(page: Page, url: str, name: str, unit: str) -> None:
    page.goto(f"{url}/admin/people/new")
    page.get_by_label("姓名", exact=True).fill(name)
    page.get_by_role("combobox", name="单位").select_option(label=unit)
    page.get_by_label("邮箱").fill("zhang@example.org")
    press(page, "新增")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def open_account(page: Page, url: str, name: str) -> str:
    """The one-time code, as it is shown this once."""
    page.goto(f"{url}/admin/accounts")
    unfold(page, "给一人开通")
    page.get_by_label("人员", exact=True).select_option(label=name)
    page.get_by_label("登录名").locator("visible=true").first.fill("zhang")
    press(page, "开通")
    expect(page.get_by_role("heading", level=1)).to_have_text("一次性代码")
    return page.locator(".slip .code").inner_text()


def choose_password(page: Page, url: str, code: str) -> None:
    page.goto(f"{url}/invite")
    page.get_by_label("一次性代码").fill(code)
    page.get_by_label("新密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输入一次新密码").fill(PASSWORD)
    press(page, "设置密码")


def sign_in(page: Page) -> None:
    page.get_by_label("登录名").fill("zhang")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")


@SIZES
def test_a_newcomer_is_entered_comes_in_and_is_locked_out(driver: Driver, size: tuple[int, int]) -> None:
    # given an administrator who enters a unit, somebody in it, and opens an account for him
    url = driver.console.url
    keeper = driver.open(KEEPER, size=size)
    enter_unit(keeper, url, "测试二科")
    enter_person(keeper, url, NEWCOMER, "测试二科")
    code = open_account(keeper, url, NEWCOMER)
    keeper.reload()
    expect(keeper.get_by_text(code)).to_have_count(0)

    # when the newcomer chooses a password by the code and signs in
    newcomer = driver.open(None, size=size)
    choose_password(newcomer, url, code)
    expect(newcomer.locator("#messages")).to_contain_text("密码已设好")
    sign_in(newcomer)
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("我的工作台")

    # and the administrator locks the account
    keeper.goto(f"{url}/admin/accounts?q={NEWCOMER}")
    keeper.get_by_role("link", name=NEWCOMER).last.click()
    expect(keeper.get_by_role("heading", level=1)).to_contain_text(NEWCOMER)
    unfold(keeper, "锁定")
    press(keeper, "确认锁定")
    expect(keeper.locator("#messages")).to_contain_text("已锁定")

    # then he is out, and stays out, until it is unlocked
    newcomer.goto(url + "/tasks")
    expect(newcomer.get_by_label("登录名")).to_be_visible()
    sign_in(newcomer)
    expect(newcomer.locator("#messages")).not_to_be_empty()
    press(keeper, "解锁")
    expect(keeper.locator("#messages")).to_contain_text("已解锁")
    newcomer.goto(url + "/login")
    sign_in(newcomer)
    expect(newcomer.get_by_role("heading", level=1)).to_have_text("我的工作台")
    driver.expect_refusals(401, 403)


@SIZES
def test_the_work_of_somebody_who_leaves_is_handed_over(driver: Driver, size: tuple[int, int]) -> None:
    session = driver.console.session
    task = create_task(session, title="更新执法装备台账")
    create_milestone(session, task)
    session.commit()
    leaver, taker = create_person(session, OWNER), create_person(session, EXPEDITER)
    page = driver.open(KEEPER, size=size, path=f"/admin/people/{leaver.id}")

    page.get_by_role("link", name="移交工作").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("移交")
    page.get_by_label("接手人").select_option(label=next_label(page, EXPEDITER))
    press(page, "看看移交后的情况")
    expect(page.get_by_role("heading", name="确认移交")).to_be_visible()
    findings = driver.inspect(page)
    page.get_by_label(f"移交后停用{OWNER}").check()
    press(page, f"确认移交给{EXPEDITER}")

    expect(page.locator("#messages")).to_contain_text(EXPEDITER)
    session.expire_all()
    owners = select(TaskPerson.person_id).where(TaskPerson.task_id == task.id, TaskPerson.role == Role.OWNER)
    assert session.exec(owners).all() == [taker.id]
    assert not session.get_one(Person, leaver.id).is_active
    assert findings == [], "\n".join(findings)


def next_label(page: Page, name: str) -> str:
    """The choice that begins with a name."""
    labels = page.get_by_label("接手人").locator("option").all_inner_texts()
    return next(label for label in labels if label.startswith(name))


@SIZES
def test_a_token_is_seen_once_and_the_mail_is_tried(
    driver: Driver, size: tuple[int, int], mail: Mail
) -> None:
    page = driver.open(KEEPER, size=size, path="/me")
    unfold(page, "签发新令牌")
    page.get_by_label("名称", exact=True).fill("统计程序")
    page.get_by_role("group", name="权限范围").get_by_role("checkbox").first.check()
    press(page, "签发")
    token = page.get_by_label("接口令牌", exact=True).input_value()
    assert len(token) > 20
    findings = driver.inspect(page)

    page.goto(driver.console.url + "/me")
    expect(page.locator("#tokens")).to_contain_text("统计程序")
    assert token not in page.content()

    page.goto(driver.console.url + "/admin/mail")
    press(page, "发送测试消息")
    expect(page.locator("#messages")).not_to_be_empty()
    keeper = resolve_person(driver.console.session, KEEPER)
    assert mail.sent == [(KEEPER, keeper.email)]
    assert findings == [], "\n".join(findings)


def test_a_list_of_codes_is_printed_one_slip_each(driver: Driver) -> None:
    session = driver.console.session
    names = ["测试子", "测试丑", "测试寅"]
    for name in names:
        create_person(session, name)
    session.commit()
    page = driver.open(KEEPER, path="/admin/accounts")

    unfold(page, "全部开通")
    page.get_by_role("button", name="开通 3 个账号").click()

    expect(page.locator(".slip")).to_have_count(3)
    findings = driver.inspect(page)
    page.emulate_media(media="print")
    expect(page.get_by_text("代码只显示这一次")).to_be_hidden()
    expect(page.locator(".slip").last).to_be_visible()
    session.rollback()
    invited = session.exec(select(Account).where(Account.invite_expires_at > datetime.now(UTC))).all()  # type: ignore[operator]
    assert len(invited) == 3
    assert findings == [], "\n".join(findings)
