"""Accounts, sessions, tokens and the record of who came. `find_open_session` and `find_token` run on every request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import bindparam, false, or_
from sqlalchemy import select as columns
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel, col, func, select

from tracker.errors import AccountNotFound, ApiTokenNotFound
from tracker.identity import id_of
from tracker.loading import stored_row
from tracker.models import (
    AccessKind,
    AccessRecord,
    Account,
    ApiToken,
    CalendarFeed,
    CampaignRole,
    LoginSession,
    Person,
    SignInCounter,
)
from tracker.models.accounts import Theme
from tracker.prepared import Prepared
from tracker.queries.rows import get_row
from workflows.roles import Role

_Row = TypeVar("_Row", bound=SQLModel)
_TABLES = SQLModel.metadata.tables


def get_account(session: Session, account_id: int) -> Account:
    """Raises AccountNotFound."""
    return get_row(session, Account, account_id, AccountNotFound)


def find_account(session: Session, person_id: int) -> Account | None:
    """The account of a person."""
    return session.exec(select(Account).where(Account.person_id == person_id)).first()


def find_account_by_login_name(session: Session, login_name: str) -> tuple[Account, Person] | None:
    """The account of a folded login name, and whose it is."""
    return session.exec(
        select(Account, Person)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(Account.login_name == login_name)
    ).first()


def find_account_by_invite(session: Session, invite_sha256: str) -> tuple[Account, Person] | None:
    """The account that a one-time code opens, held against others, and whose it is."""
    return session.exec(
        select(Account, Person)
        .join(Person, col(Person.id) == col(Account.person_id))
        .where(Account.invite_sha256 == invite_sha256)
        .with_for_update()
    ).first()


def list_accounts(session: Session) -> Sequence[tuple[Account, Person]]:
    """Every account and whose it is, by the person's id."""
    return session.exec(
        select(Account, Person)
        .join(Person, col(Person.id) == col(Account.person_id))
        .order_by(col(Person.id))
    ).all()


def list_people_without_account(session: Session) -> Sequence[Person]:
    """Active people who have no account yet, by id."""
    return session.exec(
        select(Person)
        .where(col(Person.is_active), col(Person.id).not_in(select(Account.person_id)))
        .order_by(col(Person.id))
    ).all()


def _labelled(model: type[SQLModel]) -> list[Any]:
    table = _TABLES[str(model.__tablename__)]
    return [column.label(f"{table.name}_{column.name}") for column in table.c]


def _held(session: Session, model: type[_Row], values: Sequence[Any]) -> _Row:
    """The row of these values as one of the session's; the one that the session holds already, where it does."""
    named = dict(zip(_TABLES[str(model.__tablename__)].c.keys(), values, strict=True))
    known = session.identity_map.get(identity_key(model, named["id"]))
    return known if isinstance(known, model) else stored_row(session, model, named)


class OpenSession(NamedTuple):
    """Who is signed in, as every request has to know it; no secret of his is read for that."""

    session_id: int
    csrf: str
    opened_at: datetime
    seen_at: datetime
    proven_at: datetime | None
    is_by_provider: bool
    account_id: int
    login_name: str
    theme: Theme
    must_change_password: bool
    has_password: bool
    has_second_factor: bool
    person_id: int
    name: str


_PERSON_COLUMNS, _TOKEN_COLUMNS = (_labelled(model) for model in (Person, ApiToken))
_SESSION = Prepared(
    columns(
        col(LoginSession.id),
        col(LoginSession.csrf),
        col(LoginSession.opened_at),
        col(LoginSession.seen_at),
        col(LoginSession.proven_at),
        col(LoginSession.is_by_provider),
        col(Account.id),
        col(Account.login_name),
        col(Account.theme),
        col(Account.must_change_password),
        col(Account.password_hash).is_not(None),
        col(Account.second_factor_at).is_not(None),
        col(Person.id),
        col(Person.name),
    )
    .join(_TABLES["account"], col(Account.id) == col(LoginSession.account_id))
    .join(_TABLES["person"], col(Person.id) == col(Account.person_id))
    .where(
        col(LoginSession.token_sha256) == bindparam("token_sha256"),
        col(Account.is_locked) == false(),
        col(Person.is_active),
    )
)
_TOKEN = Prepared(
    columns(*_TOKEN_COLUMNS, *_PERSON_COLUMNS)
    .join(_TABLES["person"], col(Person.id) == col(ApiToken.person_id))
    .outerjoin(_TABLES["account"], col(Account.person_id) == col(Person.id))
    .where(
        col(ApiToken.token_sha256) == bindparam("token_sha256"),
        col(ApiToken.revoked_at).is_(None),
        col(Person.is_active),
        or_(col(Account.id).is_(None), col(Account.is_locked) == false()),
    )
)


def find_open_session(session: Session, token_sha256: str) -> OpenSession | None:
    """The session of a token, of an account that is not locked and a person who is active, however old it is."""
    session.flush()
    rows = _SESSION.rows(session, {"token_sha256": token_sha256})
    return OpenSession._make(rows[0]) if rows else None


def list_sessions_of(session: Session, account_id: int) -> Sequence[LoginSession]:
    """The sessions of an account, the last seen one first."""
    return session.exec(
        select(LoginSession)
        .where(LoginSession.account_id == account_id)
        .order_by(col(LoginSession.seen_at).desc(), col(LoginSession.id).desc())
    ).all()


def list_sessions_over(
    session: Session, *, seen_before: datetime, opened_before: datetime
) -> Sequence[tuple[LoginSession, Account]]:
    """Sessions whose time is over, and whose they are, by id."""
    return session.exec(
        select(LoginSession, Account)
        .join(Account, col(Account.id) == col(LoginSession.account_id))
        .where(or_(col(LoginSession.seen_at) <= seen_before, col(LoginSession.opened_at) <= opened_before))
        .order_by(col(LoginSession.id))
    ).all()


def find_counter(session: Session, key: str) -> SignInCounter | None:
    return session.get(SignInCounter, key)


def lock_counter(session: Session, key: str) -> SignInCounter:
    """The counter, which is there, held against others until the transaction ends."""
    statement = select(SignInCounter).where(SignInCounter.key == key).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def list_access_records(
    session: Session,
    *,
    account_id: int | None = None,
    kinds: Collection[AccessKind] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> Sequence[AccessRecord]:
    """What happened at the door, the newest first; `before_id` asks for the page that follows."""
    statement = select(AccessRecord).order_by(col(AccessRecord.id).desc()).limit(limit)
    if account_id is not None:
        statement = statement.where(AccessRecord.account_id == account_id)
    if kinds:
        statement = statement.where(col(AccessRecord.kind).in_(kinds))
    if since is not None:
        statement = statement.where(col(AccessRecord.at) >= since)
    if until is not None:
        statement = statement.where(col(AccessRecord.at) < until)
    if before_id is not None:
        statement = statement.where(col(AccessRecord.id) < before_id)
    return session.exec(statement).all()


def find_live_token(session: Session, token_sha256: str) -> tuple[ApiToken, Person] | None:
    """A token that was not revoked, of a person who is active and not locked out, however old it is."""
    session.flush()
    rows = _TOKEN.rows(session, {"token_sha256": token_sha256})
    if not rows:
        return None
    first = len(_TOKEN_COLUMNS)
    return _held(session, ApiToken, rows[0][:first]), _held(session, Person, rows[0][first:])


def get_token(session: Session, token_id: int) -> ApiToken:
    """Raises ApiTokenNotFound."""
    return get_row(session, ApiToken, token_id, ApiTokenNotFound)


def list_tokens(session: Session, *, person_id: int | None = None) -> Sequence[tuple[ApiToken, Person]]:
    """Tokens, revoked and expired ones too, and whose they are, the newest first."""
    statement = (
        select(ApiToken, Person)
        .join(Person, col(Person.id) == col(ApiToken.person_id))
        .order_by(col(ApiToken.id).desc())
    )
    if person_id is not None:
        statement = statement.where(ApiToken.person_id == person_id)
    return session.exec(statement).all()


def find_feed_of(session: Session, person_id: int) -> CalendarFeed | None:
    return session.exec(select(CalendarFeed).where(CalendarFeed.person_id == person_id)).first()


def find_person_of_feed(session: Session, token_sha256: str) -> Person | None:
    """Whose days a feed shows: somebody active who is not locked out."""
    return session.exec(
        select(Person)
        .join(CalendarFeed, col(CalendarFeed.person_id) == col(Person.id))
        .outerjoin(Account, col(Account.person_id) == col(Person.id))
        .where(
            CalendarFeed.token_sha256 == token_sha256,
            col(Person.is_active),
            or_(col(Account.id).is_(None), col(Account.is_locked) == false()),
        )
    ).first()


def list_administrators(session: Session) -> Sequence[Person]:
    """Active administrators, by id."""
    return session.exec(
        select(Person).where(col(Person.is_active), col(Person.is_administrator)).order_by(col(Person.id))
    ).all()


def lock_administrators(session: Session) -> Sequence[Person]:
    """Active administrators who can sign in, by id; none of them changes until the transaction ends."""
    people = session.exec(
        select(Person)
        .where(col(Person.is_active), col(Person.is_administrator))
        .order_by(col(Person.id))
        .with_for_update()
    ).all()
    locked = set(session.exec(select(Account.person_id).where(col(Account.is_locked))).all())
    return [person for person in people if id_of(person) not in locked]


def is_auditor_anywhere(session: Session, person_id: int) -> bool:
    statement = select(CampaignRole.id).where(
        CampaignRole.person_id == person_id, CampaignRole.role == Role.AUDITOR
    )
    return session.exec(statement.limit(1)).first() is not None


def find_address_holder(session: Session, address: str, *, except_id: int | None = None) -> Person | None:
    """The active person who has an e-mail address, in any case."""
    statement = select(Person).where(func.lower(col(Person.email)) == address.lower(), col(Person.is_active))
    if except_id is not None:
        statement = statement.where(col(Person.id) != except_id)
    return session.exec(statement).first()
