"""Accounts as administrators look at them: whose they are, when they were last used, on how many devices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from tracker.identity import id_of
from tracker.models import Account, LoginSession, Person, SignInCounter, Unit

PER_PAGE = 50


class AccountState(StrEnum):
    """Where an account stands. `INVITED`: nobody has used its one-time code yet."""

    ACTIVE = "active"
    INVITED = "invited"
    LOCKED = "locked"


STATE_LABELS = {
    AccountState.ACTIVE: "正常",
    AccountState.INVITED: "待启用",
    AccountState.LOCKED: "已锁定",
}


def state_of(account: Account) -> AccountState:
    if account.is_locked:
        return AccountState.LOCKED
    return AccountState.ACTIVE if account.password_hash else AccountState.INVITED


@dataclass(frozen=True)
class AccountRow:
    account: Account
    person: Person
    unit: str | None
    devices: int

    @property
    def state(self) -> AccountState:
        return state_of(self.account)


@dataclass(frozen=True)
class AccountPage:
    rows: tuple[AccountRow, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def list_account_page(
    session: Session,
    *,
    text: str = "",
    state: AccountState | None = None,
    page: int = 1,
    seen_after: datetime,
    opened_after: datetime,
) -> AccountPage:
    """One page of accounts by the person's id. A device counts that was seen, and signed in, after these moments."""
    conditions = _conditions(text, state)
    joined = select(Account, Person, Unit.name).join(Person, col(Person.id) == col(Account.person_id))
    rows = session.exec(
        joined.outerjoin(Unit, col(Unit.id) == col(Person.unit_id))
        .where(*conditions)
        .order_by(col(Person.id))
        .limit(PER_PAGE)
        .offset(PER_PAGE * (page - 1))
    ).all()
    total = session.exec(
        select(func.count())
        .select_from(Account)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(*conditions)
    ).one()
    devices = _count_devices(session, [id_of(account) for account, _, _ in rows], seen_after, opened_after)
    return AccountPage(
        tuple(
            AccountRow(account, person, unit, devices.get(id_of(account), 0))
            for account, person, unit in rows
        ),
        total,
        page,
    )


def list_closed_until(session: Session, keys: Collection[str], *, at: datetime) -> dict[str, datetime]:
    """Until when names are not listened to after too many failures, by the key of their counters."""
    rows = session.exec(
        select(SignInCounter).where(col(SignInCounter.key).in_(keys), col(SignInCounter.closed_until) > at)
    ).all()
    return {row.key: row.closed_until for row in rows if row.closed_until}


def _conditions(text: str, state: AccountState | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        or_(
            col(Person.name).icontains(word, autoescape=True),
            col(Account.login_name).icontains(word, autoescape=True),
        )
        for word in text.split()
    ]
    if state is AccountState.LOCKED:
        conditions.append(col(Account.is_locked).is_(True))
    elif state is not None:
        has_password = col(Account.password_hash).is_not(None)
        conditions += [
            col(Account.is_locked).is_(False),
            has_password if state is AccountState.ACTIVE else ~has_password,
        ]
    return conditions


def _count_devices(
    session: Session, account_ids: Collection[int], seen_after: datetime, opened_after: datetime
) -> dict[int, int]:
    rows = session.exec(
        select(LoginSession.account_id, func.count())
        .where(
            col(LoginSession.account_id).in_(account_ids),
            col(LoginSession.seen_at) > seen_after,
            col(LoginSession.opened_at) > opened_after,
        )
        .group_by(col(LoginSession.account_id))
    ).all()
    return dict(rows)
