"""Memory that a process which runs on for weeks has no use for any more."""

from __future__ import annotations

import ctypes
import gc
import sys


def begin() -> None:
    """Let the collector rest while the program starts: what is loaded lasts, and it would be looked at ten times over."""
    gc.disable()


def settle() -> None:
    """Take what is loaded for lasting, once, when the program has started.

    From then on the collector passes over it: a full round looks at what came since, instead of at half a
    million objects for a tenth of a second in the midst of somebody's page.
    """
    gc.freeze()
    gc.enable()
    _trim()


def give_back() -> None:
    """Return what is free to the machine. Pages that are compiled for the first time leave megabytes behind."""
    gc.collect()
    _trim()


def _trim() -> None:
    if sys.platform == "linux":
        # only glibc has it; elsewhere the allocator gives back by itself
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
