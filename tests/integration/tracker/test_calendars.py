"""The stored calendar, and what is counted again when a year is published."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    COORDINATOR,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
)
from tracker.calendar import CalendarDay, DayKind, load_published_calendar
from tracker.deadlines import OffsetUnit
from tracker.errors import ActRefused, CalendarRowsRefused
from tracker.identity import id_of
from tracker.models import AuditEvent, Campaign, EventRecord, Milestone
from tracker.services.auditing import Actor
from tracker.services.calendars import Recount, import_calendar, load_calendar, seed_calendar
from workflows.milestone import MilestoneState
from workflows.task import TaskState

FAR_YEAR = 2040
HOLIDAYS = [CalendarDay(date(FAR_YEAR, 5, day), DayKind.REST, "劳动节") for day in (1, 2, 3, 4)]


def coordinator(session: Session) -> Actor:
    create_campaign(session)
    return actor_of(create_person(session, COORDINATOR))


def publish(session: Session, rows: list[CalendarDay] | None = None, **options: Any) -> list[Recount]:
    actor = options.pop("actor", None) or coordinator(session)
    return import_calendar(
        session,
        HOLIDAYS if rows is None else rows,
        year=FAR_YEAR,
        source="国办发明电",
        actor=actor,
        at=NOON,
        **options,
    )


def create_provisional(session: Session, campaign: Campaign | None = None, **fields: Any) -> Milestone:
    """Five working days after Friday 27 April 2040, by the weekday rule."""
    task = create_task(session, campaign=campaign)
    event = EventRecord(
        campaign_id=task.campaign_id,
        task_id=task.id,
        name="检查结束",
        on=date(FAR_YEAR, 4, 27),
        recorded_at=NOON,
    )
    session.add(event)
    session.flush()
    defaults: dict[str, Any] = {
        "due_on": date(FAR_YEAR, 5, 4),
        "is_provisional": True,
        "offset_count": 5,
        "offset_unit": OffsetUnit.WORKDAY,
        "offset_event": "检查结束",
        "event_id": event.id,
    }
    return create_milestone(session, task, **defaults | fields)


class TestSeed:
    def test_what_is_published_is_stored_once(self, session: Session) -> None:
        years = seed_calendar(session, at=NOON)
        assert 2024 in years
        assert seed_calendar(session, at=NOON) == []
        assert load_calendar(session) == load_published_calendar()
        assert [event.kind for event in session.exec(select(AuditEvent)).all()] == ["calendar.import"]

    def test_an_imported_year_is_not_overwritten_by_the_seed(self, session: Session) -> None:
        rows = [CalendarDay(date(2024, 1, 1), DayKind.STATUTORY, "元旦")]
        actor = coordinator(session)
        import_calendar(session, rows, year=2024, source="本单位", actor=actor, at=NOON)
        assert 2024 not in seed_calendar(session, at=NOON)
        assert load_calendar(session).is_workday(date(2024, 2, 12))


class TestImport:
    def test_it_replaces_the_days_of_its_year_alone(self, session: Session) -> None:
        seed_calendar(session, at=NOON)
        publish(session)
        publish(session, HOLIDAYS[:2])
        calendar = load_calendar(session)
        assert [day.day for day in calendar.days if day.day.year == FAR_YEAR] == [
            date(FAR_YEAR, 5, 1),
            date(FAR_YEAR, 5, 2),
        ]
        assert calendar.is_published(2024)

    def test_a_provisional_day_is_counted_again_with_before_and_after(self, session: Session) -> None:
        step = create_provisional(session)

        (recount,) = publish(session)

        # 1 to 4 May are off: 30 April, then 7, 8, 9 and 10 May
        assert recount == Recount(step.task_id, step.id, date(FAR_YEAR, 5, 4), date(FAR_YEAR, 5, 10))
        assert (step.due_on, step.is_provisional) == (date(FAR_YEAR, 5, 10), False)
        assert step.first_due_on == date(FAR_YEAR, 5, 4)  # survives everything
        assert step.look_on == date(2024, 3, 1)
        event = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
        assert event
        assert event.kind == "milestone.recount"
        assert json.loads(event.data)["changed"]["due_on"] == ["2040-05-04", "2040-05-10"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"is_provisional": False},  # an extension settled it
            {"state": MilestoneState.MET, "met_at": NOON},
            {"state": MilestoneState.WAIVED},
        ],
    )
    def test_what_is_settled_or_done_does_not_move(self, session: Session, fields: dict[str, Any]) -> None:
        step = create_provisional(session, **fields)
        assert publish(session) == []
        assert step.due_on == date(FAR_YEAR, 5, 4)

    def test_the_limit_for_accepting_is_counted_again(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED, accept_by_on=date(2024, 1, 10))
        rows = [CalendarDay(date(2024, 1, 9), DayKind.REST, "调休")]
        found = import_calendar(
            session, rows, year=2024, source="本单位", actor=coordinator(session), at=NOON
        )
        assert found == [Recount(id_of(task), None, date(2024, 1, 10), date(2024, 1, 11))]
        assert task.accept_by_on == date(2024, 1, 11)

    def test_rows_of_another_year_or_twice_are_refused_with_the_days(self, session: Session) -> None:
        with pytest.raises(CalendarRowsRefused, match="没有一天的安排"):
            publish(session, [])
        with pytest.raises(CalendarRowsRefused, match="有不属于2040年的日期：2041-01-01"):
            publish(session, [*HOLIDAYS, CalendarDay(date(2041, 1, 1), DayKind.REST)])
        with pytest.raises(CalendarRowsRefused, match="有重复的日期：2040-05-01"):
            publish(session, [*HOLIDAYS, CalendarDay(date(FAR_YEAR, 5, 1), DayKind.WORK)])
        assert session.exec(select(AuditEvent)).all() == []

    def test_an_ordinary_person_imports_none(self, session: Session) -> None:
        with pytest.raises(ActRefused, match="导入工作日历须由协调员或管理员办理"):
            publish(session, actor=actor_of(create_person(session, OWNER)))
