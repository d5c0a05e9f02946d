"""Who hears of a milestone that serves several tasks: the people on those that are under way, each once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col, select

from notifications.models import Letter, Notice
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    actor_of,
    create_deliverable,
    create_evidence,
    create_milestone,
    create_person,
    create_task,
)
from tests.integration.notifications.playing import morning, play, told
from tests.reminder_policies import published_calendar
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.models import Evidence, Milestone, Task
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor
from tracker.services.evidence import reject_evidence
from tracker.services.extensions import request_extension
from tracker.services.lifecycle import move_task
from tracker.services.milestones import report_milestone
from workflows.milestone import MilestoneKind
from workflows.task import OPEN_STATES, TaskState, TaskTrigger

DUE = date(2024, 5, 31)
SHARER_OWNER, SHARER_EXPEDITER, SHARER_LEADER = "测试戊", "测试己", "测试庚"

pytestmark = pytest.mark.postgresql


def actor(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def share(session: Session, holder: Task, state: TaskState = TaskState.ACTIVE) -> Task:
    return create_task(
        session,
        state=state,
        title="共用节点的任务",
        milestones_from_id=holder.id,
        deliverables_from_id=holder.id,
        owner=create_person(session, SHARER_OWNER),
        expediter=create_person(session, SHARER_EXPEDITER),
        leader=create_person(session, SHARER_LEADER),
    )


def names(session: Session) -> set[str]:
    return {name for _, name, _ in told(session)}


class TestPlannedReminders:
    @pytest.mark.parametrize(
        "state",
        [TaskState.DRAFT, TaskState.SUSPENDED, TaskState.CANCELLED, TaskState.ARCHIVED, TaskState.CLOSED],
    )
    def test_only_the_people_of_tasks_under_way_are_told(self, session: Session, state: TaskState) -> None:
        holder = create_task(session, state=state)
        create_milestone(session, holder, due_on=DUE, look_on=DUE)
        sharer = share(session, holder)

        play(session, morning("05-31"))

        assert names(session) == {SHARER_OWNER, SHARER_EXPEDITER}
        assert set(session.exec(select(Notice.task_id)).all()) == {sharer.id}
        assert all("共用节点的任务" in text for text in session.exec(select(col(Letter.text))).all())

    def test_a_holder_suspended_and_resumed_is_told_with_the_others(self, session: Session) -> None:
        holder = create_task(session)
        create_milestone(session, holder, due_on=DUE)
        share(session, holder)

        def move(trigger: TaskTrigger, day: str) -> None:
            move_task(
                session,
                id_of(holder),
                trigger,
                actor=actor(session, LEADER),
                at=morning(day),
                rules=OfficeRules(),
                reason="场地维修",
            )

        play(session, morning("05-24"))
        move(TaskTrigger.SUSPEND, "05-27")
        play(session, morning("05-28"))
        move(TaskTrigger.RESUME, "05-29")
        play(session, morning("05-30"))

        steps = [(day, name) for day, name, rule in told(session) if rule.startswith("before-")]
        everybody = {OWNER, EXPEDITER, SHARER_OWNER, SHARER_EXPEDITER}
        assert {name for day, name in steps if day == "05-24"} == everybody
        assert {name for day, name in steps if day == "05-28"} == {SHARER_OWNER, SHARER_EXPEDITER}
        assert {name for day, name in steps if day == "05-30"} == everybody

    def test_each_is_told_for_the_task_on_which_he_is(self, session: Session) -> None:
        holder = create_task(session)
        create_milestone(session, holder, due_on=DUE)
        sharer = share(session, holder)

        play(session, morning("05-31"))

        told_for = {row.recipient_id: row.task_id for row in session.exec(select(Notice)).all()}
        assert told_for == {
            create_person(session, OWNER).id: holder.id,
            create_person(session, EXPEDITER).id: holder.id,
            create_person(session, SHARER_OWNER).id: sharer.id,
            create_person(session, SHARER_EXPEDITER).id: sharer.id,
        }

    def test_archiving_is_asked_of_whoever_is_next_on_each_task(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.CLOSED)
        create_milestone(session, holder, due_on=DUE, kind=MilestoneKind.ARCHIVE, look_on=DUE)
        share(session, holder, TaskState.AWAITING_CLOSURE)

        play(session, morning("05-31"))

        assert names(session) == {COORDINATOR, SHARER_LEADER, EXPEDITER, SHARER_EXPEDITER}

    def test_nobody_is_told_where_nothing_is_under_way(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE, look_on=DUE)
        share(session, holder, TaskState.CANCELLED)

        play(session, morning("05-31"))

        assert told(session) == []
        assert session.get_one(Milestone, step.id, populate_existing=True).look_on is None


class TestEvents:
    def test_a_report_is_told_to_the_reviewers_of_the_tasks_under_way(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=date(2024, 6, 28))
        sharer = share(session, holder)
        report_milestone(
            session, id_of(step), note="已完成", actor=actor(session, SHARER_OWNER), at=morning("05-08")
        )

        play(session, morning("05-09"))

        assert [(name, rule) for _, name, rule in told(session)] == [(SHARER_EXPEDITER, "milestone.report")]
        assert session.exec(select(Notice.task_id)).one() == sharer.id

    def test_a_request_for_time_is_told_to_the_leader_of_the_task_under_way(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.CANCELLED)
        step = create_milestone(session, holder, due_on=date(2024, 6, 28))
        share(session, holder)
        request_extension(
            session,
            id_of(step),
            to_due_on=date(2024, 7, 31),
            reason="到货推迟",
            actor=actor(session, SHARER_OWNER),
            at=morning("05-08"),
        )

        play(session, morning("05-09"))

        assert names(session) == {SHARER_LEADER}

    def test_evidence_sent_back_is_told_while_one_task_is_open(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        deliverable = create_deliverable(session, holder)
        share(session, holder)
        handed_in: Evidence = create_evidence(
            session, deliverable, submitted_by=create_person(session, SHARER_OWNER)
        )
        reject_evidence(
            session,
            id_of(handed_in),
            reason="没有盖章",
            actor=actor(session, SHARER_EXPEDITER),
            at=morning("05-08"),
        )

        play(session, morning("05-09"))

        assert names(session) == {SHARER_OWNER}


LEADERS = {LEADER: OWNER, SHARER_LEADER: SHARER_OWNER, "测试癸": "测试壬"}


class TestAnyOrderOfStoppingAndResuming:
    @settings(max_examples=25)
    @given(
        acts=st.lists(
            st.tuples(
                st.integers(0, 2),
                st.sampled_from([TaskTrigger.SUSPEND, TaskTrigger.RESUME, TaskTrigger.CANCEL]),
            ),
            max_size=6,
        )
    )
    def test_on_the_day_everybody_under_way_is_told_and_nobody_else(
        self, acts: list[tuple[int, TaskTrigger]]
    ) -> None:
        engine = create_engine("sqlite://", poolclass=StaticPool)
        SQLModel.metadata.create_all(engine)
        with Session(engine) as session:
            tasks = self.tasks(session)
            self.play_acts(session, tasks, acts)

            play(session, morning("05-31"))

            owners = {
                owner
                for task, owner in zip(tasks, LEADERS.values(), strict=True)
                if task.state in OPEN_STATES
            }
            due_today = [name for _, name, rule in told(session) if rule == "before-0"]
            assert sorted(name for name in due_today if name in LEADERS.values()) == sorted(owners)
            assert (EXPEDITER in due_today) == bool(owners)
            assert len(due_today) == len(set(due_today))
        engine.dispose()

    def tasks(self, session: Session) -> list[Task]:
        """A holder and two that share its milestone, each with an owner and a leader of its own."""
        tasks: list[Task] = []
        for leader, owner in LEADERS.items():
            tasks.append(
                create_task(
                    session,
                    owner=create_person(session, owner),
                    leader=create_person(session, leader),
                    milestones_from_id=tasks[0].id if tasks else None,
                )
            )
        create_milestone(session, tasks[0], due_on=DUE)
        return tasks

    def play_acts(self, session: Session, tasks: list[Task], acts: list[tuple[int, TaskTrigger]]) -> None:
        """One act a day in May, with a round on each; what the state does not allow is left out."""
        wanted = {TaskTrigger.SUSPEND: TaskState.ACTIVE, TaskTrigger.RESUME: TaskState.SUSPENDED}
        for number, (row, trigger) in enumerate(acts):
            task = tasks[row]
            if task.state is TaskState.CANCELLED or wanted.get(trigger, task.state) is not task.state:
                continue
            day = date(2024, 5, 20 + number)
            move_task(
                session,
                id_of(task),
                trigger,
                actor=actor(session, list(LEADERS)[row]),
                at=office_moment(day, 9),
                rules=OfficeRules(),
                reason="情况变化",
                calendar=published_calendar(),
            )
            play(session, office_moment(day, 10))
