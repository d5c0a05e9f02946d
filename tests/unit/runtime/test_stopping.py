"""Being told to stop: heard at whatever moment the signal comes, and over within the time that is promised.

Every process here is one of its own. What would hang is ended by WAITING_SECONDS, and fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from runtime.cli.exits import OUTSIDE
from runtime.ending import Ending
from runtime.stopping import heeding_signals

WAITING_SECONDS = 30
BEGIN = """
import signal, sys, threading
from runtime.ending import Ending
from runtime.logging import set_up_logging
from runtime.stopping import Patience, heeding_signals

set_up_logging(level="info", style="console")
ending = Ending()
"""

# The signal comes when the main thread has looked for signals for the last time and sleeps: another thread, which
# the kernel may choose as well, takes it. That thread runs only once the main one has given up the interpreter.
TAKEN_BY_ANOTHER_THREAD = """
sys.setswitchinterval(1000)
asleep = threading.Lock()
asleep.acquire()
def take():
    asleep.acquire()
    signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
with heeding_signals(ending):
    threading.Thread(target=take).start()
    asleep.release()
    ending.wait()
print("heard")
"""

AT_EVERY_STEP = """
for moment in range(20):
    ending, steps = Ending(), 0
    def interrupt(*_):
        global steps
        steps += 1
        if steps == moment + 1:
            signal.raise_signal(signal.SIGTERM)
    with heeding_signals(ending, Patience(cut_after=600, end_after=600)):
        sys.setprofile(interrupt)
        ending.wait()
        sys.setprofile(None)
print("heard")
"""

BEFORE_THE_WAIT = """
with heeding_signals(ending):
    signal.raise_signal(signal.SIGINT)
    ending.wait()
print("heard")
"""

A_JOB_THAT_NEVER_ENDS = """
def work_for_ever():
    for_ever = threading.Lock()
    for_ever.acquire()
    for_ever.acquire()
with heeding_signals(ending, Patience(cut_after=0.1, end_after=0.2)):
    threading.Thread(target=work_for_ever, name="job").start()
    signal.raise_signal(signal.SIGTERM)
    ending.wait()
print("heard", flush=True)
"""

NOBODY_READS = """
import os
def fill():
    while True:
        os.write(2, b"." * 4096)
with heeding_signals(ending, Patience(cut_after=0.1, end_after=0.2)):
    signal.raise_signal(signal.SIGTERM)
    ending.wait()
    fill()
"""


def ran(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", BEGIN + program],
        capture_output=True,
        text=True,
        timeout=WAITING_SECONDS,
        check=False,
    )


class TestHearing:
    @pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="signals are not given to threads here")
    def test_a_signal_that_comes_while_the_main_thread_sleeps(self) -> None:
        answer = ran(TAKEN_BY_ANOTHER_THREAD)

        assert (answer.returncode, answer.stdout) == (0, "heard\n"), answer.stderr

    def test_a_signal_at_every_step_of_waiting_for_it(self) -> None:
        answer = ran(AT_EVERY_STEP)

        assert (answer.returncode, answer.stdout) == (0, "heard\n"), answer.stderr

    def test_a_signal_before_anybody_waits_for_it(self) -> None:
        answer = ran(BEFORE_THE_WAIT)

        assert (answer.returncode, answer.stdout) == (0, "heard\n"), answer.stderr

    def test_afterwards_signals_mean_what_they_meant_before(self) -> None:
        before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

        with heeding_signals(Ending()):
            assert signal.getsignal(signal.SIGTERM) != before[0]

        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
        assert signal.set_wakeup_fd(-1) == -1


class TestEndingWithoutMoreAdo:
    def test_a_job_that_never_ends_is_named_and_not_waited_for(self) -> None:
        answer = ran(A_JOB_THAT_NEVER_ENDS)

        assert (answer.returncode, answer.stdout) == (OUTSIDE, "heard\n")
        assert "到时限仍未停下" in answer.stderr
        assert "job: " in answer.stderr
        assert "work_for_ever" in answer.stderr

    def test_also_where_nobody_reads_its_last_words(self) -> None:
        reading, writing = os.pipe()
        try:
            process = subprocess.Popen([sys.executable, "-c", BEGIN + NOBODY_READS], stderr=writing)
            assert process.wait(WAITING_SECONDS) == OUTSIDE
        finally:
            os.close(writing)
            os.close(reading)
