"""The office's calendar as it is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from tracker.models import CalendarDay, CalendarYear, Task
from workflows.task import TaskState


def list_calendar_days(session: Session, *, year: int | None = None) -> Sequence[CalendarDay]:
    """The days that differ from the weekday rule, in order."""
    statement = select(CalendarDay).order_by(col(CalendarDay.day))
    if year is not None:
        statement = statement.where(
            col(CalendarDay.day) >= date(year, 1, 1), col(CalendarDay.day) <= date(year, 12, 31)
        )
    return session.exec(statement).all()


def list_calendar_years(session: Session) -> Sequence[CalendarYear]:
    """The years whose arrangement is known here, in order."""
    return session.exec(select(CalendarYear).order_by(col(CalendarYear.year))).all()


def list_tasks_to_accept(session: Session) -> Sequence[Task]:
    """Tasks that were issued and not yet accepted, by id."""
    return session.exec(
        select(Task)
        .where(Task.state == TaskState.ISSUED, col(Task.accept_by_on).is_not(None))
        .order_by(col(Task.id))
    ).all()
