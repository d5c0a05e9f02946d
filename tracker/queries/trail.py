"""Reading the audit trail onwards from an event, with the rows that its events speak of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from tracker.identity import id_of
from tracker.models import AuditEvent, AuditHead, Evidence, Extension, Instruction, Milestone, Task
from workflows.extension import ExtensionState

_NEWEST = columns(col(AuditHead.event_id))


def newest_event_id(session: Session) -> int:
    """The id of the newest audit event; 0 where there is none."""
    return session.connection().execute(_NEWEST).scalar() or 0


def newest_event_at(session: Session) -> datetime | None:
    """The latest moment of any audit event; None where there is none."""
    return session.exec(select(func.max(col(AuditEvent.at)))).one()


def list_events(session: Session, *, after: int, until: int, kinds: Collection[str]) -> Sequence[AuditEvent]:
    """Events of these kinds after one id up to another, in order."""
    return session.exec(
        select(AuditEvent)
        .where(col(AuditEvent.id) > after, col(AuditEvent.id) <= until, col(AuditEvent.kind).in_(kinds))
        .order_by(col(AuditEvent.id))
    ).all()


def list_events_by_id(session: Session, event_ids: Collection[int]) -> Sequence[AuditEvent]:
    """These events, in order."""
    return session.exec(
        select(AuditEvent).where(col(AuditEvent.id).in_(event_ids)).order_by(col(AuditEvent.id))
    ).all()


def map_tasks(session: Session, task_ids: Collection[int]) -> dict[int, Task]:
    rows = session.exec(select(Task).where(col(Task.id).in_(task_ids))).all()
    return {id_of(row): row for row in rows}


Subject = Milestone | Extension | Instruction | Evidence
_SUBJECTS: dict[str, type[Subject]] = {
    "milestone": Milestone,
    "extension": Extension,
    "instruction": Instruction,
    "evidence": Evidence,
}


def map_subjects(session: Session, kind: str, ids: Collection[int]) -> dict[int, Subject]:
    """The rows that events of one subject speak of, by id; none for subjects that need no row."""
    model = _SUBJECTS.get(kind)
    if model is None or not ids:
        return {}
    rows: Sequence[Any] = session.exec(select(model).where(col(model.id).in_(ids))).all()
    return {id_of(row): row for row in rows}


def list_milestones_granted_before(session: Session, milestone_ids: Collection[int]) -> set[int]:
    """Which of these milestones were already given an extension, so that another needs the coordinator first."""
    statement = columns(col(Extension.milestone_id)).where(
        col(Extension.milestone_id).in_(milestone_ids), col(Extension.state) == ExtensionState.GRANTED
    )
    return set(session.connection().execute(statement).scalars())
