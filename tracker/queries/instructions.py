"""Instructions and who has yet to acknowledge them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from tracker.errors import InstructionNotFound
from tracker.models import Instruction
from tracker.queries.rows import get_row


def get_instruction(session: Session, instruction_id: int) -> Instruction:
    """Raises InstructionNotFound."""
    return get_row(session, Instruction, instruction_id, InstructionNotFound)


def list_instructions(session: Session, task_id: int) -> Sequence[Instruction]:
    """The instructions on a task, the oldest first."""
    return session.exec(
        select(Instruction)
        .where(Instruction.task_id == task_id)
        .order_by(col(Instruction.given_at), col(Instruction.id))
    ).all()


def list_unacknowledged(session: Session) -> Sequence[Instruction]:
    """Instructions that nobody has acknowledged, the oldest first."""
    return session.exec(
        select(Instruction)
        .where(col(Instruction.acknowledged_at).is_(None))
        .order_by(col(Instruction.given_at), col(Instruction.id))
    ).all()
