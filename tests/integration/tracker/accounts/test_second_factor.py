"""The second factor: set up with one code, asked for at the door, never taken twice, lost and given back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.factories import actor_of, create_person
from tests.integration.tracker.accounts.authenticators import answer, code_at, enrol, owe_code
from tests.integration.tracker.accounts.doors import (
    ADDRESS,
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
from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import (
    AccessKind,
    AccessRecord,
    AuditEvent,
    LoginSession,
    PendingSignIn,
    RecoveryCode,
    SecondFactor,
)
from tracker.services.accounts import (
    CodeDue,
    SecondFactorRule,
    SignedIn,
    SignInPolicy,
    begin_factor,
    confirm_factor,
    forget_pending,
    prove_again,
    remove_own_factor,
    renew_recovery_codes,
    reset_account,
    reset_factor,
    set_password,
    sign_in_by_provider,
    tally_refusal,
)
from tracker.services.auditing import SYSTEM
from workflows.roles import Role

pytestmark = pytest.mark.postgresql
LATER = WALL + minutes(1)  # when the phone shows another code


class TestSettingUp:
    def test_asks_for_nothing_until_a_code_was_right(self, session: Session) -> None:
        account, _ = open_account(session)
        secret = begin_factor(session, id_of(account), policy=POLICY, at=WALL).secret

        wrong = code_at(secret, LATER)
        confirmed = confirm_factor(session, id_of(account), code=wrong, keep_session_id=None, at=WALL)

        assert confirmed is None
        assert isinstance(attempt(session, account.login_name), SignedIn)

    def test_begun_anew_the_key_before_is_worth_nothing(self, session: Session) -> None:
        account, _ = open_account(session)
        first = begin_factor(session, id_of(account), policy=POLICY, at=WALL).secret
        second = begin_factor(session, id_of(account), policy=POLICY, at=WALL).secret

        confirmed = confirm_factor(
            session, id_of(account), code=code_at(first), keep_session_id=None, at=WALL
        )

        assert confirmed is None
        assert first != second

    def test_gives_ten_recovery_codes_of_which_digests_are_kept(self, session: Session) -> None:
        account, _ = open_account(session)

        secret, codes = enrol(session, account)

        kept = session.exec(select(RecoveryCode.code_sha256)).all()
        assert len(set(codes)) == len(set(kept)) == 10
        assert not set(codes) & set(kept)
        assert secret not in repr(session.get(SecondFactor, account.id))

    def test_ends_the_sessions_on_other_devices(self, session: Session) -> None:
        account, _ = open_account(session)
        here, there = enter(session, account), enter(session, account)
        secret = begin_factor(session, id_of(account), policy=POLICY, at=WALL).secret

        confirm_factor(
            session,
            id_of(account),
            code=code_at(secret),
            keep_session_id=here.login_session.id,
            at=WALL,
        )

        assert session.exec(select(LoginSession.id)).all() == [here.login_session.id]
        assert there.login_session.id != here.login_session.id

    def test_is_refused_where_one_is_there_or_the_office_offers_none(self, session: Session) -> None:
        account, _ = open_account(session)
        other, _ = open_account(session, "测试乙")
        enrol(session, account)

        with pytest.raises(ActRefused, match="已经启用"):
            begin_factor(session, id_of(account), policy=POLICY, at=WALL)
        none = SignInPolicy(second_factor=SecondFactorRule.NONE)
        with pytest.raises(ActRefused, match="没有开放"):
            begin_factor(session, id_of(other), policy=none, at=WALL)
        with pytest.raises(ActRefused, match="重新开始"):
            confirm_factor(session, id_of(other), code="123456", keep_session_id=None, at=WALL)

    def test_is_on_both_records(self, session: Session) -> None:
        account, person = open_account(session)
        enrol(session, account)

        assert AccessKind.FACTOR_ENROLLED in kinds(session)
        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "account.factor_enroll")).one()
        assert event.actor_id == person.id


class TestSecondStep:
    def test_the_password_alone_opens_nothing(self, session: Session) -> None:
        account, _ = open_account(session)
        enrol(session, account)

        outcome = attempt(session, account.login_name)

        assert isinstance(outcome, CodeDue)
        assert outcome.token not in repr(outcome)
        assert session.exec(select(LoginSession)).all() == []
        assert AccessKind.SIGN_IN not in kinds(session)

    def test_the_code_opens_a_session_that_is_proven(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)

        outcome = answer(session, owe_code(session, account), code_at(secret, LATER), at=LATER)

        assert isinstance(outcome, SignedIn)
        assert outcome.login_session.proven_at == LATER
        assert session.exec(select(PendingSignIn)).all() == []

    @pytest.mark.parametrize("off", [-1, 0, 1])
    def test_a_clock_may_be_off_by_a_step(self, session: Session, off: int) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)
        at = WALL + minutes(5)

        code = code_at(secret, at + timedelta(seconds=30 * off))

        assert isinstance(answer(session, owe_code(session, account, at=at), code, at=at), SignedIn)

    def test_no_code_opens_twice(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)
        code = code_at(secret, LATER)
        answer(session, owe_code(session, account), code, at=LATER)

        again = answer(session, owe_code(session, account), code, at=LATER)

        assert "只能用一次" in refused(again).sentence

    def test_the_code_that_set_it_up_opens_nothing(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)

        refused(answer(session, owe_code(session, account), code_at(secret)))

    def test_a_recovery_code_opens_once_however_it_is_typed(self, session: Session) -> None:
        account, _ = open_account(session)
        _, codes = enrol(session, account)

        first = answer(session, owe_code(session, account), codes[0].lower().replace("-", " "))
        second = answer(session, owe_code(session, account), codes[0])

        assert isinstance(first, SignedIn)
        refused(second)
        assert kinds(session).count(AccessKind.RECOVERY_CODE_USED) == 1

    def test_the_codes_of_another_open_nothing(self, session: Session) -> None:
        account, _ = open_account(session)
        other, _ = open_account(session, "测试乙")
        enrol(session, account)
        others_secret, others_codes = enrol(session, other)

        token = owe_code(session, account)

        refused(answer(session, token, code_at(others_secret, LATER), at=LATER))
        refused(answer(session, token, others_codes[0], at=LATER))

    def test_five_wrong_codes_lock_the_name_and_the_password_does_not_begin_the_count_anew(
        self, session: Session
    ) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)

        for _ in range(4):
            refused(answer(session, owe_code(session, account), "000000"))
        last = refused(answer(session, owe_code(session, account), "000000"))

        assert last.retry_after_seconds == 900
        assert refused(attempt(session, account.login_name)).retry_after_seconds == 900
        assert kinds(session).count(AccessKind.CODE_REFUSED) == 5
        assert kinds(session).count(AccessKind.SIGN_IN_LOCKED) == 1
        later = WALL + minutes(15)
        assert isinstance(
            answer(session, owe_code(session, account, at=later), code_at(secret, later), at=later), SignedIn
        )

    def test_a_name_that_was_locked_meanwhile_takes_no_code(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)
        token = owe_code(session, account)
        for _ in range(5):
            attempt(session, account.login_name, OTHER_PASSWORD)

        assert refused(answer(session, token, code_at(secret, LATER), at=LATER)).retry_after_seconds > 0

    @pytest.mark.parametrize("after", [0, 4.9])
    def test_waits_five_minutes_for_the_code(self, session: Session, after: float) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account, at=WALL - minutes(5))
        token = owe_code(session, account)

        late = WALL + minutes(5)
        assert answer(session, token, code_at(secret, late), at=late) is None
        at = WALL + minutes(after)
        assert isinstance(answer(session, token, code_at(secret, at), at=at), SignedIn)

    def test_a_password_that_was_taken_away_meanwhile_opens_nothing(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)
        token, other = owe_code(session, account), owe_code(session, account)

        reset_account(session, id_of(account), actor=SYSTEM, at=WALL)

        assert answer(session, token, code_at(secret, LATER), at=LATER) is None
        set_password(session, id_of(account), password=OTHER_PASSWORD, at=WALL, actor=SYSTEM)
        assert answer(session, other, code_at(secret, LATER), at=LATER) is None

    def test_who_left_or_was_locked_out_meanwhile_does_not_come_in(self, session: Session) -> None:
        account, person = open_account(session)
        secret, _ = enrol(session, account)
        token = owe_code(session, account)
        person.is_active = False
        session.flush()

        assert answer(session, token, code_at(secret, LATER), at=LATER) is None

    def test_single_sign_on_is_not_asked(self, session: Session) -> None:
        account, _ = open_account(session)
        enrol(session, account)

        outcome = sign_in_by_provider(
            session, login_name=account.login_name, address=ADDRESS, agent="", at=WALL, policy=POLICY
        )

        assert isinstance(outcome, SignedIn)
        assert outcome.login_session.is_by_provider
        assert outcome.login_session.proven_at is None

    def test_what_never_came_is_forgotten(self, session: Session) -> None:
        account, _ = open_account(session)
        enrol(session, account)
        owe_code(session, account)
        owe_code(session, account, at=WALL + minutes(3))

        assert forget_pending(session, at=WALL + minutes(5), policy=POLICY) == 1
        assert len(session.exec(select(PendingSignIn)).all()) == 1


class TestRule:
    @pytest.mark.parametrize(
        ("rule", "due"),
        [
            (SecondFactorRule.NONE, set()),
            (SecondFactorRule.OPTIONAL, set()),
            (SecondFactorRule.ADMINISTRATORS, {Role.ADMINISTRATOR, Role.AUDITOR}),
            (
                SecondFactorRule.LEADERS,
                {Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.LEADER},
            ),
            (SecondFactorRule.EVERYONE, set(Role)),
        ],
    )
    def test_says_who_has_to_have_one(self, rule: SecondFactorRule, due: set[Role]) -> None:
        policy = SignInPolicy(second_factor=rule)

        assert {role for role in Role if policy.is_factor_due({role})} == due
        assert policy.is_factor_due(set()) is (rule is SecondFactorRule.EVERYONE)


class TestGivingItUp:
    def test_takes_the_password_and_a_code(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)

        done = remove_own_factor(
            session,
            id_of(account),
            password=PASSWORD,
            code=code_at(secret, LATER),
            is_due=False,
            policy=POLICY,
            at=LATER,
        )

        assert done is None
        assert isinstance(attempt(session, account.login_name), SignedIn)
        assert session.exec(select(RecoveryCode)).all() == []
        assert session.get(SecondFactor, account.id) is None

    @pytest.mark.parametrize(("password", "is_code_right"), [(PASSWORD, False), (OTHER_PASSWORD, True)])
    def test_one_of_them_is_not_enough_and_is_counted(
        self, session: Session, password: str, is_code_right: bool
    ) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)

        for number in range(5):
            at = LATER + minutes(number)
            answered = remove_own_factor(
                session,
                id_of(account),
                password=password,
                code=code_at(secret, at) if is_code_right else "000000",
                is_due=False,
                policy=POLICY,
                at=at,
            )

        assert refused(answered).retry_after_seconds == 900
        assert account.second_factor_at is not None

    def test_is_refused_to_whom_the_office_asks_for_one(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)

        with pytest.raises(ActRefused, match="必须使用"):
            remove_own_factor(
                session,
                id_of(account),
                password=PASSWORD,
                code=code_at(secret, LATER),
                is_due=True,
                policy=POLICY,
                at=LATER,
            )

    def test_an_administrator_resets_it_and_nobody_else(self, session: Session) -> None:
        account, person = open_account(session)
        enrol(session, account)
        enter_again = owe_code(session, account)
        administrator = create_person(session, "测试管", is_administrator=True)

        with pytest.raises(ActRefused):
            reset_factor(session, id_of(account), actor=actor_of(person), at=WALL)
        reset_factor(session, id_of(account), actor=actor_of(administrator), at=WALL)

        assert isinstance(attempt(session, account.login_name), SignedIn)
        assert answer(session, enter_again, "000000") is None
        assert AccessKind.FACTOR_RESET in kinds(session)
        with pytest.raises(ActRefused, match="没有启用"):
            reset_factor(session, id_of(account), actor=actor_of(administrator), at=WALL)

    def test_new_recovery_codes_end_those_before(self, session: Session) -> None:
        account, _ = open_account(session)
        _, old = enrol(session, account)

        new = renew_recovery_codes(session, id_of(account), at=WALL)

        refused(answer(session, owe_code(session, account), old[0]))
        assert isinstance(answer(session, owe_code(session, account), new[0]), SignedIn)


class TestProvingAgain:
    def prove(self, session: Session, entered: SignedIn, proof: str, at: datetime = LATER) -> object:
        return prove_again(
            session,
            id_of(entered.login_session),
            proof=proof,
            address=ADDRESS,
            agent="",
            at=at,
            policy=POLICY,
        )

    def test_the_password_stands_for_ten_minutes(self, session: Session) -> None:
        account, _ = open_account(session)
        entered = enter(session, account)
        at = WALL + minutes(20)

        assert self.prove(session, entered, PASSWORD, at) is None

        proven_at = entered.login_session.proven_at
        assert POLICY.is_proven(proven_at, at=at + minutes(9.9))
        assert not POLICY.is_proven(proven_at, at=at + minutes(10))
        assert not POLICY.is_proven(None, at=at)

    def test_a_code_does_as_well_and_once(self, session: Session) -> None:
        account, _ = open_account(session)
        secret, _ = enrol(session, account)
        at = LATER + minutes(1)
        entered = answer(session, owe_code(session, account), code_at(secret, LATER), at=LATER)
        assert isinstance(entered, SignedIn)

        assert self.prove(session, entered, code_at(secret, at), at) is None
        assert "动态口令" in refused(self.prove(session, entered, code_at(secret, at), at)).sentence

    def test_guesses_are_counted_and_lock_the_name(self, session: Session) -> None:
        account, _ = open_account(session)
        entered = enter(session, account)

        for _ in range(5):
            answered = self.prove(session, entered, OTHER_PASSWORD)

        assert refused(answered).retry_after_seconds == 900
        assert kinds(session).count(AccessKind.PROOF_REFUSED) == 5
        assert refused(self.prove(session, entered, PASSWORD)).retry_after_seconds > 0


class TestTally:
    def count(self, session: Session, **changed: object) -> None:
        values: dict[str, object] = {
            "at": WALL,
            "route": "GET /admin/audit",
            "login_name": "jia",
            "account_id": None,
            "address": ADDRESS,
            "agent": "x",
        }
        tally_refusal(session, AccessKind.ACCESS_REFUSED, **(values | changed))  # type: ignore[arg-type]

    def test_a_flood_is_one_row_that_counts(self, session: Session) -> None:
        for number in range(40):
            self.count(session, at=WALL + minutes(number))

        row = session.exec(select(AccessRecord)).one()
        assert (row.times, row.at, row.route) == (40, WALL, "GET /admin/audit")

    def test_each_hour_address_route_and_person_has_its_own(self, session: Session) -> None:
        account, _ = open_account(session)
        self.count(session)
        self.count(session, at=WALL + minutes(60))
        self.count(session, address="10.0.0.9")
        self.count(session, route="GET /admin/access")
        self.count(session, account_id=account.id)

        rows = session.exec(
            select(AccessRecord.times).where(col(AccessRecord.kind) == AccessKind.ACCESS_REFUSED)
        ).all()
        assert rows == [1, 1, 1, 1, 1]

    def test_moments_are_kept_in_the_zone_of_all_moments(self, session: Session) -> None:
        self.count(session)

        assert session.exec(select(AccessRecord.at)).one().astimezone(UTC) == WALL
