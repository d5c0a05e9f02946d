"""The published calendar as `chinesecalendar` carries it: the seed of our own table, published years only."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from chinese_calendar import constants

from tracker.calendar.days import CalendarDay, DayKind, WorkCalendar
from tracker.calendar.festivals import FESTIVALS

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}
# 全国年节及纪念日放假办法: how many days each holiday has, before and since 2025.
_STATUTORY_DAYS = {"元旦": 1, "春节": 3, "清明节": 1, "劳动节": 1, "端午节": 1, "中秋节": 1, "国庆节": 3}
_MORE_SINCE_2025 = {"劳动节": 1, "除夕": 1}


def list_published_days() -> list[CalendarDay]:
    """Every day that the State Council's notices changed, in order, with what it is and whose it is."""
    rows = [CalendarDay(day, _off_kind(day), _name(raw)) for day, raw in constants.holidays.items()]
    rows += [CalendarDay(day, DayKind.WORK, _name(raw)) for day, raw in constants.workdays.items()]
    return sorted(rows)


@lru_cache(maxsize=1)
def load_published_calendar() -> WorkCalendar:
    return WorkCalendar.from_rows(list_published_days())


def _name(raw: str) -> str:
    return _NAMES.get(raw, raw)


def _off_kind(day: date) -> DayKind:
    return DayKind.STATUTORY if day in _statutory_days(day.year) else DayKind.REST


@lru_cache(maxsize=64)
def _statutory_days(year: int) -> frozenset[date]:
    counts = dict(_STATUTORY_DAYS)
    if year >= 2025:
        for name, more in _MORE_SINCE_2025.items():
            counts[name] = counts.get(name, 0) + more
    days: set[date] = set()
    for name, count in counts.items():
        first = FESTIVALS[name].on(year)
        days.update(date.fromordinal(first.toordinal() + number) for number in range(count))
    return frozenset(days)
