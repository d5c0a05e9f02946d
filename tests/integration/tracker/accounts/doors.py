"""An office with a door: accounts with one password, and attempts at signing in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from tests.factories import create_person
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, Account, Person
from tracker.passwords import hash_password
from tracker.services.accounts import (
    CodeDue,
    SignedIn,
    SignInPolicy,
    SignInRefused,
    create_account,
    sign_in,
)
from tracker.services.auditing import SYSTEM

WALL = datetime(
    2026, 3, 2, 1, 0, tzinfo=UTC
)  # a Monday morning on the wall, whatever the office's clock says
PASSWORD = "Gourmet-kettle-9"
OTHER_PASSWORD = "Lantern-bridge-4"
ADDRESS = "10.20.30.40"
POLICY = SignInPolicy()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@cache
def _hashed() -> str:
    return hash_password(PASSWORD)


def open_account(session: Session, name: str = "测试甲", **fields: Any) -> tuple[Account, Person]:
    """An account in use, whose password is PASSWORD."""
    person = create_person(session, name)
    account, _ = create_account(session, person_id=id_of(person), actor=SYSTEM, at=WALL)
    account.invite_sha256 = account.invite_expires_at = None
    account.password_hash, account.password_changed_at = _hashed(), WALL
    for field, value in fields.items():
        setattr(account, field, value)
    session.flush()
    return account, person


def attempt(
    session: Session,
    login_name: str,
    password: str = PASSWORD,
    *,
    at: datetime = WALL,
    address: str = ADDRESS,
    policy: SignInPolicy = POLICY,
) -> SignedIn | CodeDue | SignInRefused:
    return sign_in(
        session,
        login_name=login_name,
        password=password,
        address=address,
        agent="Chromium 109",
        at=at,
        policy=policy,
    )


def enter(session: Session, account: Account, *, at: datetime = WALL, address: str = ADDRESS) -> SignedIn:
    """A session of an account, or an assertion that fails."""
    outcome = attempt(session, account.login_name, at=at, address=address)
    assert isinstance(outcome, SignedIn)
    return outcome


def refused(outcome: object) -> SignInRefused:
    assert isinstance(outcome, SignInRefused)
    return outcome


def kinds(session: Session) -> list[AccessKind]:
    """What was recorded at the door, in order, but that accounts were opened."""
    session.flush()
    rows = session.exec(select(AccessRecord).order_by(col(AccessRecord.id))).all()
    return [row.kind for row in rows if row.kind is not AccessKind.ACCOUNT_CREATED]
