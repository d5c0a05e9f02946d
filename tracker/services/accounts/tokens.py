"""Tokens by which a program acts as a person, within scopes; and the address of a person's calendar feed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session

from tracker.errors import ActRefused, ValueRefused
from tracker.identity import id_of
from tracker.models import AccessKind, ApiToken, CalendarFeed, Person, TokenScope
from tracker.queries.accounts import (
    find_account,
    find_feed_of,
    find_live_token,
    find_person_of_feed,
    get_token,
)
from tracker.queries.people import get_person
from tracker.services.accounts.codes import digest, new_token
from tracker.services.accounts.recording import record_access, record_act
from tracker.services.accounts.sessions import TOUCHED_EVERY
from tracker.services.auditing import Actor
from tracker.services.authority import require_self_or_administrator
from workflows.kernel import Unmet

TOKEN_MARK = "dbt_"  # noqa: S105  # tells people and leak scanners what was found
SHOWN_CHARACTERS = 8
MOST_DAYS = 366
LONGEST_NAME = 60


def create_token(
    session: Session,
    *,
    person_id: int,
    name: str,
    scopes: Collection[TokenScope],
    days: int,
    actor: Actor,
    at: datetime,
) -> tuple[ApiToken, str]:
    """Give somebody a token of his own, for at most a year; the second value is shown once and never again.

    Nobody gets another's: a program would act in his name. Raises ActRefused, PersonNotFound or ValueRefused.
    """
    person = get_person(session, person_id)
    if actor.person_id != person_id or actor.recorded_by_id is not None:
        raise ActRefused("签发接口令牌", [Unmet("not-own", "接口令牌只能由本人签发，请以本人身份办理")])
    if not person.is_active:
        raise ValueRefused(f"{person.name}已经停用，不能签发接口令牌。")
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise ValueRefused(f"请给接口令牌起一个名称（最多{LONGEST_NAME}个字），写明给哪个程序用。")
    if not scopes:
        raise ValueRefused("请至少选择一项权限范围。")
    if not 1 <= days <= MOST_DAYS:
        raise ValueRefused(f"有效期应为1至{MOST_DAYS}天。")
    secret = TOKEN_MARK + new_token()
    token = ApiToken(
        person_id=person_id,
        name=name.strip(),
        token_sha256=digest(secret),
        prefix=secret[:SHOWN_CHARACTERS],
        scopes=sorted(TokenScope(scope).value for scope in scopes),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    session.add(token)
    session.flush()
    _tell(session, AccessKind.TOKEN_CREATED, "token.create", token, person, actor, at)
    return token, secret


def find_token(session: Session, token: str, *, at: datetime) -> tuple[ApiToken, Person] | None:
    """The token and whose it is: one prepared statement. None where it was revoked, is over, or he may not in."""
    found = find_live_token(session, digest(token))
    return found if found and at < found[0].expires_at else None


def is_token_touch_due(token: ApiToken, *, at: datetime) -> bool:
    """Whether `touch_token` would write: at most once a minute."""
    return token.last_used_at is None or token.last_used_at + TOUCHED_EVERY <= at


def touch_token(session: Session, token_id: int, *, at: datetime, address: str = "", agent: str = "") -> bool:
    """Say that a token was used; the first time is recorded. False less than a minute after the last time."""
    token = get_token(session, token_id)
    if not is_token_touch_due(token, at=at):
        return False
    if token.last_used_at is None:
        person = get_person(session, token.person_id)
        _record(session, AccessKind.TOKEN_FIRST_USED, token, person, at, address, agent)
    token.last_used_at = at
    session.flush()
    return True


def revoke_token(session: Session, token_id: int, *, actor: Actor, at: datetime) -> ApiToken:
    """Let a token open nothing any more. Raises ApiTokenNotFound, or ActRefused for another's. The caller commits."""
    token = get_token(session, token_id)
    require_self_or_administrator(session, actor, token.person_id, "作废接口令牌")
    if token.revoked_at is None:
        token.revoked_at = at
        person = get_person(session, token.person_id)
        _tell(session, AccessKind.TOKEN_REVOKED, "token.revoke", token, person, actor, at)
    return token


def renew_feed(session: Session, person_id: int, *, at: datetime) -> str:
    """A new secret address for a person's calendar feed; the one before leads nowhere any more."""
    person = get_person(session, person_id)
    secret = new_token()
    feed = find_feed_of(session, person_id)
    if feed is None:
        session.add(CalendarFeed(person_id=person_id, token_sha256=digest(secret), created_at=at))
    else:
        feed.token_sha256, feed.created_at = digest(secret), at
    account = find_account(session, person_id)
    record_access(
        session,
        AccessKind.FEED_RENEWED,
        at=at,
        login_name=account.login_name if account else person.name,
        account_id=account.id if account else None,
    )
    session.flush()
    return secret


def find_feed(session: Session, token: str) -> Person | None:
    """Whose days the feed of this address shows; None where it leads nowhere."""
    return find_person_of_feed(session, digest(token))


def _tell(
    session: Session,
    access: AccessKind,
    kind: str,
    token: ApiToken,
    person: Person,
    actor: Actor,
    at: datetime,
) -> None:
    _record(session, access, token, person, at)
    data = {
        "person_id": person.id,
        "person": person.name,
        "name": token.name,
        "prefix": token.prefix,
        "scopes": token.scopes,
        "expires_at": token.expires_at.isoformat(),
    }
    record_act(session, kind, actor=actor, subject="token", subject_id=id_of(token), data=data)


def _record(
    session: Session,
    kind: AccessKind,
    token: ApiToken,
    person: Person,
    at: datetime,
    address: str = "",
    agent: str = "",
) -> None:
    account = find_account(session, id_of(person))
    record_access(
        session,
        kind,
        at=at,
        login_name=f"{account.login_name if account else person.name}（{token.prefix}…）",
        account_id=account.id if account else None,
        address=address,
        agent=agent,
    )
