"""The light of a task in SQL: what the database keeps of it, and the day. It equals `tracker.lights.task_light`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, or_
from sqlmodel import col

from tracker.lights import WORST_FIRST, Light, Measure
from tracker.models import Milestone, Task, TaskLight
from tracker.queries.punctuality import is_on_time
from tracker.rules import OfficeRules
from workflows.milestone import OPEN_MILESTONES, MilestoneState
from workflows.task import STANDING_STILL

# Where a day is ahead or past, something is open: without regard to the day it is green, or was reported late.
_WITH_DAYS = (Light.GREEN.value, Light.YELLOW_BLUE.value)


def owed_on(measure: Measure) -> Any:
    """The first day by which something is still owed, or was; NULL where nothing is owed."""
    return col(TaskLight.pending_on if measure is Measure.SUBMISSION else TaskLight.open_on)


def _settled(measure: Measure) -> Any:
    return col(TaskLight.by_submission if measure is Measure.SUBMISSION else TaskLight.by_acceptance)


def light_column(today: date, rules: OfficeRules) -> ColumnElement[str]:
    """The light on the office day `today`, beside a join of `TaskLight`."""
    owed, settled, horizon = owed_on(rules.measure), _settled(rules.measure), _horizon(today, rules)
    return case(
        (settled == Light.GREY, Light.GREY.value),
        (owed < today, Light.RED.value),
        (owed <= horizon, Light.YELLOW.value),
        else_=func.coalesce(settled, Light.GREY.value),
    )


def light_on(today: date, owed: date | None, settled: Light, rules: OfficeRules) -> Light:
    """The same for values that were read: the first day by which something is owed, and the light without regard to it."""
    if owed is None or settled is Light.GREY or owed > _horizon(today, rules):
        return settled
    return Light.RED if owed < today else Light.YELLOW


def has_light(lights: Collection[Light], today: date, rules: OfficeRules) -> ColumnElement[bool]:
    """The condition of the lights, each by the range of days that the index knows."""
    owed, settled, horizon = owed_on(rules.measure), _settled(rules.measure), _horizon(today, rules)
    found: list[ColumnElement[bool]] = []
    if Light.RED in lights:
        found.append(and_(settled.in_(_WITH_DAYS), owed < today))
    if Light.YELLOW in lights:
        found.append(and_(settled.in_(_WITH_DAYS), owed >= today, owed <= horizon))
    if Light.GREY in lights:
        found.append(settled == Light.GREY)  # no day, or none that counts
    found += [
        and_(settled == light.value, or_(owed.is_(None), owed > horizon))
        for light in WORST_FIRST
        if light in lights and light not in (Light.RED, Light.YELLOW, Light.GREY)
    ]
    return or_(*found) if found else false()


def light_rank(today: date, rules: OfficeRules) -> ColumnElement[int]:
    """The place of a task's light among all, the worst first."""
    return rank_of(light_column(today, rules))


def rank_of(light: Any) -> ColumnElement[int]:
    """The place of a light among all, the worst first."""
    return case({each.value: place for place, each in enumerate(WORST_FIRST)}, value=light)


def milestone_light(today: date, rules: OfficeRules) -> ColumnElement[str]:
    """The light of one milestone, over `Milestone` itself. It equals `tracker.lights.light_of` for what is running."""
    state, due_on = col(Milestone.state), col(Milestone.due_on)
    is_kept = func.coalesce(is_on_time(rules.measure), false())
    met_or_handed_in = [
        (state == MilestoneState.MET, case((is_kept, Light.BLUE.value), else_=Light.YELLOW_BLUE.value))
    ]
    if rules.measure is Measure.SUBMISSION:
        handed_in = and_(state == MilestoneState.REPORTED, col(Milestone.reported_at).is_not(None))
        met_or_handed_in.append(
            (handed_in, case((is_kept, Light.GREEN.value), else_=Light.YELLOW_BLUE.value))
        )
    return case(
        (or_(due_on.is_(None), state == MilestoneState.WAIVED), Light.GREY.value),
        *met_or_handed_in,
        (due_on < today, Light.RED.value),
        (due_on <= _horizon(today, rules), Light.YELLOW.value),
        else_=Light.GREEN.value,
    )


def milestone_light_of_task(today: date, rules: OfficeRules) -> ColumnElement[str]:
    """The same as a task has it, over `Milestone` and `Task`: while it stands still, what is open has no light."""
    is_still = and_(col(Task.state).in_(STANDING_STILL), col(Milestone.state).in_(OPEN_MILESTONES))
    return case((is_still, Light.GREY.value), else_=milestone_light(today, rules))


def _horizon(today: date, rules: OfficeRules) -> date:
    return today + timedelta(days=rules.lights.yellow_within_days)
