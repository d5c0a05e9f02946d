"""Tasks, and the people and units on them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field
from workflows.roles import Role
from workflows.task import TaskState

_PLACE = ("campaign_id", "table_id", "position", "id")


class Task(SQLModel, table=True):
    """One row of a responsibility table: what must be achieved.

    `row_key` is the row's lasting name in its table, by which a corrected file finds it again. A task whose row
    shares a merged list points to the task that holds it (`deliverables_from_id`, `milestones_from_id`).
    """

    __tablename__ = "task"
    __table_args__ = (
        UniqueConstraint("table_id", "row_key"),
        # the order of every list, and the same within each state and unit
        Index("ix_task_place", *_PLACE),
        Index("ix_task_state_place", "state", *_PLACE),
        Index("ix_task_unit_place", "lead_unit_id", *_PLACE),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id")
    table_id: int | None = Field(default=None, foreign_key="responsibility_table.id", index=True)
    row_key: str | None = Field(default=None, max_length=600)  # holds the title of the table and the group
    position: int = 0  # the place in the table; lists are shown in this order
    seq: str | None = Field(default=None, max_length=20)
    sub: int | None = None
    group: str | None = Field(default=None, max_length=200)
    title: str = Field(max_length=300)
    requirement: str
    basis: str | None = None
    remark: str | None = None  # other columns of the source, a line each
    score: dict[str, Any] | None = Field(default=None, sa_type=JSON)
    source: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # which cell each field came from
    draft: dict[str, Any] | None = Field(default=None, sa_type=JSON)  # the row as last imported
    deliverables_from_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    milestones_from_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    lead_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    workflow: str = Field(default="task", max_length=40)  # its campaign's, which never changes
    step: str | None = Field(default=None, max_length=40)  # where it is in a workflow with words of its own
    interrupted_step: str | None = Field(default=None, max_length=40)
    state: TaskState = enum_field(TaskState, default=TaskState.DRAFT)
    interrupted_state: TaskState | None = enum_field(
        TaskState, constraint="interrupted_state_is_known", default=None
    )
    version: int = 0  # grows by one with every change; a writer who read an older one is told
    issued_at: datetime | None = None
    accept_by_on: date | None = None  # last day for 签收
    accepted_at: datetime | None = None
    submitted_at: datetime | None = None
    submitted_by_id: int | None = Field(default=None, foreign_key="person.id")
    reviewed_at: datetime | None = None
    reviewed_by_id: int | None = Field(default=None, foreign_key="person.id")
    closed_at: datetime | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="person.id")
    archived_at: datetime | None = None
    package_sha256: str | None = Field(default=None, max_length=64)


class TaskPerson(SQLModel, table=True):
    """Who plays which part on a task now. Nobody is told anything for a part that he no longer plays."""

    __tablename__ = "task_person"
    __table_args__ = (
        UniqueConstraint("task_id", "person_id", "role"),
        Index("ix_task_person_person_role", "person_id", "role", "task_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    role: Role = enum_field(Role)
    position: int = 0  # the first owner is the accountable one (主办)


class TaskUnit(SQLModel, table=True):
    """A unit that assists (协办), with its own progress. The accountable one is `Task.lead_unit_id`."""

    __tablename__ = "task_unit"
    __table_args__ = (UniqueConstraint("task_id", "unit_id"),)

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    position: int = 0
    progress: str | None = None
    progress_at: datetime | None = None


class Deduction(SQLModel, table=True):
    """One occurrence of a deduction item (扣分项): when, what, how many points."""

    __tablename__ = "deduction"

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    on: date
    points: float
    note: str
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime


class Instruction(SQLModel, table=True):
    """A leader's note on a task (批示), which the owner must acknowledge."""

    __tablename__ = "instruction"

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    leader_id: int = Field(foreign_key="person.id")
    text: str
    given_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by_id: int | None = Field(default=None, foreign_key="person.id")
