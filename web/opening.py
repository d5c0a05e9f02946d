"""What a route of the console needs open while it works: opened, worked at and closed in one thread.

FastAPI would run the opening of a transaction, the route, and the closing each in a thread of its own choice, with the
event loop between them. Here a dependency says only what to open (`Opening`); the route opens it where it works, and has
closed it, committed or rolled back, before its answer leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from contextvars import copy_context
from functools import partial, wraps
from inspect import iscoroutinefunction
from typing import Any, Generic, TypeVar

from fastapi.routing import APIRoute, APIRouter

_Opened = TypeVar("_Opened")
# Where routes work. Started one by one, when all that there are have work. Forms have threads of their own: those who
# wait for the write lock must not keep others from reading. The library's own threads take twice as long to hand a
# page over.
_READERS = ThreadPoolExecutor(40, "page")
_WRITERS = ThreadPoolExecutor(20, "form")


class Opening(Generic[_Opened]):
    """Something to be opened by the route that depends on it, which is then handed what `open` gives."""

    def __init__(self, open_it: Callable[[], AbstractContextManager[_Opened]]) -> None:
        self.open = open_it


class OpeningRoute(APIRoute):
    """A route that opens what it depends on. What it refuses while it is open goes through whatever was opened."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        workers = _READERS if set(options.get("methods") or ()) <= {"GET"} else _WRITERS
        opens = endpoint if iscoroutinefunction(endpoint) else _opens(endpoint, workers)
        super().__init__(path, opens, **options)


class PageRouter(APIRouter):
    """The routes of one screen."""

    def __init__(self, prefix: str = "") -> None:
        super().__init__(prefix=prefix, route_class=OpeningRoute)


def _opens(endpoint: Callable[..., Any], workers: ThreadPoolExecutor) -> Callable[..., Any]:
    def work(values: dict[str, Any]) -> Any:
        with ExitStack() as opened:
            for name, value in values.items():
                if isinstance(value, Opening):
                    values[name] = opened.enter_context(value.open())
            return endpoint(**values)

    @wraps(endpoint)
    async def work_apart(**values: Any) -> Any:
        worked = partial(copy_context().run, work, values)
        return await asyncio.get_running_loop().run_in_executor(workers, worked)

    return work_apart
