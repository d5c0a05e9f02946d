"""Signs of life of workers: written every minute, read by `/readyz` and `dingban doctor`."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete, func, select

from notifications.models import Heartbeat

FRESH_FOR = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=1)
PREFIX = "worker:"


def this_worker() -> str:
    """The name of this process among workers: machine and process."""
    return f"{PREFIX}{socket.gethostname()[:40]}:{os.getpid()}"


def beat(session: Session, *, worker: str, at: datetime) -> None:
    """Write that `worker` lives, and forget those that were last seen more than a day ago."""
    row = session.get(Heartbeat, worker) or Heartbeat(worker=worker, seen_at=at)
    row.seen_at = at
    session.add(row)
    forgotten = col(Heartbeat.seen_at) < at - FORGOTTEN_AFTER
    session.exec(delete(Heartbeat).where(col(Heartbeat.worker).startswith(PREFIX), forgotten))


def stop_beating(session: Session, *, worker: str) -> None:
    """Take back the sign of life of a worker that ends in good order."""
    session.exec(delete(Heartbeat).where(col(Heartbeat.worker) == worker))


def last_seen(session: Session) -> datetime | None:
    """When a worker was last seen; None where none ever was, or all ended in good order."""
    newest = select(func.max(col(Heartbeat.seen_at))).where(col(Heartbeat.worker).startswith(PREFIX))
    return session.exec(newest).one()


def is_fresh(seen_at: datetime | None, *, at: datetime) -> bool:
    """Whether a worker was seen within two minutes. One seen in the future (a clock set back) counts."""
    return seen_at is not None and at - seen_at <= FRESH_FOR
