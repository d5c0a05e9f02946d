"""Which campaigns a person may see: those that he coordinates or audits, and those of any task that he may see."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, or_, select

from tracker.errors import CampaignNotFound
from tracker.identity import is_possible_id
from tracker.models import Campaign, Task
from tracker.queries.sight import Sight, visible_tasks


def list_visible_campaigns(session: Session, sight: Sight) -> Sequence[Campaign]:
    """The campaigns that he may see, by year and name."""
    of_tasks = select(Task.campaign_id).where(visible_tasks(sight))
    is_visible = or_(col(Campaign.id).in_(sorted(sight.campaign_ids)), col(Campaign.id).in_(of_tasks))
    return session.exec(
        select(Campaign).where(is_visible).order_by(col(Campaign.year), col(Campaign.name))
    ).all()


def get_visible_campaign(session: Session, sight: Sight, campaign_id: int) -> Campaign:
    """The campaign, if he may see it. Raises CampaignNotFound, alike for one that is hidden and one that is not there."""
    campaign = session.get(Campaign, campaign_id) if is_possible_id(campaign_id) else None
    if campaign is None or not _is_visible(session, sight, campaign_id):
        raise CampaignNotFound(campaign_id)
    return campaign


def _is_visible(session: Session, sight: Sight, campaign_id: int) -> bool:
    if campaign_id in sight.campaign_ids:
        return True
    statement = select(Task.id).where(Task.campaign_id == campaign_id, visible_tasks(sight)).limit(1)
    return session.exec(statement).first() is not None
