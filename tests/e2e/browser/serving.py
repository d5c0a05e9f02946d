"""One server for many applications, one after the other: starting one for each test costs more than most tests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.console import Console


class Serving:
    """An application that hands on to whichever is lent to it just now."""

    def __init__(self) -> None:
        self.url = ""
        self._application: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._application is None:
            raise RuntimeError(f"nothing is served now, and {scope['path']} was asked for")
        await self._application(scope, receive, send)

    @contextmanager
    def lent(self, application: ASGIApp) -> Iterator[str]:
        """Answer with `application` while the block runs; gives the address."""
        self._application = application
        try:
            yield self.url
        finally:
            self._application = None

    @contextmanager
    def of(self, console: Console) -> Iterator[Console]:
        """Answer with the console, which is told where it is."""
        with self.lent(console.answer) as console.url:
            yield console


@contextmanager
def opened_serving() -> Iterator[Serving]:
    """A server on the loopback interface, at a port that is free."""
    serving = Serving()
    config = uvicorn.Config(
        serving, port=0, log_config=None, access_log=False, lifespan="off", interface="asgi3"
    )
    server, socket = uvicorn.Server(config), config.bind_socket()
    serving.url = f"http://127.0.0.1:{socket.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield serving
    finally:
        server.should_exit = True
        thread.join()
