"""Playing the coming months on a copy of the register: which notices would go to whom on which day.

Nothing is sent: rounds write into the copy, which the caller makes and throws away. Nobody acts in a rehearsal,
so it shows what would happen if everything were left lying.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from notifications.models import Notice, RoundProgress
from notifications.office_hours import OfficeHours
from notifications.policy import ReminderPolicy
from notifications.rounds import run_round
from notifications.rule_words import rule_words
from tracker.calendar import WorkCalendar
from tracker.database import read_session, write_session
from tracker.models import Milestone, Person, Task
from tracker.services.look_days import look_at_all

SCHEMA = "dingban.rehearsal/1"
HEADINGS = ("日期", "收件人", "规则", "身份", "抄送", "任务编号", "序号", "任务", "节点", "时限")


@dataclass(frozen=True)
class RehearsedNotice:
    """One thing that one person would be told on one day. Dates are office days."""

    day: date
    person_id: int
    person: str
    rule: str
    rule_words: str
    role: str
    is_copy: bool
    task_id: int | None
    seq: str | None
    task: str | None
    milestone: str | None
    due_on: date | None

    def as_json(self) -> dict[str, Any]:
        return {
            "day": self.day.isoformat(),
            "person_id": self.person_id,
            "person": self.person,
            "rule": self.rule,
            "rule_words": self.rule_words,
            "role": self.role,
            "copy": self.is_copy,
            "task_id": self.task_id,
            "seq": self.seq,
            "task": self.task,
            "milestone": self.milestone,
            "due_on": self.due_on.isoformat() if self.due_on else None,
        }

    def as_row(self) -> tuple[Any, ...]:
        """In the order of HEADINGS."""
        return (
            self.day,
            self.person,
            self.rule_words,
            self.role,
            "是" if self.is_copy else "",
            self.task_id,
            self.seq,
            self.task,
            self.milestone,
            self.due_on,
        )


def rehearse(
    copy: Engine,
    *,
    start: date,
    end: date,
    policy: ReminderPolicy,
    hours: OfficeHours,
    calendar: WorkCalendar,
    console_url: str,
    on_day: Callable[[date], None] | None = None,
) -> list[RehearsedNotice]:
    """Play every working day from `start` to `end` on `copy`, which is written to, and return what was decided.

    `on_day` hears of each day as it begins. What the register says was told already is not told again.
    """
    with write_session(copy) as session:
        _forget_days(session, start)
        before = session.exec(select(func.max(Notice.id))).one() or 0
    for day in _workdays(start, end, calendar):
        if on_day:
            on_day(day)
        with write_session(copy) as session:
            run_round(
                session,
                at=hours.digest_moment(day),
                policy=policy,
                hours=hours,
                calendar=calendar,
                console_url=console_url,
            )
    with read_session(copy) as session:
        return _list_rehearsed(session, after=before, policy=policy)


def as_json(notices: Sequence[RehearsedNotice], *, start: date, end: date) -> dict[str, Any]:
    """The whole rehearsal as one JSON document."""
    return {
        "schema": SCHEMA,
        "from": start.isoformat(),
        "to": end.isoformat(),
        "notices": [notice.as_json() for notice in notices],
    }


def _forget_days(session: Session, start: date) -> None:
    """Let the copy begin at any day, also before the last one that was really played."""
    look_at_all(session, on=start)
    progress = session.get(RoundProgress, 1)
    if progress:
        progress.office_day, progress.plan = None, ""
        session.add(progress)


def _workdays(start: date, end: date, calendar: WorkCalendar) -> Iterator[date]:
    day = start
    while day <= end:
        if calendar.is_workday(day):
            yield day
        day += timedelta(days=1)


def _list_rehearsed(session: Session, *, after: int, policy: ReminderPolicy) -> list[RehearsedNotice]:
    """In order of days, people and tasks. What was withdrawn before anybody heard of it is left out."""
    statement = (
        select(Notice, Person.name, Task, Milestone)
        .join(Person, col(Person.id) == col(Notice.recipient_id))
        .outerjoin(Task, col(Task.id) == col(Notice.task_id))
        .outerjoin(Milestone, col(Milestone.id) == col(Notice.milestone_id))
        .where(col(Notice.id) > after, col(Notice.withdrawn_at).is_(None))
        .order_by(
            col(Notice.office_day), col(Notice.recipient_id), col(Task.position), col(Task.id), col(Notice.id)
        )
    )
    return [_rehearsed(*row, policy) for row in session.exec(statement)]


def _rehearsed(
    notice: Notice, person: str, task: Task | None, milestone: Milestone | None, policy: ReminderPolicy
) -> RehearsedNotice:
    return RehearsedNotice(
        day=notice.office_day,
        person_id=notice.recipient_id,
        person=person,
        rule=notice.rule,
        rule_words=rule_words(notice.rule, policy),
        role=notice.facts.get("role", ""),
        is_copy=bool(notice.facts.get("copy")),
        task_id=notice.task_id,
        seq=task.seq if task else None,
        task=task.title if task else None,
        milestone=milestone.text if milestone else None,
        due_on=notice.due_on,
    )
