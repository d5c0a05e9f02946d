"""Ctrl+C while modules are loaded: nothing has begun yet, so that it ends the process as a SIGTERM would.

Python would raise KeyboardInterrupt wherever it is at that moment. In the midst of an import that may be a callback
whose exceptions are only printed: the program would go on, and whoever pressed Ctrl+C would wait for ever.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def interrupted_at_once() -> Iterator[None]:
    """While the block runs, SIGINT ends the process. What has set a handler of its own, or ignores it, keeps that."""
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
