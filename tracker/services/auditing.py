"""Appending to the audit trail, and walking it to see whether anything was altered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, insert, text, update
from sqlmodel import Session, col, select

from tracker.models import AuditEvent, AuditHead
from tracker.prepared import Prepared

GENESIS_HASH = "0" * 64
_BATCH = 2000


@dataclass(frozen=True)
class Actor:
    """Who acts. A leader may act on paper: then `recorded_by` is the coordinator who enters it for him (代录)."""

    person_id: int | None
    name: str
    recorded_by_id: int | None = None
    recorded_by_name: str | None = None


SYSTEM = Actor(None, "系统")


class Recorded(NamedTuple):
    """An event as it was written: the columns of `AuditEvent`, without the cost of a model."""

    id: int
    at: datetime
    actor_id: int | None
    actor_name: str
    recorded_by_id: int | None
    recorded_by_name: str | None
    kind: str
    task_id: int | None
    subject: str
    subject_id: int | None
    data: str
    previous_hash: str
    hash: str


def record(
    session: Session,
    *,
    kind: str,
    actor: Actor,
    at: datetime,
    subject: str,
    subject_id: int | None,
    task_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> Recorded:
    """Append one event to the chain. The head row is locked until the transaction ends, so the chain never forks.

    `kind` is `subject.verb` (task.issue, evidence.accept). `data` must be plain JSON. Written at once; what is
    returned says what was written.
    """
    session.flush()
    newest_id, newest_hash = _lock_head(session)
    event = Recorded(
        id=newest_id + 1,
        at=at,
        actor_id=actor.person_id,
        actor_name=actor.name,
        recorded_by_id=actor.recorded_by_id,
        recorded_by_name=actor.recorded_by_name,
        kind=kind,
        task_id=task_id,
        subject=subject,
        subject_id=subject_id,
        data=canonical_json(data or {}),
        previous_hash=newest_hash,
        hash="",
    )
    event = event._replace(hash=hash_of(event))
    _APPEND.change(session, event._asdict())
    _MOVE_HEAD.change(session, {"newest_id": event.id, "newest_hash": event.hash})
    return event


def _lock_head(session: Session) -> tuple[int, str]:
    """The id and the hash of the newest event."""
    head = _HEAD.rows(session, {})
    if not head:
        session.connection().execute(_FIRST_HEAD, {"genesis": GENESIS_HASH})
        head = _HEAD.rows(session, {})
    newest_id, newest_hash = head[0]
    return newest_id, newest_hash


# Every act of the register runs these three.
_HEAD = Prepared(select(col(AuditHead.event_id), col(AuditHead.hash)).with_for_update())
# The first two writers of a new register may meet here; whoever comes second waits for the other's row.
_FIRST_HEAD = text(
    "INSERT INTO audit_head (id, event_id, hash) VALUES (1, 0, :genesis) ON CONFLICT (id) DO NOTHING"
)
_APPEND = Prepared(insert(AuditEvent), Recorded._fields)
_MOVE_HEAD = Prepared(
    update(AuditHead).values(event_id=bindparam("newest_id"), hash=bindparam("newest_hash"))
)


def canonical_json(value: Any) -> str:
    """The one spelling of a JSON value that is hashed: sorted keys, no spaces, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(event: AuditEvent | Recorded) -> str:
    """SHA-256 over everything that the event says, the hash before it included."""
    content = [
        event.id,
        event.at.astimezone(UTC).isoformat(),
        event.actor_id,
        event.actor_name,
        event.recorded_by_id,
        event.recorded_by_name,
        event.kind,
        event.task_id,
        event.subject,
        event.subject_id,
        event.data,
        event.previous_hash,
    ]
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


@dataclass(frozen=True)
class ChainReport:
    """What a walk along the chain found. `altered_id` is the first event that does not fit, if any."""

    events: int
    altered_id: int | None = None
    finding: str | None = None

    @property
    def is_intact(self) -> bool:
        return self.altered_id is None


def verify_chain(session: Session) -> ChainReport:
    """Walk the chain from its first event and name the first one that was altered, removed or slipped in."""
    previous, count = GENESIS_HASH, 0
    while batch := session.exec(
        select(AuditEvent).where(col(AuditEvent.id) > count).order_by(col(AuditEvent.id)).limit(_BATCH)
    ).all():
        for event in batch:
            if finding := _misfit(event, count + 1, previous):
                return ChainReport(count, count + 1, finding)
            previous, count = event.hash, event.id
        session.expunge_all()
    head = session.exec(select(AuditHead)).one_or_none() or AuditHead()
    if (head.event_id, head.hash) != (count, previous):
        return ChainReport(
            count, count + 1, f"最新记录应为第{head.event_id}条，实际到第{count}条为止，末尾被删改"
        )
    return ChainReport(count)


def _misfit(event: AuditEvent, expected_id: int, previous: str) -> str | None:
    if event.id != expected_id:
        return f"第{expected_id}条记录缺失"
    if event.previous_hash != previous:
        return f"第{event.id}条记录与前一条接不上"
    if event.hash != hash_of(event):
        return f"第{event.id}条记录的内容被改动"
    return None
