"""The shipped reminder rules, hours and calendar, for tests that need them as an office has them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from notifications.office_hours import OfficeHours
from notifications.policy import ReminderPolicy
from tracker.calendar import WorkCalendar, load_published_calendar

CONFIG = Path(__file__).resolve().parents[1] / "config"


def shipped(name: str) -> dict[str, Any]:
    return tomllib.loads((CONFIG / name).read_text(encoding="utf-8"))


@cache
def shipped_policy() -> ReminderPolicy:
    return ReminderPolicy.from_mapping(shipped("reminders.toml"))


@cache
def shipped_hours() -> OfficeHours:
    return OfficeHours.from_mapping(shipped("office_hours.toml"))


@cache
def published_calendar() -> WorkCalendar:
    return load_published_calendar()
