"""批示: reading one, and its acknowledgement by the owner."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path

from tracker.documents import instruction_document
from tracker.errors import InstructionNotFound
from tracker.identity import LARGEST_ID
from tracker.models import Instruction, TokenScope
from tracker.queries.instructions import get_instruction
from tracker.queries.locking import lock_task
from tracker.queries.sight import list_visible_ids
from tracker.services.instructions import acknowledge_instruction
from web.access import allow_scope
from web.api import shapes
from web.api.answers import ACT, READ_ONE
from web.api.desk import ApiDesk, ReadingApiDesk, WritingApiDesk
from web.api.matching import IfMatch, tag_of_document

router = APIRouter(prefix="/api/v1/instructions", tags=["批示"])
InstructionId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="批示编号")]


@router.get(
    "/{instruction_id}",
    summary="查看一条批示",
    dependencies=[allow_scope(TokenScope.TASKS_READ)],
    response_model=shapes.Instruction,
    responses=READ_ONE,
)
def read_instruction(desk: ReadingApiDesk, instruction_id: InstructionId) -> dict[str, Any]:
    return _tell(desk, _visible(desk, instruction_id))


@router.post(
    "/{instruction_id}/acknowledge",
    summary="签阅批示",
    description="须带 If-Match。",
    dependencies=[allow_scope(TokenScope.TASKS_WRITE)],
    response_model=shapes.Instruction,
    responses=ACT,
)
def acknowledge(desk: WritingApiDesk, instruction_id: InstructionId, precondition: IfMatch) -> dict[str, Any]:
    instruction = _visible(desk, instruction_id)
    lock_task(desk.session, instruction.task_id)
    desk.session.refresh(instruction)
    precondition.demand(tag_of_document(instruction_document(instruction)))
    return _tell(desk, acknowledge_instruction(desk.session, instruction_id, actor=desk.actor(), at=desk.at))


def _visible(desk: ApiDesk, instruction_id: int) -> Instruction:
    """Raises InstructionNotFound, alike for what is hidden and what is not there."""
    instruction = get_instruction(desk.session, instruction_id)
    if not list_visible_ids(desk.session, desk.sight, [instruction.task_id]):
        raise InstructionNotFound(instruction_id)
    return instruction


def _tell(desk: ApiDesk, instruction: Instruction) -> dict[str, Any]:
    document = instruction_document(instruction)
    desk.answer.headers["ETag"] = tag_of_document(document)
    return document
