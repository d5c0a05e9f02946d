"""What only the demo office has: one password for everybody, becoming another person, and a clock moved by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from sqlmodel import Session

from runtime import jobs
from runtime.bootstrap import Application
from tracker.clock import office_day, office_moment
from tracker.identity import id_of
from tracker.models import Account
from tracker.queries.accounts import find_account, list_accounts
from tracker.queries.people import list_people
from tracker.queries.sight import sight_of
from tracker.services.accounts import create_account, set_password
from tracker.services.auditing import SYSTEM
from web.house import Demo, DemoPerson
from workflows.roles import ROLE_LABELS, Role

PASSWORD = "yunling-demo-2024"  # noqa: S105 (printed on the first page of the demo; nothing real is behind it)
_SHOWN_FIRST = (Role.COORDINATOR, Role.LEADER, Role.EXPEDITER, Role.OWNER, Role.AUDITOR, Role.ADMINISTRATOR)


@dataclass
class DemoClock:
    """The office's clock, which stands still until somebody moves it on. Never back: what happened has happened."""

    moment: datetime
    _moving: Lock = field(default_factory=Lock)

    def now(self) -> datetime:
        return self.moment

    def move_on(self, application: Application, to: datetime) -> None:
        """Let the days go by one after the other, each with its round of reminders, and stop at `to`."""
        with self._moving:
            for day in _days_between(self.moment, to):
                self.moment = office_moment(day, 9, 30)
                jobs.queue_weekly_reports(application)
                jobs.run_reminders(application)
            self.moment = max(self.moment, to)


def _days_between(begin: datetime, end: datetime) -> Sequence[date]:
    first, last = office_day(begin) + timedelta(days=1), office_day(end)
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def open_accounts(session: Session, *, at: datetime) -> None:
    """Give every person of the demo an account with the one password."""
    hashed: Account | None = None
    for person in list_people(session):
        account = find_account(session, id_of(person))
        if account is None:  # the administrator has had his since the office was set up
            account, _ = create_account(session, person_id=id_of(person), actor=SYSTEM, at=at)
        if hashed is None:
            set_password(session, id_of(account), password=PASSWORD, at=at, actor=SYSTEM)
            hashed = account
        else:  # the same password; to hash it for each of forty people would take seconds
            account.password_hash, account.password_changed_at = hashed.password_hash, at
            account.invite_sha256 = account.invite_expires_at = None
            session.add(account)


def demo_doors(application: Application, demo_clock: DemoClock) -> Demo:
    """The doors of a demo that is served."""
    return Demo(
        list_people=lambda: _list_people(application),
        password=PASSWORD,
        move_clock=lambda to: demo_clock.move_on(application, to),
    )


def _list_people(application: Application) -> list[DemoPerson]:
    with application.reading() as session:
        return list_demo_people(session)


def list_demo_people(session: Session) -> list[DemoPerson]:
    """Everybody, with the parts that he plays: those with the rarer parts first."""
    names = {account.person_id: account.login_name for account, _ in list_accounts(session)}
    found = []
    for person in list_people(session):
        roles = sight_of(session, id_of(person)).roles
        rank = min((_SHOWN_FIRST.index(role) for role in roles if role in _SHOWN_FIRST), default=9)
        words = "、".join(ROLE_LABELS[role] for role in _SHOWN_FIRST if role in roles)
        if id_of(person) in names:
            found.append((rank, DemoPerson(id_of(person), person.name, words, names[id_of(person)])))
    return [person for _, person in sorted(found, key=lambda each: each[0])]
