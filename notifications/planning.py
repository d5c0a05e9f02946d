"""The planned reminders: what is owed on a day to whom, written as notices and never twice.

Reads only milestones whose `look_on` has come, however large the register is, and moves that day on. A list that
serves several tasks is owed as long as one of them is under way, by the people of those that are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from notifications.audience import Audience, gather_audiences
from notifications.noticing import NoticeRow, write_notices
from notifications.office_hours import OfficeHours
from notifications.policy import Recipient, ReminderPolicy, ReminderRule
from notifications.recipients import Named, holders, named_by
from notifications.schedule import Occurrence, next_look, owed
from tracker.calendar import WorkCalendar
from tracker.queries.parts import Parts, map_parts
from tracker.queries.reminding import (
    WatchedMilestone,
    list_unaccepted_tasks,
    list_unacknowledged_instructions,
    list_watched_milestones,
    map_openings,
)
from tracker.services.look_days import set_look_days
from workflows.milestone import OPEN_MILESTONES

CHUNK = 5000
_FACTS: dict[tuple[Recipient, bool], dict[str, Any]] = {
    (recipient, is_copy): {"role": recipient.value} | ({"copy": True} if is_copy else {})
    for recipient in Recipient
    for is_copy in (False, True)
}


@dataclass(frozen=True)
class Day:
    """One office day of planning. `told` asks for those who have had their digest of the day, where it matters."""

    today: date
    at: datetime
    policy: ReminderPolicy
    hours: OfficeHours
    calendar: WorkCalendar
    told: Callable[[], frozenset[int]] = frozenset
    _decisions: dict[tuple[date, date | None], tuple[list[Occurrence], date | None]] = field(
        default_factory=dict
    )

    def decide(self, due_on: date, opens_on: date | None = None) -> tuple[list[Occurrence], date | None]:
        """What is owed for a due day, and when to look again; the same for every milestone of that day.

        `opens_on` is the first day on which an occurrence of a recurring duty may be reminded of.
        """
        found = self._decisions.get((due_on, opens_on))
        if found is None:
            rules, calendar = self.policy.milestone, self.calendar
            found = self._decisions[due_on, opens_on] = (
                _telling(owed(due_on, rules, today=self.today, calendar=calendar, opens_on=opens_on)),
                next_look(due_on, rules, after=self.today, calendar=calendar, opens_on=opens_on),
            )
        return found

    @property
    def next_workday(self) -> date:
        return self.calendar.add_workdays(self.today, 1)[0]


def plan_milestones(session: Session, day: Day) -> int:
    """Write what is owed for every milestone to be looked at by the day; returns how many were looked at.

    The caller holds the round's lock and commits.
    """
    looked = 0
    while milestones := list_watched_milestones(session, today=day.today, most=CHUNK):
        _plan(session, day, milestones)
        looked += len(milestones)
    return looked


def plan_acceptances(session: Session, day: Day) -> None:
    """Write what is owed for tasks that nobody has accepted within their limit (签收)."""
    late = list_unaccepted_tasks(session, today=day.today)
    parts = map_parts(session, {task.task_id: task.campaign_id for task in late})
    rows: list[NoticeRow] = []
    for task in late:
        found = owed(task.accept_by_on, day.policy.acceptance, today=day.today, calendar=day.calendar)
        chosen = _choose(found, parts[task.task_id])
        rows += [
            _row(day, f"accept:{task.task_id}", task.accept_by_on, person, *reason, task.task_id)
            for person, reason in chosen.items()
        ]
    write_notices(session, rows)


def plan_instructions(session: Session, day: Day) -> None:
    """Write what is owed for instructions (批示) that nobody has acknowledged; daily from the working
    day after the one on which it was told."""
    waiting = list_unacknowledged_instructions(session)
    parts = map_parts(session, {each.task_id: each.campaign_id for each in waiting})
    rows: list[NoticeRow] = []
    for each in waiting:
        given_on = day.hours.telling_day(each.given_at, day.calendar)
        found = owed(given_on, (day.policy.instruction,), today=day.today, calendar=day.calendar)
        subject = f"instruction:{each.instruction_id}"
        chosen = _choose(found, parts[each.task_id])
        for person, reason in chosen.items():
            row = _row(day, subject, given_on, person, *reason, each.task_id)
            rows.append(row._replace(facts=row.facts | {"text": each.text}))
    write_notices(session, rows)


def _plan(session: Session, day: Day, milestones: Sequence[WatchedMilestone]) -> None:
    audiences = gather_audiences(session, {milestone.task_id for milestone in milestones})
    openings = map_openings(session, [each.id for each in milestones if each.series_id is not None])
    rows: list[NoticeRow] = []
    days: dict[int, date | None] = {}
    for milestone in milestones:
        audience = audiences[milestone.task_id].of(milestone)
        days[milestone.id] = _plan_one(day, milestone, openings.get(milestone.id), audience, rows)
    write_notices(session, rows)
    set_look_days(session, days)


def _plan_one(
    day: Day,
    milestone: WatchedMilestone,
    opens_on: date | None,
    audience: Audience | None,
    rows: list[NoticeRow],
) -> date | None:
    """Add what is owed for one milestone, and return when to look at it again."""
    if audience is None or milestone.due_on is None or milestone.state not in OPEN_MILESTONES:
        return None
    occurrences, following = day.decide(milestone.due_on, opens_on)
    if not occurrences:
        return following
    is_put_off = False
    subject = f"milestone:{milestone.id}"
    chosen = _choose(occurrences, audience.parts, audience.who_acts(milestone))
    for person, (occurrence, role, is_copy) in chosen.items():
        if person in day.told():  # one digest a day: he is told tomorrow, if it is still true
            is_put_off = True
            continue
        rows.append(
            _row(
                day,
                subject,
                milestone.due_on,
                person,
                occurrence,
                role,
                is_copy,
                audience.task_for(person, role),
                milestone.id,
            )
        )
    return min(following or day.next_workday, day.next_workday) if is_put_off else following


def _telling(occurrences: Iterable[Occurrence]) -> list[Occurrence]:
    """Those that may still tell somebody: of several that name the same parts only the most urgent, the first."""
    first: dict[object, Occurrence] = {}
    for each in occurrences:
        first.setdefault((each.rule.to, each.rule.cc), each)
    return list(first.values())


_Reason = tuple[Occurrence, Recipient, bool]


def _choose(
    occurrences: Iterable[Occurrence], parts: Parts, acting: Sequence[Named] = ()
) -> dict[int, _Reason]:
    """For each person the most urgent occurrence that names him, in which part, and whether as a copy."""
    chosen: dict[int, _Reason] = {}
    acting = acting or [(Recipient.OWNER, parts.owners)]
    for occurrence in occurrences:
        for role, people in _addressed(occurrence.rule, parts, acting):
            for person in people:
                chosen.setdefault(person, (occurrence, role, False))
        for role, people in named_by(occurrence.rule.cc, parts, acting):
            for person in people:
                chosen.setdefault(person, (occurrence, role, True))
    return chosen


def _addressed(rule: ReminderRule, parts: Parts, acting: Sequence[Named]) -> list[Named]:
    """Whom the rule names; the coordinators where nobody holds those parts now, so that somebody hears."""
    named = named_by(rule.to, parts, acting)
    if any(people for _, people in named):
        return named
    return [(Recipient.COORDINATOR, holders(parts, Recipient.COORDINATOR))]


def _row(
    day: Day,
    subject: str,
    due_on: date,
    person: int,
    occurrence: Occurrence,
    role: Recipient,
    is_copy: bool,
    task_id: int,
    milestone_id: int | None = None,
) -> NoticeRow:
    return NoticeRow(
        f"{subject}:{due_on}:{person}:{occurrence.key}",
        occurrence.rule.name,
        person,
        task_id,
        milestone_id,
        due_on,
        None,
        day.today,
        _FACTS[role, is_copy],
        day.at,
    )
