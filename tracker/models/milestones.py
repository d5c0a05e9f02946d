"""Milestones with their deadlines, the events that start relative ones, and extensions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.deadlines import DeadlineKind
from tracker.deadlines.values import OffsetUnit
from tracker.models.columns import enum_field, unique_where
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState


class Milestone(SQLModel, table=True):
    """One step of a task with one deadline of its own.

    A phrase with two dates makes two rows of one `number` (`part` 1 and 2). A recurring or relative duty is a
    row of kind `series`; its occurrences are steps that point to it. `first_due_on` is set once and survives
    everything. `look_on` is the first day on which a reminder round has to look at this row again; None when
    there is nothing to remind of. `done_on` is the day on which something was done before the program came (补录): it is
    met, and `met_at` and `met_by_id` say who recorded it, when. A service that changes what is owed sets it to the day of the change, the
    round moves it on: so a round reads only what is due, however large the register is.
    """

    __tablename__ = "milestone"
    __table_args__ = (
        # an occurrence exists once: by its day in a recurring series, by its event in a relative one
        unique_where("event_id IS NULL", "uq_milestone_series_day", "series_id", "occurs_on"),
        Index("uq_milestone_series_event", "series_id", "event_id", unique=True),
        Index("ix_milestone_look_on", "look_on"),
        Index("ix_milestone_due_on_state", "due_on", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    number: int
    part: int = 1
    text: str
    kind: MilestoneKind = enum_field(MilestoneKind, default=MilestoneKind.STEP)
    state: MilestoneState = enum_field(MilestoneState, default=MilestoneState.PENDING)
    deadline_kind: DeadlineKind | None = enum_field(DeadlineKind, default=None)
    span: str | None = None  # the phrase as it stands in the source
    start_on: date | None = None
    due_on: date | None = None
    first_due_on: date | None = None
    was_overdue: bool = False  # an extension was asked for after its date: late whatever was granted
    is_provisional: bool = False  # rests on a calendar year that was not yet published
    recurrence: str | None = None
    offset_count: int | None = None
    offset_unit: OffsetUnit | None = enum_field(OffsetUnit, default=None)
    offset_event: str | None = None
    series_id: int | None = Field(default=None, foreign_key="milestone.id", index=True)
    occurs_on: date | None = None  # of an occurrence: its day in the series, or the day of its event
    event_id: int | None = Field(default=None, foreign_key="event_record.id")
    look_on: date | None = None
    report_note: str | None = None
    reported_at: datetime | None = None
    reported_by_id: int | None = Field(default=None, foreign_key="person.id")
    met_at: datetime | None = None
    met_by_id: int | None = Field(default=None, foreign_key="person.id")
    waived_at: datetime | None = None
    done_on: date | None = None
    done_basis: str | None = None  # what shows it (依据)


class EventRecord(SQLModel, table=True):
    """That something happened on a day (检查结束, 收到意见书), from which relative deadlines count.

    `subject` tells several events of one name apart (a case number); empty where there is only one.
    """

    __tablename__ = "event_record"
    __table_args__ = (
        UniqueConstraint("campaign_id", "task_id", "name", "subject", "on"),
        unique_where("task_id IS NULL", "uq_event_record_day", "campaign_id", "name", "subject", "on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    name: str = Field(max_length=200)
    subject: str = Field(default="", max_length=200)
    on: date
    recorded_by_id: int | None = Field(default=None, foreign_key="person.id")
    recorded_at: datetime


class Extension(SQLModel, table=True):
    """A request for a new due date. One made after the date is late, whatever is granted."""

    __tablename__ = "extension"

    id: int | None = Field(default=None, primary_key=True)
    milestone_id: int = Field(foreign_key="milestone.id", index=True)
    number: int  # first, second … of this milestone
    state: ExtensionState = enum_field(ExtensionState, default=ExtensionState.DRAFTED)
    from_due_on: date
    to_due_on: date
    reason: str
    is_late: bool = False
    requested_at: datetime
    requested_by_id: int = Field(foreign_key="person.id")
    consented_at: datetime | None = None
    consented_by_id: int | None = Field(default=None, foreign_key="person.id")
    decided_at: datetime | None = None
    decided_by_id: int | None = Field(default=None, foreign_key="person.id")
    decision: str | None = None
