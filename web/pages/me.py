"""我的设置: what the console knows of me, where letters reach me, my devices, my calendar feed, my programs' tokens."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from tracker.errors import ApiTokenNotFound, DeviceNotFound
from tracker.models import Theme, TokenScope
from tracker.models.accounts import SCOPE_LABELS
from tracker.queries.accounts import find_feed_of, list_tokens
from tracker.queries.people import get_person, get_unit
from tracker.services.accounts import (
    SecondFactorRule,
    create_token,
    end_device,
    end_sessions_of,
    list_sessions,
    renew_feed,
    revoke_token,
)
from tracker.services.own_settings import change_own_address, change_theme, remove_feed
from web.access import Who, allow, proven
from web.desk import Desk, ReadingDesk, WritingDesk, page_before, wall_clock
from web.device_names import device_name
from web.forms import InputRefused
from web.opening import PageRouter
from workflows.roles import ROLE_LABELS

router = PageRouter(prefix="/me")
TOKEN_DAYS = {"30": "30天", "90": "90天", "180": "180天", "366": "一年"}
THEME_LABELS = {Theme.AUTO: "跟随系统", Theme.LIGHT: "浅色", Theme.DARK: "深色"}


@router.get("", dependencies=[allow(Who.SIGNED_IN)])
def show_me(desk: ReadingDesk) -> Response:
    return _page(desk)


@router.post("/address", dependencies=[allow(Who.SIGNED_IN), proven()])
def change_address(desk: WritingDesk) -> Response:
    email = desk.form.optional_text("email", "邮箱", limit=254)
    person = change_own_address(
        desk.session, desk.visitor.person_id, email=email, actor=desk.actor, at=desk.at
    )
    said = (
        f"邮箱已改为{person.email}，以后的通知发到这里。"
        if person.email
        else "邮箱已清空，以后不再发邮件给您。"
    )
    return desk.done("/me", said)


@router.post("/theme", dependencies=[allow(Who.SIGNED_IN)])
def choose_theme(desk: WritingDesk) -> Response:
    theme = Theme(desk.form.choice("theme", "外观", [each.value for each in Theme]))
    change_theme(desk.session, desk.visitor.account_id, theme=theme)
    return desk.back(page_before(desk.request) or "/me")


@router.post("/devices/{session_id}/end", dependencies=[allow(Who.SIGNED_IN)])
def end_one_device(desk: WritingDesk, session_id: int) -> Response:
    if not end_device(desk.session, session_id, account_id=desk.visitor.account_id, at=wall_clock()):
        raise DeviceNotFound(session_id)
    return desk.done("/me#devices", "那台设备已退出登录。")


@router.post("/devices/end-others", dependencies=[allow(Who.SIGNED_IN)])
def end_other_devices(desk: WritingDesk) -> Response:
    ended = end_sessions_of(
        desk.session, desk.visitor.account_id, at=wall_clock(), except_id=desk.visitor.session_id
    )
    return desk.done("/me#devices", f"其他{ended}台设备已退出登录。" if ended else "没有其他设备登录。")


@router.post("/feed", dependencies=[allow(Who.SIGNED_IN)])
def make_feed(desk: WritingDesk) -> Response:
    """The address is in this answer and nowhere else: only its checksum is kept."""
    token = renew_feed(desk.session, desk.visitor.person_id, at=wall_clock())
    return _page(desk, feed_address=f"{desk.house.console_url.rstrip('/')}/calendar/{token}.ics")


@router.post("/feed/remove", dependencies=[allow(Who.SIGNED_IN)])
def end_feed(desk: WritingDesk) -> Response:
    removed = remove_feed(desk.session, desk.visitor.person_id, at=wall_clock())
    return desk.done("/me#feed", "日历订阅已停用，原来的地址不再有效。" if removed else "没有日历订阅。")


@router.post("/tokens", dependencies=[allow(Who.SIGNED_IN), proven()])
def make_token(desk: WritingDesk) -> Response:
    """The token is in this answer and nowhere else."""
    form = desk.form
    scopes = [scope for scope in TokenScope if form.is_ticked(f"scope-{scope.value}")]
    if not scopes:
        raise InputRefused("scopes", "请至少选择一项权限范围。")
    _, secret = create_token(
        desk.session,
        person_id=desk.visitor.person_id,
        name=form.text("name", "名称", limit=60),
        scopes=scopes,
        days=int(form.choice("days", "有效期", TOKEN_DAYS)),
        actor=desk.actor,
        at=wall_clock(),
    )
    return _page(desk, new_token=secret)


@router.post("/tokens/{token_id}/revoke", dependencies=[allow(Who.SIGNED_IN)])
def end_token(desk: WritingDesk, token_id: int) -> Response:
    if all(token.id != token_id for token, _ in list_tokens(desk.session, person_id=desk.visitor.person_id)):
        raise ApiTokenNotFound(token_id)
    revoke_token(desk.session, token_id, actor=desk.actor, at=wall_clock())
    return desk.done("/me#tokens", "令牌已作废。")


def _page(desk: Desk, **shown_once: Any) -> Response:
    session, visitor, at = desk.session, desk.visitor, wall_clock()
    person = get_person(session, visitor.person_id)
    devices = list_sessions(session, visitor.account_id, at=at, policy=desk.house.sign_in)
    tokens = [
        (token, "、".join(SCOPE_LABELS[TokenScope(scope)] for scope in token.scopes))
        for token, _ in list_tokens(session, person_id=visitor.person_id)
        if token.revoked_at is None and token.expires_at > at
    ]
    return desk.page(
        "me/show.html",
        person=person,
        unit=get_unit(session, person.unit_id) if person.unit_id else None,
        roles="、".join(ROLE_LABELS[role] for role in sorted(visitor.roles)),
        devices=[(row, device_name(row.agent)) for row in devices],
        feed=find_feed_of(session, visitor.person_id),
        tokens=tokens,
        scope_labels={scope.value: label for scope, label in SCOPE_LABELS.items()},
        days=list(TOKEN_DAYS.items()),
        is_factor_offered=desk.house.sign_in.second_factor is not SecondFactorRule.NONE,
        themes=[(theme.value, label) for theme, label in THEME_LABELS.items()],
        feed_address=shown_once.get("feed_address"),
        new_token=shown_once.get("new_token"),
    )
