"""The last twelve weeks at a glance.

The two newest points are those of the full count. The older ones come from the dates that the register holds now:
what was sent back, suspended or extended since is not taken back there, and a report says so.
"""

from __future__ import annotations

from sqlmodel import Session

from tracker.clock import office_moment
from tracker.figures.values import Ratio, Tally, TrendPoint
from tracker.figures.weeks import IsoWeek
from tracker.lights import Measure
from tracker.queries.trends import count_by_week
from tracker.queries.weekly import TaskSelection

WEEKS = 12


def list_trend(
    session: Session,
    wanted: TaskSelection,
    week: IsoWeek,
    *,
    measure: Measure,
    previous: Tally,
    totals: Tally,
) -> tuple[TrendPoint, ...]:
    """Twelve points up to `week`, the oldest first; `previous` and `totals` are the full counts of the last two."""
    older = [week.shift(weeks) for weeks in range(1 - WEEKS, -1)]
    ends = [(shown.shift(1).monday, office_moment(shown.shift(1).monday, 0)) for shown in older]
    points = [
        TrendPoint(str(shown), shown.sunday, Ratio(closed, issued), Ratio(on_time, due), overdue)
        for shown, (issued, closed, due, on_time, overdue) in zip(
            older, count_by_week(session, wanted, ends, measure), strict=True
        )
    ]
    return (*points, _point(week.shift(-1), previous), _point(week, totals))


def _point(week: IsoWeek, tally: Tally) -> TrendPoint:
    return TrendPoint(str(week), week.sunday, tally.completion, tally.on_time, tally.overdue_milestones)
