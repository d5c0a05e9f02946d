"""Wiring the parts together: settings and policy files in, an application with open doors out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import Session

from config.errors import ConfigurationError
from config.policy import SHIPPED_FOLDER, PolicyFiles, load_policy
from config.settings import Settings
from notifications.office_hours import OfficeHours
from notifications.policy import ReminderPolicy
from runtime import migrations
from runtime.ending import Ending
from runtime.logging import set_up_logging
from runtime.policies import understood
from tracker.calendar import WorkCalendar
from tracker.database import create_engine_for, read_session, reading_engine, write_session
from tracker.evidence_store import EvidenceStore
from tracker.lights import LightThresholds, Measure
from tracker.rules import OfficeRules


class NotReady(Exception):
    """The installation was not set up, or its database is not of this program's version."""


@dataclass
class Application:
    """One installation, opened. Hands values on; decides nothing."""

    settings: Settings
    policy: PolicyFiles
    engine: Engine
    ending: Ending = field(default_factory=Ending)

    @cached_property
    def rules(self) -> OfficeRules:
        signing, lights = self.policy.signing, self.policy.lights
        return OfficeRules(
            accept_within_workdays=signing.accept_within_workdays,
            measure=Measure(signing.lateness_measured_at),
            lights=LightThresholds(yellow_within_days=lights.yellow_within_days),
        )

    @cached_property
    def reminder_policy(self) -> ReminderPolicy:
        """Who is told what, how early and how often. Raises ConfigurationError."""
        return understood(self.policy, "reminders.toml", ReminderPolicy.from_mapping, self.policy.reminders)

    @cached_property
    def office_hours(self) -> OfficeHours:
        """When the office can be disturbed. Raises ConfigurationError."""
        return understood(
            self.policy, "office_hours.toml", OfficeHours.from_mapping, self.policy.office_hours
        )

    def check_policy(self, *, with_columns: bool) -> None:
        """Raise ConfigurationError with everything that is wrong in any policy file.

        The names of columns are checked by what reads tables, and by what runs on; a quick command has no use
        for them and does not load the readers. Those that we ship are checked by our tests.
        """
        asked: list[Callable[[], object]] = [lambda: self.reminder_policy, lambda: self.office_hours]
        if with_columns and self.policy.paths["columns.toml"].parent != SHIPPED_FOLDER:
            from runtime.reading import column_synonyms

            asked.append(lambda: column_synonyms(self.policy))
        problems: list[str] = []
        for ask in asked:
            try:
                ask()
            except ConfigurationError as error:
                problems.extend(error.problems)
        if problems:
            raise ConfigurationError(problems)

    @cached_property
    def store(self) -> EvidenceStore:
        return EvidenceStore(self.settings.evidence_dir, max_bytes=self.settings.evidence_limit_mb << 20)

    def writing(self) -> AbstractContextManager[Session]:
        """One transaction, committed when the block ends."""
        return write_session(self.engine)

    def reading(self) -> AbstractContextManager[Session]:
        """A session that takes no write lock."""
        return read_session(self._reading_engine)

    @cached_property
    def _reading_engine(self) -> Engine:
        return reading_engine(self.engine)

    def calendar(self, session: Session) -> WorkCalendar:
        """The office's working calendar as it stands in the register."""
        from tracker.services.calendars import load_calendar

        return load_calendar(session)

    def demand_current_database(self) -> None:
        """Raise NotReady with what to do, unless the database was set up by this version of the program."""
        current = migrations.current_revision(self.engine)
        newest = migrations.newest_revision()
        if current is None:
            raise NotReady("数据库尚未建立，请先运行 dingban init。")
        if current < newest:
            raise NotReady(f"数据库版本是 {current}，程序需要 {newest}，请先备份，再运行 dingban init 升级。")
        if current > newest:
            raise NotReady(f"数据库版本是 {current}，比程序（{newest}）新，请换用新版的程序。")

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def open_application(settings: Settings, *, is_service: bool = False) -> Iterator[Application]:
    """Open an installation and close it at the end.

    A service logs what it does; a command prints it, and logs only what goes wrong. Raises ConfigurationError
    where a policy file cannot be used; the database is not asked yet.
    """
    level = settings.log_level if is_service or settings.log_level == "debug" else "warning"
    set_up_logging(level=level, style=settings.log_format)
    policy = load_policy(settings.policy_dir)
    _make_database_folder(settings.database_url)
    application = Application(settings, policy, create_engine_for(settings.database_url))
    try:
        application.check_policy(with_columns=is_service)
        yield application
    finally:
        application.close()


def _make_database_folder(url: str) -> None:
    """SQLite makes the file, but not the folder that it lies in."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        Path(str(parsed.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
