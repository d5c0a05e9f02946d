"""Routes of many modules in one application, each kept once."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI


def add_routes(app: FastAPI | APIRouter, router: APIRouter) -> None:
    """Answer by the routes of `router` as they are: each names its whole path and its own rules.

    `include_router` would build every route a second time, for prefixes and rules that none of ours takes from
    where it is included (3 MB and a tenth of the start), and look for a request's route twice.
    """
    app.routes.extend(router.routes)
