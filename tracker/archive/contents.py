"""What a closing package says, as plain values: gathered from the register, before any document is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class PackagedEvidence:
    """One accepted file or link. `folder` and `path` are where it stands in the package; `occurrence` of a series."""

    evidence_id: int
    name: str
    version: int
    path: str
    sha256: str | None
    link: str | None
    size: int | None  # bytes; None for a link
    submitted_by: str
    submitted_on: date
    reviewed_by: str
    reviewed_on: date | None
    occurrence: date | None = None


@dataclass(frozen=True)
class PackagedDeliverable:
    number: int
    text: str
    is_required: bool
    evidence: tuple[PackagedEvidence, ...]


@dataclass(frozen=True)
class PackagedMilestone:
    """A step as it ended. `done_on` is the office day of the report that was confirmed; None where it was waived."""

    number: int
    text: str
    state: str
    first_due_on: date | None
    due_on: date | None
    done_on: date | None


@dataclass(frozen=True)
class HistoryLine:
    """One event of the task's life; `who` names both where a coordinator entered it for a leader (代录)."""

    at: datetime
    who: str
    act: str
    note: str


@dataclass(frozen=True)
class PackageContents:
    """Everything that a package is made of. `holder` is the task whose shared list of deliverables this one uses."""

    task_id: int
    campaign: str
    year: int
    seq: str
    group: str
    title: str
    requirement: str
    lead_unit: str
    units: tuple[str, ...]
    people: tuple[tuple[str, tuple[str, ...]], ...]  # the part in Chinese, and who plays it
    issued_at: datetime | None
    submitted_at: datetime | None
    closed_at: datetime
    deliverables: tuple[PackagedDeliverable, ...]
    milestones: tuple[PackagedMilestone, ...]
    history: tuple[HistoryLine, ...]
    audit_event_id: int
    audit_hash: str
    holder: str | None = None
    sharers: tuple[str, ...] = ()

    @property
    def evidence(self) -> tuple[PackagedEvidence, ...]:
        return tuple(item for deliverable in self.deliverables for item in deliverable.evidence)
