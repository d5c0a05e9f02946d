"""Everything that the page of one task shows, read in a fixed number of statements however long its lists are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, or_, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, SQLModel, col

from tracker.identity import LARGEST_ID, id_of
from tracker.loading import loose_rows
from tracker.models import (
    AuditEvent,
    Campaign,
    CampaignRole,
    Comment,
    Deduction,
    Deliverable,
    Evidence,
    Extension,
    ImportFinding,
    Instruction,
    Milestone,
    Person,
    ResponsibilityTable,
    StoredFile,
    Task,
    TaskPerson,
    TaskUnit,
    Unit,
)
from tracker.models.campaigns import Severity
from tracker.prepared import Prepared, is_among
from tracker.queries.milestones import ORDER
from tracker.queries.parts import Parts
from tracker.queries.served import ServedTasks, SharedList, get_served_tasks, holder_of
from workflows.roles import Role

EVENTS_SHOWN = 30
SAID_SHOWN = 10  # comments on the page, and instructions; older ones stand on pages of their own
SAID_A_PAGE = 30


class Surroundings(NamedTuple):
    """Where a task stands: its campaign, its leading unit, the table that it came from."""

    campaign: str
    is_campaign_closed: datetime | None
    lead_unit: str | None
    table_title: str | None
    source_name: str | None


class Member(NamedTuple):
    """Somebody with a part on the task or in its campaign."""

    role: Role
    person_id: int
    position: int
    part_id: int
    name: str
    post: str | None
    is_active: bool
    unit_id: int | None
    unit: str | None


class AssistingUnit(NamedTuple):
    unit_id: int
    name: str
    progress: str | None
    progress_at: datetime | None


class Sharer(NamedTuple):
    """Another task that shares a list with this one."""

    id: int
    seq: str | None
    sub: int | None
    title: str
    deliverables_from_id: int | None
    milestones_from_id: int | None


class Remark(NamedTuple):
    """A comment with its author."""

    id: int
    author: str
    text: str
    written_at: datetime


class Loss(NamedTuple):
    """One occurrence of a deduction item."""

    on: date
    points: float
    note: str


class Doubt(NamedTuple):
    """A finding of the import on this task's row."""

    id: int
    severity: Severity
    column: str | None
    message: str
    repair: str | None
    where: str | None
    settled_at: datetime | None
    settled_by_id: int | None
    settlement: str | None


class Happening(NamedTuple):
    """An event of the audit trail. `data` is JSON."""

    id: int
    at: datetime
    actor_name: str
    recorded_by_name: str | None
    kind: str
    subject: str
    subject_id: int | None
    data: str


class HandedIn(NamedTuple):
    """A version of evidence, with what is known of its file."""

    evidence: Evidence
    size: int | None
    media_type: str | None


@dataclass(frozen=True)
class TaskRows:
    """What was read. `served` are the tasks of its list of milestones, `sharing` those of its deliverables."""

    task: Task
    surroundings: Surroundings
    members: Sequence[Member]
    parts: Parts
    units: Sequence[AssistingUnit]
    milestones: Sequence[Milestone]
    extensions: Sequence[Extension]
    deliverables: Sequence[Deliverable]
    evidence: Sequence[HandedIn]
    instructions: Sequence[Instruction]
    remarks: Sequence[Remark]
    losses: Sequence[Loss]
    doubts: Sequence[Doubt]
    events: Sequence[Happening]
    sharers: Sequence[Sharer]
    served_by_milestones: ServedTasks
    served_by_deliverables: ServedTasks
    names: dict[int, str]

    @property
    def newest_event_id(self) -> int:
        return self.events[0].id if self.events else 0

    def extensions_of(self, milestone: Milestone) -> Sequence[Extension]:
        return self._extensions_by_milestone.get(milestone.id, ())

    def evidence_of(self, deliverable: Deliverable) -> Sequence[HandedIn]:
        return self._evidence_by_deliverable.get(deliverable.id, ())

    @cached_property
    def _extensions_by_milestone(self) -> dict[int | None, list[Extension]]:
        found: dict[int | None, list[Extension]] = {}
        for each in self.extensions:
            found.setdefault(each.milestone_id, []).append(each)
        return found

    @cached_property
    def _evidence_by_deliverable(self) -> dict[int | None, list[HandedIn]]:
        found: dict[int | None, list[HandedIn]] = {}
        for each in self.evidence:
            found.setdefault(each.evidence.deliverable_id, []).append(each)
        return found


def read_task_rows(session: Session, task: Task) -> TaskRows:
    """Read the page of a task that the reader may see."""
    members = _members(session, task)
    parts = _parts(members)
    sharers = [Sharer._make(row) for row in _SHARERS.rows(session, _lists(task))]
    milestones = _list_milestones(session, task)
    extensions = _list_extensions(session, task)
    evidence = _list_evidence(session, task)
    instructions = _list_instructions(session, task)
    doubts = [Doubt._make(row) for row in _DOUBTS.rows(session, {"task_id": task.id})]
    known = {member.person_id: member.name for member in members}
    asked = _people_of(
        task, milestones, extensions, [each.evidence for each in evidence], instructions, doubts
    )
    return TaskRows(
        task=task,
        surroundings=Surroundings._make(_SURROUNDINGS.rows(session, {"task_id": task.id})[0]),
        members=members,
        parts=parts,
        units=[AssistingUnit._make(row) for row in _UNITS.rows(session, {"task_id": task.id})],
        milestones=milestones,
        extensions=extensions,
        deliverables=_list_deliverables(session, task),
        evidence=evidence,
        instructions=instructions,
        remarks=list_remarks(session, id_of(task), most=SAID_SHOWN + 1),
        losses=[Loss._make(row) for row in _LOSSES.rows(session, {"task_id": task.id})],
        doubts=doubts,
        events=list_newest_events(session, id_of(task)),
        sharers=sharers,
        served_by_milestones=_served(session, task, parts, sharers, SharedList.MILESTONES),
        served_by_deliverables=_served(session, task, parts, sharers, SharedList.DELIVERABLES),
        names=known | _names(session, asked - known.keys()),
    )


def list_remarks(
    session: Session, task_id: int, *, most: int = SAID_A_PAGE + 1, before: int | None = None
) -> list[Remark]:
    """The newest comments on a task, the oldest of them first."""
    values = {"task_id": task_id, "before": min(before or LARGEST_ID, LARGEST_ID), "most": most}
    return [Remark._make(row) for row in reversed(_REMARKS.rows(session, values))]


def list_newest_events(session: Session, task_id: int, *, before: int | None = None) -> list[Happening]:
    """The newest events of a task, at most EVENTS_SHOWN and one more, which says that there are others before."""
    values = {"task_id": task_id, "before": min(before or LARGEST_ID, LARGEST_ID), "most": EVENTS_SHOWN + 1}
    return [Happening._make(row) for row in _EVENTS.rows(session, values)]


def list_events_since(session: Session, task_id: int, event_id: int) -> list[Happening]:
    """What happened to a task after one of its events, the oldest first; at most EVENTS_SHOWN."""
    values = {"task_id": task_id, "after": event_id, "most": EVENTS_SHOWN}
    return [Happening._make(row) for row in _EVENTS_AFTER.rows(session, values)]


def find_newest_event_id(session: Session, task_id: int) -> int:
    """The number of the newest event of a task; 0 where there is none."""
    rows = _EVENTS.rows(session, {"task_id": task_id, "before": 2**31 - 1, "most": 1})
    return rows[0][0] if rows else 0


def _lists(task: Task) -> dict[str, int]:
    return {
        "task_id": id_of(task),
        "milestones": holder_of(task, SharedList.MILESTONES),
        "deliverables": holder_of(task, SharedList.DELIVERABLES),
    }


_SURROUNDINGS = Prepared(
    columns(
        col(Campaign.name),
        col(Campaign.closed_at),
        col(Unit.name),
        col(ResponsibilityTable.title),
        col(ResponsibilityTable.source_name),
    )
    .select_from(Task)
    .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
    .outerjoin(Unit, col(Unit.id) == col(Task.lead_unit_id))
    .outerjoin(ResponsibilityTable, col(ResponsibilityTable.id) == col(Task.table_id))
    .where(col(Task.id) == bindparam("task_id"))
)


def _part_columns(part: type[TaskPerson] | type[CampaignRole]) -> Any:
    place = col(TaskPerson.position) if part is TaskPerson else literal(0)
    return (
        columns(
            col(part.role),
            col(part.person_id),
            place,
            col(part.id),
            col(Person.name),
            col(Person.title),
            col(Person.is_active),
            col(Person.unit_id),
            col(Unit.name),
        )
        .select_from(part)
        .join(Person, col(Person.id) == col(part.person_id))
        .outerjoin(Unit, col(Unit.id) == col(Person.unit_id))
    )


_MEMBERS = Prepared(
    union_all(
        _part_columns(TaskPerson).where(col(TaskPerson.task_id) == bindparam("task_id")),
        _part_columns(CampaignRole).where(col(CampaignRole.campaign_id) == bindparam("campaign_id")),
    )
)
_UNITS = Prepared(
    columns(col(TaskUnit.unit_id), col(Unit.name), col(TaskUnit.progress), col(TaskUnit.progress_at))
    .join(Unit, col(Unit.id) == col(TaskUnit.unit_id))
    .where(col(TaskUnit.task_id) == bindparam("task_id"))
    .order_by(col(TaskUnit.position), col(TaskUnit.id))
)
_REMARKS = Prepared(
    columns(col(Comment.id), col(Person.name), col(Comment.text), col(Comment.written_at))
    .join(Person, col(Person.id) == col(Comment.author_id))
    .where(col(Comment.task_id) == bindparam("task_id"), col(Comment.id) < bindparam("before"))
    .order_by(col(Comment.id).desc())
    .limit(bindparam("most"))
)
_LOSSES = Prepared(
    columns(col(Deduction.on), col(Deduction.points), col(Deduction.note))
    .where(col(Deduction.task_id) == bindparam("task_id"))
    .order_by(col(Deduction.on), col(Deduction.id))
)
_DOUBTS = Prepared(
    columns(*(col(getattr(ImportFinding, name)) for name in Doubt._fields))
    .where(col(ImportFinding.task_id) == bindparam("task_id"))
    .order_by(col(ImportFinding.settled_at).is_not(None), col(ImportFinding.id))
)
_EVENT_COLUMNS = [col(getattr(AuditEvent, name)) for name in Happening._fields]
_EVENTS = Prepared(
    columns(*_EVENT_COLUMNS)
    .where(col(AuditEvent.task_id) == bindparam("task_id"), col(AuditEvent.id) < bindparam("before"))
    .order_by(col(AuditEvent.id).desc())
    .limit(bindparam("most"))
)
_EVENTS_AFTER = Prepared(
    columns(*_EVENT_COLUMNS)
    .where(col(AuditEvent.task_id) == bindparam("task_id"), col(AuditEvent.id) > bindparam("after"))
    .order_by(col(AuditEvent.id))
    .limit(bindparam("most"))
)
_SHARERS = Prepared(
    columns(*(col(getattr(Task, name)) for name in Sharer._fields))
    .where(
        or_(
            col(Task.id).in_([bindparam("milestones"), bindparam("deliverables")]),
            col(Task.milestones_from_id) == bindparam("milestones"),
            col(Task.deliverables_from_id) == bindparam("deliverables"),
        ),
        col(Task.id) != bindparam("task_id"),
    )
    .order_by(col(Task.position), col(Task.id))
)
_NAMES = Prepared(columns(col(Person.id), col(Person.name)).where(is_among(col(Person.id), "people")))


_TABLES = SQLModel.metadata.tables
_MILESTONES = Prepared(
    _TABLES["milestone"].select().where(col(Milestone.task_id) == bindparam("holder")).order_by(*ORDER)
)
_EXTENSIONS = Prepared(
    _TABLES["extension"]
    .select()
    .join(Milestone, col(Milestone.id) == col(Extension.milestone_id))
    .where(col(Milestone.task_id) == bindparam("holder"))
    .order_by(col(Extension.milestone_id), col(Extension.number))
)
_DELIVERABLES = Prepared(
    _TABLES["deliverable"]
    .select()
    .where(col(Deliverable.task_id) == bindparam("holder"))
    .order_by(col(Deliverable.number))
)
_EVIDENCE = Prepared(
    columns(*_TABLES["evidence"].c, col(StoredFile.size), col(StoredFile.media_type))
    .join(Deliverable, col(Deliverable.id) == col(Evidence.deliverable_id))
    .outerjoin(StoredFile, col(StoredFile.sha256) == col(Evidence.sha256))
    .where(col(Deliverable.task_id) == bindparam("holder"))
    .order_by(col(Evidence.milestone_id), col(Evidence.name), col(Evidence.version).desc())
)
_INSTRUCTIONS = Prepared(
    _TABLES["instruction"]
    .select()
    .where(col(Instruction.task_id) == bindparam("task_id"))
    .order_by(col(Instruction.given_at).desc(), col(Instruction.id).desc())
)


def _members(session: Session, task: Task) -> list[Member]:
    rows = _MEMBERS.rows(session, {"task_id": task.id, "campaign_id": task.campaign_id})
    members = [Member._make(row)._replace(role=Role(row[0])) for row in rows]
    return sorted(members, key=lambda member: (member.position, member.part_id))


def _parts(members: Iterable[Member]) -> Parts:
    """The parts of those who have not left, as `tracker.queries.parts.get_parts` gives them."""
    people: dict[Role, list[int]] = {role: [] for role in Role}
    for member in members:
        if member.is_active:
            people[member.role].append(member.person_id)
    return Parts(
        owners=tuple(people[Role.OWNER]),
        expediters=tuple(people[Role.EXPEDITER]),
        leaders=tuple(people[Role.LEADER]),
        coordinators=tuple(people[Role.COORDINATOR]),
        auditors=tuple(people[Role.AUDITOR]),
    )


def _served(
    session: Session, task: Task, parts: Parts, sharers: Sequence[Sharer], shared: SharedList
) -> ServedTasks:
    """The tasks that a list serves. Most lists serve one, which needs no statement."""
    holder = holder_of(task, shared)
    pointers = [
        each.milestones_from_id if shared is SharedList.MILESTONES else each.deliverables_from_id
        for each in sharers
    ]
    if holder == task.id and holder not in pointers:
        return ServedTasks((task,), {id_of(task): parts})
    return get_served_tasks(session, holder, shared)


def _list_milestones(session: Session, task: Task) -> Sequence[Milestone]:
    return loose_rows(Milestone, _MILESTONES.rows(session, {"holder": holder_of(task)}))


def _list_extensions(session: Session, task: Task) -> Sequence[Extension]:
    return loose_rows(Extension, _EXTENSIONS.rows(session, {"holder": holder_of(task)}))


def _list_deliverables(session: Session, task: Task) -> Sequence[Deliverable]:
    holder = holder_of(task, SharedList.DELIVERABLES)
    return loose_rows(Deliverable, _DELIVERABLES.rows(session, {"holder": holder}))


def _list_evidence(session: Session, task: Task) -> list[HandedIn]:
    """By name, the newest version first."""
    rows = _EVIDENCE.rows(session, {"holder": holder_of(task, SharedList.DELIVERABLES)})
    versions = loose_rows(Evidence, [row[:-2] for row in rows])
    return [HandedIn(version, *row[-2:]) for version, row in zip(versions, rows, strict=True)]


def _list_instructions(session: Session, task: Task) -> Sequence[Instruction]:
    return loose_rows(Instruction, _INSTRUCTIONS.rows(session, {"task_id": task.id}))


def _names(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    return dict(_NAMES.rows(session, {"people": sorted(person_ids)})) if person_ids else {}


def _people_of(
    task: Task,
    milestones: Sequence[Milestone],
    extensions: Sequence[Extension],
    evidence: Sequence[Evidence],
    instructions: Sequence[Instruction],
    doubts: Sequence[Doubt],
) -> set[int]:
    """Everybody whose name the page tells."""
    found: set[int | None] = {task.submitted_by_id, task.reviewed_by_id, task.closed_by_id}
    found.update(number for each in milestones for number in (each.reported_by_id, each.met_by_id))
    found.update(
        number
        for each in extensions
        for number in (each.requested_by_id, each.consented_by_id, each.decided_by_id)
    )
    found.update(number for each in evidence for number in (each.submitted_by_id, each.reviewed_by_id))
    found.update(number for each in instructions for number in (each.leader_id, each.acknowledged_by_id))
    found.update(each.settled_by_id for each in doubts)
    return {number for number in found if number is not None}
