"""Programs that are told of events: where they listen, and what was told to them.

A delivery is unique by webhook and event: that it exists means that the event is to be told, once for ever.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field

URL_LENGTH = 2000


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    ABANDONED = "abandoned"  # tried too often; on record, and may be tried again by hand


DELIVERY_LABELS: dict[DeliveryState, str] = {
    DeliveryState.WAITING: "待送达",
    DeliveryState.DELIVERED: "已送达",
    DeliveryState.ABANDONED: "已放弃",
}


class Webhook(SQLModel, table=True):
    """One address that is told of events. `event_id` is the last event that was looked at for it.

    The secret signs, so it is kept as it is and not as a hash; it is shown once, when it is made.
    """

    __tablename__ = "webhook"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=60)
    url: str = Field(max_length=URL_LENGTH)
    secret: str = Field(max_length=100, repr=False)
    events: list[str] = Field(default_factory=list, sa_type=JSON)  # task.close, milestone.*, *
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id")  # None: of every campaign
    is_active: bool = True
    event_id: int = 0
    created_at: datetime
    created_by_id: int | None = Field(default=None, foreign_key="person.id")


class WebhookDelivery(SQLModel, table=True):
    """One event for one webhook. `claimed_*` say which worker is at it, and until when."""

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_state_next_try_at", "state", "next_try_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: int = Field(foreign_key="webhook.id")
    event_id: int = Field(foreign_key="audit_event.id")
    state: DeliveryState = enum_field(DeliveryState, default=DeliveryState.WAITING)
    created_at: datetime
    next_try_at: datetime
    tries: int = 0
    claimed_by: str | None = Field(default=None, max_length=60)
    claimed_until: datetime | None = None
    delivered_at: datetime | None = None
    error: str | None = None
