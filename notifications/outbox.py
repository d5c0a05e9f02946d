"""The outbox: letters are posted once by key, claimed with a lease, and marked after they were handed over.

Posting is part of the caller's transaction, so that a letter exists exactly when its cause does. Delivering is
at least once: a worker that dies between handing over and marking leaves its letters to the next one, who sends
them under the same Message-ID.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import CursorResult, Update, bindparam, func, or_, select, update
from sqlmodel import Session, col

from notifications.channels.base import Attachment
from notifications.models import Letter, LetterKind, LetterState
from notifications.retrying import RetryPlan
from tracker.clock import office_day
from tracker.database import insert_new
from tracker.models import Person

LEASE = timedelta(minutes=20)


def post_letter(
    session: Session,
    *,
    recipient_id: int,
    subject: str,
    text: str,
    kind: LetterKind,
    key: str,
    at: datetime,
    html: str | None = None,
    attachments: Sequence[Attachment] = (),
    thread_id: str | None = None,
    reply_to: str | None = None,
) -> int | None:
    """Put a letter into the outbox, once for ever by `key`; returns its id, or None where it was posted before.

    `key` says what the letter carries to whom (`weekly:2024-W22:all:7`). The caller commits.
    """
    row = {
        "key": key,
        "kind": kind,
        "recipient_id": recipient_id,
        "office_day": office_day(at),
        "message_id": _message_id(key, at),
        "thread_id": thread_id,
        "reply_to": reply_to,
        "subject": subject,
        "text": text,
        "html": html,
        "attachments": [_as_json(each) for each in attachments],
        "state": LetterState.PENDING,
        "created_at": at,
        "next_try_at": at,
        "tries": 0,
    }
    letters = Letter.metadata.tables["letter"]
    statement = insert_new(session, Letter).returning(letters.c.id)
    return session.connection().execute(statement, row).scalar()


def attachments_of(letter: Letter) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(each["name"], each["media_type"], base64.b64decode(each["content"]))
        for each in letter.attachments
    )


def claim_letters(session: Session, *, worker: str, at: datetime, most: int) -> list[int]:
    """Claim up to `most` letters that may be tried by `at`, the oldest first, until `at` + LEASE.

    One conditional update: of two workers one gets each letter. PostgreSQL passes over rows that another worker is
    claiming at this moment; SQLite lets one claim after the other. The caller commits.
    """
    free = (
        select(col(Letter.id))
        .where(
            col(Letter.state) == LetterState.PENDING,
            col(Letter.next_try_at) <= at,
            or_(col(Letter.claimed_until).is_(None), col(Letter.claimed_until) <= at),
        )
        .order_by(col(Letter.next_try_at), col(Letter.id))
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(Letter)
        .where(col(Letter.id).in_(free))
        .values(claimed_by=worker, claimed_until=at + LEASE)
        .returning(col(Letter.id))
        .execution_options(synchronize_session=False)
    )
    return sorted(number for number in session.connection().execute(claim).scalars() if number is not None)


_CLAIMED = (col(Letter.id) == bindparam("letter_id"), col(Letter.claimed_by) == bindparam("worker"))
_RELEASED = {"claimed_by": None, "claimed_until": None}


_MARK_SENT = (
    update(Letter)
    .where(*_CLAIMED)
    .values(
        state=LetterState.SENT,
        sent_at=bindparam("moment"),
        channel=bindparam("by_channel"),
        address=bindparam("to_address"),
        error=None,
        **_RELEASED,
    )
    .execution_options(synchronize_session=False)
)


def mark_sent(
    session: Session,
    sent: Sequence[tuple[int, str | None]],
    *,
    worker: str,
    channel: str,
    at: datetime,
) -> None:
    """Mark claimed letters as sent, each to its address. One whose lease ran out is left to the worker that took it."""
    rows = [
        {"letter_id": letter_id, "worker": worker, "moment": at, "by_channel": channel, "to_address": address}
        for letter_id, address in sent
    ]
    session.connection().execute(_MARK_SENT, rows)


def mark_failed(
    session: Session,
    letter_id: int,
    *,
    worker: str,
    error: str,
    is_permanent: bool,
    plan: RetryPlan,
    at: datetime,
) -> LetterState:
    """Record a failed try: the letter waits a growing while, or is given up on record."""
    letter = session.get_one(Letter, letter_id)
    tries = letter.tries + 1
    again_at = None if is_permanent else plan.next_try_at(tries, at)
    state = LetterState.PENDING if again_at else LetterState.GIVEN_UP
    statement = update(Letter).values(
        state=state, tries=tries, error=error, next_try_at=again_at or letter.next_try_at, **_RELEASED
    )
    _mark(session, statement, letter_id, worker)
    return state


def release_letters(session: Session, letter_ids: Sequence[int], *, worker: str) -> None:
    """Give claimed letters back untried."""
    for letter_id in letter_ids:
        _mark(session, update(Letter).values(**_RELEASED), letter_id, worker)


class GivenUp(NamedTuple):
    letter_id: int
    recipient: str
    subject: str
    error: str
    created_at: datetime


def list_given_up(session: Session, *, most: int = 200) -> list[GivenUp]:
    """Letters that were given up and why, the newest first."""
    statement = (
        select(
            col(Letter.id), col(Person.name), col(Letter.subject), col(Letter.error), col(Letter.created_at)
        )
        .join(Person, col(Person.id) == col(Letter.recipient_id))
        .where(col(Letter.state) == LetterState.GIVEN_UP)
        .order_by(col(Letter.id).desc())
        .limit(most)
    )
    return [GivenUp._make(row) for row in session.connection().execute(statement)]


def count_letters(session: Session) -> dict[LetterState, int]:
    """How many letters are in each state; those that do not occur are 0."""
    statement = select(col(Letter.state), func.count()).group_by(col(Letter.state))
    counts = dict.fromkeys(LetterState, 0)
    for state, number in session.connection().execute(statement):
        counts[state] = number
    return counts


def retry_given_up(session: Session, *, at: datetime, letter_ids: Sequence[int] | None = None) -> int:
    """Let letters that were given up be tried again (all of them for None), after an address was set right."""
    statement = (
        update(Letter)
        .where(col(Letter.state) == LetterState.GIVEN_UP)
        .values(state=LetterState.PENDING, tries=0, next_try_at=at, error=None)
        .execution_options(synchronize_session=False)
    )
    if letter_ids is not None:
        statement = statement.where(col(Letter.id).in_(letter_ids))
    result = session.connection().execute(statement)
    assert isinstance(result, CursorResult)
    return result.rowcount


def _mark(session: Session, statement: Update, letter_id: int, worker: str) -> None:
    """Write to a letter while it is claimed by this worker; after its lease it is another's."""
    claimed = statement.where(*_CLAIMED).execution_options(synchronize_session=False)
    session.connection().execute(claimed, {"letter_id": letter_id, "worker": worker})


def _message_id(key: str, at: datetime) -> str:
    """The left half of the Message-ID: the same on every try, another in every installation and life."""
    return f"dingban-{hashlib.sha256(f'{key}|{at.isoformat()}'.encode()).hexdigest()[:32]}"


def _as_json(attachment: Attachment) -> dict[str, str]:
    return {
        "name": attachment.name,
        "media_type": attachment.media_type,
        "content": base64.b64encode(attachment.content).decode(),
    }
