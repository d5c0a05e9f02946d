"""What an assisting unit (协办单位) tells of its own progress on a task.

It moves nothing: the accountable owner reports milestones and submits. The newest word of each unit stands on the
task, and all of them in its events.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import Task, TaskUnit
from tracker.queries.directory import list_task_units
from tracker.queries.locking import lock_task
from tracker.queries.parts import Parts, get_parts
from tracker.queries.people import get_person, get_unit
from tracker.services.acting import recording_unmet
from tracker.services.auditing import Actor, record
from workflows.kernel import Unmet
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

_ACT = "报送进展"
_FOLLOWERS = frozenset({Role.OWNER, Role.EXPEDITER, Role.COORDINATOR})


def report_unit_progress(
    session: Session, task_id: int, unit_id: int, *, text: str, actor: Actor, at: datetime
) -> TaskUnit:
    """Keep what a unit has done so far. Told by somebody of that unit, the owner, the expediter or a coordinator.

    Raises TaskNotFound, UnitNotFound or ActRefused with everything that stands in the way. The caller commits.
    """
    task = lock_task(session, task_id)
    name = get_unit(session, unit_id).name
    units = {each.unit_id: each for each in list_task_units(session, task_id)}
    is_of_unit = unit_id in units and _is_of(session, actor, unit_id)
    unmet = telling_unmet(task, get_parts(session, task), actor, name, is_of_unit=is_of_unit)
    if unit_id not in units:
        listed = "、".join(get_unit(session, each).name for each in units) or "没有"
        unmet.append(Unmet("not-assisting", f"“{name}”不是本任务的责任单位，现有的是：{listed}"))
    if not text.strip():
        unmet.append(Unmet("missing-text", "须写明进展情况"))
    if unmet:
        raise ActRefused(_ACT, unmet)
    row = units[unit_id]
    before, row.progress, row.progress_at = row.progress, text.strip(), at
    session.flush()
    record(
        session,
        kind="unit.progress",
        actor=actor,
        at=at,
        subject="task_unit",
        subject_id=id_of(row),
        task_id=task_id,
        data={
            "unit": name,
            "reason": f"{name}，{row.progress}",
            "changed": {"progress": [before, row.progress]},
        },
    )
    return row


def telling_unmet(task: Task, parts: Parts, actor: Actor, unit_name: str, *, is_of_unit: bool) -> list[Unmet]:
    """What keeps the actor from telling how a unit gets on. `is_of_unit`: he belongs to it."""
    unmet = recording_unmet(parts, actor)
    if not (parts.roles_of(actor.person_id) & _FOLLOWERS or is_of_unit):
        unmet.append(Unmet("wrong-role", f"{_ACT}须由“{unit_name}”的人员、责任人、盯办人或协调员办理"))
    if task.state not in OPEN_STATES or task.state is TaskState.ISSUED:
        unmet.append(Unmet("wrong-state", "任务不在办理中，请在签收之后、销号之前报送"))
    return unmet


def _is_of(session: Session, actor: Actor, unit_id: int) -> bool:
    return actor.person_id is not None and get_person(session, actor.person_id).unit_id == unit_id
