"""What a workbench shows beside the things to do: the tasks that they are about, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, or_, select

from tracker.models import (
    Campaign,
    ImportFinding,
    Milestone,
    ResponsibilityTable,
    Severity,
    Task,
    TaskPerson,
)
from tracker.queries.sight import Sight
from tracker.row_numbers import row_number
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import OPEN_STATES, TaskState


@dataclass(frozen=True)
class DeskTask:
    """What is shown of a task beside a thing to do. `label` is its number in the table (3.2), if it has one."""

    id: int
    label: str
    title: str
    campaign: str
    version: int


@dataclass(frozen=True)
class NextDue:
    """The next step of a person that has a day, and the task that it is a step of."""

    task_id: int
    title: str
    text: str
    due_on: date


def list_desk_tasks(session: Session, task_ids: Collection[int]) -> dict[int, DeskTask]:
    """The tasks by their ids, in one statement."""
    rows = session.execute(
        select_columns(
            col(Task.id), col(Task.seq), col(Task.sub), col(Task.title), col(Campaign.name), col(Task.version)
        )
        .join(Campaign, col(Campaign.id) == col(Task.campaign_id))
        .where(col(Task.id).in_(set(task_ids)))
    ).all()
    return {
        number: DeskTask(number, row_number(seq, sub) or "", title, campaign, version)
        for number, seq, sub, title, campaign, version in rows
    }


@dataclass(frozen=True)
class EndedCampaign:
    """A campaign whose last day is past, and that nobody has closed."""

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
    ended = session.execute(
        select_columns(col(Campaign.id), col(Campaign.name), col(Campaign.ends_on))
        .where(
            col(Campaign.id).in_(campaigns), col(Campaign.ends_on) < today, col(Campaign.closed_at).is_(None)
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
