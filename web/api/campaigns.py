"""专项工作: those that the token's person may see."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from tracker.identity import LARGEST_ID, id_of
from tracker.models import Campaign, TokenScope
from tracker.queries.campaign_sight import get_visible_campaign, list_visible_campaigns
from tracker.queries.ledger import count_ledger_by_state
from tracker.queries.ledger_conditions import LedgerFilter
from tracker.queries.parts import get_campaign_parts
from tracker.queries.people import names_of
from web.access import allow_scope
from web.api import shapes
from web.api.answers import problems
from web.api.desk import ApiDesk, ReadingApiDesk

router = APIRouter(prefix="/api/v1/campaigns", tags=["专项工作"])
_ALLOWED = [allow_scope(TokenScope.CAMPAIGNS_READ)]


@router.get(
    "",
    summary="列出专项工作",
    dependencies=_ALLOWED,
    response_model=shapes.CampaignList,
    responses=problems(),
)
def list_campaigns(desk: ReadingApiDesk) -> dict[str, Any]:
    found = list_visible_campaigns(desk.session, desk.sight)
    return {"schema": "dingban.campaigns/1", "campaigns": [_document(desk, each) for each in found]}


@router.get(
    "/{campaign_id}",
    summary="查看一项专项工作",
    dependencies=_ALLOWED,
    response_model=shapes.Campaign,
    responses=problems(404, 422),
)
def read_campaign(
    desk: ReadingApiDesk,
    campaign_id: Annotated[int, Path(ge=1, le=LARGEST_ID, description="专项工作编号")],
) -> dict[str, Any]:
    return _document(desk, get_visible_campaign(desk.session, desk.sight, campaign_id))


def _document(desk: ApiDesk, campaign: Campaign) -> dict[str, Any]:
    number = id_of(campaign)
    wanted = LedgerFilter(campaign_id=number)
    counts = count_ledger_by_state(desk.session, wanted, sight=desk.sight, today=desk.today, rules=desk.rules)
    coordinators = get_campaign_parts(desk.session, number).coordinators
    names = names_of(desk.session, coordinators)
    return {
        "id": number,
        "name": campaign.name,
        "year": campaign.year,
        "kind": campaign.kind,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "closed_at": campaign.closed_at,
        "coordinators": [names[each] for each in coordinators if each in names],
        "tasks": {state.value: count for state, count in counts.items()},
    }
