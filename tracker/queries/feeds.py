"""What a person's calendar shows: the days on which something of his is due."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlalchemy import select as columns
from sqlmodel import Session, col

from tracker.models import Extension, Milestone, Person, Task, TaskPerson
from tracker.queries.served import SharedList, pointer_to_holder
from workflows.extension import ExtensionState
from workflows.milestone import DATED_KINDS, OPEN_MILESTONES
from workflows.roles import TASK_ROLES, Role
from workflows.task import OPEN_STATES


class FeedDay(NamedTuple):
    """One open milestone with a day. `moved`: how often its day was moved; `settled_at`: when it was last set."""

    milestone_id: int
    text: str
    due_on: date
    is_provisional: bool
    task_id: int
    title: str
    roles: tuple[Role, ...]
    moved: int
    settled_at: datetime | None


def list_feed_days(session: Session, person_id: int) -> list[FeedDay]:
    """Open dated milestones of open tasks on which an active person has a part, by day; each once, however many share it."""
    holder = func.coalesce(pointer_to_holder(SharedList.MILESTONES), col(Task.id))
    moves = (
        columns(
            col(Extension.milestone_id).label("milestone_id"),
            func.count().label("moved"),
            func.max(col(Extension.decided_at)).label("decided_at"),
        )
        .where(col(Extension.state) == ExtensionState.GRANTED)
        .group_by(col(Extension.milestone_id))
        .subquery()
    )
    statement: Any = (
        columns(
            col(Milestone.id),
            col(Milestone.text),
            col(Milestone.due_on),
            col(Milestone.is_provisional),
            col(Task.id),
            col(Task.title),
            col(TaskPerson.role),
            func.coalesce(moves.c.moved, 0),
            func.coalesce(moves.c.decided_at, col(Task.issued_at)),
        )
        .join(Task, holder == col(Milestone.task_id))
        .join(TaskPerson, col(TaskPerson.task_id) == col(Task.id))
        .join(Person, col(Person.id) == col(TaskPerson.person_id))
        .outerjoin(moves, moves.c.milestone_id == col(Milestone.id))
        .where(
            col(TaskPerson.person_id) == person_id,
            col(TaskPerson.role).in_(TASK_ROLES),
            col(Person.is_active),
            col(Task.state).in_(OPEN_STATES),
            col(Milestone.state).in_(OPEN_MILESTONES),
            col(Milestone.kind).in_(DATED_KINDS),
            col(Milestone.due_on).is_not(None),
        )
        .order_by(col(Milestone.due_on), col(Milestone.id), col(Task.position), col(Task.id))
    )
    found: dict[int, FeedDay] = {}
    for row in session.connection().execute(statement):
        *head, role, moved, settled_at = row
        day = FeedDay._make((*head, (Role(role),), moved, settled_at))
        known = found.get(day.milestone_id)
        if known is None:
            found[day.milestone_id] = day
        elif day.roles[0] not in known.roles:
            found[day.milestone_id] = known._replace(roles=(*known.roles, *day.roles))
    return list(found.values())
