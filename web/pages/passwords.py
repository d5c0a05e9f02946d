"""Choosing a password: because somebody wants to, or because he signed in with one that another has set."""

from __future__ import annotations

from starlette.responses import Response

from tracker.services.accounts import change_password
from web.access import Who, allow
from web.desk import Desk, ReadingDesk, WritingDesk, wall_clock
from web.opening import PageRouter
from web.own_forms import refused_on
from web.pages.signing_in import address_of

router = PageRouter()


def _password_page(desk: Desk, *, status: int = 200, refusal: str | None = None) -> Response:
    return desk.page("password.html", status=status, refusal=refusal)


@router.get("/password", dependencies=[allow(Who.SIGNED_IN)])
def show_password(desk: ReadingDesk) -> Response:
    return _password_page(desk)


@router.post("/password", dependencies=[allow(Who.SIGNED_IN), refused_on(_password_page)])
def set_password(desk: WritingDesk) -> Response:
    """Every other session of the person ends; this one goes on."""
    form = desk.form
    if form.raw("new") != form.raw("again"):
        return _password_page(desk, status=422, refusal="两次输入的新密码不一致，请重新输入。")
    refused = change_password(
        desk.session,
        desk.visitor.account_id,
        current=form.raw("current"),
        new=form.raw("new"),
        at=wall_clock(),
        keep_session_id=desk.visitor.session_id,
        policy=desk.house.sign_in,
        address=address_of(desk),
        agent=desk.request.headers.get("user-agent", ""),
    )
    if refused is not None:
        return _password_page(desk, status=422, refusal=refused.sentence)
    return desk.done("/", "密码已修改，其他设备上的登录已全部退出。")
