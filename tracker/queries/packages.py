"""What a closing package tells of a task beside its evidence: its events, its units, who shares its lists."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, and_, col, func, or_, select

from tracker.identity import id_of
from tracker.models import AuditEvent, Task, TaskUnit, Unit


def find_closing_event_id(session: Session, task_id: int) -> int | None:
    """The number of the event by which the task was closed last."""
    return session.exec(
        select(func.max(AuditEvent.id)).where(AuditEvent.task_id == task_id, AuditEvent.kind == "task.close")
    ).one()


def list_history(session: Session, task: Task, *, until_id: int) -> Sequence[AuditEvent]:
    """The events of a task and of the lists that it shares, up to one event, in the order of the chain."""
    of_shared_lists = [
        and_(col(AuditEvent.task_id) == holder, col(AuditEvent.subject).in_(subjects))
        for holder, subjects in (
            (task.deliverables_from_id, ("evidence",)),
            (task.milestones_from_id, ("milestone", "extension", "event")),
        )
        if holder is not None
    ]
    return session.exec(
        select(AuditEvent)
        .where(or_(col(AuditEvent.task_id) == id_of(task), *of_shared_lists), col(AuditEvent.id) <= until_id)
        .order_by(col(AuditEvent.id))
    ).all()


def list_assisting_units(session: Session, task_id: int) -> Sequence[Unit]:
    """The units that assist (协办), in their order."""
    return session.exec(
        select(Unit)
        .join(TaskUnit, col(TaskUnit.unit_id) == col(Unit.id))
        .where(TaskUnit.task_id == task_id)
        .order_by(col(TaskUnit.position), col(TaskUnit.id))
    ).all()
