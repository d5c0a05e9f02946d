"""The calendar feed: whoever has its address reads it, so the address is a secret and can be renewed at any time."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated

from fastapi import Path
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tracker.identity import id_of
from tracker.queries.feeds import list_feed_days
from tracker.services.accounts import find_feed
from web.access import Who, allow
from web.calendar_feed import MEDIA_TYPE, write_feed
from web.desk import ReadingDesk
from web.opening import PageRouter

router = PageRouter()


@router.get("/calendar/{token}.ics", dependencies=[allow(Who.ANYONE)], include_in_schema=False)
def show_feed(desk: ReadingDesk, token: Annotated[str, Path(max_length=200)]) -> Response:
    """Calendar programs ask every few hours; what has not changed is not sent again."""
    person = find_feed(desk.session, token)
    if person is None:
        raise HTTPException(404)
    content = write_feed(list_feed_days(desk.session, id_of(person)), console_url=desk.house.console_url)
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}
    if tag in desk.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = 'inline; filename="dingban.ics"'
    return Response(content, media_type=MEDIA_TYPE, headers=headers)
