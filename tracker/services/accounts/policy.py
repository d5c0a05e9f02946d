"""How long a session lasts and how many failures are borne. Runtime hands the values over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class SignInPolicy:
    """Limits of signing in. GB/T 22239-2019 7.1.4.1 asks for a lock after failures and an end after idleness.

    `lock_*` count by login name, whether somebody bears it or not; `throttle_*` by network address.
    """

    lock_after: int = 5  # failures
    lock_minutes: int = 15
    throttle_after: int = 30  # failures
    throttle_minutes: int = 15
    idle_minutes: int = 30
    session_hours: int = 12
    sessions_at_most: int = 10  # of one account; the one seen least recently ends

    @property
    def lock(self) -> timedelta:
        return timedelta(minutes=self.lock_minutes)

    @property
    def throttle(self) -> timedelta:
        return timedelta(minutes=self.throttle_minutes)

    @property
    def idle(self) -> timedelta:
        return timedelta(minutes=self.idle_minutes)

    @property
    def longest(self) -> timedelta:
        return timedelta(hours=self.session_hours)
