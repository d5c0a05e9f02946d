"""The figures of a week for the pages that show them: as the register says now, kept until something happens."""

from __future__ import annotations

from typing import Any

from notifications.reports import take_snapshot
from tracker.figures import IsoWeek, Scope, WeeklyFigures, weekly_figures
from tracker.queries.trail import newest_event_id
from web.asking import Asked


def figures_of(desk: Asked, week: IsoWeek, scope: Scope) -> WeeklyFigures:
    """Raises ValueRefused for a week that has not begun.

    Nothing of it changes without an event on record, but by a day going by.
    """
    key = (newest_event_id(desk.session), desk.today, week, scope)
    figures: WeeklyFigures = desk.request.app.state.figures.get(key, lambda: _count(desk, week, scope))
    return figures


def snapshot_of(desk: Asked, week: IsoWeek, scope: Scope) -> dict[str, Any]:
    """The figures as they are sent and drawn."""
    return take_snapshot(figures_of(desk, week, scope), made_at=desk.at, console_url=desk.house.console_url)


def _count(desk: Asked, week: IsoWeek, scope: Scope) -> WeeklyFigures:
    return weekly_figures(
        desk.session,
        week=week,
        scope=scope,
        at=desk.at,
        rules=desk.house.rules,
        calendar=desk.house.calendar(desk.session),
        standing_silent_days=desk.house.standing_silent_days,
    )
