"""任务: the ledger with its filters, one task, what may be done with it, and doing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Path, Query

from tracker.documents import deliverable_documents as read_deliverables
from tracker.documents import (
    explanation_document,
    instruction_document,
    milestone_documents,
    read_task_documents,
    task_document,
    task_page,
)
from tracker.identity import LARGEST_ID, id_of
from tracker.lights import Light
from tracker.models import Task, TokenScope
from tracker.queries.ledger import list_ledger
from tracker.queries.ledger_conditions import LedgerFilter
from tracker.queries.ledger_order import LedgerSort
from tracker.queries.locking import lock_task
from tracker.queries.trail import map_tasks
from tracker.services.instructions import give_instruction, urge_task
from tracker.services.lifecycle import list_triggers, move_task
from web.access import allow_scope
from web.api import bodies, shapes
from web.api.answers import ACT, ADD, READ_LIST, READ_ONE, TaskId, problems
from web.api.desk import ApiDesk, ReadingApiDesk, WritingApiDesk
from web.api.matching import IfMatch, tag_of_document, tag_of_task
from web.api.paging import Pages
from workflows.registry import workflow_named
from workflows.roles import Role
from workflows.task import TaskState

router = APIRouter(prefix="/api/v1/tasks", tags=["任务"])
_READ = [allow_scope(TokenScope.TASKS_READ)]
_WRITE = [allow_scope(TokenScope.TASKS_WRITE)]
_OptionalId = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]


class PartRole(StrEnum):
    """Parts by which a list of tasks can be narrowed."""

    OWNER = "owner"
    EXPEDITER = "expediter"
    LEADER = "leader"
    COORDINATOR = "coordinator"


@dataclass(frozen=True)
class Wanted:
    """The filters of the ledger, as parameters of an address; every one narrows further."""

    campaign: _OptionalId = None
    unit: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="单位编号，含下级单位和协办")] = None
    person: _OptionalId = None
    role: Annotated[PartRole | None, Query(description="person 在任务上担任的角色")] = None
    state: Annotated[tuple[TaskState, ...], Query(description="可以写多次")] = ()
    light: Annotated[tuple[Light, ...], Query(description="可以写多次")] = ()
    due_from: Annotated[date | None, Query(description="有节点在这一天或之后到期")] = None
    due_to: Annotated[date | None, Query(description="有节点在这一天或之前到期")] = None
    overdue: Annotated[bool, Query(description="只要有节点逾期的")] = False
    text: Annotated[str | None, Query(max_length=200, description="标题、要求、人员、单位中含有的字")] = None

    def as_filter(self) -> LedgerFilter:
        return LedgerFilter(
            campaign_id=self.campaign,
            unit_id=self.unit,
            person_id=self.person,
            role=None if self.role is None else Role(self.role.value),
            states=tuple(self.state),
            lights=tuple(self.light),
            due_from=self.due_from,
            due_to=self.due_to,
            is_overdue=self.overdue,
            text=self.text,
        )


@router.get(
    "",
    summary="列出任务（台账）",
    dependencies=_READ,
    response_model=shapes.TaskList,
    responses=READ_LIST,
)
def list_tasks(
    desk: ReadingApiDesk,
    wanted: Annotated[Wanted, Depends()],
    paging: Pages,
    sort: Annotated[LedgerSort, Query(description="排序")] = LedgerSort.PLACE,
) -> dict[str, Any]:
    page = list_ledger(
        desk.session,
        wanted.as_filter(),
        sight=desk.sight,
        today=desk.today,
        rules=desk.rules,
        page=paging.page,
        per_page=paging.per_page,
        sort=sort,
    )
    paging.link(desk.request, desk.answer, has_next=page.has_next)
    known = map_tasks(desk.session, [row.id for row in page.rows])
    tasks = [known[row.id] for row in page.rows]
    return {
        "schema": "dingban.tasks/1",
        "tasks": read_task_documents(desk.session, tasks, today=desk.today, rules=desk.rules),
        "page": page.page,
        "per_page": page.per_page,
        "total": page.total,
        "total_is_capped": page.is_capped,
    }


@router.get(
    "/{task_id}", summary="查看一项任务", dependencies=_READ, response_model=shapes.Task, responses=READ_ONE
)
def read_task(desk: ReadingApiDesk, task_id: TaskId) -> dict[str, Any]:
    desk.answer.headers["ETag"] = tag_of_task(desk.task(task_id))
    return task_page(desk.session, task_id, today=desk.today, rules=desk.rules)


@router.get(
    "/{task_id}/milestones",
    summary="列出任务的节点",
    dependencies=_READ,
    response_model=shapes.MilestoneList,
    responses=problems(404, 422),
)
def list_milestones(desk: ReadingApiDesk, task_id: TaskId) -> dict[str, Any]:
    task = desk.task(task_id)
    found = milestone_documents(desk.session, task, today=desk.today, rules=desk.rules)
    return {"task_id": task_id, "milestones": found}


@router.get(
    "/{task_id}/deliverables",
    summary="列出任务的成果和材料",
    dependencies=_READ,
    response_model=shapes.DeliverableList,
    responses=problems(404, 422),
)
def list_deliverables(desk: ReadingApiDesk, task_id: TaskId) -> dict[str, Any]:
    return {"task_id": task_id, "deliverables": read_deliverables(desk.session, desk.task(task_id))}


@router.get(
    "/{task_id}/transitions",
    summary="现在可以办理的环节，和其余各环节缺什么",
    dependencies=_READ,
    response_model=shapes.TaskTransitions,
    responses=READ_ONE,
)
def explain_transitions(desk: ReadingApiDesk, task_id: TaskId) -> dict[str, Any]:
    desk.answer.headers["ETag"] = tag_of_task(desk.task(task_id))
    return explanation_document(task_id, list_triggers(desk.session, task_id, actor=desk.actor()))


@router.post(
    "/{task_id}/transitions/{trigger}",
    summary="办理一个环节",
    description="须带 If-Match。不能办理时答复 409，`unmet` 列出全部没有满足的条件。",
    dependencies=_WRITE,
    response_model=shapes.TaskSummary,
    responses=ACT,
)
def fire_transition(
    desk: WritingApiDesk,
    task_id: TaskId,
    trigger: Annotated[str, Path(max_length=40, examples=["accept"], description="环节，见 transitions")],
    body: bodies.Act,
    precondition: IfMatch,
) -> dict[str, Any]:
    task = _locked(desk, task_id)
    precondition.demand(tag_of_task(task))
    # a word that is no trigger of this workflow raises NoSuchTrigger
    known = workflow_named(task.workflow).rule(cast(StrEnum, trigger)).trigger
    task = move_task(
        desk.session,
        task_id,
        known,
        actor=desk.actor(body.on_behalf_of),
        at=desk.at,
        rules=desk.rules,
        reason=body.reason,
    )
    desk.answer.headers["ETag"] = tag_of_task(task)
    return task_document(desk.session, task, today=desk.today, rules=desk.rules)


@router.post(
    "/{task_id}/instructions",
    summary="批示",
    status_code=201,
    dependencies=_WRITE,
    response_model=shapes.Instruction,
    responses=ADD,
)
def add_instruction(desk: WritingApiDesk, task_id: TaskId, body: bodies.NewInstruction) -> dict[str, Any]:
    desk.task(task_id)
    actor = desk.actor(body.on_behalf_of)
    document = instruction_document(
        give_instruction(desk.session, task_id, text=body.text, actor=actor, at=desk.at)
    )
    desk.answer.headers["ETag"] = tag_of_document(document)
    return document


@router.post(
    "/{task_id}/urge",
    summary="催办",
    status_code=201,
    dependencies=_WRITE,
    response_model=shapes.Urging,
    responses=problems(404, 409, 422),
)
def add_urging(desk: WritingApiDesk, task_id: TaskId, body: bodies.NewText) -> dict[str, Any]:
    desk.task(task_id)
    event = urge_task(desk.session, task_id, text=body.text, actor=desk.actor(), at=desk.at)
    return {"event_id": event.id, "task_id": task_id, "at": event.at}


def _locked(desk: ApiDesk, task_id: int) -> Task:
    """The task as it is now, held until the answer: what the precondition looked at stays true."""
    return lock_task(desk.session, id_of(desk.task(task_id)))
