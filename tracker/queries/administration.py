"""The office in a few figures, for whoever looks after it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import literal, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, select

from tracker.models import Account, Campaign, Person, Unit


@dataclass(frozen=True)
class OfficeFigures:
    """`without_…` count active people only."""

    campaigns: int
    units: int
    people: int
    without_address: int
    without_account: int
    locked_accounts: int


def count_office(session: Session) -> OfficeFigures:
    """Open campaigns, active units and people, and what they still lack, in one statement."""
    active = col(Person.is_active)
    counts = {
        "campaigns": columns(func.count(col(Campaign.id))).where(col(Campaign.closed_at).is_(None)),
        "units": columns(func.count(col(Unit.id))).where(col(Unit.is_active)),
        "people": columns(func.count(col(Person.id))).where(active),
        "without_address": columns(func.count(col(Person.id))).where(active, col(Person.email).is_(None)),
        "without_account": columns(func.count(col(Person.id))).where(
            active, col(Person.id).not_in(select(Account.person_id))
        ),
        "locked_accounts": columns(func.count(col(Account.id))).where(col(Account.is_locked)),
    }
    statement = union_all(
        *(columns(literal(name), count.scalar_subquery()) for name, count in counts.items())
    )
    rows = session.connection().execute(statement).all()
    return OfficeFigures(**{str(name): int(count) for name, count in rows})
