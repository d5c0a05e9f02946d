"""Events that start relative deadlines, and recurring ones that roll out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

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
from tracker.calendar import load_published_calendar
from tracker.deadlines import DeadlineKind, OffsetUnit, parse
from tracker.errors import ActRefused, EventUnknown, ValueRefused
from tracker.identity import id_of
from tracker.models import AuditEvent, EventRecord, Milestone, Task
from tracker.services.events import match_event, record_event, roll_out
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState

CALENDAR = load_published_calendar()
INSPECTION_ENDED = date(2024, 4, 22)


def create_series(session: Session, task: Task, event: str = "检查结束", **fields: Any) -> Milestone:
    defaults: dict[str, Any] = {
        "text": "提交整改报告",
        "kind": MilestoneKind.SERIES,
        "due_on": None,
        "deadline_kind": DeadlineKind.RELATIVE,
        "offset_count": 20,
        "offset_unit": OffsetUnit.WORKDAY,
        "offset_event": event,
    }
    return create_milestone(session, task, **defaults | fields)


def record(session: Session, task: Task, name: str = "检查结束", **options: Any) -> list[Milestone]:
    defaults: dict[str, Any] = {"actor": actor_of(create_person(session, COORDINATOR))}
    defaults |= {"on": INSPECTION_ENDED} | options
    return record_event(
        session, campaign_id=task.campaign_id, name=name, at=NOON, calendar=CALENDAR, **defaults
    )


class TestRecordEvent:
    def test_it_gives_a_relative_duty_its_day_in_working_days(self, session: Session) -> None:
        task = create_task(session)
        series = create_series(session, task)

        (given,) = record(session, task)

        # 20 working days after 22 April 2024: 五一 lasts until 5 May, 28 April and 11 May are worked
        assert given.due_on == given.first_due_on == date(2024, 5, 21)
        assert (given.series_id, given.occurs_on) == (series.id, INSPECTION_ENDED)
        assert (given.kind, given.state, given.is_provisional) == ("step", "pending", False)
        assert given.look_on == date(2024, 3, 1)
        assert series.due_on is None

    def test_the_same_event_again_changes_nothing(self, session: Session) -> None:
        task = create_task(session)
        create_series(session, task)
        first = record(session, task)
        assert record(session, task) == first
        assert len(session.exec(select(EventRecord)).all()) == 1
        assert len(session.exec(select(AuditEvent)).all()) == 1

    def test_every_case_has_its_own_occurrence_even_on_one_day(self, session: Session) -> None:
        task = create_task(session)
        series = create_series(session, task)
        record(session, task, subject="案1")
        record(session, task, subject="案2")
        found = session.exec(select(Milestone).where(Milestone.series_id == series.id)).all()
        assert len(found) == 2

    def test_every_task_that_waits_gets_its_day_and_a_line_in_its_timeline(self, session: Session) -> None:
        tasks = [create_task(session), create_task(session)]
        for task in tasks:
            create_series(session, task)
        assert len(record(session, tasks[0])) == 2
        events = session.exec(select(AuditEvent)).all()
        assert [event.task_id for event in events] == [task.id for task in tasks]

    def test_tasks_that_are_not_under_way_get_none(self, session: Session) -> None:
        waiting = create_task(session)
        create_series(session, waiting)
        for state in (TaskState.DRAFT, TaskState.CLOSED, TaskState.CANCELLED):
            create_series(session, create_task(session, state=state))
        create_series(session, waiting, state=MilestoneState.WAIVED)
        assert [each.task_id for each in record(session, waiting)] == [waiting.id]

    def test_a_suspended_task_gets_its_day_in_silence(self, session: Session) -> None:
        task = create_task(session, state=TaskState.SUSPENDED)
        create_series(session, task)
        (given,) = record(session, task)
        assert given.look_on is None

    def test_an_unpublished_year_makes_a_provisional_day(self, session: Session) -> None:
        campaign = create_campaign(session, "远期", ends_on=date(2049, 12, 31))
        task = create_task(session, campaign=campaign)
        create_series(session, task)
        (given,) = record(session, task, on=date(2040, 4, 20))
        assert given.is_provisional

    def test_an_archiving_step_gets_its_day_itself(self, session: Session) -> None:
        task = create_task(session)
        step = create_series(session, task, kind=MilestoneKind.ARCHIVE)
        assert record(session, task) == [step]
        assert step.due_on == step.first_due_on == date(2024, 5, 21)

    def test_the_owner_records_for_his_task_and_not_for_the_campaign(self, session: Session) -> None:
        task = create_task(session)
        create_series(session, task)
        other = create_task(session)
        create_series(session, other)
        owner = actor_of(create_person(session, OWNER))
        with pytest.raises(ActRefused, match="登记事件须由协调员或管理员办理"):
            record(session, task, actor=owner)
        assert [each.task_id for each in record(session, task, actor=owner, task_id=task.id)] == [task.id]

    def test_a_task_of_another_campaign_is_refused(self, session: Session) -> None:
        task = create_task(session)
        other = create_task(session, campaign=create_campaign(session, "另一专项"))
        with pytest.raises(ActRefused, match="任务不属于这个专项工作"):
            record(session, task, task_id=other.id)

    def test_an_event_nobody_waits_for_is_refused_with_those_that_are(self, session: Session) -> None:
        task = create_task(session)
        create_series(session, task)
        create_series(session, task, "下达处罚决定")
        with pytest.raises(EventUnknown, match="“检查结束”、“下达处罚决定”"):
            record(session, task, "专家验收")


class TestMatchEvent:
    AWAITED = ("检查结束", "下达处罚决定", "收到意见书")

    @pytest.mark.parametrize(
        "name", ["检查结束", " 检查 结束 ", "檢查結束", "“检查结束”", "现场检查结束之日", "检查"]
    )
    def test_one_event_has_many_spellings(self, name: str) -> None:
        assert match_event(name, self.AWAITED) == "检查结束"

    def test_what_could_be_two_is_neither(self) -> None:
        with pytest.raises(EventUnknown) as refusal:
            match_event("检查", ("检查开始", "检查结束", "反馈"))
        assert refusal.value.awaited == ("检查开始", "检查结束")

    def test_the_same_words_win_over_longer_ones(self) -> None:
        assert match_event("反馈", ("反馈意见", "反馈")) == "反馈"

    def test_nothing_is_no_event(self) -> None:
        with pytest.raises(ValueRefused, match="请写明发生了什么事件"):
            match_event("“”", self.AWAITED)


class TestRollOut:
    def test_events_recorded_before_the_issue_count(self, session: Session) -> None:
        early = create_task(session)
        create_series(session, early)
        record(session, early)
        late = create_task(session)
        create_series(session, late)

        rolled = roll_out(session, id_of(late), calendar=CALENDAR)

        assert [each.due_on for each in rolled.created] == [date(2024, 5, 21)]
        assert roll_out(session, id_of(late), calendar=CALENDAR).created == ()

    def test_a_recurring_duty_keeps_to_its_own_window(self, session: Session) -> None:
        task = create_task(session)
        create_milestone(
            session,
            task,
            kind=MilestoneKind.SERIES,
            recurrence="FREQ=MONTHLY;BYMONTHDAY=-1",
            start_on=date(2024, 3, 1),
            due_on=date(2024, 5, 31),
        )
        rolled = roll_out(session, id_of(task), calendar=CALENDAR)
        assert [each.due_on for each in rolled.created] == [
            date(2024, 3, 31),
            date(2024, 4, 30),
            date(2024, 5, 31),
        ]

    def test_a_duty_ends_with_the_window_that_its_phrase_names(self, session: Session) -> None:
        (deadline,) = parse("3月至5月，每月20日前报送", ref=date(2024, 1, 8))
        task = create_task(session)
        create_milestone(
            session,
            task,
            kind=MilestoneKind.SERIES,
            recurrence=deadline.recurrence,
            start_on=deadline.start,
        )
        rolled = roll_out(session, id_of(task), calendar=CALENDAR)
        assert [each.due_on for each in rolled.created] == [date(2024, month, 20) for month in (3, 4, 5)]

    def test_a_task_that_was_never_issued_rolls_out_nothing(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT)
        with pytest.raises(ValueError, match="is not issued"):
            roll_out(session, id_of(task), calendar=CALENDAR)
