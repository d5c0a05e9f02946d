"""Webhooks: an administrator says who is told of which events; what is owed to them is written down once.

Moments are those of the wall clock. Nothing is sent in here: `notifications.webhook_delivery` carries what is
written. An inactive webhook is told nothing of what happens meanwhile, also not later.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, update
from sqlmodel import Session, col

from tracker.database import insert_new
from tracker.errors import NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models.webhooks import URL_LENGTH, DeliveryState, Webhook, WebhookDelivery
from tracker.queries.campaigns import get_campaign
from tracker.queries.trail import newest_event_id
from tracker.queries.webhooks import (
    expand_patterns,
    find_webhook_named,
    get_webhook,
    has_webhook_behind,
    list_event_ids_for,
    lock_webhooks_behind,
)
from tracker.services.auditing import Actor, record
from tracker.services.authority import require_administrator
from tracker.services.changing import change_row
from tracker.services.naming import taking_name

SECRET_MARK = "whsec_"  # noqa: S105  # as Standard Webhooks writes it
SECRET_BYTES = 32
LONGEST_NAME = 60
_ACT = "管理事件推送"


def create_webhook(
    session: Session,
    *,
    name: str,
    url: str,
    events: Collection[str],
    campaign_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> tuple[Webhook, str]:
    """Let a program be told of events from now on; the second value signs, and is shown once.

    Raises ActRefused, CampaignNotFound, NameTaken or ValueRefused. The caller commits.
    """
    require_administrator(session, actor, _ACT)
    secret = _new_secret()
    webhook = Webhook(
        **_checked(session, name=name, url=url, events=events, campaign_id=campaign_id),
        secret=secret,
        event_id=newest_event_id(session),
        created_at=at,
        created_by_id=actor.person_id,
    )
    if find_webhook_named(session, webhook.name):
        raise NameTaken("事件推送", webhook.name)
    with taking_name(session, "事件推送", webhook.name):
        session.add(webhook)
    _tell(session, "create", webhook, actor, at, _facts(webhook))
    return webhook, secret


def change_webhook(
    session: Session,
    webhook_id: int,
    *,
    name: str,
    url: str,
    events: Collection[str],
    campaign_id: int | None,
    is_active: bool,
    actor: Actor,
    at: datetime,
) -> Webhook:
    """Change what a webhook is told and where. One that becomes active is told of what happens from now on.

    Raises as `create_webhook`, and WebhookNotFound. The caller commits.
    """
    require_administrator(session, actor, _ACT)
    webhook = get_webhook(session, webhook_id)
    values = _checked(session, name=name, url=url, events=events, campaign_id=campaign_id)
    namesake = find_webhook_named(session, values["name"])
    if namesake is not None and namesake.id != webhook.id:
        raise NameTaken("事件推送", values["name"])
    is_beginning_anew = is_active and not webhook.is_active
    with taking_name(session, "事件推送", values["name"]):
        changed = change_row(webhook, values | {"is_active": is_active})
    if is_beginning_anew:
        webhook.event_id = newest_event_id(session)
    if "url" in changed:  # what stands behind the host may be a key
        changed["url"] = [urlsplit(address).hostname for address in changed["url"]]
    if changed:
        _tell(session, "change", webhook, actor, at, {"changed": changed})
    session.flush()
    return webhook


def renew_secret(session: Session, webhook_id: int, *, actor: Actor, at: datetime) -> str:
    """A new secret, shown once; what is sent from now on is signed with it. The caller commits."""
    require_administrator(session, actor, _ACT)
    webhook = get_webhook(session, webhook_id)
    webhook.secret = _new_secret()
    session.flush()
    _tell(session, "renew", webhook, actor, at, {})
    return webhook.secret


def remove_webhook(session: Session, webhook_id: int, *, actor: Actor, at: datetime) -> None:
    """Forget a webhook and what was told to it; the trail keeps that it was there. The caller commits."""
    require_administrator(session, actor, _ACT)
    webhook = get_webhook(session, webhook_id)
    _tell(session, "remove", webhook, actor, at, _facts(webhook))
    session.connection().execute(delete(WebhookDelivery).where(col(WebhookDelivery.webhook_id) == webhook_id))
    session.delete(webhook)
    session.flush()


def retry_deliveries(session: Session, webhook_id: int, *, actor: Actor, at: datetime) -> int:
    """Let what was given up be tried again; returns how many deliveries. The caller commits."""
    require_administrator(session, actor, _ACT)
    webhook = get_webhook(session, webhook_id)
    again = (
        update(WebhookDelivery)
        .where(
            col(WebhookDelivery.webhook_id) == webhook_id,
            col(WebhookDelivery.state) == DeliveryState.ABANDONED,
        )
        .values(state=DeliveryState.WAITING, tries=0, next_try_at=at, error=None)
        .returning(col(WebhookDelivery.id))
        .execution_options(synchronize_session=False)
    )
    count = len(session.connection().execute(again).all())
    if count:
        _tell(session, "retry", webhook, actor, at, {"deliveries": count})
    return count


def queue_deliveries(session: Session, *, at: datetime) -> int:
    """Write down what every active webhook is to be told of; returns how many deliveries. The caller commits.

    The webhook's row is held and its place in the trail moves in the same transaction, and a delivery is unique:
    any number of workers and restarts writes each once. Events are numbered in the order in which they were
    committed (`auditing.record` holds the head), so none can appear behind the place.
    """
    newest = newest_event_id(session)
    written = 0
    for webhook in lock_webhooks_behind(session, newest):
        for event_id in list_event_ids_for(session, webhook, until=newest):
            row = {
                "webhook_id": id_of(webhook),
                "event_id": event_id,
                "state": DeliveryState.WAITING,
                "created_at": at,
                "next_try_at": at,
                "tries": 0,
            }
            session.connection().execute(insert_new(session, WebhookDelivery), row)
            written += 1
        webhook.event_id = newest
    session.flush()
    return written


def is_queueing_due(session: Session) -> bool:
    """Whether `queue_deliveries` would do anything. Reads only, so that an idle tick takes no lock."""
    return has_webhook_behind(session, newest_event_id(session))


def _new_secret() -> str:
    return SECRET_MARK + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _checked(
    session: Session, *, name: str, url: str, events: Collection[str], campaign_id: int | None
) -> dict[str, Any]:
    title = name.strip()
    if not 1 <= len(title) <= LONGEST_NAME or not title.isprintable():
        raise ValueRefused(f"请给事件推送起一个名称（最多{LONGEST_NAME}个字），写明推送给哪个系统。")
    if campaign_id is not None:
        get_campaign(session, campaign_id)
    patterns = list(dict.fromkeys(each.strip() for each in events if each.strip()))
    unknown = [each for each in patterns if not expand_patterns([each])]
    if unknown or not patterns:
        named = "、".join(f"“{each}”" for each in unknown[:5])
        head = f"没有{named}这样的事件" if unknown else "没有写明推送哪些事件"
        raise ValueRefused(f"{head}，请写成 task.close、milestone.* 或者 *（全部）这样的形式。")
    return {"name": title, "url": tidy_target(url), "events": patterns, "campaign_id": campaign_id}


def tidy_target(url: str) -> str:
    """Raises ValueRefused unless it is an address that can be posted to and that carries no password."""
    bare = url.strip()
    try:
        parts = urlsplit(bare)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_password = "@" in parts.netloc
    except ValueError:
        is_address = has_password = False
    is_plain = bare.isascii() and bare.isprintable() and not any(character in bare for character in " \\#")
    if not (is_address and is_plain) or len(bare) > URL_LENGTH:
        raise ValueRefused(
            f"推送地址须是以 http:// 或者 https:// 开头的完整网址，不含空格、中文和“#”，不超过{URL_LENGTH}个字符。"
        )
    if has_password:
        raise ValueRefused("推送地址里带有用户名或者密码，请去掉后再保存；接收方请用签名核对来源。")
    return bare


def _facts(webhook: Webhook) -> dict[str, Any]:
    """What the trail says of a webhook: never its secret, and not what an address may carry behind its host."""
    return {
        "name": webhook.name,
        "host": urlsplit(webhook.url).hostname,
        "events": webhook.events,
        "campaign_id": webhook.campaign_id,
    }


def _tell(
    session: Session, verb: str, webhook: Webhook, actor: Actor, at: datetime, data: Mapping[str, Any]
) -> None:
    record(
        session,
        kind=f"webhook.{verb}",
        actor=actor,
        at=at,
        subject="webhook",
        subject_id=id_of(webhook),
        data={"name": webhook.name, **data},
    )
