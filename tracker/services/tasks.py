"""Entering tasks: one by hand, or the rows of a table at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from tracker.deadlines import Deadline, DeadlineKind, Offset
from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.loading import stored_row
from tracker.models import Milestone, Task
from tracker.prepared import Prepared
from tracker.queries.campaigns import get_workflow_name
from tracker.services.auditing import Actor, record
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.registry import initial_step, workflow_named
from workflows.roles import TASK_ROLES, Role
from workflows.task import TaskState


@dataclass(frozen=True)
class MilestonePlan:
    """One milestone to be: one deadline of one step. See `from_deadline` for what kind becomes what."""

    number: int
    text: str
    part: int = 1
    kind: MilestoneKind = MilestoneKind.STEP
    deadline_kind: DeadlineKind | None = None
    span: str | None = None
    start_on: date | None = None
    due_on: date | None = None
    is_provisional: bool = False
    recurrence: str | None = None
    offset: Offset | None = None

    @classmethod
    def from_deadline(
        cls,
        deadline: Deadline | None,
        *,
        number: int,
        text: str,
        part: int = 1,
        is_archiving: bool = False,
        is_standing: bool = False,
    ) -> MilestonePlan:
        """What a deadline makes of a step: recurring and relative ones a series, standing and daily ones a standing
        duty. A vague one, or none, makes a step without a day.
        """
        if deadline is None:
            kind = MilestoneKind.STANDING if is_standing else MilestoneKind.STEP
            return cls(number, text, part, MilestoneKind.ARCHIVE if is_archiving else kind)
        return cls(
            number,
            text,
            part,
            MilestoneKind.ARCHIVE if is_archiving else _kind_of(deadline),
            deadline.kind,
            deadline.span,
            deadline.start,
            deadline.due,
            deadline.provisional,
            deadline.recurrence,
            deadline.offset,
        )


def _kind_of(deadline: Deadline) -> MilestoneKind:
    # 每日调度 is a way of working: nobody reports, confirms and is reminded of 250 steps a year
    if deadline.recurrence is not None and deadline.recurrence.startswith("FREQ=DAILY"):
        return MilestoneKind.STANDING
    return _KIND_OF[deadline.kind]


_KIND_OF = {
    DeadlineKind.DATE: MilestoneKind.STEP,
    DeadlineKind.WINDOW: MilestoneKind.STEP,
    DeadlineKind.VAGUE: MilestoneKind.STEP,
    DeadlineKind.RECURRING: MilestoneKind.SERIES,
    DeadlineKind.RELATIVE: MilestoneKind.SERIES,
    DeadlineKind.STANDING: MilestoneKind.STANDING,
}


@dataclass(frozen=True)
class DeliverablePlan:
    number: int
    text: str
    is_required: bool = True


@dataclass(frozen=True)
class TaskPlan:
    """A task to be. `people` are the ids in each part, the accountable one first; `fields` are columns of `Task`."""

    title: str
    requirement: str
    milestones: Sequence[MilestonePlan] = ()
    deliverables: Sequence[DeliverablePlan] = ()
    people: Mapping[Role, Sequence[int]] = field(default_factory=dict)
    lead_unit_id: int | None = None
    unit_ids: Sequence[int] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)


def create_task(
    session: Session,
    *,
    campaign_id: int,
    title: str,
    requirement: str,
    milestones: Sequence[MilestonePlan] = (),
    deliverables: Sequence[DeliverablePlan] = (),
    people: Mapping[Role, Sequence[int]] | None = None,
    lead_unit_id: int | None = None,
    unit_ids: Sequence[int] = (),
    actor: Actor,
    at: datetime,
    **fields: Any,
) -> Task:
    """Enter one task in draft, with everything that belongs to it. Nobody is told before it is issued.

    `fields` are further columns of `Task` (seq, group, score …). Raises ValueRefused. The caller commits.
    """
    plan = TaskPlan(
        title, requirement, milestones, deliverables, people or {}, lead_unit_id, unit_ids, fields
    )
    (task,) = write_tasks(session, [plan], campaign_id=campaign_id)
    record(
        session,
        kind="task.create",
        actor=actor,
        at=at,
        subject="task",
        subject_id=id_of(task),
        task_id=id_of(task),
        data={"title": task.title, "milestones": len(milestones), "deliverables": len(deliverables)},
    )
    return task


def write_tasks(session: Session, plans: Sequence[TaskPlan], *, campaign_id: int) -> list[Task]:
    """Write tasks in draft with few statements however many there are, and record nothing: the caller does.

    Raises ValueRefused before anything is written.
    """
    for plan in plans:
        _check(plan)
    session.flush()
    workflow = get_workflow_name(session, campaign_id)
    rows = [_task_values(plan, campaign_id, workflow) for plan in plans]
    tasks = [
        stored_row(session, Task, row | {"id": task_id})
        for row, task_id in zip(rows, _insert_tasks(session, rows), strict=True)
    ]
    numbered = [(id_of(task), plan) for task, plan in zip(tasks, plans, strict=True)]
    for statement, values_of in _WRITERS:
        belongings = [row for task_id, plan in numbered for row in values_of(plan, task_id)]
        statement.change_many(session, [[row[name] for name in statement.columns] for row in belongings])
    return tasks


def _insert_tasks(session: Session, rows: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    """Write the rows and return their ids: a single one by the driver, many by few statements."""
    if len(rows) == 1:
        return [task_id for (task_id,) in _INSERT_TASK.rows(session, rows[0])]
    return session.connection().execute(_INSERT_TASKS, rows).scalars().all() if rows else []


def insert_rows(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write new rows whose ids nobody asks for, one statement a table.

    A flush would write them one by one on SQLite, because it wants to know each id.
    """
    by_table: dict[type[SQLModel], list[dict[str, Any]]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row.model_dump(exclude={"id"}))
    for table, values in by_table.items():
        session.connection().execute(insert(table), values)


def write_milestone(plan: MilestonePlan, task_id: int) -> Milestone:
    """The row of one milestone, not yet written. Its due day is its first due day; a series has none itself."""
    return Milestone(**_milestone_values(plan, task_id))


def _milestone_values(plan: MilestonePlan, task_id: int) -> dict[str, Any]:
    offset = plan.offset
    return {
        "task_id": task_id,
        "number": plan.number,
        "part": plan.part,
        "text": plan.text,
        "kind": plan.kind,
        "state": MilestoneState.PENDING,
        "deadline_kind": plan.deadline_kind,
        "span": plan.span,
        "start_on": plan.start_on,
        "due_on": plan.due_on,
        "first_due_on": None if plan.kind is MilestoneKind.SERIES else plan.due_on,
        "was_overdue": False,
        "is_provisional": plan.is_provisional,
        "recurrence": plan.recurrence,
        "offset_count": offset.count if offset else None,
        "offset_unit": offset.unit if offset else None,
        "offset_event": offset.event if offset else None,
    }


def _milestone_rows(plan: TaskPlan, task_id: int) -> list[dict[str, Any]]:
    return [_milestone_values(milestone, task_id) for milestone in plan.milestones]


def _deliverable_rows(plan: TaskPlan, task_id: int) -> list[dict[str, Any]]:
    return [
        {"task_id": task_id, "number": each.number, "text": each.text, "is_required": each.is_required}
        for each in plan.deliverables
    ]


def _part_rows(plan: TaskPlan, task_id: int) -> list[dict[str, Any]]:
    return [
        {"task_id": task_id, "person_id": person_id, "role": role, "position": position}
        for role, people in plan.people.items()
        for position, person_id in enumerate(dict.fromkeys(people))
    ]


def _unit_rows(plan: TaskPlan, task_id: int) -> list[dict[str, Any]]:
    return [
        {"task_id": task_id, "unit_id": unit_id, "position": position}
        for position, unit_id in enumerate(dict.fromkeys(plan.unit_ids))
    ]


def _prepare(table: str, columns: str) -> Prepared:
    return Prepared(insert(SQLModel.metadata.tables[table]), columns.split())


# One statement a table, however many rows: nothing here is read back, so no object is made for it.
_WRITERS: tuple[tuple[Prepared, Callable[[TaskPlan, int], list[dict[str, Any]]]], ...] = (
    (
        _prepare(
            "milestone",
            "task_id number part text kind state deadline_kind span start_on due_on first_due_on was_overdue"
            " is_provisional recurrence offset_count offset_unit offset_event",
        ),
        _milestone_rows,
    ),
    (_prepare("deliverable", "task_id number text is_required"), _deliverable_rows),
    (_prepare("task_person", "task_id person_id role position"), _part_rows),
    (_prepare("task_unit", "task_id unit_id position"), _unit_rows),
)
_NEW_TASK: dict[str, Any] = {
    name: None if column.is_required() else column.get_default(call_default_factory=True)
    for name, column in Task.model_fields.items()
    if name != "id"
}
_TASK = SQLModel.metadata.tables["task"]
_INSERT_TASK = Prepared(insert(_TASK).returning(_TASK.c.id), _NEW_TASK)
_INSERT_TASKS = insert(_TASK).returning(_TASK.c.id, sort_by_parameter_order=True)


def _task_values(plan: TaskPlan, campaign_id: int, workflow: str) -> dict[str, Any]:
    """Every column of a new task but its id."""
    if unknown := plan.fields.keys() - _NEW_TASK.keys():
        raise TypeError(f"A task has no {', '.join(sorted(unknown))}.")
    return {
        **_NEW_TASK,
        "campaign_id": campaign_id,
        "workflow": workflow,
        "step": initial_step(workflow_named(workflow)),
        "title": plan.title.strip(),
        "requirement": plan.requirement,
        "lead_unit_id": plan.lead_unit_id,
        "state": TaskState.DRAFT,
        **plan.fields,
    }


def _check(plan: TaskPlan) -> None:
    if not plan.title.strip():
        raise ValueRefused("任务名称不能为空，请填写任务名称。")
    if set(plan.people) - set(TASK_ROLES):
        raise ValueRefused("任务上只能指定责任人、盯办人和分管领导；协调员请在专项工作上指定。")
    numbers = [each.number for each in plan.deliverables]
    if len(set(numbers)) != len(numbers):
        raise ValueRefused(f"“{plan.title}”的成果序号有重复，请逐项编号。")
