"""What the console is handed of an installation."""

from __future__ import annotations

from pathlib import Path

from runtime.bootstrap import Application
from tracker.services.accounts import SignInPolicy
from web.house import Demo, House


def house_of(application: Application, *, demo: Demo | None = None) -> House:
    """The installation as its console sees it. Raises ConfigurationError where a policy file cannot be used."""
    settings = application.settings
    return House(
        reading=application.reading,
        writing=application.writing,
        calendar=application.calendar,
        rules=application.rules,
        reminder_policy=application.reminder_policy,
        office_hours=application.office_hours,
        store=application.store,
        parked_dir=parked_dir_of(application),
        console_url=settings.console_url,
        upload_limit=settings.evidence_limit_mb << 20,
        import_limit=settings.import_limit_mb << 20,
        sign_in=SignInPolicy(
            idle_minutes=settings.idle_minutes,
            session_hours=settings.session_hours,
            lock_after=settings.lock_after,
            lock_minutes=settings.lock_minutes,
        ),
        demo=demo,
    )


def parked_dir_of(application: Application) -> Path:
    """Where tables wait while their import is being settled: beside the evidence, where backups look."""
    return application.settings.evidence_dir.parent / "parked"
