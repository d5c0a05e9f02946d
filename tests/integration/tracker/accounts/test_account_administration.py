"""What administrators do with accounts, what they may not do, and what is recorded of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.factories import NOON, actor_of, create_campaign, create_person
from tests.integration.tracker.accounts.doors import (
    OTHER_PASSWORD,
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
from tracker.errors import (
    AccountNotFound,
    ActRefused,
    AddressTaken,
    InviteRefused,
    NameTaken,
    PasswordRefused,
    ValueRefused,
)
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, AuditEvent, Person
from tracker.services import people
from tracker.services.accounts import (
    SignedIn,
    accept_invite,
    change_password,
    create_account,
    find_session,
    lock_account,
    purge_access_records,
    reset_account,
    set_password,
    unlock_account,
)
from tracker.services.accounts.codes import CODE_LETTERS, fold_login_name
from tracker.services.auditing import SYSTEM, Actor
from tracker.services.campaigns import appoint_coordinator
from workflows.roles import Role


def administrator(session: Session, name: str = "测试管理") -> Actor:
    return actor_of(create_person(session, name, is_administrator=True))


def said(session: Session) -> list[AuditEvent]:
    return list(session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all())


class TestCreate:
    def test_names_the_account_after_the_address_and_gives_a_code(self, session: Session) -> None:
        person = create_person(session, email="Zhang.San@Example.org")

        account, code = create_account(
            session, person_id=id_of(person), actor=administrator(session), at=WALL
        )

        assert account.login_name == "zhang.san@example.org"
        assert account.invite_expires_at == WALL + timedelta(days=7)
        assert [len(group) for group in code.split("-")] == [5] * 5
        assert set(code) <= {*CODE_LETTERS, "-"}
        assert code not in repr(account.model_dump()) + "".join(event.data for event in said(session))
        assert said(session)[-1].kind == "account.create"

    def test_names_it_after_the_person_where_there_is_no_address(self, session: Session) -> None:
        names = []
        for _ in range(3):
            person = create_person(session, "测试丁", email=None)
            account, _ = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)
            names.append(account.login_name)

        assert names == ["测试丁", "测试丁2", "测试丁3"]

    @pytest.mark.parametrize("name", ["", "  ", "zhang san", "zhang\nsan", "z\x00", "\ud800", "z" * 255])
    def test_refuses_a_name_that_nobody_could_type(self, session: Session, name: str) -> None:
        person = create_person(session)

        with pytest.raises(ValueRefused, match="登录名"):
            create_account(session, person_id=id_of(person), login_name=name, actor=SYSTEM, at=WALL)

    def test_refuses_a_second_account_a_taken_name_and_the_inactive(self, session: Session) -> None:
        account, person = open_account(session)
        other = create_person(session, "测试乙")
        gone = create_person(session, "测试丙", is_active=False)

        with pytest.raises(ActRefused, match="已经有账号"):
            create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)
        with pytest.raises(NameTaken):
            create_account(
                session,
                person_id=id_of(other),
                login_name=account.login_name.upper(),
                actor=SYSTEM,
                at=WALL,
            )
        with pytest.raises(ValueRefused, match="已经停用"):
            create_account(session, person_id=id_of(gone), actor=SYSTEM, at=WALL)

    def test_folding_is_stable(self) -> None:
        assert fold_login_name("ＺＨＡＮＧ@Example.ORG ") == fold_login_name("zhang@example.org")


class TestInvite:
    @pytest.mark.parametrize(
        "spell", [str, str.lower, lambda code: code.replace("-", " "), lambda code: f" {code} "]
    )
    def test_sets_the_first_password_however_it_is_typed(self, session: Session, spell: Any) -> None:
        person = create_person(session)
        account, code = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)

        accept_invite(session, code=spell(code), password=PASSWORD, at=WALL + timedelta(days=6))

        assert isinstance(attempt(session, account.login_name), SignedIn)
        assert kinds(session)[:1] == [AccessKind.INVITE_ACCEPTED]

    def test_works_once(self, session: Session) -> None:
        person = create_person(session)
        _, code = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)
        accept_invite(session, code=code, password=PASSWORD, at=WALL)

        with pytest.raises(InviteRefused):
            accept_invite(session, code=code, password=OTHER_PASSWORD, at=WALL)

    @pytest.mark.parametrize("code", ["", "AAAAA-AAAAA-AAAAA-AAAAA-AAAAA", "\ud800", "\0"])
    def test_that_nobody_was_given_opens_nothing(self, session: Session, code: str) -> None:
        open_account(session)

        with pytest.raises(InviteRefused):
            accept_invite(session, code=code, password=PASSWORD, at=WALL)

    def test_is_over_after_seven_days(self, session: Session) -> None:
        person = create_person(session)
        _, code = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)

        with pytest.raises(InviteRefused):
            accept_invite(session, code=code, password=PASSWORD, at=WALL + timedelta(days=7))

    def test_survives_a_password_that_is_refused(self, session: Session) -> None:
        person = create_person(session)
        _, code = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)

        with pytest.raises(PasswordRefused) as refusal:
            accept_invite(session, code=code, password="zhangwei", at=WALL)
        accept_invite(session, code=code, password=PASSWORD, at=WALL)

        assert len(refusal.value.reasons) == 2

    def test_of_a_locked_account_opens_nothing(self, session: Session) -> None:
        person = create_person(session)
        account, code = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)
        lock_account(session, id_of(account), actor=SYSTEM, at=WALL)

        with pytest.raises(InviteRefused):
            accept_invite(session, code=code, password=PASSWORD, at=WALL)


class TestReset:
    def test_takes_password_sessions_and_lock_away(self, session: Session) -> None:
        account, _ = open_account(session)
        token = enter(session, account).token
        for _ in range(5):
            attempt(session, account.login_name, OTHER_PASSWORD)

        code = reset_account(session, id_of(account), actor=administrator(session), at=WALL)

        assert find_session(session, token, at=WALL, policy=POLICY) is None
        assert refused(attempt(session, account.login_name)).retry_after_seconds == 0
        accept_invite(session, code=code, password=OTHER_PASSWORD, at=WALL)
        assert isinstance(attempt(session, account.login_name, OTHER_PASSWORD), SignedIn)
        assert [event.kind for event in said(session)[-2:]] == ["account.reset", "account.activate"]

    def test_makes_the_code_before_it_worthless(self, session: Session) -> None:
        person = create_person(session)
        account, code = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)

        reset_account(session, id_of(account), actor=SYSTEM, at=WALL)

        with pytest.raises(InviteRefused):
            accept_invite(session, code=code, password=PASSWORD, at=WALL)


class TestPasswords:
    def test_another_than_an_administrator_sets_nobody_elses(self, session: Session) -> None:
        account, person = open_account(session)
        other = create_person(session, "测试乙")

        with pytest.raises(ActRefused, match="须由管理员办理"):
            set_password(session, id_of(account), password=OTHER_PASSWORD, at=WALL, actor=actor_of(other))
        set_password(session, id_of(account), password=OTHER_PASSWORD, at=WALL, actor=actor_of(person))

    def test_one_that_was_set_for_somebody_must_be_changed(self, session: Session) -> None:
        account, _ = open_account(session)
        set_password(
            session,
            id_of(account),
            password=OTHER_PASSWORD,
            at=WALL,
            must_change=True,
            actor=administrator(session),
        )
        entered = attempt(session, account.login_name, OTHER_PASSWORD)
        assert isinstance(entered, SignedIn)
        assert entered.must_change

        change_password(
            session, id_of(account), current=OTHER_PASSWORD, new=PASSWORD, at=WALL, keep_session_id=None
        )

        assert not enter(session, account).must_change
        assert said(session)[-1].kind == "password.change"

    def test_changing_it_ends_every_other_session(self, session: Session) -> None:
        account, _ = open_account(session)
        here, elsewhere = enter(session, account), enter(session, account)

        answer = change_password(
            session,
            id_of(account),
            current=PASSWORD,
            new=OTHER_PASSWORD,
            at=WALL,
            keep_session_id=here.login_session.id,
        )

        assert answer is None
        assert find_session(session, here.token, at=WALL, policy=POLICY)
        assert find_session(session, elsewhere.token, at=WALL, policy=POLICY) is None

    def test_a_stolen_session_cannot_try_the_present_one(self, session: Session) -> None:
        account, _ = open_account(session)
        enter(session, account)

        answers = [
            refused(
                change_password(
                    session,
                    id_of(account),
                    current="wrong",
                    new=OTHER_PASSWORD,
                    at=WALL,
                    keep_session_id=None,
                )
            )
            for _ in range(6)
        ]

        assert "现在的密码不对" in answers[0].sentence
        assert answers[-1].retry_after_seconds == 900
        assert kinds(session).count(AccessKind.PASSWORD_CHANGE_REFUSED) == 5
        assert isinstance(attempt(session, account.login_name, at=WALL + minutes(15)), SignedIn)

    @pytest.mark.parametrize(
        ("new", "reason"),
        [(PASSWORD, "和现在的密码相同"), ("short", "至少12个字符"), ("我是测试甲的一把小小钥匙", "测试甲")],
    )
    def test_a_new_one_is_held_to_the_policy(self, session: Session, new: str, reason: str) -> None:
        account, _ = open_account(session)

        with pytest.raises(PasswordRefused, match=reason):
            change_password(session, id_of(account), current=PASSWORD, new=new, at=WALL, keep_session_id=None)

        assert isinstance(attempt(session, account.login_name), SignedIn)


class TestLockByHand:
    def test_lets_nobody_in_until_it_is_unlocked(self, session: Session) -> None:
        account, _ = open_account(session)
        token = enter(session, account).token
        actor = administrator(session)

        lock_account(session, id_of(account), actor=actor, at=WALL)
        lock_account(session, id_of(account), actor=actor, at=WALL)
        assert find_session(session, token, at=WALL, policy=POLICY) is None
        refused(attempt(session, account.login_name))
        unlock_account(session, id_of(account), actor=actor, at=WALL)

        assert find_session(session, token, at=WALL, policy=POLICY) is None
        assert isinstance(attempt(session, account.login_name), SignedIn)
        assert [event.kind for event in said(session)] == ["account.create", "account.lock", "account.unlock"]

    def test_leaves_one_administrator_who_can_sign_in(self, session: Session) -> None:
        first, _ = open_account(session, "测试甲")
        second, _ = open_account(session, "测试乙")
        for name in ("测试甲", "测试乙"):
            create_person(session, name).is_administrator = True
        session.flush()
        lock_account(session, id_of(first), actor=SYSTEM, at=WALL)

        with pytest.raises(ActRefused, match="最后一名可用的管理员"):
            lock_account(session, id_of(second), actor=SYSTEM, at=WALL)

    @pytest.mark.parametrize("act", [create_account, lock_account, reset_account, unlock_account])
    def test_is_for_administrators_alone(self, session: Session, act: Any) -> None:
        account, person = open_account(session)
        coordinator = create_person(session, "测试丁")
        create_campaign(session)
        whom = {"person_id": id_of(person)} if act is create_account else {"account_id": id_of(account)}

        for actor in (actor_of(person), actor_of(coordinator), actor_of(person, recorded_by=coordinator)):
            with pytest.raises(ActRefused, match="须由管理员办理"):
                act(session, **whom, actor=actor, at=WALL)

    def test_of_an_account_that_is_not_there(self, session: Session) -> None:
        with pytest.raises(AccountNotFound, match="账号"):
            lock_account(session, 404, actor=SYSTEM, at=WALL)


class TestSeparation:
    def test_an_auditor_becomes_no_administrator(self, session: Session) -> None:
        campaign = create_campaign(session)
        person = create_person(session, "测试戊")
        appoint_coordinator(session, id_of(campaign), id_of(person), actor=SYSTEM, at=NOON, role=Role.AUDITOR)

        with pytest.raises(ValueRefused, match="不能同时担任管理员"):
            people.change_person(session, id_of(person), is_administrator=True, actor=SYSTEM, at=NOON)

    def test_an_administrator_becomes_no_auditor(self, session: Session) -> None:
        campaign = create_campaign(session)
        person = create_person(session, "测试戊", is_administrator=True)

        with pytest.raises(ValueRefused, match="不能同时担任纪检审计人员"):
            appoint_coordinator(
                session, id_of(campaign), id_of(person), actor=SYSTEM, at=NOON, role=Role.AUDITOR
            )
        appoint_coordinator(session, id_of(campaign), id_of(person), actor=SYSTEM, at=NOON)

    def test_nor_by_a_handover(self, session: Session) -> None:
        campaign = create_campaign(session)
        auditor = create_person(session, "测试戊")
        appoint_coordinator(
            session, id_of(campaign), id_of(auditor), actor=SYSTEM, at=NOON, role=Role.AUDITOR
        )
        taker = create_person(session, "测试己", is_administrator=True)

        with pytest.raises(ValueRefused, match="不能同时担任纪检审计人员"):
            people.hand_over(
                session, from_person_id=id_of(auditor), to_person_id=id_of(taker), actor=SYSTEM, at=NOON
            )

    def test_a_coordinator_makes_and_unmakes_no_administrator(self, session: Session) -> None:
        create_campaign(session)
        coordinator = actor_of(create_person(session, "测试丁"))
        chief = create_person(session, "测试戊", is_administrator=True)
        create_person(session, "测试己", is_administrator=True)

        acts: list[Callable[[], object]] = [
            lambda: people.create_person(
                session, name="测试庚", is_administrator=True, actor=coordinator, at=NOON
            ),
            lambda: people.change_person(
                session, coordinator.person_id or 0, is_administrator=True, actor=coordinator, at=NOON
            ),
            lambda: people.change_person(
                session, id_of(chief), is_administrator=False, actor=coordinator, at=NOON
            ),
            lambda: people.deactivate_person(session, id_of(chief), actor=coordinator, at=NOON),
        ]
        for act in acts:
            with pytest.raises(ActRefused, match="须由管理员办理"):
                act()

    def test_the_last_administrator_stays(self, session: Session) -> None:
        chief = create_person(session, "测试戊", is_administrator=True)

        with pytest.raises(ActRefused, match="最后一名可用的管理员"):
            people.change_person(session, id_of(chief), is_administrator=False, actor=SYSTEM, at=NOON)
        with pytest.raises(ActRefused, match="最后一名可用的管理员"):
            people.deactivate_person(session, id_of(chief), actor=SYSTEM, at=NOON)
        create_person(session, "测试己", is_administrator=True)
        people.deactivate_person(session, id_of(chief), actor=SYSTEM, at=NOON)


class TestAddresses:
    def test_belong_to_one_active_person(self, session: Session) -> None:
        first = people.create_person(session, name="测试甲", email="a@example.org", actor=SYSTEM, at=NOON)
        second = people.create_person(session, name="测试乙", email="b@example.org", actor=SYSTEM, at=NOON)

        with pytest.raises(AddressTaken, match="已经登记给测试甲"):
            people.create_person(session, name="测试丙", email="A@Example.ORG", actor=SYSTEM, at=NOON)
        with pytest.raises(AddressTaken):
            people.change_person(session, id_of(second), email="a@example.org", actor=SYSTEM, at=NOON)
        people.change_person(session, id_of(first), email="A@example.org", actor=SYSTEM, at=NOON)

    def test_of_who_left_may_be_given_again_and_then_keep_him_out(self, session: Session) -> None:
        gone = people.create_person(session, name="测试甲", email="a@example.org", actor=SYSTEM, at=NOON)
        people.deactivate_person(session, id_of(gone), actor=SYSTEM, at=NOON)
        people.create_person(session, name="测试乙", email="a@example.org", actor=SYSTEM, at=NOON)

        with pytest.raises(AddressTaken):
            people.reactivate_person(session, id_of(gone), actor=SYSTEM, at=NOON)

        assert not session.get_one(Person, gone.id).is_active


class TestRecords:
    def test_are_kept_for_six_months_at_least(self, session: Session) -> None:
        with pytest.raises(ValueRefused, match="至少保存六个月"):
            purge_access_records(session, at=WALL, keep_days=182)

    def test_go_after_their_time(self, session: Session) -> None:
        account, _ = open_account(session)
        enter(session, account)
        attempt(session, account.login_name, "wrong", at=WALL + timedelta(days=30))
        session.flush()

        gone = purge_access_records(session, at=WALL + timedelta(days=200))

        rows = session.exec(select(AccessRecord)).all()
        assert gone == 2
        assert [row.kind for row in rows] == [AccessKind.SIGN_IN_REFUSED]
