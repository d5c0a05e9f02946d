"""Campaigns and what was recorded in them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from tracker.errors import CampaignNotFound
from tracker.models import Campaign, CampaignRole, Deduction, Task
from tracker.prepared import Prepared
from tracker.queries.rows import get_row
from tracker.scores import deduction_cap
from workflows.roles import Role
from workflows.task import TaskState


def get_campaign(session: Session, campaign_id: int) -> Campaign:
    """Raises CampaignNotFound."""
    return get_row(session, Campaign, campaign_id, CampaignNotFound)


_WORKFLOW = Prepared(columns(col(Campaign.workflow)).where(col(Campaign.id) == bindparam("campaign_id")))


def get_workflow_name(session: Session, campaign_id: int) -> str:
    """Which workflow the campaign's tasks live by, without the campaign itself. Raises CampaignNotFound."""
    names = _WORKFLOW.rows(session, {"campaign_id": campaign_id})
    if not names:
        raise CampaignNotFound(campaign_id)
    return str(names[0][0])


def lock_campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign, held against others until the transaction ends. Raises CampaignNotFound."""
    statement = select(Campaign).where(Campaign.id == campaign_id).with_for_update()
    campaign = session.exec(statement).one_or_none()
    if campaign is None:
        raise CampaignNotFound(campaign_id)
    return campaign


def find_campaign(session: Session, name: str) -> Campaign | None:
    return session.exec(select(Campaign).where(Campaign.name == name.strip())).first()


def list_campaigns(session: Session) -> Sequence[Campaign]:
    """Campaigns, the newest year first, then by id."""
    return session.exec(select(Campaign).order_by(col(Campaign.year).desc(), col(Campaign.id))).all()


def find_campaign_role(session: Session, campaign_id: int, person_id: int, role: Role) -> CampaignRole | None:
    return session.exec(
        select(CampaignRole).where(
            CampaignRole.campaign_id == campaign_id,
            CampaignRole.person_id == person_id,
            CampaignRole.role == role,
        )
    ).first()


def list_unfinished_tasks(session: Session, campaign_id: int) -> Sequence[Task]:
    """Tasks that are neither closed, archived nor cancelled, in the order of their tables."""
    finished = (TaskState.CLOSED, TaskState.ARCHIVED, TaskState.CANCELLED)
    return session.exec(
        select(Task)
        .where(Task.campaign_id == campaign_id, col(Task.state).not_in(finished))
        .order_by(col(Task.table_id), col(Task.position), col(Task.id))
    ).all()


def list_deductions(session: Session, task_id: int) -> Sequence[Deduction]:
    """The occurrences of a deduction item, by day."""
    return session.exec(
        select(Deduction).where(Deduction.task_id == task_id).order_by(col(Deduction.on), col(Deduction.id))
    ).all()


def sum_deductions(session: Session, task: Task) -> float:
    """Points lost so far: the occurrences added up, never more than the cap of the score where it has one."""
    total = session.exec(
        select(func.coalesce(func.sum(Deduction.points), 0.0)).where(Deduction.task_id == task.id)
    ).one()
    cap = deduction_cap(task.score)
    return round(total if cap is None else min(total, cap), 4)
