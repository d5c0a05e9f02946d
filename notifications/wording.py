"""Days and moments as an office writes them."""

from __future__ import annotations

from datetime import date, datetime

from tracker.clock import OFFICE_ZONE

_WEEKDAYS = "一二三四五六日"


def day_words(day: date, today: date) -> str:
    """5月31日（周五）; with its year where that is not this one."""
    year = "" if day.year == today.year else f"{day.year}年"
    return f"{year}{day.month}月{day.day}日（周{_WEEKDAYS[day.weekday()]}）"


def moment_words(moment: datetime) -> str:
    """7月3日 10:20, at the office."""
    local = moment.astimezone(OFFICE_ZONE)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


def left_words(due_on: date, today: date) -> str:
    """How far a due day is: 还有3天, 明天到期, 今天到期, 逾期5天. Calendar days."""
    days = (due_on - today).days
    match days:
        case 0:
            return "今天到期"
        case 1:
            return "明天到期"
        case _:
            return f"还有{days}天" if days > 0 else f"逾期{-days}天"


def shortened(text: str, limit: int) -> str:
    """The text in one line of at most `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"
