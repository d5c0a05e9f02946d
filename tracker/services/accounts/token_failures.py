"""Counting tokens that open nothing, by network address and apart from failed sign-ins.

A program that somebody left behind with an old token must not close the sign-in page to his colleagues, who may
come from the same address.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.models import AccessKind
from tracker.services.accounts import counting
from tracker.services.accounts.policy import SignInPolicy
from tracker.services.accounts.recording import record_access

NAME = "（接口令牌）"


def seconds_closed_to_tokens(session: Session, address: str, *, at: datetime) -> int:
    """For how many seconds no token from this address is looked at; 0 where the door is open. Reads only."""
    return counting.seconds_closed(session, _key(address), at=at)


def count_token_failure(
    session: Session, *, address: str, agent: str, at: datetime, policy: SignInPolicy
) -> None:
    """Record and count a token that opens nothing. What was tried is not written down. The caller commits."""
    where: dict[str, Any] = {"login_name": NAME, "address": address, "agent": agent}
    record_access(session, AccessKind.TOKEN_REFUSED, at=at, **where)
    counter = counting.hold_counter(session, _key(address), at=at, window=policy.throttle)
    if counting.count_failure(session, counter, at=at, limit=policy.throttle_after, window=policy.throttle):
        record_access(session, AccessKind.SIGN_IN_THROTTLED, at=at, **where)
    session.flush()


def _key(address: str) -> str:
    return counting.address_key(f"token {address}")
