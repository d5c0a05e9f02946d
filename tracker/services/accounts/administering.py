"""What an administrator does with accounts: open, reset, lock, unlock. The secrets are shown once and never recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import chain, count
from typing import Any

from sqlmodel import Session

from tracker.errors import ActRefused, NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models import AccessKind, Account, Person
from tracker.models.accounts import LOGIN_NAME_LENGTH
from tracker.queries.accounts import find_account, find_account_by_login_name, get_account
from tracker.queries.people import get_person
from tracker.services.accounts.codes import digest_code, fold_login_name, new_code
from tracker.services.accounts.counting import forget_failures, name_key
from tracker.services.accounts.recording import record_access, record_act
from tracker.services.accounts.sessions import end_sessions_of
from tracker.services.auditing import Actor
from tracker.services.authority import require_administrator, require_another_administrator
from tracker.services.naming import taking_name
from workflows.kernel import Unmet

INVITE_LASTS = timedelta(days=7)


def create_account(
    session: Session, *, person_id: int, login_name: str | None = None, actor: Actor, at: datetime
) -> tuple[Account, str]:
    """Open an account and return it with the one-time code that sets its password within seven days.

    The login name is the person's e-mail address unless another is given, and his own name where he has none: nobody has
    to be told it, and no reading of a character can be wrong. The second of one name is 张三2. Raises PersonNotFound, NameTaken, ValueRefused or ActRefused. The caller commits.
    """
    require_administrator(session, actor, "开通账号")
    person = get_person(session, person_id)
    if not person.is_active:
        raise ValueRefused(f"{person.name}已经停用，不能开通账号，请先启用。")
    if known := find_account(session, person_id):
        reason = f"{person.name}已经有账号（登录名{known.login_name}），需要新的一次性代码时请用重置"
        raise ActRefused("开通账号", [Unmet("account-exists", reason)])
    name = _choose_login_name(session, person, login_name)
    account = Account(person_id=person_id, login_name=name, created_at=at)
    code = _invite(account, at)
    with taking_name(session, "登录名", name):
        session.add(account)
    _tell(session, AccessKind.ACCOUNT_CREATED, "account.create", account, person, actor, at)
    return account, code


def reset_account(session: Session, account_id: int, *, actor: Actor, at: datetime) -> str:
    """Take the password away, end every session, and return a new one-time code.

    Raises AccountNotFound or ActRefused. The caller commits.
    """
    require_administrator(session, actor, "重置账号")
    account = get_account(session, account_id)
    code = _invite(account, at)
    account.password_hash, account.must_change_password = None, False
    end_sessions_of(session, account_id, at=at)
    forget_failures(session, name_key(account.login_name))
    person = get_person(session, account.person_id)
    _tell(session, AccessKind.ACCOUNT_RESET, "account.reset", account, person, actor, at)
    return code


def lock_account(session: Session, account_id: int, *, actor: Actor, at: datetime) -> Account:
    """Let nobody in with this account, its tokens and feeds, until it is unlocked; whoever is in is out.

    Raises AccountNotFound, or ActRefused for the last administrator who can sign in. The caller commits.
    """
    require_administrator(session, actor, "锁定账号")
    account = get_account(session, account_id)
    person = get_person(session, account.person_id)
    if account.is_locked:
        return account
    require_another_administrator(session, person, "锁定账号")
    account.is_locked = True
    end_sessions_of(session, account_id, at=at)
    _tell(session, AccessKind.ACCOUNT_LOCKED, "account.lock", account, person, actor, at)
    return account


def unlock_account(session: Session, account_id: int, *, actor: Actor, at: datetime) -> Account:
    """Let somebody in again whom an administrator, or too many failures, had locked out.

    Raises AccountNotFound or ActRefused. The caller commits.
    """
    require_administrator(session, actor, "解锁账号")
    account = get_account(session, account_id)
    account.is_locked = False
    forget_failures(session, name_key(account.login_name))
    person = get_person(session, account.person_id)
    _tell(session, AccessKind.ACCOUNT_UNLOCKED, "account.unlock", account, person, actor, at)
    return account


def _invite(account: Account, at: datetime) -> str:
    code = new_code()
    account.invite_sha256, account.invite_expires_at = digest_code(code), at + INVITE_LASTS
    return code


def _choose_login_name(session: Session, person: Person, given: str | None) -> str:
    name = fold_login_name(given) if given is not None else _own_login_name(session, person)
    if not name or not name.isprintable() or any(each.isspace() for each in name):
        raise ValueRefused("登录名不能为空，也不能有空格，例如邮箱或者 zhangsan。")
    if len(name) > LOGIN_NAME_LENGTH:
        raise ValueRefused(f"登录名最多{LOGIN_NAME_LENGTH}个字符。")
    if find_account_by_login_name(session, name):
        raise NameTaken("登录名", name)
    return name


def _own_login_name(session: Session, person: Person) -> str:
    """The e-mail address; else the name without white space, with the first number that is free where it is taken."""
    if person.email:
        return fold_login_name(person.email)
    name = fold_login_name("".join(person.name.split()))
    if not name.isprintable():
        return f"u{person.id}"
    numbered = (f"{name}{number}" for number in count(2))
    return next(each for each in chain([name], numbered) if not find_account_by_login_name(session, each))


def _tell(
    session: Session,
    access: AccessKind,
    kind: str,
    account: Account,
    person: Person,
    actor: Actor,
    at: datetime,
) -> None:
    """Both records: the door's, and the audit trail's."""
    record_access(session, access, at=at, login_name=account.login_name, account_id=id_of(account))
    data: dict[str, Any] = {
        "person_id": person.id,
        "person": person.name,
        "login_name": account.login_name,
    }
    record_act(session, kind, actor=actor, subject="account", subject_id=id_of(account), data=data)
