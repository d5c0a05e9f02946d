"""The second factor of an account: set up by its person, used, given up, or reset by an administrator."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import AccessKind, Account, RecoveryCode, SecondFactor
from tracker.passwords import password_fits
from tracker.queries.accounts import get_account
from tracker.queries.people import get_person
from tracker.queries.second_factors import (
    find_factor,
    find_unused_code,
    hold_factor,
    list_codes,
    list_pending,
)
from tracker.services.accounts.codes import digest_code, new_code
from tracker.services.accounts.counting import forget_failures, hold_counter, name_key
from tracker.services.accounts.one_time import digits_of, find_step, new_key
from tracker.services.accounts.policy import SecondFactorRule, SignInPolicy
from tracker.services.accounts.recording import record_access, record_act
from tracker.services.accounts.sessions import end_sessions_of
from tracker.services.accounts.signing_in import Attempt, SignInRefused, find_closed_door, refuse
from tracker.services.auditing import Actor
from tracker.services.authority import require_administrator
from workflows.kernel import Unmet

RECOVERY_CODES = 10
_WRONG_PROOF = "密码或者动态口令不对，没有停用，请重新输入。"


def begin_factor(session: Session, account_id: int, *, policy: SignInPolicy, at: datetime) -> SecondFactor:
    """A new key for an authenticator. It asks for nothing yet. Raises ActRefused. The caller commits."""
    account = get_account(session, account_id)
    if account.second_factor_at is not None:
        raise ActRefused("启用动态口令", [Unmet("factor-there", "动态口令已经启用，更换手机时请先停用")])
    if policy.second_factor is SecondFactorRule.NONE:
        raise ActRefused("启用动态口令", [Unmet("factor-off", "本单位没有开放动态口令")])
    factor = hold_factor(session, account_id) or SecondFactor(account_id=account_id, secret="", begun_at=at)
    factor.secret, factor.begun_at, factor.last_step = new_key(), at, None
    session.add(factor)
    session.flush()
    return factor


def confirm_factor(
    session: Session, account_id: int, *, code: str, keep_session_id: int | None, at: datetime
) -> list[str] | None:
    """Ask for codes from now on, and return the recovery codes, which are shown once. Other sessions end.

    None for a wrong code: nothing has changed then. Raises ActRefused where nothing was begun. The caller commits.
    """
    account, factor = get_account(session, account_id), hold_factor(session, account_id)
    if factor is None or factor.confirmed_at is not None:
        raise ActRefused("启用动态口令", [Unmet("not-begun", "请从“启用动态口令”重新开始")])
    digits = digits_of(code)
    step = find_step(factor.secret, digits, at=at, after=None) if digits else None
    if step is None:
        return None
    factor.confirmed_at = account.second_factor_at = at
    factor.last_step = step
    end_sessions_of(session, account_id, at=at, except_id=keep_session_id)
    codes = _new_codes(session, account_id)
    _tell_own(session, AccessKind.FACTOR_ENROLLED, "account.factor_enroll", account, at)
    return codes


def renew_recovery_codes(session: Session, account_id: int, *, at: datetime) -> list[str]:
    """Ten new recovery codes in place of those before. Raises ActRefused. The caller commits."""
    account = get_account(session, account_id)
    if account.second_factor_at is None:
        raise ActRefused("更换恢复码", [Unmet("no-factor", "动态口令还没有启用")])
    codes = _new_codes(session, account_id)
    _tell_own(session, AccessKind.RECOVERY_CODES_RENEWED, "account.factor_codes", account, at)
    return codes


def remove_own_factor(
    session: Session,
    account_id: int,
    *,
    password: str,
    code: str,
    is_due: bool,
    policy: SignInPolicy,
    at: datetime,
    address: str = "",
    agent: str = "",
) -> SignInRefused | None:
    """Stop asking for codes; None where it was done. A wrong password or code is counted like one at the door.

    Raises ActRefused where the office asks for it (`is_due`), or nothing is there. The caller commits either way.
    """
    account = get_account(session, account_id)
    if account.second_factor_at is None:
        raise ActRefused("停用动态口令", [Unmet("no-factor", "动态口令还没有启用")])
    if is_due:
        raise ActRefused("停用动态口令", [Unmet("factor-due", "按本单位设置，您的账号必须使用动态口令")])
    attempt = Attempt(account.login_name, address, agent, at, policy)
    if refused := find_closed_door(session, attempt):
        return refused
    hold_counter(session, name_key(account.login_name), at=at, window=policy.lock)
    is_right = account.password_hash is None or password_fits(password, account.password_hash)
    if not (is_right and use_code(session, account, code, at=at, address=address, agent=agent)):
        return refuse(session, attempt, account, AccessKind.PROOF_REFUSED, _WRONG_PROOF)
    forget_failures(session, name_key(account.login_name))
    _forget(session, account)
    _tell_own(session, AccessKind.FACTOR_REMOVED, "account.factor_remove", account, at)
    return None


def reset_factor(session: Session, account_id: int, *, actor: Actor, at: datetime) -> Account:
    """Let somebody in by his password alone, who has lost his phone and his recovery codes. His sessions end.

    Raises AccountNotFound or ActRefused. The caller commits, and tells the person by mail.
    """
    require_administrator(session, actor, "重置动态口令")
    account = get_account(session, account_id)
    if account.second_factor_at is None:
        raise ActRefused("重置动态口令", [Unmet("no-factor", "这个账号没有启用动态口令")])
    _forget(session, account)
    end_sessions_of(session, account_id, at=at)
    record_access(
        session, AccessKind.FACTOR_RESET, at=at, login_name=account.login_name, account_id=account_id
    )
    _audit(session, "account.factor_reset", account, actor)
    return account


def use_code(
    session: Session, account: Account, code: str, *, at: datetime, address: str = "", agent: str = ""
) -> bool:
    """Whether `code` is the account's at this moment: six digits of its authenticator, or a recovery code.

    Either is used up. The caller counts failures and commits.
    """
    factor = hold_factor(session, id_of(account))
    if factor is None or factor.confirmed_at is None:
        return False
    if digits := digits_of(code):
        step = find_step(factor.secret, digits, at=at, after=factor.last_step)
        factor.last_step = factor.last_step if step is None else step
        session.flush()
        return step is not None
    found = find_unused_code(session, id_of(account), digest_code(code))
    if found is None:
        return False
    found.used_at = at
    record_access(
        session,
        AccessKind.RECOVERY_CODE_USED,
        at=at,
        login_name=account.login_name,
        account_id=account.id,
        address=address,
        agent=agent,
    )
    session.flush()
    return True


def _new_codes(session: Session, account_id: int) -> list[str]:
    for old in list_codes(session, account_id):
        session.delete(old)
    codes = [new_code() for _ in range(RECOVERY_CODES)]
    session.add_all([RecoveryCode(account_id=account_id, code_sha256=digest_code(code)) for code in codes])
    session.flush()
    return codes


def _forget(session: Session, account: Account) -> None:
    account_id = id_of(account)
    account.second_factor_at = None
    rows = (find_factor(session, account_id), *list_codes(session, account_id))
    for row in (*rows, *list_pending(session, account_id=account_id)):
        if row is not None:
            session.delete(row)
    session.flush()


def _tell_own(session: Session, access: AccessKind, kind: str, account: Account, at: datetime) -> None:
    """Both records of what somebody did with his own account."""
    record_access(session, access, at=at, login_name=account.login_name, account_id=account.id)
    person = get_person(session, account.person_id)
    _audit(session, kind, account, Actor(id_of(person), person.name))


def _audit(session: Session, kind: str, account: Account, actor: Actor) -> None:
    data = {"person_id": account.person_id, "login_name": account.login_name}
    record_act(session, kind, actor=actor, subject="account", subject_id=id_of(account), data=data)
