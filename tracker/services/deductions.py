"""Recording the occurrences of a deduction item (扣分项)."""

from __future__ import annotations

from datetime import date, datetime
from math import isfinite

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import Deduction, Task
from tracker.queries.campaigns import sum_deductions
from tracker.queries.locking import lock_task
from tracker.queries.parts import Parts, get_parts
from tracker.scores import deduction_cap, has_deductions
from tracker.services.acting import part_unmet
from tracker.services.auditing import Actor, record
from workflows.kernel import Unmet
from workflows.roles import Role
from workflows.task import TaskState


def record_deduction(
    session: Session, task_id: int, *, on: date, points: float, note: str, actor: Actor, at: datetime
) -> Deduction:
    """Record one occurrence: the office day, the points it costs (positive), and what was found.

    Kept as found even beyond the cap of the score; `queries.campaigns.sum_deductions` stops at the cap.
    Raises TaskNotFound or ActRefused. The caller commits.
    """
    task = lock_task(session, task_id)
    parts = get_parts(session, task)
    if unmet := [*deducting_unmet(task, parts, actor), *_entry_unmet(on, points, note, office_day(at))]:
        raise ActRefused("登记扣分", unmet)
    deduction = Deduction(
        task_id=task_id,
        on=on,
        points=points,
        note=note.strip(),
        recorded_by_id=actor.person_id,
        recorded_at=at,
    )
    session.add(deduction)
    session.flush()
    record(
        session,
        kind="deduction.record",
        actor=actor,
        at=at,
        subject="deduction",
        subject_id=id_of(deduction),
        task_id=task_id,
        data={
            "on": on.isoformat(),
            "points": points,
            "note": deduction.note,
            "total": sum_deductions(session, task),
            "cap": deduction_cap(task.score),
        },
    )
    return deduction


def deducting_unmet(task: Task, parts: Parts, actor: Actor) -> list[Unmet]:
    """What keeps the actor from recording an occurrence at all."""
    unmet = part_unmet(parts, actor, {Role.EXPEDITER, Role.LEADER, Role.COORDINATOR}, "登记扣分")
    if task.state in (TaskState.DRAFT, TaskState.CANCELLED, TaskState.ARCHIVED):
        unmet.append(Unmet("wrong-state", "只能在任务下达之后、归档之前登记扣分"))
    if not has_deductions(task.score):
        unmet.append(Unmet("no-deductions", "这项任务的分值里没有扣分规定，只有扣分项可以登记扣分"))
    return unmet


def _entry_unmet(on: date, points: float, note: str, today: date) -> list[Unmet]:
    unmet = []
    if not (points > 0 and isfinite(points)):
        unmet.append(Unmet("no-points", "扣分须是大于0的数"))
    if on > today:
        unmet.append(Unmet("future-day", "发生日期不能晚于今天"))
    if not note.strip():
        unmet.append(Unmet("missing-text", "须写明扣分情形"))
    return unmet
