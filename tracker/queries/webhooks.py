"""Webhooks, what was told to them, and what they may be told."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, update
from sqlmodel import Session, and_, col, func, select

from tracker.errors import NotFound
from tracker.models import AuditEvent, Task
from tracker.models.webhooks import DeliveryState, Webhook, WebhookDelivery
from tracker.queries.rows import get_row
from tracker.queries.timeline import EVENT_LABELS

EVERYTHING = "*"
# What concerns work. Who has an account, a part or an address is told to nobody outside.
_SUBJECTS = frozenset(
    {
        "campaign",
        "deduction",
        "event",
        "evidence",
        "extension",
        "finding",
        "import",
        "instruction",
        "milestone",
        "package",
        "task",
    }
)
KINDS: tuple[str, ...] = tuple(sorted(kind for kind in EVENT_LABELS if kind.partition(".")[0] in _SUBJECTS))


class WebhookNotFound(NotFound):
    noun = "事件推送"


class DeliveryNotFound(NotFound):
    noun = "推送记录"


def expand_patterns(patterns: Collection[str]) -> frozenset[str]:
    """The kinds of events that patterns such as `task.close`, `milestone.*` and `*` stand for."""
    return frozenset(kind for kind in KINDS for pattern in patterns if matches(kind, pattern))


def matches(kind: str, pattern: str) -> bool:
    return pattern in (EVERYTHING, kind) or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))


def get_webhook(session: Session, webhook_id: int) -> Webhook:
    """Raises WebhookNotFound."""
    return get_row(session, Webhook, webhook_id, WebhookNotFound)


def get_delivery(session: Session, delivery_id: int) -> WebhookDelivery:
    """Raises DeliveryNotFound."""
    return get_row(session, WebhookDelivery, delivery_id, DeliveryNotFound)


def find_webhook_named(session: Session, name: str) -> Webhook | None:
    return session.exec(select(Webhook).where(Webhook.name == name)).first()


def list_webhooks(session: Session) -> Sequence[Webhook]:
    """Webhooks by id."""
    return session.exec(select(Webhook).order_by(col(Webhook.id))).all()


def has_webhook_behind(session: Session, event_id: int) -> bool:
    """Whether an active webhook was not yet looked at for the events up to this one."""
    statement = select(Webhook.id).where(col(Webhook.is_active), col(Webhook.event_id) < event_id)
    return session.exec(statement.limit(1)).first() is not None


def lock_webhooks_behind(session: Session, event_id: int) -> Sequence[Webhook]:
    """Active webhooks that were not yet looked at for the events up to this one, held until the transaction ends."""
    return session.exec(
        select(Webhook)
        .where(col(Webhook.is_active), col(Webhook.event_id) < event_id)
        .order_by(col(Webhook.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def list_event_ids_for(session: Session, webhook: Webhook, *, until: int) -> Sequence[int]:
    """Events after the last one looked at, up to another, that the webhook is told of; in order."""
    kinds = expand_patterns(webhook.events)
    conditions = [
        col(AuditEvent.id) > webhook.event_id,
        col(AuditEvent.id) <= until,
        col(AuditEvent.kind).in_(sorted(kinds)),
    ]
    if webhook.campaign_id is not None:
        of_task = col(AuditEvent.task_id).in_(select(Task.id).where(Task.campaign_id == webhook.campaign_id))
        of_campaign = and_(
            col(AuditEvent.subject) == "campaign", col(AuditEvent.subject_id) == webhook.campaign_id
        )
        conditions.append(or_(of_task, of_campaign))
    return session.exec(select(AuditEvent.id).where(*conditions).order_by(col(AuditEvent.id))).all()


def list_deliveries(
    session: Session, webhook_id: int, *, state: DeliveryState | None = None, most: int = 50
) -> Sequence[tuple[WebhookDelivery, AuditEvent]]:
    """What was told to a webhook, or will be, with the events; the newest first."""
    statement = (
        select(WebhookDelivery, AuditEvent)
        .join(AuditEvent, col(AuditEvent.id) == col(WebhookDelivery.event_id))
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(col(WebhookDelivery.id).desc())
        .limit(most)
    )
    if state is not None:
        statement = statement.where(WebhookDelivery.state == state)
    return session.exec(statement).all()


def count_deliveries(session: Session) -> dict[int, dict[DeliveryState, int]]:
    """How many deliveries of each webhook are in each state that occurs."""
    rows = session.exec(
        select(WebhookDelivery.webhook_id, WebhookDelivery.state, func.count()).group_by(
            col(WebhookDelivery.webhook_id), col(WebhookDelivery.state)
        )
    ).all()
    counts: dict[int, dict[DeliveryState, int]] = {}
    for webhook_id, state, number in rows:
        counts.setdefault(webhook_id, {})[DeliveryState(state)] = number
    return counts


def has_delivery_due(session: Session, *, at: datetime) -> bool:
    """Whether anything may be tried at `at`. Reads only, so that an idle tick takes no lock."""
    return session.exec(select(WebhookDelivery.id).where(*_due(at)).limit(1)).first() is not None


def claim_deliveries(
    session: Session, *, worker: str, at: datetime, until: datetime, most: int
) -> Sequence[int]:
    """Claim up to `most` deliveries that may be tried by `at`; of two workers one gets each. The caller commits."""
    free = (
        select(WebhookDelivery.id)
        .where(*_due(at))
        .order_by(col(WebhookDelivery.next_try_at), col(WebhookDelivery.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(WebhookDelivery)
        .where(col(WebhookDelivery.id).in_(free))
        .values(claimed_by=worker, claimed_until=until)
        .returning(col(WebhookDelivery.id))
        .execution_options(synchronize_session=False)
    )
    return sorted(number for number in session.connection().execute(claim).scalars() if number is not None)


@dataclass(frozen=True)
class Claimed:
    """What is needed to tell one webhook of one event."""

    delivery: WebhookDelivery
    webhook: Webhook
    event: AuditEvent
    campaign_id: int | None


def list_claimed(session: Session, delivery_ids: Collection[int]) -> list[Claimed]:
    """These deliveries with everything about them, by id."""
    rows = session.exec(
        select(WebhookDelivery, Webhook, AuditEvent, Task.campaign_id)
        .join(Webhook, col(Webhook.id) == col(WebhookDelivery.webhook_id))
        .join(AuditEvent, col(AuditEvent.id) == col(WebhookDelivery.event_id))
        .outerjoin(Task, col(Task.id) == col(AuditEvent.task_id))
        .where(col(WebhookDelivery.id).in_(delivery_ids))
        .order_by(col(WebhookDelivery.id))
    ).all()
    return [Claimed(*row) for row in rows]


def _due(at: datetime) -> list[ColumnElement[bool]]:
    live = select(Webhook.id).where(col(Webhook.is_active))
    return [
        col(WebhookDelivery.state) == DeliveryState.WAITING,
        col(WebhookDelivery.next_try_at) <= at,
        or_(col(WebhookDelivery.claimed_until).is_(None), col(WebhookDelivery.claimed_until) <= at),
        col(WebhookDelivery.webhook_id).in_(live),
    ]
