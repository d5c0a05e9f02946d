"""The web application: the console at `/`, the API below `/api/v1`, and whether it is alive and ready."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from web.access import list_unguarded
from web.api import add_api
from web.assets import Assets
from web.guarding import Guard
from web.health import Readiness, health_routes
from web.house import House
from web.keeping import Kept
from web.pages import ROUTERS
from web.problems import answer_problems
from web.refusal_record import RefusalRecord
from web.routing import HeadAsGet, add_routes
from web.templating import Templates


class RouteWithoutRule(Exception):
    """Somebody added a route and did not say who may use it. A mistake of ours, found when the program starts."""


def create_app(house: House, readiness: Readiness) -> FastAPI:
    """Return the application. It is handed what it needs and reads no settings. Raises RouteWithoutRule."""
    # Where a slash is too many, a redirect would lead to whatever host the request names.
    app = FastAPI(title="盯办", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    assets = Assets(Path(__file__).parent / "static")
    app.state.house = house
    app.state.templates = Templates(assets.url)
    app.state.figures, app.state.rehearsals = Kept(24), Kept(2)
    answer_problems(app)
    add_routes(app, health_routes(readiness))
    app.mount("/static", assets.application())
    for router in ROUTERS:
        add_routes(app, router)
    add_api(app)
    if unguarded := list_unguarded(app):
        raise RouteWithoutRule("、".join(unguarded))
    app.add_middleware(RefusalRecord, house=house)
    app.add_middleware(Guard, is_secure=house.is_secure)
    app.add_middleware(HeadAsGet)
    return app
