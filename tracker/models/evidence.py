"""What must be handed in, and what was."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field, unique_where


class Deliverable(SQLModel, table=True):
    """One thing to be handed in for a task."""

    __tablename__ = "deliverable"
    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    number: int
    text: str
    is_required: bool = True


class StoredFile(SQLModel, table=True):
    """A file kept outside the database under its SHA-256. Kept once, however often it serves."""

    __tablename__ = "stored_file"

    sha256: str = Field(primary_key=True, max_length=64)
    size: int  # bytes
    media_type: str = Field(max_length=120)
    stored_at: datetime


class EvidenceState(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"  # a newer version took its place; kept, no longer counted


class Evidence(SQLModel, table=True):
    """One version of what was handed in for a deliverable: a file or a link, never both, never overwritten.

    Evidence of a single occurrence of a series names it in `milestone_id`.
    """

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("deliverable_id", "milestone_id", "name", "version"),
        unique_where("milestone_id IS NULL", "uq_evidence_version", "deliverable_id", "name", "version"),
    )

    id: int | None = Field(default=None, primary_key=True)
    deliverable_id: int = Field(foreign_key="deliverable.id", index=True)
    milestone_id: int | None = Field(default=None, foreign_key="milestone.id", index=True)
    name: str = Field(max_length=255)  # the file's name, or the title of the link
    version: int = 1
    sha256: str | None = Field(default=None, foreign_key="stored_file.sha256", index=True)
    link: str | None = Field(default=None, max_length=2000)
    state: EvidenceState = enum_field(EvidenceState, default=EvidenceState.SUBMITTED)
    submitted_at: datetime
    submitted_by_id: int = Field(foreign_key="person.id")
    reviewed_at: datetime | None = None
    reviewed_by_id: int | None = Field(default=None, foreign_key="person.id")
    review_reason: str | None = None
