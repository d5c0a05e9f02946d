"""`dingban webhook`: which programs are told of which events, and what was told to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from runtime.cli.acting import acting
from runtime.cli.choosing import resolve_campaign
from runtime.cli.grammar import Commands
from runtime.cli.invocation import opened_application
from runtime.cli.options import AsAnybody, Json
from runtime.cli.output import note, print_json, print_table, say
from tracker.identity import LARGEST_ID, id_of
from tracker.models.webhooks import DELIVERY_LABELS, DeliveryState, Webhook
from tracker.queries.timeline import label_event
from tracker.queries.webhooks import count_deliveries, get_webhook, list_deliveries, list_webhooks
from tracker.services import webhooks

app = Commands(help="事件推送：任务有变动时通知其他系统。")

WebhookId = Annotated[
    int, typer.Argument(metavar="推送编号", min=1, max=LARGEST_ID, help="见 dingban webhook list")
]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="名称", help="推送给哪个系统")],
    url: Annotated[str, typer.Argument(metavar="网址", help="接收事件的地址")],
    events: Annotated[
        list[str],
        typer.Option("--event", metavar="事件", help="可以写多次：task.close、milestone.*、*（全部）"),
    ],
    campaign: Annotated[
        str | None, typer.Option("--campaign", metavar="名称", help="只推送某项专项工作的事件")
    ] = None,
    as_person: AsAnybody = None,
    as_json: Json = False,
) -> None:
    """登记一个接收方，从现在起的事件会推送给它。签名密钥只显示这一次。"""
    with acting(as_person) as desk:
        campaign_id = None if campaign is None else resolve_campaign(desk.session, campaign).id
        webhook, secret = webhooks.create_webhook(
            desk.session,
            name=name,
            url=url,
            events=events,
            campaign_id=campaign_id,
            actor=desk.actor,
            at=_now(),
        )
        document = {**_document(webhook), "secret": secret}
    if as_json:
        print_json(document)
        return
    say(f"已登记事件推送{document['id']}“{name}”。签名密钥（只显示这一次）：")
    say(secret)


@app.command("list")
def show_list(as_json: Json = False) -> None:
    """列出接收方，以及各有多少件已送达、待送达、已放弃。"""
    with opened_application() as application, application.reading() as session:
        counts = count_deliveries(session)
        documents = [
            {**_document(each), "deliveries": _counted(counts.get(id_of(each), {}))}
            for each in list_webhooks(session)
        ]
    if as_json:
        print_json({"schema": "dingban.webhooks/1", "webhooks": documents})
        return
    print_table(
        ["编号", "名称", "地址", "事件", "启用", *DELIVERY_LABELS.values()],
        [
            (
                each["id"],
                each["name"],
                each["url"],
                "、".join(each["events"]),
                "是" if each["is_active"] else "否",
                *each["deliveries"].values(),
            )
            for each in documents
        ],
    )


@app.command("pause")
def pause(webhook_id: WebhookId, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """停用。停用期间的事件以后也不再补送。"""
    _switch(webhook_id, False, as_person, as_json)


@app.command("resume")
def resume(webhook_id: WebhookId, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """重新启用，从现在起的事件会推送给它。"""
    _switch(webhook_id, True, as_person, as_json)


@app.command("renew")
def renew(webhook_id: WebhookId, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """更换签名密钥，立即生效。新密钥只显示这一次。"""
    with acting(as_person) as desk:
        secret = webhooks.renew_secret(desk.session, webhook_id, actor=desk.actor, at=_now())
    print_json({"id": webhook_id, "secret": secret}) if as_json else say(secret)


@app.command("remove")
def remove(webhook_id: WebhookId, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """删除接收方和它的推送记录。"""
    with acting(as_person) as desk:
        webhooks.remove_webhook(desk.session, webhook_id, actor=desk.actor, at=_now())
    print_json({"id": webhook_id, "removed": True}) if as_json else say(f"已删除事件推送{webhook_id}。")


@app.command("retry")
def retry(webhook_id: WebhookId, as_person: AsAnybody = None, as_json: Json = False) -> None:
    """把已放弃的重新推送。"""
    with acting(as_person) as desk:
        count = webhooks.retry_deliveries(desk.session, webhook_id, actor=desk.actor, at=_now())
    print_json({"id": webhook_id, "retried": count}) if as_json else say(f"{count}件将重新推送。")


@app.command("deliveries")
def deliveries(
    webhook_id: WebhookId,
    limit: Annotated[int, typer.Option("--limit", metavar="条数", min=1, max=1000, help="最多列出几件")] = 50,
    as_json: Json = False,
) -> None:
    """最近的推送记录，新的在前。"""
    with opened_application() as application, application.reading() as session:
        get_webhook(session, webhook_id)
        documents: list[dict[str, Any]] = [
            {
                "id": delivery.id,
                "event_id": event.id,
                "kind": event.kind,
                "at": event.at,
                "state": delivery.state.value,
                "tries": delivery.tries,
                "delivered_at": delivery.delivered_at,
                "next_try_at": delivery.next_try_at if delivery.state is DeliveryState.WAITING else None,
                "error": delivery.error,
            }
            for delivery, event in list_deliveries(session, webhook_id, most=limit)
        ]
    if as_json:
        print_json({"schema": "dingban.webhook-deliveries/1", "deliveries": documents})
        return
    print_table(
        ["事件", "内容", "时间", "情况", "未成次数", "原因"],
        [
            (
                each["event_id"],
                label_event(each["kind"]),
                each["at"],
                DELIVERY_LABELS[DeliveryState(each["state"])],
                each["tries"],
                each["error"],
            )
            for each in documents
        ],
    )
    note(f"共{len(documents)}件。")


def _switch(webhook_id: int, is_active: bool, as_person: str | None, as_json: bool) -> None:
    with acting(as_person) as desk:
        webhook = get_webhook(desk.session, webhook_id)
        webhook = webhooks.change_webhook(
            desk.session,
            webhook_id,
            name=webhook.name,
            url=webhook.url,
            events=webhook.events,
            campaign_id=webhook.campaign_id,
            is_active=is_active,
            actor=desk.actor,
            at=_now(),
        )
        document = _document(webhook)
    print_json(document) if as_json else say(
        f"事件推送{webhook_id}“{document['name']}”已{'启用' if is_active else '停用'}。"
    )


def _now() -> datetime:
    """The clock on the wall: webhooks run by it, also where the office's clock stands still."""
    return datetime.now(UTC)


def _document(webhook: Webhook) -> dict[str, Any]:
    """A webhook without its secret."""
    return {
        "id": id_of(webhook),
        "name": webhook.name,
        "url": webhook.url,
        "events": webhook.events,
        "campaign_id": webhook.campaign_id,
        "is_active": webhook.is_active,
    }


def _counted(counts: dict[DeliveryState, int]) -> dict[str, int]:
    return {state.value: counts.get(state, 0) for state in DELIVERY_LABELS}
