"""Campaigns, who runs them, and the responsibility tables that they were given."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field
from workflows.roles import Role


class Campaign(SQLModel, table=True):
    """One programme of work in one year. Recurring duties roll out, and standing ones end, on `ends_on`."""

    __tablename__ = "campaign"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=200)
    year: int
    kind: str = Field(default="一般督办", max_length=40)
    workflow: str = Field(default="task", max_length=40)
    starts_on: date
    ends_on: date
    closed_at: datetime | None = None


class CampaignRole(SQLModel, table=True):
    """A part in the whole campaign: coordinator or auditor. Parts in one task are `TaskPerson`s."""

    __tablename__ = "campaign_role"
    __table_args__ = (UniqueConstraint("campaign_id", "person_id", "role"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    role: Role = enum_field(Role)


class ResponsibilityTable(SQLModel, table=True):
    """One table of an imported source. `columns` maps our fields to the headings of the source."""

    __tablename__ = "responsibility_table"
    __table_args__ = (UniqueConstraint("campaign_id", "title"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True)
    title: str = Field(max_length=300)
    year: int | None = None
    source_name: str = Field(max_length=255)
    source_sha256: str = Field(max_length=64)
    columns: dict[str, str] = Field(default_factory=dict, sa_type=JSON)
    imported_at: datetime
    imported_by_id: int | None = Field(default=None, foreign_key="person.id")


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class ImportFinding(SQLModel, table=True):
    """A diagnostic of an import. An error must be settled before its task is issued."""

    __tablename__ = "import_finding"

    id: int | None = Field(default=None, primary_key=True)
    table_id: int = Field(foreign_key="responsibility_table.id", index=True)
    task_id: int | None = Field(default=None, foreign_key="task.id", index=True)
    code: str = Field(max_length=60)
    severity: Severity = enum_field(Severity)
    column: str | None = Field(default=None, max_length=200)
    message: str
    repair: str | None = None
    where: str | None = Field(default=None, max_length=200)
    settled_at: datetime | None = None
    settled_by_id: int | None = Field(default=None, foreign_key="person.id")
    settlement: str | None = None
