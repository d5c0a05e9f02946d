"""动态口令 in the console: set up, asked for in a second step, due where the office says so, reset by an administrator."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from notifications.models import Letter
from tests.console import Client, Console, opened_console
from tests.factories import create_person, create_task
from tests.integration.web.test_signing_in import PASSWORD, open_account, sign_in
from tracker.identity import id_of
from tracker.models import Account, LoginSession, Person, SecondFactor
from tracker.services.accounts import (
    SecondFactorRule,
    SignInPolicy,
    begin_factor,
    confirm_factor,
    create_account,
    set_password,
)
from tracker.services.auditing import SYSTEM

STEP_COOKIE = "dingban-step"


def account_of(console: Console, person: Person) -> Account:
    return console.session.exec(select(Account).where(Account.person_id == person.id)).one()


def set_up(console: Console, person: Person) -> tuple[str, list[str]]:
    """As if he had done it an hour ago: its key, and the recovery codes."""
    account, at = account_of(console, person), datetime.now(UTC) - timedelta(hours=1)
    factor = begin_factor(console.session, id_of(account), policy=console.house.sign_in, at=at)
    code = pyotp.TOTP(factor.secret).at(at)
    codes = confirm_factor(console.session, id_of(account), code=code, keep_session_id=None, at=at)
    assert codes is not None
    console.session.commit()
    return factor.secret, codes


def now_code(secret: str) -> str:
    return pyotp.TOTP(secret).at(datetime.now(UTC))


def give(client: Client, code: str, **fields: str) -> Any:
    return client.post("/login/code", data={"code": code, **fields})


def is_in(client: Client) -> bool:
    return bool(client.get("/me").status_code == 200)


class TestSettingUp:
    def test_shows_a_picture_and_a_key_and_is_confirmed_by_one_code(self, console: Console) -> None:
        client = console.as_("测试甲")

        begun = client.submit("/me/second-factor/begin")
        [secret] = console.look(select(SecondFactor.secret))
        done = client.submit("/me/second-factor/confirm", {"code": now_code(secret)})

        assert "<svg xmlns" in begun.text
        assert re.sub(r"(.{4})(?=.)", r"\1 ", secret) in begun.text
        assert len(re.findall(r"<li>(?:[A-Z2-9]{5}-){4}[A-Z2-9]{5}</li>", done.text)) == 10
        assert "已启用" in client.get("/me/second-factor").text
        assert secret not in client.get("/me/second-factor").text

    def test_a_wrong_code_shows_the_same_key_again(self, console: Console) -> None:
        client = console.as_("测试甲")
        client.submit("/me/second-factor/begin")
        [secret] = console.look(select(SecondFactor.secret))

        answer = client.submit("/me/second-factor/confirm", {"code": "000000"})

        assert answer.status_code == 422
        assert secret[:4] in answer.text
        assert client.submit("/me/second-factor/confirm", {"code": now_code(secret)}).status_code == 200

    def test_takes_password_and_code_to_give_it_up(self, console: Console) -> None:
        person = open_account(console)
        secret, codes = set_up(console, person)
        client = console.as_(person)

        wrong = client.submit("/me/second-factor/remove", {"password": PASSWORD, "code": "000000"})
        right = client.submit("/me/second-factor/remove", {"password": PASSWORD, "code": now_code(secret)})

        assert wrong.status_code == 422
        assert "没有停用" in wrong.text
        assert right.status_code == 303
        assert sign_in(console.anonymous()).status_code == 303
        assert codes[0] not in wrong.text

    def test_is_not_offered_where_the_office_has_none(self, engine: Engine, tmp_path: Path) -> None:
        policy = SignInPolicy(second_factor=SecondFactorRule.NONE)
        with opened_console(engine, tmp_path, sign_in=policy) as console:
            client = console.as_("测试甲")

            assert "动态口令" not in client.get("/me").text
            assert client.submit("/me/second-factor/begin").status_code == 409
            assert "没有开放" in client.get("/me/second-factor").text


class TestSigningIn:
    def test_the_second_page_says_nothing_of_the_account(self, console: Console) -> None:
        person = open_account(console)
        set_up(console, person)
        client = console.anonymous()

        answer = sign_in(client)

        assert answer.status_code == 200
        assert "动态口令" in answer.text
        assert "测试甲" not in answer.text
        assert "jia" not in answer.text
        assert not is_in(client)

    def test_the_code_opens_the_page_that_was_asked_for(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)
        client = console.anonymous()
        page = sign_in(client, next="/tasks?state=active").text

        answer = give(client, now_code(secret), next="/tasks?state=active")

        assert 'name="next" value="/tasks?state=active"' in page
        assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?state=active")
        assert is_in(client)
        assert STEP_COOKIE not in client.cookies

    def test_a_recovery_code_does_as_well(self, console: Console) -> None:
        person = open_account(console)
        _, codes = set_up(console, person)
        client = console.anonymous()
        sign_in(client)

        assert give(client, codes[3]).status_code == 303
        assert is_in(client)

    def test_the_cookie_of_the_first_step_opens_nothing(self, console: Console) -> None:
        person = open_account(console)
        set_up(console, person)
        client = console.anonymous()
        cookie = sign_in(client).headers["set-cookie"].lower()
        thief = console.anonymous()
        thief.cookies.set("dingban", client.cookies[STEP_COOKIE])

        assert not is_in(thief)
        assert {"httponly", "samesite=lax"} <= set(cookie.split("; "))

    def test_without_a_password_before_no_code_opens_anything(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)

        answer = give(console.anonymous(), now_code(secret))

        assert answer.status_code == 401
        assert "请重新登录" in answer.text

    def test_a_code_is_taken_once(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)
        first, second = console.anonymous(), console.anonymous()
        sign_in(first)
        sign_in(second)
        code = now_code(secret)

        assert give(first, code).status_code == 303
        assert give(second, code).status_code == 401
        assert not is_in(second)

    def test_five_wrong_codes_close_the_name_and_password_and_code_with_it(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)
        client = console.anonymous()
        sign_in(client)
        for _ in range(5):
            give(client, "000000")

        assert "分钟后再试" in give(client, now_code(secret)).text
        assert "分钟后再试" in sign_in(console.anonymous()).text

    def test_another_site_cannot_send_the_code(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)
        client = console.anonymous()
        sign_in(client)

        answer = client.post(
            "/login/code", data={"code": now_code(secret)}, headers={"Origin": "http://evil.example"}
        )

        assert answer.status_code == 403
        assert not is_in(client)

    def test_what_was_typed_before_the_session_ended_is_offered_again(self, console: Console) -> None:
        person = open_account(console, "测试丙")
        secret, _ = set_up(console, person)
        task = create_task(console.session)
        console.session.commit()
        kept = {
            "kept_path": f"/tasks/{task.id}/instructions",
            "kept.text": "请于本周内报送“三项”进展情况。",
        }
        client = console.anonymous()

        page = sign_in(client, **kept).text
        resumed = give(client, now_code(secret), **kept)

        assert "请于本周内报送“三项”进展情况。" in page
        assert f'action="/tasks/{task.id}/instructions"' in resumed.text
        assert "请于本周内报送“三项”进展情况。" in resumed.text

    def test_a_password_that_another_has_set_is_changed_after_the_code(self, console: Console) -> None:
        person = open_account(console)
        secret, _ = set_up(console, person)
        account_of(console, person).must_change_password = True
        console.session.commit()
        client = console.anonymous()
        sign_in(client)

        assert give(client, now_code(secret)).headers["location"] == "/password"


class TestWhereItIsDue:
    @pytest.fixture
    def strict(self, engine: Engine, tmp_path: Path) -> Any:
        policy = SignInPolicy(second_factor=SecondFactorRule.ADMINISTRATORS)
        with opened_console(engine, tmp_path, sign_in=policy) as console:
            yield console

    def open_administrator(self, console: Console, *, must_change: bool = False) -> Person:
        person = create_person(console.session, "测试管", is_administrator=True)
        at = datetime.now(UTC)
        account, _ = create_account(
            console.session, person_id=id_of(person), login_name="guan", actor=SYSTEM, at=at
        )
        set_password(
            console.session, id_of(account), password=PASSWORD, at=at, must_change=must_change, actor=SYSTEM
        )
        console.session.commit()
        return person

    def test_whoever_has_none_is_led_to_set_it_up_and_can_go_nowhere_else(self, strict: Console) -> None:
        client = strict.as_(self.open_administrator(strict))

        for path in ("/", "/me", "/admin/accounts", "/tasks"):
            assert client.get(path).headers["location"] == "/me/second-factor"
        assert client.submit("/me/theme", {"theme": "dark"}).headers["location"] == "/me/second-factor"
        page = client.get("/me/second-factor").text
        assert "必须使用动态口令" in page
        assert "返回我的设置" not in page

    def test_once_it_is_set_up_everything_is_open(self, strict: Console) -> None:
        client = strict.as_(self.open_administrator(strict))
        client.submit("/me/second-factor/begin")
        [secret] = strict.look(select(SecondFactor.secret))
        client.submit("/me/second-factor/confirm", {"code": now_code(secret)})

        assert client.get("/admin/accounts").status_code == 200
        refused = client.submit("/me/second-factor/remove", {"password": PASSWORD, "code": "000000"})
        assert refused.status_code == 409
        assert "必须使用" in refused.text

    def test_others_are_not_asked(self, strict: Console) -> None:
        assert strict.as_("测试甲").get("/").status_code == 200

    def test_whoever_came_by_single_sign_on_is_not_asked(self, strict: Console) -> None:
        client = strict.as_(self.open_administrator(strict))
        row = strict.session.exec(select(LoginSession)).one()
        row.is_by_provider = True
        strict.session.commit()

        assert client.get("/admin/accounts").status_code == 200

    def test_a_file_is_not_taken_in_either(self, strict: Console) -> None:
        client = strict.as_(self.open_administrator(strict))

        answer = client.post(
            "/imports",
            files={"file": ("表.csv", b"x", "text/csv")},
            data={"csrf": client.csrf or ""},
            headers={"Origin": strict.url},
        )

        assert answer.headers["location"] == "/me/second-factor"

    def test_the_password_comes_first(self, strict: Console) -> None:
        person = self.open_administrator(strict, must_change=True)
        client = strict.as_(person)

        assert client.get("/").headers["location"] == "/password"
        assert client.get("/me/second-factor").headers["location"] == "/password"


class TestReset:
    def test_an_administrator_resets_it_and_the_person_is_told(self, console: Console) -> None:
        person = open_account(console)
        set_up(console, person)
        administrator = console.as_(create_person(console.session, "测试管", is_administrator=True))
        account_id = account_of(console, person).id
        console.session.commit()

        page = administrator.get(f"/admin/accounts/{account_id}").text
        answer = administrator.submit(f"/admin/accounts/{account_id}/second-factor")

        assert "重置动态口令" in page
        assert answer.status_code == 303
        assert sign_in(console.anonymous()).headers["location"] == "/"
        [letter] = console.look(select(Letter))
        assert letter.recipient_id == person.id
        assert "管理员测试管" in letter.text
        assert "已发信告知本人" in administrator.get(f"/admin/accounts/{account_id}").text

    def test_of_somebody_without_an_address_no_letter_is_claimed(self, console: Console) -> None:
        person = open_account(console)
        set_up(console, person)
        person.email = None
        console.session.add(person)
        administrator = console.as_(create_person(console.session, "测试管", is_administrator=True))
        account_id = account_of(console, person).id
        console.session.commit()

        page = administrator.get(f"/admin/accounts/{account_id}").text
        administrator.submit(f"/admin/accounts/{account_id}/second-factor")
        answer = administrator.get(f"/admin/accounts/{account_id}").text

        assert "并发信告知本人" not in page
        assert "已发信告知本人" not in answer
        assert "本人没有登记邮箱，收不到信，请当面告知" in answer
