"""Recording what happened (检查结束), from which relative deadlines count, and rolling out recurring ones.

A series is a row of its own; each occurrence is a step with its own day, state and evidence. Both doors are
idempotent: an occurrence exists once by its day in a recurring series, by its event in a relative one. What happened
for one of the tasks that share a list happened for the list: it is kept with the task that holds it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from tracker.calendar import WorkCalendar
from tracker.clock import office_day
from tracker.deadlines.offsets import resolve_offset
from tracker.deadlines.recurrence import occurrences
from tracker.deadlines.values import Offset
from tracker.errors import ActRefused, EventUnknown, ValueRefused
from tracker.identity import id_of
from tracker.importers.characters import to_simplified
from tracker.models import Campaign, EventRecord, Milestone
from tracker.queries.campaigns import get_campaign, lock_campaign
from tracker.queries.milestones import (
    find_event,
    list_events,
    list_milestones_of_event,
    list_occurrences,
    list_relative_series,
    list_series,
)
from tracker.queries.parts import get_parts
from tracker.queries.served import WATCHED_STATES, holder_of
from tracker.queries.tasks import get_task
from tracker.services.acting import require_coordinator, require_part
from tracker.services.auditing import Actor, record
from tracker.services.watching import is_list_watched, look_day
from workflows.kernel import Unmet
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role

UNNAMED_EVENT = "起算"  # what a period starts from where the source does not say


@dataclass(frozen=True)
class _Watch:
    """The office day on which a list gets new milestones, and whether a round has to look at them."""

    today: date
    is_watched: bool


@dataclass(frozen=True)
class RollOut:
    """What was rolled out. `skipped` are days of a series that lay before the issue: never owed, so never late."""

    created: tuple[Milestone, ...] = ()
    skipped: tuple[date, ...] = ()

    def as_json(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        if self.created:
            said["occurrences"] = [_said(milestone) for milestone in self.created]
        if self.skipped:
            said["skipped"] = [day.isoformat() for day in self.skipped]
        return said


def record_event(
    session: Session,
    *,
    campaign_id: int,
    name: str,
    on: date,
    subject: str = "",
    task_id: int | None = None,
    actor: Actor,
    at: datetime,
    calendar: WorkCalendar,
) -> list[Milestone]:
    """Record that `name` happened on the office day `on`, and return the milestones that it gave a day to.

    `subject` tells several events of one name apart (a case number). A coordinator records for the campaign;
    with `task_id` whoever plays a part on that task may, and a shared list gets it for all it serves. The same event again changes nothing and returns the
    same milestones. Raises CampaignNotFound, TaskNotFound, ActRefused, EventUnknown. The caller commits.
    """
    lock_campaign(session, campaign_id)
    task_id = _require_recorder(session, campaign_id, task_id, actor)
    waiting = list_relative_series(session, campaign_id, task_id=task_id)
    awaited = match_event(name, [awaited_name(series) for series, _ in waiting])
    subject = subject.strip()
    known = find_event(
        session, campaign_id=campaign_id, task_id=task_id, name=awaited, subject=subject, on=on
    )
    if known:
        return list(list_milestones_of_event(session, id_of(known)))
    event = EventRecord(
        campaign_id=campaign_id,
        task_id=task_id,
        name=awaited,
        subject=subject,
        on=on,
        recorded_by_id=actor.person_id,
        recorded_at=at,
    )
    session.add(event)
    session.flush()
    started = [(series, task) for series, task in waiting if awaited_name(series) == awaited]
    given = [
        _start(
            session, series, event, calendar, _Watch(office_day(at), is_list_watched(session, id_of(task)))
        )
        for series, task in started
    ]
    session.flush()
    _record(session, event, [each for each in given if each], actor, at)
    return [each for each in given if each]


def roll_out(session: Session, task_id: int, *, calendar: WorkCalendar, since: date | None = None) -> RollOut:
    """Create what the series of a task's list owe from its issue to the end of the campaign, and flush.

    Called when a task is issued, which records it; a shared list rolls out with the first task that is issued. Events
    of the campaign that were recorded earlier count. Called once more where a campaign is prolonged, `since` that
    office day: what would have been due meanwhile was never owed.
    """
    task = get_task(session, task_id)
    if task.issued_at is None:
        raise ValueError(f"Task {task_id} is not issued.")
    campaign = get_campaign(session, task.campaign_id)
    watch = _Watch(since or office_day(task.issued_at), task.state in WATCHED_STATES)
    holder_id = holder_of(task)
    created: list[Milestone] = []
    skipped: list[date] = []
    for series in list_series(session, holder_id):
        if series.recurrence:
            days = occurrences(series.recurrence, *_span_of(series, campaign))
            missing = _missing_days(session, series, days)
            skipped += [day for day in missing if day < watch.today]
            created += _recur(session, series, [day for day in missing if day >= watch.today], watch)
        elif series.offset_unit:
            created += _start_by_earlier_events(session, series, campaign, calendar, watch)
    session.flush()
    return RollOut(tuple(created), tuple(sorted(set(skipped))))


def awaited_name(series: Milestone) -> str:
    """The event that a relative milestone waits for."""
    return series.offset_event or UNNAMED_EVENT


def match_event(name: str, awaited: Iterable[str]) -> str:
    """The awaited event that `name` means: the same words, or the only one that contains them or lies in them.

    Raises EventUnknown with those that are waited for.
    """
    by_key: dict[str, list[str]] = {}
    for each in awaited:
        if each not in by_key.setdefault(_key(each), []):
            by_key[_key(each)].append(each)
    asked = _key(name)
    if not asked:
        raise ValueRefused("请写明发生了什么事件，例如“检查结束”。")
    if asked in by_key:
        return by_key[asked][0]
    close = [names[0] for key, names in by_key.items() if len(asked) > 1 and (asked in key or key in asked)]
    if len(close) != 1:
        raise EventUnknown(name, close or [names[0] for names in by_key.values()])
    return close[0]


def _key(name: str) -> str:
    folded = to_simplified(unicodedata.normalize("NFKC", name))
    return "".join(character for character in folded if character.isalnum())


def _require_recorder(session: Session, campaign_id: int, task_id: int | None, actor: Actor) -> int | None:
    """Refuse who may not record; returns the task whose list the event is for, if it is for one."""
    if task_id is None:
        require_coordinator(session, actor, campaign_id, "登记事件")
        return None
    task = get_task(session, task_id)
    if task.campaign_id != campaign_id:
        raise ActRefused("登记事件", [Unmet("other-campaign", "任务不属于这个专项工作")])
    roles = (Role.OWNER, Role.EXPEDITER, Role.LEADER, Role.COORDINATOR)
    if actor.person_id is not None:
        require_part(get_parts(session, task), actor, roles, "登记事件")
    return holder_of(task)


def _span_of(series: Milestone, campaign: Campaign) -> tuple[date, date]:
    start = max(series.start_on or campaign.starts_on, campaign.starts_on)
    return start, min(series.due_on or campaign.ends_on, campaign.ends_on)


def _missing_days(session: Session, series: Milestone, days: Sequence[date]) -> list[date]:
    there = {each.occurs_on for each in list_occurrences(session, id_of(series))}
    return [day for day in days if day not in there]


def _recur(session: Session, series: Milestone, days: Sequence[date], watch: _Watch) -> list[Milestone]:
    if series.kind is MilestoneKind.ARCHIVE:
        return [_date_in_place(series, days[0], watch)] if days and series.due_on is None else []
    created = [_occurrence(series, day, day, watch) for day in days]
    session.add_all(created)
    return created


def _start_by_earlier_events(
    session: Session, series: Milestone, campaign: Campaign, calendar: WorkCalendar, watch: _Watch
) -> list[Milestone]:
    events = list_events(session, id_of(campaign), task_id=series.task_id)
    named = [event for event in events if event.name == awaited_name(series)]
    given = [_start(session, series, event, calendar, watch) for event in named]
    return [each for each in given if each]


def _start(
    session: Session,
    series: Milestone,
    event: EventRecord,
    calendar: WorkCalendar,
    watch: _Watch,
) -> Milestone | None:
    """The milestone that the event gives a day to; None where it has one of this event already."""
    assert series.offset_unit
    offset = Offset(series.offset_count or 0, series.offset_unit, series.offset_event or "")
    due_on, is_provisional = resolve_offset(offset, event.on, calendar)
    if series.kind is MilestoneKind.ARCHIVE:
        if series.event_id is not None:
            return None
        series.event_id, series.is_provisional = event.id, is_provisional
        return _date_in_place(series, due_on, watch)
    if any(each.event_id == event.id for each in list_occurrences(session, id_of(series))):
        return None
    occurrence = _occurrence(series, event.on, due_on, watch)
    occurrence.event_id, occurrence.is_provisional = event.id, is_provisional
    session.add(occurrence)
    return occurrence


def _date_in_place(milestone: Milestone, due_on: date, watch: _Watch) -> Milestone:
    """An archiving milestone is met once, by the task: it gets its day itself, not an occurrence."""
    milestone.due_on = due_on
    milestone.first_due_on = milestone.first_due_on or due_on
    milestone.look_on = look_day(milestone, watch.today, is_watched=watch.is_watched)
    return milestone


def _occurrence(series: Milestone, occurs_on: date, due_on: date, watch: _Watch) -> Milestone:
    occurrence = Milestone(
        task_id=series.task_id,
        number=series.number,
        part=series.part,
        text=series.text,
        kind=MilestoneKind.STEP,
        state=MilestoneState.PENDING,
        deadline_kind=series.deadline_kind,
        span=series.span,
        due_on=due_on,
        first_due_on=due_on,
        offset_count=series.offset_count,
        offset_unit=series.offset_unit,
        offset_event=series.offset_event,
        series_id=id_of(series),
        occurs_on=occurs_on,
    )
    occurrence.look_on = look_day(occurrence, watch.today, is_watched=watch.is_watched)
    return occurrence


def _record(
    session: Session, event: EventRecord, given: Sequence[Milestone], actor: Actor, at: datetime
) -> None:
    """One event for each task that got a day, so that each timeline shows it."""
    by_task: dict[int | None, list[Milestone]] = {each.task_id: [] for each in given} or {event.task_id: []}
    for each in given:
        by_task[each.task_id].append(each)
    for task_id, milestones in by_task.items():
        record(
            session,
            kind="event.record",
            actor=actor,
            at=at,
            subject="event",
            subject_id=id_of(event),
            task_id=task_id,
            data={
                "name": event.name,
                "subject": event.subject,
                "on": event.on.isoformat(),
                "occurrences": [_said(milestone) for milestone in milestones],
            },
        )


def _said(milestone: Milestone) -> dict[str, Any]:
    return {
        "milestone_id": milestone.id,
        "due_on": milestone.due_on.isoformat() if milestone.due_on else None,
        "is_provisional": milestone.is_provisional,
    }
