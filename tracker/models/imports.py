"""Imports under way: a parked file, and everything that coordinators decided about it before it becomes tasks.

The draft itself is not kept: it is read again from the file and these decisions, so that nobody can see
something else than what will be written.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from tracker.models.columns import enum_field


class ImportStep(StrEnum):
    """How far the wizard has come; earlier steps stay open."""

    COLUMNS = "columns"  # what was recognised as what
    ROWS = "rows"  # the rows and what is doubtful about them
    NAMES = "names"  # people and units matched or created
    DIFFERENCES = "differences"  # what will change, then writing
    ISSUING = "issuing"  # written; the tasks can be issued


class ImportSession(SQLModel, table=True):
    """One run of the wizard. The decisions are lists of plain JSON objects, appended to and never mutated.

    `columns`: {table, column, field}; `excluded`: {table, row, by, at}, the whole table where no row is named;
    `edits`: {table, row, column, heading, text, before, by, at}; `names`: {kind, name, choice, id, other, by, at}, of a
    word for several units also `members` and `lead`, each unit {id, name} with the id None of one that the file names;
    `notes`: {table, row, code, message, note, by, at}; `layouts`: {table, headings_at, title, by, at}, where the
    headings of a table stand and what it is called, each or None; `carried`: what became of the decisions on an
    earlier version of the file (`tracker.services.import_sessions.carrying`). `at` is a day of the office.
    """

    __tablename__ = "import_session"

    id: int | None = Field(default=None, primary_key=True)
    source_name: str = Field(max_length=255)
    source_sha256: str = Field(max_length=64, index=True)
    size: int  # bytes
    step: ImportStep = enum_field(ImportStep, default=ImportStep.COLUMNS)
    year: int | None = None
    campaign_id: int | None = Field(default=None, foreign_key="campaign.id", index=True)
    campaign_name: str = Field(default="", max_length=200)  # of a campaign that this import will open
    columns: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    excluded: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    edits: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    names: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    notes: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    layouts: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    carried: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    version: int = 0  # grows by one with every decision
    created_at: datetime
    created_by_id: int = Field(foreign_key="person.id", index=True)
    updated_at: datetime
    updated_by_id: int = Field(foreign_key="person.id")
    committed_at: datetime | None = None
    committed_by_id: int | None = Field(default=None, foreign_key="person.id")
    committed_version: int | None = None  # what was written; later decisions wait for being written again
    table_ids: list[int] = Field(default_factory=list, sa_type=JSON)
