"""A rehearsal at a glance: a page with a calendar of how many notices fall on each day, drawn here as SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from notifications.rehearsal import RehearsedNotice
from notifications.rendering import render_page
from notifications.wording import day_words
from tracker.calendar import WorkCalendar

# From few to many, readable in print; the text on the darker two is white.
SHADES = ("#e3edf9", "#b9d3f0", "#7fadde", "#3f7cc0", "#1b4f8f")
_LIGHT_TEXT_FROM = 3
_NOTHING = "#ffffff"
_DAY_OFF = "#eceff3"
_CELL = 44


@dataclass(frozen=True)
class Cell:
    """One day of the calendar; `x` and `y` in pixels of its month. `shade` is its place in SHADES, None for no notice."""

    x: int
    y: int
    day: int
    count: int
    fill: str
    ink: str
    words: str
    shade: int | None = None
    is_day_off: bool = False


@dataclass(frozen=True)
class Month:
    title: str
    height: int
    cells: tuple[Cell, ...]


def heat_map_page(
    notices: Sequence[RehearsedNotice], *, start: date, end: date, calendar: WorkCalendar
) -> str:
    """The HTML page: months with a shade a day, what each person would get, and the busiest days."""
    counts = count_by_day(notices)
    most = max(counts.values(), default=0)
    people = Counter(notice.person for notice in notices)
    days = {(notice.day, notice.person_id) for notice in notices}
    context = {
        "start": start,
        "end": end,
        "total": len(notices),
        "letters": len(days),
        "cell": _CELL,
        "months": list_months(counts, start=start, end=end, calendar=calendar),
        "legend": [(shade, legend_of(place, most)) for place, shade in enumerate(SHADES)],
        "day_off": _DAY_OFF,
        "people": sorted(people.items(), key=lambda each: (-each[1], each[0])),
        "busiest": [(day_words(day, start), count) for day, count in counts.most_common(10)],
    }
    return render_page("rehearsal.html", context)


def count_by_day(notices: Sequence[RehearsedNotice]) -> Counter[date]:
    """How many notices fall on each day."""
    return Counter(notice.day for notice in notices)


def list_months(counts: Counter[date], *, start: date, end: date, calendar: WorkCalendar) -> list[Month]:
    """The calendar, month by month, with the days from `start` to `end`."""
    most = max(counts.values(), default=0)
    return [_month(first, start, end, counts, most, calendar) for first in _months(start, end)]


def shade_of(count: int, most: int) -> int:
    """The place in SHADES of a count, in equal steps up to the greatest one."""
    return min(len(SHADES) - 1, (count - 1) * len(SHADES) // max(most, 1))


def _month(
    first: date, start: date, end: date, counts: Counter[date], most: int, calendar: WorkCalendar
) -> Month:
    cells = tuple(
        _cell(day, first, counts[day], most, calendar) for day in _days(first) if start <= day <= end
    )
    weeks = max((cell.y for cell in cells), default=0) // _CELL + 1
    return Month(f"{first.year}年{first.month}月", weeks * _CELL, cells)


def _cell(day: date, first: date, count: int, most: int, calendar: WorkCalendar) -> Cell:
    place = first.weekday() + day.day - 1
    is_day_off = not calendar.is_workday(day)
    fill, ink = (_DAY_OFF if is_day_off else _NOTHING), "#4a5564"
    shade = shade_of(count, most) if count else None
    if shade is not None:
        fill, ink = SHADES[shade], "#ffffff" if shade >= _LIGHT_TEXT_FROM else "#12253f"
    words = f"{day_words(day, day)}：{f'{count}条提醒' if count else '没有提醒'}"
    return Cell(place % 7 * _CELL, place // 7 * _CELL, day.day, count, fill, ink, words, shade, is_day_off)


def legend_of(place: int, most: int) -> str:
    """The counts that a shade stands for; empty where no count has it."""
    found = [count for count in range(1, most + 1) if shade_of(count, most) == place]
    if not found:
        return ""
    return str(found[0]) if len(found) == 1 else f"{found[0]}–{found[-1]}"


def _months(start: date, end: date) -> Iterator[date]:
    month = start.replace(day=1)
    while month <= end:
        yield month
        month = (month + timedelta(days=31)).replace(day=1)


def _days(first: date) -> Iterator[date]:
    day = first
    while day.month == first.month:
        yield day
        day += timedelta(days=1)
