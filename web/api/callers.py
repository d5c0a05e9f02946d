"""Which program asks, and in whose name: the token of a request, looked at before anything else.

Only tokens open the API; the cookie of a session does not, so no page of another site can use it. Failures are
counted by address, apart from those of signing in: a program left behind with an old token locks nobody out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from tracker.identity import id_of
from tracker.models import ApiToken
from tracker.services.accounts import find_token, is_token_touch_due, touch_token
from tracker.services.accounts.token_failures import count_token_failure, seconds_closed_to_tokens
from web.access import scope_of
from web.api.refusals import ScopeMissing, TokenRefused, TokenRequired, TooManyTries
from web.desk import wall_clock
from web.house import House

SCHEME = HTTPBearer(
    scheme_name="token",
    description="接口令牌，由本人在“我的设置”里签发，权限不超过本人，也不超过令牌的权限范围。",
    auto_error=False,
)


@dataclass(frozen=True)
class Caller:
    """The person in whose name a program asks."""

    person_id: int
    name: str


def find_caller(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(SCHEME)]
) -> Caller:
    """Whose token the request brings. Raises TokenRequired, TokenRefused, ScopeMissing or TooManyTries."""
    house: House = request.app.state.house
    scope = scope_of(request.scope["route"])
    assert scope is not None  # the application is not made otherwise
    if credentials is None:
        raise TokenRequired
    address, at = request.client.host if request.client else "", wall_clock()
    agent = request.headers.get("user-agent", "")
    with house.reading() as session:
        if seconds := seconds_closed_to_tokens(session, address, at=at):
            raise TooManyTries(seconds)
        found = find_token(session, credentials.credentials, at=at)
    if found is None:
        with house.writing() as session:
            count_token_failure(session, address=address, agent=agent, at=at, policy=house.sign_in)
        raise TokenRefused
    token, person = found
    request.state.caller = caller = Caller(id_of(person), person.name)
    if scope.value not in token.scopes:
        raise ScopeMissing(scope)
    _note_use(house, token, address, agent)
    return caller


find_caller.checks_token = True  # type: ignore[attr-defined]

ApiCaller = Annotated[Caller, Depends(find_caller)]


def _note_use(house: House, token: ApiToken, address: str, agent: str) -> None:
    """Note that the token was used, at most once a minute: what is only read takes the write lock for it alone."""
    at = wall_clock()
    if is_token_touch_due(token, at=at):
        with house.writing() as session:
            touch_token(session, id_of(token), at=at, address=address, agent=agent)
