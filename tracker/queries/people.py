"""People and units: found by id, name, another spelling of the name, or e-mail address."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam
from sqlalchemy import select as columns
from sqlmodel import Session, col, func, or_, select

from tracker.errors import PersonAmbiguous, PersonNotFound, UnitNotFound
from tracker.identity import id_of
from tracker.models import Campaign, CampaignRole, Person, PersonAlias, Task, TaskPerson, Unit
from tracker.prepared import Prepared
from tracker.queries.rows import get_row
from workflows.roles import Role
from workflows.task import TaskState

FROZEN_STATES = (TaskState.ARCHIVED, TaskState.CANCELLED)  # nobody's part in such a task changes any more


def get_person(session: Session, person_id: int) -> Person:
    """Raises PersonNotFound."""
    return get_row(session, Person, person_id, PersonNotFound)


_UNIT_ID = Prepared(columns(col(Person.unit_id)).where(col(Person.id) == bindparam("person_id")))


def find_unit_id(session: Session, person_id: int) -> int | None:
    """The unit that a person belongs to; None for one who belongs to none, or is not there."""
    rows = _UNIT_ID.rows(session, {"person_id": person_id})
    return rows[0][0] if rows else None


def lock_person(session: Session, person_id: int) -> Person:
    """The person as he is now, held against others until the transaction ends. Raises PersonNotFound.

    Whoever locks tasks as well locks them first.
    """
    get_person(session, person_id)
    statement = select(Person).where(Person.id == person_id).with_for_update()
    return session.exec(statement.execution_options(populate_existing=True)).one()


def resolve_person(session: Session, key: str | int) -> Person:
    """The one active person meant by an id, a name, a confirmed spelling of it, or an e-mail address.

    Raises PersonNotFound, or PersonAmbiguous with the candidates. An id finds inactive people as well.
    """
    text = str(key).strip()
    if text.isascii() and text.isdigit():
        return get_person(session, int(text))
    found = find_people(session, text)
    if not found:
        raise PersonNotFound(text)
    if len(found) > 1:
        raise PersonAmbiguous(text, [(id_of(person), _described(session, person)) for person in found])
    return found[0]


def find_people(session: Session, text: str) -> Sequence[Person]:
    """Active people with this name, spelling or e-mail address, by id."""
    spelled = select(PersonAlias.person_id).where(PersonAlias.name == text)
    return session.exec(
        select(Person)
        .where(
            or_(
                col(Person.name) == text,
                func.lower(col(Person.email)) == text.lower(),
                col(Person.id).in_(spelled),
            ),
            col(Person.is_active),
        )
        .order_by(col(Person.id))
    ).all()


def list_people(session: Session, *, include_inactive: bool = False) -> Sequence[Person]:
    """People by id."""
    statement = select(Person).order_by(col(Person.id))
    if not include_inactive:
        statement = statement.where(col(Person.is_active))
    return session.exec(statement).all()


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, str]:
    """Names by id."""
    rows = session.exec(select(Person.id, Person.name).where(col(Person.id).in_(set(person_ids)))).all()
    return {number: name for number, name in rows if number is not None}


def get_unit(session: Session, unit_id: int) -> Unit:
    """Raises UnitNotFound."""
    return get_row(session, Unit, unit_id, UnitNotFound)


def find_unit(session: Session, name: str) -> Unit | None:
    return session.exec(select(Unit).where(Unit.name == name.strip())).first()


def resolve_unit(session: Session, key: str | int) -> Unit:
    """The unit of an id or a name. Raises UnitNotFound."""
    text = str(key).strip()
    if text.isascii() and text.isdigit():
        return get_unit(session, int(text))
    unit = find_unit(session, text)
    if unit is None:
        raise UnitNotFound(text)
    return unit


def list_units(session: Session) -> Sequence[Unit]:
    """Units by id."""
    return session.exec(select(Unit).order_by(col(Unit.id))).all()


def list_unit_ids_below(session: Session, unit_id: int) -> list[int]:
    """The unit and everything under it in the tree, by id."""
    tree = select(Unit.id).where(Unit.id == unit_id).cte("tree", recursive=True)
    tree = tree.union(select(Unit.id).where(col(Unit.parent_id) == tree.c.id))
    return sorted(session.exec(select(tree.c.id)).all())


def find_alias(session: Session, name: str) -> PersonAlias | None:
    return session.exec(select(PersonAlias).where(PersonAlias.name == name)).first()


def find_part(session: Session, task_id: int, person_id: int, role: Role) -> TaskPerson | None:
    return session.exec(
        select(TaskPerson).where(
            TaskPerson.task_id == task_id, TaskPerson.person_id == person_id, TaskPerson.role == role
        )
    ).first()


def list_parts(session: Session, task_id: int, role: Role) -> Sequence[TaskPerson]:
    """Who has one part on a task, the accountable one first."""
    return session.exec(
        select(TaskPerson)
        .where(TaskPerson.task_id == task_id, TaskPerson.role == role)
        .order_by(col(TaskPerson.position), col(TaskPerson.id))
    ).all()


def list_parts_played(session: Session, person_id: int) -> Sequence[tuple[TaskPerson, Task]]:
    """The parts of one person in tasks that are not finished, by task and role."""
    return session.exec(
        select(TaskPerson, Task)
        .join(Task, col(Task.id) == col(TaskPerson.task_id))
        .where(TaskPerson.person_id == person_id, col(Task.state).not_in(FROZEN_STATES))
        .order_by(col(Task.id), col(TaskPerson.role))
    ).all()


def list_campaigns_run(session: Session, person_id: int) -> Sequence[tuple[CampaignRole, Campaign]]:
    """The parts of one person in campaigns that are not closed, by campaign."""
    return session.exec(
        select(CampaignRole, Campaign)
        .join(Campaign, col(Campaign.id) == col(CampaignRole.campaign_id))
        .where(CampaignRole.person_id == person_id, col(Campaign.closed_at).is_(None))
        .order_by(col(Campaign.id), col(CampaignRole.role))
    ).all()


def is_coordinator_anywhere(session: Session, person_id: int) -> bool:
    statement = select(CampaignRole.id).where(
        CampaignRole.person_id == person_id, CampaignRole.role == Role.COORDINATOR
    )
    return session.exec(statement.limit(1)).first() is not None


def _described(session: Session, person: Person) -> str:
    unit = session.get(Unit, person.unit_id) if person.unit_id else None
    return (
        "，".join(filter(None, (unit.name if unit else None, person.title, person.email))) or "没有所在部门"
    )
