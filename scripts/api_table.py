"""The tables of docs/api.md: every route of the API, every kind of event, as the program itself declares them.

`make golden` renews them; a test compares them.
"""

from __future__ import annotations

from fastapi.routing import APIRoute, iter_route_contexts

from tracker.queries.timeline import label_event
from tracker.queries.webhooks import KINDS
from web.access import scope_of
from web.api import PREFIX, api_router


def render_routes() -> str:
    """Method, address, scope and what it does, in the order in which they are declared."""
    lines = ["| 请求 | 权限范围 | 用途 |", "| --- | --- | --- |"]
    for context in iter_route_contexts(api_router().routes):
        route = context.original_route
        assert isinstance(route, APIRoute)
        (method,) = sorted(route.methods or ())
        path = (context.path or "").removeprefix(PREFIX)
        lines.append(f"| `{method} {path}` | `{scope_of(route)}` | {route.summary} |")
    return "\n".join(lines) + "\n"


def render_events() -> str:
    """Every kind of event that a webhook can be told of."""
    lines = ["| 事件 | 含义 |", "| --- | --- |", *(f"| `{kind}` | {label_event(kind)} |" for kind in KINDS)]
    return "\n".join(lines) + "\n"
