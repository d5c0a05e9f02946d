"""Instructions of leaders (批示), which the owner must acknowledge, and urging by hand (催办)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import Instruction, Task
from tracker.queries.instructions import get_instruction
from tracker.queries.parts import get_parts
from tracker.queries.tasks import lock_task
from tracker.services.acting import require_part
from tracker.services.auditing import Actor, Recorded, record
from workflows.kernel import Unmet
from workflows.roles import Role
from workflows.task import OPEN_STATES, TASK_WORKFLOW, TaskState


def give_instruction(session: Session, task_id: int, *, text: str, actor: Actor, at: datetime) -> Instruction:
    """A leader of the task writes a note on it; its owner must acknowledge it.

    Raises TaskNotFound or ActRefused. The caller commits.
    """
    task = lock_task(session, task_id)
    require_part(get_parts(session, task), actor, {Role.LEADER}, "批示")
    _require_text(text, "批示")
    if task.state in (TaskState.DRAFT, TaskState.ARCHIVED, TaskState.CANCELLED):
        raise ActRefused("批示", [_wrong_state(task, "只能在任务下达之后、归档之前批示")])
    instruction = Instruction(task_id=task_id, leader_id=actor.person_id or 0, text=text.strip(), given_at=at)
    session.add(instruction)
    session.flush()
    _record(session, "give", instruction, actor, at, {"text": instruction.text})
    return instruction


def acknowledge_instruction(
    session: Session, instruction_id: int, *, actor: Actor, at: datetime
) -> Instruction:
    """The owner says that he has read it. Raises InstructionNotFound or ActRefused."""
    instruction = get_instruction(session, instruction_id)
    task = lock_task(session, instruction.task_id)
    session.refresh(instruction)
    require_part(get_parts(session, task), actor, {Role.OWNER}, "签阅批示")
    if instruction.acknowledged_at is not None:
        raise ActRefused("签阅批示", [Unmet("already-acknowledged", "这条批示已经签阅，不需要重复办理")])
    instruction.acknowledged_at = at
    instruction.acknowledged_by_id = actor.person_id
    session.flush()
    _record(session, "acknowledge", instruction, actor, at, {})
    return instruction


def urge_task(session: Session, task_id: int, *, text: str, actor: Actor, at: datetime) -> Recorded:
    """Somebody who answers for the task urges its owner, on record. The event is the record.

    Raises TaskNotFound or ActRefused.
    """
    task = lock_task(session, task_id)
    roles = {Role.EXPEDITER, Role.LEADER, Role.COORDINATOR}
    require_part(get_parts(session, task), actor, roles, "催办")
    _require_text(text, "催办")
    if task.state not in OPEN_STATES:
        raise ActRefused("催办", [_wrong_state(task, "只能催办已经下达、尚未销号的任务")])
    return record(
        session,
        kind="task.urge",
        actor=actor,
        at=at,
        subject="task",
        subject_id=task_id,
        task_id=task_id,
        data={"text": text.strip()},
    )


def _require_text(text: str, act: str) -> None:
    if not text.strip():
        raise ActRefused(act, [Unmet("missing-text", f"{act}须写明内容")])


def _wrong_state(task: Task, accepted: str) -> Unmet:
    return Unmet("wrong-state", f"任务现在是“{TASK_WORKFLOW.state_labels[task.state]}”，{accepted}")


def _record(
    session: Session, verb: str, instruction: Instruction, actor: Actor, at: datetime, data: dict[str, str]
) -> None:
    record(
        session,
        kind=f"instruction.{verb}",
        actor=actor,
        at=at,
        subject="instruction",
        subject_id=id_of(instruction),
        task_id=instruction.task_id,
        data=data,
    )
