"""The rows behind the weekly figures: columns only, few statements, however large the register is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    cast,
    func,
    not_,
    or_,
    true,
    type_coerce,
    union,
)
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from tracker.lights import Measure
from tracker.models import (
    AuditEvent,
    Campaign,
    CampaignRole,
    Deduction,
    Deliverable,
    Evidence,
    Extension,
    Instruction,
    Milestone,
    Person,
    Task,
    TaskPerson,
    Unit,
)
from tracker.queries.accountable import accountable_unit_id
from tracker.queries.punctuality import (
    FIRST_DUE_ON,
    IS_BACKFILLED,
    EndOfOfficeDay,
    completed_at,
    how_many,
    is_on_time,
)
from workflows.milestone import DATED_KINDS, OPEN_MILESTONES, MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

_IDS_A_STATEMENT = 500
_EVENTS_A_STATEMENT = 500


def _as_text(column: Any) -> Any:
    """Days, moments, enums and JSON as the database spells them: tens of thousands of values, few of which are
    looked at, are not worth a conversion each. Days and moments are ISO 8601 in both databases.
    """
    return cast(column, String)


TASK_COLUMNS: tuple[Any, ...] = (
    col(Task.id),
    col(Task.seq),
    col(Task.sub),
    col(Task.title),
    accountable_unit_id(),
    _as_text(Task.state),
    _as_text(Task.issued_at),
    _as_text(Task.accept_by_on),
    _as_text(Task.accepted_at),
    _as_text(Task.closed_at),
    _as_text(Task.archived_at),
    _as_text(Task.score),
    col(Task.milestones_from_id),
)
STEP_COLUMNS: tuple[Any, ...] = (
    col(Milestone.id),
    col(Milestone.task_id),
    col(Milestone.text),
    _as_text(Milestone.kind),
    _as_text(Milestone.state),
    _as_text(Milestone.due_on),
    _as_text(Milestone.first_due_on),
    type_coerce(Milestone.was_overdue, Integer),
    _as_text(Milestone.reported_at),
    _as_text(Milestone.met_at),
    _as_text(Milestone.waived_at),
    _as_text(Milestone.done_on),
)


@dataclass(frozen=True)
class TaskSelection:
    """Which tasks: all where nothing is named."""

    leader_id: int | None = None
    unit_ids: Collection[int] | None = None
    campaign_id: int | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.leader_id is not None:
            led = select(TaskPerson.task_id).where(
                TaskPerson.person_id == self.leader_id, col(TaskPerson.role) == Role.LEADER
            )
            found.append(col(Task.id).in_(led))
        if self.unit_ids is not None:
            found.append(accountable_unit_id().in_(self.unit_ids))
        if self.campaign_id is not None:
            found.append(col(Task.campaign_id) == self.campaign_id)
        return found


def list_task_columns(session: Session, wanted: TaskSelection) -> Sequence[Any]:
    """`TASK_COLUMNS` of the tasks, in the order of their tables."""
    statement: Any = (
        select_columns(*TASK_COLUMNS)
        .where(*wanted.conditions())
        .order_by(col(Task.campaign_id), col(Task.table_id), col(Task.position), col(Task.id))
    )
    return session.connection().execute(statement).all()


@dataclass(frozen=True)
class Era:
    """What of the milestones has to be looked at one by one for a week that begins at `begin`.

    Settled: met before the week, and due more than a week before it; not what was done before the program came. Calm: pending, and due after `horizon`. Both
    look the same at the week's two ends, so the database counts them; an extension in the week makes an exception.
    """

    begin: datetime
    settled_before: date
    horizon: date

    def is_settled(self) -> ColumnElement[bool]:
        return and_(
            col(Milestone.state) == MilestoneState.MET,
            not_(IS_BACKFILLED),
            col(Milestone.met_at).is_not(None),
            col(Milestone.met_at) < self.begin,
            col(Milestone.due_on).is_not(None),
            col(Milestone.due_on) < self.settled_before,
            self.settled_before > FIRST_DUE_ON,
            col(Milestone.kind).in_(DATED_KINDS),
            self._is_not_extended(),
        )

    def is_calm(self) -> ColumnElement[bool]:
        return and_(
            col(Milestone.state) == MilestoneState.PENDING,
            col(Milestone.due_on).is_not(None),
            col(Milestone.due_on) > self.horizon,
            self.horizon < FIRST_DUE_ON,
            col(Milestone.kind).in_(DATED_KINDS),
            self._is_not_extended(),
        )

    def is_idle(self) -> ColumnElement[bool]:
        """Without a day, no standing duty, and nothing new about it."""
        return and_(
            col(Milestone.due_on).is_(None),
            col(Milestone.kind) != MilestoneKind.STANDING,
            func.coalesce(col(Milestone.met_at) < self.begin, true()),
            func.coalesce(col(Milestone.waived_at) < self.begin, true()),
        )

    def _is_not_extended(self) -> ColumnElement[bool]:
        return col(Milestone.id).not_in(select(Extension.milestone_id).where(_moved_since(self.begin)))


def list_step_columns(session: Session, wanted: TaskSelection, era: Era) -> Sequence[Any]:
    """`STEP_COLUMNS` of what has to be looked at one by one, series left out, in no order."""
    statement: Any = select_columns(*STEP_COLUMNS).where(
        col(Milestone.kind) != MilestoneKind.SERIES,
        not_(or_(era.is_settled(), era.is_calm(), era.is_idle())),
        *_of_lists(wanted),
    )
    return session.connection().execute(statement).all()


def count_settled(
    session: Session, wanted: TaskSelection, era: Era, measure: Measure
) -> Sequence[tuple[int, int, int, int]]:
    """By the holder of the list: settled milestones, those on time by the current and by the first due days."""
    statement: Any = (
        select_columns(
            col(Milestone.task_id),
            func.count(),
            how_many(is_on_time(measure)),
            how_many(completed_at(measure) < EndOfOfficeDay(FIRST_DUE_ON)),
        )
        .where(era.is_settled(), *_of_lists(wanted))
        .group_by(col(Milestone.task_id))
    )
    return session.connection().execute(statement).all()


def list_calm_holders(session: Session, wanted: TaskSelection, era: Era) -> Sequence[int]:
    """The tasks that hold a calm milestone."""
    statement = select(col(Milestone.task_id)).where(era.is_calm(), *_of_lists(wanted)).distinct()
    return session.exec(statement).all()


def list_undated_holders(session: Session, wanted: TaskSelection, era: Era) -> Sequence[int]:
    """The tasks that hold a milestone that is open, has no day, and is looked at no further."""
    open_ones = (col(Milestone.state).in_(OPEN_MILESTONES), col(Milestone.kind) != MilestoneKind.SERIES)
    statement = select(col(Milestone.task_id)).where(era.is_idle(), *open_ones, *_of_lists(wanted)).distinct()
    return session.exec(statement).all()


def _of_lists(wanted: TaskSelection) -> list[ColumnElement[bool]]:
    """Milestones of the tasks, and of those whose lists they share."""
    conditions = wanted.conditions()
    if not conditions:
        return []
    shared = col(Task.milestones_from_id)
    holders = union(
        select_columns(col(Task.id)).where(*conditions),
        select_columns(shared).where(*conditions, shared.is_not(None)),
    )
    return [col(Milestone.task_id).in_(select_columns(holders.subquery().c[0]))]


def _moved_since(moment: datetime) -> ColumnElement[bool]:
    return or_(col(Extension.requested_at) >= moment, col(Extension.decided_at) >= moment)


def list_extensions_since(session: Session, moment: datetime) -> Sequence[Extension]:
    """Extensions that were asked for or decided at `moment` or later, by id."""
    return session.exec(select(Extension).where(_moved_since(moment)).order_by(col(Extension.id))).all()


def list_unacknowledged(session: Session, moment: datetime) -> Sequence[tuple[Instruction, str]]:
    """Instructions that nobody had acknowledged at `moment`, with the leader's name, the oldest first."""
    return session.exec(
        select(Instruction, Person.name)
        .join(Person, col(Person.id) == col(Instruction.leader_id))
        .where(
            col(Instruction.given_at) < moment,
            or_(col(Instruction.acknowledged_at).is_(None), col(Instruction.acknowledged_at) >= moment),
        )
        .order_by(col(Instruction.given_at), col(Instruction.id))
    ).all()


def list_deducted_points(session: Session) -> Sequence[Any]:
    """Task, day of recording, day and points of every deduction on record."""
    statement = select_columns(col(Deduction.task_id), col(Deduction.recorded_at), col(Deduction.points))
    return session.connection().execute(statement).all()


def list_unit_names(session: Session) -> dict[int, str]:
    """Names by id, in the order of the ids."""
    rows = session.exec(select(Unit.id, Unit.name).order_by(col(Unit.id))).all()
    return {number: name for number, name in rows if number is not None}


def list_people_of(session: Session, task_ids: Collection[int]) -> Iterator[tuple[int, Role, str]]:
    """Who is on the tasks now: task, part and name of active people, the accountable ones first."""
    for some in _portions(task_ids):
        statement = (
            select(TaskPerson.task_id, TaskPerson.role, Person.name)
            .join(Person, col(Person.id) == col(TaskPerson.person_id))
            .where(col(TaskPerson.task_id).in_(some), col(Person.is_active))
            .order_by(col(TaskPerson.task_id), col(TaskPerson.position), col(TaskPerson.id))
        )
        for task_id, role, name in session.exec(statement):
            yield task_id, Role(role), name


def last_evidence_of(session: Session, task_ids: Collection[int], moment: datetime) -> dict[int, datetime]:
    """When each task last got evidence before `moment`."""
    found: dict[int, datetime] = {}
    for some in _portions(task_ids):
        statement = (
            select_columns(col(Deliverable.task_id), func.max(col(Evidence.submitted_at)))
            .join(Evidence, col(Evidence.deliverable_id) == col(Deliverable.id))
            .where(col(Deliverable.task_id).in_(some), col(Evidence.submitted_at) < moment)
            .group_by(col(Deliverable.task_id))
        )
        found.update((task_id, last) for task_id, last in session.connection().execute(statement))
    return found


def list_changes_since(session: Session, moment: datetime) -> list[Any]:
    """Events of tasks and milestones at `moment` or later, the newest first: at, subject, subject_id, data.

    The trail is walked back from its end, which costs as much as happened since and not as much as there is.
    """
    found: list[Any] = []
    before: int | None = None
    while True:
        batch = _list_events_before(session, before)
        found += [event for event in batch if event.at >= moment and event.subject in ("task", "milestone")]
        if len(batch) < _EVENTS_A_STATEMENT or all(event.at < moment for event in batch):
            return found
        before = batch[-1].id


def _list_events_before(session: Session, before: int | None) -> Sequence[Any]:
    statement: Any = (
        select_columns(
            col(AuditEvent.id),
            col(AuditEvent.at),
            col(AuditEvent.subject),
            col(AuditEvent.subject_id),
            col(AuditEvent.data),
        )
        .order_by(col(AuditEvent.id).desc())
        .limit(_EVENTS_A_STATEMENT)
    )
    if before is not None:
        statement = statement.where(col(AuditEvent.id) < before)
    return session.connection().execute(statement).all()


def list_leaders_at_work(session: Session) -> Sequence[Person]:
    """Active people who are leaders of a task that was issued and is not yet archived, by id."""
    at_work = (*OPEN_STATES, TaskState.CLOSED, TaskState.SUSPENDED)
    led = (
        select(TaskPerson.person_id)
        .join(Task, col(Task.id) == col(TaskPerson.task_id))
        .where(col(TaskPerson.role) == Role.LEADER, col(Task.state).in_(at_work))
    )
    return session.exec(
        select(Person).where(col(Person.id).in_(led), col(Person.is_active)).order_by(col(Person.id))
    ).all()


def list_coordinators(session: Session) -> Sequence[Person]:
    """Active people who coordinate a campaign that is not closed, by id."""
    coordinating = (
        select(CampaignRole.person_id)
        .join(Campaign, col(Campaign.id) == col(CampaignRole.campaign_id))
        .where(col(CampaignRole.role) == Role.COORDINATOR, col(Campaign.closed_at).is_(None))
    )
    return session.exec(
        select(Person).where(col(Person.id).in_(coordinating), col(Person.is_active)).order_by(col(Person.id))
    ).all()


def _portions(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), _IDS_A_STATEMENT):
        yield ordered[start : start + _IDS_A_STATEMENT]
