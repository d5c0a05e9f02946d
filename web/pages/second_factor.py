"""动态口令: setting one's own second factor up, its recovery codes, and giving it up."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from tracker.queries.second_factors import count_unused_codes, find_factor
from tracker.services.accounts import (
    SecondFactorRule,
    begin_factor,
    confirm_factor,
    remove_own_factor,
    renew_recovery_codes,
)
from tracker.services.accounts.one_time import draw_key, spelled
from web.access import Who, allow, proven
from web.desk import Desk, ReadingDesk, WritingDesk, wall_clock
from web.opening import PageRouter
from web.pages.signing_in import address_of

router = PageRouter(prefix="/me/second-factor")
PATH = "/me/second-factor"
_OWN = allow(Who.SIGNED_IN)


@router.get("", dependencies=[_OWN])
def show(desk: ReadingDesk) -> Response:
    return _page(desk)


@router.get("/begin", dependencies=[_OWN])
@router.get("/confirm", dependencies=[_OWN])
@router.get("/codes", dependencies=[_OWN])
@router.get("/remove", dependencies=[_OWN])
def begin_anew(desk: ReadingDesk) -> Response:
    """Where somebody comes back to an answer that was given once, having signed in anew or by the address alone."""
    return desk.done(PATH)


@router.post("/begin", dependencies=[_OWN, proven()])
def begin(desk: WritingDesk) -> Response:
    """The key is in this answer, and in that to a wrong code; nobody can look it up later."""
    begin_factor(desk.session, desk.visitor.account_id, policy=desk.house.sign_in, at=wall_clock())
    return _key_page(desk)


@router.post("/confirm", dependencies=[_OWN])
def confirm(desk: WritingDesk) -> Response:
    """Nothing was changed where the code is wrong, so the key is shown again."""
    visitor = desk.visitor
    codes = confirm_factor(
        desk.session,
        visitor.account_id,
        code=desk.form.raw("code"),
        keep_session_id=visitor.session_id,
        at=wall_clock(),
    )
    if codes is None:
        return _key_page(desk, refusal="动态口令不对，请核对手机的时间，再输入新的一组数字。")
    return _codes_page(desk, codes, is_new=True)


@router.post("/codes", dependencies=[_OWN, proven()])
def renew_codes(desk: WritingDesk) -> Response:
    codes = renew_recovery_codes(desk.session, desk.visitor.account_id, at=wall_clock())
    return _codes_page(desk, codes, is_new=False)


@router.post("/remove", dependencies=[_OWN])
def remove(desk: WritingDesk) -> Response:
    """Asks for password and code in any case: whoever does this takes a lock off the account."""
    visitor, policy = desk.visitor, desk.house.sign_in
    refused = remove_own_factor(
        desk.session,
        visitor.account_id,
        password=desk.form.raw("password"),
        code=desk.form.raw("code"),
        is_due=not visitor.is_by_provider and policy.is_factor_due(visitor.roles),
        policy=policy,
        at=wall_clock(),
        address=address_of(desk),
        agent=desk.request.headers.get("user-agent", ""),
    )
    if refused is not None:
        return _page(desk, status=422, refusal=refused.sentence)
    return desk.done("/me#second-factor", "动态口令已停用，以后登录只需密码。")


def _page(desk: Desk, *, status: int = 200, refusal: str | None = None) -> Response:
    visitor, policy = desk.visitor, desk.house.sign_in
    return desk.page(
        "second_factor/show.html",
        status=status,
        refusal=refusal,
        is_offered=policy.second_factor is not SecondFactorRule.NONE,
        is_due=not visitor.is_by_provider and policy.is_factor_due(visitor.roles),
        codes_left=count_unused_codes(desk.session, visitor.account_id) if visitor.has_second_factor else 0,
    )


def _key_page(desk: Desk, *, refusal: str | None = None) -> Response:
    factor = find_factor(desk.session, desk.visitor.account_id)
    assert factor is not None  # it was begun, or the act was refused
    return _shown_once(
        desk,
        "second_factor/key.html",
        status=422 if refusal else 200,
        refusal=refusal,
        picture=Markup(draw_key(factor.secret, desk.visitor.login_name)),  # noqa: S704 (drawn by us, from a key of ours)
        key=spelled(factor.secret),
    )


def _codes_page(desk: Desk, codes: list[str], *, is_new: bool) -> Response:
    return _shown_once(desk, "second_factor/codes.html", codes=codes, is_new=is_new)


def _shown_once(desk: Desk, template: str, **context: Any) -> Response:
    """What is in one answer alone. Loading the page anew leads back to where it began."""
    answer = desk.page(template, **context)
    answer.headers["HX-Push-Url"] = PATH
    return answer
