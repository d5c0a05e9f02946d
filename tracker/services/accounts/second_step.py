"""The second step of signing in, after the right password; and showing again, in a session, that it is still he."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session

from tracker.models import AccessKind, Account, LoginSession
from tracker.passwords import password_fits
from tracker.queries.accounts import get_account
from tracker.queries.second_factors import find_pending, list_pending
from tracker.services.accounts.codes import digest
from tracker.services.accounts.counting import forget_failures, hold_counter, name_key
from tracker.services.accounts.one_time import digits_of
from tracker.services.accounts.policy import SignInPolicy
from tracker.services.accounts.second_factor import use_code
from tracker.services.accounts.signing_in import (
    Attempt,
    SignedIn,
    SignInRefused,
    find_closed_door,
    let_in,
    may_enter,
    refuse,
)

_WRONG_CODE = "动态口令不对，请输入手机上现在显示的数字；每组数字只能用一次。"
_WRONG_PROOF = "密码不对，请重新输入。"
_WRONG_PROOF_OR_CODE = "密码或者动态口令不对，请重新输入。"


def is_code_due(session: Session, token: str, *, at: datetime, policy: SignInPolicy) -> bool:
    """Whether somebody gave the right password under this token, not too long ago."""
    found = find_pending(session, digest(token))
    return found is not None and at < found[0].began_at + timedelta(minutes=policy.code_minutes)


def give_code(
    session: Session,
    *,
    token: str,
    code: str,
    address: str,
    agent: str,
    at: datetime,
    policy: SignInPolicy,
) -> SignedIn | SignInRefused | None:
    """Open a session for whoever gave the password and now gives the code; None where he has to begin anew.

    A wrong code is recorded and counted like a wrong password, under the same lock. The caller commits either way.
    """
    found = find_pending(session, digest(token))
    if found is None or not is_code_due(session, token, at=at, policy=policy):
        return None
    pending, account, person = found
    if not may_enter(account, person):
        return None
    attempt = Attempt(account.login_name, address, agent, at, policy)
    if refused := find_closed_door(session, attempt):
        return refused
    key = name_key(attempt.folded)
    hold_counter(session, key, at=at, window=policy.lock)
    if not use_code(session, account, code, at=at, address=address, agent=agent):
        return refuse(session, attempt, account, AccessKind.CODE_REFUSED, _WRONG_CODE)
    forget_failures(session, key)
    session.delete(pending)
    return let_in(session, attempt, account, person, proven_at=at)


def prove_again(
    session: Session,
    session_id: int,
    *,
    proof: str,
    address: str,
    agent: str,
    at: datetime,
    policy: SignInPolicy,
) -> SignInRefused | None:
    """Show that whoever sits there is still the one who signed in: by his password, or by a code. None where it is.

    Counted like a failure at the door, or a stolen session could try them all. The caller commits either way.
    """
    login = session.get_one(LoginSession, session_id)
    account = get_account(session, login.account_id)
    attempt = Attempt(account.login_name, address, agent, at, policy)
    if refused := find_closed_door(session, attempt):
        return refused
    key = name_key(attempt.folded)
    hold_counter(session, key, at=at, window=policy.lock)
    if not _is_proof(session, account, proof, attempt):
        sentence = _WRONG_PROOF if account.second_factor_at is None else _WRONG_PROOF_OR_CODE
        return refuse(session, attempt, account, AccessKind.PROOF_REFUSED, sentence)
    forget_failures(session, key)
    login.proven_at = at
    session.flush()
    return None


def mark_proven(session: Session, session_id: int, *, at: datetime | None) -> None:
    """Note when the office's provider last asked somebody who is in already; None changes nothing. The caller commits."""
    login = session.get(LoginSession, session_id)
    if login is not None and at is not None:
        login.proven_at = at
        session.flush()


def forget_pending(session: Session, *, at: datetime, policy: SignInPolicy) -> int:
    """Delete sign-ins whose code never came; return how many. They open nothing, deleted or not."""
    over = list_pending(session, began_before=at - timedelta(minutes=policy.code_minutes))
    for row in over:
        session.delete(row)
    session.flush()
    return len(over)


def _is_proof(session: Session, account: Account, proof: str, attempt: Attempt) -> bool:
    """Six digits are a code, where codes are asked for; no password is so short."""
    if account.second_factor_at is not None and digits_of(proof):
        return use_code(session, account, proof, at=attempt.at, address=attempt.address, agent=attempt.agent)
    return password_fits(proof, account.password_hash)
