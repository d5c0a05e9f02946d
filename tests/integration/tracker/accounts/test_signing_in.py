"""Who gets in; that a refusal tells nothing, is recorded, and becomes cheap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from tests.integration.tracker.accounts.doors import (
    ADDRESS,
    PASSWORD,
    POLICY,
    WALL,
    attempt,
    enter,
    kinds,
    minutes,
    open_account,
    refused,
)
from tracker.database import write_session
from tracker.models import AccessKind, AccessRecord, LoginSession, SignInCounter
from tracker.passwords import hashing
from tracker.services.accounts import SignedIn, SignInPolicy, find_session, unlock_account
from tracker.services.accounts.codes import digest
from tracker.services.auditing import SYSTEM

pytestmark = pytest.mark.postgresql
WRONG = "Lantern-bridge-0"


class TestRightPassword:
    def test_opens_a_session_under_a_token_that_is_not_kept(self, session: Session) -> None:
        account, person = open_account(session)

        entered = enter(session, account)

        row = session.exec(select(LoginSession)).one()
        assert (row.token_sha256, row.csrf) == (digest(entered.token), entered.csrf)
        assert entered.token not in repr(row) + repr(entered)
        assert len(entered.token) >= 43
        assert entered.person is person
        assert account.last_sign_in_at == WALL
        assert kinds(session) == [AccessKind.SIGN_IN]

    @pytest.mark.parametrize(
        "typed", ["ZHANG.SAN@Example.org", " zhang.san@example.org ", "ｚhang.san@example.org"]
    )
    def test_the_name_may_be_typed_in_any_spelling(self, session: Session, typed: str) -> None:
        open_account(session, login_name="zhang.san@example.org")

        assert isinstance(attempt(session, typed), SignedIn)

    def test_two_sign_ins_have_two_tokens(self, session: Session) -> None:
        account, _ = open_account(session)

        first, second = enter(session, account), enter(session, account)

        assert first.token != second.token
        assert first.csrf != second.csrf

    def test_says_that_the_password_must_be_changed(self, session: Session) -> None:
        account, _ = open_account(session, must_change_password=True)

        assert enter(session, account).must_change

    def test_a_hash_of_older_parameters_is_renewed(self, session: Session) -> None:
        old = Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
        account, _ = open_account(session, password_hash=old)

        enter(session, account)

        assert account.password_hash != old
        assert isinstance(attempt(session, account.login_name), SignedIn)

    def test_the_oldest_session_ends_where_there_are_too_many(self, session: Session) -> None:
        account, _ = open_account(session)
        few = SignInPolicy(sessions_at_most=2)

        entered = [
            attempt(session, account.login_name, at=WALL + minutes(number), policy=few) for number in range(3)
        ]

        tokens = [each.token for each in entered if isinstance(each, SignedIn)]
        found = [find_session(session, token, at=WALL + minutes(3), policy=few) for token in tokens]
        assert [bool(each) for each in found] == [False, True, True]


class TestRefusal:
    def test_says_the_same_whatever_was_wrong(self, session: Session) -> None:
        known, _ = open_account(session)
        locked, _ = open_account(session, "测试乙", is_locked=True)
        waiting, _ = open_account(session, "测试丙", password_hash=None)
        idle, gone = open_account(session, "测试丁")
        gone.is_active = False

        answers = {
            attempt(session, name, password)
            for name, password in (
                ("nobody@example.org", PASSWORD),
                (known.login_name, WRONG),
                (known.login_name, ""),
                (known.login_name, "\ud800"),
                (locked.login_name, PASSWORD),
                (waiting.login_name, ""),
                (idle.login_name, PASSWORD),
                ("", ""),
                ("\0\ud800", PASSWORD),
            )
        }

        assert len(answers) == 1
        assert session.exec(select(LoginSession)).all() == []

    def test_costs_one_hash_for_a_name_that_nobody_has(
        self, session: Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        account, _ = open_account(session)
        tried: list[str] = []
        hasher = type(hashing._HASHER)

        def count(name: str) -> Callable[..., Any]:
            real = getattr(hasher, name)

            def counted(*given: Any) -> Any:
                tried.append(name)
                return real(*given)

            return counted

        for name in ("verify", "verify_and_update"):
            monkeypatch.setattr(hasher, name, count(name))

        attempt(session, "nobody@example.org")
        attempt(session, account.login_name, WRONG)

        assert tried == ["verify", "verify_and_update"]

    def test_is_recorded_without_what_a_terminal_would_obey(self, session: Session) -> None:
        attempt(session, "张\x1b[2J\n三" + "x" * 100, WRONG)
        session.flush()

        row = session.exec(select(AccessRecord)).one()
        assert row.login_name.startswith("张�[2J�三x")
        assert len(row.login_name) == 60
        assert (row.kind, row.account_id, row.address) == (AccessKind.SIGN_IN_REFUSED, None, ADDRESS)
        assert WRONG not in str(row.model_dump())


class TestLock:
    @pytest.mark.parametrize("name", ["known", "nobody@example.org"])
    def test_follows_five_failures_whether_the_name_is_known_or_not(
        self, session: Session, name: str
    ) -> None:
        account, _ = open_account(session)
        login_name = account.login_name if name == "known" else name

        answers = [refused(attempt(session, login_name, WRONG)) for _ in range(5)]

        assert [answer.retry_after_seconds for answer in answers] == [0, 0, 0, 0, 900]
        assert "15分钟" in answers[-1].sentence
        assert refused(attempt(session, login_name)).sentence == answers[-1].sentence
        assert kinds(session).count(AccessKind.SIGN_IN_LOCKED) == 1

    def test_ends_by_itself(self, session: Session) -> None:
        account, _ = open_account(session)
        for _ in range(5):
            attempt(session, account.login_name, WRONG)

        early = refused(attempt(session, account.login_name, at=WALL + minutes(14.9)))
        assert early.retry_after_seconds == 6
        assert isinstance(attempt(session, account.login_name, at=WALL + minutes(15)), SignedIn)

    def test_is_not_made_longer_by_trying_on(self, session: Session) -> None:
        account, _ = open_account(session)
        for _ in range(5):
            attempt(session, account.login_name, WRONG)
        for number in range(10):
            attempt(session, account.login_name, WRONG, at=WALL + minutes(number), address=f"10.0.0.{number}")

        assert isinstance(attempt(session, account.login_name, at=WALL + minutes(15)), SignedIn)

    def test_begins_anew_after_the_right_password(self, session: Session) -> None:
        account, _ = open_account(session)
        for _ in range(4):
            attempt(session, account.login_name, WRONG)
        enter(session, account)

        answers = [refused(attempt(session, account.login_name, WRONG)) for _ in range(4)]

        assert {answer.retry_after_seconds for answer in answers} == {0}

    def test_forgets_failures_of_long_ago(self, session: Session) -> None:
        account, _ = open_account(session)
        for number in range(10):
            answer = refused(attempt(session, account.login_name, WRONG, at=WALL + minutes(number * 15)))
            assert answer.retry_after_seconds == 0

    def test_an_administrator_ends_it(self, session: Session) -> None:
        account, _ = open_account(session)
        for _ in range(5):
            attempt(session, account.login_name, WRONG)

        unlock_account(session, account.id or 0, actor=SYSTEM, at=WALL)

        assert isinstance(attempt(session, account.login_name), SignedIn)

    def test_every_guess_counts_where_many_come_at_once(self, engine: Engine) -> None:
        with write_session(engine) as session:
            account, _ = open_account(session)
            name = account.login_name
        outcomes: list[object] = []

        def guess() -> None:
            with write_session(engine) as own:
                outcomes.append(attempt(own, name, WRONG))

        threads = [Thread(target=guess) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        with Session(engine) as session:
            found = kinds(session)
        assert len(outcomes) == 8
        assert found.count(AccessKind.SIGN_IN_REFUSED) == 8
        assert found.count(AccessKind.SIGN_IN_LOCKED) == 1


class TestThrottle:
    def failing(self, session: Session, count: int, *, at: datetime = WALL) -> None:
        for number in range(count):
            attempt(session, f"nobody{number}@example.org", WRONG, at=at)

    def test_stops_an_address_after_thirty_failures(self, session: Session) -> None:
        account, _ = open_account(session)
        self.failing(session, 30)

        answer = refused(attempt(session, account.login_name))

        assert "网络地址" in answer.sentence
        assert answer.retry_after_seconds == 900
        assert isinstance(attempt(session, account.login_name, address="10.20.30.41"), SignedIn)
        assert isinstance(attempt(session, account.login_name, at=WALL + minutes(15)), SignedIn)

    def test_counts_attempts_under_a_locked_name_too(self, session: Session) -> None:
        for _ in range(31):
            answer = refused(attempt(session, "nobody@example.org", WRONG))

        assert "网络地址" in answer.sentence

    def test_ten_thousand_attempts_hash_thirty_times_and_write_no_more(
        self, session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.failing(session, 30)
        session.flush()
        before = len(kinds(session))
        written: list[str] = []
        hasher = type(hashing._HASHER)
        monkeypatch.setattr(hasher, "verify", lambda *_: pytest.fail("a password was hashed"))
        listen = lambda *given: written.append(given[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)

        self.failing(session, 300)

        event.remove(engine, "before_cursor_execute", listen)
        assert all(statement.startswith("SELECT") for statement in written)
        assert len(written) <= 300
        assert len(kinds(session)) == before

    def test_begins_are_recorded_once(self, session: Session) -> None:
        self.failing(session, 40)

        assert kinds(session).count(AccessKind.SIGN_IN_THROTTLED) == 1

    def test_keeps_no_name_and_no_address_in_its_counters(self, session: Session) -> None:
        attempt(session, "张三丰的密码", WRONG)

        counters = session.exec(select(SignInCounter).order_by(col(SignInCounter.key))).all()

        assert len(counters) == 2
        assert all(len(counter.key) == 64 for counter in counters)
        assert POLICY.lock_after == 5
