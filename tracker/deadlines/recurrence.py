"""Recurrence rules (RFC 5545): how the office's periods are written, and which days they fall on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

QUARTER_ENDS = (3, 6, 9, 12)
HALF_YEAR_ENDS = (6, 12)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKING_WEEKDAYS = WEEKDAYS[:5]
LAST_DAY = -1


def monthly(days: Sequence[int], interval: int = 1) -> list[str]:
    """Rules for days of every month, in the order given; a day that a month lacks means its last day."""
    head = "FREQ=MONTHLY" + (f";INTERVAL={interval}" if interval > 1 else "")
    return [f"{head};{part}" for part in _day_parts(days)]


def yearly(months: Sequence[int], day: int) -> str:
    """The rule for one day of certain months of every year."""
    held = sorted(set(months))
    if all(day >= _longest(month) for month in held):
        part = f"BYMONTHDAY={day if len(held) == 1 and day > 0 and day == _shortest(held[0]) else LAST_DAY}"
    else:
        part = _day_parts([day], shortest=min(map(_shortest, held)))[0]
    return f"FREQ=YEARLY;BYMONTH={','.join(map(str, held))};{part}"


def weekly(days: Sequence[int], interval: int = 1) -> str:
    """The rule for weekdays (0 is Monday) of every week."""
    head = "FREQ=WEEKLY" + (f";INTERVAL={interval}" if interval > 1 else "")
    return f"{head};BYDAY={','.join(WEEKDAYS[day] for day in sorted(set(days)))}"


def daily(interval: int = 1) -> str:
    return "FREQ=DAILY" + (f";INTERVAL={interval}" if interval > 1 else "")


def monthly_workday(position: int) -> str:
    """The rule for the n-th (or, negative, n-th last) weekday Monday to Friday of every month."""
    return f"FREQ=MONTHLY;BYDAY={','.join(WORKING_WEEKDAYS)};BYSETPOS={position}"


def months_of(rule: str) -> tuple[int, ...]:
    """The months that a rule for days of months may fall in; none for a rule of weeks or days."""
    named = re.search(r"BYMONTH=([0-9,]+)", rule)
    if named is not None:
        return tuple(map(int, named[1].split(",")))
    return tuple(range(1, 13)) if rule.startswith("FREQ=MONTHLY;BY") else ()


def in_months(rule: str, months: Sequence[int]) -> str:
    """The same rule, in these months only; for one that names no months itself."""
    frequency, *parts = rule.split(";")
    return ";".join([frequency, f"BYMONTH={','.join(map(str, sorted(months)))}", *parts])


def without_month(rule: str, month: int) -> str:
    """The same rule for its other months; `month` is one of several."""
    return in_months(re.sub(r"BYMONTH=[0-9,]+;", "", rule), [one for one in months_of(rule) if one != month])


def occurrences(rule: str, start: date, end: date) -> list[date]:
    """The days of `rule` from `start` to `end`, both included, in order."""
    first = datetime.combine(start, time.min)
    last = datetime.combine(end, time.max)
    moments = rrulestr(rule, dtstart=first).between(first, last, inc=True)
    return [moment.date() for moment in moments]


def _longest(month: int) -> int:
    return 29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31


def _shortest(month: int) -> int:
    return 28 if month == 2 else _longest(month)


def _day_parts(days: Sequence[int], shortest: int = 28) -> list[str]:
    """BYMONTHDAY parts; days that some month lacks cannot share a rule with others."""
    safe = [day for day in days if day <= shortest]
    parts: list[str] = []
    for day in days:
        if day == 31:
            parts.append(f"BYMONTHDAY={LAST_DAY}")
        elif day > shortest:
            choices = ",".join(str(choice) for choice in range(shortest, day + 1))
            parts.append(f"BYMONTHDAY={choices};BYSETPOS=-1")
        elif day == safe[0]:
            parts.append(f"BYMONTHDAY={','.join(map(str, safe))}")
    return parts
