"""That a process which runs on was told to end, and how what it waits for hears of it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

_Result = TypeVar("_Result")


class CutShort(Exception):
    """Something that waited for others was not awaited to its end, because the process ends."""


class Ending:
    """Told once, for good. Jobs ask before they begin something; what waits for servers runs by `run`, to be cut."""

    def __init__(self) -> None:
        self._told = threading.Event()
        self._lock = threading.Lock()
        self._cuts: set[Callable[[], object]] = set()

    @property
    def is_told(self) -> bool:
        return self._told.is_set()

    def tell(self) -> None:
        """From now on nothing new is begun. From a thread of its own and not in a signal's handler: it takes a lock."""
        self._told.set()

    def wait(self) -> None:
        """Return when it was told."""
        self._told.wait()

    def cut(self) -> None:
        """Let everything that waits at this moment wait no longer."""
        with self._lock:
            for cut in self._cuts:
                cut()

    def run(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        """Run a coroutine to its end in a loop of its own. Raises CutShort where it was cut."""
        try:
            return asyncio.run(self._within_reach(work))
        except asyncio.CancelledError as error:
            raise CutShort("停止前没有办完，下次启动后接着办") from error

    async def _within_reach(self, work: Coroutine[Any, Any, _Result]) -> _Result:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work)

        def cut() -> None:
            loop.call_soon_threadsafe(task.cancel)

        with self._lock:
            self._cuts.add(cut)
        try:
            return await task
        finally:
            with self._lock:
                self._cuts.remove(cut)
