"""The web application. For now it tells whether it is alive and ready; the console comes next."""

from __future__ import annotations

from fastapi import FastAPI

from web.health import Readiness, health_routes
from web.problems import answer_problems


def create_app(readiness: Readiness) -> FastAPI:
    """Return the application. It is handed what it needs and reads no settings."""
    app = FastAPI(title="盯办", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    answer_problems(app)
    app.include_router(health_routes(readiness))
    return app
