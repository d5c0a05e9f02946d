"""Routes of many modules in one application, each kept once; and what every one of them answers to."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send


def add_routes(app: FastAPI | APIRouter, router: APIRouter) -> None:
    """Answer by the routes of `router` as they are: each names its whole path and its own rules.

    `include_router` would build every route a second time, for prefixes and rules that none of ours takes from
    where it is included (3 MB and a tenth of the start), and look for a request's route twice.
    """
    app.routes.extend(router.routes)


class HeadAsGet:
    """Answers HEAD as GET is answered, with the same rules and headers and without the body (RFC 9110, 9.3.2).

    Monitors ask so. A route knows of GET alone, and the document of the API names it alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # a copy: the server goes by its own to know that no body follows
        await self._app({**scope, "method": "GET"}, receive, send_without_body)
