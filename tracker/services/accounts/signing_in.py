"""Signing in: who somebody is, by name and password. A refusal is a result and no error, so that it is recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import AccessKind, Account, LoginSession, PendingSignIn, Person
from tracker.passwords import verify_password
from tracker.queries.accounts import find_account_by_login_name
from tracker.services.accounts import counting
from tracker.services.accounts.codes import digest, fold_login_name, new_token
from tracker.services.accounts.policy import SignInPolicy
from tracker.services.accounts.recording import record_access
from tracker.services.accounts.sessions import open_session

WRONG = "登录名或者密码不对，请重新输入；忘记密码的，请联系管理员重置。"
_NOBODY_HERE = "统一身份认证已通过，但您在这里没有可用的账号，请联系管理员开通。"
_LOCKED = "登录失败次数过多，请在{minutes}分钟后再试，或者联系管理员解锁。"
_THROTTLED = "这个网络地址登录失败次数过多，请在{minutes}分钟后再试。"


@dataclass(frozen=True)
class SignedIn:
    """Somebody is in. `token` goes into the cookie and is kept nowhere else."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    login_session: LoginSession
    account: Account
    person: Person
    must_change: bool


@dataclass(frozen=True)
class SignInRefused:
    """Nobody is in. `sentence` is for whoever tried; it tells nobody whether an account exists."""

    sentence: str
    retry_after_seconds: int = 0


@dataclass(frozen=True)
class CodeDue:
    """The password was right, and a code is owed. `token` goes into a cookie of its own; it opens nothing else."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class Attempt:
    """One try at the door: when, under which name, from where, under which limits."""

    login_name: str
    address: str
    agent: str
    at: datetime
    policy: SignInPolicy

    @property
    def folded(self) -> str:
        return fold_login_name(self.login_name)


def sign_in(
    session: Session,
    *,
    login_name: str,
    password: str,
    address: str,
    agent: str,
    at: datetime,
    policy: SignInPolicy,
) -> SignedIn | CodeDue | SignInRefused:
    """Open a session for whoever gives the right password, or ask him for a code as well, where he has set that up.

    Raises nothing; the caller commits either way. An unknown name, a wrong password, a locked account and somebody who is inactive get the same answer after
    about the same time. Too many failures close the name, or the address, and then no password is tried at all.
    Failures are forgotten after the last step alone, or a known password would buy any number of guesses at codes.
    """
    attempt = Attempt(login_name, address, agent, at, policy)
    if refused := find_closed_door(session, attempt):
        return refused
    counter = counting.hold_counter(session, counting.name_key(attempt.folded), at=at, window=policy.lock)
    known = _find_known(session, attempt.folded)
    kept = known[0].password_hash if known else None
    is_right, renewed = verify_password(password, kept)
    if not (known and is_right and may_enter(*known)):
        return refuse(session, attempt, known[0] if known else None)
    account, person = known
    account.password_hash = renewed or account.password_hash
    if account.second_factor_at is not None:
        return _ask_for_code(session, account, at)
    session.delete(counter)
    return let_in(session, attempt, account, person, proven_at=at)


def let_in(
    session: Session,
    attempt: Attempt,
    account: Account,
    person: Person,
    *,
    proven_at: datetime | None,
    is_by_provider: bool = False,
) -> SignedIn:
    """Open the session of somebody who has shown who he is, on record."""
    account.last_sign_in_at = attempt.at
    session.flush()
    token, row = open_session(
        session,
        account,
        address=attempt.address,
        agent=attempt.agent,
        at=attempt.at,
        policy=attempt.policy,
        proven_at=proven_at,
        is_by_provider=is_by_provider,
    )
    _record(session, AccessKind.SIGN_IN, attempt, account)
    session.flush()
    must_change = account.must_change_password and not is_by_provider
    return SignedIn(token, row.csrf, row, account, person, must_change)


def _ask_for_code(session: Session, account: Account, at: datetime) -> CodeDue:
    token = new_token()
    session.add(PendingSignIn(account_id=id_of(account), token_sha256=digest(token), began_at=at))
    session.flush()
    return CodeDue(token)


def sign_in_by_provider(
    session: Session,
    *,
    login_name: str,
    address: str,
    agent: str,
    at: datetime,
    policy: SignInPolicy,
    proven_at: datetime | None = None,
) -> SignedIn | SignInRefused:
    """Open a session for whom the office's own provider has named. Raises nothing; the caller commits either way.

    Only an account that is here already is let in. No password and no code is asked for, and none has to be changed.
    `proven_at` is when the provider last asked the person himself, where it says so.
    """
    attempt = Attempt(login_name, address, agent, at, policy)
    known = _find_known(session, attempt.folded)
    if not (known and may_enter(*known)):
        _record(session, AccessKind.SIGN_IN_REFUSED, attempt, known[0] if known else None)
        session.flush()
        return SignInRefused(_NOBODY_HERE)
    return let_in(session, attempt, *known, proven_at=proven_at, is_by_provider=True)


def find_closed_door(session: Session, attempt: Attempt) -> SignInRefused | None:
    """The refusal that needs no password: the address, or the name, failed too often."""
    if seconds := counting.seconds_closed(session, counting.address_key(attempt.address), at=attempt.at):
        return _refused(_THROTTLED, seconds)
    if seconds := counting.seconds_closed(session, counting.name_key(attempt.folded), at=attempt.at):
        known = _find_known(session, attempt.folded)
        _record(session, AccessKind.SIGN_IN_REFUSED, attempt, known[0] if known else None)
        _count_address(session, attempt)
        return _refused(_LOCKED, seconds)
    return None


def refuse(
    session: Session,
    attempt: Attempt,
    account: Account | None,
    kind: AccessKind = AccessKind.SIGN_IN_REFUSED,
    sentence: str = WRONG,
) -> SignInRefused:
    """Record and count a wrong password, under its name and from its address."""
    policy, at = attempt.policy, attempt.at
    _record(session, kind, attempt, account)
    key = counting.name_key(attempt.folded)
    counter = counting.hold_counter(session, key, at=at, window=policy.lock)
    is_closed = counting.count_failure(session, counter, at=at, limit=policy.lock_after, window=policy.lock)
    if is_closed:
        _record(session, AccessKind.SIGN_IN_LOCKED, attempt, account)
    _count_address(session, attempt)
    return _refused(_LOCKED, policy.lock_minutes * 60) if is_closed else SignInRefused(sentence)


def _find_known(session: Session, folded: str) -> tuple[Account, Person] | None:
    return find_account_by_login_name(session, folded) if folded.isprintable() else None


def may_enter(account: Account, person: Person) -> bool:
    return person.is_active and not account.is_locked


def _count_address(session: Session, attempt: Attempt) -> None:
    policy, at = attempt.policy, attempt.at
    counter = counting.hold_counter(
        session, counting.address_key(attempt.address), at=at, window=policy.throttle
    )
    if counting.count_failure(session, counter, at=at, limit=policy.throttle_after, window=policy.throttle):
        _record(session, AccessKind.SIGN_IN_THROTTLED, attempt, None)
    session.flush()


def _refused(sentence: str, seconds: int) -> SignInRefused:
    return SignInRefused(sentence.format(minutes=-(-seconds // 60)), seconds)


def _record(session: Session, kind: AccessKind, attempt: Attempt, account: Account | None) -> None:
    record_access(
        session,
        kind,
        at=attempt.at,
        login_name=attempt.login_name,
        account_id=id_of(account) if account else None,
        address=attempt.address,
        agent=attempt.agent,
    )
