"""The tasks that one list serves: the one that holds it, and those whose rows share it.

A merged cell is one list. It lives as long as any task that it serves is under way: whoever asks whether a shared
milestone or deliverable is still owed, by whom, and who may act on it, asks all of these tasks and not the holder.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, or_, select

from tracker.identity import id_of
from tracker.models import Milestone, Person, Task, TaskPerson
from tracker.queries.locking import lock_task
from tracker.queries.parts import Parts, get_parts_of_tasks
from workflows.kernel import Unmet
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

# A closed task may still owe its archiving.
WATCHED_STATES = (*OPEN_STATES, TaskState.CLOSED)
NOT_BEGUN = (TaskState.DRAFT, TaskState.CANCELLED)


class SharedList(StrEnum):
    """Which list of a task: what is due, or what must be handed in."""

    MILESTONES = "milestones"
    DELIVERABLES = "deliverables"


def holder_of(task: Task, shared: SharedList = SharedList.MILESTONES) -> int:
    """The id of the task that holds the list: itself, unless its row shares another's."""
    pointer = task.milestones_from_id if shared is SharedList.MILESTONES else task.deliverables_from_id
    return pointer or id_of(task)


def pointer_to_holder(shared: SharedList) -> Any:
    """The column by which a task names the one that holds its list."""
    return col(Task.milestones_from_id if shared is SharedList.MILESTONES else Task.deliverables_from_id)


def list_served_tasks(session: Session, holder_id: int, shared: SharedList) -> Sequence[Task]:
    """The task that holds a list and those that share it, as they are now: the holder first, then by position."""
    sharing = session.exec(
        select(Task)
        .where(pointer_to_holder(shared) == holder_id, col(Task.id) != holder_id)
        .order_by(col(Task.position), col(Task.id))
        .execution_options(populate_existing=True)
    ).all()
    return [session.get_one(Task, holder_id), *sharing]


@dataclass(frozen=True)
class ServedTasks:
    """The tasks that one list serves, the holder first, and who plays which part on each.

    Whoever owns one of them reviews nothing of their list (`Parts.peers`).
    """

    tasks: tuple[Task, ...]
    parts: dict[int, Parts]

    @property
    def holder(self) -> Task:
        return self.tasks[0]

    def parts_of(self, task: Task) -> Parts:
        return self.parts[id_of(task)]

    def is_any_in(self, states: Collection[TaskState]) -> bool:
        return any(task.state in states for task in self.tasks)

    @property
    def is_in_draft(self) -> bool:
        """One of the tasks is still to be issued, and none is under way or was."""
        return self.is_any_in((TaskState.DRAFT,)) and all(task.state in NOT_BEGUN for task in self.tasks)

    def standpoint(self, lacking: Callable[[Task, Parts], Sequence[Unmet]]) -> Task:
        """From which of the tasks somebody may act on the list: the first in which nothing is lacking.

        Where something is lacking in each, one in which he plays the part, and in which the least is lacking.
        """
        if len(self.tasks) == 1:
            return self.holder
        return min(self.tasks, key=lambda task: _distance(lacking(task, self.parts_of(task))))


def get_served_tasks(
    session: Session, holder_id: int, shared: SharedList = SharedList.MILESTONES
) -> ServedTasks:
    """The tasks that a list serves, with the parts on each."""
    tasks = tuple(list_served_tasks(session, holder_id, shared))
    parts = get_parts_of_tasks(session, tasks)
    return ServedTasks(tasks, bar_owners(parts) if len(tasks) > 1 else parts)


def lock_served_tasks(
    session: Session, holder_id: int, shared: SharedList = SharedList.MILESTONES
) -> ServedTasks:
    """The tasks as they are now; none of them can move until the transaction ends.

    Moving a task locks the one that holds its list, so that locking the holder is enough.
    """
    lock_task(session, holder_id)
    return get_served_tasks(session, holder_id, shared)


def bar_owners(parts: dict[int, Parts]) -> dict[int, Parts]:
    """The parts on tasks that one list serves, where an owner of one reviews for none."""
    owners = tuple(dict.fromkeys(owner for each in parts.values() for owner in each.owners))
    return {task_id: replace(each, peers=owners) for task_id, each in parts.items()}


def map_owners_of_lists(
    session: Session, holder_ids: Collection[int]
) -> dict[tuple[SharedList, int], tuple[int, ...]]:
    """Everybody who owns a task that a list serves, by list and holder; none of them reviews what is on it."""
    pointers = [pointer_to_holder(shared) for shared in SharedList]
    statement: Any = (
        select_columns(col(TaskPerson.person_id), *(func.coalesce(each, col(Task.id)) for each in pointers))
        .join(TaskPerson, col(TaskPerson.task_id) == col(Task.id))
        .join(Person, col(Person.id) == col(TaskPerson.person_id))
        .where(
            or_(col(Task.id).in_(holder_ids), *(each.in_(holder_ids) for each in pointers)),
            col(TaskPerson.role) == Role.OWNER,
            col(Person.is_active),
        )
    )
    found: dict[tuple[SharedList, int], tuple[int, ...]] = {}
    for person_id, *holders in session.connection().execute(statement):
        for held in zip(SharedList, holders, strict=True):
            found[held] = (*found.get(held, ()), person_id)
    return found


def is_served_in(states: Collection[TaskState]) -> ColumnElement[bool]:
    """The condition, beside a join of a milestone and its holder, that any task it serves is in one of `states`."""
    sharer = aliased(Task)
    shares = exists().where(
        col(sharer.milestones_from_id) == col(Milestone.task_id), col(sharer.state).in_(states)
    )
    return or_(col(Task.state).in_(states), shares)


def list_states_of_list(session: Session, holder_id: int) -> dict[int, TaskState]:
    """The state of every task that a list of milestones serves, by id, in one statement."""
    rows: Sequence[Any] = session.exec(
        select(Task.id, Task.state).where(
            or_(col(Task.id) == holder_id, col(Task.milestones_from_id) == holder_id)
        )
    ).all()
    return {task_id: TaskState(state) for task_id, state in rows}


def is_list_in(session: Session, holder_id: int, states: Collection[TaskState]) -> bool:
    """Whether any task that a list of milestones serves is in one of `states`."""
    return any(state in states for state in list_states_of_list(session, holder_id).values())


def _distance(unmet: Sequence[Unmet]) -> tuple[bool, int]:
    return any(condition.code == "wrong-role" for condition in unmet), len(unmet)
