"""What needs one person today, worst first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, union
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, exists, func, or_, select

from tracker.identity import id_of
from tracker.lights import LightThresholds
from tracker.models import (
    AuditEvent,
    CampaignRole,
    Deliverable,
    Evidence,
    EvidenceState,
    Extension,
    Instruction,
    Milestone,
    Person,
    Task,
    TaskPerson,
)
from tracker.queries.parts import Parts, get_parts_of_tasks
from tracker.queries.served import SharedList, holder_of, map_owners_of_lists, pointer_to_holder
from workflows.extension import ExtensionState
from workflows.milestone import OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState


class TodoKind(StrEnum):
    ACCEPT = "accept"  # 签收
    RETURNED = "returned"  # something was sent back and not handed in again
    REPORT = "report"  # a step is due soon, or overdue
    REVIEW = "review"
    CLOSE = "close"  # 销号
    DECIDE = "decide"  # an extension
    ACKNOWLEDGE = "acknowledge"  # 批示
    ARCHIVE = "archive"


TODO_LABELS: dict[TodoKind, str] = {
    TodoKind.ACCEPT: "待签收",
    TodoKind.RETURNED: "被退回",
    TodoKind.REPORT: "待报告",
    TodoKind.REVIEW: "待审核",
    TodoKind.CLOSE: "待销号",
    TodoKind.DECIDE: "待批复",
    TodoKind.ACKNOWLEDGE: "待签阅",
    TodoKind.ARCHIVE: "待归档",
}


_ON_DESK = (*OPEN_STATES, TaskState.CLOSED)


@dataclass(frozen=True)
class Todo:
    """One thing to do. `subject` and `subject_id` name the row to act on; `days_left` is negative when late."""

    kind: TodoKind
    task_id: int
    subject: str
    subject_id: int
    text: str
    due_on: date | None = None
    days_left: int | None = None


@dataclass(frozen=True)
class _Desk:
    """The tasks of one person with everybody's parts, and the owners of the lists that serve them, read once."""

    person_id: int
    today: date
    tasks: Mapping[int, Task]
    parts: Mapping[int, Parts]
    owners: Mapping[tuple[SharedList, int], tuple[int, ...]]

    def has(self, task: Task, role: Role) -> bool:
        return role in self.parts[id_of(task)].roles_of(self.person_id)

    def reviews(self, task: Task) -> bool:
        roles = self.parts[id_of(task)].roles_of(self.person_id, submitted_by=task.submitted_by_id)
        return Role.REVIEWER in roles

    def lists(self, shared: SharedList, states: Collection[TaskState]) -> set[int]:
        """The holders of the lists that serve his tasks in one of `states`."""
        return {holder_of(task, shared) for task in self.tasks.values() if task.state in states}

    def task_for(
        self,
        shared: tuple[SharedList, int],
        role: Role,
        states: Collection[TaskState],
        submitted_by: int | None = None,
    ) -> Task | None:
        """The first task in one of `states` that a list serves and in which he has the part."""
        peers = self.owners.get(shared, ())
        for task in self._served_by.get(shared, ()):
            parts = replace(self.parts[id_of(task)], peers=peers)
            if task.state in states and role in parts.roles_of(self.person_id, submitted_by=submitted_by):
                return task
        return None

    @cached_property
    def _served_by(self) -> dict[tuple[SharedList, int], list[Task]]:
        found: dict[tuple[SharedList, int], list[Task]] = {}
        for task in self.tasks.values():
            for shared in SharedList:
                found.setdefault((shared, holder_of(task, shared)), []).append(task)
        return found

    def todo(
        self,
        kind: TodoKind,
        task: Task,
        text: str,
        *,
        due_on: date | None = None,
        subject: tuple[str, int] | None = None,
    ) -> Todo:
        name, number = subject or ("task", id_of(task))
        days_left = (due_on - self.today).days if due_on else None
        return Todo(kind, id_of(task), name, number, text, due_on, days_left)


def list_todos(
    session: Session,
    person_id: int,
    *,
    today: date,
    thresholds: LightThresholds | None = None,
    most_to_archive: int | None = None,
) -> list[Todo]:
    """What needs this person on the office day `today`: the latest first, what has no day last, then by task.

    A step is asked for when it is yellow or red. The number of statements does not grow with the tasks.
    What waits for being archived comes last of all, and `most_to_archive` says how many of them are wanted.
    """
    horizon = today + timedelta(days=(thresholds or LightThresholds()).yellow_within_days)
    tasks = {id_of(task): task for task in _list_tasks_of(session, person_id, most_to_archive)}
    lists = {holder_of(task, shared) for task in tasks.values() for shared in SharedList}
    owners = map_owners_of_lists(session, lists)
    desk = _Desk(person_id, today, tasks, get_parts_of_tasks(session, list(tasks.values())), owners)
    found = [
        *_tasks_to_move(desk),
        *_returned_tasks(session, desk),
        *_steps(session, desk, horizon),
        *_evidence(session, desk),
        *_extensions(session, desk),
        *_instructions(session, desk),
    ]
    order = list(TodoKind)
    far = 10**6
    return sorted(
        found,
        key=lambda todo: (
            far if todo.days_left is None else todo.days_left,
            order.index(todo.kind),
            todo.task_id,
            todo.subject_id,
        ),
    )


def count_to_archive(session: Session, person_id: int) -> int:
    """How many closed tasks of the campaigns that he coordinates wait for being archived."""
    statement = select(func.count()).select_from(Task).where(_is_to_archive(person_id))
    return session.exec(statement).one()


def _list_tasks_of(session: Session, person_id: int, most_to_archive: int | None) -> Sequence[Task]:
    """The tasks that can need him: those on which he plays a part, and of his campaigns those with something for him.

    Each way of finding them is a search of its own, which an index serves; a campaign may have 100,000 tasks.
    """
    ways = (
        columns(col(TaskPerson.task_id)).where(col(TaskPerson.person_id) == person_id),
        columns(col(Task.id)).where(
            col(Task.state) == TaskState.IN_REVIEW,
            _is_coordinated_by(person_id),
            ~_has_reviewer(col(Task.submitted_by_id)),
        ),
        *_served_by_waiting_lists(person_id),
        columns(col(Task.id))
        .where(_is_to_archive(person_id))
        .order_by(col(Task.id))
        .limit(most_to_archive)
        .subquery()
        .select(),
    )
    return session.exec(
        select(Task)
        .where(col(Task.id).in_(union(*ways)), col(Task.state).in_(_ON_DESK))
        .order_by(col(Task.id))
    ).all()


def _is_coordinated_by(person_id: int) -> ColumnElement[bool]:
    campaigns = select(CampaignRole.campaign_id).where(
        CampaignRole.person_id == person_id, CampaignRole.role == Role.COORDINATOR
    )
    return col(Task.campaign_id).in_(campaigns)


def _is_to_archive(person_id: int) -> ColumnElement[bool]:
    return and_(col(Task.state) == TaskState.CLOSED, _is_coordinated_by(person_id))


def _has_reviewer(submitted_by: Any) -> ColumnElement[bool]:
    """Whether an expediter may review what was submitted: else it falls to the coordinator (`workflows.duties`)."""
    expediter, owner = aliased(TaskPerson), aliased(TaskPerson)
    is_owner = exists().where(
        col(owner.task_id) == col(expediter.task_id),
        col(owner.role) == Role.OWNER,
        col(owner.person_id) == col(expediter.person_id),
    )
    return (
        exists()
        .where(
            col(expediter.task_id) == col(Task.id),
            col(expediter.role) == Role.EXPEDITER,
            col(Person.id) == col(expediter.person_id),
            col(Person.is_active),
            or_(submitted_by.is_(None), submitted_by != col(expediter.person_id)),
            ~is_owner,
        )
        .correlate(Task, Milestone, Evidence)
    )


def _served_by_waiting_lists(person_id: int) -> Iterator[Any]:
    """Tasks of his campaigns on whose lists something waits for a decision, or for a review and has no reviewer.

    Where tasks share a list, an owner of one reviews for none: whether one of these has a reviewer is not asked here.
    """
    # found by the narrow index of days and states; without it every milestone would be read in full
    reported = columns(col(Milestone.id)).where(col(Milestone.state) == MilestoneState.REPORTED)
    steps = columns(col(Milestone.task_id)).where(col(Milestone.id).in_(reported))
    extensions = (
        columns(col(Milestone.task_id))
        .join(Extension, col(Extension.milestone_id) == col(Milestone.id))
        .where(col(Extension.state) == ExtensionState.REQUESTED)
    )
    papers = (
        columns(col(Deliverable.task_id))
        .join(Evidence, col(Evidence.deliverable_id) == col(Deliverable.id))
        .where(col(Evidence.state) == EvidenceState.SUBMITTED)
    )
    is_his = _is_coordinated_by(person_id)
    for asked, by in ((steps, Milestone.reported_by_id), (papers, Evidence.submitted_by_id)):
        holder = (Milestone if asked is steps else Deliverable).task_id
        yield asked.join(Task, col(Task.id) == col(holder)).where(is_his, ~_has_reviewer(col(by)))
    for shared, waiting in ((SharedList.MILESTONES, steps), (SharedList.DELIVERABLES, papers)):
        pointer = pointer_to_holder(shared)
        shared_lists = columns(pointer).where(pointer.in_(waiting))
        for column in (col(Task.id), pointer):
            yield columns(col(Task.id)).where(column.in_(shared_lists), is_his)
    for column in (col(Task.id), pointer_to_holder(SharedList.MILESTONES)):
        yield columns(col(Task.id)).where(column.in_(extensions), is_his)


def _tasks_to_move(desk: _Desk) -> Iterator[Todo]:
    for task in desk.tasks.values():
        parts = desk.parts[id_of(task)]
        if task.state is TaskState.ISSUED and desk.has(task, Role.OWNER):
            yield desk.todo(TodoKind.ACCEPT, task, task.title, due_on=task.accept_by_on)
        elif task.state is TaskState.IN_REVIEW:
            if desk.reviews(task):
                yield desk.todo(TodoKind.REVIEW, task, task.title)
        elif task.state is TaskState.AWAITING_CLOSURE:
            if desk.person_id in parts.closers(reviewed_by=task.reviewed_by_id):
                yield desk.todo(TodoKind.CLOSE, task, task.title)
        elif task.state is TaskState.CLOSED and desk.has(task, Role.COORDINATOR):
            yield desk.todo(TodoKind.ARCHIVE, task, task.title)


def _returned_tasks(session: Session, desk: _Desk) -> Iterator[Todo]:
    """Under way and once sent back: had it been handed in again, it would be in review."""
    mine = [
        number
        for number, task in desk.tasks.items()
        if task.state is TaskState.ACTIVE and desk.has(task, Role.OWNER)
    ]
    statement = select(AuditEvent.task_id).where(
        col(AuditEvent.task_id).in_(mine), col(AuditEvent.kind).in_(("task.send_back", "task.reject"))
    )
    for number in sorted({each for each in session.exec(statement).all() if each}):
        yield desk.todo(TodoKind.RETURNED, desk.tasks[number], desk.tasks[number].title)


def _steps(session: Session, desk: _Desk, horizon: date) -> Iterator[Todo]:
    active = desk.lists(SharedList.MILESTONES, (TaskState.ACTIVE,))
    rows = session.exec(
        select(Milestone).where(
            col(Milestone.task_id).in_(active),
            col(Milestone.kind).in_((MilestoneKind.STEP, MilestoneKind.STANDING)),
            col(Milestone.state).in_(OPEN_MILESTONES),
            or_(
                col(Milestone.state) == MilestoneState.REPORTED,
                col(Milestone.due_on) <= horizon,
                _was_returned(),
            ),
        )
    ).all()
    returned = _returned_ids(session, [id_of(row) for row in rows])
    for row in rows:
        shared, subject = (SharedList.MILESTONES, row.task_id), ("milestone", id_of(row))
        if row.state is MilestoneState.REPORTED:
            task = desk.task_for(shared, Role.REVIEWER, (TaskState.ACTIVE,), row.reported_by_id)
            if task:
                yield desk.todo(TodoKind.REVIEW, task, row.text, due_on=row.due_on, subject=subject)
        elif task := desk.task_for(shared, Role.OWNER, (TaskState.ACTIVE,)):
            kind = TodoKind.RETURNED if row.id in returned else TodoKind.REPORT
            yield desk.todo(kind, task, row.text, due_on=row.due_on, subject=subject)


def _was_returned() -> ColumnElement[bool]:
    return exists().where(
        col(AuditEvent.kind) == "milestone.return",
        col(AuditEvent.task_id) == col(Milestone.task_id),
        col(AuditEvent.subject_id) == col(Milestone.id),
    )


def _returned_ids(session: Session, milestone_ids: Sequence[int]) -> set[int | None]:
    statement = select(AuditEvent.subject_id).where(
        AuditEvent.kind == "milestone.return", col(AuditEvent.subject_id).in_(milestone_ids)
    )
    return set(session.exec(statement).all())


def _evidence(session: Session, desk: _Desk) -> Iterator[Todo]:
    reviewed_in = (TaskState.ACTIVE, TaskState.IN_REVIEW)
    open_ids = desk.lists(SharedList.DELIVERABLES, reviewed_in)
    rows = session.exec(
        select(Evidence, Deliverable)
        .join(Deliverable, col(Deliverable.id) == col(Evidence.deliverable_id))
        .where(
            col(Deliverable.task_id).in_(open_ids),
            col(Evidence.state).in_((EvidenceState.SUBMITTED, EvidenceState.REJECTED)),
        )
        .order_by(col(Evidence.id))
    ).all()
    for evidence, deliverable in rows:
        shared, subject = (SharedList.DELIVERABLES, deliverable.task_id), ("evidence", id_of(evidence))
        if evidence.state is EvidenceState.SUBMITTED:
            task = desk.task_for(shared, Role.REVIEWER, reviewed_in, evidence.submitted_by_id)
            if task:
                yield desk.todo(TodoKind.REVIEW, task, evidence.name, subject=subject)
        elif task := desk.task_for(shared, Role.OWNER, (TaskState.ACTIVE,)):
            yield desk.todo(TodoKind.RETURNED, task, evidence.name, subject=subject)


def _extensions(session: Session, desk: _Desk) -> Iterator[Todo]:
    lists = desk.lists(SharedList.MILESTONES, _ON_DESK)
    earlier = (
        exists()
        .where(
            col(Extension.milestone_id) == col(Milestone.id), col(Extension.state) == ExtensionState.GRANTED
        )
        .correlate(Milestone)
    )
    rows = session.exec(
        select(Extension, Milestone, earlier)
        .join(Milestone, col(Milestone.id) == col(Extension.milestone_id))
        .where(col(Milestone.task_id).in_(lists), col(Extension.state) == ExtensionState.REQUESTED)
        .order_by(col(Extension.id))
    ).all()
    for extension, milestone, is_second in rows:
        awaits_consent = is_second and extension.consented_at is None
        role = Role.COORDINATOR if awaits_consent else Role.LEADER
        if task := desk.task_for((SharedList.MILESTONES, milestone.task_id), role, _ON_DESK):
            subject = ("extension", id_of(extension))
            yield desk.todo(TodoKind.DECIDE, task, milestone.text, due_on=milestone.due_on, subject=subject)


def _instructions(session: Session, desk: _Desk) -> Iterator[Todo]:
    rows = session.exec(
        select(Instruction)
        .where(col(Instruction.task_id).in_(list(desk.tasks)), col(Instruction.acknowledged_at).is_(None))
        .order_by(col(Instruction.id))
    ).all()
    for row in rows:
        task = desk.tasks[row.task_id]
        if desk.has(task, Role.OWNER):
            yield desk.todo(TodoKind.ACKNOWLEDGE, task, row.text, subject=("instruction", id_of(row)))
