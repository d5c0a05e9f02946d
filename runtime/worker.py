"""Running until told to stop: the scheduler alone, or beside the web server."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog

from runtime import heartbeats, jobs
from runtime.bootstrap import Application
from runtime.scheduler import create_scheduler

log = structlog.get_logger(__name__)


def run_worker(application: Application) -> None:
    """Tick until SIGTERM or SIGINT; let the job at work finish, and take the sign of life back."""
    stop = threading.Event()

    def ask_to_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    with running_scheduler(application):
        log.info("提醒服务已启动", worker=heartbeats.this_worker())
        stop.wait()
        log.info("正在停止")
    log.info("提醒服务已停止")


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
