"""What a workbench shows beside the things to do: the tasks that they are about, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, literal, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, exists, func, or_, select

from tracker.lights import Light
from tracker.models import (
    Campaign,
    ImportFinding,
    Milestone,
    ResponsibilityTable,
    Severity,
    Task,
    TaskLight,
    TaskPerson,
)
from tracker.queries.ledger import COUNTED_UP_TO
from tracker.queries.ledger_conditions import LedgerFilter, Question, conditions_of, select_from_tasks
from tracker.queries.lights import light_column, owed_on
from tracker.queries.sight import Sight
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TaskState


@dataclass(frozen=True)
class DeskTask:
    """What is shown of a task beside a thing to do. `label` is its number in the table (3.2), if it has one.

    `overdue_since` is the first day by which something was owed, where its light is red.
    """

    id: int
    label: str
    title: str
    campaign: str
    version: int
    overdue_since: date | None = None


@dataclass(frozen=True)
class NextDue:
    """The next step of a person that has a day, and the task that it is a step of."""

    task_id: int
    title: str
    text: str
    due_on: date


def list_desk_tasks(
    session: Session, task_ids: Collection[int], *, today: date, rules: OfficeRules
) -> dict[int, DeskTask]:
    """The tasks by their ids, in one statement."""
    owed = owed_on(rules.measure)
    overdue_since = case((light_column(today, rules) == Light.RED.value, owed))
    rows = session.execute(
        select_columns(
            col(Task.id),
            col(Task.seq),
            col(Task.sub),
            col(Task.title),
            col(Campaign.name),
            col(Task.version),
            overdue_since,
        )
        .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
        .outerjoin(TaskLight, col(TaskLight.task_id) == col(Task.id))
        .where(col(Task.id).in_(set(task_ids)))
    ).all()
    return {
        number: DeskTask(number, row_number(seq, sub) or "", title, campaign, version, since)
        for number, seq, sub, title, campaign, version, since in rows
    }


def count_overdue(
    session: Session,
    person_id: int,
    roles: Sequence[Role],
    *,
    sight: Sight,
    today: date,
    rules: OfficeRules,
) -> dict[Role, int]:
    """How many open tasks are red on which he has each of these parts, in one statement; as the ledger would list them.

    One that is closed waits for its archiving alone, which is on its coordinator's desk.

    Parts on no such task are left out, and no part is counted further than `COUNTED_UP_TO`.
    """

    def counted(role: Role) -> Any:
        wanted = LedgerFilter(person_id=person_id, role=role, states=OPEN_STATES, lights=(Light.RED,))
        question = Question(session, wanted, sight, today, rules)
        found = select_from_tasks(question, col(Task.id)).where(*conditions_of(question)).limit(COUNTED_UP_TO)
        return select_columns(literal(role.value), func.count()).select_from(found.subquery())

    rows = session.execute(union_all(*(counted(role) for role in roles))).all()
    return {Role(role): count for role, count in rows if count}


@dataclass(frozen=True)
class EndedCampaign:
    """A campaign whose last day is past, of which tasks were issued, and that nobody has closed."""

    id: int
    name: str
    ends_on: date


@dataclass(frozen=True)
class Preparation:
    """What a coordinator still has to bring on its way: drafts to issue, and errors of imports to settle first.

    `ended` are his campaigns that are over and wait for being closed, the oldest first.
    """

    drafts: int
    open_errors: int
    ended: Sequence[EndedCampaign] = ()


def count_preparation(session: Session, sight: Sight, *, today: date) -> Preparation:
    """What waits in the campaigns that he coordinates, in three statements."""
    campaigns = sorted(sight.coordinated)
    drafts = (
        select(func.count())
        .select_from(Task)
        .where(col(Task.state) == TaskState.DRAFT, col(Task.campaign_id).in_(campaigns))
    )
    errors = (
        select(func.count())
        .select_from(ImportFinding)
        .join(ResponsibilityTable, col(ResponsibilityTable.id) == col(ImportFinding.table_id))
        .where(
            col(ResponsibilityTable.campaign_id).in_(campaigns),
            col(ImportFinding.severity) == Severity.ERROR,
            col(ImportFinding.settled_at).is_(None),
        )
    )
    issued = exists().where(col(Task.campaign_id) == col(Campaign.id), col(Task.state) != TaskState.DRAFT)
    ended = session.execute(
        select_columns(col(Campaign.id), col(Campaign.name), col(Campaign.ends_on))
        .where(
            col(Campaign.id).in_(campaigns),
            col(Campaign.ends_on) < today,
            col(Campaign.closed_at).is_(None),
            issued,
        )
        .order_by(col(Campaign.ends_on), col(Campaign.id))
    ).all()
    return Preparation(
        session.exec(drafts).one(),
        session.exec(errors).one(),
        [EndedCampaign(number, name, ends_on) for number, name, ends_on in ended if ends_on is not None],
    )


def find_next_due(session: Session, person_id: int, *, today: date) -> NextDue | None:
    """The open step of this person's tasks that is due next, today included."""
    mine = select(TaskPerson.task_id).where(TaskPerson.person_id == person_id)
    row = session.execute(
        select_columns(col(Task.id), col(Task.title), col(Milestone.text), col(Milestone.due_on))
        .join(
            Milestone,
            or_(
                col(Milestone.task_id) == col(Task.id), col(Milestone.task_id) == col(Task.milestones_from_id)
            ),
        )
        .where(
            col(Task.id).in_(mine),
            col(Task.state).in_(OPEN_STATES),
            col(Milestone.state) == MilestoneState.PENDING,
            col(Milestone.kind) == MilestoneKind.STEP,
            col(Milestone.due_on) >= today,
        )
        .order_by(col(Milestone.due_on), col(Task.id))
        .limit(1)
    ).first()
    return NextDue(*row) if row else None
