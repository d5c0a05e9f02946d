"""Who acts at the command line: a person named by name, id or address, or the administrator where none is named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from runtime.bootstrap import Application
from runtime.cli.invocation import Refused, now, opened_application
from tracker.clock import office_day
from tracker.errors import PersonNotFound
from tracker.models import Person
from tracker.queries.people import list_people, resolve_person
from tracker.services.auditing import Actor

_IDLE = "{}已经停用，不能办理；需要恢复的，请协调员运行 dingban person reactivate。"


@dataclass(frozen=True)
class Desk:
    """One act: in one transaction, by one person, at one moment."""

    application: Application
    session: Session
    actor: Actor
    at: datetime

    @property
    def today(self) -> date:
        return office_day(self.at)


@contextmanager
def acting(as_person: str | None, recorded_by: str | None = None) -> Iterator[Desk]:
    """Open the application and a transaction that is committed when the block ends without an error."""
    with opened_application() as application, application.writing() as session:
        actor = find_actor(session, as_person, recorded_by)
        yield Desk(application, session, actor, now())


def find_actor(session: Session, as_person: str | None, recorded_by: str | None = None) -> Actor:
    """The person who acts. Raises PersonNotFound, PersonAmbiguous, or Refused where nobody is named or found."""
    if as_person is None:
        return _administrator(session)
    person = _somebody(session, as_person)
    if recorded_by is None:
        return Actor(person.id, person.name)
    recorder = _somebody(session, recorded_by)
    return Actor(person.id, person.name, recorder.id, recorder.name)


def _somebody(session: Session, key: str) -> Person:
    """Who is named. Somebody who was deactivated is said to be so, not to be unknown."""
    try:
        person = resolve_person(session, key)
    except PersonNotFound:
        if any(each.name == key.strip() for each in list_people(session, include_inactive=True)):
            raise Refused(_IDLE.format(key.strip())) from None
        raise
    if not person.is_active:
        raise Refused(_IDLE.format(person.name))
    return person


def _administrator(session: Session) -> Actor:
    found = [person for person in list_people(session) if person.is_administrator]
    if len(found) == 1:
        return Actor(found[0].id, found[0].name)
    reason = "没有登记管理员，请先运行 dingban init" if not found else "管理员不止一名"
    raise Refused(f"{reason}；请用 --as 写明由谁办理。")
