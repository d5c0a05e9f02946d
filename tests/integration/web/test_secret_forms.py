"""Forms that hold a password: a refusal leads back to the form, with what is no secret, and never to a copy without it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlmodel import select

from tests.console import Client, Console
from tests.factories import create_person
from tests.integration.web.test_proving_again import TOKEN, signed_in
from tests.integration.web.test_second_factor import set_up
from tests.integration.web.test_signing_in import PASSWORD, open_account, sign_in
from tracker.identity import id_of
from tracker.models import ApiToken, SecondFactor
from tracker.services.accounts import create_account
from tracker.services.auditing import SYSTEM

NEW = "清风明月本无价近水遥山1079"
WRONG = "这不是那个密码这不是"


def is_form_again(answer: Any, action: str, *secrets: str) -> bool:
    """Whether the answer is the page with the form, and holds none of the secrets."""
    page: str = answer.text
    leads = f'action="{action}"' in page and ">再次提交<" not in page
    return leads and not any(secret in page for secret in secrets)


def fresh_code(console: Console) -> str:
    person = create_person(console.session, "测试戊")
    _, code = create_account(
        console.session, person_id=id_of(person), login_name="wu", actor=SYSTEM, at=datetime.now(UTC)
    )
    console.session.commit()
    return code


class TestOneTimeCodes:
    def choose(self, client: Client, code: str, password: str = NEW, again: str | None = None) -> Any:
        form = {"code": code, "password": password, "again": password if again is None else again}
        return client.post("/invite", data=form)

    def test_a_wrong_one_is_shown_again_to_be_corrected(self, console: Console) -> None:
        answer = self.choose(console.anonymous(), "ABCDE-FGHJK")

        assert answer.status_code == 409
        assert 'name="code" value="ABCDE-FGHJK"' in answer.text
        assert "一次性代码不对" in answer.text
        assert is_form_again(answer, "/invite", NEW)

    @pytest.mark.parametrize(
        ("password", "again", "status", "sentence"),
        [("123456789012", None, 409, "这个密码不能用"), (NEW, NEW + "x", 422, "两次输入的密码不一致")],
        ids=["a weak password", "two different ones"],
    )
    def test_a_right_one_stays_where_the_password_is_refused(
        self, console: Console, password: str, again: str | None, status: int, sentence: str
    ) -> None:
        code, client = fresh_code(console), console.anonymous()

        answer = self.choose(client, code, password, again)

        assert answer.status_code == status
        assert f'name="code" value="{code}"' in answer.text
        assert sentence in answer.text
        assert is_form_again(answer, "/invite", password)
        assert self.choose(client, code).status_code == 303

    def test_a_form_of_before_somebody_signed_in_is_given_anew(self, console: Console) -> None:
        code, client = fresh_code(console), console.as_("测试甲")

        stale = self.choose(client, code)

        assert stale.status_code == 403
        assert is_form_again(stale, "/invite", NEW)
        assert f'name="csrf" value="{client.csrf}"' in stale.text
        assert f'name="code" value="{code}"' in stale.text


class TestSigningIn:
    def test_keeps_the_name(self, console: Console) -> None:
        open_account(console)

        answer = sign_in(console.anonymous(), WRONG, next="/tasks")

        assert answer.status_code == 401
        assert 'name="login_name" value="jia"' in answer.text
        assert 'name="next" value="/tasks"' in answer.text
        assert is_form_again(answer, "/login", WRONG)

    def test_from_a_page_of_before_somebody_signed_in_keeps_the_name(self, console: Console) -> None:
        open_account(console)
        client = console.as_("测试乙")

        answer = sign_in(client, next="/tasks")

        assert answer.status_code == 403
        assert 'name="login_name" value="jia"' in answer.text
        assert is_form_again(answer, "/login", PASSWORD)

    def test_a_wrong_code_asks_for_another(self, console: Console) -> None:
        person = open_account(console)
        set_up(console, person)
        client = console.anonymous()
        sign_in(client)

        answer = client.post("/login/code", data={"code": "000000", "next": "/tasks"})

        assert answer.status_code == 401
        assert 'name="next" value="/tasks"' in answer.text
        assert is_form_again(answer, "/login/code", "000000")

    def test_the_address_of_the_second_step_leads_to_the_first(self, console: Console) -> None:
        assert console.anonymous().get("/login/code").headers["location"] == "/login"


class TestChangingThePassword:
    @pytest.mark.parametrize(
        ("current", "new", "status", "sentence"),
        [
            (WRONG, NEW, 422, "现在的密码不对"),
            (PASSWORD, "123456789012", 409, "这个密码不能用"),
            (PASSWORD, PASSWORD, 409, "和现在的密码相同"),
        ],
        ids=["a wrong one", "a weak one", "the same"],
    )
    def test_is_asked_anew(
        self, console: Console, current: str, new: str, status: int, sentence: str
    ) -> None:
        client = console.as_(open_account(console))

        answer = client.submit("/password", {"current": current, "new": new, "again": new})

        assert answer.status_code == status
        assert sentence in answer.text
        assert is_form_again(answer, "/password", current, new)

    def test_with_the_token_of_another_session_is_asked_anew(self, console: Console) -> None:
        client = console.as_(open_account(console))

        answer = client.post("/password", data={"current": PASSWORD, "new": NEW, "again": NEW, "csrf": "old"})

        assert answer.status_code == 403
        assert is_form_again(answer, "/password", PASSWORD, NEW)

    def test_leaves_a_page_with_scripts_as_it_stands(self, console: Console) -> None:
        client = console.as_(open_account(console))

        answer = client.submit(
            "/password", {"current": PASSWORD, "new": "1" * 12, "again": "1" * 12}, is_htmx=True
        )

        assert (answer.status_code, answer.headers["hx-retarget"]) == (409, "#messages")
        assert "<form" not in answer.text


class TestSecondFactor:
    def test_a_wrong_code_asks_for_another(self, console: Console) -> None:
        client = console.as_("测试甲")
        client.submit("/me/second-factor/begin")

        answer = client.submit("/me/second-factor/confirm", {"code": "000000"})

        assert answer.status_code == 422
        assert is_form_again(answer, "/me/second-factor/confirm", "000000")

    def test_to_give_it_up_password_and_code_are_typed_again(self, console: Console) -> None:
        person = open_account(console)
        set_up(console, person)

        answer = console.as_(person).submit("/me/second-factor/remove", {"password": WRONG, "code": "000000"})

        assert answer.status_code == 422
        assert is_form_again(answer, "/me/second-factor/remove", WRONG, "000000")

    @pytest.mark.parametrize("step", ["begin", "confirm", "codes", "remove"])
    def test_who_comes_back_to_what_was_shown_once_begins_anew(self, console: Console, step: str) -> None:
        client = console.as_("测试甲")

        answer = client.get(f"/me/second-factor/{step}")

        assert (answer.status_code, answer.headers["location"]) == (303, "/me/second-factor")
        assert console.look(select(SecondFactor)) == []


class TestProving:
    def test_a_wrong_password_asks_for_another_and_keeps_the_rest(self, console: Console) -> None:
        client = signed_in(console, open_account(console))

        answer = client.submit("/me/tokens", {**TOKEN, "proof": WRONG})

        assert answer.status_code == 401
        assert "报表程序" in answer.text
        assert is_form_again(answer, "/me/tokens", WRONG)

    def test_after_a_refusal_the_rest_can_be_sent_again_without_it(self, console: Console) -> None:
        client = signed_in(console, open_account(console))
        unscoped = {name: value for name, value in TOKEN.items() if not name.startswith("scope")}

        refused = client.submit("/me/tokens", {**unscoped, "proof": PASSWORD})

        assert refused.status_code == 422
        assert PASSWORD not in refused.text
        assert client.submit("/me/tokens", TOKEN).status_code == 200
        assert len(console.look(select(ApiToken))) == 1
