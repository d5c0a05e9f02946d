"""Whom a milestone concerns: the people on the tasks that its list serves and that still owe it.

One list may serve several tasks (a merged cell). Each person is told once, for the task in which he has the part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlmodel import Session

from notifications.policy import Recipient
from notifications.recipients import Named, holders
from tracker.queries.parts import Parts, map_parts
from tracker.queries.reminding import ServedTask, WatchedMilestone, map_served_tasks
from tracker.queries.served import SharedList, bar_owners
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import OPEN_STATES, TaskState


@dataclass(frozen=True)
class Audience:
    """Some of the tasks that a list serves, the holder first where it is among them, and everybody on them."""

    tasks: Sequence[ServedTask]
    parts_of: Mapping[int, Parts]

    @cached_property
    def parts(self) -> Parts:
        """The parts on all of these tasks, each person once in a part."""
        if len(self.tasks) == 1:
            return self.parts_of[self.tasks[0].task_id]
        return join_parts(self.parts_of[task.task_id] for task in self.tasks)

    def who_acts(self, milestone: WatchedMilestone) -> list[Named]:
        """Who has to act next for the milestone to be met: the owner, until the next step is another's."""
        if milestone.state is MilestoneState.REPORTED:
            reviewers = self.parts.reviewers(submitted_by=milestone.reported_by_id)
            return [(Recipient.REVIEWER, tuple(sorted(reviewers)))]
        if milestone.kind is MilestoneKind.ARCHIVE:
            return [_who_brings_to_archive(task, self.parts_of[task.task_id]) for task in self.tasks]
        return [(Recipient.OWNER, self.parts.owners)]

    def task_for(self, person: int, recipient: Recipient) -> int:
        """For which task the person is told: where he has that part, else any part, else the first."""
        if len(self.tasks) == 1:
            return self.tasks[0].task_id
        return max(self.tasks, key=lambda task: self._closeness(task, person, recipient)).task_id

    def _closeness(self, task: ServedTask, person: int, recipient: Recipient) -> tuple[bool, bool]:
        parts = self.parts_of[task.task_id]
        return person in holders(parts, recipient), person in parts.everyone()


@dataclass(frozen=True)
class Audiences:
    """The tasks that a list of milestones serves: those that its steps concern, and those its archiving does."""

    steps: Audience | None
    archiving: Audience | None

    def of(self, milestone: WatchedMilestone) -> Audience | None:
        """Nobody where all that it serves is a draft, suspended, cancelled or archived."""
        return self.archiving if milestone.kind is MilestoneKind.ARCHIVE else self.steps


def gather_audiences(
    session: Session, holder_ids: Collection[int], shared: SharedList = SharedList.MILESTONES
) -> dict[int, Audiences]:
    """By the task that holds the list; the number of statements does not grow with the lists."""
    served = map_served_tasks(session, holder_ids, shared)
    parts = map_parts(
        session, {task.task_id: task.campaign_id for tasks in served.values() for task in tasks}
    )
    return {holder_id: _audiences(tasks, parts) for holder_id, tasks in served.items()}


def join_parts(parts: Iterable[Parts]) -> Parts:
    """The people on several tasks as if they were on one."""
    each = list(parts)
    return Parts(
        owners=_once(part.owners for part in each),
        expediters=_once(part.expediters for part in each),
        leaders=_once(part.leaders for part in each),
        coordinators=_once(part.coordinators for part in each),
        auditors=_once(part.auditors for part in each),
        peers=_once(part.peers for part in each),
    )


def _audiences(tasks: Sequence[ServedTask], parts: Mapping[int, Parts]) -> Audiences:
    if len(tasks) > 1:
        parts = bar_owners({task.task_id: parts[task.task_id] for task in tasks})
    open_ones = [task for task in tasks if task.state in OPEN_STATES]
    closed = [task for task in tasks if task.state is TaskState.CLOSED]  # may still owe its archiving
    both = [task for task in tasks if task in open_ones or task in closed]
    steps = Audience(open_ones or closed, parts) if both else None
    if steps and len(steps.tasks) == len(both):
        return Audiences(steps, steps)
    return Audiences(steps, Audience(both, parts) if both else None)


def _once(people: Iterable[Iterable[int]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(person for some in people for person in some))


def _who_brings_to_archive(task: ServedTask, parts: Parts) -> Named:
    match task.state:
        case TaskState.IN_REVIEW:
            return Recipient.REVIEWER, tuple(sorted(parts.reviewers(submitted_by=task.submitted_by_id)))
        case TaskState.AWAITING_CLOSURE:
            return Recipient.LEADER, tuple(sorted(parts.closers(reviewed_by=task.reviewed_by_id)))
        case TaskState.CLOSED:
            return Recipient.COORDINATOR, parts.coordinators
        case _:
            return Recipient.OWNER, parts.owners
