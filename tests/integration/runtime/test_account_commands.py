"""`dingban account` and `dingban token`: from the code that `init` prints to a locked account."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyotp
import pytest
from freezegun import freeze_time
from sqlmodel import select
from typer.testing import CliRunner, Result

from notifications.models import Letter
from runtime.cli import accounts as commands
from runtime.cli.root import app
from tests.integration.runtime.conftest import COORDINATOR, OWNER, Installation
from tracker.database import create_engine_for, read_session, write_session
from tracker.services.accounts import (
    SignedIn,
    SignInPolicy,
    accept_invite,
    begin_factor,
    confirm_factor,
    find_token,
    sign_in,
)

WALL = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PASSWORD = "Gourmet-kettle-9"


def told(office: Installation, *arguments: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(office.done(*arguments, "--json"))
    return document


def enters(office: Installation, login_name: str, password: str = PASSWORD) -> SignedIn | None:
    engine = create_engine_for(office.url)
    with write_session(engine) as session:
        outcome = sign_in(
            session,
            login_name=login_name,
            password=password,
            address="10.20.30.40",
            agent="",
            at=datetime.now(UTC),
            policy=SignInPolicy(),
        )
    engine.dispose()
    return outcome if isinstance(outcome, SignedIn) else None


def use_code(office: Installation, code: str) -> None:
    engine = create_engine_for(office.url)
    with write_session(engine) as session:
        accept_invite(session, code=code, password=PASSWORD, at=datetime.now(UTC))
    engine.dispose()


class TestFirstAccount:
    def test_is_opened_by_init_whose_code_is_printed_once(self, tmp_path: Path) -> None:
        fresh = Installation(tmp_path)

        said = told(fresh, "init", "--administrator", "周伯通", "--email", "zhou@example.org")
        use_code(fresh, said["account"]["code"])

        assert enters(fresh, "zhou@example.org")
        assert told(fresh, "init")["account"] is None
        assert "一次性代码" not in fresh.done("init")

    def test_is_printed_for_people_too(self, tmp_path: Path) -> None:
        said = Installation(tmp_path).done("init")

        assert "已为管理员“管理员”开通账号，登录名 管理员。" in said
        assert "一次性代码（只显示这一次" in said


class TestAccounts:
    def test_are_opened_reset_locked_unlocked_and_listed(self, office: Installation) -> None:
        opened = told(office, "account", "create", OWNER, "--login", "zhang")
        use_code(office, opened["code"])
        assert enters(office, "zhang")

        assert told(office, "account", "lock", OWNER)["state"] == "已锁定"
        assert enters(office, "zhang") is None
        assert told(office, "account", "unlock", OWNER)["state"] == "正常"
        assert enters(office, "zhang")

        again = told(office, "account", "reset", OWNER)
        assert enters(office, "zhang") is None
        listed = told(office, "account", "list")
        assert listed["schema"] == "dingban.accounts/1"
        assert [(each["login_name"], each["state"]) for each in listed["accounts"]] == [
            ("admin@example.org", "待设密码"),
            ("zhang", "待设密码"),
        ]
        assert again["code"] not in json.dumps(listed)
        assert "待设密码" in office.done("account", "list")

    def test_each_act_is_said_to_people(self, office: Installation) -> None:
        assert "登录名 zhang@example.org" in office.done("account", "create", OWNER)
        assert "原密码作废" in office.done("account", "reset", OWNER)
        assert office.done("account", "lock", OWNER) == f"已锁定{OWNER}的账号。\n"
        assert office.done("account", "unlock", OWNER) == f"已解锁{OWNER}的账号。\n"

    @freeze_time(WALL)
    def test_codes_run_by_the_clock_on_the_wall(self, office: Installation) -> None:
        said = office.done("account", "create", OWNER, "--now", "2024-07-03")

        assert "2026-03-09 09:00前有效" in said

    def test_who_has_none_is_told_what_to_do(self, office: Installation) -> None:
        answer = office.run("account", "lock", OWNER)

        assert answer.exit_code == 1
        assert f"请先运行 dingban account create {OWNER}" in answer.stderr

    def test_are_administered_by_administrators(self, office: Installation) -> None:
        answer = office.run("account", "create", OWNER, "--as", OWNER)

        assert answer.exit_code == 1
        assert "须由管理员办理" in answer.stderr

    def test_the_last_administrator_is_not_locked_out(self, office: Installation) -> None:
        answer = office.run("account", "lock", COORDINATOR)

        assert answer.exit_code == 1
        assert "最后一名可用的管理员" in answer.stderr


class TestPassword:
    def run_with(self, office: Installation, typed: str, *arguments: object) -> Result:
        return CliRunner().invoke(app, [str(each) for each in arguments], input=typed, env=office.environment)

    def test_read_from_a_script_must_be_changed_by_whom_it_was_set_for(self, office: Installation) -> None:
        office.done("account", "create", OWNER)

        answer = self.run_with(office, f"{PASSWORD}\n", "account", "password", OWNER, "--stdin")

        assert answer.stdout == f"已设置{OWNER}的密码，下次登录时须修改。\n"
        entered = enters(office, "zhang@example.org")
        assert entered
        assert entered.must_change

    def test_of_ones_own_stays(self, office: Installation) -> None:
        answer = self.run_with(
            office, f"{PASSWORD}\r\n", "account", "password", COORDINATOR, "--stdin", "--json"
        )

        assert json.loads(answer.stdout)["must_change_password"] is False
        assert enters(office, "admin@example.org")

    def test_that_is_common_is_refused_with_every_reason(self, office: Installation) -> None:
        answer = self.run_with(office, "admin123\n", "account", "password", COORDINATOR, "--stdin")

        assert answer.exit_code == 1
        assert "至少12个字符" in answer.stderr
        assert "太常见" in answer.stderr

    def test_is_asked_for_twice_at_a_terminal(
        self, office: Installation, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        typed = iter([PASSWORD, PASSWORD, PASSWORD, "another one"])
        monkeypatch.setattr(commands, "getpass", lambda _prompt: next(typed))
        monkeypatch.setattr(commands, "_is_terminal", lambda: True)

        office.done("account", "password", COORDINATOR)
        differing = office.run("account", "password", COORDINATOR)

        assert enters(office, "admin@example.org")
        assert differing.exit_code == 1
        assert "两次输入的密码不一样" in differing.stderr

    def test_is_not_asked_for_where_nobody_sits(self, office: Installation) -> None:
        answer = office.run("account", "password", COORDINATOR)

        assert answer.exit_code == 1
        assert "--stdin" in answer.stderr


class TestTokens:
    def test_are_given_listed_and_revoked(self, office: Installation) -> None:
        given = told(office, "token", "create", "同步", "--as", OWNER, "--scope", "tasks:read", "--days", 30)
        engine = create_engine_for(office.url)
        with write_session(engine) as session:
            assert find_token(session, given["token"], at=datetime.now(UTC))
        said = office.done("token", "revoke", given["id"])
        with write_session(engine) as session:
            assert find_token(session, given["token"], at=datetime.now(UTC)) is None
        engine.dispose()

        assert said == "已作废令牌“同步”。\n"
        listed = told(office, "token", "list", "--person", OWNER)
        assert listed["schema"] == "dingban.tokens/1"
        assert [(each["name"], each["state"]) for each in listed["tokens"]] == [("同步", "已作废")]
        assert given["token"] not in json.dumps(listed) + office.done("token", "list")

    def test_are_shown_to_people_once(self, office: Installation) -> None:
        said = office.done("token", "create", "同步", "--as", OWNER, "--scope", "tasks:read")

        assert f"已为{OWNER}签发令牌“同步”" in said
        assert "令牌（只显示这一次）：dbt_" in said

    def test_a_scope_that_is_none_is_wrong_usage(self, office: Installation) -> None:
        answer = office.run("token", "create", "同步", "--as", OWNER, "--scope", "everything")

        assert answer.exit_code == 2
        assert "tasks:read" in answer.stderr


class TestSecondFactor:
    def test_is_reset_on_the_machine_itself_and_the_person_is_told(self, office: Installation) -> None:
        opened = told(office, "account", "create", OWNER, "--login", "zhang")
        use_code(office, opened["code"])
        set_up_phone(office, opened["account_id"])
        assert enters(office, "zhang") is None

        said = told(office, "account", "reset-factor", OWNER)

        assert said["has_second_factor"] is False
        assert enters(office, "zhang")
        assert ("您的动态口令已被重置", opened["person_id"]) in letters(office)

    def test_that_is_not_there_is_nothing_to_reset(self, office: Installation) -> None:
        told(office, "account", "create", OWNER, "--login", "zhang")

        refused = office.run("account", "reset-factor", OWNER)

        assert refused.exit_code == 1
        assert "没有启用动态口令" in refused.stderr


def set_up_phone(office: Installation, account_id: int) -> None:
    engine, at = create_engine_for(office.url), datetime.now(UTC)
    with write_session(engine) as session:
        secret = begin_factor(session, account_id, policy=SignInPolicy(), at=at).secret
        confirm_factor(session, account_id, code=pyotp.TOTP(secret).at(at), keep_session_id=None, at=at)
    engine.dispose()


def letters(office: Installation) -> list[tuple[str, int]]:
    engine = create_engine_for(office.url)
    with read_session(engine) as session:
        found = [(letter.subject, letter.recipient_id) for letter in session.exec(select(Letter)).all()]
    engine.dispose()
    return found
