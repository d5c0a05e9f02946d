"""The desk of one request: who looks, through which transaction, at what moment; and how he is answered.

What a form does is one transaction at a writing desk, committed before the answer leaves. A reading desk takes no write
lock, and keeps nothing of what is changed at it: for pages, and for forms whose work is long or not in the register.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, Request
from sqlmodel import Session
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tracker import clock
from tracker.database import is_reading, write_if_free
from tracker.queries.accounts import OpenSession
from tracker.services.accounts import find_session, prove_again, touch_session
from tracker.services.auditing import Actor
from web.access import NotSignedIn, Proof, ProofDue, admit, proof_of, require_ready, rule_of
from web.forms import Form, read_form
from web.house import House
from web.opening import Opening
from web.templating import Templates
from web.visitors import Visitor, visitor_of

MESSAGE_COOKIE = "message"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PROOF_FIELD = "proof"  # beside what a form asks: the password again, or a code


class ForgedForm(Exception):
    """A form that was not made by this console for this session, or is from before somebody signed in again."""

    def __init__(self) -> None:
        super().__init__("页面已经过期，本次提交没有生效。请核对内容后再次提交。")


@dataclass
class Desk:
    """One request. `at` is the office's clock (in a rehearsal it stands still), `session` one transaction."""

    request: Request
    house: House
    session: Session
    at: datetime
    visitor_or_none: Visitor | None
    form: Form

    @property
    def visitor(self) -> Visitor:
        """Raises NotSignedIn: on routes that anyone may use, nobody may be there."""
        if self.visitor_or_none is None:
            raise NotSignedIn
        return self.visitor_or_none

    @property
    def today(self) -> date:
        return clock.office_day(self.at)

    @property
    def actor(self) -> Actor:
        return Actor(self.visitor.person_id, self.visitor.name)

    @property
    def is_htmx(self) -> bool:
        """Whether a part of a page is asked for; links and forms that are merely boosted ask for whole pages."""
        headers = self.request.headers
        return "hx-request" in headers and "hx-boosted" not in headers

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """Render a template, with the message that the last act left."""
        templates: Templates = self.request.app.state.templates
        message = take_message(self.request)
        words = {"message": message} | context
        answer = HTMLResponse(templates.render(template, request=self.request, desk=self, **words), status)
        if message is not None:
            answer.delete_cookie(MESSAGE_COOKIE, path="/")
        return answer

    def done(self, path: str, message: str | None = None) -> Response:
        """Go on to a page, which shows `message`."""
        answer = RedirectResponse(path, status_code=303)
        if message:
            answer.set_cookie(
                MESSAGE_COOKIE,
                quote(message[:400]),
                path="/",
                max_age=60,
                httponly=True,
                samesite="lax",
                secure=self.house.is_secure,
            )
        return answer

    def demand_proof(self) -> None:
        """Raise ProofDue unless the visitor has shown within the last minutes that it is he.

        For routes marked `proven(Proof.SOMETIMES)`: they alone hear the proof that comes with the form then.
        """
        if not self.house.sign_in.is_proven(self.visitor.proven_at, at=wall_clock()):
            raise ProofDue

    def back(self, default: str, message: str | None = None) -> Response:
        """Go on to where the form says that it came from, if that is a page of ours."""
        return self.done(own_path(self.form.raw("back")) or default, message)


def own_path(path: str) -> str | None:
    """The path, if it leads to a page of this console and nowhere else."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() else None


def page_before(request: Request) -> str | None:
    """The page that the browser says the form was on, if it is one of ours. What is no address is none."""
    address, host = request.headers.get("referer", ""), request.headers.get("host", "")
    for scheme in ("http", "https"):
        ours = f"{scheme}://{host}/"
        if address.startswith(ours):
            return own_path(address.removeprefix(ours[:-1]))
    return None


def take_message(request: Request) -> str | None:
    stored = request.cookies.get(MESSAGE_COOKIE)
    return unquote(stored)[:400] if stored else None


def cookie_name(house: House) -> str:
    """The browser itself keeps a `__Host-` cookie to this host, to TLS, and away from other paths."""
    return "__Host-dingban" if house.is_secure else "dingban"


def wall_clock() -> datetime:
    """The clock on the wall: sessions and locks run on, while a rehearsal's clock stands still."""
    return datetime.now(UTC)


@contextmanager
def opened_desk(request: Request, form: Form, *, is_writing: bool) -> Iterator[Desk]:
    """Open the transaction, find who is there, and hold the route's rule against him.

    Raises NotSignedIn, PasswordDue, FactorDue, NotForYou, ForgedForm or ProofDue.
    """
    house: House = request.app.state.house
    is_safe, route = request.method in SAFE_METHODS, request.scope["route"]
    if not is_safe:
        require_same_origin(request)
    proof = proof_of(route)
    if proof is not None and form.has(PROOF_FIELD):
        _hear_proof(request, form, house)
    with house.writing() if is_writing else house.reading() as session:
        visitor = find_visitor(session, request, house)
        desk = Desk(request, house, session, clock.now(), visitor, form)
        request.state.desk = desk
        admit(rule_of(route), visitor)
        if visitor is not None:
            require_ready(visitor, request.url.path)
            if not is_safe:
                require_token(request, form, visitor)
            if proof is Proof.ALWAYS:
                desk.demand_proof()
        yield desk
        request.state.desk = None  # it holds the request: what a page showed is gone with its answer


def _hear_proof(request: Request, form: Form, house: House) -> None:
    """Try the proof that a form brings, in a transaction of its own: a failure is counted though nothing else is done.

    Raises ForgedForm, or ProofDue where the proof is wrong.
    """
    with house.writing() as session:
        visitor = find_visitor(session, request, house)
        if visitor is None:
            return  # the desk says so
        request.state.desk = Desk(request, house, session, clock.now(), visitor, form)
        require_token(request, form, visitor)
        refused = prove_again(
            session,
            visitor.session_id,
            proof=form.raw(PROOF_FIELD),
            address=request.client.host if request.client else "",
            agent=request.headers.get("user-agent", ""),
            at=wall_clock(),
            policy=house.sign_in,
        )
    if refused is not None:
        raise ProofDue(refused.sentence)


async def open_reading_desk(request: Request) -> Opening[Desk]:
    """The desk of a request that changes nothing in the register, for its route to open (`web.opening`)."""
    return Opening(partial(opened_desk, request, await read_form(request), is_writing=False))


async def open_writing_desk(request: Request) -> Opening[Desk]:
    """The desk of a request that acts, for its route to open."""
    return Opening(partial(opened_desk, request, await read_form(request), is_writing=True))


open_reading_desk.opens_desk = True  # type: ignore[attr-defined]
open_writing_desk.opens_desk = True  # type: ignore[attr-defined]


def find_visitor(session: Session, request: Request, house: House) -> Visitor | None:
    """The person whose session the request's cookie names, if it is still good."""
    token = request.cookies.get(cookie_name(house))
    if not token:
        return None
    at = wall_clock()
    found = find_session(session, token, at=at, policy=house.sign_in)
    if found is None:
        return None
    _keep_alive(session, found, at=at)
    request.state.visitor = visitor = visitor_of(session, found, house.sign_in)
    return visitor


def _keep_alive(session: Session, found: OpenSession, *, at: datetime) -> None:
    """Note that the session was used, at most once a minute; who only reads, where nobody else is writing just then."""
    if (at - found.seen_at).total_seconds() < 60:
        return
    if is_reading(session):
        write_if_free(session, partial(touch_session, session_id=found.session_id, at=at))
    else:
        touch_session(session, found.session_id, at=at)


def require_same_origin(request: Request) -> None:
    """Raise ForgedForm where a browser says that another site sent this (Fetch Metadata, RFC 6454)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        raise ForgedForm
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise ForgedForm


def require_token(request: Request, form: Form, visitor: Visitor) -> None:
    """Raise ForgedForm unless the form brings back what this session's pages hand out."""
    demand_token(visitor, request.headers.get("x-csrf-token") or form.raw("csrf"))


def demand_token(visitor: Visitor, brought: str) -> None:
    """Raise ForgedForm unless it is the token of this session."""
    if not hmac.compare_digest(brought.encode(), visitor.csrf.encode()):
        raise ForgedForm


ReadingDesk = Annotated[Desk, Depends(open_reading_desk)]
WritingDesk = Annotated[Desk, Depends(open_writing_desk)]
UnopenedReadingDesk = Annotated[Opening[Desk], Depends(open_reading_desk)]
UnopenedWritingDesk = Annotated[Opening[Desk], Depends(open_writing_desk)]
