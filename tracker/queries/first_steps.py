"""What an office still lacks before its work can begin, and what a campaign lacks before it is issued."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, literal, union_all
from sqlalchemy import select as columns
from sqlmodel import Session, col, exists, func, or_, select

from tracker.models import Account, Campaign, CampaignRole, Person, Task, TaskPerson, Unit
from workflows.roles import Role
from workflows.task import TaskState


@dataclass(frozen=True)
class OfficeStart:
    """How far an office is set up, as one administrator sees it. Only active people count.

    `others` are the people beside himself, `accounts` theirs. `coordinators_without_account` run an open campaign,
    `actors_without_account` play a part in a task: neither can sign in.
    """

    units: int
    others: int
    accounts: int
    campaigns: int
    coordinators_without_account: int
    actors_without_account: int


@dataclass(frozen=True)
class CampaignStart:
    """An open campaign of which nothing was issued yet. `has_tasks`: a table was imported, or tasks were written."""

    id: int
    name: str
    has_tasks: bool


@dataclass(frozen=True)
class PeopleLacks:
    """How many people with a part in a campaign get no mail, and how many cannot sign in."""

    without_address: int
    without_account: int


def get_office_start(session: Session, person_id: int) -> OfficeStart:
    """How far the office is, for the administrator `person_id`, in one statement."""
    others = (col(Person.is_active), col(Person.id) != person_id)
    runs = exists().where(
        col(CampaignRole.person_id) == col(Person.id),
        col(CampaignRole.role) == Role.COORDINATOR,
        col(CampaignRole.campaign_id).in_(select(Campaign.id).where(col(Campaign.closed_at).is_(None))),
    )
    acts = exists().where(col(TaskPerson.person_id) == col(Person.id))
    people = columns(func.count(col(Person.id))).where(*others)
    counts = {
        "units": columns(func.count(col(Unit.id))).where(col(Unit.is_active)),
        "others": people,
        "accounts": people.where(_has_account()),
        "campaigns": columns(func.count(col(Campaign.id))).where(col(Campaign.closed_at).is_(None)),
        "coordinators_without_account": people.where(runs, ~_has_account()),
        "actors_without_account": people.where(acts, ~_has_account()),
    }
    return OfficeStart(**_counted(session, counts))


def list_unissued_campaigns(session: Session, campaign_ids: Collection[int]) -> list[CampaignStart]:
    """Those of these campaigns that are open and of which no task was issued, in the order in which they were opened."""
    tasks = exists().where(col(Task.campaign_id) == col(Campaign.id))
    rows = session.execute(
        columns(col(Campaign.id), col(Campaign.name), tasks)
        .where(
            col(Campaign.id).in_(sorted(campaign_ids)),
            col(Campaign.closed_at).is_(None),
            ~tasks.where(col(Task.state) != TaskState.DRAFT),
        )
        .order_by(col(Campaign.id))
    ).all()
    return [CampaignStart(number, name, bool(has_tasks)) for number, name, has_tasks in rows]


def count_people_lacks(session: Session, campaign_ids: Collection[int]) -> PeopleLacks:
    """What the people of these campaigns' tasks lack, in one statement."""
    acts = exists().where(
        col(TaskPerson.person_id) == col(Person.id),
        col(TaskPerson.task_id) == col(Task.id),
        col(Task.campaign_id).in_(sorted(campaign_ids)),
    )
    people = columns(func.count(col(Person.id))).where(col(Person.is_active), acts)
    no_address = or_(col(Person.email).is_(None), col(Person.email) == "")
    counts = {
        "without_address": people.where(no_address),
        "without_account": people.where(~_has_account()),
    }
    return PeopleLacks(**_counted(session, counts))


def _has_account() -> ColumnElement[bool]:
    return exists().where(col(Account.person_id) == col(Person.id))


def _counted(session: Session, counts: dict[str, Any]) -> dict[str, int]:
    statement = union_all(
        *(columns(literal(name), count.scalar_subquery()) for name, count in counts.items())
    )
    return {str(name): int(count) for name, count in session.connection().execute(statement).all()}
