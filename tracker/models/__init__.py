"""The tables of the register. Written to by `tracker.services` alone, read through `tracker.queries`."""

from tracker.models.audit import AuditEvent, AuditHead
from tracker.models.calendar import CalendarDay, CalendarYear, DayKind
from tracker.models.campaigns import (
    Campaign,
    CampaignRole,
    ImportFinding,
    ResponsibilityTable,
    Severity,
)
from tracker.models.evidence import Deliverable, Evidence, EvidenceState, StoredFile
from tracker.models.milestones import EventRecord, Extension, Milestone
from tracker.models.people import Person, PersonAlias, Unit
from tracker.models.tasks import Deduction, Instruction, Task, TaskPerson, TaskUnit

__all__ = [
    "AuditEvent",
    "AuditHead",
    "CalendarDay",
    "CalendarYear",
    "Campaign",
    "CampaignRole",
    "DayKind",
    "Deduction",
    "Deliverable",
    "EventRecord",
    "Evidence",
    "EvidenceState",
    "Extension",
    "ImportFinding",
    "Instruction",
    "Milestone",
    "Person",
    "PersonAlias",
    "ResponsibilityTable",
    "Severity",
    "StoredFile",
    "Task",
    "TaskPerson",
    "TaskUnit",
    "Unit",
]
