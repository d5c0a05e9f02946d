"""Sending the weekly report: every leader hears of his own tasks, the coordinators of all.

Owed from the digest hour of the week's first working day on, for the week before. All letters of a week are posted
in one transaction together with the snapshots from which they were drawn: so it is all or nothing, and once for ever.
After a stoppage the last week's report is made up for on the next working day; older ones are stale.

Besides, a coordinator may send any report by hand. Each such sending is kept as it was sent, under a key of its own
(`2024-W22:all@20240603T0040`), so it neither stands for the weekly one nor is overwritten by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from notifications.channels.base import Attachment
from notifications.models import LetterKind, SentReport
from notifications.office_hours import OfficeHours
from notifications.outbox import post_letter
from notifications.reports.drawing import WORD_TYPE, WORKBOOK_TYPE, DrawnReport, draw_report
from notifications.reports.snapshot import checksum_of, take_snapshot
from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.database import insert_new
from tracker.errors import TrackerError
from tracker.figures import IsoWeek, Scope, ScopeKind, weekly_figures
from tracker.figures.scopes import selection_of
from tracker.figures.weekly import STANDING_SILENT_DAYS
from tracker.identity import id_of
from tracker.models import Person
from tracker.queries.leading import list_coordinators_of, list_leaders_of_selection
from tracker.queries.people import get_person
from tracker.queries.weekly import list_coordinators, list_leaders_at_work
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor, record

_BY_HAND = "@"


class ReportAltered(TrackerError):
    """A stored report is not what was sent."""

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"通报“{key}”的存档与发送时的校验值不符，可能被改动，不能再按原样出具。")


def report_owed(at: datetime, *, calendar: WorkCalendar, hours: OfficeHours) -> IsoWeek | None:
    """The week whose report may go out at `at`; None on days off, outside office hours and before the digest."""
    if not hours.is_open(at, calendar) or not hours.is_digest_time(at):
        return None
    return IsoWeek.of(office_day(at)).shift(-1)


def queue_weekly_reports(
    session: Session,
    *,
    at: datetime,
    rules: OfficeRules,
    calendar: WorkCalendar,
    hours: OfficeHours,
    console_url: str = "",
    standing_silent_days: int = STANDING_SILENT_DAYS,
) -> int:
    """Post last week's reports if they are owed and were not posted; returns how many letters. The caller commits."""
    week = report_owed(at, calendar=calendar, hours=hours)
    if week is None or _is_queued(session, week):
        return 0
    posted = 0
    drawn: dict[str, DrawnReport] = {}
    for person, scope in list_recipients(session):
        if scope.key not in drawn:
            figures = weekly_figures(
                session,
                week=week,
                scope=scope,
                at=at,
                rules=rules,
                calendar=calendar,
                standing_silent_days=standing_silent_days,
            )
            stored = _store(
                session, week, scope, take_snapshot(figures, made_at=at, console_url=console_url), at
            )
            drawn[scope.key] = draw_report(stored.snapshot)
        posted += _post(session, _key(week, scope), person, drawn[scope.key], at)
    return posted


def list_recipients(session: Session) -> Iterator[tuple[Person, Scope]]:
    """Who gets which report while work is under way. A coordinator who is a leader as well gets the one of all."""
    leaders = list_leaders_at_work(session)
    if not leaders:
        return
    coordinators = list_coordinators(session)
    known = {person.id for person in coordinators}
    for person in coordinators:
        yield person, Scope()
    for person in leaders:
        if person.id not in known:
            yield person, Scope(ScopeKind.LEADER, id_of(person), f"{person.name}分管的工作")


def send_report(
    session: Session,
    *,
    week: IsoWeek,
    scope: Scope,
    snapshot: dict[str, Any],
    receivers: Sequence[Person],
    actor: Actor,
    at: datetime,
) -> SentReport:
    """Post a report by hand, as `snapshot` says it, and keep it as it was sent. The caller commits.

    Asked twice within a second, it is sent once.
    """
    stored = _store(
        session, week, scope, snapshot, at, key=f"{_key(week, scope)}{_BY_HAND}{at:%Y%m%dT%H%M%S}"
    )
    drawn = draw_report(stored.snapshot)
    posted = [person for person in receivers if _post(session, stored.key, person, drawn, at)]
    if posted:
        record(
            session,
            kind="report.send",
            actor=actor,
            at=at,
            subject="report",
            subject_id=stored.id,
            data={
                "week": str(week),
                "scope": scope.key,
                "scope_label": scope.label,
                "receivers": [person.name for person in posted],
                "sha256": stored.sha256,
            },
        )
    return stored


def list_receivers(session: Session, scope: Scope) -> list[Person]:
    """Who is told of a scope when it is sent by hand: whoever answers for its tasks, and runs its campaigns. By id."""
    if scope.kind is ScopeKind.LEADER:
        assert scope.id is not None
        return [person for person in (get_person(session, scope.id),) if person.is_active]
    wanted = selection_of(session, scope)
    coordinators = [] if scope.kind is ScopeKind.UNIT else list_coordinators_of(session, wanted)
    people = {
        id_of(person): person for person in (*coordinators, *list_leaders_of_selection(session, wanted))
    }
    return [people[number] for number in sorted(people)]


def show_sent_report(session: Session, week: IsoWeek, scope: Scope) -> DrawnReport | None:
    """A report as it was sent, byte for byte; None where none was. Raises ReportAltered where it was tampered with.

    Sent by hand alone, it is the newest of these.
    """
    key = _key(week, scope)
    stored = session.exec(select(SentReport).where(SentReport.key == key)).one_or_none()
    if stored is None:
        by_hand = select(SentReport).where(
            col(SentReport.key).startswith(f"{key}{_BY_HAND}", autoescape=True)
        )
        stored = session.exec(by_hand.order_by(col(SentReport.id).desc())).first()
    return None if stored is None else draw_report(untampered(stored))


def untampered(stored: SentReport) -> dict[str, Any]:
    """The snapshot of a sent report. Raises ReportAltered where it is not what was sent."""
    if checksum_of(stored.snapshot) != stored.sha256:
        raise ReportAltered(stored.key)
    return stored.snapshot


def _is_queued(session: Session, week: IsoWeek) -> bool:
    by_itself = select(SentReport.id).where(
        SentReport.week == str(week), col(SentReport.key).not_like(f"%{_BY_HAND}%")
    )
    return session.exec(by_itself.limit(1)).first() is not None


def _store(
    session: Session,
    week: IsoWeek,
    scope: Scope,
    snapshot: dict[str, Any],
    at: datetime,
    *,
    key: str | None = None,
) -> SentReport:
    """Keep the snapshot, or find the one that another scheduler has just kept."""
    row = {
        "key": key or _key(week, scope),
        "week": str(week),
        "scope": scope.key,
        "snapshot": snapshot,
        "sha256": checksum_of(snapshot),
        "created_at": at,
        "sent_at": at,
    }
    session.connection().execute(insert_new(session, SentReport, "key"), row)
    return session.exec(select(SentReport).where(SentReport.key == row["key"])).one()


def _post(session: Session, key: str, person: Person, report: DrawnReport, at: datetime) -> bool:
    letter = post_letter(
        session,
        recipient_id=id_of(person),
        subject=report.subject,
        text=report.text,
        html=report.html,
        attachments=[
            Attachment(f"{report.name}.docx", WORD_TYPE, report.word),
            Attachment(f"{report.name}.xlsx", WORKBOOK_TYPE, report.workbook),
        ],
        kind=LetterKind.WEEKLY,
        key=f"weekly:{key}:{person.id}",
        at=at,
    )
    return letter is not None


def _key(week: IsoWeek, scope: Scope) -> str:
    return f"{week}:{scope.key}"
