"""The audit trail as its auditors read it: newest first, a page at a time, narrowed to what they may see.

Whoever audits some of the campaigns reads what happened in those, and what concerns the whole office: people,
units, accounts, tokens, the calendar. Pages go by id, so that they stay the same while the trail grows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, tuple_
from sqlmodel import Session, and_, col, or_, select

from tracker.clock import office_moment
from tracker.identity import is_possible_id
from tracker.models import (
    AccessKind,
    AccessRecord,
    AuditEvent,
    EventRecord,
    ImportFinding,
    ResponsibilityTable,
    Task,
)

PER_PAGE = 50
_OF_THE_OFFICE = ("person", "unit", "account", "token", "calendar", "webhook")


@dataclass(frozen=True)
class AuditFilter:
    """What the trail is narrowed to. `kind` is a kind, or its subject with a dot (`task.`). Days are office days."""

    person_id: int | None = None
    kind: str = ""
    task_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AuditEntry:
    event: AuditEvent
    task: str | None


@dataclass(frozen=True)
class AuditPage:
    """`before` asks for the page that follows; None where there is none."""

    entries: tuple[AuditEntry, ...]
    before: int | None


def list_audit_page(
    session: Session, wanted: AuditFilter, *, audited: Collection[int] | None, before: int | None = None
) -> AuditPage:
    """One page of the trail. `audited` are the campaigns whose auditor looks, None where he audits all."""
    statement = (
        select(AuditEvent, Task.title)
        .outerjoin(Task, col(Task.id) == col(AuditEvent.task_id))
        .where(*_conditions(wanted))
        .limit(PER_PAGE + 1)
    )
    if audited is not None:
        statement = statement.where(_of_campaigns(audited))
    if wanted.since is None and wanted.until is None:
        statement = statement.order_by(col(AuditEvent.id).desc())
        if before is not None:
            statement = statement.where(col(AuditEvent.id) < before)
    else:
        statement = _by_moment(session, statement, before)
    rows = session.exec(statement).all()
    entries = tuple(AuditEntry(event, title) for event, title in rows[:PER_PAGE])
    return AuditPage(entries, entries[-1].event.id if len(rows) > PER_PAGE else None)


def _by_moment(session: Session, statement: Any, before: int | None) -> Any:
    """The same order by the index on moments: where days are asked for, it is read from the last of them backwards.

    By id the events after those days would all be read first: 0.2 s for a day of long ago among a million events.
    """
    at, number = col(AuditEvent.at), col(AuditEvent.id)
    statement = statement.order_by(at.desc(), number.desc())
    last = session.get(AuditEvent, before) if before is not None and is_possible_id(before) else None
    return statement if last is None else statement.where(tuple_(at, number) < tuple_(last.at, last.id))


def list_audit_kinds(session: Session) -> list[str]:
    """Every kind that occurs, in order."""
    return list(session.exec(select(AuditEvent.kind).distinct().order_by(col(AuditEvent.kind))).all())


def _conditions(wanted: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.person_id is not None:
        person = wanted.person_id
        conditions.append(or_(col(AuditEvent.actor_id) == person, col(AuditEvent.recorded_by_id) == person))
    if wanted.kind.endswith("."):
        conditions.append(col(AuditEvent.kind).startswith(wanted.kind, autoescape=True))
    elif wanted.kind:
        conditions.append(col(AuditEvent.kind) == wanted.kind)
    if wanted.task_id is not None:
        conditions.append(col(AuditEvent.task_id) == wanted.task_id)
    return conditions + _between(col(AuditEvent.at), wanted.since, wanted.until)


def _between(moment: Any, since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    """From the beginning of one office day to the end of another."""
    conditions: list[ColumnElement[bool]] = []
    if since is not None:
        conditions.append(moment >= _start_of(since))
    if until is not None and until < date.max:
        conditions.append(moment < _start_of(until + timedelta(days=1)))
    return conditions


def _start_of(day: date) -> datetime:
    return office_moment(max(day, date(1900, 1, 1)), 0)


def _of_campaigns(audited: Collection[int]) -> ColumnElement[bool]:
    """What happened in these campaigns, and what concerns the whole office."""
    ids = sorted(audited)
    tables: Any = select(ResponsibilityTable.id).where(col(ResponsibilityTable.campaign_id).in_(ids))
    subject, subject_id = col(AuditEvent.subject), col(AuditEvent.subject_id)
    tasks: Any = select(Task.id).where(col(Task.campaign_id).in_(ids))
    records: Any = select(EventRecord.id).where(col(EventRecord.campaign_id).in_(ids))
    findings: Any = select(ImportFinding.id).where(col(ImportFinding.table_id).in_(tables))
    without_task = or_(
        subject.in_(_OF_THE_OFFICE),
        and_(subject == "campaign", subject_id.in_(ids)),
        and_(subject == "event", subject_id.in_(records)),
        and_(subject == "finding", subject_id.in_(findings)),
    )
    return or_(col(AuditEvent.task_id).in_(tasks), and_(col(AuditEvent.task_id).is_(None), without_task))


@dataclass(frozen=True)
class AccessFilter:
    """What the record of the door is narrowed to: a kind, a part of the login name or address, office days."""

    kind: AccessKind | None = None
    text: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class AccessPage:
    records: tuple[AccessRecord, ...]
    before: int | None


def list_access_page(session: Session, wanted: AccessFilter, *, before: int | None = None) -> AccessPage:
    """One page of what happened at the door, the newest first."""
    statement = select(AccessRecord).order_by(col(AccessRecord.id).desc()).limit(PER_PAGE + 1)
    if wanted.kind is not None:
        statement = statement.where(AccessRecord.kind == wanted.kind)
    if wanted.text:
        statement = statement.where(
            or_(
                col(AccessRecord.login_name).icontains(wanted.text, autoescape=True),
                col(AccessRecord.address) == wanted.text,
            )
        )
    statement = statement.where(*_between(col(AccessRecord.at), wanted.since, wanted.until))
    if before is not None:
        statement = statement.where(col(AccessRecord.id) < before)
    rows = session.exec(statement).all()
    shown = tuple(rows[:PER_PAGE])
    return AccessPage(shown, shown[-1].id if len(rows) > PER_PAGE else None)
