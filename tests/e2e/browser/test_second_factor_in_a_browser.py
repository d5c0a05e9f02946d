"""动态口令 by clicks: set up, asked for at the door, a recovery code instead, and proof before a token is given out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, update

from tests.console import Console, opened_console
from tests.e2e.browser.driving import DESK, PHONE, Driver
from tests.integration.web.test_signing_in import PASSWORD, open_account
from tracker.models import LoginSession, SecondFactor
from tracker.services.accounts import SecondFactorRule, SignInPolicy

PERSON = "测试甲"
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@pytest.fixture
def console(engine: Engine, tmp_path: Path) -> Iterator[Console]:
    """An office that offers it (DINGBAN_SECOND_FACTOR=optional)."""
    policy = SignInPolicy(second_factor=SecondFactorRule.OPTIONAL)
    with opened_console(engine, tmp_path, sign_in=policy) as console:
        open_account(console, PERSON)
        yield console


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).locator("visible=true").first.click()


def heading(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(name)


def give_password(page: Page) -> None:
    page.get_by_label("登录名").fill("jia")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")


def set_up(driver: Driver, page: Page, findings: list[str]) -> tuple[str, list[str]]:
    """By the page: the key that is shown, and the recovery codes. What is wrong with the pages joins `findings`."""
    page.goto(driver.console.url + "/me")
    page.get_by_role("link", name="启用动态口令").click()
    heading(page, "动态口令")
    findings += driver.inspect(page)
    press(page, "开始启用")

    heading(page, "启用动态口令")
    picture = page.get_by_role("img", name=re.compile("二维码")).locator("svg")
    expect(picture).to_be_visible()
    findings += driver.inspect(page)
    key = page.locator(".scan-key").inner_text().replace(" ", "")
    page.get_by_label("手机上显示的六位数字").fill(code_of(key))
    press(page, "确认启用")

    heading(page, "恢复码")
    codes = page.locator(".code-list li").all_inner_texts()
    findings += driver.inspect(page)
    return key, codes


def code_of(key: str) -> str:
    return pyotp.TOTP(key).at(datetime.now(UTC))


def let_time_pass(console: Console) -> None:
    """As if everybody had proven himself, and used his last code, a quarter of an hour ago."""
    console.session.exec(update(LoginSession).values(proven_at=datetime.now(UTC) - timedelta(minutes=15)))
    console.session.exec(update(SecondFactor).values(last_step=0))
    console.session.commit()


@SIZES
def test_it_is_set_up_and_asked_for_at_the_door(driver: Driver, size: tuple[int, int]) -> None:
    findings: list[str] = []
    page = driver.open(None, size=size, path="/login?next=/me")
    give_password(page)
    key, codes = set_up(driver, page, findings)
    assert len(set(codes)) == 10

    # the codes are shown once, the key is never shown again
    page.get_by_role("link", name="已保存").click()
    for path in ("/me/second-factor", "/me/second-factor/confirm"):
        page.goto(driver.console.url + path)
        heading(page, "动态口令")
        expect(page.locator("main")).to_contain_text("还有 10 个没有用过的恢复码")
        assert not any(secret in page.content() for secret in (key, codes[0]))
    findings += driver.inspect(page)

    # he comes back with a code of the phone, after one that is wrong
    page.context.clear_cookies()
    let_time_pass(driver.console)
    page.goto(driver.console.url + "/login?next=/me")
    give_password(page)
    heading(page, "动态口令")
    findings += driver.inspect(page)
    page.get_by_label("六位数字").fill("000000")
    press(page, "登录")
    expect(page.locator("#messages")).to_contain_text("动态口令不对")
    findings += driver.inspect(page)
    page.get_by_label("六位数字").fill(code_of(key))
    press(page, "登录")
    heading(page, "我的设置")

    # and without the phone, by a recovery code
    page.context.clear_cookies()
    page.goto(driver.console.url + "/login?next=/me")
    give_password(page)
    page.locator("summary", has_text="手机不在身边").click()
    findings += driver.inspect(page)
    page.get_by_label("恢复码", exact=True).fill(codes[3])
    press_recovery(page)
    heading(page, "我的设置")
    page.goto(driver.console.url + "/me/second-factor")
    expect(page.locator("main")).to_contain_text("还有 9 个没有用过的恢复码")

    driver.expect_refusals(401)
    assert findings == [], "\n".join(findings)


def press_recovery(page: Page) -> None:
    page.locator("details[open]").get_by_role("button", name="登录", exact=True).click()


@SIZES
def test_proof_is_asked_before_a_token_and_keeps_what_was_typed(
    driver: Driver, size: tuple[int, int]
) -> None:
    page = driver.open(None, size=size, path="/login?next=/me")
    give_password(page)
    key, _ = set_up(driver, page, [])
    let_time_pass(driver.console)
    page.goto(driver.console.url + "/me")
    page.locator("main summary", has_text="签发新令牌").first.click()
    page.get_by_label("名称", exact=True).fill("统计程序")
    page.get_by_role("group", name="权限范围").get_by_role("checkbox").first.check()
    press(page, "签发")

    heading(page, "验证身份")
    findings = driver.inspect(page)
    page.get_by_label("密码，或者动态口令").fill("不是这个密码不是这个")
    press(page, "验证并继续")
    expect(page.locator("#messages")).to_contain_text("不对")
    findings += driver.inspect(page)
    page.get_by_label("密码，或者动态口令").fill(code_of(key))
    press(page, "验证并继续")

    expect(page.get_by_label("接口令牌", exact=True)).to_be_visible()
    page.goto(driver.console.url + "/me")
    expect(page.locator("#tokens")).to_contain_text("统计程序")
    driver.expect_refusals(401)
    assert findings == [], "\n".join(findings)
