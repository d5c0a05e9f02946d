"""Repeating duties as people hear of them: one occurrence after another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from tests.factories import NOON, OWNER, create_campaign, create_milestone, create_task
from tests.integration.notifications.playing import play, told
from tests.reminder_policies import published_calendar
from tracker.clock import office_moment
from tracker.deadlines import DeadlineKind
from tracker.identity import id_of
from tracker.models import EventRecord, Milestone, Task
from tracker.queries.reminding import map_openings
from tracker.services.events import roll_out
from workflows.milestone import MilestoneKind

DAY = timedelta(days=1)


def rolled_out(session: Session, rule: str, **fields: object) -> list[Milestone]:
    """The occurrences of a duty of the year 2024, of a task that was issued when it began."""
    task = create_task(session)
    create_milestone(
        session,
        task,
        kind=MilestoneKind.SERIES,
        due_on=None,
        deadline_kind=DeadlineKind.RECURRING,
        recurrence=rule,
        **fields,
    )
    return list(roll_out(session, id_of(task), calendar=published_calendar()).created)


def hear(session: Session, start: date, end: date) -> list[tuple[str, str]]:
    """What the owner is told beforehand, from day to day."""
    day = start
    while day <= end:
        play(session, office_moment(day, 8, 30))
        day += DAY
    return [(day_, rule) for day_, name, rule in told(session) if name == OWNER and "before" in rule]


@pytest.mark.postgresql
class TestWeeklyDuty:
    def test_is_told_three_times_a_week_and_of_one_occurrence_at_a_time(self, session: Session) -> None:
        rolled_out(session, "FREQ=WEEKLY;BYDAY=FR")

        assert hear(session, date(2024, 6, 11), date(2024, 6, 23)) == [
            ("06-11", "before-3"),
            ("06-13", "before-1"),
            ("06-14", "before-0"),
            ("06-18", "before-3"),
            ("06-20", "before-1"),
            ("06-21", "before-0"),
        ]

    def test_an_extension_of_one_keeps_the_next_where_it_is(self, session: Session) -> None:
        occurrences = {each.occurs_on: each for each in rolled_out(session, "FREQ=WEEKLY;BYDAY=FR")}
        occurrences[date(2024, 6, 14)].due_on = date(2024, 7, 5)
        session.flush()

        following = id_of(occurrences[date(2024, 6, 21)])

        assert map_openings(session, [following]) == {following: date(2024, 6, 15)}


@pytest.mark.postgresql
class TestMapOpenings:
    def test_each_opens_the_day_after_the_one_before(self, session: Session) -> None:
        found = rolled_out(session, "FREQ=MONTHLY;BYMONTHDAY=-1")[:3]

        openings = map_openings(session, [id_of(each) for each in found])

        assert [openings[id_of(each)] for each in found] == [
            date(2024, 1, 1),  # the first one: since its campaign began
            date(2024, 2, 1),
            date(2024, 3, 1),
        ]

    def test_the_first_opens_when_the_series_starts(self, session: Session) -> None:
        first, *_ = rolled_out(session, "FREQ=MONTHLY;BYMONTHDAY=-1", start_on=date(2024, 6, 1))

        assert first.due_on == date(2024, 6, 30)
        assert map_openings(session, [id_of(first)]) == {id_of(first): date(2024, 6, 1)}

    def test_a_first_one_due_on_the_day_it_starts_is_told_the_day_before(self, session: Session) -> None:
        first, *_ = rolled_out(session, "FREQ=WEEKLY;BYDAY=FR", start_on=date(2024, 6, 7))

        assert map_openings(session, [id_of(first)]) == {id_of(first): date(2024, 6, 6)}

    def test_single_dates_and_those_of_events_have_none(self, session: Session) -> None:
        task: Task = create_task(session)
        alone = create_milestone(session, task)
        series = create_milestone(session, task, kind=MilestoneKind.SERIES, due_on=None)
        campaign = create_campaign(session)
        of_event = create_milestone(
            session,
            task,
            series_id=series.id,
            occurs_on=date(2024, 5, 6),
            event_id=event_of(session, campaign.id),
        )

        assert map_openings(session, [id_of(alone), id_of(of_event)]) == {}
        assert map_openings(session, []) == {}


def event_of(session: Session, campaign_id: int | None) -> int:
    event = EventRecord(
        campaign_id=campaign_id or 0, name="检查结束", subject="", on=date(2024, 5, 6), recorded_at=NOON
    )
    session.add(event)
    session.flush()
    return id_of(event)
