"""Notices of what people did: read from the audit trail in order, each told once to whoever is in charge now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from sqlmodel import Session

from notifications.event_cases import (
    EventCase,
    gather_cases,
    is_still_so,
    needs_consent,
    newcomer,
    newest_of_each,
)
from notifications.event_facts import facts_of, with_role
from notifications.models import RoundProgress
from notifications.noticing import NoticeRow, write_notices
from notifications.policy import EventRule, Recipient, ReminderPolicy
from notifications.recipients import Named, holders
from tracker.clock import office_day
from tracker.identity import id_of
from tracker.models import Evidence, Extension, Milestone
from tracker.queries.heads import (
    MilestoneHead,
    list_dated_milestones,
    map_milestone_heads,
    map_task_heads,
)
from tracker.queries.trail import list_events, newest_event_id

BATCH = 500
# What is told for information alone is news; after a longer stoppage it is none any more.
NEWS_FOR = timedelta(days=14)
INFORM = "inform:"


def plan_events(session: Session, progress: RoundProgress, *, policy: ReminderPolicy, at: datetime) -> int:
    """Write notices for everything that happened since the last round; returns how many events were told of.

    The caller holds the round's lock and commits.
    """
    newest, told = newest_event_id(session), 0
    if newest <= progress.event_id:
        return 0
    kinds = [rule.kind for rule in policy.events]
    events = list_events(session, after=progress.event_id, until=newest, kinds=kinds)
    cases = newest_of_each([case for case in gather_cases(session, events) if is_still_so(case)])
    for start in range(0, len(cases), BATCH):
        batch = cases[start : start + BATCH]
        write_notices(session, list(_rows(session, batch, policy, at)))
        told += len(batch)
    progress.event_id = newest
    session.add(progress)
    return told


def _rows(
    session: Session, cases: list[EventCase], policy: ReminderPolicy, at: datetime
) -> Iterator[NoticeRow]:
    today = office_day(at)
    heads = map_task_heads(session, {task_id for case in cases for task_id in case.task_ids})
    dated: dict[int, list[MilestoneHead]] = {}
    lists = {id_of(case.task): case.task.milestones_from_id or id_of(case.task) for case in cases}
    for head in list_dated_milestones(session, set(lists.values())):
        dated.setdefault(head.task_id, []).append(head)
    milestones = map_milestone_heads(session, {case.milestone_id for case in cases if case.milestone_id})
    for case in cases:
        open_milestones = dated.get(lists[id_of(case.task)], [])
        rule = policy.event(case.event.kind)
        assert rule  # only kinds of the policy are read
        facts = {
            task_id: facts_of(case, heads[task_id], open_milestones, milestones, today=today)
            for task_id in case.task_ids
        }
        for person, (kind, role) in _told(case, rule, at).items():
            yield NoticeRow(
                key=f"event:{case.event.id}:{person}",
                rule=kind,
                recipient_id=person,
                task_id=(task_id := case.task_for(person, role)),
                milestone_id=case.milestone_id,
                due_on=None,
                event_id=case.event.id,
                office_day=today,
                facts=with_role(facts[task_id], role),
                created_at=at,
            )


def _told(case: EventCase, rule: EventRule, at: datetime) -> dict[int, tuple[str, Recipient]]:
    """Who is told, by which rule and in which part; whoever acted himself is not."""
    is_news = at - case.event.at <= NEWS_FOR
    told: dict[int, tuple[str, Recipient]] = {}
    for kind, named in (
        (rule.kind, _somebody(case, rule.now)),
        (INFORM + rule.kind, _named(case, rule.digest) if is_news else ()),
    ):
        for role, people in named:
            for person in people:
                if person != case.event.actor_id:
                    told.setdefault(person, (kind, role))
    return told


def _somebody(case: EventCase, recipients: Iterable[Recipient]) -> list[Named]:
    """Whoever must act; the coordinators where nobody holds those parts now."""
    wanted = [
        Recipient.COORDINATOR if each is Recipient.LEADER and needs_consent(case) else each
        for each in recipients
    ]
    named = list(_named(case, wanted))
    if wanted and not any(people for _, people in named):
        return [(Recipient.COORDINATOR, case.parts.coordinators)]
    return named


def _named(case: EventCase, recipients: Iterable[Recipient]) -> Iterator[Named]:
    for recipient in recipients:
        yield recipient, _people(case, recipient)


def _people(case: EventCase, recipient: Recipient) -> tuple[int, ...]:
    match recipient:
        case Recipient.ASKER:
            asked_by = case.subject.requested_by_id if isinstance(case.subject, Extension) else None
            return _if_on_task(case, asked_by)
        case Recipient.SUBMITTER:
            handed_in_by = case.subject.submitted_by_id if isinstance(case.subject, Evidence) else None
            return _if_on_task(case, handed_in_by)
        case Recipient.NEWCOMER:
            return _if_on_task(case, newcomer(case))
        case Recipient.LEADER if case.event.kind == "task.approve":
            closers = tuple(sorted(case.parts.closers(reviewed_by=case.task.reviewed_by_id)))
            return closers or case.parts.leaders
        case _:
            return holders(case.parts, recipient, submitted_by=_submitted_by(case))


def _if_on_task(case: EventCase, person: int | None) -> tuple[int, ...]:
    """The person himself while he still has a part; else the owners, who have it now."""
    if person is not None and person in case.parts.everyone() | set(case.parts.coordinators):
        return (person,)
    return case.parts.owners


def _submitted_by(case: EventCase) -> int | None:
    if isinstance(case.subject, Milestone):
        return case.subject.reported_by_id
    return case.task.submitted_by_id
