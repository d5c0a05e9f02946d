"""What falls due when, for calendars and years."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from sqlalchemy import Engine
from sqlalchemy import select as columns
from sqlmodel import Session, col

from tests.factories import COORDINATOR, NOON, create_milestone, create_person, create_task
from tests.integration.tracker.test_derived import FRESH_TRANSACTIONS, RULES, steps
from tracker.identity import id_of
from tracker.lights import Light, light_of
from tracker.models import Milestone
from tracker.queries.due_days import DueDay, find_nearest_due, list_due_days, map_marks
from tracker.queries.ledger_conditions import LedgerFilter, Question
from tracker.queries.lights import milestone_light
from tracker.queries.sight import sight_of
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState

pytestmark = pytest.mark.postgresql

TODAY = date(2024, 6, 3)
JUNE = (date(2024, 6, 1), date(2024, 6, 30))


def days_of(
    session: Session, who: str = COORDINATOR, *, most: int = 9, wanted: LedgerFilter | None = None
) -> dict[date, DueDay]:
    sight = sight_of(session, id_of(create_person(session, who)))
    question = Question(session, wanted or LedgerFilter(), sight, TODAY, OfficeRules())
    return list_due_days(question, *JUNE, most=most)


class TestMilestoneLight:
    @given(values=steps)
    @settings(max_examples=60, suppress_health_check=FRESH_TRANSACTIONS)
    def test_it_equals_the_rules(self, engine: Engine, values: dict[str, object]) -> None:
        with Session(engine, expire_on_commit=False) as session:
            row = create_milestone(session, create_task(session), **values)
            for rules in RULES:
                statement = columns(milestone_light(TODAY, rules)).where(col(Milestone.id) == id_of(row))
                light = light_of(row, today=TODAY, thresholds=rules.lights, measure=rules.measure)
                assert session.connection().execute(statement).scalar_one() == light.value


class TestFindNearestDue:
    def test_it_is_the_last_before_and_the_first_after_of_what_is_on_the_calendar(
        self, session: Session
    ) -> None:
        sight = sight_of(session, id_of(create_person(session, COORDINATOR)))
        question = Question(session, LedgerFilter(), sight, TODAY, OfficeRules())
        assert find_nearest_due(question, *JUNE).days == []
        task = create_task(session)
        for day in ("2023-04-01", "2024-05-30", "2024-06-01", "2024-07-02", "2024-08-01"):
            create_milestone(session, task, due_on=date.fromisoformat(day))
        create_milestone(session, task, due_on=date(2024, 5, 31), state=MilestoneState.WAIVED)
        draft = create_task(session, state=TaskState.DRAFT)
        create_milestone(session, draft, due_on=date(2024, 7, 1))
        assert find_nearest_due(question, *JUNE).days == [date(2024, 5, 30), date(2024, 7, 2)]
        assert find_nearest_due(question, date(2024, 8, 2), date(2024, 8, 9)).days == [date(2024, 8, 1)]


class TestListDueDays:
    def test_a_month_has_its_days_and_no_others(self, session: Session) -> None:
        task = create_task(session, seq="9", sub=2, title="装备清点")
        for day in ("2024-05-31", "2024-06-01", "2024-06-30", "2024-07-01"):
            create_milestone(session, task, due_on=date.fromisoformat(day))
        found = days_of(session)
        assert sorted(found) == [date(2024, 6, 1), date(2024, 6, 30)]
        (entry,) = found[date(2024, 6, 1)].entries
        assert (entry.label, entry.title, entry.light) == ("9.2", "装备清点", Light.RED)
        assert entry.task_id == task.id

    def test_the_worst_come_first_and_all_are_counted(self, session: Session) -> None:
        task = create_task(session)
        states = [MilestoneState.MET, MilestoneState.PENDING, MilestoneState.MET]
        for state in states:
            create_milestone(session, task, due_on=date(2024, 6, 1), state=state)
        day = days_of(session, most=1)[date(2024, 6, 1)]
        assert ([entry.light for entry in day.entries], day.total) == ([Light.RED], 3)

    def test_drafts_suspended_and_waived_work_and_series_are_on_no_calendar(self, session: Session) -> None:
        for state in (TaskState.DRAFT, TaskState.SUSPENDED, TaskState.CANCELLED):
            create_milestone(session, create_task(session, state=state), due_on=date(2024, 6, 5))
        task = create_task(session)
        create_milestone(session, task, due_on=date(2024, 6, 5), state=MilestoneState.WAIVED)
        create_milestone(session, task, due_on=date(2024, 6, 5), kind=MilestoneKind.SERIES)
        assert days_of(session) == {}

    def test_a_shared_list_is_shown_once_with_a_task_that_may_be_seen(self, session: Session) -> None:
        holder = create_task(session)
        step = create_milestone(session, holder, due_on=date(2024, 6, 5))
        sharer = create_person(session, "张三丰", unit_id=None)
        sharing = create_task(session, owner=sharer, milestones_from_id=holder.id)
        (entry,) = days_of(session)[date(2024, 6, 5)].entries
        assert (entry.milestone_id, entry.task_id) == (step.id, holder.id)
        (entry,) = days_of(session, "张三丰")[date(2024, 6, 5)].entries
        assert (entry.milestone_id, entry.task_id) == (step.id, sharing.id)

    def test_nothing_of_what_may_not_be_seen(self, session: Session) -> None:
        create_milestone(session, create_task(session), due_on=date(2024, 6, 5))
        create_person(session, "令狐冲", unit_id=None)
        assert days_of(session, "令狐冲") == {}

    def test_it_narrows_like_the_list(self, session: Session) -> None:
        create_milestone(session, create_task(session), due_on=date(2024, 6, 5))
        assert days_of(session, wanted=LedgerFilter(text="没有这些字")) == {}
        assert len(days_of(session, wanted=LedgerFilter(text="装备", lights=(Light.YELLOW,)))) == 1


def test_what_is_open_of_a_task_that_stands_still_is_marked_without_a_light(session: Session) -> None:
    task = create_task(session, state=TaskState.SUSPENDED)
    create_milestone(session, task, due_on=date(2024, 5, 1))
    create_milestone(session, task, due_on=date(2024, 5, 2), state=MilestoneState.MET, met_at=NOON)
    marks = map_marks(session, [id_of(task)], year=2024, today=TODAY, rules=OfficeRules())
    assert [mark.light for mark in marks[id_of(task)]] == [Light.GREY, Light.BLUE]


def test_a_year_has_the_marks_of_its_tasks_with_shared_lists_and_windows(session: Session) -> None:
    holder = create_task(session)
    sharing = create_task(session, milestones_from_id=holder.id)
    create_milestone(session, holder, due_on=date(2024, 12, 31))
    create_milestone(session, holder, start_on=date(2024, 3, 1), due_on=date(2024, 6, 5))
    create_milestone(session, holder, due_on=date(2025, 1, 1))
    ids = [id_of(holder), id_of(sharing)]
    marks = map_marks(session, ids, year=2024, today=TODAY, rules=OfficeRules())
    assert marks[ids[0]] == marks[ids[1]]
    assert [(mark.start_on, mark.due_on, mark.light) for mark in marks[ids[0]]] == [
        (date(2024, 3, 1), date(2024, 6, 5), Light.YELLOW),
        (None, date(2024, 12, 31), Light.GREEN),
    ]
