"""Before what matters, whoever is there shows again that it is he, and nothing typed is lost by it (ASVS 5.0, V7.5)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from tests.console import Client, Console
from tests.factories import COORDINATOR, create_person, create_task
from tests.integration.web.office_of_roles import create_webhook, found_office
from tests.integration.web.test_every_route import fill
from tests.integration.web.test_second_factor import now_code, set_up
from tests.integration.web.test_signing_in import PASSWORD, open_account
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, ApiToken, LoginSession, Person, Webhook
from tracker.services.accounts import create_account, set_password
from tracker.services.auditing import SYSTEM
from web.access import Proof, list_routes, proof_of

# By hand, from docs/security.md: what nobody does in a browser that somebody left open.
ASKS_PROOF = {
    "POST /me/address",
    "POST /me/tokens",
    "POST /me/second-factor/begin",
    "POST /me/second-factor/codes",
    "POST /admin/accounts/{account_id}/reset",
    "POST /admin/accounts/{account_id}/second-factor",
    "POST /admin/webhooks",
    "POST /admin/webhooks/{webhook_id}",
    "POST /admin/webhooks/{webhook_id}/secret",
}
# Where it depends on what the form says.
ASKS_PROOF_SOMETIMES = {"POST /admin/people", "POST /admin/people/{person_id}"}
TOKEN = {"name": "报表程序", "scope-tasks:read": "1", "days": "30"}


def long_ago(console: Console, minutes: float = 10) -> None:
    """Let some minutes go by since everybody last gave his password."""
    for row in console.session.exec(select(LoginSession)).all():
        row.proven_at = datetime.now(UTC) - timedelta(minutes=minutes)
        console.session.add(row)
    console.session.commit()


def signed_in(console: Console, person: Person, minutes: float = 10) -> Client:
    client = console.as_(person)
    long_ago(console, minutes)
    return client


def address_of(console: Console, person: Person) -> str | None:
    [email] = console.look(select(Person.email).where(col(Person.id) == person.id))
    return str(email) if email else None


class TestEveryRoute:
    def test_that_matters_asks_and_no_other(self, console: Console) -> None:
        asking = {f"{method} {path}": proof_of(route) for method, path, route in list_routes(console.app)}

        assert {name for name, when in asking.items() if when is Proof.ALWAYS} == ASKS_PROOF
        assert {name for name, when in asking.items() if when is Proof.SOMETIMES} == ASKS_PROOF_SOMETIMES

    @pytest.mark.parametrize("name", sorted(ASKS_PROOF))
    def test_is_refused_until_it_was_shown(self, console: Console, name: str) -> None:
        office = found_office(console)
        role = "administrator" if "/admin/" in name else "owner"
        path = fill(name.removeprefix("POST "), office.places)
        client = office.client(role)
        assert client.submit(path).status_code != 401
        long_ago(console)

        answer = client.submit(path)

        assert answer.status_code == 401
        assert "验证身份" in answer.text


class TestProving:
    def test_brings_the_form_to_its_end_with_what_was_typed(self, console: Console) -> None:
        person = open_account(console)
        client = signed_in(console, person)

        asked = client.submit("/me/address", {"email": "jia@example.org"})
        done = client.submit("/me/address", {"email": "jia@example.org", "proof": PASSWORD})

        assert 'name="email" hidden>\njia@example.org</textarea>' in asked.text
        assert 'action="/me/address"' in asked.text
        assert (done.status_code, done.headers["location"]) == (303, "/me")
        assert address_of(console, person) == "jia@example.org"

    def test_stands_for_ten_minutes(self, console: Console) -> None:
        person = open_account(console)
        client = signed_in(console, person, minutes=9.8)

        assert client.submit("/me/tokens", TOKEN).status_code == 200
        long_ago(console)
        assert client.submit("/me/tokens", TOKEN).status_code == 401
        assert len(console.look(select(ApiToken))) == 1

    def test_a_wrong_password_does_nothing_and_keeps_what_was_typed(self, console: Console) -> None:
        person = open_account(console)
        client = signed_in(console, person)
        before = address_of(console, person)

        answer = client.submit("/me/address", {"email": "jia@example.org", "proof": "不是这个密码不是这个"})

        assert answer.status_code == 401
        assert "密码不对" in answer.text
        assert "jia@example.org" in answer.text
        assert "不是这个密码" not in answer.text
        assert address_of(console, person) == before

    def test_guesses_are_counted_on_record_and_close_the_name(self, console: Console) -> None:
        person = open_account(console)
        client = signed_in(console, person)
        for _ in range(5):
            client.submit("/me/tokens", {**TOKEN, "proof": "不是这个密码不是这个"})

        answer = client.submit("/me/tokens", {**TOKEN, "proof": PASSWORD})

        assert "分钟后再试" in answer.text
        assert console.look(select(ApiToken)) == []
        kinds = console.look(select(AccessRecord.kind))
        assert kinds.count(AccessKind.PROOF_REFUSED) == 5

    def test_a_code_of_the_phone_does_as_well(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)
        client = signed_in(console, person)

        asked = client.submit("/me/tokens", TOKEN)
        done = client.submit("/me/tokens", {**TOKEN, "proof": now_code(secret)})

        assert "密码，或者动态口令" in asked.text
        assert done.status_code == 200
        assert "新的接口令牌" in done.text

    def test_another_site_cannot_guess(self, console: Console) -> None:
        person = open_account(console)
        client = signed_in(console, person)

        forged = client.post(
            "/me/tokens", data={**TOKEN, "proof": "x"}, headers={"Origin": "http://evil.example"}
        )
        without = client.post("/me/tokens", data={**TOKEN, "proof": "x"})

        assert (forged.status_code, without.status_code) == (403, 403)
        kinds = console.look(select(AccessRecord.kind))
        assert AccessKind.PROOF_REFUSED not in kinds

    def test_replaces_the_whole_page_for_htmx(self, console: Console) -> None:
        person = open_account(console)
        client = signed_in(console, person)

        answer = client.submit("/me/address", {"email": "jia@example.org"}, is_htmx=True)

        assert (answer.headers["hx-retarget"], answer.headers["hx-push-url"]) == ("body", "false")

    def test_the_session_of_another_device_is_not_proven_by_it(self, console: Console) -> None:
        person = open_account(console)
        here, there = console.as_(person), console.as_(person)
        long_ago(console)

        here.submit("/me/address", {"email": "jia@example.org", "proof": PASSWORD})

        assert there.submit("/me/tokens", TOKEN).status_code == 401

    def test_who_may_not_do_it_is_not_asked(self, console: Console) -> None:
        webhook = create_webhook(console)
        person = open_account(console)
        client = signed_in(console, person)

        answer = client.submit(f"/admin/webhooks/{webhook.id}/secret", {"proof": PASSWORD})

        assert answer.status_code == 403
        [secret] = console.look(select(Webhook.secret).where(col(Webhook.id) == webhook.id))
        assert secret == "whsec_dGVzdA=="


class TestPeople:
    """What is changed of others: who administers, and where their letters go."""

    @pytest.fixture
    def keeper(self, console: Console) -> Client:
        person = create_person(console.session, "测试管", is_administrator=True)
        account, _ = create_account(
            console.session, person_id=id_of(person), login_name="guan", actor=SYSTEM, at=datetime.now(UTC)
        )
        set_password(console.session, id_of(account), password=PASSWORD, at=datetime.now(UTC), actor=SYSTEM)
        console.session.commit()
        return signed_in(console, person)

    @pytest.fixture
    def other(self, console: Console, keeper: Client) -> Person:
        person = create_person(console.session, "测试乙", email="yi@example.org")
        console.session.commit()
        return person

    @pytest.mark.parametrize(
        "changed",
        [{"email": "other@example.org"}, {"email": ""}, {"is_administrator": "1"}],
        ids=["another address", "no address", "an administrator"],
    )
    def test_grave_changes_ask_and_are_made_once_it_was_shown(
        self, console: Console, keeper: Client, other: Person, changed: dict[str, str]
    ) -> None:
        form = {"name": "测试乙", "email": "yi@example.org", "title": "副队长", **changed}
        path = f"/admin/people/{other.id}"

        asked = keeper.submit(path, form)
        [before] = console.look(select(Person).where(col(Person.id) == other.id))
        done = keeper.submit(path, {**form, "proof": PASSWORD})
        [after] = console.look(select(Person).where(col(Person.id) == other.id))

        assert (asked.status_code, before.title, before.email) == (401, other.title, "yi@example.org")
        assert "副队长" in asked.text
        assert (done.status_code, after.title) == (303, "副队长")
        assert (after.email or "") == form["email"]
        assert after.is_administrator == ("is_administrator" in form)

    def test_others_do_not(self, keeper: Client, other: Person) -> None:
        form = {"name": "测试乙", "email": "yi@example.org", "title": "副队长"}

        assert keeper.submit(f"/admin/people/{other.id}", form).status_code == 303
        assert (
            keeper.submit("/admin/people", {"name": "测试丙", "email": "bing@example.org"}).status_code == 303
        )

    def test_a_new_administrator_asks(self, console: Console, keeper: Client) -> None:
        form = {"name": "测试丙", "is_administrator": "1"}

        assert keeper.submit("/admin/people", form).status_code == 401
        assert console.look(select(Person).where(col(Person.name) == "测试丙")) == []
        assert keeper.submit("/admin/people", {**form, "proof": PASSWORD}).status_code == 303

    def test_ones_own_address_has_no_way_around(self, console: Console, keeper: Client) -> None:
        [person] = console.look(select(Person).where(col(Person.name) == "测试管"))
        form = {"name": "测试管", "is_administrator": "1", "email": "away@example.org"}

        assert keeper.submit(f"/admin/people/{person.id}", form).status_code == 401

    def test_a_coordinator_who_may_not_appoint_is_not_asked_but_refused(self, console: Console) -> None:
        create_task(console.session)
        client = console.as_(COORDINATOR)
        long_ago(console)

        answer = client.submit("/admin/people", {"name": "测试丙", "is_administrator": "1"})

        assert answer.status_code == 409


class TestSingleSignOn:
    """Who came by the provider and has no password here."""

    def arrive(self, console: Console) -> Client:
        person = create_person(console.session, "测试甲")
        client = console.as_(person)
        row = console.session.exec(select(LoginSession)).one()
        row.is_by_provider, row.proven_at = True, None
        console.session.commit()
        return client

    def test_is_told_to_have_a_password_set_where_no_provider_is_left(self, console: Console) -> None:
        answer: Any = self.arrive(console).submit("/me/tokens", TOKEN)

        assert answer.status_code == 401
        assert "请联系管理员重置账号" in answer.text
