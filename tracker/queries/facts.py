"""Counting the facts that the rules look at. Rules themselves live in `workflows`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple, Protocol, TypedDict

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, and_, col, select

from tracker.models import Deliverable, Evidence, EvidenceState, ImportFinding, Milestone, Severity, Task
from tracker.prepared import Prepared
from tracker.queries.parts import Parts
from workflows.milestone import DONE_MILESTONES, MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import DeliverableFacts, MilestoneFacts, TaskFacts, TaskTrigger

# The rules of all other triggers ask about people and reasons alone.
NEED_LISTS = frozenset({TaskTrigger.ISSUE, TaskTrigger.SUBMIT, TaskTrigger.APPROVE, TaskTrigger.CLOSE})


class Lists(NamedTuple):
    """What the rules ask about the lists of a task: what it owes, its steps, what its import left unsettled."""

    deliverables: tuple[DeliverableFacts, ...]
    milestones: tuple[MilestoneFacts, ...]
    open_import_errors: tuple[str, ...]


def gather_task_facts(
    session: Session,
    task: Task,
    parts: Parts,
    *,
    trigger: TaskTrigger | None,
    actor_id: int | None,
    reason: str | None = None,
    is_package_verified: bool = False,
    lists: Lists | None = None,
) -> TaskFacts:
    """Everything that the rule of `trigger` may ask about (any rule for None), in at most three statements.

    Whoever has read the lists of the task already gives them, and needs none.
    """
    facts = TaskFacts(
        **facts_of_actor(task, parts, actor_id),
        reason=reason,
        has_owner=bool(parts.owners),
        has_expediter=bool(parts.expediters),
        has_leader=bool(parts.leaders),
        has_reviewer=bool(parts.reviewers(submitted_by=task.submitted_by_id)),
        has_closer=bool(parts.closers(reviewed_by=task.reviewed_by_id)),
        is_package_verified=is_package_verified,
        interrupted_state=task.interrupted_state,
    )
    if trigger is not None and trigger not in NEED_LISTS:
        return facts
    if lists is not None:
        return replace(facts, **lists._asdict())
    return replace(
        facts,
        deliverables=list_deliverable_facts(session, task),
        milestones=list_milestone_facts(session, task),
        open_import_errors=_list_open_import_errors(session, task)
        if trigger in (None, TaskTrigger.ISSUE)
        else (),
    )


class ActorFacts(TypedDict):
    """What differs from actor to actor."""

    actor_roles: frozenset[Role]
    actor_submitted: bool
    actor_reviewed: bool


def facts_of_actor(task: Task, parts: Parts, actor_id: int | None) -> ActorFacts:
    """What the rules ask about whoever acts; without statements."""
    return {
        "actor_roles": parts.roles_of(actor_id, submitted_by=task.submitted_by_id),
        "actor_submitted": actor_id is not None and actor_id == task.submitted_by_id,
        "actor_reviewed": actor_id is not None and actor_id == task.reviewed_by_id,
    }


class _Owed(Protocol):
    """What the facts of one deliverable are made of."""

    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def is_required(self) -> bool: ...


class _EvidenceRow(NamedTuple):
    """One deliverable with one of its evidence, if it has any."""

    id: int
    number: int
    text: str
    is_required: bool
    milestone_id: int | None
    name: str | None
    state: EvidenceState | None


_EVIDENCE_OF_TASK = Prepared(
    select_columns(
        col(Deliverable.id),
        col(Deliverable.number),
        col(Deliverable.text),
        col(Deliverable.is_required),
        col(Evidence.milestone_id),
        col(Evidence.name),
        col(Evidence.state),
    )
    .outerjoin(
        Evidence,
        and_(
            col(Evidence.deliverable_id) == col(Deliverable.id),
            col(Evidence.state) != EvidenceState.SUPERSEDED,
        ),
    )
    .where(col(Deliverable.task_id) == bindparam("task_id"))
    .order_by(col(Deliverable.number), col(Deliverable.id), col(Evidence.version), col(Evidence.id))
)


def list_deliverable_facts(session: Session, task: Task) -> tuple[DeliverableFacts, ...]:
    """The deliverables by number; those of the task that holds the list, where it is shared.

    What counts of each name is its newest version: handed in where that is not rejected, accepted where it is.
    """
    holder = task.deliverables_from_id or task.id
    current: dict[int, dict[tuple[int | None, str], EvidenceState]] = {}
    head: dict[int, _EvidenceRow] = {}
    for row in map(_EvidenceRow._make, _EVIDENCE_OF_TASK.rows(session, {"task_id": holder})):
        head.setdefault(row.id, row)
        versions = current.setdefault(row.id, {})
        if row.state is not None:
            versions[(row.milestone_id, row.name or "")] = row.state  # in order of versions: the newest stays
    return tuple(deliverable_facts(head[number], current[number].values()) for number in head)


def deliverable_facts(row: _Owed, states: Collection[EvidenceState]) -> DeliverableFacts:
    """The facts of one deliverable; `states` are those of the newest version of each name handed in for it."""
    return DeliverableFacts(
        row.number,
        row.text,
        row.is_required,
        is_handed_in=any(state is not EvidenceState.REJECTED for state in states),
        is_accepted=EvidenceState.ACCEPTED in states,
    )


class _Step(Protocol):
    """What the facts of one milestone are made of."""

    @property
    def id(self) -> int | None: ...
    @property
    def number(self) -> int: ...
    @property
    def text(self) -> str: ...
    @property
    def kind(self) -> MilestoneKind: ...
    @property
    def state(self) -> MilestoneState: ...
    @property
    def series_id(self) -> int | None: ...
    @property
    def occurs_on(self) -> date | None: ...
    @property
    def recurrence(self) -> str | None: ...
    @property
    def offset_event(self) -> str | None: ...


class _StepRow(NamedTuple):
    id: int
    number: int
    text: str
    kind: MilestoneKind
    state: MilestoneState
    series_id: int | None
    occurs_on: date | None
    recurrence: str | None
    offset_event: str | None


_MILESTONES_OF_TASK = Prepared(
    select_columns(
        col(Milestone.id),
        col(Milestone.number),
        col(Milestone.text),
        col(Milestone.kind),
        col(Milestone.state),
        col(Milestone.series_id),
        col(Milestone.occurs_on),
        col(Milestone.recurrence),
        col(Milestone.offset_event),
    )
    .where(col(Milestone.task_id) == bindparam("task_id"))
    .order_by(col(Milestone.number), col(Milestone.part), col(Milestone.occurs_on), col(Milestone.id))
)


def list_milestone_facts(session: Session, task: Task) -> tuple[MilestoneFacts, ...]:
    """The steps by number; those of the task that holds the list, where it is shared."""
    holder = task.milestones_from_id or task.id
    return milestone_facts(
        [_StepRow._make(row) for row in _MILESTONES_OF_TASK.rows(session, {"task_id": holder})]
    )


def milestone_facts(rows: Sequence[_Step]) -> tuple[MilestoneFacts, ...]:
    """The facts of a whole list of steps, in its order.

    A series is no step, its occurrences are. One without any occurrence is open: its event was not recorded.
    """
    begun = {row.series_id for row in rows}
    return tuple(
        _milestone_facts(row) for row in rows if row.kind is not MilestoneKind.SERIES or row.id not in begun
    )


def _milestone_facts(row: _Step) -> MilestoneFacts:
    return MilestoneFacts(
        row.number,
        _step_text(row),
        is_done=row.state in DONE_MILESTONES,
        is_reported=row.state is MilestoneState.REPORTED,
        is_archiving=row.kind is MilestoneKind.ARCHIVE,
        is_standing=row.kind is MilestoneKind.STANDING,
    )


def _step_text(row: _Step) -> str:
    if row.series_id is not None and row.occurs_on is not None:
        return f"{row.text}（{row.occurs_on.month}月{row.occurs_on.day}日一期）"
    if row.kind is MilestoneKind.SERIES and not row.recurrence:
        return f"{row.text}（等待登记“{row.offset_event or '起算'}”）"
    return str(row.text)


def _list_open_import_errors(session: Session, task: Task) -> tuple[str, ...]:
    rows: Sequence[str] = session.exec(
        select(ImportFinding.message)
        .where(
            ImportFinding.task_id == task.id,
            ImportFinding.severity == Severity.ERROR,
            col(ImportFinding.settled_at).is_(None),
        )
        .order_by(col(ImportFinding.id))
    ).all()
    return tuple(rows)
