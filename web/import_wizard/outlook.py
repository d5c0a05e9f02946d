"""What issuing tasks will show at once: who owns each, its nearest day, and the steps whose day has passed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from tracker.identity import id_of
from tracker.models import Milestone, Task
from tracker.queries.milestones import list_milestones_of_tasks
from tracker.queries.parts import get_parts_of_tasks
from tracker.queries.people import names_of
from workflows.milestone import DATED_KINDS, OPEN_MILESTONES


@dataclass(frozen=True)
class TaskOutlook:
    """`nearest` is the first day that is still to come; `past` the ids of the open steps that will be red."""

    owners: tuple[str, ...]
    nearest: date | None
    past: frozenset[int]


@dataclass(frozen=True)
class Outlook:
    tasks: dict[int, TaskOutlook]

    @property
    def past_steps(self) -> int:
        """A step that several tasks share counts once."""
        return len(self._past())

    @property
    def past_tasks(self) -> int:
        return sum(bool(each.past) for each in self.tasks.values())

    def _past(self) -> frozenset[int]:
        return frozenset[int]().union(*(each.past for each in self.tasks.values()))


def outlook_of(session: Session, tasks: Sequence[Task], *, today: date) -> Outlook:
    parts = get_parts_of_tasks(session, tasks)
    names = names_of(session, {owner for each in parts.values() for owner in each.owners})
    steps = list_milestones_of_tasks(session, tasks)
    return Outlook(
        {
            id_of(task): TaskOutlook(
                tuple(names[owner] for owner in parts[id_of(task)].owners),
                _nearest(steps[id_of(task)], today),
                frozenset(id_of(step) for step in steps[id_of(task)] if _is_past(step, today)),
            )
            for task in tasks
        }
    )


def _nearest(steps: Collection[Milestone], today: date) -> date | None:
    days = [step.due_on for step in steps if step.due_on is not None and step.state in OPEN_MILESTONES]
    return min((day for day in days if day >= today), default=None)


def _is_past(step: Milestone, today: date) -> bool:
    is_open = step.state in OPEN_MILESTONES and step.kind in DATED_KINDS
    return is_open and step.due_on is not None and step.due_on < today
