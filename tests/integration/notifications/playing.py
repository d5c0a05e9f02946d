"""Playing rounds at given moments, and reading what they wrote."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from notifications.models import Letter, Notice
from notifications.rounds import RoundOutcome, run_round
from tests.reminder_policies import published_calendar, shipped_hours, shipped_policy
from tracker.clock import office_moment
from tracker.database import write_session
from tracker.models import Person

CONSOLE_URL = "http://oa.example.org:8000"


def play(session: Session, at: datetime) -> RoundOutcome:
    """One round in the session's transaction, which stays open."""
    return run_round(
        session,
        at=at,
        policy=shipped_policy(),
        hours=shipped_hours(),
        calendar=published_calendar(),
        console_url=CONSOLE_URL,
    )


def play_and_commit(engine: Engine, at: datetime) -> RoundOutcome:
    with write_session(engine) as session:
        return play(session, at)


def morning(day: str, year: int = 2024) -> datetime:
    """The digest's moment of a day given as MM-DD."""
    return office_moment(date.fromisoformat(f"{year}-{day}"), 8, 30)


def told(session: Session) -> list[tuple[str, str, str]]:
    """Every notice as (day, person, rule), in order; withdrawn ones left out."""
    rows = session.exec(
        select(col(Notice.office_day), col(Person.name), col(Notice.rule))
        .join(Person, col(Person.id) == col(Notice.recipient_id))
        .where(col(Notice.withdrawn_at).is_(None))
        .order_by(col(Notice.office_day), col(Notice.recipient_id), col(Notice.id))
    ).all()
    return [(day.isoformat()[5:], name, rule) for day, name, rule in rows]


def outbox(session: Session) -> list[tuple[object, ...]]:
    """Everything that makes the outbox what it is, apart from when it was written."""
    letters = session.exec(select(Letter).order_by(col(Letter.key))).all()
    notices = session.exec(select(Notice).order_by(col(Notice.key))).all()
    key_of = {letter.id: letter.key for letter in letters}
    return [
        *((letter.key, letter.subject, letter.text, letter.html) for letter in letters),
        *((notice.key, key_of.get(notice.letter_id)) for notice in notices),
    ]
