"""Ctrl+C while modules are loaded: it ends the process, and no callback can keep it from that."""

from __future__ import annotations

import signal
import subprocess
import sys

from runtime.cli.interrupting import interrupted_at_once

WAITING_SECONDS = 30

# What happens when a module is loaded: Python forgets the module's lock in a callback, whose exceptions go nowhere.
IN_A_CALLBACK = """
import signal, weakref
from runtime.cli.interrupting import interrupted_at_once

class Lock: pass

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's work in the background ignores it
lock = Lock()
reference = weakref.ref(lock, lambda _: signal.raise_signal(signal.SIGINT))
with interrupted_at_once():
    del lock
print("went on")
"""


def test_it_ends_the_process_where_an_exception_would_be_swallowed() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", IN_A_CALLBACK],
        capture_output=True,
        text=True,
        timeout=WAITING_SECONDS,
        check=False,
    )

    assert (answer.returncode, answer.stdout) == (-signal.SIGINT, "")


def test_afterwards_it_interrupts_as_python_has_it() -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with interrupted_at_once():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL

        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_who_ignores_it_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interrupted_at_once():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
