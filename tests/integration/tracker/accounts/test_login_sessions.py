"""How long a session lasts, what ends it, and what it costs to ask for one."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from freezegun import freeze_time
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from tests.integration.tracker.accounts.doors import POLICY, WALL, enter, kinds, minutes, open_account
from tracker import clock
from tracker.identity import id_of
from tracker.models import AccessKind, LoginSession
from tracker.models.accounts import Theme
from tracker.services.accounts import (
    end_device,
    end_expired_sessions,
    end_session,
    end_sessions_of,
    find_session,
    is_touch_due,
    list_sessions,
    touch_session,
)
from tracker.services.accounts.codes import digest

pytestmark = pytest.mark.postgresql


def is_in(session: Session, token: str, at: datetime) -> bool:
    return find_session(session, token, at=at, policy=POLICY) is not None


class TestFindSession:
    def test_says_who_is_signed_in(self, session: Session) -> None:
        account, person = open_account(session)
        token = enter(session, account).token
        session.commit()
        session.expunge_all()

        found = find_session(session, token, at=WALL, policy=POLICY)

        assert found is not None
        assert (found.account_id, found.login_name, found.name) == (
            account.id,
            account.login_name,
            person.name,
        )
        assert found.theme is Theme.AUTO
        assert (found.has_password, found.has_second_factor) == (True, False)

    def test_reads_no_secret(self, session: Session) -> None:
        account, _ = open_account(session)
        token = enter(session, account).token
        account.second_factor_at = WALL

        found = find_session(session, token, at=WALL, policy=POLICY)

        assert found is not None
        assert found.has_second_factor
        assert account.password_hash is not None
        assert not {account.password_hash, digest(token)} & set(map(str, found))

    def test_asks_the_database_once(self, session: Session, engine: Engine) -> None:
        account, _ = open_account(session)
        token = enter(session, account).token
        session.commit()
        session.expunge_all()
        heard: list[str] = []
        listen = lambda *given: heard.append(given[2])  # noqa: E731
        session.connection()
        event.listen(engine, "before_cursor_execute", listen)

        find_session(session, token, at=WALL, policy=POLICY)

        event.remove(engine, "before_cursor_execute", listen)
        assert len(heard) == 1

    @pytest.mark.parametrize("token", ["", "x", "\ud800", "\0", "a" * 10_000])
    def test_a_token_that_nobody_was_given_opens_nothing(self, session: Session, token: str) -> None:
        enter(session, open_account(session)[0])

        assert not is_in(session, token, WALL)

    def test_what_the_database_keeps_opens_nothing(self, session: Session) -> None:
        entered = enter(session, open_account(session)[0])

        assert not is_in(session, entered.login_session.token_sha256, WALL)
        assert not is_in(session, entered.csrf, WALL)

    def test_a_locked_account_is_out_at_once(self, session: Session) -> None:
        account, _ = open_account(session)
        token = enter(session, account).token
        account.is_locked = True

        assert not is_in(session, token, WALL)

    def test_somebody_inactive_is_out_at_once(self, session: Session) -> None:
        account, person = open_account(session)
        token = enter(session, account).token
        person.is_active = False

        assert not is_in(session, token, WALL)


class TestEnd:
    def test_comes_after_half_an_hour_without_use(self, session: Session) -> None:
        token = enter(session, open_account(session)[0]).token

        assert is_in(session, token, WALL + minutes(29.9))
        assert not is_in(session, token, WALL + minutes(30))

    def test_comes_after_twelve_hours_however_much_it_is_used(self, session: Session) -> None:
        entered = enter(session, open_account(session)[0])
        at = WALL
        while at < WALL + timedelta(hours=11, minutes=59):
            at += minutes(20)
            touch_session(session, id_of(entered.login_session), at=at)

        assert is_in(session, entered.token, WALL + timedelta(hours=11, minutes=59))
        assert not is_in(session, entered.token, WALL + timedelta(hours=12))

    def test_is_told_by_the_clock_on_the_wall(self, session: Session) -> None:
        entered = enter(session, open_account(session)[0])

        with freeze_time(WALL + minutes(31)), clock.fixed_at(WALL - timedelta(days=700)):
            assert not is_in(session, entered.token, datetime.now(WALL.tzinfo))

    def test_comes_by_signing_out(self, session: Session) -> None:
        entered = enter(session, open_account(session)[0])

        assert end_session(session, id_of(entered.login_session), at=WALL)

        assert not is_in(session, entered.token, WALL)
        assert not end_session(session, 1, at=WALL)
        assert kinds(session) == [AccessKind.SIGN_IN, AccessKind.SIGN_OUT]

    def test_of_all_but_one(self, session: Session) -> None:
        account, _ = open_account(session)
        kept, *others = (enter(session, account) for _ in range(3))

        ended = end_sessions_of(session, id_of(account), at=WALL, except_id=kept.login_session.id)

        assert ended == 2
        assert is_in(session, kept.token, WALL)
        assert not any(is_in(session, other.token, WALL) for other in others)

    def test_of_a_device_is_for_its_owner_alone(self, session: Session) -> None:
        account, _ = open_account(session)
        other, _ = open_account(session, "测试乙")
        entered = enter(session, account)
        number = id_of(entered.login_session)

        assert not end_device(session, number, account_id=id_of(other), at=WALL)
        assert is_in(session, entered.token, WALL)
        assert end_device(session, number, account_id=id_of(account), at=WALL)
        assert not is_in(session, entered.token, WALL)

    def test_of_what_is_over_is_recorded(self, session: Session) -> None:
        account, _ = open_account(session)
        enter(session, account)
        fresh = enter(session, account, at=WALL + minutes(20))

        assert end_expired_sessions(session, at=WALL + minutes(30), policy=POLICY) == 1

        assert session.exec(select(LoginSession)).all() == [fresh.login_session]
        assert kinds(session)[-1] is AccessKind.SESSION_EXPIRED


class TestTouch:
    def test_is_written_once_a_minute(self, session: Session) -> None:
        entered = enter(session, open_account(session)[0])
        row, number = entered.login_session, id_of(entered.login_session)

        assert not is_touch_due(row, at=WALL + timedelta(seconds=59))
        assert not touch_session(session, number, at=WALL + timedelta(seconds=59))
        assert is_touch_due(row, at=WALL + minutes(1))
        assert touch_session(session, number, at=WALL + minutes(1))
        session.refresh(row)
        assert row.seen_at == WALL + minutes(1)

    def test_never_goes_back(self, session: Session) -> None:
        entered = enter(session, open_account(session)[0])

        assert not touch_session(session, id_of(entered.login_session), at=WALL - minutes(60))


class TestDevices:
    def test_are_listed_the_last_seen_first(self, session: Session) -> None:
        account, _ = open_account(session)
        first = enter(session, account, address="10.0.0.1").login_session
        second = enter(session, account, at=WALL + minutes(5), address="10.0.0.2").login_session
        enter(session, open_account(session, "测试乙")[0])

        listed = list_sessions(session, id_of(account), at=WALL + minutes(10), policy=POLICY)
        later = list_sessions(session, id_of(account), at=WALL + minutes(31), policy=POLICY)

        assert listed == [second, first]
        assert later == [second]
        assert (first.address, first.agent) == ("10.0.0.1", "Chromium 109")
