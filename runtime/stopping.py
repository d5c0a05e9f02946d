"""Ending at a signal, within a bounded time, whatever the process is doing.

The kernel gives a signal to any thread, at any moment, and Python runs its handler in the main thread alone, once that
goes on by itself. A main thread that has looked for signals and then begins to wait sleeps on: an Event, a queue and
a lock all lose it there. So nobody waits for a handler: the interpreter writes each signal's number into a socket at
once (`set_wakeup_fd`), and a thread of its own reads there.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from runtime.cli.exits import OUTSIDE
from runtime.ending import Ending
from runtime.logging import get_logger

STOPPING = (signal.SIGTERM, signal.SIGINT)
_CUT_AGAIN_SECONDS = 1.0  # what tidies up after a cut may wait for the same server once more
_LAST_WORDS_SECONDS = 1.0  # nobody may be reading them
_FRAMES_TOLD = 4

log = get_logger(__name__)


@dataclass(frozen=True)
class Patience:
    """Seconds since the signal: until what waits for others is cut, and until the process ends without more ado."""

    cut_after: float = 10.0
    end_after: float = 20.0


@contextmanager
def heeding_signals(ending: Ending, patience: Patience | None = None) -> Iterator[None]:
    """While the block runs, SIGTERM and SIGINT tell `ending` instead of ending the process. Main thread only.

    Once told, the process is over after `patience.end_after` seconds, also if the block is not; it then ends with 4.
    """
    hearing, ringing = socket.socketpair()
    ringing.setblocking(False)
    fd_before = signal.set_wakeup_fd(ringing.fileno(), warn_on_full_buffer=False)
    before = {number: signal.signal(number, _be_heard) for number in STOPPING}
    watch = threading.Thread(
        target=_watch, args=(hearing, ending, patience or Patience()), name="signals", daemon=True
    )
    watch.start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(fd_before)
        ringing.close()


def _be_heard(_number: int, _frame: object) -> None:
    """The interpreter rings for signals that have a handler; there is nothing left for this one to do."""


def _watch(hearing: socket.socket, ending: Ending, patience: Patience) -> None:
    with hearing:
        heard = hearing.recv(1)
        while heard and heard[0] not in STOPPING:
            heard = hearing.recv(1)
    if not heard:
        return  # the block is left, and nothing was heard
    end_at = time.monotonic() + patience.end_after
    ending.tell()
    time.sleep(patience.cut_after)
    while (left := end_at - time.monotonic()) > 0:
        ending.cut()
        time.sleep(min(left, _CUT_AGAIN_SECONDS))
    _end_at_once()


def _end_at_once() -> None:
    """End this process without waiting for anything, not even for somebody who reads its last words."""
    last_words = threading.Thread(target=_say_who_is_at_work, name="last words", daemon=True)
    last_words.start()
    last_words.join(_LAST_WORDS_SECONDS)
    os._exit(OUTSIDE)


def _say_who_is_at_work() -> None:
    log.error("到时限仍未停下，不再等待；没有办完的，下次启动后接着办", at_work=_who_is_at_work())


def _who_is_at_work() -> list[str]:
    """The innermost functions of each thread, so that whoever reads the log can tell what it waited for."""
    frames = sys._current_frames()
    told = []
    for thread in threading.enumerate():
        stack = traceback.extract_stack(frames.get(thread.ident or 0))[-_FRAMES_TOLD:]
        told.append(f"{thread.name}: {' > '.join(frame.name for frame in stack)}")
    return told
