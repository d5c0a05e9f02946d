"""Being told to stop: at whatever moment the signal comes, it is heard."""

from __future__ import annotations

import subprocess
import sys

SIGNAL_AT_EVERY_STEP = """
import signal, sys
from runtime.worker import listen_for_stop

told = listen_for_stop()
signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGTERM))
for moment in range(20):
    steps = 0
    def interrupt(*_):
        global steps
        steps += 1
        if steps == moment + 1:
            signal.raise_signal(signal.SIGTERM)
    signal.setitimer(signal.ITIMER_REAL, 0.02)  # for a wait that takes fewer steps
    sys.setprofile(interrupt)
    heard = told.get()
    sys.setprofile(None)
    signal.setitimer(signal.ITIMER_REAL, 0)
    assert heard == signal.SIGTERM
    while not told.empty():
        told.get()
print("heard")
"""


def test_a_signal_is_heard_at_every_step_of_waiting_for_it() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", SIGNAL_AT_EVERY_STEP], capture_output=True, text=True, timeout=30, check=False
    )

    assert answer.stdout == "heard\n", answer.stderr
