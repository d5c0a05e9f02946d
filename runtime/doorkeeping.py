"""The limits of signing in as this installation sets them, and what has to be done about sessions every hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from config.settings import Settings
from runtime.bootstrap import Application
from tracker.services.accounts import (
    SecondFactorRule,
    SignInPolicy,
    end_expired_sessions,
    forget_pending,
    purge_access_records,
)


@dataclass(frozen=True)
class DoorKept:
    """What one look at the door ended and deleted."""

    sessions: int
    records: int


def sign_in_policy(settings: Settings) -> SignInPolicy:
    """How long a session lasts here, and how many failures are borne."""
    return SignInPolicy(
        idle_minutes=settings.idle_minutes,
        session_hours=settings.session_hours,
        lock_after=settings.lock_after,
        lock_minutes=settings.lock_minutes,
        second_factor=SecondFactorRule(settings.second_factor),
    )


def keep_door(application: Application) -> DoorKept:
    """End sessions whose time is over, on record, and delete records that were kept long enough.

    By the clock on the wall. Nobody waits for it: a session that is over opens nothing, deleted or not.
    """
    at, policy = datetime.now(UTC), sign_in_policy(application.settings)
    with application.writing() as session:
        forget_pending(session, at=at, policy=policy)
        return DoorKept(
            end_expired_sessions(session, at=at, policy=policy),
            purge_access_records(session, at=at),
        )
