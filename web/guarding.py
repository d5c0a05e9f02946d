"""What every request passes through: limits on what it may bring and how slowly, and the headers of every answer."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 2 << 20
LIMIT_KEY = "dingban.body_limit"
# A body may take a minute, and longer by as much as it brings at the pace of a poor line.
BODY_SECONDS = 60.0
SLOWEST_BYTES_A_SECOND = 1000
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class BodyLimit:
    """Hands a body on while it is neither too long nor too slow. Raises 413 or 408.

    Whoever drips bytes to hold a connection is cut off after a minute, whoever sends a large file is not.
    """

    def __init__(self, scope: Scope, receive: Receive, seconds: float) -> None:
        self._scope = scope
        self._receive = receive
        self._seconds = seconds
        self._began = asyncio.get_running_loop().time()
        self._seen = 0
        self._is_whole = False

    async def receive(self) -> Message:
        message = await (self._receive() if self._is_whole else self._receive_in_time())
        self._seen += len(message.get("body", b""))
        self._is_whole = self._is_whole or not message.get("more_body", False)
        if self._seen > self._scope[LIMIT_KEY]:
            raise HTTPException(413)
        return message

    async def _receive_in_time(self) -> Message:
        ends = self._began + self._seconds + self._seen / SLOWEST_BYTES_A_SECOND
        try:
            async with asyncio.timeout_at(ends):
                return await self._receive()
        except TimeoutError:
            raise HTTPException(408, headers={"Connection": "close"}) from None


class Guard:
    """Limits bodies and adds security headers. A route may set a header otherwise; what it set stands.

    Whoever lets a person send more (files) raises `scope[LIMIT_KEY]` after he has seen who it is.
    """

    def __init__(self, app: ASGIApp, *, is_secure: bool, body_seconds: float = BODY_SECONDS) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._headers = dict(_HEADERS)
        if is_secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"
        self._raw = [(name.lower().encode(), value.encode()) for name, value in self._headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"%00" in scope.get("query_string", b"") or "\0" in scope["path"]:
            # No page has such an address, and not every database keeps such a text.
            await PlainTextResponse("网址有误。", 400, headers=self._headers)(scope, receive, send)
            return
        scope[LIMIT_KEY] = BODY_LIMIT
        body = BodyLimit(scope, receive, self._body_seconds)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name.lower() for name, _ in message["headers"]}
                added = [header for header in self._raw if header[0] not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, body.receive, send_with_headers)
