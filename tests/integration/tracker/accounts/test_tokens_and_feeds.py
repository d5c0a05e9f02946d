"""Tokens of programs and calendar feeds: whose they are, for how long, and what closes them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, select

from tests.factories import actor_of, create_person
from tests.integration.tracker.accounts.doors import WALL, kinds, minutes, open_account
from tracker.errors import ActRefused, ApiTokenNotFound, ValueRefused
from tracker.identity import id_of
from tracker.models import AccessKind, ApiToken, AuditEvent, CalendarFeed, Person, TokenScope
from tracker.models.accounts import SCOPE_LABELS
from tracker.services.accounts import (
    create_token,
    find_feed,
    find_token,
    is_token_touch_due,
    lock_account,
    renew_feed,
    revoke_token,
    touch_token,
)
from tracker.services.auditing import SYSTEM

pytestmark = pytest.mark.postgresql


def give(session: Session, person: Person, **fields: Any) -> tuple[ApiToken, str]:
    values: dict[str, Any] = {"name": "办公平台同步", "scopes": [TokenScope.TASKS_READ], "days": 30}
    return create_token(session, person_id=id_of(person), actor=actor_of(person), at=WALL, **values | fields)


class TestToken:
    def test_acts_as_its_person_within_its_scopes(self, session: Session) -> None:
        person = create_person(session)
        token, secret = give(session, person, scopes={TokenScope.TASKS_WRITE, TokenScope.TASKS_READ})
        session.commit()
        session.expunge_all()

        found = find_token(session, secret, at=WALL)

        assert found is not None
        assert found[0].model_dump() == session.get_one(ApiToken, token.id).model_dump()
        assert found[0].scopes == ["tasks:read", "tasks:write"]
        assert found[1].name == person.name

    def test_is_shown_once_and_never_written(self, session: Session) -> None:
        token, secret = give(session, create_person(session))

        told = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()

        assert secret.startswith(token.prefix)
        assert len(secret) >= 47
        assert told is not None
        assert told.kind == "token.create"
        assert secret not in told.data + repr(token.model_dump())

    def test_is_found_with_one_question(self, session: Session, engine: Engine) -> None:
        _, secret = give(session, create_person(session))
        session.commit()
        session.expunge_all()
        session.connection()
        heard: list[str] = []
        listen = lambda *given: heard.append(given[2])  # noqa: E731
        event.listen(engine, "before_cursor_execute", listen)

        find_token(session, secret, at=WALL)

        event.remove(engine, "before_cursor_execute", listen)
        assert len(heard) == 1

    def test_ends_on_its_day(self, session: Session) -> None:
        _, secret = give(session, create_person(session), days=1)

        assert find_token(session, secret, at=WALL + timedelta(hours=23, minutes=59))
        assert find_token(session, secret, at=WALL + timedelta(days=1)) is None

    def test_ends_when_it_is_revoked(self, session: Session) -> None:
        person = create_person(session)
        token, secret = give(session, person)

        revoke_token(session, id_of(token), actor=actor_of(person), at=WALL)
        revoke_token(session, id_of(token), actor=actor_of(person), at=WALL + minutes(1))

        assert find_token(session, secret, at=WALL) is None
        assert token.revoked_at == WALL
        assert kinds(session) == [AccessKind.TOKEN_CREATED, AccessKind.TOKEN_REVOKED]

    @pytest.mark.parametrize("way", ["locked", "inactive"])
    def test_opens_nothing_for_who_may_not_in(self, session: Session, way: str) -> None:
        account, person = open_account(session)
        _, secret = give(session, person)
        if way == "locked":
            lock_account(session, id_of(account), actor=SYSTEM, at=WALL)
        else:
            person.is_active = False

        assert find_token(session, secret, at=WALL) is None

    @pytest.mark.parametrize("text", ["", "dbt_", "\ud800", "\0", "x" * 5000])
    def test_that_nobody_was_given_opens_nothing(self, session: Session, text: str) -> None:
        give(session, create_person(session))

        assert find_token(session, text, at=WALL) is None

    def test_of_another_is_given_to_nobody(self, session: Session) -> None:
        person = create_person(session)
        chief = create_person(session, "测试乙", is_administrator=True)

        for actor in (actor_of(chief), SYSTEM, actor_of(person, recorded_by=chief)):
            with pytest.raises(ActRefused, match="只能由本人签发"):
                create_token(
                    session,
                    person_id=id_of(person),
                    name="别人的",
                    scopes=[TokenScope.TASKS_READ],
                    days=1,
                    actor=actor,
                    at=WALL,
                )

    def test_is_revoked_by_its_person_or_an_administrator(self, session: Session) -> None:
        token, _ = give(session, create_person(session))
        other = create_person(session, "测试乙")
        chief = create_person(session, "测试丙", is_administrator=True)

        with pytest.raises(ActRefused, match="须由管理员办理"):
            revoke_token(session, id_of(token), actor=actor_of(other), at=WALL)
        revoke_token(session, id_of(token), actor=actor_of(chief), at=WALL)
        with pytest.raises(ApiTokenNotFound, match="接口令牌"):
            revoke_token(session, 404, actor=actor_of(chief), at=WALL)

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({"name": " "}, "起一个名称"),
            ({"name": "长" * 61}, "起一个名称"),
            ({"scopes": []}, "权限范围"),
            ({"days": 0}, "有效期"),
            ({"days": 367}, "有效期"),
        ],
    )
    def test_says_what_would_be_accepted(self, session: Session, fields: dict[str, Any], reason: str) -> None:
        with pytest.raises(ValueRefused, match=reason):
            give(session, create_person(session), **fields)

    def test_tells_when_it_was_first_and_last_used(self, session: Session) -> None:
        token, _ = give(session, create_person(session))

        assert is_token_touch_due(token, at=WALL)
        assert touch_token(session, id_of(token), at=WALL, address="10.0.0.1")
        assert not touch_token(session, id_of(token), at=WALL + minutes(0.9))
        assert touch_token(session, id_of(token), at=WALL + minutes(1))

        assert token.last_used_at == WALL + minutes(1)
        assert kinds(session).count(AccessKind.TOKEN_FIRST_USED) == 1

    def test_every_scope_is_named_for_people(self) -> None:
        assert set(SCOPE_LABELS) == set(TokenScope)


class TestFeed:
    def test_shows_the_days_of_its_person(self, session: Session) -> None:
        person = create_person(session)

        secret = renew_feed(session, id_of(person), at=WALL)

        assert find_feed(session, secret) is person
        assert find_feed(session, session.exec(select(CalendarFeed)).one().token_sha256) is None

    def test_renewed_leads_to_the_new_address_alone(self, session: Session) -> None:
        person = create_person(session)
        before = renew_feed(session, id_of(person), at=WALL)

        after = renew_feed(session, id_of(person), at=WALL)

        assert find_feed(session, before) is None
        assert find_feed(session, after) is person

    def test_of_who_left_or_is_locked_out_leads_nowhere(self, session: Session) -> None:
        account, person = open_account(session)
        secret = renew_feed(session, id_of(person), at=WALL)
        lock_account(session, id_of(account), actor=SYSTEM, at=WALL)
        assert find_feed(session, secret) is None

        account.is_locked, person.is_active = False, False
        assert find_feed(session, secret) is None
