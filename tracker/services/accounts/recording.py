"""The record of who came, who was refused, and what happened to accounts; and its end after the time it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlmodel import Session, col

from tracker import clock
from tracker.database import insert_new
from tracker.errors import ValueRefused
from tracker.models import AccessKind, AccessRecord, SignInCounter
from tracker.models.accounts import ADDRESS_LENGTH, AGENT_LENGTH, RECORDED_NAME_LENGTH, ROUTE_LENGTH
from tracker.services.accounts.codes import digest, printable
from tracker.services.auditing import Actor, record

FEWEST_DAYS_KEPT = 183  # 等保2.0 and 网络安全法 21: logs are kept for six months at least
_COUNTERS_KEPT = timedelta(days=1)


def record_access(
    session: Session,
    kind: AccessKind,
    *,
    at: datetime,
    login_name: str,
    account_id: int | None = None,
    address: str = "",
    agent: str = "",
) -> AccessRecord:
    """Say what happened at the door. Control characters of what was typed or sent are not written."""
    row = AccessRecord(
        at=at,
        kind=kind,
        login_name=printable(login_name, RECORDED_NAME_LENGTH),
        account_id=account_id,
        address=printable(address, ADDRESS_LENGTH),
        agent=printable(agent, AGENT_LENGTH),
    )
    session.add(row)
    return row


def tally_refusal(
    session: Session,
    kind: AccessKind,
    *,
    at: datetime,
    route: str,
    login_name: str,
    account_id: int | None,
    address: str,
    agent: str,
) -> None:
    """Count a request that was refused: one row a person, address, route and hour, which a flood does not multiply.

    `route` is the template and never what filled its places. The row bears the moment and the browser of the first
    one. The caller commits.
    """
    hour = at.replace(minute=0, second=0, microsecond=0).isoformat()
    key = digest("|".join((kind, str(account_id), address, route, hour)))
    row = {
        "at": at,
        "kind": kind,
        "login_name": printable(login_name, RECORDED_NAME_LENGTH),
        "account_id": account_id,
        "address": printable(address, ADDRESS_LENGTH),
        "agent": printable(agent, AGENT_LENGTH),
        "route": route[:ROUTE_LENGTH],
        "times": 0,
        "tally_key": key,
    }
    session.connection().execute(insert_new(session, AccessRecord, "tally_key").values(**row))
    session.connection().execute(
        update(AccessRecord)
        .where(col(AccessRecord.tally_key) == key)
        .values(times=col(AccessRecord.times) + 1)
        .execution_options(synchronize_session=False)
    )


def record_act(
    session: Session, kind: str, *, actor: Actor, subject: str, subject_id: int, data: Mapping[str, Any]
) -> None:
    """Append an event to the audit trail, which is written in the office's time.

    The one place where a service asks that clock itself: it was told the wall's (`at`), and where the two differ, in
    a demo or under `--now`, an event of 2026 among those of 2024 would make the trail run backwards.
    """
    record(session, kind=kind, actor=actor, at=clock.now(), subject=subject, subject_id=subject_id, data=data)


def purge_access_records(session: Session, *, at: datetime, keep_days: int = 190) -> int:
    """Delete what is older than `keep_days`, and counters that count no more; return how many records went.

    Raises ValueRefused for less than six months. The caller commits.
    """
    if keep_days < FEWEST_DAYS_KEPT:
        raise ValueRefused(f"登录日志至少保存六个月，保存天数不能少于{FEWEST_DAYS_KEPT}天。")
    session.flush()
    gone: Any = session.execute(
        delete(AccessRecord).where(col(AccessRecord.at) < at - timedelta(days=keep_days))
    )
    session.execute(delete(SignInCounter).where(col(SignInCounter.began_at) < at - _COUNTERS_KEPT))
    return int(gone.rowcount)
