"""Setting up an installation, or bringing it to this version of the program. Again and again, if you like."""

from __future__ import annotations

from typing import Any

from runtime import migrations
from runtime.bootstrap import Application
from tracker.clock import now
from tracker.queries.people import list_people
from tracker.services.auditing import SYSTEM
from tracker.services.calendars import seed_calendar
from tracker.services.people import create_person


def set_up_office(application: Application, *, name: str | None, email: str | None) -> dict[str, Any]:
    """Migrate, seed the calendar, enter the first account where there is none; say what was done."""
    before = migrations.current_revision(application.engine)
    if before != migrations.newest_revision():
        from runtime.migrations.running import upgrade  # 0.5 s, and only where there is something to do

        upgrade(application.engine)
    with application.writing() as session:
        years = seed_calendar(session, at=now())
        administrator = None
        if not any(person.is_administrator for person in list_people(session)):
            administrator = create_person(
                session,
                name=name or "管理员",
                email=email,
                is_administrator=True,
                actor=SYSTEM,
                at=now(),
            ).name
    return {
        "schema": "dingban.init/1",
        "from_revision": before,
        "revision": migrations.newest_revision(),
        "upgraded": before != migrations.newest_revision(),
        "calendar_years": years,
        "administrator": administrator,
    }
