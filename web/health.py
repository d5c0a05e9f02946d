"""Whether this process is alive, and whether it can do its work. For load balancers and for `dingban doctor`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from web.access import Who, allow
from web.problems import problem_answer

# Of its own: whoever watches hears whether it works also when every other thread has work.
_ASKING = ThreadPoolExecutor(2, "ready")


@dataclass(frozen=True)
class Readiness:
    """What readiness asks: each a function that returns None, or one sentence that says what is wrong."""

    database: Callable[[], str | None]
    migrations: Callable[[], str | None]
    worker: Callable[[], str | None]


def health_routes(readiness: Readiness) -> APIRouter:
    """`/healthz` answers while the process lives; `/readyz` when everything that it needs is there."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False, dependencies=[allow(Who.ANYONE)])
    async def alive() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", include_in_schema=False, dependencies=[allow(Who.ANYONE)])
    async def ready() -> JSONResponse:
        return await asyncio.get_running_loop().run_in_executor(_ASKING, _ready)

    def _ready() -> JSONResponse:
        checks = {"database": readiness.database()}
        if checks["database"] is None:  # the others would only say the same again
            checks |= {"migrations": readiness.migrations(), "worker": readiness.worker()}
        failed = {name: reason for name, reason in checks.items() if reason is not None}
        if failed:
            return problem_answer(503, "尚未就绪", "；".join(failed.values()), failed=failed)
        return JSONResponse({"status": "ok", "checks": dict.fromkeys(checks, "ok")})

    return router
