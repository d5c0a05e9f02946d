"""What falls due when: the milestones of the tasks that one may see, by day, for calendars and years.

A list that several tasks share is shown once, with the first of them that may be seen.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, or_
from sqlalchemy import select as columns
from sqlmodel import Session, col

from tracker.lights import Light
from tracker.models import Milestone, Task
from tracker.queries.ledger_conditions import Question, conditions_of, select_from_tasks
from tracker.queries.lights import milestone_light, milestone_light_of_task, rank_of
from tracker.queries.punctuality import IS_BACKFILLED
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import OPEN_STATES, TaskState

# What is on a calendar: work that was issued and not given up. While it is suspended its clock stands still.
ON_CALENDAR = (*OPEN_STATES, TaskState.CLOSED, TaskState.ARCHIVED)
_DATED = (MilestoneKind.STEP, MilestoneKind.ARCHIVE)


@dataclass(frozen=True)
class DueEntry:
    """One milestone on its due day, with the task to look at."""

    milestone_id: int
    task_id: int
    label: str
    title: str
    text: str
    due_on: date
    light: Light
    is_backfilled: bool


@dataclass(frozen=True)
class DueDay:
    """What falls due on one day: the first entries, the worst lights first, and how many there are altogether."""

    day: date
    entries: Sequence[DueEntry]
    total: int


@dataclass(frozen=True)
class NearestDue:
    """Where the nearest days are on which something falls due, before and after days on which nothing does."""

    before: date | None
    after: date | None

    @property
    def days(self) -> list[date]:
        return [day for day in (self.before, self.after) if day is not None]


@dataclass(frozen=True)
class YearMark:
    """One milestone of a task within a year; `start_on` where it is a window."""

    text: str
    start_on: date | None
    due_on: date
    light: Light
    is_backfilled: bool


def list_due_days(question: Question, first: date, last: date, *, most: int) -> dict[date, DueDay]:
    """The days from `first` to `last` on which something falls due, each with at most `most` entries."""
    light = milestone_light(question.today, question.rules)
    is_served = or_(
        col(Milestone.task_id) == col(Task.id), col(Milestone.task_id) == col(Task.milestones_from_id)
    )
    due: Any = (
        select_from_tasks(
            question,
            col(Milestone.id).label("id"),
            col(Milestone.text).label("text"),
            col(Milestone.due_on).label("due_on"),
            light.label("light"),
            IS_BACKFILLED.label("is_backfilled"),
            func.min(col(Task.id)).label("task_id"),
        )
        .join(Milestone, is_served)
        .where(
            col(Milestone.due_on) >= first,
            col(Milestone.due_on) <= last,
            col(Milestone.kind).in_(_DATED),
            col(Milestone.state) != MilestoneState.WAIVED,
            col(Task.state).in_(ON_CALENDAR),
            *conditions_of(question),
        )
        .group_by(col(Milestone.id))
        .subquery()
    )
    worst_first = (rank_of(due.c.light), due.c.task_id, due.c.id)
    numbered = columns(
        due,
        func.row_number().over(partition_by=due.c.due_on, order_by=worst_first).label("place"),
        func.count().over(partition_by=due.c.due_on).label("total"),
    ).subquery()
    statement = (
        columns(numbered, col(Task.seq), col(Task.sub), col(Task.title))
        .join(Task, col(Task.id) == numbered.c.task_id)
        .where(numbered.c.place <= most)
        .order_by(numbered.c.due_on, numbered.c.place)
    )
    found: dict[date, list[Any]] = {}
    for row in question.session.connection().execute(statement):
        found.setdefault(row.due_on, []).append(row)
    return {day: DueDay(day, [_entry(row) for row in rows], rows[0].total) for day, rows in found.items()}


def find_nearest_due(question: Question, first: date, last: date) -> NearestDue:
    """The last day before `first` and the first one after `last` on which something falls due."""
    is_served = or_(
        col(Milestone.task_id) == col(Task.id), col(Milestone.task_id) == col(Task.milestones_from_id)
    )
    due_on = col(Milestone.due_on)
    before = func.max(case((due_on < first, due_on)))
    after = func.min(case((due_on > last, due_on)))
    row = question.session.execute(
        select_from_tasks(question, before, after)
        .join(Milestone, is_served)
        .where(
            col(Milestone.kind).in_(_DATED),
            col(Milestone.state) != MilestoneState.WAIVED,
            col(Task.state).in_(ON_CALENDAR),
            *conditions_of(question),
        )
    ).one()
    return NearestDue(*row)


def _entry(row: Any) -> DueEntry:
    number = row_number(row.seq, row.sub)
    light, is_backfilled = Light(row.light), bool(row.is_backfilled)
    return DueEntry(row.id, row.task_id, number, row.title, row.text, row.due_on, light, is_backfilled)


def map_marks(
    session: Session, task_ids: Collection[int], *, year: int, today: date, rules: OfficeRules
) -> dict[int, list[YearMark]]:
    """The dated milestones of these tasks that fall due within a year, by task, the earliest first."""
    is_served = or_(
        col(Milestone.task_id) == col(Task.id), col(Milestone.task_id) == col(Task.milestones_from_id)
    )
    statement: Any = (
        columns(
            col(Task.id),
            col(Milestone.text),
            col(Milestone.start_on),
            col(Milestone.due_on),
            milestone_light_of_task(today, rules).label("light"),
            IS_BACKFILLED.label("is_backfilled"),
        )
        .join(Milestone, is_served)
        .where(
            col(Task.id).in_(task_ids),
            col(Milestone.due_on) >= date(year, 1, 1),
            col(Milestone.due_on) <= date(year, 12, 31),
            col(Milestone.kind).in_(_DATED),
            col(Milestone.state) != MilestoneState.WAIVED,
        )
        .order_by(col(Milestone.due_on), col(Milestone.number), col(Milestone.id))
    )
    found: dict[int, list[YearMark]] = {}
    for row in session.connection().execute(statement):
        light, is_backfilled = Light(row.light), bool(row.is_backfilled)
        mark = YearMark(row.text, row.start_on, row.due_on, light, is_backfilled)
        found.setdefault(row.id, []).append(mark)
    return found
