"""The points of a scope task by task: they add up to those of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from tracker.clock import office_day
from tracker.figures.counting import count_by_unit
from tracker.figures.register import load_register
from tracker.figures.scopes import Scope, selection_of
from tracker.figures.values import Points
from tracker.figures.weekly import NO_UNIT
from tracker.figures.weeks import Cut, IsoWeek
from tracker.queries.weekly import list_deducted_points, list_unit_names
from tracker.rules import OfficeRules
from workflows.task import TaskState


class PointsGroup(StrEnum):
    """A figure of the points, in the order in which they are told."""

    PLANNED = "planned"
    SECURED = "secured"
    AT_RISK = "at_risk"
    PENDING = "pending"
    LOST = "lost"
    DEDUCTED = "deducted"
    BONUS = "bonus"


@dataclass(frozen=True)
class TaskPoints:
    """What one task brings to each figure of the points."""

    task_id: int
    number: str
    title: str
    unit: str
    state: TaskState
    points: Points

    def of(self, group: PointsGroup) -> float:
        return float(getattr(self.points, group.value))


def list_task_points(
    session: Session, scope: Scope, group: PointsGroup, *, at: datetime, rules: OfficeRules
) -> list[TaskPoints]:
    """The tasks that bring something to the figure at `at`, the most first.

    It is counted like the figures, only that every task stands where a unit does.
    """
    week = IsoWeek.of(office_day(at))
    cut = Cut.of(week, at)
    register = load_register(session, selection_of(session, scope), week=week, cut=cut, rules=rules)
    register.rewind(cut)
    units = {task.id: task.unit_id for task in register.tasks.values()}
    for task in register.tasks.values():
        task.unit_id = task.id
    deducted: dict[int, float] = {}
    for task_id, recorded_at, points in list_deducted_points(session):
        if cut.has_happened(recorded_at):
            deducted[task_id] = deducted.get(task_id, 0.0) + points
    counts = count_by_unit(register, week, cut, measure=rules.measure, deducted=deducted)
    names = list_unit_names(session)
    found = [
        TaskPoints(
            task_id=task.id,
            number=task.number,
            title=task.title,
            unit=NO_UNIT if (unit_id := units[task.id]) is None else names[unit_id],
            state=task.state,
            points=counts[task.id].points.freeze(),
        )
        for task in register.tasks.values()
        if task.id in counts
    ]
    return sorted(
        (each for each in found if each.of(group)), key=lambda each: (-each.of(group), each.task_id)
    )
