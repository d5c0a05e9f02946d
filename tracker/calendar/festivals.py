"""On which day a festival falls: fixed days of the year, days of the lunar calendar, and 清明.

The lunar days come from `lunardate` (tables 1900-2099), 清明 from the solar terms; nothing here is a fixed guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chinese_calendar import get_solar_terms
from lunardate import LunarDate


@dataclass(frozen=True)
class Festival:
    """A festival by its name. `month` and `day` are lunar where `is_lunar`, and None for 清明."""

    name: str
    month: int | None = None
    day: int | None = None
    is_lunar: bool = False

    @property
    def is_fixed(self) -> bool:
        """True where the festival falls on the same day of every solar year."""
        return self.month is not None and not self.is_lunar

    def on(self, year: int) -> date:
        """The day of the festival that falls into the solar year `year` (1901-2099)."""
        if self.month is None or self.day is None:
            return _find_qingming(year)
        if not self.is_lunar:
            return date(year, self.month, self.day)
        if self.name == "除夕":
            return _find_lunar_day(year, 1, 1) - timedelta(days=1)
        # the twelfth lunar month mostly falls into the next solar year
        lunar_year = year - 1 if self.month == 12 else year
        return _find_lunar_day(lunar_year, self.month, self.day)


def _find_lunar_day(lunar_year: int, month: int, day: int) -> date:
    found = LunarDate(lunar_year, month, day).to_solar_date()
    return date(found.year, found.month, found.day)


def _find_qingming(year: int) -> date:
    terms = get_solar_terms(date(year, 4, 1), date(year, 4, 10))
    days: list[date] = [day for day, name in terms if name == "清明"]
    return days[0]


_FIXED = {
    "元旦": (1, 1),
    "妇女节": (3, 8),
    "植树节": (3, 12),
    "劳动节": (5, 1),
    "青年节": (5, 4),
    "儿童节": (6, 1),
    "环境日": (6, 5),
    "建党节": (7, 1),
    "建军节": (8, 1),
    "教师节": (9, 10),
    "国庆节": (10, 1),
    "消防日": (11, 9),
    "宪法日": (12, 4),
}
_LUNAR = {
    "春节": (1, 1),
    "元宵节": (1, 15),
    "端午节": (5, 5),
    "中秋节": (8, 15),
    "重阳节": (9, 9),
    "腊八节": (12, 8),
    "小年": (12, 23),
    "除夕": (12, 30),
}
FESTIVALS: dict[str, Festival] = {
    "清明节": Festival("清明节"),
    **{name: Festival(name, *day) for name, day in _FIXED.items()},
    **{name: Festival(name, *day, is_lunar=True) for name, day in _LUNAR.items()},
}


def find_festival(name: str) -> Festival | None:
    """The festival known by `name`, with or without 节."""
    return FESTIVALS.get(name) or FESTIVALS.get(name + "节")
