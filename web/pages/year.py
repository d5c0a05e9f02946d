"""甘特图: a year with a row for each task and a mark for each milestone, on screen and on A3."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from starlette.responses import Response

from notifications.wording import shortened
from tracker.lights import Light, light_name
from tracker.queries.due_days import YearMark, find_nearest_due, map_marks
from tracker.queries.ledger import list_ledger
from tracker.queries.ledger_conditions import Question
from tracker.queries.ledger_rows import LedgerRow
from web.access import Who, allow
from web.desk import ReadingDesk
from web.ledger_query import read_ledger_query
from web.opening import PageRouter
from web.pages.ledger import choices_for, place_of

router = PageRouter()
ROWS_A_PAGE = 40
WORDS_A_MARK = 40  # in characters
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


@dataclass(frozen=True)
class Mark:
    """A milestone on the line of its task: places in percent of the year."""

    mark: YearMark
    at: float
    since: float | None
    words: str


@dataclass(frozen=True)
class Line:
    """One task and its marks. `words` say to those who do not see the line what is on it."""

    row: LedgerRow
    marks: Sequence[Mark]

    @property
    def words(self) -> str:
        return "；".join(mark.words for mark in self.marks) or "本年没有带时限的节点"


@router.get("/year", dependencies=[allow(Who.SIGNED_IN)])
def show_year(desk: ReadingDesk) -> Response:
    query = read_ledger_query(desk.session, desk.request)
    year = year_of(desk.request.query_params.get("year", ""), desk.today)
    page = list_ledger(
        desk.session,
        replace(query.wanted, due_from=date(year, 1, 1), due_to=date(year, 12, 31)),
        sight=desk.visitor.sight,
        today=desk.today,
        rules=desk.house.rules,
        page=query.page,
        per_page=ROWS_A_PAGE,
        sort=query.sort,
    )
    marks = map_marks(
        desk.session,
        [row.id for row in page.rows],
        year=year,
        today=desk.today,
        rules=desk.house.rules,
    )
    lines = [Line(row, [_mark(each, year) for each in marks.get(row.id, ())]) for row in page.rows]
    question = Question(desk.session, query.wanted, desk.visitor.sight, desk.today, desk.house.rules)
    nearest = None if lines else find_nearest_due(question, date(year, 1, 1), date(year, 12, 31))
    return desk.page(
        "year/show.html",
        query=query,
        year=year,
        page=page,
        place=place_of(page),
        nearest=[(day, query.link("/year", year=day.year)) for day in nearest.days] if nearest else [],
        lines=lines,
        has_backfilled=any(mark.mark.is_backfilled for line in lines for mark in line.marks),
        has_grey=any(mark.mark.light is Light.GREY for line in lines for mark in line.marks),
        today_at=percent_of(desk.today, year) if desk.today.year == year else None,
        **choices_for(desk, query),
    )


def year_of(text: str, today: date) -> int:
    """The year that the address names, or else this one."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else today.year
    return year if _FIRST_YEAR <= year <= _LAST_YEAR else today.year


def percent_of(day: date, year: int) -> float:
    """Where the middle of a day is in the year, in percent, every month being a twelfth; days of other years are at its ends."""
    if day.year != year:
        return 0.0 if day.year < year else 100.0
    in_month = (day.day - 0.5) / monthrange(year, day.month)[1]
    return round((day.month - 1 + in_month) / 12 * 100, 2)


def _mark(mark: YearMark, year: int) -> Mark:
    day = f"{mark.due_on.month}月{mark.due_on.day}日"
    since = percent_of(mark.start_on, year) if mark.start_on and mark.start_on < mark.due_on else None
    return Mark(
        mark,
        percent_of(mark.due_on, year),
        since,
        f"{day}{light_name(mark.light, is_backfilled=mark.is_backfilled)}，{shortened(mark.text, WORDS_A_MARK)}",
    )
