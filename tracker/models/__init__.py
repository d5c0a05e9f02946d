"""The tables of the register. Written to by `tracker.services` alone, read through `tracker.queries`."""

from tracker.models.accounts import (
    AccessKind,
    AccessRecord,
    Account,
    ApiToken,
    CalendarFeed,
    LoginSession,
    SignInCounter,
    Theme,
    TokenScope,
)
from tracker.models.audit import AuditEvent, AuditHead
from tracker.models.calendar import CalendarDay, CalendarYear, DayKind
from tracker.models.campaigns import (
    Campaign,
    CampaignRole,
    ImportFinding,
    ResponsibilityTable,
    Severity,
)
from tracker.models.comments import Comment
from tracker.models.derived import TaskLight, TaskText
from tracker.models.evidence import Deliverable, Evidence, EvidenceState, StoredFile
from tracker.models.imports import ImportSession, ImportStep
from tracker.models.milestones import EventRecord, Extension, Milestone
from tracker.models.people import Person, PersonAlias, Unit
from tracker.models.second_factors import PendingSignIn, RecoveryCode, SecondFactor
from tracker.models.tasks import Deduction, Instruction, Task, TaskPerson, TaskUnit
from tracker.models.views import SavedView
from tracker.models.webhooks import DeliveryState, Webhook, WebhookDelivery

__all__ = [
    "AccessKind",
    "AccessRecord",
    "Account",
    "ApiToken",
    "AuditEvent",
    "AuditHead",
    "CalendarDay",
    "CalendarFeed",
    "CalendarYear",
    "Campaign",
    "CampaignRole",
    "Comment",
    "DayKind",
    "Deduction",
    "Deliverable",
    "DeliveryState",
    "EventRecord",
    "Evidence",
    "EvidenceState",
    "Extension",
    "ImportFinding",
    "ImportSession",
    "ImportStep",
    "Instruction",
    "LoginSession",
    "Milestone",
    "PendingSignIn",
    "Person",
    "PersonAlias",
    "RecoveryCode",
    "ResponsibilityTable",
    "SavedView",
    "SecondFactor",
    "Severity",
    "SignInCounter",
    "StoredFile",
    "Task",
    "TaskLight",
    "TaskPerson",
    "TaskText",
    "TaskUnit",
    "Theme",
    "TokenScope",
    "Unit",
    "Webhook",
    "WebhookDelivery",
]
