"""When each stage of reminding falls due. Dates in, decisions out.

A stage is owed *since* its day and not on it only: a day on which no round ran is made up for by the next one,
with the most urgent stage that has come due, never with several. Days off are never answered: a reminder before
the due day moves to the working day before, one after it waits for the next working day.

A duty that repeats is reminded of one occurrence after another: `opens_on` is the first day on which an occurrence
may be reminded of, the day after the one before it was due. None for a date that stands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from notifications.policy import ReminderRule, Repeat
from tracker.calendar import WorkCalendar

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
# A week's step that falls into a holiday moves back, so that a later step may lie on an earlier day.
_HOLIDAY_WEEKS = 3


@dataclass(frozen=True)
class Occurrence:
    """A rule, and the working day on which it fell due."""

    rule: ReminderRule
    on: date

    @property
    def key(self) -> str:
        """The rule's part of a notice's key: its name, and the day where it repeats."""
        return self.rule.name if self.rule.repeat is Repeat.ONCE else f"{self.rule.name}:{self.on}"


def owed(
    due_on: date,
    rules: Sequence[ReminderRule],
    *,
    today: date,
    calendar: WorkCalendar,
    opens_on: date | None = None,
) -> list[Occurrence]:
    """The newest occurrence of each rule that has come due, the most urgent first.

    Each person is told the first one that names him, unless it was told before: a notice's key says so.
    Empty on a day off.
    """
    if not calendar.is_workday(today):
        return []
    span = _Span(due_on, opens_on, calendar)
    found = [Occurrence(rule, day) for rule in rules if (day := _latest(rule, span, today))]
    return sorted(found, key=lambda each: (each.on, each.rule.urgency), reverse=True)


def next_look(
    due_on: date,
    rules: Sequence[ReminderRule],
    *,
    after: date,
    calendar: WorkCalendar,
    opens_on: date | None = None,
) -> date | None:
    """The next working day after `after` on which any rule falls due; None when none does any more."""
    span = _Span(due_on, opens_on, calendar)
    days = (_next(rule, span, after) for rule in rules)
    return min((day for day in days if day), default=None)


def planned_days(
    due_on: date,
    rules: Sequence[ReminderRule],
    *,
    start: date,
    end: date,
    calendar: WorkCalendar,
    opens_on: date | None = None,
) -> Iterator[Occurrence]:
    """Every occurrence from `start` to `end` in order, as if a round ran on each day and nobody ever acted.

    Of the stages that fall on one day the most urgent comes first.
    """
    day = next_look(due_on, rules, after=start - _DAY, calendar=calendar, opens_on=opens_on)
    while day and day <= end:
        today = owed(due_on, rules, today=day, calendar=calendar, opens_on=opens_on)
        yield from (each for each in today if each.on == day)
        day = next_look(due_on, rules, after=day, calendar=calendar, opens_on=opens_on)


def workdays_over(due_on: date, today: date, calendar: WorkCalendar) -> int:
    """Working days past the due day; 0 while it is not past."""
    return max(0, calendar.workdays_between(due_on, today))


@dataclass(frozen=True)
class _Span:
    """What the days of all rules are counted from."""

    due_on: date
    opens_on: date | None
    calendar: WorkCalendar

    def day_before(self, days: int) -> date | None:
        """The working day of the stage that many days before the due day; None where the occurrence is not yet open.

        Days off may reach back beyond the opening. Then the last working day before the due day tells of it all
        the same: nobody learns after a long holiday that something is due today.
        """
        own = self.due_on - days * _DAY
        day = self.calendar.previous_workday_on_or_before(own)
        if self.opens_on is None or day >= self.opens_on:
            return day
        is_last = day == self.calendar.previous_workday_on_or_before(self.due_on - _DAY)
        return day if own >= self.opens_on and is_last else None


def _latest(rule: ReminderRule, span: _Span, today: date) -> date | None:
    due_on, calendar = span.due_on, span.calendar
    if rule.days_before is not None:
        day = span.day_before(rule.days_before)
        return day if day and day <= today <= due_on else None
    first = _first_over(rule, due_on, calendar)
    if first > today:
        return None
    if rule.repeat is Repeat.WORKDAY:
        return calendar.previous_workday_on_or_before(today)
    if rule.repeat is Repeat.ONCE:
        return first
    steps = (today - first).days // 7 + _HOLIDAY_WEEKS
    days = (_week(first, step, calendar) for step in range(steps, -1, -1))
    return next((day for day in days if day <= today), first)


def _next(rule: ReminderRule, span: _Span, after: date) -> date | None:
    calendar = span.calendar
    if rule.days_before is not None:
        day = span.day_before(rule.days_before)
        return day if day and day > after else None
    first = _first_over(rule, span.due_on, calendar)
    if first > after:
        return first
    if rule.repeat is Repeat.WORKDAY:
        return calendar.next_workday_on_or_after(after + _DAY)
    if rule.repeat is Repeat.ONCE:
        return None
    step = (after - first).days // 7
    while (day := _week(first, step, calendar)) <= after:
        step += 1
    return day


def _week(first: date, step: int, calendar: WorkCalendar) -> date:
    """The step's working day; the first one stands where it is."""
    return max(first, calendar.previous_workday_on_or_before(first + step * _WEEK))


def _first_over(rule: ReminderRule, due_on: date, calendar: WorkCalendar) -> date:
    assert rule.workdays_over is not None
    return calendar.add_workdays(due_on, rule.workdays_over)[0]
