"""Rows for tests: plain functions with fixed, valid defaults; a test names only the fields it is about.

What is asked for by name (units, people, campaigns) is made once and found again. Rows are inserted as they
stand, without services and without events: a test of a service begins in the middle of a life.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, col, func, select

from tracker.deadlines import DeadlineKind
from tracker.identity import id_of
from tracker.models import (
    Campaign,
    CampaignRole,
    Deliverable,
    Evidence,
    EvidenceState,
    Extension,
    Instruction,
    Milestone,
    Person,
    StoredFile,
    Task,
    TaskPerson,
    Unit,
)
from tracker.services.auditing import Actor
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

NOON = datetime(2024, 3, 1, 4, 0, tzinfo=UTC)  # noon at the office, a Friday
ISSUE_MOMENT = datetime(2024, 1, 8, 1, 0, tzinfo=UTC)
ISSUE_DAY = date(2024, 1, 8)

OWNER = "测试甲"
EXPEDITER = "测试乙"
LEADER = "测试丙"
COORDINATOR = "测试丁"


Row = TypeVar("Row", bound=SQLModel)


class _Default:
    """Tells “not named by the test” from “named as nobody”."""


DEFAULT = _Default()


def actor_of(person: Person, *, recorded_by: Person | None = None) -> Actor:
    """The person as the one who acts; `recorded_by` enters it for him (代录)."""
    if recorded_by is None:
        return Actor(person.id, person.name)
    return Actor(person.id, person.name, recorded_by.id, recorded_by.name)


def create_unit(session: Session, name: str = "测试一科", *, parent: Unit | None = None) -> Unit:
    found = session.exec(select(Unit).where(Unit.name == name)).first()
    return found or _add(session, Unit(name=name, parent_id=id_of(parent) if parent else None))


def create_person(session: Session, name: str = OWNER, **fields: Any) -> Person:
    found = session.exec(select(Person).where(Person.name == name)).first()
    if found and not fields:
        return found
    fields.setdefault("unit_id", create_unit(session).id)
    fields.setdefault("email", f"{'-'.join(f'{ord(character):x}' for character in name)}@example.org")
    return _add(session, Person(name=name, **fields))


def create_campaign(
    session: Session,
    name: str = "2024年测试专项",
    *,
    coordinator: Person | _Default | None = DEFAULT,
    **fields: Any,
) -> Campaign:
    """A campaign of the whole year 2024 with 测试丁 as its coordinator."""
    found = session.exec(select(Campaign).where(Campaign.name == name)).first()
    if found:
        return found
    defaults: dict[str, Any] = {"year": 2024, "starts_on": date(2024, 1, 1), "ends_on": date(2024, 12, 31)}
    campaign = _add(session, Campaign(name=name, **defaults | fields))
    person = create_person(session, COORDINATOR) if isinstance(coordinator, _Default) else coordinator
    if person:
        _add(
            session, CampaignRole(campaign_id=id_of(campaign), person_id=id_of(person), role=Role.COORDINATOR)
        )
    return campaign


def create_task(
    session: Session,
    *,
    campaign: Campaign | None = None,
    state: TaskState = TaskState.ACTIVE,
    owner: Person | _Default | None = DEFAULT,
    expediter: Person | _Default | None = DEFAULT,
    leader: Person | _Default | None = DEFAULT,
    **fields: Any,
) -> Task:
    """A task of 测试甲 (owner), 测试乙 (expediter) and 测试丙 (leader), without milestones or deliverables."""
    campaign = campaign or create_campaign(session)
    defaults: dict[str, Any] = {
        "title": "装备配备",
        "requirement": "按标准配齐执法装备，建立台账。",
        "lead_unit_id": create_unit(session).id,
    }
    if state is not TaskState.DRAFT:
        defaults |= {"issued_at": ISSUE_MOMENT, "accept_by_on": date(2024, 1, 10)}
    if state is TaskState.SUSPENDED:
        defaults |= {"interrupted_state": TaskState.ACTIVE}
    if state not in (TaskState.DRAFT, TaskState.ISSUED):
        defaults |= {"accepted_at": ISSUE_MOMENT}
    task = _add(session, Task(campaign_id=id_of(campaign), state=state, **defaults | fields))
    for role, person, name in (
        (Role.OWNER, owner, OWNER),
        (Role.EXPEDITER, expediter, EXPEDITER),
        (Role.LEADER, leader, LEADER),
    ):
        chosen = create_person(session, name) if isinstance(person, _Default) else person
        if chosen:
            create_part(session, task, chosen, role)
    return task


def create_part(session: Session, task: Task, person: Person, role: Role, position: int = 0) -> TaskPerson:
    return _add(
        session, TaskPerson(task_id=id_of(task), person_id=id_of(person), role=role, position=position)
    )


def create_milestone(session: Session, task: Task, **fields: Any) -> Milestone:
    """An open step due on 31 May 2024; `first_due_on` follows `due_on` unless it is named."""
    defaults: dict[str, Any] = {
        "number": _next_number(session, Milestone, id_of(task)),
        "text": "完成装备清点并形成台账",
        "due_on": date(2024, 5, 31),
        "deadline_kind": DeadlineKind.DATE,
        "span": "5月底前",
    }
    values = defaults | fields
    values.setdefault("first_due_on", values["due_on"])
    is_watched = (
        task.state in OPEN_STATES
        and values["due_on"] is not None
        and values.get("kind") not in (MilestoneKind.SERIES, MilestoneKind.STANDING)
        and values.get("state", MilestoneState.PENDING) in (MilestoneState.PENDING, MilestoneState.REPORTED)
    )
    values.setdefault("look_on", ISSUE_DAY if is_watched else None)
    return _add(session, Milestone(task_id=id_of(task), **values))


def create_deliverable(session: Session, task: Task, **fields: Any) -> Deliverable:
    defaults: dict[str, Any] = {
        "number": _next_number(session, Deliverable, id_of(task)),
        "text": "该项工作情况说明",
    }
    return _add(session, Deliverable(task_id=id_of(task), **defaults | fields))


def create_evidence(
    session: Session,
    deliverable: Deliverable,
    *,
    state: EvidenceState = EvidenceState.SUBMITTED,
    submitted_by: Person | None = None,
    sha256: str | None = None,
    **fields: Any,
) -> Evidence:
    """A link that 测试甲 handed in; with `sha256` a file of that content instead."""
    submitter = submitted_by or create_person(session, OWNER)
    defaults: dict[str, Any] = {
        "name": "情况说明",
        "submitted_at": NOON,
        "submitted_by_id": submitter.id,
        "sha256": sha256,
        "link": None if sha256 else "https://oa.example.org/documents/1",
    }
    if state in (EvidenceState.ACCEPTED, EvidenceState.REJECTED):
        defaults |= {"reviewed_at": NOON, "reviewed_by_id": create_person(session, EXPEDITER).id}
    if state is EvidenceState.REJECTED:
        defaults |= {"review_reason": "没有加盖公章"}
    if sha256 and session.get(StoredFile, sha256) is None:
        _add(
            session, StoredFile(sha256=sha256, size=12, media_type="application/pdf", stored_at=ISSUE_MOMENT)
        )
    return _add(session, Evidence(deliverable_id=id_of(deliverable), state=state, **defaults | fields))


def create_extension(session: Session, milestone: Milestone, **fields: Any) -> Extension:
    """An open request for one more month by 测试甲."""
    defaults: dict[str, Any] = {
        "number": 1,
        "state": ExtensionState.REQUESTED,
        "from_due_on": milestone.due_on,
        "to_due_on": date(2024, 6, 30),
        "reason": "设备到货推迟",
        "requested_at": NOON,
        "requested_by_id": create_person(session, OWNER).id,
    }
    return _add(session, Extension(milestone_id=id_of(milestone), **defaults | fields))


def create_instruction(session: Session, task: Task, **fields: Any) -> Instruction:
    defaults: dict[str, Any] = {
        "leader_id": create_person(session, LEADER).id,
        "text": "请抓紧办理，按期报结果。",
        "given_at": NOON,
    }
    return _add(session, Instruction(task_id=id_of(task), **defaults | fields))


def _next_number(session: Session, model: type[Milestone] | type[Deliverable], task_id: int) -> int:
    count = select(func.count()).select_from(model).where(col(model.task_id) == task_id)
    return session.exec(count).one() + 1


def _add(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
