"""Running until told to stop: the scheduler alone, or beside the web server."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType

from runtime import heartbeats, jobs, memory
from runtime.bootstrap import Application
from runtime.logging import get_logger
from runtime.scheduler import create_scheduler

log = get_logger(__name__)


def run_worker(application: Application) -> None:
    """Tick until SIGTERM or SIGINT; let the job at work finish, and take the sign of life back."""
    told = listen_for_stop()
    memory.settle()
    with running_scheduler(application):
        log.info("提醒服务已启动", worker=heartbeats.this_worker())
        told.get()
        log.info("正在停止")
    log.info("提醒服务已停止")


def listen_for_stop() -> SimpleQueue[int]:
    """From now on SIGTERM and SIGINT are put into the queue that is returned, instead of ending the process.

    A queue of this kind may be put to in the midst of its own `get`. An Event may not: its lock is held while
    it begins to wait, and a signal at that moment waited for that lock for ever.
    """
    told: SimpleQueue[int] = SimpleQueue()

    def tell(number: int, _frame: FrameType | None) -> None:
        told.put(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, tell)
    return told


@contextmanager
def running_scheduler(application: Application) -> Iterator[None]:
    """Tick while the block runs; at its end the jobs at work are waited for."""
    scheduler = create_scheduler(application)
    jobs.beat(application)  # seen from the first moment on
    scheduler.start()
    try:
        yield
    finally:
        scheduler.shutdown(wait=True)
        with application.writing() as session:
            heartbeats.stop_beating(session, worker=heartbeats.this_worker())
