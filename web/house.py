"""What the console is handed when it is made: doors to the register, the office's rules, and what differs by installation.

`runtime` fills it; the console reads no settings and opens no database by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from notifications.office_hours import OfficeHours
from notifications.policy import ReminderPolicy
from notifications.rehearsal import RehearsedNotice
from tracker.calendar import WorkCalendar
from tracker.evidence_store import EvidenceStore
from tracker.figures.weekly import STANDING_SILENT_DAYS
from tracker.rules import OfficeRules
from tracker.services.accounts import SignInPolicy
from web.installation import Installation
from web.single_sign_on import SingleSignOn

if TYPE_CHECKING:
    from tracker.importers.columns import ColumnSynonyms


def _default_columns() -> ColumnSynonyms:
    """The reference's own headings; what reads tables is loaded when the first one is imported."""
    from tracker.importers.default_columns import DEFAULT_SYNONYMS

    return DEFAULT_SYNONYMS


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo office whom a visitor may become."""

    person_id: int
    name: str
    roles: str
    login_name: str


@dataclass(frozen=True)
class Demo:
    """The two doors that only the demo office has: becoming another person, and moving its clock."""

    list_people: Callable[[], Sequence[DemoPerson]]
    password: str
    move_clock: Callable[[datetime], None]


@dataclass(frozen=True)
class House:
    """One installation, as its console sees it. `upload_limit` and `import_limit` are in bytes."""

    reading: Callable[[], AbstractContextManager[Session]]
    writing: Callable[[], AbstractContextManager[Session]]
    calendar: Callable[[Session], WorkCalendar]
    rules: OfficeRules
    reminder_policy: ReminderPolicy
    office_hours: OfficeHours
    store: EvidenceStore
    parked_dir: Path
    console_url: str = "http://127.0.0.1:8000"
    upload_limit: int = 200 << 20
    import_limit: int = 50 << 20
    sign_in: SignInPolicy = field(default_factory=SignInPolicy)
    columns: Callable[[], ColumnSynonyms] = _default_columns
    standing_silent_days: int = STANDING_SILENT_DAYS
    rehearse: Callable[[date, date], list[RehearsedNotice]] | None = None
    sign_on: SingleSignOn | None = None
    demo: Demo | None = None
    installation: Installation | None = None

    @property
    def is_secure(self) -> bool:
        """Whether people reach the console by TLS: then its cookie never travels without."""
        return self.console_url.startswith("https://")
