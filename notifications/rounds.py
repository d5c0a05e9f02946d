"""One round of reminding: what is owed becomes notices and letters, in one transaction, and never twice.

Any number of rounds may run, at any time and in any number of processes: the database decides what is owed. A
round writes nothing outside office hours, nothing while another round is at work, and no planned reminder while
the clock stands before a day that was already played.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from sqlmodel import Session, select

from notifications.composing import compose_digests, compose_immediate, told_today
from notifications.immediate import plan_events
from notifications.models import RoundProgress
from notifications.office_hours import OfficeHours
from notifications.planning import Day, plan_acceptances, plan_instructions, plan_milestones
from notifications.policy import ReminderPolicy
from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.database import insert_new
from tracker.services.look_days import look_at_all

# A clock that falls back by less waits for the day to come again; by more, the day before was the mistake.
CLOCK_SLIP = timedelta(days=7)


class RoundState(StrEnum):
    DONE = "done"
    CLOSED = "closed"  # outside office hours, or on a day off
    BUSY = "busy"  # another round is at work
    CLOCK = "clock"  # the clock stands before a day that was already played: only events were told


ROUND_LABELS: dict[RoundState, str] = {
    RoundState.DONE: "已完成",
    RoundState.CLOSED: "现在不是工作时间，没有生成提醒",
    RoundState.BUSY: "另一个进程正在生成提醒，本轮跳过",
    RoundState.CLOCK: "系统时钟早于上一轮提醒的日期，没有生成计划内的提醒，请检查时钟",
}


@dataclass(frozen=True)
class RoundOutcome:
    """What a round did: milestones looked at, events told of, letters posted."""

    state: RoundState
    milestones: int = 0
    events: int = 0
    letters: int = 0


def run_round(
    session: Session,
    *,
    at: datetime,
    policy: ReminderPolicy,
    hours: OfficeHours,
    calendar: WorkCalendar,
    console_url: str,
) -> RoundOutcome:
    """Write everything that is owed at `at` (aware) and was not written yet. The caller commits.

    `console_url` is what the links in letters begin with.
    """
    if not hours.is_open(at, calendar):
        return RoundOutcome(RoundState.CLOSED)
    progress = _lock(session)
    if progress is None:
        return RoundOutcome(RoundState.BUSY)
    events = plan_events(session, progress, policy=policy, at=at)
    letters = compose_immediate(session, policy=policy, at=at, console_url=console_url) if events else 0
    if not hours.is_digest_time(at):
        return RoundOutcome(RoundState.DONE, 0, events, letters)
    today = office_day(at)
    if progress.office_day and timedelta(0) < progress.office_day - today <= CLOCK_SLIP:
        return RoundOutcome(RoundState.CLOCK, 0, events, letters)
    is_new_day = progress.office_day != today
    told = frozenset if is_new_day else cache(lambda: told_today(session, today))
    day = Day(today, at, policy, hours, calendar, told)
    if is_new_day:
        _begin_day(session, progress, day)
    milestones = plan_milestones(session, day)
    if milestones or is_new_day:
        letters += compose_digests(
            session, policy=policy, at=at, since=hours.digest_moment(today), console_url=console_url
        )
    return RoundOutcome(RoundState.DONE, milestones, events, letters)


def _lock(session: Session) -> RoundProgress | None:
    """The progress row, held until the transaction ends; None while another round holds it."""
    progress = session.exec(_PROGRESS).one_or_none()
    if progress is not None:
        return progress
    # absent, or locked by another: PostgreSQL waits here for one that is being made
    session.connection().execute(
        insert_new(session, RoundProgress, "id"), {"id": 1, "event_id": 0, "office_day": None, "plan": ""}
    )
    return session.exec(_PROGRESS).one_or_none()


# Built once: a round runs every minute, and most of them find nothing.
_PROGRESS = select(RoundProgress).with_for_update(skip_locked=True).execution_options(populate_existing=True)


def _begin_day(session: Session, progress: RoundProgress, day: Day) -> None:
    """What is looked at once a day; and everything, where the policy or the calendar changed overnight."""
    plan = _plan_of(day.policy, day.calendar)
    if progress.office_day and (progress.plan != plan or day.today < progress.office_day):
        look_at_all(session, on=day.today)
    plan_acceptances(session, day)
    plan_instructions(session, day)
    progress.office_day, progress.plan = day.today, plan
    session.add(progress)


def _plan_of(policy: ReminderPolicy, calendar: WorkCalendar) -> str:
    """A checksum of what planned reminders depend on besides the register."""
    return hashlib.sha256(repr((policy, calendar.days)).encode()).hexdigest()
