"""The scheduler only ticks; the database decides what is owed.

Jobs live in memory and are declared again at every start. A tick that comes late, twice, or beside another
scheduler's changes nothing: what is owed is owed since, and unique keys keep it from being written twice. So a
missed run is made up for by the next (`misfire_grace_time=None`), and several missed runs by one (`coalesce`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from datetime import timedelta

from apscheduler.events import EVENT_JOB_ERROR, JobExecutionEvent
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from runtime import jobs, memory
from runtime.bootstrap import Application
from runtime.ending import CutShort
from runtime.logging import get_logger
from tracker.clock import OFFICE_ZONE

HEARTBEAT_SECONDS = 30
ROUND_SECONDS = 60
REPORT_SECONDS = 300  # and memory is given back
WEBHOOK_SECONDS = 15
DOOR_SECONDS = 3600
SWEEP_SECONDS = 86_400
FIRST_PAGE = timedelta(seconds=5)  # what nobody waits for leaves the processor to it
SETTLED = timedelta(seconds=15)  # by then what starts has started

log = get_logger(__name__)


def create_scheduler(application: Application) -> BackgroundScheduler:
    """Return a scheduler with its jobs declared, not yet started.

    No job is bound to a day of the week: the weekly report is owed since the first working day's digest hour,
    and a make-up day may be a Sunday.
    """
    scheduler = BackgroundScheduler(
        timezone=OFFICE_ZONE,
        executors={"default": ThreadPoolExecutor(4)},  # the heartbeat waits for no slow server
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    at_once = jobs.real_now()
    soon = at_once + FIRST_PAGE
    every_minute = IntervalTrigger(seconds=ROUND_SECONDS, timezone=OFFICE_ZONE)
    every_five_minutes = IntervalTrigger(seconds=REPORT_SECONDS, timezone=OFFICE_ZONE)
    often = IntervalTrigger(seconds=HEARTBEAT_SECONDS, timezone=OFFICE_ZONE)
    _declare(scheduler, application, jobs.beat, often, at_once)
    _declare(scheduler, application, jobs.run_reminders, every_minute, at_once)
    _declare(scheduler, application, jobs.queue_weekly_reports, every_five_minutes, soon)
    every_quarter_minute = IntervalTrigger(seconds=WEBHOOK_SECONDS, timezone=OFFICE_ZONE)
    _declare(scheduler, application, jobs.deliver_webhooks, every_quarter_minute, soon)
    every_hour = IntervalTrigger(seconds=DOOR_SECONDS, timezone=OFFICE_ZONE)
    _declare(scheduler, application, jobs.keep_door, every_hour, soon)
    _declare(scheduler, application, jobs.discard_imports, every_hour, soon)
    every_day = IntervalTrigger(seconds=SWEEP_SECONDS, timezone=OFFICE_ZONE)
    _declare(scheduler, application, jobs.sweep_evidence, every_day, soon)
    scheduler.add_job(memory.give_back, every_five_minutes, id="give_back", next_run_time=at_once + SETTLED)
    scheduler.add_listener(_log_failure, EVENT_JOB_ERROR)
    return scheduler


def _declare(
    scheduler: BackgroundScheduler,
    application: Application,
    job: Callable[[Application], object],
    trigger: object,
    first_run_at: object,
) -> None:
    context = copy_context()  # a rehearsal's fixed clock belongs to the context, which threads do not inherit
    scheduler.add_job(
        lambda: context.copy().run(_run, job, application),
        trigger,
        id=job.__name__,
        next_run_time=first_run_at,
    )


def _run(job: Callable[[Application], object], application: Application) -> None:
    """Run a job, but begin none once the process was told to end."""
    if application.ending.is_told:
        return
    try:
        job(application)
    except CutShort as cut:
        log.warning(str(cut), job=job.__name__)


def _log_failure(event: JobExecutionEvent) -> None:
    """A job that fails is tried again at its next tick; what it began was rolled back."""
    log.error("定时任务失败，下一次再试", job=event.job_id, error=str(event.exception))
