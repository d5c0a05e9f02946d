"""The office's working calendar: seeding it, importing a year, and what then has to be counted again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from tracker.calendar import CalendarDay as PublishedDay
from tracker.calendar import DayKind as PublishedKind
from tracker.calendar import WorkCalendar, list_published_days
from tracker.clock import office_day
from tracker.deadlines.offsets import resolve_offset
from tracker.deadlines.values import Offset
from tracker.errors import CalendarRowsRefused
from tracker.identity import id_of
from tracker.models import CalendarDay, CalendarYear, DayKind, EventRecord, Milestone, Task
from tracker.queries.calendars import list_calendar_days, list_calendar_years, list_tasks_to_accept
from tracker.queries.milestones import list_provisional
from tracker.rules import OfficeRules
from tracker.services.acting import require_coordinator
from tracker.services.auditing import SYSTEM, Actor, record
from tracker.services.changing import as_json, change_row
from tracker.services.watching import is_list_watched, look_day

SEED_SOURCE = "chinesecalendar"


@dataclass(frozen=True)
class Recount:
    """A day that was counted again by a newly published calendar. `milestone_id` None: the day for 签收."""

    task_id: int
    milestone_id: int | None
    before: date
    after: date


def load_calendar(session: Session) -> WorkCalendar:
    """The stored calendar as a value."""
    return WorkCalendar.from_rows(
        PublishedDay(row.day, _published_kind(row), row.name) for row in list_calendar_days(session)
    )


def seed_calendar(session: Session, *, at: datetime) -> list[int]:
    """Store every published year that is not stored yet, and return those years."""
    known = {row.year for row in list_calendar_years(session)}
    days = [day for day in list_published_days() if day.day.year not in known]
    years = sorted({day.day.year for day in days})
    session.add_all(_row(day) for day in days)
    session.add_all(CalendarYear(year=year, source=SEED_SOURCE, imported_at=at) for year in years)
    session.flush()
    if years:
        _record(session, years, SEED_SOURCE, SYSTEM, at)
    return years


def import_calendar(
    session: Session,
    rows: Iterable[PublishedDay],
    *,
    year: int,
    source: str,
    actor: Actor,
    at: datetime,
    rules: OfficeRules | None = None,
) -> list[Recount]:
    """Replace a year's days by `rows`, and count again every provisional day; each with its before and after.

    Only open milestones that count from an event move, and the day for 签收; first due days stay. Raises
    ActRefused or CalendarRowsRefused. The caller commits.
    """
    require_coordinator(session, actor, None, "导入工作日历")
    days = sorted(rows)
    _check(days, year)
    for old in list_calendar_days(session, year=year):
        session.delete(old)
    session.flush()
    session.add_all(_row(day) for day in days)
    stored = session.get(CalendarYear, year) or CalendarYear(year=year, source=source, imported_at=at)
    stored.source, stored.imported_at = source, at
    session.add(stored)
    session.flush()
    _record(session, [year], source, actor, at)
    return _count_again(session, load_calendar(session), rules or OfficeRules(), actor, at)


def preview_calendar(
    session: Session,
    rows: Iterable[PublishedDay],
    *,
    year: int,
    actor: Actor,
    at: datetime,
    rules: OfficeRules | None = None,
) -> list[Recount]:
    """What importing these rows would count again. It is tried in a savepoint and taken back; raises as it does."""
    trial = session.begin_nested()
    try:
        return import_calendar(session, rows, year=year, source="", actor=actor, at=at, rules=rules)
    finally:
        trial.rollback()


def _check(days: list[PublishedDay], year: int) -> None:
    if not days:
        raise CalendarRowsRefused(year, "没有一天的安排，请按“日期、类型、名称”三列提供放假和调休的日期")
    others = [day.day for day in days if day.day.year != year]
    if others:
        listed = "、".join(day.isoformat() for day in others[:5])
        raise CalendarRowsRefused(year, f"有不属于{year}年的日期：{listed}", others)
    twice = [day for day, count in Counter(day.day for day in days).items() if count > 1]
    if twice:
        listed = "、".join(day.isoformat() for day in twice[:5])
        raise CalendarRowsRefused(year, f"有重复的日期：{listed}", twice)


def _count_again(
    session: Session, calendar: WorkCalendar, rules: OfficeRules, actor: Actor, at: datetime
) -> list[Recount]:
    found = [
        _recount(session, milestone, event, calendar, actor, at)
        for milestone, event in list_provisional(session)
    ]
    found += [
        _recount_acceptance(session, task, calendar, rules, actor, at)
        for task in list_tasks_to_accept(session)
    ]
    return [recount for recount in found if recount]


def _recount(
    session: Session,
    milestone: Milestone,
    event: EventRecord,
    calendar: WorkCalendar,
    actor: Actor,
    at: datetime,
) -> Recount | None:
    if milestone.offset_unit is None or milestone.due_on is None:
        return None
    offset = Offset(milestone.offset_count or 0, milestone.offset_unit, milestone.offset_event or "")
    due_on, is_provisional = resolve_offset(offset, event.on, calendar)
    before = milestone.due_on
    changed = change_row(milestone, {"due_on": due_on, "is_provisional": is_provisional})
    if not changed:
        return None
    is_watched = is_list_watched(session, milestone.task_id)
    milestone.look_on = look_day(milestone, office_day(at), is_watched=is_watched)
    record(
        session,
        kind="milestone.recount",
        actor=actor,
        at=at,
        subject="milestone",
        subject_id=id_of(milestone),
        task_id=milestone.task_id,
        data={"changed": changed},
    )
    return Recount(milestone.task_id, id_of(milestone), before, due_on) if before != due_on else None


def _recount_acceptance(
    session: Session, task: Task, calendar: WorkCalendar, rules: OfficeRules, actor: Actor, at: datetime
) -> Recount | None:
    assert task.issued_at
    assert task.accept_by_on
    before = task.accept_by_on
    after, _ = calendar.add_workdays(office_day(task.issued_at), rules.accept_within_workdays)
    if after == before:
        return None
    task.accept_by_on = after
    task.version += 1
    record(
        session,
        kind="task.change",
        actor=actor,
        at=at,
        subject="task",
        subject_id=id_of(task),
        task_id=id_of(task),
        data={"changed": {"accept_by_on": [as_json(before), as_json(after)]}, "cause": "calendar.import"},
    )
    return Recount(id_of(task), None, before, after)


def _published_kind(row: CalendarDay) -> PublishedKind:
    if row.kind is DayKind.WORK:
        return PublishedKind.WORK
    return PublishedKind.STATUTORY if row.is_statutory else PublishedKind.REST


def _row(day: PublishedDay) -> CalendarDay:
    kind = DayKind.WORK if day.kind is PublishedKind.WORK else DayKind.HOLIDAY
    return CalendarDay(
        day=day.day, kind=kind, name=day.name, is_statutory=day.kind is PublishedKind.STATUTORY
    )


def _record(session: Session, years: list[int], source: str, actor: Actor, at: datetime) -> None:
    record(
        session,
        kind="calendar.import",
        actor=actor,
        at=at,
        subject="calendar",
        subject_id=years[0] if len(years) == 1 else None,
        data={"years": years, "source": source},
    )
