"""Webhooks: which programs are told of which events, and what became of the deliveries."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from tracker.models.webhooks import DELIVERY_LABELS, DeliveryState
from tracker.queries.campaigns import list_campaigns
from tracker.queries.timeline import label_event
from tracker.queries.webhooks import KINDS, count_deliveries, get_webhook, list_deliveries, list_webhooks
from tracker.services.webhooks import (
    change_webhook,
    create_webhook,
    remove_webhook,
    renew_secret,
    retry_deliveries,
)
from web.access import Who, allow, proven
from web.desk import Desk, ReadingDesk, WritingDesk, wall_clock
from web.opening import PageRouter

router = PageRouter(prefix="/admin/webhooks")
_PATH = "/admin/webhooks"
_ALLOWED = allow(Who.ADMINISTRATOR)


@router.get("", dependencies=[_ALLOWED])
def list_all(desk: ReadingDesk) -> Response:
    return desk.page(
        "admin/webhooks.html",
        webhooks=list_webhooks(desk.session),
        counts=count_deliveries(desk.session),
        states=DeliveryState,
        **_choices(desk),
    )


@router.post("", dependencies=[_ALLOWED, proven()])
def create(desk: WritingDesk) -> Response:
    webhook, secret = create_webhook(desk.session, **_read(desk), actor=desk.actor, at=wall_clock())
    return _show(desk, webhook.id or 0, secret=secret)


@router.get("/{webhook_id}", dependencies=[_ALLOWED])
def show_one(desk: ReadingDesk, webhook_id: int) -> Response:
    return _show(desk, webhook_id)


@router.post("/{webhook_id}", dependencies=[_ALLOWED, proven()])
def change(desk: WritingDesk, webhook_id: int) -> Response:
    webhook = change_webhook(
        desk.session,
        webhook_id,
        **_read(desk),
        is_active=desk.form.is_ticked("is_active"),
        actor=desk.actor,
        at=wall_clock(),
    )
    return desk.done(f"{_PATH}/{webhook_id}", f"已保存“{webhook.name}”。")


@router.post("/{webhook_id}/secret", dependencies=[_ALLOWED, proven()])
def renew(desk: WritingDesk, webhook_id: int) -> Response:
    return _show(
        desk,
        webhook_id,
        secret=renew_secret(desk.session, webhook_id, actor=desk.actor, at=wall_clock()),
    )


@router.post("/{webhook_id}/retry", dependencies=[_ALLOWED])
def retry(desk: WritingDesk, webhook_id: int) -> Response:
    count = retry_deliveries(desk.session, webhook_id, actor=desk.actor, at=wall_clock())
    return desk.done(f"{_PATH}/{webhook_id}", f"{count}次推送将重新尝试。")


@router.post("/{webhook_id}/remove", dependencies=[_ALLOWED])
def remove(desk: WritingDesk, webhook_id: int) -> Response:
    name = get_webhook(desk.session, webhook_id).name
    remove_webhook(desk.session, webhook_id, actor=desk.actor, at=wall_clock())
    return desk.done(_PATH, f"已删除“{name}”。")


def _show(desk: Desk, webhook_id: int, *, secret: str | None = None) -> Response:
    """One webhook; with `secret` this once what signs for it."""
    webhook = get_webhook(desk.session, webhook_id)
    answer = desk.page(
        "admin/webhook.html",
        webhook=webhook,
        secret=secret,
        deliveries=[
            (delivery, label_event(event.kind), event.id)
            for delivery, event in list_deliveries(desk.session, webhook_id)
        ],
        given_up=count_deliveries(desk.session).get(webhook_id, {}).get(DeliveryState.ABANDONED, 0),
        labels=DELIVERY_LABELS,
        **_choices(desk),
    )
    if secret is not None:
        answer.headers["HX-Push-Url"] = f"{_PATH}/{webhook_id}"
    return answer


def _choices(desk: Desk) -> dict[str, Any]:
    return {
        "campaigns": [(each.id, each.name) for each in list_campaigns(desk.session)],
        "kinds": [(kind, label_event(kind)) for kind in KINDS],
    }


def _read(desk: Desk) -> dict[str, Any]:
    form = desk.form
    return {
        "name": form.text("name", "名称", limit=60),
        "url": form.text("url", "推送地址", limit=2000),
        "events": form.text("events", "事件", limit=2000).replace("，", " ").replace(",", " ").split(),
        "campaign_id": form.optional_whole("campaign_id", "专项工作"),
    }
