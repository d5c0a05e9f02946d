"""Counting failures: a name is locked for a while, an address is not listened to for a while.

Names are counted whether somebody bears them or not, so that a lock tells nobody that an account exists.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from sqlmodel import Session

from tracker.database import insert_new
from tracker.models import SignInCounter
from tracker.queries.accounts import find_counter, lock_counter
from tracker.services.accounts.codes import digest


def name_key(folded_name: str) -> str:
    return digest(f"name:{folded_name}")


def address_key(address: str) -> str:
    return digest(f"address:{address}")


def seconds_closed(session: Session, key: str, *, at: datetime) -> int:
    """For how many seconds nothing is accepted; 0 where the door is open. Reads only."""
    counter = find_counter(session, key)
    if counter is None or counter.closed_until is None or counter.closed_until <= at:
        return 0
    return ceil((counter.closed_until - at).total_seconds())


def hold_counter(session: Session, key: str, *, at: datetime, window: timedelta) -> SignInCounter:
    """The counter, held against others until the transaction ends, begun anew where its time is over.

    Held before a password is tried: so attempts at once are counted one after the other.
    """
    session.connection().execute(
        insert_new(session, SignInCounter, "key").values(key=key, failures=0, began_at=at)
    )
    counter = lock_counter(session, key)
    over = counter.closed_until or counter.began_at + window
    if over <= at:
        counter.failures, counter.began_at, counter.closed_until = 0, at, None
    return counter


def count_failure(
    session: Session, counter: SignInCounter, *, at: datetime, limit: int, window: timedelta
) -> bool:
    """Count one more; True where it was the one that closes the door for `window`."""
    counter.failures += 1
    is_closing = counter.failures >= limit and counter.closed_until is None
    if is_closing:
        counter.closed_until = at + window
    session.flush()
    return is_closing


def forget_failures(session: Session, key: str) -> None:
    """Begin anew: the right password was given, or an administrator unlocked the account."""
    counter = find_counter(session, key)
    if counter is not None:
        session.delete(counter)
        session.flush()
