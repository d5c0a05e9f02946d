"""Finding what a word on the command line means."""

from __future__ import annotations

from sqlmodel import Session

from tracker.errors import CampaignNotFound
from tracker.models import Campaign
from tracker.queries.campaigns import find_campaign, get_campaign


def resolve_campaign(session: Session, key: str) -> Campaign:
    """The campaign of a name or an id. Raises CampaignNotFound."""
    if campaign := find_campaign(session, key):
        return campaign
    if key.isascii() and key.isdigit():
        return get_campaign(session, int(key))
    raise CampaignNotFound(key)
