"""The figures of one week: the register taken back to the week's end, counted and listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_moment
from tracker.errors import ValueRefused
from tracker.figures import listing
from tracker.figures.counting import Count, count_by_unit, sum_up
from tracker.figures.register import Register, load_register
from tracker.figures.scopes import Scope, selection_of
from tracker.figures.trend import list_trend
from tracker.figures.values import LightCounts, Tally, TaskWords, UnitRow, WeeklyFigures
from tracker.figures.weeks import Cut, IsoWeek
from tracker.queries.weekly import (
    list_deducted_points,
    list_people_of,
    list_unacknowledged,
    list_unit_names,
)
from tracker.rules import OfficeRules
from workflows.roles import Role

NO_UNIT = "未明确部门"
STANDING_SILENT_DAYS = 30


class _Words(dict[int, TaskWords]):
    """What rows call a task. Asked for a task, it remembers to ask for its people later."""

    def __init__(self, register: Register, units: Mapping[int, str]) -> None:
        super().__init__()
        self._register = register
        self._units = units

    def __missing__(self, task_id: int) -> TaskWords:
        task = self._register.tasks[task_id]
        unit = NO_UNIT if task.unit_id is None else self._units[task.unit_id]
        self[task_id] = words = TaskWords(task_id, task.number, task.title, unit)
        return words

    def add_people(self, session: Session) -> None:
        names: dict[tuple[int, Role], list[str]] = {}
        for task_id, role, name in list_people_of(session, self.keys()):
            names.setdefault((task_id, role), []).append(name)
        for task_id, words in self.items():
            self[task_id] = replace(
                words,
                owners="、".join(names.get((task_id, Role.OWNER), ())),
                expediters="、".join(names.get((task_id, Role.EXPEDITER), ())),
                leaders="、".join(names.get((task_id, Role.LEADER), ())),
            )


def weekly_figures(
    session: Session,
    *,
    week: IsoWeek,
    scope: Scope,
    at: datetime,
    rules: OfficeRules,
    calendar: WorkCalendar,
    standing_silent_days: int = STANDING_SILENT_DAYS,
) -> WeeklyFigures:
    """The figures of `week` as they stood at its end; of a week that still runs, as they stand at `at`.

    Scopes: a leader's tasks are those that are his now; a unit's are those that it or one below it leads (牵头).
    Raises ValueRefused for a week that has not begun.
    """
    if at < office_moment(week.monday, 0):
        raise ValueRefused(f"{week.year}年第{week.number}周还没有开始，不能生成通报。")
    cut = Cut.of(week, at)
    wanted = selection_of(session, scope)
    register = load_register(session, wanted, week=week, cut=cut, rules=rules)
    register.rewind(cut)
    deductions = list_deducted_points(session)
    units = list_unit_names(session)
    words = _Words(register, units)
    view = listing.View(register, week, cut, rules, calendar, words)
    counts = count_by_unit(register, week, cut, measure=rules.measure, deducted=_deducted(deductions, cut))
    lights = listing.count_lights(view)
    rows = _list_rows(session, view, words, standing_silent_days)
    totals = sum_up(counts)
    previous = _previous(register, week, rules, deductions)  # takes the register back: nothing reads it after
    return WeeklyFigures(
        week=str(week),
        starts_on=week.monday,
        ends_on=week.sunday,
        until=cut.until,
        today=cut.today,
        scope=scope.key,
        scope_label=scope.label,
        measure=rules.measure,
        standing_silent_days=standing_silent_days,
        totals=totals,
        previous=previous,
        lights=listing.add_lights(lights.values()),
        units=_unit_rows(counts, lights, units),
        trend=list_trend(session, wanted, week, measure=rules.measure, previous=previous, totals=totals),
        **rows,
    )


def _list_rows(
    session: Session, view: listing.View, words: _Words, standing_silent_days: int
) -> dict[str, Any]:
    rows: dict[str, tuple[Any, ...]] = {
        "overdue": tuple(listing.list_overdue(view)),
        "finished": tuple(listing.list_finished(view)),
        "upcoming": tuple(listing.list_upcoming(view)),
        "standing": tuple(listing.list_standing(view, session, silent_days=standing_silent_days)),
        "extensions": tuple(listing.list_extensions(view)),
        "instructions": tuple(listing.list_instructions(view, list_unacknowledged(session, view.cut.until))),
        "unaccepted": tuple(listing.list_unaccepted(view)),
    }
    words.add_people(session)
    return {
        name: tuple(replace(row, task=words[row.task.task_id]) for row in listed)
        for name, listed in rows.items()
    }


def _previous(register: Register, week: IsoWeek, rules: OfficeRules, deductions: Sequence[Any]) -> Tally:
    before = week.shift(-1)
    cut = Cut(office_moment(week.monday, 0), week.monday)
    register.rewind(cut)
    deducted = _deducted(deductions, cut)
    return sum_up(count_by_unit(register, before, cut, measure=rules.measure, deducted=deducted))


def _deducted(rows: Iterable[Any], cut: Cut) -> dict[int, float]:
    """Points on record at the cut, by task."""
    found: dict[int, float] = {}
    for task_id, recorded_at, points in rows:
        if cut.has_happened(recorded_at):
            found[task_id] = found.get(task_id, 0.0) + points
    return found


def _unit_rows(
    counts: Mapping[int | None, Count], lights: Mapping[int | None, LightCounts], units: Mapping[int, str]
) -> tuple[UnitRow, ...]:
    """In the order of the units' ids, tasks without a unit last."""
    ordered = sorted(counts, key=lambda unit_id: (unit_id is None, unit_id))
    return tuple(
        UnitRow(
            unit_id,
            NO_UNIT if unit_id is None else units[unit_id],
            counts[unit_id].freeze(),
            lights.get(unit_id, LightCounts()),
        )
        for unit_id in ordered
    )
