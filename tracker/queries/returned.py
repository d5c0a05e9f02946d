"""What came back to those who had handed it on: who sent it back, and why, as the trail and the register have it."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, or_

from tracker.models import AuditEvent, CampaignRole, Deliverable, Evidence, EvidenceState, Person, Task
from workflows.roles import Role
from workflows.task import TaskState


@dataclass(frozen=True)
class SentBack:
    """Who sent something back, by which act (a kind of event: task.send_back), and with which reason."""

    by: str
    kind: str
    reason: str


@dataclass(frozen=True)
class RejectedPaper:
    """Evidence that was rejected, and in whose place nothing came since."""

    evidence: Evidence
    deliverable: Deliverable
    sent_back: SentBack


RETURNED_KINDS = ("task.send_back", "task.reject", "task.reopen")
_MILESTONE_KIND = "milestone.return"
_EVENT = (
    col(AuditEvent.task_id),
    col(AuditEvent.subject_id),
    col(AuditEvent.actor_name),
    col(AuditEvent.kind),
    col(AuditEvent.data),
)


def map_returned_tasks(session: Session, task_ids: Collection[int]) -> dict[int, SentBack]:
    """Of tasks that are under way, those that were sent back, rejected or opened again: by the newest such act.

    Had one been handed in again, it would not be under way.
    """
    rows = session.execute(
        columns(*_EVENT)
        .where(col(AuditEvent.task_id).in_(task_ids), col(AuditEvent.kind).in_(RETURNED_KINDS))
        .order_by(col(AuditEvent.id))
    ).all()
    return {row.task_id: _sent_back(row) for row in rows}


def map_declined_tasks(session: Session, coordinator_id: int) -> dict[int, tuple[str, SentBack]]:
    """Titles of the drafts of his campaigns that an owner declined (退签), with the newest reason, by task."""
    campaigns = columns(col(CampaignRole.campaign_id)).where(
        col(CampaignRole.person_id) == coordinator_id, col(CampaignRole.role) == Role.COORDINATOR
    )
    rows = session.execute(
        columns(*_EVENT, col(Task.title))
        .join(Task, col(Task.id) == col(AuditEvent.task_id))
        .where(
            col(AuditEvent.kind) == "task.decline",
            col(Task.state) == TaskState.DRAFT,
            col(Task.campaign_id).in_(campaigns),
        )
        .order_by(col(AuditEvent.id))
    ).all()
    return {row.task_id: (row.title, _sent_back(row)) for row in rows}


def map_returned_milestones(session: Session, milestone_ids: Collection[int]) -> dict[int, SentBack]:
    """Of these milestones those that were ever sent back, with the newest reason."""
    rows = session.execute(
        columns(*_EVENT)
        .where(col(AuditEvent.kind) == _MILESTONE_KIND, col(AuditEvent.subject_id).in_(milestone_ids))
        .order_by(col(AuditEvent.id))
    ).all()
    return {row.subject_id: _sent_back(row) for row in rows}


def list_rejected_papers(session: Session, holder_ids: Collection[int]) -> list[RejectedPaper]:
    """What was rejected of these lists, by deliverable; not where something else was handed in for it since."""
    later = aliased(Evidence)
    is_answered = exists().where(
        col(later.deliverable_id) == col(Evidence.deliverable_id),
        col(later.milestone_id).is_not_distinct_from(col(Evidence.milestone_id)),
        col(later.state).in_((EvidenceState.SUBMITTED, EvidenceState.ACCEPTED)),
        or_(col(Evidence.reviewed_at).is_(None), col(later.submitted_at) >= col(Evidence.reviewed_at)),
    )
    rows = session.execute(
        columns(Evidence, Deliverable, col(Person.name))
        .join(Deliverable, col(Deliverable.id) == col(Evidence.deliverable_id))
        .outerjoin(Person, col(Person.id) == col(Evidence.reviewed_by_id))
        .where(
            col(Deliverable.task_id).in_(holder_ids),
            col(Evidence.state) == EvidenceState.REJECTED,
            ~is_answered,
        )
        .order_by(col(Deliverable.task_id), col(Deliverable.number), col(Evidence.id))
    ).all()
    return [
        RejectedPaper(
            evidence, deliverable, SentBack(name or "", "evidence.reject", evidence.review_reason or "")
        )
        for evidence, deliverable, name in rows
    ]


def was_returned(milestone_id: Any, holder_id: Any) -> Any:
    """Whether a milestone of a list was ever sent back, as a condition."""
    return exists().where(
        col(AuditEvent.kind) == _MILESTONE_KIND,
        col(AuditEvent.task_id) == holder_id,
        col(AuditEvent.subject_id) == milestone_id,
    )


def _sent_back(row: Any) -> SentBack:
    data = json.loads(row.data)
    return SentBack(row.actor_name, row.kind, str(data.get("reason") or data.get("note") or ""))
