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
from tracker.database import is_reading
from tracker.services.accounts import find_session, touch_session
from tracker.services.auditing import Actor
from web.access import NotSignedIn, PasswordDue, admit, rule_of
from web.forms import Form, read_form
from web.house import House
from web.opening import Opening
from web.templating import Templates
from web.visitors import Visitor, visitor_of

MESSAGE_COOKIE = "message"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What somebody who has to choose a password first may still do.
_BEFORE_PASSWORD = frozenset({"/password", "/logout"})


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

    def back(self, default: str, message: str | None = None) -> Response:
        """Go on to where the form says that it came from, if that is a page of ours."""
        return self.done(own_path(self.form.raw("back")) or default, message)


def own_path(path: str) -> str | None:
    """The path, if it leads to a page of this console and nowhere else."""
    is_ours = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_ours and path.isprintable() else None


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

    Raises NotSignedIn, PasswordDue, NotForYou or ForgedForm.
    """
    house: House = request.app.state.house
    is_safe = request.method in SAFE_METHODS
    if not is_safe:
        require_same_origin(request)
    with house.writing() if is_writing else house.reading() as session:
        visitor = find_visitor(session, request, house)
        desk = Desk(request, house, session, clock.now(), visitor, form)
        request.state.desk = desk
        admit(rule_of(request.scope["route"]), visitor)
        if visitor is not None:
            if visitor.must_change_password and request.url.path not in _BEFORE_PASSWORD:
                raise PasswordDue
            if not is_safe:
                require_token(request, form, visitor)
        yield desk


async def open_reading_desk(request: Request, form: Annotated[Form, Depends(read_form)]) -> Opening[Desk]:
    """The desk of a request that changes nothing in the register, for its route to open (`web.opening`)."""
    return Opening(partial(opened_desk, request, form, is_writing=False))


async def open_writing_desk(request: Request, form: Annotated[Form, Depends(read_form)]) -> Opening[Desk]:
    """The desk of a request that acts, for its route to open."""
    return Opening(partial(opened_desk, request, form, is_writing=True))


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
    login, account, person = found
    _keep_alive(session, house, login_id=login.id, seen_at=login.seen_at, at=at)
    return visitor_of(session, login, account, person)


def _keep_alive(
    session: Session, house: House, *, login_id: int | None, seen_at: datetime, at: datetime
) -> None:
    """Note that the session was used, at most once a minute: who only reads takes the lock for it alone."""
    if login_id is None or (at - seen_at).total_seconds() < 60:
        return
    if is_reading(session):
        with house.writing() as writing:
            touch_session(writing, login_id, at=at)
    else:
        touch_session(session, login_id, at=at)


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
