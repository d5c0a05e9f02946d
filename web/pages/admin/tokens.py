"""Every API token of the office: whose it is, what it may do, when it was used; taken back where need be."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from tracker.models import ApiToken, TokenScope
from tracker.models.accounts import SCOPE_LABELS
from tracker.queries.accounts import get_token, list_tokens
from tracker.services.accounts import revoke_token
from web.access import Who, allow
from web.desk import ReadingDesk, WritingDesk, wall_clock
from web.opening import PageRouter
from web.pages.admin.asking import query_of

router = PageRouter(prefix="/admin/tokens")
_ALLOWED = allow(Who.ADMINISTRATOR)


@router.get("", dependencies=[_ALLOWED])
def list_all(desk: ReadingDesk) -> Response:
    shows_all, at = query_of(desk).is_ticked("all"), wall_clock()
    tokens = [
        (token, person, scope_words(token), standing_of(token, at))
        for token, person in list_tokens(desk.session)
        if shows_all or standing_of(token, at) == "有效"
    ]
    return desk.page("admin/tokens.html", tokens=tokens, shows_all=shows_all)


@router.post("/{token_id}/revoke", dependencies=[_ALLOWED])
def revoke(desk: WritingDesk, token_id: int) -> Response:
    token = get_token(desk.session, token_id)
    revoke_token(desk.session, token_id, actor=desk.actor, at=wall_clock())
    return desk.done("/admin/tokens", f"已作废“{token.name}”，程序不能再用它访问。")


def scope_words(token: ApiToken) -> str:
    return "、".join(SCOPE_LABELS[TokenScope(scope)] for scope in token.scopes)


def standing_of(token: ApiToken, at: datetime) -> str:
    if token.revoked_at is not None:
        return "已作废"
    return "已过期" if token.expires_at <= at else "有效"
