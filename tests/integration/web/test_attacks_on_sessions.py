"""Somebody else's session, account or token: stolen, guessed, planted, or kept after it should have ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete
from sqlmodel import col, func, select
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.console import Client, Console, opened_console
from tests.factories import actor_of, create_campaign, create_person
from tests.integration.web.office_of_roles import create_auditor
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, Account, CampaignRole, LoginSession, Person, TokenScope
from tracker.services.accounts import (
    create_account,
    create_token,
    lock_account,
    renew_feed,
    reset_account,
    revoke_token,
    set_password,
)
from tracker.services.auditing import SYSTEM

PASSWORD = "雨前龙井三两三钱三分银子"
NEW_PASSWORD = "明前毛尖二斤四两五文铜钱"
WRONG = "不是这个密码不是这个密码"


def open_account(console: Console, name: str, login_name: str) -> Person:
    person, at = create_person(console.session, name), datetime.now(UTC)
    account, _ = create_account(
        console.session, person_id=id_of(person), login_name=login_name, actor=SYSTEM, at=at
    )
    set_password(console.session, id_of(account), password=PASSWORD, at=at, must_change=False, actor=SYSTEM)
    console.session.commit()
    return person


def account_of(console: Console, person: Person) -> Account:
    return console.session.exec(select(Account).where(Account.person_id == person.id)).one()


def sign_in(client: Client, login_name: str, password: str = PASSWORD) -> Any:
    return client.post("/login", data={"login_name": login_name, "password": password})


def from_address(console: Console, address: str) -> Client:
    """A browser at a network address of its own."""

    def app(scope: Scope, receive: Receive, send: Send) -> Any:
        return console.answer({**scope, "client": (address, 50000)}, receive, send)

    return Client(as_app(app))


def as_app(app: Any) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)

    return answer


def is_in(client: Client) -> bool:
    return bool(client.get("/me").status_code == 200)


class TestCookies:
    def test_by_tls_the_browser_itself_keeps_the_cookie_where_it_belongs(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        with opened_console(engine, tmp_path, console_url="https://console.test") as console:
            open_account(console, "测试甲", "jia")
            answer = sign_in(console.anonymous(), "jia")

        cookie = answer.headers["set-cookie"].lower()
        assert cookie.startswith("__host-dingban=")
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= set(cookie.split("; "))
        assert "domain=" not in cookie
        assert "max-age" not in cookie  # gone with the browser
        assert answer.headers["strict-transport-security"].startswith("max-age=31536000")

    def test_a_planted_cookie_is_not_adopted(self, console: Console) -> None:
        open_account(console, "测试甲", "jia")
        victim = console.anonymous()
        victim.cookies.set("dingban", "planted-by-somebody")

        sign_in(victim, "jia")

        thief = console.anonymous()
        thief.cookies.set("dingban", "planted-by-somebody")
        assert not is_in(thief)

    def test_signing_in_again_ends_the_session_that_the_browser_had(self, console: Console) -> None:
        open_account(console, "测试甲", "jia")
        first = console.as_("测试乙")
        old = first.cookies["dingban"]

        first.post(
            "/login",
            data={"login_name": "jia", "password": PASSWORD, "csrf": first.csrf},
        )

        thief = console.anonymous()
        thief.cookies.set("dingban", old)
        assert not is_in(thief)


class TestWhatEndsASession:
    def test_twelve_hours_after_signing_in_it_is_over_however_busy(self, console: Console) -> None:
        client = console.as_("测试甲")
        row = console.session.exec(select(LoginSession)).one()
        row.opened_at -= timedelta(hours=12)
        console.session.add(row)
        console.session.commit()

        assert not is_in(client)

    def test_somebody_who_was_retired_is_out_with_his_next_click(self, console: Console) -> None:
        client = console.as_("测试甲")
        assert is_in(client)
        person = create_person(console.session, "测试甲")
        person.is_active = False
        console.session.add(person)
        console.session.commit()

        assert not is_in(client)
        assert client.submit("/me/theme", {"theme": "dark"}).status_code == 401

    def test_locking_an_account_puts_everybody_on_it_out(self, console: Console) -> None:
        person = open_account(console, "测试甲", "jia")
        client = console.as_(person)
        lock_account(console.session, id_of(account_of(console, person)), actor=SYSTEM, at=datetime.now(UTC))
        console.session.commit()

        assert not is_in(client)
        assert sign_in(console.anonymous(), "jia").status_code == 401

    def test_resetting_an_account_puts_everybody_on_it_out(self, console: Console) -> None:
        person = open_account(console, "测试甲", "jia")
        client = console.as_(person)
        reset_account(console.session, id_of(account_of(console, person)), actor=SYSTEM, at=datetime.now(UTC))
        console.session.commit()

        assert not is_in(client)
        assert sign_in(console.anonymous(), "jia").status_code == 401

    def test_changing_the_password_ends_it_on_every_other_device(self, console: Console) -> None:
        person = open_account(console, "测试甲", "jia")
        here, elsewhere = console.as_(person), console.as_(person)
        here.cookies.set("dingban", here.cookies["dingban"])

        here.submit("/password", {"current": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD})

        assert is_in(here)
        assert not is_in(elsewhere)

    def test_a_role_that_was_taken_away_is_gone_with_the_next_click(self, console: Console) -> None:
        create_campaign(console.session)
        client = console.as_("测试丁")
        assert client.get("/imports").status_code == 200
        console.session.execute(delete(CampaignRole))
        console.session.commit()

        assert client.get("/imports").status_code == 403

    def test_an_administrator_who_is_none_any_more_administers_nothing(self, console: Console) -> None:
        person = create_person(console.session, "测试管", is_administrator=True)
        client = console.as_(person)
        assert client.get("/admin/accounts").status_code == 200
        person.is_administrator = False
        console.session.add(person)
        console.session.commit()

        assert client.get("/admin/accounts").status_code == 403
        assert client.submit("/admin/accounts/everybody").status_code == 403


class TestOtherKeys:
    """Tokens of programs, addresses of calendar feeds, one-time codes."""

    def _token(self, console: Console, person: Person, days: int = 1) -> tuple[int, str]:
        token, secret = create_token(
            console.session,
            person_id=id_of(person),
            name="测试程序",
            scopes=[TokenScope.TASKS_READ],
            days=days,
            actor=actor_of(person),
            at=datetime.now(UTC),
        )
        console.session.commit()
        return id_of(token), secret

    def _ask(self, console: Console, secret: str) -> int:
        answer = console.anonymous().get("/api/v1/tasks", headers={"Authorization": f"Bearer {secret}"})
        return int(answer.status_code)

    def test_a_revoked_token_opens_nothing(self, console: Console) -> None:
        person = create_person(console.session)
        number, secret = self._token(console, person)
        assert self._ask(console, secret) == 200
        revoke_token(console.session, number, actor=actor_of(person), at=datetime.now(UTC))
        console.session.commit()

        assert self._ask(console, secret) == 401

    def test_the_token_of_somebody_who_was_retired_opens_nothing(self, console: Console) -> None:
        person = create_person(console.session)
        _, secret = self._token(console, person)
        person.is_active = False
        console.session.add(person)
        console.session.commit()

        assert self._ask(console, secret) == 401

    def test_a_session_is_no_token_and_a_token_no_session(self, console: Console) -> None:
        client = console.as_("测试甲")
        _, secret = self._token(console, create_person(console.session))
        as_cookie = console.anonymous()
        as_cookie.cookies.set("dingban", secret)

        assert client.get("/api/v1/tasks").status_code == 401
        assert self._ask(console, client.cookies["dingban"]) == 401
        assert not is_in(as_cookie)

    def test_the_old_address_of_a_feed_is_gone_once_it_was_renewed(self, console: Console) -> None:
        person = create_person(console.session)
        old = renew_feed(console.session, id_of(person), at=datetime.now(UTC))
        renew_feed(console.session, id_of(person), at=datetime.now(UTC))
        console.session.commit()

        assert console.anonymous().get(f"/calendar/{old}.ics").status_code == 404

    def test_a_code_is_good_once(self, console: Console) -> None:
        person = create_person(console.session)
        _, code = create_account(
            console.session, person_id=id_of(person), login_name="jia", actor=SYSTEM, at=datetime.now(UTC)
        )
        console.session.commit()
        form = {"code": code, "password": PASSWORD, "again": PASSWORD}

        first = console.anonymous().post("/invite", data=form)
        second = console.anonymous().post(
            "/invite", data={**form, "password": NEW_PASSWORD, "again": NEW_PASSWORD}
        )

        assert first.status_code == 303
        assert second.status_code in (409, 422)
        assert sign_in(console.anonymous(), "jia", NEW_PASSWORD).status_code == 401
        assert sign_in(console.anonymous(), "jia", PASSWORD).status_code == 303


class TestGuessing:
    def test_every_refusal_reads_alike(self, console: Console) -> None:
        open_account(console, "测试甲", "jia")
        gone = open_account(console, "测试乙", "yi")
        gone.is_active = False
        console.session.add(gone)
        locked = open_account(console, "测试丙", "bing")
        lock_account(console.session, id_of(account_of(console, locked)), actor=SYSTEM, at=datetime.now(UTC))
        invited = create_person(console.session, "测试戊")
        create_account(
            console.session,
            person_id=id_of(invited),
            login_name="wu",
            actor=SYSTEM,
            at=datetime.now(UTC),
        )
        console.session.commit()
        tries = [("jia", WRONG), ("yi", PASSWORD), ("bing", PASSWORD), ("wu", PASSWORD), ("nobody", WRONG)]

        pages = set()
        for name, password in tries:
            answer = sign_in(console.anonymous(), name, password)
            pages.add((answer.status_code, answer.text.replace(f'value="{name}"', "")))

        assert len(pages) == 1

    def test_names_that_nobody_has_are_locked_alike(self, console: Console) -> None:
        open_account(console, "测试甲", "jia")
        answers = {}
        for name in ("jia", "nobody"):
            for _ in range(5):
                answer = sign_in(console.anonymous(), name, WRONG)
            answers[name] = (answer.status_code, answer.text.replace(f'value="{name}"', ""))

        assert "分钟后再试" in answers["jia"][1]
        assert answers["jia"] == answers["nobody"]

    def test_a_flood_of_guesses_closes_its_address_and_keeps_nobody_else_out(self, console: Console) -> None:
        open_account(console, "测试甲", "jia")
        attacker = from_address(console, "10.9.9.9")

        statuses = {sign_in(attacker, f"name-{number}", WRONG).status_code for number in range(60)}

        assert statuses == {401}
        assert "这个网络地址" in sign_in(attacker, "jia").text
        assert sign_in(from_address(console, "10.0.0.1"), "jia").status_code == 303
        refused = select(func.count()).where(col(AccessRecord.kind) == AccessKind.SIGN_IN_REFUSED)
        assert console.session.exec(refused).one() == 30  # what comes after costs neither a hash nor a row

    @pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
    def test_the_flood_cannot_say_that_it_comes_from_elsewhere(self, console: Console, header: str) -> None:
        """What proxies say is taken from those alone who are named in the settings, before it comes here."""
        attacker = from_address(console, "10.9.9.9")
        for number in range(31):
            attacker.post(
                "/login",
                data={"login_name": f"name-{number}", "password": WRONG},
                headers={header: f"10.1.1.{number}"},
            )

        assert "这个网络地址" in sign_in(attacker, "jia").text

    def test_guesses_at_tokens_close_the_address_to_tokens_alone(self, console: Console) -> None:
        open_account(console, "测试甲", "jia")
        attacker = from_address(console, "10.9.9.9")
        for number in range(31):
            answer = attacker.get("/api/v1/tasks", headers={"Authorization": f"Bearer dbt_{number}"})

        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) > 0
        assert sign_in(attacker, "jia").status_code == 303


class TestAuditorsAndAdministrators:
    def test_nobody_becomes_both(self, console: Console) -> None:
        campaign = create_campaign(console.session)
        administrator = create_person(console.session, "测试管", is_administrator=True)
        auditor = create_person(console.session, "测试审")
        create_auditor(console, id_of(campaign), auditor)
        console.session.commit()

        appointed = console.as_(administrator).submit(
            f"/admin/campaigns/{campaign.id}/people", {"person": str(administrator.id), "role": "auditor"}
        )
        promoted = console.as_(administrator).submit(
            f"/admin/people/{auditor.id}", {"name": auditor.name, "is_administrator": "1"}
        )

        assert (appointed.status_code, promoted.status_code) == (422, 422)
