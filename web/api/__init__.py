"""The API for programs, below `/api/v1`: the same services and the same sight as the pages, told in JSON."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from web.api import campaigns, evidence, imports, instructions, milestones, notices, reports, tasks
from web.api.openapi import openapi_route
from web.api.refusals import ApiRefused, answer_refusal
from web.routing import add_routes

PREFIX = "/api/v1"  # of every router
ROUTERS: tuple[APIRouter, ...] = (
    campaigns.router,
    tasks.router,
    milestones.router,
    evidence.router,
    instructions.router,
    imports.router,
    reports.router,
    notices.router,
)


def api_router() -> APIRouter:
    """Every route of the API."""
    api = APIRouter()
    for router in ROUTERS:
        add_routes(api, router)
    return api


def add_api(app: FastAPI) -> None:
    """Have `app` answer programs, and describe how."""
    api = api_router()
    add_routes(app, api)
    add_routes(app, openapi_route(api))
    app.add_exception_handler(ApiRefused, answer_refusal)
    app.add_exception_handler(ClientDisconnect, _gone)


async def _gone(_request: Request, _error: Exception) -> Response:
    """Whoever broke off hears no answer; what he had begun to send was thrown away."""
    return Response(status_code=400)
