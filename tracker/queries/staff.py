"""The people of the office as those who keep the register look for them: a page at a time, with what each does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, or_, select

from tracker.identity import id_of
from tracker.importers.spellings import name_key
from tracker.models import Account, Campaign, CampaignRole, Person, PersonAlias, Task, TaskPerson, Unit
from tracker.queries.people import FROZEN_STATES, list_unit_ids_below
from workflows.roles import Role

PER_PAGE = 50


@dataclass(frozen=True)
class StaffFilter:
    """What a list of people is narrowed to; `unit_id` includes the units below it."""

    text: str = ""
    unit_id: int | None = None
    include_inactive: bool = False
    only_without_address: bool = False
    only_without_account: bool = False


@dataclass(frozen=True)
class StaffRow:
    """One person. `parts` counts what he does in unfinished tasks and open campaigns, by role."""

    person: Person
    unit: str | None
    account: Account | None
    aliases: tuple[str, ...] = ()
    parts: dict[Role, int] = field(default_factory=dict)


@dataclass(frozen=True)
class StaffPage:
    rows: tuple[StaffRow, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PER_PAGE))


def list_staff(session: Session, wanted: StaffFilter, *, page: int = 1) -> StaffPage:
    """One page of people by unit, then by id; those without a unit come last."""
    conditions = _conditions(session, wanted)
    total = session.exec(select(func.count()).select_from(Person).where(*conditions)).one()
    people = session.exec(
        select(Person)
        .where(*conditions)
        .order_by(col(Person.unit_id).is_(None), col(Person.unit_id), col(Person.id))
        .limit(PER_PAGE)
        .offset(PER_PAGE * (page - 1))
    ).all()
    return StaffPage(tuple(describe_staff(session, people)), total, page)


def describe_staff(session: Session, people: Sequence[Person]) -> list[StaffRow]:
    """What the register says of these people, in their order, in five statements."""
    ids = [id_of(person) for person in people]
    units = {
        unit.id: unit.name
        for unit in session.exec(
            select(Unit).where(col(Unit.id).in_({person.unit_id for person in people if person.unit_id}))
        ).all()
    }
    accounts = {
        account.person_id: account
        for account in session.exec(select(Account).where(col(Account.person_id).in_(ids))).all()
    }
    aliases = _aliases_of(session, ids)
    parts = _parts_of(session, ids)
    return [
        StaffRow(
            person,
            units.get(person.unit_id),
            accounts.get(id_of(person)),
            tuple(aliases.get(id_of(person), ())),
            parts.get(id_of(person), {}),
        )
        for person in people
    ]


def list_other_spellings(session: Session, person: Person) -> list[Person]:
    """Active people whose names differ from this one's in their form only (白聖豪 / 白圣豪), by id."""
    key = name_key(person.name)
    people = session.exec(
        select(Person).where(col(Person.is_active), col(Person.name) != person.name).order_by(col(Person.id))
    ).all()
    return [each for each in people if name_key(each.name) == key]


def list_doubtful_spellings(session: Session) -> list[list[Person]]:
    """Active people whose names differ in their form only, together; the oldest entry first."""
    people = session.exec(select(Person).where(col(Person.is_active)).order_by(col(Person.id))).all()
    keyed = sorted(
        ((name_key(person.name), id_of(person), person) for person in people), key=lambda each: each[:2]
    )
    groups = ([person for _, _, person in group] for _, group in groupby(keyed, key=lambda each: each[0]))
    return [group for group in groups if len({person.name for person in group}) > 1]


def _conditions(session: Session, wanted: StaffFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if not wanted.include_inactive:
        conditions.append(col(Person.is_active).is_(True))
    if wanted.unit_id is not None:
        conditions.append(col(Person.unit_id).in_(list_unit_ids_below(session, wanted.unit_id)))
    if wanted.only_without_address:
        conditions.append(col(Person.email).is_(None))
    if wanted.only_without_account:
        conditions.append(col(Person.id).not_in(select(Account.person_id)))
    conditions += [_containing(word) for word in wanted.text.split()]
    return conditions


def _containing(word: str) -> ColumnElement[bool]:
    """The word in the name, another spelling of it, the post, the address, or the name of the unit."""
    spelled: Any = select(PersonAlias.person_id).where(col(PersonAlias.name).icontains(word, autoescape=True))
    units: Any = select(Unit.id).where(col(Unit.name).icontains(word, autoescape=True))
    return or_(
        col(Person.name).icontains(word, autoescape=True),
        col(Person.title).icontains(word, autoescape=True),
        col(Person.email).icontains(word, autoescape=True),
        col(Person.id).in_(spelled),
        col(Person.unit_id).in_(units),
    )


def _aliases_of(session: Session, person_ids: Collection[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for alias in session.exec(
        select(PersonAlias).where(col(PersonAlias.person_id).in_(person_ids)).order_by(col(PersonAlias.id))
    ):
        found.setdefault(alias.person_id, []).append(alias.name)
    return found


def _parts_of(session: Session, person_ids: Collection[int]) -> dict[int, dict[Role, int]]:
    on_tasks = (
        select(TaskPerson.person_id, TaskPerson.role, func.count())
        .join(Task, col(Task.id) == col(TaskPerson.task_id))
        .where(col(TaskPerson.person_id).in_(person_ids), col(Task.state).not_in(FROZEN_STATES))
        .group_by(col(TaskPerson.person_id), col(TaskPerson.role))
    )
    in_campaigns = (
        select(CampaignRole.person_id, CampaignRole.role, func.count())
        .join(Campaign, col(Campaign.id) == col(CampaignRole.campaign_id))
        .where(col(CampaignRole.person_id).in_(person_ids), col(Campaign.closed_at).is_(None))
        .group_by(col(CampaignRole.person_id), col(CampaignRole.role))
    )
    found: dict[int, dict[Role, int]] = {}
    for person_id, role, count in [*session.exec(on_tasks).all(), *session.exec(in_campaigns).all()]:
        found.setdefault(person_id, {})[Role(role)] = count
    return found
