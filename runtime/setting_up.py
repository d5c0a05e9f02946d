"""Setting up an installation, or bringing it to this version of the program. Again and again, if you like."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from runtime import migrations
from runtime.bootstrap import Application
from tracker.clock import now
from tracker.identity import id_of
from tracker.queries.accounts import list_accounts
from tracker.queries.people import list_people
from tracker.services.accounts import create_account
from tracker.services.auditing import SYSTEM
from tracker.services.calendars import seed_calendar
from tracker.services.people import create_person


def set_up_office(application: Application, *, name: str | None, email: str | None) -> dict[str, Any]:
    """Migrate, seed the calendar, enter the first administrator and open his account; say what was done.

    The account's one-time code is in the answer of the call that opened it, and nowhere else.
    """
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
        account = _open_first_account(session)
    return {
        "schema": "dingban.init/1",
        "from_revision": before,
        "revision": migrations.newest_revision(),
        "upgraded": before != migrations.newest_revision(),
        "calendar_years": years,
        "administrator": administrator,
        "account": account,
    }


def _open_first_account(session: Session) -> dict[str, Any] | None:
    """The account of the first administrator, where there is no account at all: else nobody could sign in."""
    if list_accounts(session):
        return None
    first = next(person for person in list_people(session) if person.is_administrator)
    account, code = create_account(session, person_id=id_of(first), actor=SYSTEM, at=datetime.now(UTC))
    return {
        "name": first.name,
        "login_name": account.login_name,
        "code": code,
        "code_expires_at": account.invite_expires_at,
    }
