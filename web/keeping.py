"""Keeping what was dear to make, as long as what it was made from stays the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any


class Kept:
    """The last few results of this process by key. A key names everything that a result depends on.

    One is made at a time, so that ten people who open one page at once cost one of them.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The result of `key`, made where it is not kept. What `make` raises is not kept."""
        with self._lock:
            if key not in self._results:
                self._results[key] = make()
            self._results.move_to_end(key)
            while len(self._results) > self._most:
                self._results.popitem(last=False)
            return self._results[key]
