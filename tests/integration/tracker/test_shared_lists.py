"""A list that serves several tasks lives as long as any of them is under way, whatever becomes of its holder."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_deliverable,
    create_evidence,
    create_milestone,
    create_person,
    create_task,
)
from tracker.calendar import load_published_calendar
from tracker.clock import office_day, office_moment
from tracker.deadlines import OffsetUnit
from tracker.identity import id_of
from tracker.models import AuditEvent, Extension, Milestone, Task
from tracker.queries.todo import TodoKind, list_todos
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor
from tracker.services.events import record_event
from tracker.services.extensions import (
    explain_extension,
    grant_extension,
    request_extension,
)
from tracker.services.lifecycle import move_task
from tracker.services.milestones import (
    confirm_milestone,
    explain_milestone,
    report_milestone,
    return_milestone,
    waive_milestone,
)
from tracker.services.people import reassign_task
from workflows.extension import ExtensionTrigger
from workflows.kernel import GuardsUnmet
from workflows.milestone import MilestoneKind, MilestoneState, MilestoneTrigger
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

TODAY = office_day(NOON)
DUE = date(2024, 5, 31)
SHARER_OWNER, SHARER_EXPEDITER, SHARER_LEADER = "测试戊", "测试己", "测试庚"
CALENDAR = load_published_calendar()
GONE = (TaskState.DRAFT, TaskState.SUSPENDED, TaskState.CANCELLED, TaskState.ARCHIVED)

pytestmark = pytest.mark.postgresql


def actor(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def share(session: Session, holder: Task, state: TaskState = TaskState.ACTIVE) -> Task:
    """A task of other people whose row shares the milestones of `holder`."""
    return create_task(
        session,
        state=state,
        title="共用节点的任务",
        milestones_from_id=holder.id,
        owner=create_person(session, SHARER_OWNER),
        expediter=create_person(session, SHARER_EXPEDITER),
        leader=create_person(session, SHARER_LEADER),
    )


def move(session: Session, task: Task, trigger: TaskTrigger, name: str, **options: Any) -> Task:
    return move_task(
        session,
        id_of(task),
        trigger,
        actor=actor(session, name),
        at=NOON,
        rules=OfficeRules(),
        reason="情况变化",
        calendar=CALENDAR,
        **options,
    )


@dataclass(frozen=True)
class Package:
    """What the closing package tells the transition."""

    task_id: int
    closed_at: datetime
    sha256: str = "c" * 64


def archive(session: Session, task: Task) -> Task:
    return move(session, task, TaskTrigger.ARCHIVE, COORDINATOR, package=Package(id_of(task), NOON))


class TestWatching:
    @pytest.mark.parametrize(
        ("state", "trigger", "name"),
        [
            (TaskState.ISSUED, TaskTrigger.DECLINE, OWNER),
            (TaskState.ACTIVE, TaskTrigger.SUSPEND, LEADER),
            (TaskState.ACTIVE, TaskTrigger.CANCEL, LEADER),
        ],
    )
    def test_a_holder_that_stops_leaves_its_list_to_those_that_share_it(
        self, session: Session, state: TaskState, trigger: TaskTrigger, name: str
    ) -> None:
        holder = create_task(session, state=state)
        step = create_milestone(session, holder, due_on=DUE, look_on=date(2024, 5, 24))
        share(session, holder)

        move(session, holder, trigger, name)

        assert step.look_on == TODAY

    def test_it_is_looked_at_no_more_when_the_last_of_them_stops(self, session: Session) -> None:
        holder = create_task(session)
        step = create_milestone(session, holder, due_on=DUE)
        sharer = share(session, holder)

        move(session, sharer, TaskTrigger.SUSPEND, SHARER_LEADER)
        assert step.look_on == TODAY
        move(session, holder, TaskTrigger.SUSPEND, LEADER)

        assert step.look_on is None

    @pytest.mark.parametrize("gone", GONE)
    def test_it_is_looked_at_again_when_one_that_shares_it_resumes(
        self, session: Session, gone: TaskState
    ) -> None:
        holder = create_task(session, state=gone)
        step = create_milestone(session, holder, due_on=DUE)
        sharer = share(session, holder, TaskState.SUSPENDED)
        assert step.look_on is None

        move(session, sharer, TaskTrigger.RESUME, SHARER_LEADER)

        assert step.look_on == TODAY

    def test_it_is_looked_at_again_when_one_that_shares_it_is_reopened(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.ARCHIVED)
        step = create_milestone(session, holder, due_on=DUE)
        sharer = share(session, holder, TaskState.CLOSED)

        move(session, sharer, TaskTrigger.REOPEN, SHARER_LEADER)

        assert step.look_on == TODAY

    def test_it_is_looked_at_again_when_people_of_one_that_shares_it_change(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE)
        sharer = share(session, holder)

        reassign_task(
            session,
            id_of(sharer),
            role=Role.OWNER,
            from_person_id=id_of(create_person(session, SHARER_OWNER)),
            to_person_id=id_of(create_person(session, "测试辛")),
            actor=actor(session, COORDINATOR),
            at=NOON,
        )

        assert step.look_on == TODAY


class TestIssueWhileTheHolderIsADraft:
    def test_the_list_is_watched_and_rolls_out_once(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.DRAFT)
        step = create_milestone(session, holder, due_on=DUE)
        create_milestone(
            session,
            holder,
            kind=MilestoneKind.SERIES,
            due_on=DUE,
            recurrence="FREQ=MONTHLY;BYMONTHDAY=-1",
        )
        sharer = share(session, holder, TaskState.DRAFT)

        move(session, sharer, TaskTrigger.ISSUE, COORDINATOR)
        rolled = occurrences(session)
        move(session, holder, TaskTrigger.ISSUE, COORDINATOR)

        assert step.look_on == TODAY
        assert {each.look_on for each in rolled} == {TODAY}
        assert rolled
        assert rolled[0].due_on
        assert rolled[0].due_on >= TODAY
        assert occurrences(session) == rolled

    def test_what_happens_gives_its_day_for_all_that_share_the_list(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.DRAFT)
        create_milestone(
            session,
            holder,
            kind=MilestoneKind.SERIES,
            due_on=None,
            offset_count=7,
            offset_unit=OffsetUnit.DAY,
            offset_event="检查结束",
        )
        sharer = share(session, holder)

        def record(name: str, task: Task) -> list[Milestone]:
            return record_event(
                session,
                campaign_id=holder.campaign_id,
                name="检查结束",
                on=TODAY,
                task_id=id_of(task),
                actor=actor(session, name),
                at=NOON,
                calendar=CALENDAR,
            )

        given = record(SHARER_OWNER, sharer)

        assert [each.look_on for each in given] == [TODAY]
        assert record(OWNER, holder) == given
        assert occurrences(session) == given


def occurrences(session: Session) -> list[Milestone]:
    statement = select(Milestone).where(col(Milestone.series_id).is_not(None)).order_by(col(Milestone.id))
    return list(session.exec(statement).all())


class TestReporting:
    @pytest.mark.parametrize("gone", [*GONE, TaskState.ISSUED, TaskState.CLOSED])
    def test_people_of_a_task_that_shares_it_bring_a_step_to_its_end(
        self, session: Session, gone: TaskState
    ) -> None:
        holder = create_task(session, state=gone)
        step = create_milestone(session, holder, due_on=DUE)
        share(session, holder)

        report_milestone(session, id_of(step), note="已完成", actor=actor(session, SHARER_OWNER), at=NOON)
        return_milestone(
            session, id_of(step), actor=actor(session, SHARER_EXPEDITER), at=NOON, reason="数字不符"
        )
        assert step.look_on == TODAY
        report_milestone(session, id_of(step), note="已更正", actor=actor(session, SHARER_OWNER), at=NOON)
        confirm_milestone(session, id_of(step), actor=actor(session, SHARER_EXPEDITER), at=NOON)

        met = session.get_one(Milestone, step.id)
        assert (met.state, met.look_on) == (MilestoneState.MET, None)

    def test_an_owner_whose_own_task_stopped_may_not_report(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE)
        share(session, holder)

        with pytest.raises(GuardsUnmet, match="任务不在办理中") as refused:
            report_milestone(session, id_of(step), note="已完成", actor=actor(session, OWNER), at=NOON)

        assert [condition.code for condition in refused.value.unmet] == ["task-not-active"]

    def test_an_owner_of_one_task_never_reviews_for_another(self, session: Session) -> None:
        holder = create_task(session)
        step = create_milestone(session, holder, due_on=DUE)
        expediter = create_person(session, EXPEDITER)
        create_task(session, milestones_from_id=holder.id, owner=expediter, expediter=None)
        report_milestone(session, id_of(step), note="已完成", actor=actor(session, OWNER), at=NOON)

        with pytest.raises(GuardsUnmet, match="审核人"):
            confirm_milestone(session, id_of(step), actor=actor_of(expediter), at=NOON)

        confirm_milestone(session, id_of(step), actor=actor(session, COORDINATOR), at=NOON)
        assert step.state is MilestoneState.MET

    def test_a_leader_of_a_task_that_shares_it_waives_a_step(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.CANCELLED)
        step = create_milestone(session, holder, due_on=DUE)
        share(session, holder)
        trigger, leader = MilestoneTrigger.WAIVE, actor(session, LEADER)

        unmet = explain_milestone(session, id_of(step), trigger, actor=leader, reason="不再需要")
        assert [condition.code for condition in unmet] == ["task-not-open"]
        waive_milestone(session, id_of(step), actor=actor(session, SHARER_LEADER), at=NOON, reason="不再需要")

        assert step.state is MilestoneState.WAIVED

    def test_a_leader_of_a_task_that_shares_it_acts_on_paper(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE)
        share(session, holder)
        leader, recorder = create_person(session, SHARER_LEADER), create_person(session, COORDINATOR)
        on_paper = Actor(leader.id, leader.name, recorder.id, recorder.name)

        waive_milestone(session, id_of(step), actor=on_paper, at=NOON, reason="不再需要")

        assert step.state is MilestoneState.WAIVED

    def test_whoever_may_act_finds_it_on_his_desk(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=TODAY)
        sharer = share(session, holder)

        def desk(name: str) -> list[tuple[TodoKind, int, int]]:
            person = id_of(create_person(session, name))
            return [
                (each.kind, each.task_id, each.subject_id)
                for each in list_todos(session, person, today=TODAY)
            ]

        assert desk(SHARER_OWNER) == [(TodoKind.REPORT, sharer.id, step.id)]
        assert desk(OWNER) == []
        report_milestone(session, id_of(step), note="已完成", actor=actor(session, SHARER_OWNER), at=NOON)
        assert desk(SHARER_EXPEDITER) == [(TodoKind.REVIEW, sharer.id, step.id)]


class TestSubmitting:
    def test_a_task_that_shares_a_list_is_submitted_when_the_list_is_fulfilled(
        self, session: Session
    ) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE)
        deliverable = create_deliverable(session, holder)
        sharer = share(session, holder)
        sharer.deliverables_from_id = holder.id
        create_evidence(session, deliverable, submitted_by=create_person(session, SHARER_OWNER))
        report_milestone(session, id_of(step), note="已完成", actor=actor(session, SHARER_OWNER), at=NOON)
        with pytest.raises(GuardsUnmet):
            move(session, sharer, TaskTrigger.SUBMIT, SHARER_OWNER)
        confirm_milestone(session, id_of(step), actor=actor(session, SHARER_EXPEDITER), at=NOON)

        move(session, sharer, TaskTrigger.SUBMIT, SHARER_OWNER)

        assert sharer.state is TaskState.IN_REVIEW


class TestExtensions:
    def ask(self, session: Session, step: Milestone, name: str = SHARER_OWNER) -> Extension:
        return request_extension(
            session,
            id_of(step),
            to_due_on=date(2024, 6, 30),
            reason="到货推迟",
            actor=actor(session, name),
            at=NOON,
        )

    def test_people_of_a_task_that_shares_it_ask_and_answer(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE)
        share(session, holder)

        extension = self.ask(session, step)
        trigger, leader = ExtensionTrigger.GRANT, actor(session, LEADER)
        unmet = explain_extension(session, id_of(extension), trigger, actor=leader, at=NOON)
        grant_extension(session, id_of(extension), actor=actor(session, SHARER_LEADER), at=NOON)

        assert [condition.code for condition in unmet] == ["task-not-open"]
        assert (step.due_on, step.first_due_on, step.look_on) == (date(2024, 6, 30), DUE, TODAY)

    def test_an_owner_whose_own_task_stopped_may_not_ask(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.SUSPENDED)
        step = create_milestone(session, holder, due_on=DUE)
        share(session, holder)

        with pytest.raises(GuardsUnmet, match="任务没有下达或者已经办结、中止"):
            self.ask(session, step, OWNER)

    @pytest.mark.parametrize(("is_sharer_suspended", "is_late"), [(False, True), (True, False)])
    def test_the_clock_stands_still_while_all_that_it_serves_is_suspended(
        self, session: Session, is_sharer_suspended: bool, is_late: bool
    ) -> None:
        holder = create_task(session)
        overdue = create_milestone(session, holder, due_on=date(2024, 2, 28))
        tasks = [(holder, LEADER)]
        sharer = share(session, holder)
        if is_sharer_suspended:
            tasks.append((sharer, SHARER_LEADER))
        for at, trigger in (
            (office_moment(date(2024, 2, 27)), TaskTrigger.SUSPEND),
            (NOON, TaskTrigger.RESUME),
        ):
            for task, name in tasks:
                move_task(
                    session,
                    id_of(task),
                    trigger,
                    actor=actor(session, name),
                    at=at,
                    rules=OfficeRules(),
                    reason="场地维修",
                )

        assert self.ask(session, overdue).is_late is is_late


class TestArchiving:
    def archiving(self, session: Session, holder: Task) -> Milestone:
        return create_milestone(session, holder, kind=MilestoneKind.ARCHIVE, due_on=DUE, look_on=TODAY)

    @pytest.mark.parametrize("is_holder_first", [True, False])
    def test_it_is_met_when_the_last_task_is_archived(self, session: Session, is_holder_first: bool) -> None:
        holder = create_task(session, state=TaskState.CLOSED, closed_at=NOON)
        step = self.archiving(session, holder)
        sharer = share(session, holder, TaskState.CLOSED)
        sharer.closed_at = NOON
        first, last = (holder, sharer) if is_holder_first else (sharer, holder)

        archive(session, first)
        assert (step.state, step.look_on) == (MilestoneState.PENDING, TODAY)
        archive(session, last)

        assert (step.state, step.look_on) == (MilestoneState.MET, None)

    @pytest.mark.parametrize("state", [TaskState.DRAFT, TaskState.CANCELLED])
    def test_what_was_never_issued_or_is_cancelled_is_not_waited_for(
        self, session: Session, state: TaskState
    ) -> None:
        holder = create_task(session, state=TaskState.CLOSED, closed_at=NOON)
        step = self.archiving(session, holder)
        share(session, holder, state)

        archive(session, holder)

        assert step.state is MilestoneState.MET

    def test_it_is_met_when_the_last_one_that_is_not_archived_is_cancelled(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.CLOSED, closed_at=NOON)
        step = self.archiving(session, holder)
        sharer = share(session, holder)
        archive(session, holder)

        move(session, sharer, TaskTrigger.CANCEL, SHARER_LEADER)

        assert step.state is MilestoneState.MET
        said = session.exec(select(AuditEvent).where(AuditEvent.kind == "milestone.archive")).one()
        assert json.loads(said.data)["from"] == "pending"

    def test_cancelling_all_meets_nothing(self, session: Session) -> None:
        holder = create_task(session)
        step = self.archiving(session, holder)

        move(session, holder, TaskTrigger.CANCEL, LEADER)

        assert (step.state, step.look_on) == (MilestoneState.PENDING, None)
