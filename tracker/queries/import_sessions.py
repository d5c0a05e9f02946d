"""Imports under way, and who may take them up: whoever began one, and the coordinators of its campaign."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlmodel import Session, col, exists, func, or_, select

from tracker.errors import NotFound
from tracker.identity import is_possible_id
from tracker.models import Account, Campaign, ImportFinding, ImportSession, Person, Task, TaskPerson
from tracker.queries.sight import Sight
from workflows.roles import Role
from workflows.task import TaskState


class ImportSessionNotFound(NotFound):
    noun = "导入"


def get_visible_import(session: Session, sight: Sight, import_id: int) -> ImportSession:
    """The import, if this person may work on it. Raises ImportSessionNotFound, also for what is not his to see."""
    found = session.get(ImportSession, import_id) if is_possible_id(import_id) else None
    if found is None or not may_see_import(sight, found):
        raise ImportSessionNotFound(import_id)
    return found


def lock_visible_import(session: Session, sight: Sight, import_id: int) -> ImportSession:
    """As `get_visible_import`, held against others until the transaction ends."""
    get_visible_import(session, sight, import_id)
    statement = select(ImportSession).where(ImportSession.id == import_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def may_see_import(sight: Sight, run: ImportSession) -> bool:
    return run.created_by_id == sight.person_id or run.campaign_id in sight.coordinated


def list_visible_imports(session: Session, sight: Sight) -> Sequence[ImportSession]:
    """The imports that this person may take up, those touched last first."""
    is_his = or_(
        col(ImportSession.created_by_id) == sight.person_id,
        col(ImportSession.campaign_id).in_(sorted(sight.coordinated)),
    )
    return session.exec(
        select(ImportSession)
        .where(is_his)
        .order_by(col(ImportSession.updated_at).desc(), col(ImportSession.id).desc())
    ).all()


def list_idle_imports(session: Session, *, before: datetime) -> Sequence[ImportSession]:
    """The imports that nobody has touched since a moment, by id; those written only where their campaign is closed."""
    is_open = exists().where(col(Campaign.id) == ImportSession.campaign_id, col(Campaign.closed_at).is_(None))
    return session.exec(
        select(ImportSession)
        .where(ImportSession.updated_at < before, or_(col(ImportSession.committed_at).is_(None), ~is_open))
        .order_by(col(ImportSession.id))
    ).all()


def list_parked_checksums(session: Session) -> set[str]:
    """The checksums of the files that imports still refer to."""
    return set(session.exec(select(ImportSession.source_sha256).distinct()).all())


def list_imported_tasks(session: Session, run: ImportSession) -> Sequence[Task]:
    """The tasks of the tables that the import wrote, in the order of the tables."""
    return session.exec(
        select(Task)
        .where(col(Task.table_id).in_(run.table_ids))
        .order_by(col(Task.table_id), col(Task.position), col(Task.id))
    ).all()


def list_open_findings(session: Session, run: ImportSession) -> Sequence[ImportFinding]:
    """What is not settled yet on the tables that the import wrote, in the order in which it was found."""
    return session.exec(
        select(ImportFinding)
        .where(col(ImportFinding.table_id).in_(run.table_ids), col(ImportFinding.settled_at).is_(None))
        .order_by(col(ImportFinding.id))
    ).all()


class NamedPeople(NamedTuple):
    """How many active people own or expedite some tasks; how many of them get no mail, and how many cannot sign in."""

    people: int
    without_address: int
    without_account: int


def count_named(session: Session, task_ids: Collection[int]) -> NamedPeople:
    """The owners and expediters of tasks, each counted once."""
    named = (
        select(TaskPerson.person_id)
        .where(col(TaskPerson.task_id).in_(task_ids), col(TaskPerson.role).in_((Role.OWNER, Role.EXPEDITER)))
        .distinct()
    )
    counted = (
        select(func.count(), func.count(col(Person.email)), func.count(col(Account.id)))
        .select_from(Person)
        .outerjoin(Account, col(Account.person_id) == col(Person.id))
        .where(col(Person.id).in_(named), col(Person.is_active))
    )
    people, addresses, accounts = session.exec(counted).one()
    return NamedPeople(people, people - addresses, people - accounts)


def count_beyond_draft(session: Session, task_ids: Collection[int]) -> int:
    """How many of the tasks are no longer in draft, so that a change of them counts at once."""
    statement = select(func.count()).where(col(Task.id).in_(task_ids), Task.state != TaskState.DRAFT)
    return session.exec(statement).one()
