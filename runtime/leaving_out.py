"""Optional parts of libraries that are installed for other uses, and that a process at rest is better without."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def left_out(*names: str) -> Iterator[None]:
    """Let libraries that are imported in the block find that the modules of these names are not installed.

    Only for what a library does without by itself, and only while the program starts: other threads would not
    find the modules either. A module that is loaded already stays.
    """
    absent = [name for name in names if name not in sys.modules]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # how Python notes that there is no such module
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]
