"""The working calendar: a year at a glance, and the import of what the State Council published."""

from __future__ import annotations

import calendar as months
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session
from starlette.responses import Response

from tracker.calendar import CalendarDay, DayKind, WorkCalendar, read_calendar_file
from tracker.queries.calendars import list_calendar_years
from tracker.queries.heads import map_milestone_heads, map_task_heads
from tracker.queries.sight import list_visible_ids
from tracker.services.calendars import Recount, import_calendar, preview_calendar
from web.access import allow
from web.desk import Desk, ReadingDesk, WritingDesk
from web.forms import InputRefused
from web.opening import PageRouter
from web.pages.admin.asking import KEEPERS, READERS, is_keeper, query_of, read_pasted, uploaded_name
from web.uploads import receive_upload

router = PageRouter(prefix="/admin/calendar")
FILE_LIMIT = 1 << 20  # bytes; a year is a few hundred
TEXT_LIMIT = 100_000
EARLIEST, LATEST = 2000, 2100
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class DayCell:
    """One day of the year's page. `mark` stands beside the number, so that colour says nothing alone."""

    day: date
    look: str
    mark: str
    title: str


@dataclass(frozen=True)
class MovedDay:
    """A day that counts anew. `title` is None where the visitor may not read it."""

    recount: Recount
    title: str | None
    step: str


@router.get("", dependencies=[allow(*READERS)])
def show_year(desk: ReadingDesk) -> Response:
    year = query_of(desk).optional_whole("year", "年份") or desk.today.year
    if not EARLIEST <= year <= LATEST:
        raise InputRefused("year", f"“年份”应在{EARLIEST}到{LATEST}之间。")
    calendar = desk.house.calendar(desk.session)
    years = list_calendar_years(desk.session)
    known = [row.year for row in years]
    return desk.page(
        "admin/calendar.html",
        year=year,
        months=[_month(calendar, year, number) for number in range(1, 13)],
        weekdays=WEEKDAYS,
        published=next((row for row in years if row.year == year), None),
        holidays=_holidays(calendar, year),
        workdays=sum(calendar.is_workday(day) for day in _days_of(year)),
        previous=year - 1 if year > EARLIEST else None,
        following=year + 1 if year < LATEST else None,
        may_import=is_keeper(desk),
        next_unknown=next(each for each in range(desk.today.year, LATEST + 2) if each not in known),
    )


@router.post("/preview", dependencies=[allow(*KEEPERS), receive_upload(lambda _house: FILE_LIMIT)])
def preview(desk: WritingDesk) -> Response:
    """What importing would change, tried and taken back; the text comes along to be confirmed."""
    year, text = _read_year(desk), _read_text(desk)
    rows = read_calendar_file(text).days
    moved = preview_calendar(
        desk.session, rows, year=year, actor=desk.actor, at=desk.at, rules=desk.house.rules
    )
    answer = desk.page(
        "admin/calendar_preview.html",
        year=year,
        text=text,
        name=_read_name(desk),
        days=rows,
        moved=_described(desk, moved),
        kinds={DayKind.REST: "放假", DayKind.WORK: "调休上班", DayKind.STATUTORY: "法定节假日"},
        is_known=year in {row.year for row in list_calendar_years(desk.session)},
    )
    answer.headers["HX-Push-Url"] = "/admin/calendar"
    return answer


@router.post("", dependencies=[allow(*KEEPERS)])
def take_in(desk: WritingDesk) -> Response:
    year, text = _read_year(desk), _read_text(desk)
    moved = import_calendar(
        desk.session,
        read_calendar_file(text).days,
        year=year,
        source=_read_name(desk),
        actor=desk.actor,
        at=desk.at,
        rules=desk.house.rules,
    )
    return desk.done(
        f"/admin/calendar?year={year}", f"已导入{year}年的安排，重新计算的日期有{len(moved)}个。"
    )


def _read_year(desk: Desk) -> int:
    year = desk.form.whole("year", "年份")
    if not EARLIEST <= year <= LATEST:
        raise InputRefused("year", f"“年份”应在{EARLIEST}到{LATEST}之间。")
    return year


def _read_text(desk: Desk) -> str:
    return read_pasted(desk, "安排", limit=TEXT_LIMIT, file_limit=FILE_LIMIT)


def _read_name(desk: Desk) -> str:
    """Where the arrangement is from: the file's name, which the preview hands on."""
    return uploaded_name(desk) or desk.form.optional_text("name", "来源", limit=200) or "在网页上粘贴"


def _month(calendar: WorkCalendar, year: int, number: int) -> tuple[int, list[list[DayCell | None]]]:
    """The weeks of a month from Monday; days of its neighbours are left out."""
    weeks = months.Calendar().monthdatescalendar(year, number)
    return number, [[_cell(calendar, day) if day.month == number else None for day in week] for week in weeks]


def _cell(calendar: WorkCalendar, day: date) -> DayCell:
    row = calendar.find_day(day)
    if row is None:
        return DayCell(day, "" if day.weekday() < 5 else "is-off", "", "")
    if row.kind is DayKind.WORK:
        return DayCell(day, "is-makeup", "班", f"{row.name}调休上班")
    return DayCell(day, "is-holiday", "休", f"{row.name}放假")


def _holidays(calendar: WorkCalendar, year: int) -> list[tuple[str, list[CalendarDay], list[CalendarDay]]]:
    """Each holiday of a year in order: its name, its days off, its make-up days."""
    rows = [row for row in calendar.days if row.day.year == year]
    names = list(dict.fromkeys(row.name for row in rows))
    return [
        (
            name,
            [row for row in rows if row.name == name and row.kind is not DayKind.WORK],
            [row for row in rows if row.name == name and row.kind is DayKind.WORK],
        )
        for name in names
    ]


def _days_of(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


def _described(desk: Desk, moved: list[Recount]) -> list[MovedDay]:
    session: Session = desk.session
    task_ids = {each.task_id for each in moved}
    heads = map_task_heads(session, task_ids)
    seen = set(list_visible_ids(session, desk.visitor.sight, sorted(task_ids)))
    steps = map_milestone_heads(session, {each.milestone_id for each in moved if each.milestone_id})
    return [
        MovedDay(
            each,
            heads[each.task_id].title if each.task_id in seen else None,
            (steps[each.milestone_id].text if each.task_id in seen else f"节点{each.milestone_id}")
            if each.milestone_id
            else "签收期限",
        )
        for each in moved
    ]
