"""Signing in and out, one-time codes, and taking up a form whose session had ended."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from sqlmodel import Session
from starlette.responses import Response

from tracker.services.accounts import (
    CodeDue,
    SignedIn,
    accept_invite,
    end_session,
    give_code,
    sign_in,
)
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk, cookie_name, own_path, wall_clock
from web.house import House
from web.opening import PageRouter
from web.own_forms import refused_on

router = PageRouter()


def login_page(
    desk: Desk, *, goal: str | None = None, refusal: str | None = None, status: int = 200
) -> Response:
    """The sign-in page, and why it is shown again. The name stays, the password has to be typed again."""
    sign_on = desk.house.sign_on
    return desk.page(
        "login.html",
        sign_on=sign_on.provider.label if sign_on else None,
        status=status,
        refusal=refusal,
        login_name=desk.form.raw("login_name"),
        next=goal or _goal_of(desk),
        kept_path=own_path(desk.form.raw("kept_path")) or "",
        kept=_kept(desk),
    )


def _invite_page(desk: Desk, *, status: int = 200, refusal: str | None = None) -> Response:
    """The code stays, the passwords have to be typed again."""
    return desk.page("invite.html", status=status, refusal=refusal, code=desk.form.raw("code"))


@router.get("/login", dependencies=[allow(Who.ANYONE)])
def show_login(
    desk: ReadingDesk,
    next: Annotated[str, Query(max_length=2000)] = "/",  # noqa: A002 (the name that addresses bear)
) -> Response:
    if desk.visitor_or_none is not None:
        return desk.done(own_path(next) or "/")
    return login_page(desk, goal=own_path(next) or "/")


@router.post("/login", dependencies=[allow(Who.ANYONE), refused_on(login_page)])
def log_in(desk: WritingDesk) -> Response:
    """Open a session. What a form brought while its session had ended comes along, and is offered again."""
    form = desk.form
    outcome = sign_in(
        desk.session,
        login_name=form.raw("login_name"),
        password=form.raw("password"),
        address=address_of(desk),
        agent=desk.request.headers.get("user-agent", ""),
        at=wall_clock(),
        policy=desk.house.sign_in,
    )
    if isinstance(outcome, CodeDue):
        answer = _code_page(desk)
        _set_cookie(desk, answer, step_cookie_name(desk.house), outcome.token)
        return answer
    if not isinstance(outcome, SignedIn):
        return login_page(desk, refusal=outcome.sentence, status=401)
    return _come_in(desk, outcome)


@router.get("/login/code", dependencies=[allow(Who.ANYONE)])
def show_first_step(desk: ReadingDesk) -> Response:
    """The second step has no page of its own: it is an answer to the first."""
    return desk.done("/login")


@router.post("/login/code", dependencies=[allow(Who.ANYONE)])
def log_in_by_code(desk: WritingDesk) -> Response:
    """The second step. Neither its page nor its answers say whose account it is."""
    outcome = give_code(
        desk.session,
        token=desk.request.cookies.get(step_cookie_name(desk.house), ""),
        code=desk.form.raw("code"),
        address=address_of(desk),
        agent=desk.request.headers.get("user-agent", ""),
        at=wall_clock(),
        policy=desk.house.sign_in,
    )
    if outcome is None:
        return login_page(desk, refusal="等候时间过长，请重新登录。", status=401)
    if not isinstance(outcome, SignedIn):
        return _code_page(desk, refusal=outcome.sentence)
    answer = _come_in(desk, outcome)
    answer.delete_cookie(step_cookie_name(desk.house), path="/")
    return answer


def _come_in(desk: Desk, outcome: SignedIn) -> Response:
    """Go on to what was asked for, or to the form that was being filled when the session before had ended."""
    goal = _goal_of(desk)
    end_session_of(desk)  # a session is never carried over from one person to the next
    kept, kept_path = _kept(desk), own_path(desk.form.raw("kept_path"))
    if kept and kept_path and not outcome.must_change:
        answer = desk.page("resume.html", kept=kept, kept_path=kept_path, back=goal, csrf_value=outcome.csrf)
    else:
        answer = desk.done("/password" if outcome.must_change else goal)
    set_session_cookie(desk, answer, outcome.token)
    return answer


@router.post("/logout", dependencies=[allow(Who.ANYONE)])
def log_out(desk: WritingDesk) -> Response:
    end_session_of(desk)
    answer = desk.done("/login", "已退出。")
    answer.delete_cookie(cookie_name(desk.house), path="/")
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


@router.get("/invite", dependencies=[allow(Who.ANYONE)])
def show_invite(desk: ReadingDesk) -> Response:
    """The code is typed, never part of an address: addresses end in logs."""
    return _invite_page(desk)


@router.post("/invite", dependencies=[allow(Who.ANYONE), refused_on(_invite_page)])
def use_invite(desk: WritingDesk) -> Response:
    """Choose the first password by a one-time code, or a new one after a reset."""
    form = desk.form
    if form.raw("password") != form.raw("again"):
        return _invite_page(desk, status=422, refusal="两次输入的密码不一致，请重新输入。")
    accept_invite(
        desk.session,
        code=form.raw("code").strip(),
        password=form.raw("password"),
        at=wall_clock(),
        address=address_of(desk),
        agent=desk.request.headers.get("user-agent", ""),
    )
    return desk.done("/login", "密码已设好，请用它登录。")


def address_of(desk: Desk) -> str:
    """Where the request came from; behind a proxy on this machine, what the proxy says."""
    client = desk.request.client
    return client.host if client else ""


def end_session_of(desk: Desk, session: Session | None = None) -> None:
    """End the session of whoever is there, if anybody is; in a transaction of its own where the desk only reads."""
    if desk.visitor_or_none is not None:
        visitor = desk.visitor_or_none
        end_session(session or desk.session, visitor.session_id, at=wall_clock())


def set_session_cookie(desk: Desk, answer: Response, token: str) -> None:
    """Hand the session to the browser: unreadable for scripts, not sent by other sites' forms, gone with the browser."""
    _set_cookie(desk, answer, cookie_name(desk.house), token)


def _set_cookie(desk: Desk, answer: Response, name: str, token: str) -> None:
    answer.set_cookie(name, token, path="/", httponly=True, samesite="lax", secure=desk.house.is_secure)


def step_cookie_name(house: House) -> str:
    """The cookie of somebody who gave the password and owes the code."""
    return f"{cookie_name(house)}-step"


def _code_page(desk: Desk, *, refusal: str | None = None) -> Response:
    """The second step: what the first form brought travels along, but for name and password."""
    return desk.page(
        "login_code.html",
        status=401 if refusal else 200,
        refusal=refusal,
        next=_goal_of(desk),
        kept_path=own_path(desk.form.raw("kept_path")) or "",
        kept=_kept(desk),
    )


def _goal_of(desk: Desk) -> str:
    return own_path(desk.form.raw("next")) or "/"


def _kept(desk: Desk) -> list[tuple[str, str]]:
    """What a form brought when its session had ended: its fields travel with a mark before their names."""
    return [
        (name.removeprefix("kept."), value) for name, value in desk.form.items() if name.startswith("kept.")
    ]
