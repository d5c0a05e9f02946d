"""Campaigns as those who run them look at them: how far each is, who runs it, and what it was given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from tracker.identity import id_of
from tracker.models import (
    Campaign,
    CampaignRole,
    ImportFinding,
    Milestone,
    Person,
    ResponsibilityTable,
    Severity,
    Task,
)
from tracker.queries.campaigns import list_campaigns
from workflows.milestone import OPEN_MILESTONES, MilestoneKind
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState

_UNDER_WAY = (*OPEN_STATES, TaskState.SUSPENDED)


@dataclass(frozen=True)
class CampaignOverview:
    """A campaign with its people and the number of its tasks in each state; states that do not occur are left out."""

    campaign: Campaign
    coordinators: tuple[Person, ...]
    auditors: tuple[Person, ...]
    states: dict[TaskState, int]

    @property
    def tasks(self) -> int:
        return sum(self.states.values())

    @property
    def finished(self) -> int:
        """Closed and archived ones; cancelled ones are neither finished nor left."""
        return self.states.get(TaskState.CLOSED, 0) + self.states.get(TaskState.ARCHIVED, 0)


def list_campaign_overviews(
    session: Session, *, only: Collection[int] | None = None
) -> list[CampaignOverview]:
    """Campaigns (all of them for None), the newest year first, then by id, in three statements."""
    campaigns = [each for each in list_campaigns(session) if only is None or each.id in only]
    ids = [id_of(each) for each in campaigns]
    people = _people_of(session, ids)
    states = _states_of(session, ids)
    return [
        CampaignOverview(
            each,
            tuple(people.get((id_of(each), Role.COORDINATOR), ())),
            tuple(people.get((id_of(each), Role.AUDITOR), ())),
            states.get(id_of(each), {}),
        )
        for each in campaigns
    ]


def _people_of(session: Session, campaign_ids: Sequence[int]) -> dict[tuple[int, Role], list[Person]]:
    found: dict[tuple[int, Role], list[Person]] = {}
    rows = session.exec(
        select(CampaignRole, Person)
        .join(Person, col(Person.id) == col(CampaignRole.person_id))
        .where(col(CampaignRole.campaign_id).in_(campaign_ids))
        .order_by(col(CampaignRole.id))
    ).all()
    for part, person in rows:
        found.setdefault((part.campaign_id, part.role), []).append(person)
    return found


def _states_of(session: Session, campaign_ids: Sequence[int]) -> dict[int, dict[TaskState, int]]:
    found: dict[int, dict[TaskState, int]] = {}
    rows = session.exec(
        select(Task.campaign_id, Task.state, func.count())
        .where(col(Task.campaign_id).in_(campaign_ids))
        .group_by(col(Task.campaign_id), col(Task.state))
    ).all()
    for campaign_id, state, count in rows:
        found.setdefault(campaign_id, {})[TaskState(state)] = count
    order = list(TaskState)
    return {
        each: dict(sorted(states.items(), key=lambda item: order.index(item[0])))
        for each, states in found.items()
    }


@dataclass(frozen=True)
class TableOverview:
    """A table that a campaign was given. `errors` are findings that keep tasks from being issued."""

    table: ResponsibilityTable
    tasks: int
    errors: int
    imported_by: str | None


def list_table_overviews(session: Session, campaign_id: int) -> list[TableOverview]:
    """The tables of a campaign, by id."""
    tasks = dict(
        session.exec(
            select(Task.table_id, func.count())
            .where(Task.campaign_id == campaign_id)
            .group_by(col(Task.table_id))
        ).all()
    )
    errors = dict(
        session.exec(
            select(ImportFinding.table_id, func.count())
            .where(ImportFinding.severity == Severity.ERROR, col(ImportFinding.settled_at).is_(None))
            .group_by(col(ImportFinding.table_id))
        ).all()
    )
    rows = session.exec(
        select(ResponsibilityTable, Person)
        .outerjoin(Person, col(Person.id) == col(ResponsibilityTable.imported_by_id))
        .where(ResponsibilityTable.campaign_id == campaign_id)
        .order_by(col(ResponsibilityTable.id))
    ).all()
    return [
        TableOverview(
            table, tasks.get(table.id, 0), errors.get(id_of(table), 0), person.name if person else None
        )
        for table, person in rows
    ]


def list_rolling_tasks(session: Session, campaign_id: int) -> list[int]:
    """One task under way for each list of milestones that has a recurring duty, by id."""
    rolling = select(Milestone.task_id).where(
        col(Milestone.recurrence).is_not(None),
        Milestone.kind == MilestoneKind.SERIES,
        col(Milestone.state).in_(OPEN_MILESTONES),
    )
    holder = func.coalesce(col(Task.milestones_from_id), col(Task.id))
    statement = (
        select(func.min(Task.id))
        .where(
            Task.campaign_id == campaign_id,
            col(Task.issued_at).is_not(None),
            col(Task.state).in_(_UNDER_WAY),
            holder.in_(rolling),
        )
        .group_by(holder)
    )
    return sorted(number for number in session.exec(statement).all() if number is not None)


def count_occurrences_after(session: Session, campaign_id: int, day: date) -> int:
    """How many open occurrences of recurring duties are due after an office day."""
    series = aliased(Milestone)
    return session.exec(
        select(func.count())
        .select_from(Milestone)
        .join(series, series.id == col(Milestone.series_id))  # type: ignore[arg-type]
        .join(Task, col(Task.id) == col(Milestone.task_id))
        .where(
            Task.campaign_id == campaign_id,
            col(Task.state).in_(_UNDER_WAY),
            col(series.recurrence).is_not(None),
            col(Milestone.state).in_(OPEN_MILESTONES),
            col(Milestone.due_on) > day,
        )
    ).one()
