"""日历: what falls due in a month, on the office's calendar with its days off and its make-up days (调休)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.responses import Response

from tracker.calendar import DayKind, WorkCalendar
from tracker.queries.due_days import DueDay, find_nearest_due, list_due_days
from tracker.queries.ledger_conditions import Question
from web.access import Who, allow
from web.desk import ReadingDesk
from web.ledger_query import read_ledger_query
from web.opening import PageRouter
from web.pages.ledger import choices_for
from web.typed_days import read_day

router = PageRouter()
ENTRIES_A_DAY = 4
WEEKDAYS = "一二三四五六日"
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Day:
    """One square of the calendar. `note` is the holiday's name, or that a weekend day is worked."""

    day: date
    weekday: str
    is_inside: bool
    is_today: bool
    is_workday: bool
    note: str | None
    due: DueDay | None

    @property
    def is_make_up(self) -> bool:
        return self.is_workday and self.note is not None


@router.get("/month", dependencies=[allow(Who.SIGNED_IN)])
def show_month(desk: ReadingDesk) -> Response:
    query = read_ledger_query(desk.session, desk.request)
    first = month_of(desk.request.query_params.get("month", ""), desk.today)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    question = Question(desk.session, query.wanted, desk.visitor.sight, desk.today, desk.house.rules)
    due = list_due_days(question, first, last, most=ENTRIES_A_DAY)
    days = desk.house.calendar(desk.session)
    nearest = None if due else find_nearest_due(question, first, last)
    return desk.page(
        "month/show.html",
        query=query,
        first=first,
        month_text=f"{first:%Y-%m}",
        weekdays=WEEKDAYS,
        weeks=weeks_of(first, due, days, desk.today),
        total=sum(each.total for each in due.values()),
        nearest=[(day, query.link("/month", month=f"{day:%Y-%m}")) for day in nearest.days]
        if nearest
        else [],
        is_published=days.is_published(first.year),
        before=query.link("/month", month=f"{first - timedelta(days=1):%Y-%m}"),
        after=query.link("/month", month=f"{last + timedelta(days=1):%Y-%m}"),
        now=query.link("/month"),
        is_now=first == desk.today.replace(day=1),
        **choices_for(desk, query),
    )


def month_of(text: str, today: date) -> date:
    """The first day of the month that the address names (2024-07, 2024年7月), or else of this one."""
    try:
        first = read_day(f"{text.rstrip('月')}-1")
    except ValueError:
        first = today.replace(day=1)
    return first if _FIRST_YEAR <= first.year <= _LAST_YEAR else today.replace(day=1)


def weeks_of(
    first: date, due: Mapping[date, DueDay], days: WorkCalendar, today: date
) -> Sequence[Sequence[Day]]:
    """The weeks of a month, each from Monday to Sunday."""
    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    return [
        [
            Day(
                day=day,
                weekday=WEEKDAYS[day.weekday()],
                is_inside=day.month == first.month,
                is_today=day == today,
                is_workday=days.is_workday(day),
                note=_note(days, day),
                due=due.get(day),
            )
            for day in week
        ]
        for week in weeks
    ]


def _note(days: WorkCalendar, day: date) -> str | None:
    found = days.find_day(day)
    if found is None:
        return None
    if found.kind is DayKind.WORK:
        return "调休上班"
    return found.name or "放假"
