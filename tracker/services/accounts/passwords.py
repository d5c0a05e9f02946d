"""Setting a password: by a one-time code, by whoever knows the present one, or by an administrator for another."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import InviteRefused, PasswordRefused
from tracker.identity import id_of
from tracker.models import AccessKind, Account, Person
from tracker.passwords import hash_password, list_reasons, password_fits
from tracker.queries.accounts import find_account_by_invite, get_account
from tracker.queries.people import get_person
from tracker.services.accounts.codes import digest_code
from tracker.services.accounts.counting import forget_failures, hold_counter, name_key
from tracker.services.accounts.policy import SignInPolicy
from tracker.services.accounts.recording import record_access, record_act
from tracker.services.accounts.sessions import end_sessions_of
from tracker.services.accounts.signing_in import Attempt, SignInRefused, find_closed_door, refuse
from tracker.services.auditing import Actor
from tracker.services.authority import require_self_or_administrator

PRODUCT_NAMES = ("dingban", "盯办")
_WRONG_CURRENT = "现在的密码不对，密码没有修改，请重新输入。"


def accept_invite(
    session: Session, *, code: str, password: str, at: datetime, address: str = "", agent: str = ""
) -> Account:
    """Set the password of the account that a one-time code opens; the code is used up, its sessions end.

    Raises InviteRefused or PasswordRefused; a code survives a password that was refused. The caller commits.
    """
    found = find_account_by_invite(session, digest_code(code))
    if found is None:
        raise InviteRefused
    account, person = found
    if account.invite_expires_at is None or account.invite_expires_at <= at:
        raise InviteRefused
    if account.is_locked or not person.is_active:
        raise InviteRefused
    _keep(session, account, person, password, at)
    account.must_change_password = False
    end_sessions_of(session, id_of(account), at=at)
    _record(session, AccessKind.INVITE_ACCEPTED, account, at, address, agent)
    _audit(session, "account.activate", account, Actor(person.id, person.name))
    return account


def set_password(
    session: Session,
    account_id: int,
    *,
    password: str,
    at: datetime,
    must_change: bool = False,
    actor: Actor,
) -> Account:
    """Set a password without knowing the present one; every session of the account ends.

    With `must_change` it opens nothing but the page that changes it. Raises AccountNotFound, PasswordRefused, or
    ActRefused where another than an administrator sets the password of another. The caller commits.
    """
    account = get_account(session, account_id)
    person = get_person(session, account.person_id)
    require_self_or_administrator(session, actor, account.person_id, "设置密码")
    _keep(session, account, person, password, at)
    account.must_change_password = must_change
    end_sessions_of(session, account_id, at=at)
    forget_failures(session, name_key(account.login_name))
    _record(session, AccessKind.PASSWORD_CHANGED, account, at)
    _audit(session, "password.set", account, actor)
    return account


def change_password(
    session: Session,
    account_id: int,
    *,
    current: str,
    new: str,
    at: datetime,
    keep_session_id: int | None,
    policy: SignInPolicy | None = None,
    address: str = "",
    agent: str = "",
) -> SignInRefused | None:
    """Change one's own password; None where it was, and every session but `keep_session_id` ended.

    A wrong present password is counted like one at the door, or a stolen session could try them all: so it is a
    result and the caller commits. Raises PasswordRefused for a new one that the policy does not accept.
    """
    account = get_account(session, account_id)
    attempt = Attempt(account.login_name, address, agent, at, policy or SignInPolicy())
    if refused := find_closed_door(session, attempt):
        return refused
    hold_counter(session, name_key(account.login_name), at=at, window=attempt.policy.lock)
    if not password_fits(current, account.password_hash):
        return refuse(session, attempt, account, AccessKind.PASSWORD_CHANGE_REFUSED, _WRONG_CURRENT)
    person = get_person(session, account.person_id)
    _keep(session, account, person, new, at)
    account.must_change_password = False
    forget_failures(session, name_key(account.login_name))
    end_sessions_of(session, account_id, at=at, except_id=keep_session_id)
    _record(session, AccessKind.PASSWORD_CHANGED, account, at, address, agent)
    _audit(session, "password.change", account, Actor(person.id, person.name))
    return None


def _keep(session: Session, account: Account, person: Person, password: str, at: datetime) -> None:
    """Hash what the policy accepts. Whoever knows an old code or password has nothing any more."""
    reasons = list_reasons(password, names=(account.login_name, person.name, *PRODUCT_NAMES))
    if not reasons and password_fits(password, account.password_hash):
        reasons = ["和现在的密码相同，请换一个"]
    if reasons:
        raise PasswordRefused(reasons)
    account.password_hash, account.password_changed_at = hash_password(password), at
    account.invite_sha256, account.invite_expires_at = None, None
    session.flush()


def _record(
    session: Session, kind: AccessKind, account: Account, at: datetime, address: str = "", agent: str = ""
) -> None:
    record_access(
        session,
        kind,
        at=at,
        login_name=account.login_name,
        account_id=id_of(account),
        address=address,
        agent=agent,
    )


def _audit(session: Session, kind: str, account: Account, actor: Actor) -> None:
    data = {"person_id": account.person_id, "login_name": account.login_name}
    record_act(session, kind, actor=actor, subject="account", subject_id=id_of(account), data=data)
