"""How long a session lasts and how many failures are borne. Runtime hands the values over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from workflows.roles import Role


class SecondFactorRule(StrEnum):
    """Who has to give a code besides the password. Who has set it up is asked for it under every rule."""

    NONE = "none"  # it is not offered
    OPTIONAL = "optional"  # who wants to
    ADMINISTRATORS = "administrators"  # those who keep the installation, and those who audit it
    LEADERS = "leaders"  # and those who run or answer for the work
    EVERYONE = "everyone"


_DUE: dict[SecondFactorRule, frozenset[Role]] = {
    SecondFactorRule.ADMINISTRATORS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR}),
    SecondFactorRule.LEADERS: frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.COORDINATOR, Role.LEADER}),
}


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
    second_factor: SecondFactorRule = SecondFactorRule.OPTIONAL
    code_minutes: int = 5  # from the password to the code
    proof_minutes: int = 10  # for which a password given in a session stands

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

    def is_factor_due(self, roles: Collection[Role]) -> bool:
        """Whether somebody of these roles has to have a second factor."""
        if self.second_factor is SecondFactorRule.EVERYONE:
            return True
        return not _DUE.get(self.second_factor, frozenset()).isdisjoint(roles)

    def is_proven(self, proven_at: datetime | None, *, at: datetime) -> bool:
        """Whether somebody has shown lately enough that it is he who sits there."""
        return proven_at is not None and at < proven_at + timedelta(minutes=self.proof_minutes)
