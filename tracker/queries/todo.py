"""What needs one person today, worst first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

from sqlmodel import Session, col, exists, or_, select

from tracker.identity import id_of
from tracker.lights import Light, light_of
from tracker.models import (
    Deliverable,
    Evidence,
    EvidenceState,
    Extension,
    Instruction,
    Milestone,
    Person,
    Task,
)
from tracker.queries.milestones import map_archiving_days
from tracker.queries.needed import ON_DESK, list_tasks_that_need
from tracker.queries.parts import Parts, get_parts_of_tasks
from tracker.queries.ready import list_ready_tasks
from tracker.queries.returned import (
    SentBack,
    list_rejected_papers,
    map_declined_tasks,
    map_returned_milestones,
    map_returned_tasks,
    was_returned,
)
from tracker.queries.served import SharedList, holder_of, map_owners_of_lists
from tracker.rules import OfficeRules
from workflows.extension import ExtensionState
from workflows.milestone import OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TASK_WORKFLOW, TaskState


class TodoKind(StrEnum):
    ACCEPT = "accept"  # 签收
    RETURNED = "returned"  # something was sent back and not handed in again
    REPORT = "report"  # a step is due soon, or overdue
    SUBMIT = "submit"  # all is done and handed in
    REVIEW = "review"
    CLOSE = "close"  # 销号
    DECIDE = "decide"  # an extension
    ACKNOWLEDGE = "acknowledge"  # 批示
    ARCHIVE = "archive"


TODO_LABELS: dict[TodoKind, str] = {
    TodoKind.ACCEPT: "待签收",
    TodoKind.RETURNED: "被退回",
    TodoKind.REPORT: "待报告",
    TodoKind.SUBMIT: "待提交审核",
    TodoKind.REVIEW: "待审核",
    TodoKind.CLOSE: "待销号",
    TodoKind.DECIDE: "待批复",
    TodoKind.ACKNOWLEDGE: "待签阅",
    TodoKind.ARCHIVE: "待归档",
}


_KINDS = list(TodoKind)
_RANKS = {TodoKind.RETURNED: 1, TodoKind.ACKNOWLEDGE: 2}  # after what is late, before what is due


@dataclass(frozen=True)
class Todo:
    """One thing to do. `subject` and `subject_id` name the row to act on; `days_left` is negative when late.

    `about` is the deliverable that a piece of evidence belongs to; `sent_back` says who returned it, and why;
    `given_by` is the leader whose instruction it is. `light` is that of the step, where it is one.
    """

    kind: TodoKind
    task_id: int
    subject: str
    subject_id: int
    text: str
    due_on: date | None = None
    days_left: int | None = None
    about: str | None = None
    sent_back: SentBack | None = None
    given_by: str | None = None
    light: Light | None = None


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

    def owned(self, state: TaskState) -> list[int]:
        """The tasks in a state on which he is an owner."""
        return [
            number
            for number, task in self.tasks.items()
            if task.state is state and self.has(task, Role.OWNER)
        ]

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
        about: str | None = None,
        sent_back: SentBack | None = None,
        given_by: str | None = None,
        light: Light | None = None,
    ) -> Todo:
        name, number = subject or ("task", id_of(task))
        days_left = (due_on - self.today).days if due_on else None
        return Todo(
            kind, id_of(task), name, number, text, due_on, days_left, about, sent_back, given_by, light
        )


def list_todos(
    session: Session,
    person_id: int,
    *,
    today: date,
    rules: OfficeRules | None = None,
    most_to_archive: int | None = None,
) -> list[Todo]:
    """What needs this person on the office day `today`: what is late, what came back, what a leader said; then by day.

    A step is asked for when it is yellow or red. The number of statements does not grow with the tasks.
    What waits for being archived comes last of all, and `most_to_archive` says how many of them are wanted.
    """
    rules = rules or OfficeRules()
    tasks = {
        id_of(task): task
        for task in list_tasks_that_need(session, person_id, most_to_archive=most_to_archive)
    }
    lists = {holder_of(task, shared) for task in tasks.values() for shared in SharedList}
    owners = map_owners_of_lists(session, lists)
    desk = _Desk(person_id, today, tasks, get_parts_of_tasks(session, list(tasks.values())), owners)
    returned = map_returned_tasks(session, desk.owned(TaskState.ACTIVE))
    found = [
        *_tasks_to_move(desk),
        *_tasks_to_archive(session, desk),
        *_returned_tasks(desk, returned),
        *_declined_tasks(session, person_id),
        *_tasks_to_submit(session, desk, returned),
        *_steps(session, desk, rules),
        *_evidence_to_review(session, desk),
        *_rejected_evidence(session, desk),
        *_extensions(session, desk),
        *_instructions(session, desk),
    ]
    return sorted(found, key=_urgency)


def _urgency(todo: Todo) -> tuple[int, int, int, int, int]:
    """Late before returned, then what a leader said, then what is due, at last what is only put away; by day and kind."""
    far = 10**6
    days = far if todo.days_left is None else todo.days_left
    rank = 4 if todo.kind is TodoKind.ARCHIVE else 0 if days < 0 else _RANKS.get(todo.kind, 3)
    return rank, days, _KINDS.index(todo.kind), todo.task_id, todo.subject_id


def _tasks_to_move(desk: _Desk) -> Iterator[Todo]:
    for task in desk.tasks.values():
        parts = desk.parts[id_of(task)]
        if task.state is TaskState.ISSUED and desk.has(task, Role.OWNER):
            yield desk.todo(TodoKind.ACCEPT, task, task.title, due_on=task.accept_by_on)
        elif task.state is TaskState.IN_REVIEW:
            if desk.reviews(task):
                yield desk.todo(TodoKind.REVIEW, task, task.title)
        elif task.state is TaskState.AWAITING_CLOSURE and desk.person_id in parts.closers(
            reviewed_by=task.reviewed_by_id
        ):
            yield desk.todo(TodoKind.CLOSE, task, task.title)


def _tasks_to_archive(session: Session, desk: _Desk) -> Iterator[Todo]:
    """By the day of their archiving, where the table gives one."""
    closed = [
        task
        for task in desk.tasks.values()
        if task.state is TaskState.CLOSED and desk.has(task, Role.COORDINATOR)
    ]
    holders = {holder_of(task, SharedList.MILESTONES) for task in closed}
    due_days = map_archiving_days(session, holders) if holders else {}
    for task in closed:
        due_on = due_days.get(holder_of(task, SharedList.MILESTONES))
        yield desk.todo(TodoKind.ARCHIVE, task, task.title, due_on=due_on)


def _returned_tasks(desk: _Desk, returned: Mapping[int, SentBack]) -> Iterator[Todo]:
    for number, sent_back in sorted(returned.items()):
        task = desk.tasks[number]
        yield desk.todo(TodoKind.RETURNED, task, task.title, sent_back=sent_back)


def _declined_tasks(session: Session, person_id: int) -> Iterator[Todo]:
    """What an owner declined is a draft again, and the coordinator's."""
    for number, (title, sent_back) in sorted(map_declined_tasks(session, person_id).items()):
        yield Todo(TodoKind.RETURNED, number, "task", number, title, sent_back=sent_back)


def _tasks_to_submit(session: Session, desk: _Desk, returned: Mapping[int, SentBack]) -> Iterator[Todo]:
    """What was sent back is asked for as that."""
    active = [
        desk.tasks[number]
        for number in desk.owned(TaskState.ACTIVE)
        if number not in returned and desk.tasks[number].workflow == TASK_WORKFLOW.name
    ]
    for task in list_ready_tasks(session, active):
        yield desk.todo(TodoKind.SUBMIT, task, task.title)


def _steps(session: Session, desk: _Desk, rules: OfficeRules) -> Iterator[Todo]:
    horizon = desk.today + timedelta(days=rules.lights.yellow_within_days)
    active = desk.lists(SharedList.MILESTONES, (TaskState.ACTIVE,))
    rows = session.exec(
        select(Milestone).where(
            col(Milestone.task_id).in_(active),
            col(Milestone.kind).in_((MilestoneKind.STEP, MilestoneKind.STANDING)),
            col(Milestone.state).in_(OPEN_MILESTONES),
            or_(
                col(Milestone.state) == MilestoneState.REPORTED,
                col(Milestone.due_on) <= horizon,
                was_returned(col(Milestone.id), col(Milestone.task_id)),
            ),
        )
    ).all()
    returned = map_returned_milestones(session, [id_of(row) for row in rows])
    for row in rows:
        shared, subject = (SharedList.MILESTONES, row.task_id), ("milestone", id_of(row))
        light = light_of(row, today=desk.today, thresholds=rules.lights, measure=rules.measure)
        if row.state is MilestoneState.REPORTED:
            task = desk.task_for(shared, Role.REVIEWER, (TaskState.ACTIVE,), row.reported_by_id)
            if task:
                yield desk.todo(
                    TodoKind.REVIEW, task, row.text, due_on=row.due_on, subject=subject, light=light
                )
        elif task := desk.task_for(shared, Role.OWNER, (TaskState.ACTIVE,)):
            sent_back = returned.get(id_of(row))
            kind = TodoKind.RETURNED if sent_back else TodoKind.REPORT
            yield desk.todo(
                kind,
                task,
                row.text,
                due_on=row.due_on,
                subject=subject,
                sent_back=sent_back,
                light=light,
            )


_REVIEWED_IN = (TaskState.ACTIVE, TaskState.IN_REVIEW)


def _evidence_to_review(session: Session, desk: _Desk) -> Iterator[Todo]:
    rows = session.exec(
        select(Evidence, Deliverable)
        .join(Deliverable, col(Deliverable.id) == col(Evidence.deliverable_id))
        .where(
            col(Deliverable.task_id).in_(desk.lists(SharedList.DELIVERABLES, _REVIEWED_IN)),
            col(Evidence.state) == EvidenceState.SUBMITTED,
        )
        .order_by(col(Deliverable.task_id), col(Deliverable.number), col(Evidence.id))
    ).all()
    for evidence, deliverable in rows:
        shared = (SharedList.DELIVERABLES, deliverable.task_id)
        if task := desk.task_for(shared, Role.REVIEWER, _REVIEWED_IN, evidence.submitted_by_id):
            yield _paper(desk, TodoKind.REVIEW, task, evidence, deliverable)


def _rejected_evidence(session: Session, desk: _Desk) -> Iterator[Todo]:
    for each in list_rejected_papers(session, desk.lists(SharedList.DELIVERABLES, _REVIEWED_IN)):
        shared = (SharedList.DELIVERABLES, each.deliverable.task_id)
        if task := desk.task_for(shared, Role.OWNER, (TaskState.ACTIVE,)):
            yield _paper(desk, TodoKind.RETURNED, task, each.evidence, each.deliverable, each.sent_back)


def _paper(
    desk: _Desk,
    kind: TodoKind,
    task: Task,
    evidence: Evidence,
    deliverable: Deliverable,
    sent_back: SentBack | None = None,
) -> Todo:
    about = f"{deliverable.number}. {deliverable.text}"
    subject = ("evidence", id_of(evidence))
    return desk.todo(kind, task, evidence.name, subject=subject, about=about, sent_back=sent_back)


def _extensions(session: Session, desk: _Desk) -> Iterator[Todo]:
    lists = desk.lists(SharedList.MILESTONES, ON_DESK)
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
        if task := desk.task_for((SharedList.MILESTONES, milestone.task_id), role, ON_DESK):
            subject = ("extension", id_of(extension))
            yield desk.todo(TodoKind.DECIDE, task, milestone.text, due_on=milestone.due_on, subject=subject)


def _instructions(session: Session, desk: _Desk) -> Iterator[Todo]:
    rows = session.exec(
        select(Instruction, Person.name)
        .join(Person, col(Person.id) == col(Instruction.leader_id))
        .where(col(Instruction.task_id).in_(list(desk.tasks)), col(Instruction.acknowledged_at).is_(None))
        .order_by(col(Instruction.id))
    ).all()
    for row, leader in rows:
        task = desk.tasks[row.task_id]
        if desk.has(task, Role.OWNER):
            subject = ("instruction", id_of(row))
            yield desk.todo(TodoKind.ACKNOWLEDGE, task, row.text, subject=subject, given_by=leader)
