"""Which unit answers for a task (主办), as an expression that a statement may use."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import col

from tracker.models import Task, TaskUnit


def accountable_unit_id() -> Any:
    """The lead unit; where the table names none, the first of the units responsible (责任单位：甲、乙); else NULL.

    Many tables have one column of units and call the first of them to account.
    """
    first = (
        select_columns(col(TaskUnit.unit_id))
        .where(col(TaskUnit.task_id) == col(Task.id))
        .order_by(col(TaskUnit.position), col(TaskUnit.id))
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )
    return func.coalesce(col(Task.lead_unit_id), first)
