"""When a period that runs from an event ends (民法典 200-203)."""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from tracker.calendar import WorkCalendar
from tracker.deadlines.values import Offset, OffsetUnit


def resolve_offset(offset: Offset, event_on: date, calendar: WorkCalendar) -> tuple[date, bool]:
    """The last day of the period `offset` that starts with an event on `event_on`, and whether it is provisional.

    The first day is not counted (201); months and years end on the same day of the month, else on its last
    (202); a period that ends on a day off ends on the next working day (203). A negative offset counts back
    from the event and is not moved. Provisional: a year that decides the day is not yet published.
    """
    if offset.unit is OffsetUnit.WORKDAY:
        return calendar.add_workdays(event_on, offset.count)
    end = event_on + _span_of(offset)
    if offset.count < 0:
        return end, False
    due = calendar.next_workday_on_or_after(end)
    return due, not (calendar.is_published(end.year) and calendar.is_published(due.year))


def _span_of(offset: Offset) -> timedelta | relativedelta:
    if offset.unit is OffsetUnit.DAY:
        return timedelta(days=offset.count)
    if offset.unit is OffsetUnit.MONTH:
        return relativedelta(months=offset.count)
    return relativedelta(years=offset.count)
