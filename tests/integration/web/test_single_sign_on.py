"""Signing in by the office's own provider (OpenID Connect), with a real one on loopback."""

from __future__ import annotations

import re
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import pytest
from joserfc.jwk import RSAKey
from sqlalchemy import Engine
from sqlmodel import select

from tests.console import ORIGIN, Client, Console, opened_console
from tests.factories import create_person
from tests.integration.web.identity_provider import CLIENT_ID, CODE, IdentityProvider, running_provider
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, LoginSession
from tracker.services.accounts import create_account, lock_account
from tracker.services.auditing import SYSTEM
from web.desk import wall_clock
from web.single_sign_on import Provider, SingleSignOn


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def console(engine: Engine, tmp_path: Path, provider: IdentityProvider) -> Iterator[Console]:
    """A console that trusts the provider, and in which 测试甲 has the account `jia`."""
    known = Provider(provider.issuer, CLIENT_ID)
    sign_on = SingleSignOn(known, now=lambda: int(time.time()))
    with opened_console(engine, tmp_path, sign_on=sign_on) as console:
        person = create_person(console.session)
        create_account(
            console.session, person_id=id_of(person), login_name="jia", actor=SYSTEM, at=wall_clock()
        )
        console.session.commit()
        yield console


def go_there(client: Client, provider: IdentityProvider, goal: str = "/") -> str:
    """Follow the button of the sign-in page; return the state that the provider sends back."""
    answer = client.get("/login/sso", params={"next": goal})
    assert answer.status_code == 303
    return provider.visit(answer.headers["location"])


def come_back(client: Client, state: str, code: str = CODE) -> Any:
    return client.get("/login/sso/back", params={"state": state, "code": code})


class TestSingleSignOn:
    def test_the_sign_in_page_offers_it(self, console: Console) -> None:
        assert "统一身份认证登录" in console.anonymous().get("/login").text

    def test_whoever_the_provider_names_is_in(self, console: Console, provider: IdentityProvider) -> None:
        client = console.anonymous()

        answer = come_back(client, go_there(client, provider, "/me"))

        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
        assert client.get("/me").status_code == 200
        assert console.session.exec(select(AccessRecord.kind)).all()[-1] is AccessKind.SIGN_IN

    def test_the_exchange_proves_who_began_it(self, console: Console, provider: IdentityProvider) -> None:
        client = console.anonymous()
        come_back(client, go_there(client, provider))

        exchange = provider.exchanged[0]
        digest = sha256(exchange["code_verifier"].encode()).digest()

        assert provider.asked["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
        assert provider.asked["code_challenge_method"] == "S256"
        assert exchange["redirect_uri"] == provider.asked["redirect_uri"] == f"{ORIGIN}/login/sso/back"

    def test_nobody_is_let_in_without_an_account_here(
        self, console: Console, provider: IdentityProvider
    ) -> None:
        provider.email = "stranger@example.org"
        client = console.anonymous()

        answer = come_back(client, go_there(client, provider))

        assert answer.status_code == 401
        assert "没有可用的账号" in answer.text
        assert console.session.exec(select(LoginSession)).all() == []

    def test_a_locked_account_stays_locked(self, console: Console, provider: IdentityProvider) -> None:
        lock_account(console.session, 1, actor=SYSTEM, at=wall_clock())
        console.session.commit()
        client = console.anonymous()

        assert come_back(client, go_there(client, provider)).status_code == 401

    @pytest.mark.parametrize(
        "lie",
        [
            {"iss": "https://elsewhere.example"},
            {"aud": "another client"},
            {"aud": [CLIENT_ID, "another client"]},
            {"nonce": "of an earlier attempt"},
            {"exp": 1},
            {"email": None},
            {"email_verified": False},
        ],
        ids=lambda lie: next(iter(lie)),
    )
    def test_a_token_that_does_not_hold_opens_nothing(
        self, console: Console, provider: IdentityProvider, lie: dict[str, Any]
    ) -> None:
        provider.claims = lie
        client = console.anonymous()

        answer = come_back(client, go_there(client, provider))

        assert answer.status_code == 401
        assert console.session.exec(select(LoginSession)).all() == []

    def test_a_token_of_another_key_opens_nothing(self, console: Console, provider: IdentityProvider) -> None:
        provider.published = RSAKey.generate_key(2048, {"kid": "office", "use": "sig"})
        client = console.anonymous()

        assert come_back(client, go_there(client, provider)).status_code == 401

    def test_an_answer_that_nobody_asked_for_opens_nothing(
        self, console: Console, provider: IdentityProvider
    ) -> None:
        mine, other = console.anonymous(), console.anonymous()
        state = go_there(other, provider)
        go_there(mine, provider)

        assert come_back(mine, state).status_code == 401
        assert come_back(console.anonymous(), state).status_code == 401
        assert provider.exchanged == []

    def test_a_ticket_serves_once(self, console: Console, provider: IdentityProvider) -> None:
        client = console.anonymous()
        state = go_there(client, provider)
        come_back(client, state)

        assert come_back(client, state).status_code == 401

    def test_a_provider_that_is_away_is_said_in_one_sentence(self, engine: Engine, tmp_path: Path) -> None:
        away = SingleSignOn(Provider("http://127.0.0.1:9", CLIENT_ID), now=lambda: 0)
        with opened_console(engine, tmp_path, sign_on=away) as console:
            answer = console.anonymous().get("/login/sso")

        assert answer.status_code == 401
        assert "统一身份认证没有完成" in answer.text

    def test_without_a_provider_there_is_no_such_door(self, engine: Engine, tmp_path: Path) -> None:
        with opened_console(engine, tmp_path) as console:
            client = console.anonymous()

            assert client.get("/login/sso").status_code == 404
            assert "/login/sso" not in client.get("/login").text


class TestProvingAgain:
    """Who came in by the provider and has no password here shows there again that it is he."""

    TOKEN: ClassVar = {"name": "报表程序", "scope-tasks:read": "1", "days": "30"}

    def arrive(self, console: Console, provider: IdentityProvider) -> Client:
        client = console.anonymous()
        come_back(client, go_there(client, provider))
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/me").text)
        assert found is not None
        client.csrf = found[1]
        return client

    def prove(self, client: Client, provider: IdentityProvider) -> Any:
        answer = client.get("/login/sso", params={"again": "1"})
        return come_back(client, provider.visit(answer.headers["location"]))

    def test_the_provider_asks_him_and_the_form_goes_on(
        self, console: Console, provider: IdentityProvider
    ) -> None:
        client = self.arrive(console, provider)
        cookie = client.cookies["dingban"]
        asked = client.submit("/me/tokens", self.TOKEN)
        provider.claims = {"auth_time": int(time.time())}

        proven = self.prove(client, provider)

        assert asked.status_code == 401
        assert 'href="/login/sso?again=1"' in asked.text
        assert 'name="proof"' not in asked.text
        assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
        assert "回到原来的页面继续" in proven.text
        assert client.cookies["dingban"] == cookie
        assert client.submit("/me/tokens", self.TOKEN).status_code == 200

    @pytest.mark.parametrize("claims", [{}, {"auth_time": "now"}, {"auth_time": 1700000000}])
    def test_a_provider_that_did_not_ask_proves_nothing(
        self, console: Console, provider: IdentityProvider, claims: dict[str, Any]
    ) -> None:
        client = self.arrive(console, provider)
        provider.claims = claims

        proven = self.prove(client, provider)

        assert "没有验证" in proven.text
        assert client.submit("/me/tokens", self.TOKEN).status_code == 401

    def test_somebody_else_at_the_provider_proves_nothing(
        self, console: Console, provider: IdentityProvider
    ) -> None:
        client = self.arrive(console, provider)
        provider.email, provider.claims = "stranger@example.org", {"auth_time": int(time.time())}

        assert self.prove(client, provider).status_code == 401
        assert client.submit("/me/tokens", self.TOKEN).status_code == 401

    def test_a_provider_that_says_when_it_asked_is_believed_for_ten_minutes(
        self, console: Console, provider: IdentityProvider
    ) -> None:
        provider.claims = {"auth_time": int(time.time()) - 500}
        fresh = self.arrive(console, provider)
        provider.claims = {"auth_time": int(time.time()) - 700}
        stale = self.arrive(console, provider)

        assert fresh.submit("/me/tokens", self.TOKEN).status_code == 200
        assert stale.submit("/me/tokens", self.TOKEN).status_code == 401
