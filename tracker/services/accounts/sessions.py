"""Sessions: opened by signing in, ended by signing out, idleness, age, or from another device."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from tracker.identity import id_of, is_possible_id
from tracker.models import AccessKind, Account, LoginSession
from tracker.models.accounts import ADDRESS_LENGTH, AGENT_LENGTH
from tracker.queries.accounts import (
    OpenSession,
    find_open_session,
    get_account,
    list_sessions_of,
    list_sessions_over,
)
from tracker.queries.second_factors import list_pending
from tracker.services.accounts.codes import digest, new_token, printable
from tracker.services.accounts.policy import SignInPolicy
from tracker.services.accounts.recording import record_access

TOUCHED_EVERY = timedelta(minutes=1)


def open_session(
    session: Session,
    account: Account,
    *,
    address: str,
    agent: str,
    at: datetime,
    policy: SignInPolicy,
    proven_at: datetime | None,
    is_by_provider: bool = False,
) -> tuple[str, LoginSession]:
    """A new session under a new token; the ones seen least recently end where there are too many."""
    for row in list_sessions_of(session, id_of(account))[policy.sessions_at_most - 1 :]:
        session.delete(row)
    token = new_token()
    row = LoginSession(
        account_id=id_of(account),
        token_sha256=digest(token),
        csrf=new_token(),
        opened_at=at,
        seen_at=at,
        address=printable(address, ADDRESS_LENGTH),
        agent=printable(agent, AGENT_LENGTH),
        proven_at=proven_at,
        is_by_provider=is_by_provider,
    )
    session.add(row)
    session.flush()
    return token, row


def find_session(session: Session, token: str, *, at: datetime, policy: SignInPolicy) -> OpenSession | None:
    """Who is signed in with this token: one prepared statement, on every request.

    None where the session has ended, was idle or open for too long, its account is locked or its person inactive.
    """
    found = find_open_session(session, digest(token))
    return found if found and _is_within(found, at, policy) else None


def _is_within(row: LoginSession | OpenSession, at: datetime, policy: SignInPolicy) -> bool:
    return at < row.seen_at + policy.idle and at < row.opened_at + policy.longest


def is_touch_due(row: LoginSession, *, at: datetime) -> bool:
    """Whether `touch_session` would write: at most once a minute."""
    return row.seen_at + TOUCHED_EVERY <= at


def touch_session(session: Session, session_id: int, *, at: datetime) -> bool:
    """Say that somebody was seen; False where that was said less than a minute ago. The caller commits."""
    changed: Any = session.execute(
        update(LoginSession)
        .where(col(LoginSession.id) == session_id, col(LoginSession.seen_at) <= at - TOUCHED_EVERY)
        .values(seen_at=at)
    )
    return bool(changed.rowcount)


def list_sessions(
    session: Session, account_id: int, *, at: datetime, policy: SignInPolicy
) -> list[LoginSession]:
    """The devices on which somebody is signed in now, the last seen one first."""
    return [row for row in list_sessions_of(session, account_id) if _is_within(row, at, policy)]


def end_session(session: Session, session_id: int, *, at: datetime) -> bool:
    """Sign out of the session in which somebody is; False where it had ended already. The caller commits."""
    row = session.get(LoginSession, session_id)
    if row is None:
        return False
    _end(session, row, get_account(session, row.account_id), at, AccessKind.SIGN_OUT)
    return True


def end_device(session: Session, session_id: int, *, account_id: int, at: datetime) -> bool:
    """End another session of one's own; False where the account has no such session. The caller commits."""
    row = session.get(LoginSession, session_id) if is_possible_id(session_id) else None
    if row is None or row.account_id != account_id:
        return False
    _end(session, row, get_account(session, account_id), at, AccessKind.SESSION_ENDED)
    return True


def end_sessions_of(session: Session, account_id: int, *, at: datetime, except_id: int | None = None) -> int:
    """End every session of an account, but `except_id`; return how many ended. The caller commits.

    A sign-in that owes its code ends as well: the password that it began with may be no longer good.
    """
    account = get_account(session, account_id)
    for pending in list_pending(session, account_id=account_id):
        session.delete(pending)
    ended = [row for row in list_sessions_of(session, account_id) if row.id != except_id]
    for row in ended:
        _end(session, row, account, at, AccessKind.SESSION_ENDED)
    return len(ended)


def end_expired_sessions(session: Session, *, at: datetime, policy: SignInPolicy) -> int:
    """Delete sessions whose time is over and record that; return how many. Daily is enough: they open nothing."""
    over = list_sessions_over(session, seen_before=at - policy.idle, opened_before=at - policy.longest)
    for row, account in over:
        _end(session, row, account, at, AccessKind.SESSION_EXPIRED)
    return len(over)


def _end(session: Session, row: LoginSession, account: Account, at: datetime, kind: AccessKind) -> None:
    record_access(
        session,
        kind,
        at=at,
        login_name=account.login_name,
        account_id=account.id,
        address=row.address,
        agent=row.agent,
    )
    session.delete(row)
    session.flush()
