"""What happened and was not read by a round yet: the notices of it are still to be written."""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import Session, col, func, select

from notifications.models import RoundProgress
from notifications.policy import ReminderPolicy
from tracker.models import AuditEvent, Task


def count_untold(session: Session, policy: ReminderPolicy, campaign_ids: Collection[int]) -> int:
    """Of how many tasks of these campaigns something happened that is told, and that waits for the next round."""
    told = select(func.coalesce(func.max(RoundProgress.event_id), 0)).scalar_subquery()
    statement = (
        select(func.count(col(Task.id).distinct()))
        .join(AuditEvent, col(AuditEvent.task_id) == col(Task.id))
        .where(
            col(AuditEvent.id) > told,
            col(AuditEvent.kind).in_([rule.kind for rule in policy.events]),
            col(Task.campaign_id).in_(sorted(campaign_ids)),
        )
    )
    return session.exec(statement).one()
