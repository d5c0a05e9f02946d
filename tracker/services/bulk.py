"""The same act on many tasks: each is done or refused by itself, and every refusal says why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.errors import TaskNotFound, TrackerError
from tracker.queries.locking import lock_tasks
from tracker.queries.people import list_parts
from tracker.queries.sight import Sight, list_visible_ids
from tracker.queries.tasks import get_task
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor
from tracker.services.instructions import urge_task
from tracker.services.lifecycle import move_task
from tracker.services.people import appoint, reassign_task
from workflows.kernel import Unmet, WorkflowError
from workflows.registry import act_of, workflow_named
from workflows.roles import Role
from workflows.task import TaskTrigger


@dataclass(frozen=True)
class BulkResult:
    """What became of one task: done where there is no `refusal`."""

    task_id: int
    refusal: str | None = None
    unmet: tuple[Unmet, ...] = ()
    is_there: bool = True

    @property
    def reasons(self) -> list[str]:
        """Every condition that is not met, or else why it was refused."""
        return [each.message for each in self.unmet] or ([self.refusal] if self.refusal else [])


def act_on_tasks(
    session: Session, task_ids: Collection[int], act: Callable[[int], object], *, sight: Sight
) -> list[BulkResult]:
    """Do something with each of the tasks, in their order; what is refused leaves no trace. The caller commits.

    A task that may not be seen is refused like one that is not there.
    """
    visible = set(list_visible_ids(session, sight, task_ids))
    lock_tasks(session, visible)  # all of them before the first is put on record
    return [_act_on(session, each, act, is_there=each in visible) for each in dict.fromkeys(task_ids)]


def _act_on(session: Session, task_id: int, act: Callable[[int], object], *, is_there: bool) -> BulkResult:
    if not is_there:
        return BulkResult(task_id, str(TaskNotFound(task_id)), is_there=False)
    try:
        with session.begin_nested():
            act(task_id)
    except (TrackerError, WorkflowError) as error:
        return BulkResult(task_id, str(error), tuple(getattr(error, "unmet", ())))
    return BulkResult(task_id)


def urge_tasks(
    session: Session, task_ids: Sequence[int], *, text: str, sight: Sight, actor: Actor, at: datetime
) -> list[BulkResult]:
    """Urge the owner of each of the tasks (催办), on record."""

    def urge(task_id: int) -> None:
        urge_task(session, task_id, text=text, actor=actor, at=at)

    return act_on_tasks(session, task_ids, urge, sight=sight)


def issue_tasks(
    session: Session,
    task_ids: Sequence[int],
    *,
    sight: Sight,
    actor: Actor,
    at: datetime,
    rules: OfficeRules,
    calendar: WorkCalendar,
) -> list[BulkResult]:
    """Issue each of the tasks (下达), by whatever its workflow calls it."""

    def issue(task_id: int) -> None:
        trigger = _issuing(get_task(session, task_id).workflow)
        move_task(session, task_id, trigger, actor=actor, at=at, rules=rules, calendar=calendar)

    return act_on_tasks(session, task_ids, issue, sight=sight)


def _issuing(workflow_name: str) -> StrEnum:
    workflow = workflow_named(workflow_name)
    triggers = (rule.trigger for rule in workflow.rules)
    return next((each for each in triggers if act_of(workflow, each) is TaskTrigger.ISSUE), TaskTrigger.ISSUE)


def reassign_tasks(
    session: Session,
    task_ids: Sequence[int],
    *,
    role: Role,
    to_person_id: int,
    sight: Sight,
    actor: Actor,
    at: datetime,
) -> list[BulkResult]:
    """Give one part on each of the tasks to a person (换人): the accountable holder's, or the part where nobody has it."""

    def reassign(task_id: int) -> None:
        held = list_parts(session, task_id, role)
        if held:
            reassign_task(
                session,
                task_id,
                role=role,
                from_person_id=held[0].person_id,
                to_person_id=to_person_id,
                actor=actor,
                at=at,
            )
        else:
            appoint(session, task_id, person_id=to_person_id, role=role, actor=actor, at=at)

    return act_on_tasks(session, task_ids, reassign, sight=sight)
