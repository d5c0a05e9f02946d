"""Campaigns: opened and given people by administrators, run by their coordinators, read by their auditors."""

from __future__ import annotations

from datetime import date

from starlette.responses import Response

from tracker.errors import CampaignNotFound
from tracker.identity import id_of
from tracker.queries.campaign_overviews import (
    CampaignOverview,
    list_campaign_overviews,
    list_table_overviews,
)
from tracker.services.campaign_terms import change_campaign, dismiss_from_campaign
from tracker.services.campaigns import (
    CAMPAIGN_ROLES,
    appoint_coordinator,
    close_campaign,
    create_campaign,
    list_blocking_tasks,
)
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk
from web.forms import InputRefused
from web.opening import PageRouter
from web.pages.admin.asking import (
    KEEPERS,
    READERS,
    is_administrator,
    is_keeper,
    list_person_choices,
    read_person,
)
from workflows.roles import ROLE_LABELS, Role

router = PageRouter(prefix="/admin/campaigns")
KINDS = ("大练兵", "稽查", "双随机", "案卷评查", "一般督办")  # what is offered; others may be typed
FIRST_YEAR, LAST_YEAR = 2000, 2100


@router.get("", dependencies=[allow(*READERS)])
def list_all(desk: ReadingDesk) -> Response:
    return desk.page(
        "admin/campaigns.html",
        campaigns=list_campaign_overviews(desk.session, only=_visible(desk)),
        may_open=is_keeper(desk),
    )


@router.get("/new", dependencies=[allow(*KEEPERS)])
def show_new(desk: ReadingDesk) -> Response:
    return desk.page(
        "admin/campaign_new.html",
        kinds=KINDS,
        people=list_person_choices(desk.session),
        coordinator_id=None if is_administrator(desk) else desk.visitor.person_id,
    )


@router.post("", dependencies=[allow(*KEEPERS)])
def open_campaign(desk: WritingDesk) -> Response:
    form = desk.form
    year = form.whole("year", "年份")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InputRefused("year", f"“年份”应在{FIRST_YEAR}到{LAST_YEAR}之间。")
    campaign = create_campaign(
        desk.session,
        name=form.text("name", "名称", limit=200),
        year=year,
        kind=form.text("kind", "类别", limit=40),
        starts_on=form.optional_day("starts_on", "开始日期") or date(year, 1, 1),
        ends_on=form.optional_day("ends_on", "结束日期") or date(year, 12, 31),
        coordinator_id=id_of(read_person(desk, "person", "协调员")),
        actor=desk.actor,
        at=desk.at,
    )
    return desk.done(
        f"/admin/campaigns/{campaign.id}", f"已建立“{campaign.name}”，接下来可以导入责任分解表。"
    )


@router.get("/{campaign_id}", dependencies=[allow(*READERS)])
def show_one(desk: ReadingDesk, campaign_id: int) -> Response:
    overview = _get_visible(desk, campaign_id)
    runs_it = campaign_id in desk.visitor.sight.coordinated
    is_open = overview.campaign.closed_at is None
    return desk.page(
        "admin/campaign.html",
        overview=overview,
        campaign=overview.campaign,
        tables=list_table_overviews(desk.session, campaign_id),
        kinds=KINDS,
        people=list_person_choices(desk.session),
        may_change=is_open and (runs_it or is_administrator(desk)),
        may_appoint=runs_it or is_administrator(desk),
        sees_tasks=campaign_id in desk.visitor.sight.campaign_ids,
        blocking=list_blocking_tasks(desk.session, campaign_id, actor=desk.actor)
        if runs_it and is_open
        else None,
    )


@router.post("/{campaign_id}", dependencies=[allow(*KEEPERS)])
def change(desk: WritingDesk, campaign_id: int) -> Response:
    _get_visible(desk, campaign_id)
    form = desk.form
    campaign = change_campaign(
        desk.session,
        campaign_id,
        name=form.text("name", "名称", limit=200),
        kind=form.text("kind", "类别", limit=40),
        starts_on=form.day("starts_on", "开始日期"),
        ends_on=form.day("ends_on", "结束日期"),
        actor=desk.actor,
        at=desk.at,
        calendar=desk.house.calendar(desk.session),
    )
    return desk.done(f"/admin/campaigns/{campaign_id}", f"已保存“{campaign.name}”。")


@router.post("/{campaign_id}/people", dependencies=[allow(*KEEPERS)])
def appoint(desk: WritingDesk, campaign_id: int) -> Response:
    _get_visible(desk, campaign_id)
    person, role = read_person(desk, "person", "人员"), _read_role(desk)
    appoint_coordinator(desk.session, campaign_id, id_of(person), role=role, actor=desk.actor, at=desk.at)
    return desk.done(f"/admin/campaigns/{campaign_id}", f"{person.name}现在是{ROLE_LABELS[role]}。")


@router.post("/{campaign_id}/people/{person_id}/dismiss", dependencies=[allow(*KEEPERS)])
def dismiss(desk: WritingDesk, campaign_id: int, person_id: int) -> Response:
    _get_visible(desk, campaign_id)
    role = _read_role(desk)
    dismiss_from_campaign(desk.session, campaign_id, person_id, role=role, actor=desk.actor, at=desk.at)
    return desk.done(f"/admin/campaigns/{campaign_id}", f"已免去{ROLE_LABELS[role]}。")


@router.post("/{campaign_id}/close", dependencies=[allow(Who.COORDINATOR)])
def close(desk: WritingDesk, campaign_id: int) -> Response:
    _get_visible(desk, campaign_id)
    campaign = close_campaign(desk.session, campaign_id, actor=desk.actor, at=desk.at)
    return desk.done(f"/admin/campaigns/{campaign_id}", f"“{campaign.name}”已经结束。")


def _read_role(desk: Desk) -> Role:
    return Role(desk.form.choice("role", "角色", [role.value for role in CAMPAIGN_ROLES]))


def _visible(desk: Desk) -> frozenset[int] | None:
    """The campaigns whose frame somebody may look at: all of them for an administrator, who sees no task of them."""
    return None if is_administrator(desk) else desk.visitor.sight.campaign_ids


def _get_visible(desk: Desk, campaign_id: int) -> CampaignOverview:
    """Raises CampaignNotFound, alike for one that is hidden and one that is not there."""
    visible = _visible(desk)
    if visible is None or campaign_id in visible:
        for overview in list_campaign_overviews(desk.session, only={campaign_id}):
            return overview
    raise CampaignNotFound(campaign_id)
