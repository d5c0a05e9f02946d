"""Somebody's phone: it shows the code of a moment."""

from __future__ import annotations

from datetime import datetime

import pyotp
from sqlmodel import Session

from tests.integration.tracker.accounts.doors import ADDRESS, POLICY, WALL, attempt
from tracker.identity import id_of
from tracker.models import Account
from tracker.services.accounts import (
    CodeDue,
    SignedIn,
    SignInPolicy,
    SignInRefused,
    begin_factor,
    confirm_factor,
    give_code,
)


def code_at(secret: str, at: datetime = WALL) -> str:
    return pyotp.TOTP(secret).at(at)


def enrol(session: Session, account: Account, *, at: datetime = WALL) -> tuple[str, list[str]]:
    """Set a second factor up; its key and the recovery codes."""
    secret = begin_factor(session, id_of(account), policy=POLICY, at=at).secret
    codes = confirm_factor(session, id_of(account), code=code_at(secret, at), keep_session_id=None, at=at)
    assert codes is not None
    return secret, codes


def owe_code(session: Session, account: Account, *, at: datetime = WALL) -> str:
    """The token of somebody who gave the right password and owes the code."""
    outcome = attempt(session, account.login_name, at=at)
    assert isinstance(outcome, CodeDue)
    return outcome.token


def answer(
    session: Session,
    token: str,
    code: str,
    *,
    at: datetime = WALL,
    address: str = ADDRESS,
    policy: SignInPolicy = POLICY,
) -> SignedIn | SignInRefused | None:
    return give_code(
        session, token=token, code=code, address=address, agent="Chromium 109", at=at, policy=policy
    )
