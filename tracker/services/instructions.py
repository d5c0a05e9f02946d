"""Instructions of leaders (批示), which the owner must acknowledge, and urging by hand (催办)."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from tracker.errors import ActRefused
from tracker.identity import id_of
from tracker.models import Instruction, Task
from tracker.queries.instructions import get_instruction
from tracker.queries.locking import lock_task
from tracker.queries.parts import Parts, get_parts
from tracker.services.acting import part_unmet
from tracker.services.auditing import Actor, Recorded, record
from workflows.kernel import Unmet
from workflows.roles import Role
from workflows.task import OPEN_STATES, TASK_WORKFLOW, TaskState


def give_instruction(session: Session, task_id: int, *, text: str, actor: Actor, at: datetime) -> Instruction:
    """A leader of the task writes a note on it; its owner must acknowledge it.

    Raises TaskNotFound or ActRefused. The caller commits.
    """
    task = lock_task(session, task_id)
    parts = get_parts(session, task)
    if unmet := [*instructing_unmet(task, parts, actor), *_text_unmet(text, "批示")]:
        raise ActRefused("批示", unmet)
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
    parts = get_parts(session, task)
    if unmet := acknowledging_unmet(instruction, parts, actor):
        raise ActRefused("签阅批示", unmet)
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
    parts = get_parts(session, task)
    if unmet := [*urging_unmet(task, parts, actor), *_text_unmet(text, "催办")]:
        raise ActRefused("催办", unmet)
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


def instructing_unmet(task: Task, parts: Parts, actor: Actor) -> list[Unmet]:
    """What keeps the actor from writing an instruction on the task."""
    unmet = part_unmet(parts, actor, {Role.LEADER}, "批示")
    if task.state in (TaskState.DRAFT, TaskState.ARCHIVED, TaskState.CANCELLED):
        unmet.append(_wrong_state(task, "只能在任务下达之后、归档之前批示"))
    return unmet


def acknowledging_unmet(instruction: Instruction, parts: Parts, actor: Actor) -> list[Unmet]:
    """What keeps the actor from acknowledging an instruction."""
    unmet = part_unmet(parts, actor, {Role.OWNER}, "签阅批示")
    if instruction.acknowledged_at is not None:
        unmet.append(Unmet("already-acknowledged", "这条批示已经签阅，不需要重复办理"))
    return unmet


def urging_unmet(task: Task, parts: Parts, actor: Actor) -> list[Unmet]:
    """What keeps the actor from urging the owner of the task."""
    unmet = part_unmet(parts, actor, {Role.EXPEDITER, Role.LEADER, Role.COORDINATOR}, "催办")
    if task.state not in OPEN_STATES:
        unmet.append(_wrong_state(task, "只能催办已经下达、尚未销号的任务"))
    return unmet


def _text_unmet(text: str, act: str) -> list[Unmet]:
    return [] if text.strip() else [Unmet("missing-text", f"{act}须写明内容")]


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
