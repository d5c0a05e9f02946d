"""Milestones, their extensions, and the events that relative ones wait for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col, or_, select

from tracker.errors import ExtensionNotFound, MilestoneNotFound
from tracker.identity import id_of
from tracker.models import EventRecord, Extension, Milestone, Task
from tracker.queries.rows import get_row
from tracker.queries.served import is_served_in
from workflows.extension import ExtensionState
from workflows.milestone import OPEN_MILESTONES, MilestoneKind
from workflows.task import OPEN_STATES, TaskState

ORDER = (col(Milestone.number), col(Milestone.part), col(Milestone.occurs_on), col(Milestone.id))


def get_milestone(session: Session, milestone_id: int) -> Milestone:
    """Raises MilestoneNotFound."""
    return get_row(session, Milestone, milestone_id, MilestoneNotFound)


def list_milestones(session: Session, task: Task) -> Sequence[Milestone]:
    """The milestones of a task, or of the task that holds its list: by number, part, then occurrence."""
    holder = task.milestones_from_id or task.id
    return session.exec(select(Milestone).where(Milestone.task_id == holder).order_by(*ORDER)).all()


def list_milestones_of_tasks(session: Session, tasks: Sequence[Task]) -> dict[int, list[Milestone]]:
    """The milestones of many tasks by the id of the task, as `list_milestones` gives them, in one statement."""
    holders = {id_of(task): task.milestones_from_id or id_of(task) for task in tasks}
    found: dict[int, list[Milestone]] = {holder: [] for holder in holders.values()}
    for milestone in session.exec(
        select(Milestone).where(col(Milestone.task_id).in_(set(found))).order_by(*ORDER)
    ):
        found[milestone.task_id].append(milestone)
    return {task_id: found[holder] for task_id, holder in holders.items()}


def list_archive_milestones(session: Session, task_id: int) -> Sequence[Milestone]:
    """The open milestones that archiving the task meets, by number."""
    return session.exec(
        select(Milestone)
        .where(
            Milestone.task_id == task_id,
            Milestone.kind == MilestoneKind.ARCHIVE,
            col(Milestone.state).in_(OPEN_MILESTONES),
        )
        .order_by(*ORDER)
    ).all()


def map_archiving_days(session: Session, task_ids: Collection[int]) -> dict[int, date]:
    """By when tasks are to be archived, by the task that holds the list; those without such a day are left out."""
    rows = session.execute(
        columns(col(Milestone.task_id), func.min(col(Milestone.due_on)))
        .where(
            col(Milestone.task_id).in_(sorted(task_ids)),
            col(Milestone.kind) == MilestoneKind.ARCHIVE,
            col(Milestone.state).in_(OPEN_MILESTONES),
            col(Milestone.due_on).is_not(None),
        )
        .group_by(col(Milestone.task_id))
    ).all()
    return {task_id: due_on for task_id, due_on in rows}  # noqa: C416 — rows are no plain pairs


def list_occurrences(session: Session, series_id: int) -> Sequence[Milestone]:
    """The occurrences of a series, by their day."""
    return session.exec(
        select(Milestone)
        .where(Milestone.series_id == series_id)
        .order_by(col(Milestone.occurs_on), col(Milestone.id))
    ).all()


def list_series(session: Session, holder_id: int) -> Sequence[Milestone]:
    """What rolls out or waits for an event in one list and is not waived: series, and archiving with an offset."""
    return session.exec(
        select(Milestone).where(Milestone.task_id == holder_id, *_WAITS).order_by(*ORDER)
    ).all()


_WAITS = (
    col(Milestone.state).in_(OPEN_MILESTONES),
    or_(
        col(Milestone.kind) == MilestoneKind.SERIES,
        (col(Milestone.kind) == MilestoneKind.ARCHIVE)
        & (col(Milestone.offset_unit).is_not(None) | col(Milestone.recurrence).is_not(None)),
    ),
)


def list_relative_series(
    session: Session, campaign_id: int, *, task_id: int | None = None
) -> Sequence[tuple[Milestone, Task]]:
    """What waits for an event in tasks under way (suspended ones included), by task, then number.

    A shared list waits as long as any task that it serves is under way; `task_id` is that of the one that holds it.
    """
    statement = (
        select(Milestone, Task)
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(
            Task.campaign_id == campaign_id,
            is_served_in((*OPEN_STATES, TaskState.SUSPENDED)),
            col(Milestone.offset_unit).is_not(None),
            *_WAITS,
        )
        .order_by(col(Task.id), *ORDER)
    )
    if task_id is not None:
        statement = statement.where(Task.id == task_id)
    return session.exec(statement).all()


def find_event(
    session: Session, *, campaign_id: int, task_id: int | None, name: str, subject: str, on: date
) -> EventRecord | None:
    return session.exec(
        select(EventRecord).where(
            EventRecord.campaign_id == campaign_id,
            EventRecord.task_id == task_id,
            EventRecord.name == name,
            EventRecord.subject == subject,
            EventRecord.on == on,
        )
    ).first()


def list_events(session: Session, campaign_id: int, *, task_id: int | None = None) -> Sequence[EventRecord]:
    """The events recorded for a campaign; with a task those of the whole campaign and its own. By day."""
    statement = select(EventRecord).where(EventRecord.campaign_id == campaign_id)
    if task_id is not None:
        statement = statement.where(
            or_(col(EventRecord.task_id).is_(None), col(EventRecord.task_id) == task_id)
        )
    return session.exec(statement.order_by(col(EventRecord.on), col(EventRecord.id))).all()


def list_milestones_of_event(session: Session, event_id: int) -> Sequence[Milestone]:
    """What an event gave its day to, by task, then number."""
    return session.exec(
        select(Milestone).where(Milestone.event_id == event_id).order_by(col(Milestone.task_id), *ORDER)
    ).all()


def list_provisional(session: Session) -> Sequence[tuple[Milestone, EventRecord]]:
    """Open milestones whose day rests on an unpublished calendar year, with the event they count from."""
    return session.exec(
        select(Milestone, EventRecord)
        .join(EventRecord, col(EventRecord.id) == col(Milestone.event_id))
        .where(col(Milestone.is_provisional), col(Milestone.state).in_(OPEN_MILESTONES))
        .order_by(col(Milestone.id))
    ).all()


def get_extension(session: Session, extension_id: int) -> Extension:
    """Raises ExtensionNotFound."""
    return get_row(session, Extension, extension_id, ExtensionNotFound)


def list_extensions(session: Session, milestone_id: int) -> Sequence[Extension]:
    """The extensions asked for one milestone, the first one first."""
    return session.exec(
        select(Extension).where(Extension.milestone_id == milestone_id).order_by(col(Extension.number))
    ).all()


def list_open_extensions(session: Session, *, campaign_id: int | None = None) -> Sequence[Extension]:
    """Requests that wait for an answer, the oldest first."""
    statement = (
        select(Extension)
        .join(Milestone, col(Milestone.id) == col(Extension.milestone_id))
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(Extension.state == ExtensionState.REQUESTED)
        .order_by(col(Extension.requested_at), col(Extension.id))
    )
    if campaign_id is not None:
        statement = statement.where(Task.campaign_id == campaign_id)
    return session.exec(statement).all()
