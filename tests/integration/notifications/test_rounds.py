"""Rounds: what is owed is written once, whatever crashes, restarts, stops or ticks twice."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, col, delete, select

from notifications.models import Letter, Notice, RoundProgress
from notifications.policy import ReminderPolicy
from notifications.rounds import RoundState, run_round
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_instruction,
    create_milestone,
    create_part,
    create_person,
    create_task,
)
from tests.integration.notifications.playing import (
    CONSOLE_URL,
    morning,
    outbox,
    play,
    play_and_commit,
    told,
)
from tests.reminder_policies import published_calendar, shipped, shipped_hours
from tracker.clock import office_day, office_moment
from tracker.database import write_session
from tracker.identity import id_of
from tracker.models import Milestone, Task
from tracker.services.people import reassign_task
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState

DUE = date(2024, 5, 31)


class TestPlannedReminders:
    def test_owner_and_expediter_are_told_before_the_due_day(self, session: Session) -> None:
        create_milestone(session, create_task(session), due_on=DUE)

        for day in ("04-30", "05-01", "05-16", "05-17", "05-24", "05-25"):
            play(session, morning(day))

        assert told(session) == [
            ("04-30", OWNER, "before-30"),  # 1 May is a holiday
            ("04-30", EXPEDITER, "before-30"),
            ("05-17", OWNER, "before-14"),
            ("05-17", EXPEDITER, "before-14"),
            ("05-24", OWNER, "before-7"),
            ("05-24", EXPEDITER, "before-7"),
        ]

    def test_an_overdue_one_goes_up_to_the_leader_and_then_to_the_coordinator(self, session: Session) -> None:
        create_milestone(session, create_task(session), due_on=DUE, look_on=date(2024, 6, 3))

        day = date(2024, 6, 1)
        while day <= date(2024, 6, 25):
            play(session, office_moment(day, 8, 30))
            day += timedelta(days=1)

        found = told(session)
        assert [(day, rule) for day, name, rule in found if name == LEADER] == [
            ("06-05", "escalate-leader"),
            ("06-17", "escalate-weekly"),
            ("06-24", "escalate-weekly"),
        ]
        assert [day for day, name, _ in found if name == COORDINATOR] == ["06-17", "06-24"]
        assert len([1 for _, name, _ in found if name == OWNER]) == 16  # every working day, one line
        copied = session.exec(select(Notice).where(Notice.rule == "escalate-leader")).all()
        assert sorted(notice.facts.get("copy", False) for notice in copied) == [False, True, True]

    def test_a_person_in_several_parts_gets_one_line(self, session: Session) -> None:
        owner = create_person(session, OWNER)
        create_milestone(session, create_task(session, expediter=owner, leader=owner), due_on=DUE)

        play(session, morning("05-31"))
        play(session, morning("06-05"))

        assert told(session) == [("05-31", OWNER, "before-0"), ("06-05", OWNER, "escalate-leader")]

    def test_all_that_one_person_is_owed_on_a_day_is_one_letter_worst_first(self, session: Session) -> None:
        task = create_task(session, seq="7")
        create_milestone(session, task, due_on=date(2024, 6, 7), text="提交总结")
        create_milestone(session, task, due_on=date(2024, 5, 20), text="报送方案")
        create_milestone(session, task, due_on=DUE, text="完成清点")

        play(session, morning("05-31"))

        letters = session.exec(select(Letter).where(Letter.recipient_id == create_person(session).id)).all()
        assert [letter.subject for letter in letters] == [
            "【盯办】5月31日（周五）提醒：逾期1项，今天到期1项，临近时限1项"
        ]
        order = [letters[0].text.index(text) for text in ("报送方案", "完成清点", "提交总结")]
        assert order == sorted(order)

    def test_what_becomes_due_later_the_same_day_waits_for_the_next_digest(self, session: Session) -> None:
        task = create_task(session)
        create_milestone(session, task, due_on=DUE)
        play(session, morning("05-24"))
        create_milestone(session, task, due_on=date(2024, 5, 30), look_on=date(2024, 5, 24))

        play(session, office_moment(date(2024, 5, 24), 14))
        assert [day for day, name, _ in told(session) if name == OWNER] == ["05-24"]

        play(session, morning("05-27"))
        assert [day for day, name, _ in told(session) if name == OWNER] == ["05-24", "05-27"]

    @pytest.mark.parametrize("state", [MilestoneState.MET, MilestoneState.WAIVED])
    def test_what_is_done_is_silent(self, session: Session, state: MilestoneState) -> None:
        milestone = create_milestone(session, create_task(session), state=state, look_on=DUE)

        play(session, morning("05-31"))

        assert told(session) == []
        assert session.get_one(Milestone, milestone.id, populate_existing=True).look_on is None

    @pytest.mark.parametrize("state", [TaskState.DRAFT, TaskState.SUSPENDED, TaskState.CANCELLED])
    def test_a_task_that_is_not_under_way_is_silent(self, session: Session, state: TaskState) -> None:
        create_milestone(session, create_task(session, state=state), look_on=DUE)

        play(session, morning("05-31"))

        assert told(session) == []

    def test_people_who_were_removed_or_deactivated_hear_nothing(self, session: Session) -> None:
        task = create_task(session)
        create_milestone(session, task, due_on=DUE)
        newcomer = create_person(session, "测试戊")
        create_person(session, EXPEDITER).is_active = False
        reassign_task(
            session,
            id_of(task),
            role=Role.OWNER,
            from_person_id=id_of(create_person(session, OWNER)),
            to_person_id=id_of(newcomer),
            actor=actor_of(create_person(session, COORDINATOR)),
            at=morning("05-30"),
        )

        play(session, morning("05-31"))

        assert told(session) == [("05-31", "测试戊", "person.reassign"), ("05-31", "测试戊", "before-0")]

    def test_where_nobody_is_left_the_coordinator_hears(self, session: Session) -> None:
        create_milestone(session, create_task(session, owner=None, expediter=None), due_on=DUE)

        play(session, morning("05-31"))

        assert told(session) == [("05-31", COORDINATOR, "before-0")]

    def test_a_list_shared_by_several_rows_is_reminded_of_once_a_person(self, session: Session) -> None:
        holder = create_task(session)
        create_milestone(session, holder, due_on=DUE)
        create_task(session, milestones_from_id=holder.id)
        create_task(session, milestones_from_id=holder.id, owner=create_person(session, "测试戊"))

        play(session, morning("05-31"))

        assert sorted(name for _, name, _ in told(session)) == sorted([OWNER, EXPEDITER, "测试戊"])

    def test_what_was_reported_waits_for_the_reviewer_and_not_for_the_owner(self, session: Session) -> None:
        owner = create_person(session, OWNER)
        create_milestone(
            session, create_task(session), due_on=DUE, state=MilestoneState.REPORTED, reported_by_id=owner.id
        )

        play(session, morning("05-31"))

        assert told(session) == [("05-31", EXPEDITER, "before-0")]
        assert "请审核确认" in session.exec(select(Letter.text)).one()

    @pytest.mark.parametrize(
        ("state", "name", "words"),
        [
            (TaskState.ACTIVE, OWNER, "请按时办理"),
            (TaskState.AWAITING_CLOSURE, LEADER, "请销号"),
            (TaskState.CLOSED, COORDINATOR, "归档材料包"),
        ],
    )
    def test_archiving_is_asked_of_whoever_has_to_act_next(
        self, session: Session, state: TaskState, name: str, words: str
    ) -> None:
        create_milestone(
            session, create_task(session, state=state), due_on=DUE, kind=MilestoneKind.ARCHIVE, look_on=DUE
        )

        play(session, morning("05-31"))

        person = create_person(session, name)
        assert words in session.exec(select(Letter.text).where(Letter.recipient_id == person.id)).one()

    def test_a_granted_extension_begins_anew(self, session: Session) -> None:
        milestone = create_milestone(session, create_task(session), due_on=DUE)
        play(session, morning("05-31"))
        milestone.due_on, milestone.look_on = date(2024, 6, 7), date(2024, 5, 31)

        play(session, morning("06-03"))

        assert [(day, rule) for day, name, rule in told(session) if name == OWNER] == [
            ("05-31", "before-0"),
            ("06-03", "before-7"),
        ]


class TestAcceptance:
    def test_an_unaccepted_task_is_told_to_the_owner_daily_and_then_to_the_leader(
        self, session: Session
    ) -> None:
        create_task(session, state=TaskState.ISSUED, accept_by_on=date(2024, 1, 10))

        for day in ("01-10", "01-11", "01-12", "01-15"):
            play(session, morning(day))

        assert told(session) == [
            ("01-11", OWNER, "accept"),
            ("01-12", OWNER, "accept"),
            ("01-12", LEADER, "accept-escalate"),
            ("01-15", OWNER, "accept"),
        ]

    def test_an_accepted_one_is_silent(self, session: Session) -> None:
        create_task(session, state=TaskState.ACTIVE, accept_by_on=date(2024, 1, 10))

        play(session, morning("01-11"))

        assert told(session) == []


class TestInstructions:
    def test_the_owner_is_reminded_daily_until_he_acknowledges(self, session: Session) -> None:
        task = create_task(session)
        instruction = create_instruction(session, task, given_at=NOON)  # a Friday
        for day in ("03-01", "03-04", "03-05"):
            play(session, morning(day))
        instruction.acknowledged_at = morning("03-05")
        play(session, morning("03-06"))

        assert told(session) == [("03-04", OWNER, "instruction"), ("03-05", OWNER, "instruction")]
        assert instruction.text in session.exec(select(Letter.text)).first()  # type: ignore[operator]


class TestOfficeHours:
    @pytest.mark.parametrize(
        "at",
        [
            office_moment(DUE, 8, 29),
            office_moment(DUE, 17, 30),
            office_moment(date(2024, 6, 1), 10),
            office_moment(date(2024, 6, 10), 10),
        ],
    )
    def test_nothing_is_written_outside_them(self, session: Session, at: datetime) -> None:
        create_milestone(session, create_task(session), due_on=DUE)

        assert play(session, at).state is RoundState.CLOSED
        assert told(session) == []

    def test_a_day_at_the_office_is_not_a_day_in_utc(self, session: Session) -> None:
        create_milestone(session, create_task(session), due_on=DUE)

        play(session, datetime.fromisoformat("2024-05-31T00:30:00+00:00"))

        assert told(session)[0] == ("05-31", OWNER, "before-0")


class TestAnyNumberOfRounds:
    def days(self) -> Iterator[datetime]:
        day = date(2024, 5, 20)
        while day <= date(2024, 6, 20):
            yield office_moment(day, 8, 30)
            day += timedelta(days=1)

    def make(self, engine: Engine) -> None:
        with write_session(engine) as session:
            task = create_task(session)
            create_milestone(session, task, due_on=DUE)
            create_milestone(session, task, due_on=date(2024, 6, 7))
            create_task(session, state=TaskState.ISSUED, accept_by_on=date(2024, 5, 22))

    def undisturbed(self, engine: Engine) -> list[tuple[object, ...]]:
        for at in self.days():
            play_and_commit(engine, at)
        return self.read(engine)

    def read(self, engine: Engine) -> list[tuple[object, ...]]:
        with Session(engine) as session:
            return outbox(session)

    def test_a_second_tick_writes_nothing(self, engine: Engine) -> None:
        self.make(engine)
        play_and_commit(engine, morning("05-31"))
        before = self.read(engine)

        for minute in range(31, 40):
            assert play_and_commit(engine, office_moment(DUE, 8, minute)).letters == 0

        assert self.read(engine) == before

    def test_a_stopped_week_is_made_up_for_with_one_letter(self, engine: Engine) -> None:
        self.make(engine)
        play_and_commit(engine, morning("05-24"))
        play_and_commit(engine, morning("06-04"))

        with Session(engine) as session:
            found = [(day, rule) for day, name, rule in told(session) if name == OWNER]
        assert found == [
            ("05-24", "accept"),
            ("05-24", "before-7"),
            ("05-24", "before-14"),  # of the second milestone, owed since that day
            ("06-04", "accept"),
            ("06-04", "overdue"),
            ("06-04", "before-3"),
        ]

    def test_a_clock_set_back_writes_nothing_until_the_day_comes_again(self, engine: Engine) -> None:
        self.make(engine)
        for at in self.days():
            play_and_commit(engine, at)
            play_and_commit(engine, at - timedelta(days=1))
            play_and_commit(engine, at - timedelta(days=3, hours=1))

        with Session(engine) as session:
            disturbed = outbox(session)
            begin_again(session)
        assert disturbed == self.undisturbed(engine)

    def test_a_clock_that_was_years_ahead_is_forgiven(self, engine: Engine) -> None:
        self.make(engine)
        play_and_commit(engine, morning("05-31", 2027))

        assert play_and_commit(engine, morning("05-31")).state is RoundState.DONE
        with Session(engine) as session:
            assert ("05-31", OWNER, "before-0") in told(session)

    def test_a_small_slip_of_the_clock_is_said(self, engine: Engine) -> None:
        self.make(engine)
        play_and_commit(engine, morning("05-31"))

        assert play_and_commit(engine, morning("05-30")).state is RoundState.CLOCK

    def test_kills_at_any_statement_leave_the_same_outbox(self, engine: Engine) -> None:
        self.make(engine)
        kills = 0
        for at in self.days():
            for place in (1, 3, 6, 9, 12, 16, 20):
                with killed_at_statement(engine, place) as has_died:
                    try:
                        play_and_commit(engine, at)
                    except Killed:
                        kills += 1
                if not has_died:
                    break
            play_and_commit(engine, at)
        disturbed = self.read(engine)

        with Session(engine) as session:
            begin_again(session)
        assert kills > 50
        assert disturbed == self.undisturbed(engine)

    @pytest.mark.postgresql
    def test_two_schedulers_at_once_write_what_one_would(self, engine: Engine) -> None:
        self.make(engine)
        days = list(self.days())
        together = Barrier(2, timeout=60)
        failures: list[BaseException] = []

        def schedule() -> None:
            try:
                for at in days:
                    together.wait()
                    play_and_commit(engine, at)
            except BaseException as error:
                failures.append(error)
                together.abort()

        threads = [Thread(target=schedule) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failures == []
        with Session(engine) as session:
            digests = session.exec(select(col(Letter.recipient_id), col(Letter.office_day))).all()
            assert len(digests) == len(set(digests))
            keys = session.exec(select(Notice.key)).all()
            assert len(keys) == len(set(keys))
            owner_days = [day for day, name, _ in told(session) if name == OWNER]
            # every working day from 22 May on has a line of the owner's: the unaccepted task is daily
            assert len(set(owner_days)) == len([at for at in days if _is_told(at)])
            waiting = session.exec(select(Notice).where(col(Notice.letter_id).is_(None))).all()
            assert waiting == []

    def test_a_changed_policy_is_looked_at_from_the_next_morning(self, engine: Engine) -> None:
        self.make(engine)
        play_and_commit(engine, morning("05-20"))
        content: dict[str, Any] = copy.deepcopy(shipped("reminders.toml"))
        content["before"]["days"] = [10]

        with write_session(engine) as session:
            run_round(
                session,
                at=morning("05-21"),
                policy=ReminderPolicy.from_mapping(content),
                hours=shipped_hours(),
                calendar=published_calendar(),
                console_url=CONSOLE_URL,
            )

        with Session(engine) as session:
            assert ("05-21", OWNER, "before-10") in told(session)


def _is_told(at: datetime) -> bool:
    """On the first day the stage of 14 days is owed; from 23 May on, every working day, the late acceptance."""
    day = office_day(at)
    is_late = published_calendar().is_workday(day) and day > date(2024, 5, 22)
    return is_late or day == date(2024, 5, 20)


def begin_again(session: Session) -> None:
    """As if no round had ever run."""
    for statement in (delete(Notice), delete(Letter), delete(RoundProgress)):
        session.exec(statement)
    for milestone in session.exec(select(Milestone)):
        milestone.look_on = date(2024, 1, 8)
    session.commit()


class Killed(BaseException):
    """The process died here."""


@contextmanager
def killed_at_statement(engine: Engine, place: int) -> Iterator[list[int]]:
    """Die before the statement at `place`; the list is empty where so many statements were never reached."""
    seen = 0
    died: list[int] = []

    def count(*_: object) -> None:
        nonlocal seen
        seen += 1
        if seen == place:
            died.append(place)
            raise Killed

    event.listen(engine, "before_cursor_execute", count)
    try:
        yield died
    finally:
        event.remove(engine, "before_cursor_execute", count)


class TestPartsOnOneTask:
    def test_a_leader_appointed_later_is_told_what_is_still_true(self, session: Session) -> None:
        task: Task = create_task(session, leader=None)
        milestone = create_milestone(session, task, due_on=DUE, look_on=date(2024, 6, 6))
        play(session, morning("06-06"))
        create_part(session, task, create_person(session, LEADER), Role.LEADER)
        milestone.look_on = date(2024, 6, 7)

        play(session, morning("06-07"))

        assert ("06-07", LEADER, "escalate-leader") in told(session)
