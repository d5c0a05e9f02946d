"""Accounts, calendar, rules, the state of the system, tokens and webhooks, through the console."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from notifications.policy_reading import PolicyRefused
from runtime.installation import read_policy
from tests.console import Client, Console, opened_console
from tests.factories import NOON, actor_of, create_milestone, create_person, create_task
from tests.integration.web.admin.asking import fetch, fetch_one, fetch_row
from tracker.deadlines.values import OffsetUnit
from tracker.identity import id_of
from tracker.models import (
    Account,
    ApiToken,
    CalendarYear,
    EventRecord,
    LoginSession,
    Milestone,
    Person,
    TokenScope,
)
from tracker.models.webhooks import Webhook
from tracker.services.accounts import create_token
from web.installation import Check, Installation, Level

SHIPPED = Path(__file__).parents[4] / "config" / "reminders.toml"


class Outside:
    """The installation around the console, as a test sees it."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str | None]] = []
        self.problem: str | None = None

    def send(self, name: str, address: str | None, _at: datetime) -> str | None:
        self.sent.append((name, address))
        return self.problem

    def installation(self) -> Installation:
        check = Check(Level.CAUTION, "提醒服务", "没有运行。", "运行 dingban worker。")
        return Installation(
            glance=lambda _at: [check],
            examine=lambda _at: [check, Check(Level.GOOD, "办理记录", "没有改动。")],
            facts=lambda: [("程序版本", "9.9.9")],
            channel="邮件服务器",
            needs_address=True,
            send_test=self.send,
            policy_files={"reminders.toml": SHIPPED},
            policy_is_own=False,
            read_policy=read_policy,
        )


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def console(engine: Engine, tmp_path: Path, outside: Outside) -> Iterator[Console]:
    with opened_console(engine, tmp_path, installation=outside.installation()) as console:
        create_person(console.session, "测试管", is_administrator=True)
        console.session.commit()
        yield console


@pytest.fixture
def administrator(console: Console) -> Client:
    return console.as_("测试管")


class TestAccounts:
    def test_a_code_is_shown_once_and_opens_the_account(
        self, console: Console, administrator: Client
    ) -> None:
        person = create_person(console.session, "测试甲")
        console.session.commit()
        page = administrator.submit("/admin/accounts", {"person": str(person.id)})
        code = re.findall(r'class="code">([A-Z0-9-]{29})<', page.text)[0]
        assert page.headers["HX-Push-Url"] == "/admin/accounts"
        account = fetch_one(console, select(Account).where(Account.person_id == person.id))
        assert code not in administrator.get(f"/admin/accounts/{account.id}").text

        password = "清风明月本无价近水遥山1079"
        opened = console.anonymous().submit(
            "/invite", {"code": code, "password": password, "again": password}
        )
        assert opened.status_code == 303, opened.text
        assert fetch_row(console, Account, account.id).password_hash is not None

    def test_everybody_without_one_is_invited_at_once(self, console: Console, administrator: Client) -> None:
        create_task(console.session)
        console.session.commit()
        page = administrator.submit("/admin/accounts/everybody").text
        assert len(re.findall(r'<li class="slip">', page)) == 4
        assert (
            "都已经有账号"
            in administrator.get(administrator.submit("/admin/accounts/everybody").headers["location"]).text
        )

    def test_locking_ends_what_is_open_and_unlocking_lets_in_again(
        self, console: Console, administrator: Client
    ) -> None:
        victim = console.as_("测试甲")
        account = fetch_one(console, select(Account).where(Account.login_name == "u2"))
        administrator.submit(f"/admin/accounts/{account.id}/lock")
        assert victim.get("/").status_code == 303
        assert fetch_row(console, Account, account.id).is_locked
        administrator.submit(f"/admin/accounts/{account.id}/unlock")
        assert not fetch_row(console, Account, account.id).is_locked

    def test_devices_are_ended_for_another(self, console: Console, administrator: Client) -> None:
        console.as_("测试甲")
        account = fetch_one(console, select(Account).where(Account.login_name == "u2"))
        administrator.submit(f"/admin/accounts/{account.id}/devices/end")
        left = fetch(console, select(LoginSession).where(LoginSession.account_id == account.id))
        assert left == []

    def test_devices_are_called_what_their_owner_calls_them(
        self, console: Console, administrator: Client
    ) -> None:
        console.as_("测试甲")
        account = fetch_one(console, select(Account).where(Account.login_name == "u2"))
        device = fetch_one(console, select(LoginSession).where(LoginSession.account_id == account.id))
        device.agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36"
        console.session.add(device)
        console.session.commit()

        page = administrator.get(f"/admin/accounts/{account.id}").text

        assert "Chrome 156，Linux" in page
        assert "AppleWebKit" not in page

    def test_a_reset_gives_a_new_code_and_ends_what_is_open(
        self, console: Console, administrator: Client
    ) -> None:
        console.as_("测试甲")
        account = fetch_one(console, select(Account).where(Account.login_name == "u2"))
        assert fetch(console, select(LoginSession).where(LoginSession.account_id == account.id))
        page = administrator.submit(f"/admin/accounts/{account.id}/reset")
        assert re.search(r'class="code">[A-Z0-9-]{29}<', page.text)
        assert fetch(console, select(LoginSession).where(LoginSession.account_id == account.id)) == []
        assert fetch_row(console, Account, account.id).invite_sha256 is not None


class TestCalendar:
    TEXT = "日期,类型,名称\n2027-01-01,节,元旦\n2027-01-04,休,元旦\n2027-01-09,班,元旦"

    def test_shows_holidays_and_days_made_up_for(self, administrator: Client) -> None:
        administrator.submit("/admin/calendar", {"year": "2027", "text": self.TEXT, "name": "安排.csv"})
        page = administrator.get("/admin/calendar?year=2027").text
        assert 'class="is-holiday" title="元旦放假">4<span class="day-mark">休</span>' in page
        assert 'class="is-makeup" title="元旦调休上班">9<span class="day-mark">班</span>' in page
        assert "来源：安排.csv" in page
        assert "还没有导入" in administrator.get("/admin/calendar?year=2028").text

    def test_shows_before_importing_what_would_count_anew(
        self, console: Console, administrator: Client
    ) -> None:
        task = create_task(console.session)
        event = EventRecord(
            campaign_id=task.campaign_id, name="检查结束", subject="", on=date(2026, 12, 31), recorded_at=NOON
        )
        console.session.add(event)
        console.session.flush()
        milestone = create_milestone(
            console.session,
            task,
            due_on=date(2027, 1, 4),
            offset_count=2,
            offset_unit=OffsetUnit.WORKDAY,
            offset_event="检查结束",
            event_id=event.id,
            is_provisional=True,
        )
        console.session.commit()

        page = administrator.submit("/admin/calendar/preview", {"year": "2027", "text": self.TEXT})

        assert page.status_code == 200
        assert "2027-01-04" in page.text
        assert "2027-01-06" in page.text
        assert fetch_row(console, Milestone, milestone.id).due_on == date(2027, 1, 4)
        assert fetch(console, select(CalendarYear)) == []

        administrator.submit("/admin/calendar", {"year": "2027", "text": self.TEXT})
        assert fetch_row(console, Milestone, milestone.id).due_on == date(2027, 1, 6)

    @pytest.mark.parametrize(
        ("text", "sentence"),
        [("2027-01-01", "标题行"), ("日期,类型,名称\n2026-01-01,节,元旦", "不属于2027年"), ("", "请填写")],
    )
    def test_refuses_with_what_is_wrong(self, administrator: Client, text: str, sentence: str) -> None:
        answer = administrator.submit("/admin/calendar/preview", {"year": "2027", "text": text})
        assert answer.status_code in (409, 422)
        assert sentence in answer.text


class TestPolicy:
    def test_says_when_a_sample_is_reminded_of(self, administrator: Client) -> None:
        page = administrator.get("/admin/policy?due=2024-03-15").text  # a Friday; today is the 1st
        assert "到期前14天" in page
        assert 'datetime="2024-03-14"' in page
        assert re.search(r'datetime="2024-03-18">[^<]*至[^<]*，\d+ 次', page)
        assert "config/reminders.toml" in page

    def test_tries_a_text_without_saving_it(self, administrator: Client) -> None:
        text = SHIPPED.read_text("utf-8").replace("days = [30, 14, 7, 3, 1, 0]", "days = [5]")
        page = administrator.submit("/admin/policy/trial", {"text": text, "due": "2024-03-15"}).text
        assert "到期前5天" in page
        assert "到期前14天" not in page
        assert "到期前14天" in administrator.get("/admin/policy").text

    def test_lists_everything_that_is_wrong_with_a_text(self, administrator: Client) -> None:
        answer = administrator.submit("/admin/policy/trial", {"text": "[before]\ndays = [-1]\nto = ['谁']"})
        assert "这份规则不能用" in answer.text
        with pytest.raises(PolicyRefused) as refusal:
            read_policy("[before]\ndays = [-1]\nto = ['谁']")
        for problem in refusal.value.problems:
            assert problem.replace("'", "&#39;") in answer.text

    def test_a_broken_text_is_refused_in_words(self, administrator: Client) -> None:
        assert "写法不对" in administrator.submit("/admin/policy/trial", {"text": "[before"}).text


class TestSystem:
    def test_shows_checks_facts_and_the_outbox(self, administrator: Client) -> None:
        page = administrator.get("/admin/system").text
        assert "没有运行。" in page
        assert "9.9.9" in page
        assert "没有改动。" not in page
        assert "没有改动。" in administrator.get("/admin/system?full=1").text

    def test_a_test_message_goes_to_the_visitor_alone(
        self, console: Console, administrator: Client, outside: Outside
    ) -> None:
        answer = administrator.submit("/admin/mail", {"email": "somebody@example.org"})
        assert "已经发出" in administrator.get(answer.headers["location"]).text
        [(name, address)] = outside.sent
        assert (name, address) == (
            "测试管",
            fetch_one(console, select(Person).where(Person.name == "测试管")).email,
        )

    def test_a_failure_is_told(self, administrator: Client, outside: Outside) -> None:
        outside.problem = "连不上邮件服务器"
        answer = administrator.submit("/admin/mail")
        assert answer.status_code == 422
        assert "没有发出：连不上邮件服务器" in answer.text

    def test_without_an_address_nothing_is_sent(self, console: Console, outside: Outside) -> None:
        create_person(console.session, "测试无", is_administrator=True, email=None)
        assert console.as_("测试无").submit("/admin/mail").status_code == 422
        assert outside.sent == []


class TestTokens:
    def test_are_listed_and_taken_back(self, console: Console, administrator: Client) -> None:
        person = create_person(console.session)
        token, secret = create_token(
            console.session,
            person_id=id_of(person),
            name="对账程序",
            scopes=[TokenScope.TASKS_READ],
            days=30,
            actor=actor_of(person),
            at=datetime.now(UTC) - timedelta(minutes=5),
        )
        console.session.commit()
        page = administrator.get("/admin/tokens").text
        assert "对账程序" in page
        assert secret not in page
        administrator.submit(f"/admin/tokens/{token.id}/revoke")
        assert "没有有效的令牌" in administrator.get("/admin/tokens").text
        assert "已作废" in administrator.get("/admin/tokens?all=1").text
        assert fetch_row(console, ApiToken, token.id).revoked_at is not None


class TestWebhooks:
    FIELDS: ClassVar = {"name": "督查平台", "url": "https://example.org/hook", "events": "task.* milestone.*"}

    def test_are_made_with_a_secret_that_is_shown_once(self, console: Console, administrator: Client) -> None:
        page = administrator.submit("/admin/webhooks", self.FIELDS)
        webhook = fetch_one(console, select(Webhook))
        assert webhook.secret in page.text
        assert webhook.secret not in administrator.get(f"/admin/webhooks/{webhook.id}").text
        renewed = administrator.submit(f"/admin/webhooks/{webhook.id}/secret").text
        assert fetch_row(console, Webhook, webhook.id).secret in renewed

    def test_are_changed_stopped_and_removed(self, console: Console, administrator: Client) -> None:
        administrator.submit("/admin/webhooks", self.FIELDS)
        webhook = fetch_one(console, select(Webhook))
        administrator.submit(f"/admin/webhooks/{webhook.id}", self.FIELDS | {"events": "*"})
        changed = fetch_row(console, Webhook, webhook.id)
        assert (changed.events, changed.is_active) == (["*"], False)
        administrator.submit(f"/admin/webhooks/{webhook.id}/remove")
        assert fetch(console, select(Webhook)) == []

    def test_say_what_is_wrong(self, administrator: Client) -> None:
        answer = administrator.submit("/admin/webhooks", self.FIELDS | {"url": "ftp://example.org"})
        assert answer.status_code == 422
        assert "http://" in answer.text
