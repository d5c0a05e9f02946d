"""What is owed to whom (`Notice`), and the letters that carry it (`Letter`): the outbox.

A notice is unique by its key: (milestone, due date, recipient, rule) for planned reminders, the causing event
for immediate ones. That a notice exists means that it was decided; any number of rounds, restarts and second
schedulers changes nothing. Letters are claimed with a lease and delivered at least once under one Message-ID.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Index
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field, rows_where


class LetterState(StrEnum):
    PENDING = "pending"
    SENT = "sent"
    GIVEN_UP = "given_up"


class LetterKind(StrEnum):
    DIGEST = "digest"
    IMMEDIATE = "immediate"
    WEEKLY = "weekly"


class Letter(SQLModel, table=True):
    """One message to one person, rendered once and kept as it was sent.

    `key` names what it carries, so that it is written once; `message_id` is its name on every try. The channel and
    the address are those of the last try: a person's address may change while a letter waits.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_state_next_try_at", "state", "next_try_at"),
        Index("uq_letter_digest", "office_day", "recipient_id", unique=True, **rows_where("kind = 'digest'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=160)
    kind: LetterKind = enum_field(LetterKind)
    recipient_id: int = Field(foreign_key="person.id", index=True)
    office_day: date  # the day it belongs to
    channel: str | None = Field(default=None, max_length=20)
    address: str | None = Field(default=None, max_length=254)
    message_id: str = Field(unique=True, max_length=200)
    thread_id: str | None = Field(default=None, max_length=200)  # References: one thread a task
    reply_to: str | None = Field(default=None, max_length=254)
    subject: str
    text: str
    html: str | None = None
    attachments: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    state: LetterState = enum_field(LetterState, default=LetterState.PENDING)
    created_at: datetime
    next_try_at: datetime
    tries: int = 0
    claimed_by: str | None = Field(default=None, max_length=60)
    claimed_until: datetime | None = None
    sent_at: datetime | None = None
    error: str | None = None


class Notice(SQLModel, table=True):
    """One thing that one person is to be told, once. `facts` is what the template says of it.

    It waits until a letter carries it, or until it is withdrawn because it is no longer true.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index(
            "ix_notice_waiting", "recipient_id", **rows_where("letter_id IS NULL AND withdrawn_at IS NULL")
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=160)
    rule: str = Field(max_length=60)
    recipient_id: int = Field(foreign_key="person.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    milestone_id: int | None = Field(default=None, foreign_key="milestone.id", index=True)
    due_on: date | None = None
    event_id: int | None = Field(default=None, foreign_key="audit_event.id")
    office_day: date
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    letter_id: int | None = Field(default=None, foreign_key="letter.id", index=True)
    withdrawn_at: datetime | None = None
    created_at: datetime


class RoundProgress(SQLModel, table=True):
    """How far the rounds have come. Its one row is locked by the round at work, so there is never a second one.

    `event_id` is the last audit event that was read; `office_day` the last day whose planned reminders were
    begun; `plan` a checksum of the policy and calendar that they were planned by.
    """

    __tablename__ = "round_progress"

    id: int = Field(default=1, primary_key=True)
    event_id: int = 0
    office_day: date | None = None
    plan: str = Field(default="", max_length=64)


class SentReport(SQLModel, table=True):
    """A weekly report as it was sent: its snapshot, from which every form is drawn again byte for byte."""

    __tablename__ = "sent_report"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=120)  # week and scope
    week: str = Field(max_length=10)
    scope: str = Field(max_length=80)
    snapshot: dict[str, Any] = Field(sa_type=JSON)
    sha256: str = Field(max_length=64)
    created_at: datetime
    sent_at: datetime | None = None


class Heartbeat(SQLModel, table=True):
    """The last sign of life of a worker."""

    __tablename__ = "heartbeat"

    worker: str = Field(primary_key=True, max_length=60)
    seen_at: datetime
