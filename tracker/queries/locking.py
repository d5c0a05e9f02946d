"""Tasks, held against others until the transaction ends.

SQLite holds the whole database from the beginning of a writing transaction. PostgreSQL locks rows: those of the tasks
and of the tasks that hold their lists, so that what a rule looked at stays true until the commit. They are locked in
one order always, that of their ids, and before anything is put on record: two who act on several tasks never wait for
each other. Who acts on many therefore locks them all first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import BindParameter, bindparam
from sqlalchemy.orm import aliased
from sqlalchemy.orm.util import identity_key
from sqlmodel import Session, SQLModel, col, select

from tracker.errors import StaleTask, TaskNotFound
from tracker.identity import id_of, is_possible_id
from tracker.loading import stored_row
from tracker.models import Task
from tracker.prepared import Prepared

_MOST = 10_000  # parameters of one statement

_LOCKED = select(Task).order_by(col(Task.id)).with_for_update().execution_options(populate_existing=True)
_TASK = SQLModel.metadata.tables["task"]
_POINTING = aliased(Task)
_ASKED: BindParameter[Any] = bindparam("task_id")
_WITH_HOLDERS: list[Any] = [
    _ASKED,
    *(
        select(pointer).where(_POINTING.id == _ASKED).scalar_subquery()
        for pointer in (_POINTING.deliverables_from_id, _POINTING.milestones_from_id)
    ),
]
_AGAIN = _LOCKED.where(col(Task.id).in_(_WITH_HOLDERS))
_FIRST = Prepared(_TASK.select().where(_TASK.c.id.in_(_WITH_HOLDERS)).order_by(_TASK.c.id).with_for_update())


def lock_task(session: Session, task_id: int) -> Task:
    """The task as it is now, held against others. Raises TaskNotFound."""
    if not is_possible_id(task_id):
        raise TaskNotFound(task_id)
    if identity_key(Task, task_id) not in session.identity_map:
        session.flush()
        rows = _FIRST.rows(session, {"task_id": task_id})
        if len(rows) == 1 and rows[0][0] == task_id:  # the first column is the id
            return stored_row(session, Task, dict(zip(_TASK.c.keys(), rows[0], strict=True)))
    found = session.exec(
        _AGAIN, params={"task_id": task_id}
    ).all()  # what the session holds is read over again
    return _held(found, [task_id])[task_id]


def lock_tasks(session: Session, task_ids: Collection[int]) -> dict[int, Task]:
    """The tasks as they are now, by id, held against others. Raises TaskNotFound."""
    asked = sorted(set(task_ids))
    wanted = sorted({*asked, *_holders_of(session, asked)})
    found = [
        task
        for start in range(0, len(wanted), _MOST)
        for task in session.exec(_LOCKED.where(col(Task.id).in_(wanted[start : start + _MOST]))).all()
    ]
    return _held(found, asked)


def _holders_of(session: Session, task_ids: list[int]) -> Iterable[int]:
    for start in range(0, len(task_ids), _MOST):
        some = col(Task.id).in_(task_ids[start : start + _MOST])
        for pointers in session.exec(select(Task.deliverables_from_id, Task.milestones_from_id).where(some)):
            yield from (pointer for pointer in pointers if pointer is not None)


def _held(found: Iterable[Task], asked: list[int]) -> dict[int, Task]:
    """Those that were asked for. Raises StaleTask where a list was given to another holder just now."""
    by_id = {id_of(task): task for task in found}
    for task_id in asked:
        task = by_id.get(task_id)
        if task is None:
            raise TaskNotFound(task_id)
        if not {task.deliverables_from_id, task.milestones_from_id} <= {None, *by_id}:
            raise StaleTask(task_id)
    return {task_id: by_id[task_id] for task_id in asked}
