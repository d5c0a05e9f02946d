"""Running until told to stop: the scheduler alone, or beside the web server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from runtime import heartbeats, jobs, memory
from runtime.bootstrap import Application
from runtime.logging import get_logger
from runtime.scheduler import create_scheduler
from runtime.stopping import Patience, heeding_signals

log = get_logger(__name__)


def run_worker(application: Application, patience: Patience | None = None) -> None:
    """Tick until SIGTERM or SIGINT; let the job at work finish, and take the sign of life back.

    A job that takes longer than `patience` is cut.
    """
    with heeding_signals(application.ending, patience):
        memory.settle()
        with running_scheduler(application):
            log.info("提醒服务已启动", worker=heartbeats.this_worker())
            application.ending.wait()
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
