"""Who acts in the figures, and when: fixed values."""

from __future__ import annotations

from datetime import UTC, date, datetime

from benchmarks.registers import LEADERS, PEOPLE
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor

TODAY = date(2024, 6, 3)  # a Monday
AT = datetime(2024, 6, 3, 1, 0, tzinfo=UTC)  # nine in the morning at the office
RULES = OfficeRules()


def owner_of(task_id: int) -> Actor:
    return _person(LEADERS + 1 + task_id % (PEOPLE - LEADERS - 1))


def expediter_of(task_id: int) -> Actor:
    return _person(LEADERS + 1 + (task_id + 1) % (PEOPLE - LEADERS - 1))


def leader_of(task_id: int) -> Actor:
    return _person(1 + task_id % LEADERS)


def _person(person_id: int) -> Actor:
    return Actor(person_id, f"测试{person_id}")
