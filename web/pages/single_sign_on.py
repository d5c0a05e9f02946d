"""Signing in by the office's own provider: there with a ticket, back with a code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import structlog
from fastapi import Query
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from tracker.services.accounts import SignedIn, mark_proven, sign_in_by_provider
from tracker.services.accounts.codes import fold_login_name
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, own_path, wall_clock
from web.opening import PageRouter
from web.pages.signing_in import address_of, end_session_of, login_page, set_session_cookie
from web.single_sign_on import SignOnFailed, SingleSignOn, Ticket

router = PageRouter()
log = structlog.get_logger(__name__)

COOKIE = "sso"
PLACE = "/login/sso"
SECONDS = 600


@router.get(PLACE, dependencies=[allow(Who.ANYONE)])
def begin(
    desk: ReadingDesk,
    next: Annotated[str, Query(max_length=2000)] = "/",  # noqa: A002
    again: Annotated[str, Query(max_length=1)] = "",
) -> Response:
    """With `again`, whoever is there already shows once more who he is: the provider is told to ask him."""
    sign_on = _sign_on_of(desk)
    ticket = Ticket.fresh()
    try:
        address = sign_on.begin(ticket, back=_back(desk), is_again=bool(again))
    except SignOnFailed as error:
        return _failed(desk, error)
    answer = RedirectResponse(address, status_code=303)
    goal = own_path(next) or "/"
    # Lax: the provider's redirect is a navigation from another site, and has to bring the ticket along.
    answer.set_cookie(
        COOKIE,
        f"{ticket.written()}|{goal}" if goal.isascii() else ticket.written(),
        path=PLACE,
        max_age=SECONDS,
        httponly=True,
        samesite="lax",
        secure=desk.house.is_secure,
    )
    return answer


@router.get(f"{PLACE}/back", dependencies=[allow(Who.ANYONE)])
def finish(
    desk: ReadingDesk,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Open a session for whoever the provider names, if he has an account here. A ticket serves once."""
    sign_on = _sign_on_of(desk)
    written, _, goal = desk.request.cookies.get(COOKIE, "").partition("|")
    ticket = Ticket.read(written)
    if ticket is None or not code:
        return _failed(desk, SignOnFailed("there is no ticket, or no code"))
    try:
        desk.session.rollback()  # nobody waits for the provider with a transaction open
        proved = sign_on.finish(ticket, state=state, code=code, back=_back(desk))
    except SignOnFailed as error:
        return _failed(desk, error)
    proven_at = moment_of(proved.asked_at)
    if _is_here(desk, proved.login_name):
        with desk.house.writing() as session:
            mark_proven(session, desk.visitor.session_id, at=proven_at)
        is_proven = desk.house.sign_in.is_proven(proven_at, at=wall_clock())
        return _without_ticket(desk.page("proven.html", is_proven=is_proven))
    with desk.house.writing() as session:
        outcome = sign_in_by_provider(
            session,
            login_name=proved.login_name,
            proven_at=proven_at,
            address=address_of(desk),
            agent=desk.request.headers.get("user-agent", ""),
            at=wall_clock(),
            policy=desk.house.sign_in,
        )
        if isinstance(outcome, SignedIn):
            end_session_of(desk, session)
    if not isinstance(outcome, SignedIn):
        return _without_ticket(login_page(desk, goal="/", refusal=outcome.sentence, status=401))
    answer = desk.done(own_path(goal) or "/")
    set_session_cookie(desk, answer, outcome.token)
    return _without_ticket(answer)


def _is_here(desk: Desk, login_name: str) -> bool:
    """Whether whom the provider names is the one who is there, by the provider, in this very session."""
    visitor = desk.visitor_or_none
    return (
        visitor is not None and visitor.is_by_provider and visitor.login_name == fold_login_name(login_name)
    )


def moment_of(seconds: int | None) -> datetime | None:
    """When the provider asked; never later than now, whatever it says."""
    if seconds is None:
        return None
    now = wall_clock()
    return datetime.fromtimestamp(min(max(seconds, 0), int(now.timestamp())), UTC)


def _sign_on_of(desk: Desk) -> SingleSignOn:
    if desk.house.sign_on is None:
        raise HTTPException(404)
    return desk.house.sign_on


def _back(desk: Desk) -> str:
    """Where the provider sends the browser back to: the address that is registered there, never the request's."""
    return f"{desk.house.console_url}{PLACE}/back"


def _failed(desk: Desk, error: SignOnFailed) -> Response:
    log.warning("统一身份认证没有完成", reason=error.reason)
    return _without_ticket(login_page(desk, goal="/", refusal=str(error), status=401))


def _without_ticket(answer: Response) -> Response:
    answer.delete_cookie(COOKIE, path=PLACE)
    return answer
