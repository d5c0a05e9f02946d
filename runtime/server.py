"""Serving the web application, with the scheduler beside it."""

from __future__ import annotations

import socket
from contextlib import AbstractContextManager, nullcontext

import uvicorn

from runtime import memory
from runtime.bootstrap import Application
from runtime.console import house_of
from runtime.ending import Ending
from runtime.leaving_out import left_out
from runtime.logging import get_logger
from runtime.readiness import readiness_of
from runtime.stopping import Patience, heeding_signals
from runtime.worker import running_scheduler
from web.house import Demo

# FastAPI asks of every model of a route whether it is one of pydantic 1, and loads that to ask: 1 MB, and none is.
_ASKED_FOR_IN_VAIN = "pydantic.v1"
with left_out(_ASKED_FOR_IN_VAIN):
    from web.server import create_app

log = get_logger(__name__)


def serve_until_stopped(
    application: Application,
    *,
    host: str,
    port: int,
    demo: Demo | None = None,
    patience: Patience | None = None,
) -> None:
    """Answer requests and tick until SIGTERM or SIGINT. Raises OSError where the port is taken.

    Requests and jobs that take longer than `patience` are cut.
    """
    patience = patience or Patience()
    with left_out(_ASKED_FOR_IN_VAIN):
        console = create_app(house_of(application, demo=demo), readiness_of(application))
    console.state.templates.prepare()
    memory.settle()
    config = uvicorn.Config(
        console,
        log_config=None,  # what it logs goes where everything else goes
        access_log=False,  # addresses of calendar feeds are secrets; what people do is on record elsewhere
        server_header=False,
        # Whose word is taken for where a request came from: it decides whom a flood of guesses closes out.
        proxy_headers=bool(application.settings.trusted_proxies),
        forwarded_allow_ips=application.settings.trusted_proxies,
        timeout_graceful_shutdown=round(patience.cut_after),
    )
    with (
        socket.create_server((host, port)) as listening,
        heeding_signals(application.ending, patience),
        running_scheduler(application),
    ):
        # asyncio sets this only on sockets that name their protocol, which these do not: without it every answer
        # but the first on a connection waits 40 ms for the browser's acknowledgement
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        log.info("开始提供服务", host=host, port=port)
        _Server(config, application.ending).run(sockets=[listening])


class _Server(uvicorn.Server):
    """Ends when the whole process is told to. By itself it would catch signals from its own start to its own end."""

    def __init__(self, config: uvicorn.Config, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # used as a context alone
        return nullcontext()

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._ending.is_told
