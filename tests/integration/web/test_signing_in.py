"""Coming in, going out, and what keeps others from doing it in somebody's name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from tests.console import ORIGIN, Client, Console, opened_console
from tests.factories import create_person, create_task
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, Instruction, LoginSession, Person
from tracker.services.accounts import create_account, set_password
from tracker.services.auditing import SYSTEM
from web.house import Demo, DemoPerson
from workflows.task import TaskState

PASSWORD = "雨前龙井三两三钱三分银子"


def open_account(console: Console, name: str = "测试甲", *, must_change: bool = False) -> Person:
    person = create_person(console.session, name)
    at = datetime.now(UTC)
    account, _ = create_account(
        console.session, person_id=id_of(person), login_name="jia", actor=SYSTEM, at=at
    )
    set_password(
        console.session, id_of(account), password=PASSWORD, at=at, must_change=must_change, actor=SYSTEM
    )
    console.session.commit()
    return person


def sign_in(client: Client, password: str = PASSWORD, **fields: str) -> Any:
    return client.post("/login", data={"login_name": "jia", "password": password, **fields})


def test_the_sign_in_page_of_a_demo_names_the_login_name_of_everybody(engine: Engine, tmp_path: Path) -> None:
    people = [DemoPerson(1, "测试甲", "责任人", "jia@office.example"), DemoPerson(2, "测试乙", "", "yi")]
    demo = Demo(list_people=lambda: people, password=PASSWORD, move_clock=lambda to: None)
    with opened_console(engine, tmp_path, demo=demo) as console:
        page = console.anonymous().get("/login").text

    assert "测试甲（责任人）jia@office.example</option>" in page
    assert "测试乙（没有任务）yi</option>" in page


class TestSigningIn:
    def test_a_right_password_opens_the_page_that_was_asked_for(self, console: Console) -> None:
        open_account(console)
        client = console.anonymous()
        asked = client.get("/tasks?state=active")

        answer = sign_in(client, next="/tasks?state=active")

        assert asked.headers["location"] == "/login?next=%2Ftasks%3Fstate%3Dactive"
        assert (answer.status_code, answer.headers["location"]) == (303, "/tasks?state=active")
        assert client.get("/").status_code == 200

    def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(self, console: Console) -> None:
        open_account(console)

        cookie = sign_in(console.anonymous()).headers["set-cookie"].lower()

        assert cookie.startswith("dingban=")
        assert "httponly" in cookie
        assert "samesite=lax" in cookie

    def test_a_wrong_password_is_answered_alike_for_names_that_nobody_has(self, console: Console) -> None:
        open_account(console)
        wrong = sign_in(console.anonymous(), "错误的密码一二三四五六")
        unknown = console.anonymous().post("/login", data={"login_name": "nobody", "password": "x"})

        assert wrong.status_code == unknown.status_code == 401
        assert "登录名或者密码不对" in wrong.text
        assert "登录名或者密码不对" in unknown.text

    def test_five_failures_close_the_name_for_a_while(self, console: Console) -> None:
        open_account(console)
        for _ in range(5):
            sign_in(console.anonymous(), "错误的密码一二三四五六")

        answer = sign_in(console.anonymous())

        assert answer.status_code == 401
        assert "分钟后再试" in answer.text

    @pytest.mark.parametrize(
        "goal", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:1"]
    )
    def test_nobody_is_led_to_another_site(self, console: Console, goal: str) -> None:
        open_account(console)

        assert sign_in(console.anonymous(), next=goal).headers["location"] == "/"

    def test_a_password_that_another_has_set_is_changed_first(self, console: Console) -> None:
        open_account(console, must_change=True)
        client = console.anonymous()

        assert sign_in(client).headers["location"] == "/password"
        assert client.get("/").headers["location"] == "/password"

    def test_it_is_on_record(self, console: Console) -> None:
        open_account(console)
        sign_in(console.anonymous())

        kinds = console.session.exec(select(AccessRecord.kind)).all()

        assert AccessKind.SIGN_IN in kinds

    def test_signing_out_ends_the_session_itself(self, console: Console) -> None:
        client = console.as_("测试甲")
        stolen = client.cookies["dingban"]

        client.submit("/logout")

        thief = console.anonymous()
        thief.cookies.set("dingban", stolen)
        assert thief.get("/").status_code == 303
        assert console.session.exec(select(LoginSession)).all() == []


class TestForgery:
    """A form that this console did not make for this session does nothing."""

    def test_a_form_without_its_token_is_refused(self, console: Console) -> None:
        create_task(console.session, state=TaskState.ISSUED)

        answer = console.as_("测试甲").post("/me/theme", data={"theme": "dark"})

        assert answer.status_code == 403
        assert "没有生效" in answer.text

    def test_the_token_of_another_session_is_refused(self, console: Console) -> None:
        client = console.as_("测试甲")

        answer = client.post("/me/theme", data={"theme": "dark", "csrf": "csrf-of-999"})

        assert answer.status_code == 403

    @pytest.mark.parametrize(
        "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
    )
    def test_what_another_site_sent_is_refused_even_with_the_token(
        self, console: Console, headers: dict[str, str]
    ) -> None:
        client = console.as_("测试甲")

        answer = client.post("/me/theme", data={"theme": "dark", "csrf": client.csrf}, headers=headers)

        assert answer.status_code == 403

    def test_another_site_cannot_sign_its_own_account_in(self, console: Console) -> None:
        open_account(console)

        answer = console.anonymous().post(
            "/login",
            data={"login_name": "jia", "password": PASSWORD},
            headers={"Origin": "http://evil.example"},
        )

        assert answer.status_code == 403


class TestExpiredSessions:
    """A session that ends while a form is being filled does not lose the text."""

    def _lapse(self, console: Console) -> None:
        for row in console.session.exec(select(LoginSession)).all():
            console.session.delete(row)
        console.session.commit()

    def test_what_was_typed_is_offered_again_after_signing_in(self, console: Console) -> None:
        open_account(console, "测试丙")
        task = create_task(console.session)
        client = console.as_("测试丙")
        self._lapse(console)

        late = client.submit(f"/tasks/{task.id}/instructions", {"text": "请于本周内报送“三项”进展情况。"})
        resumed = sign_in(
            client,
            kept_path=f"/tasks/{task.id}/instructions",
            **{"kept.text": "请于本周内报送“三项”进展情况。"},
        )

        assert late.status_code == 401
        assert "请于本周内报送“三项”进展情况。" in late.text
        assert "请于本周内报送“三项”进展情况。" in resumed.text
        assert f'action="/tasks/{task.id}/instructions"' in resumed.text
        assert console.session.exec(select(Instruction)).all() == []

    def test_no_password_is_ever_shown_again(self, console: Console) -> None:
        client = console.as_("测试甲")
        self._lapse(console)

        late = client.submit(
            "/password", {"current": "旧的密码很长很长", "new": "新的密码很长很长", "again": "x"}
        )

        assert "密码很长很长" not in late.text

    def test_an_idle_session_is_over(self, console: Console) -> None:
        client = console.as_("测试甲")
        row = console.session.exec(select(LoginSession)).one()
        row.seen_at = row.seen_at.replace(year=row.seen_at.year - 1)
        console.session.add(row)
        console.session.commit()

        assert client.get("/").status_code == 303


class TestAnswers:
    def test_every_answer_carries_the_headers_that_confine_it(self, console: Console) -> None:
        headers = console.anonymous().get("/login").headers

        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe-inline" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "same-origin"

    def test_what_is_not_there_is_a_page_that_says_so(self, console: Console) -> None:
        answer = console.as_("测试甲").get("/nowhere")

        assert answer.status_code == 404
        assert "没有这个页面" in answer.text

    def test_a_body_without_end_is_cut_off(self, console: Console) -> None:
        answer = console.anonymous().post(
            "/login", content=b"x" * (3 << 20), headers={"Content-Type": "application/json", "Origin": ORIGIN}
        )

        assert answer.status_code in (401, 413)

    def test_a_form_without_end_is_refused(self, console: Console) -> None:
        answer = console.anonymous().post("/login", data={"login_name": "x" * (1 << 20)})

        assert answer.status_code == 413
