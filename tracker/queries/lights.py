"""The light of a task in SQL: what the database keeps of it, and the day. It equals `tracker.lights.task_light`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_
from sqlmodel import col

from tracker.lights import WORST_FIRST, Light, Measure
from tracker.models import TaskLight
from tracker.rules import OfficeRules

# Where a day is ahead or past, something is open: without regard to the day it is green, or was reported late.
_WITH_DAYS = (Light.GREEN.value, Light.YELLOW_BLUE.value)


def owed_on(measure: Measure) -> Any:
    """The first day by which something is still owed, or was; NULL where nothing is owed."""
    return col(TaskLight.pending_on if measure is Measure.SUBMISSION else TaskLight.open_on)


def _settled(measure: Measure) -> Any:
    return col(TaskLight.by_submission if measure is Measure.SUBMISSION else TaskLight.by_acceptance)


def light_column(today: date, rules: OfficeRules) -> ColumnElement[str]:
    """The light on the office day `today`, beside a join of `TaskLight`."""
    owed, horizon = owed_on(rules.measure), _horizon(today, rules)
    return case(
        (owed < today, Light.RED.value),
        (owed <= horizon, Light.YELLOW.value),
        else_=func.coalesce(_settled(rules.measure), Light.GREY.value),
    )


def has_light(lights: Collection[Light], today: date, rules: OfficeRules) -> ColumnElement[bool]:
    """The condition of the lights, each by the range of days that the index knows."""
    owed, settled, horizon = owed_on(rules.measure), _settled(rules.measure), _horizon(today, rules)
    found: list[ColumnElement[bool]] = []
    if Light.RED in lights:
        found.append(and_(settled.in_(_WITH_DAYS), owed < today))
    if Light.YELLOW in lights:
        found.append(and_(settled.in_(_WITH_DAYS), owed >= today, owed <= horizon))
    found += [
        and_(settled == light.value, or_(owed.is_(None), owed > horizon))
        for light in WORST_FIRST
        if light in lights and light not in (Light.RED, Light.YELLOW)
    ]
    return or_(*found) if found else false()


def light_rank(today: date, rules: OfficeRules) -> ColumnElement[int]:
    """The place of a light among all, the worst first."""
    light = light_column(today, rules)
    return case({each.value: place for place, each in enumerate(WORST_FIRST)}, value=light)


def is_not_overdue(today: date, measure: Measure) -> ColumnElement[bool]:
    """That nothing is owed from before `today`."""
    return not_(func.coalesce(owed_on(measure) < today, false()))


def _horizon(today: date, rules: OfficeRules) -> date:
    return today + timedelta(days=rules.lights.yellow_within_days)
