"""Reporting, confirming, returning and waiving milestones; asking for more time."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_milestone,
    create_person,
    create_task,
)
from tracker.clock import office_moment
from tracker.errors import ExtensionNotFound, MilestoneNotFound
from tracker.identity import id_of
from tracker.lights import Light, LightThresholds, Measure, light_of, was_on_time
from tracker.models import AuditEvent, Extension, Milestone, Task
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor
from tracker.services.extensions import (
    consent_extension,
    explain_extension,
    grant_extension,
    refuse_extension,
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
from workflows.extension import ExtensionState, ExtensionTrigger
from workflows.kernel import GuardsUnmet, TransitionNotAllowed
from workflows.milestone import MilestoneKind, MilestoneState, MilestoneTrigger
from workflows.task import TaskState, TaskTrigger

JUNE_3 = office_moment(date(2024, 6, 3))


def actor(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def kinds(session: Session) -> list[str]:
    return [event.kind for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all()]


def report(session: Session, step: Milestone, at: datetime = NOON, name: str = OWNER) -> Milestone:
    return report_milestone(session, id_of(step), note="已完成清点", actor=actor(session, name), at=at)


def confirm(session: Session, step: Milestone, at: datetime = NOON, name: str = EXPEDITER) -> Milestone:
    return confirm_milestone(session, id_of(step), actor=actor(session, name), at=at)


class TestReportAndConfirm:
    def test_a_reported_and_confirmed_step_is_met_and_looked_at_no_more(self, session: Session) -> None:
        step = create_milestone(session, create_task(session))
        report(session, step)
        assert (step.state, step.reported_at, step.report_note) == (
            MilestoneState.REPORTED,
            NOON,
            "已完成清点",
        )
        confirm(session, step)
        assert (step.state, step.met_at, step.look_on) == (MilestoneState.MET, NOON, None)
        assert kinds(session) == ["milestone.report", "milestone.confirm"]

    def test_nobody_confirms_what_he_reported(self, session: Session) -> None:
        task = create_task(session, expediter=create_person(session, OWNER))
        step = report(session, create_milestone(session, task))
        with pytest.raises(GuardsUnmet, match="报告人不能确认自己报告的节点"):
            confirm(session, step, name=OWNER)
        assert confirm(session, step, name=COORDINATOR).state is MilestoneState.MET

    def test_only_while_the_task_is_under_way(self, session: Session) -> None:
        step = create_milestone(session, create_task(session, state=TaskState.ISSUED))
        with pytest.raises(GuardsUnmet, match="任务不在办理中"):
            report(session, step)

    def test_a_report_needs_a_note(self, session: Session) -> None:
        step = create_milestone(session, create_task(session))
        with pytest.raises(GuardsUnmet, match="须写明理由"):
            report_milestone(session, id_of(step), note=" ", actor=actor(session, OWNER), at=NOON)

    def test_a_standing_duty_is_reported_on_and_never_finished(self, session: Session) -> None:
        step = create_milestone(session, create_task(session), kind=MilestoneKind.STANDING, due_on=None)
        for day in (NOON, JUNE_3):
            report(session, step, at=day)
        assert (step.state, step.reported_at) == (MilestoneState.PENDING, JUNE_3)
        assert kinds(session) == ["milestone.report", "milestone.report"]
        with pytest.raises(TransitionNotAllowed):
            confirm(session, step)

    def test_archiving_and_series_are_not_reported(self, session: Session) -> None:
        task = create_task(session)
        archiving = create_milestone(session, task, kind=MilestoneKind.ARCHIVE)
        series = create_milestone(session, task, kind=MilestoneKind.SERIES, due_on=None)
        with pytest.raises(GuardsUnmet, match="归档节点由任务归档自动完成"):
            report(session, archiving)
        with pytest.raises(GuardsUnmet, match="请办理它的每一期"):
            report(session, series)

    def test_a_milestone_that_is_not_there_is_named(self, session: Session) -> None:
        with pytest.raises(MilestoneNotFound, match="没有编号为7的节点"):
            explain_milestone(session, 7, MilestoneTrigger.REPORT, actor=Actor(1, OWNER))


class TestReturn:
    def test_lateness_is_that_of_the_report_finally_accepted(self, session: Session) -> None:
        step = report(session, create_milestone(session, create_task(session)))
        return_milestone(session, id_of(step), actor=actor(session, EXPEDITER), at=NOON, reason="台账不全")
        assert (step.state, step.reported_at, step.reported_by_id, step.report_note) == (
            MilestoneState.PENDING,
            None,
            None,
            None,
        )
        assert step.look_on == date(2024, 3, 1)

        confirm(session, report(session, step, at=JUNE_3), at=JUNE_3)

        assert was_on_time(step, measure=Measure.SUBMISSION) is False
        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "milestone.return")).one()
        data = json.loads(event.data)
        assert data["reason"] == "台账不全"
        assert data["changed"]["reported_at"] == [NOON.isoformat(), None]  # the first report stays on record


class TestWaive:
    def test_waiving_a_series_waives_its_open_occurrences_each_on_record(self, session: Session) -> None:
        task = create_task(session)
        series = create_milestone(session, task, kind=MilestoneKind.SERIES, due_on=None)
        done = create_milestone(
            session, task, series_id=series.id, occurs_on=date(2024, 1, 31), state=MilestoneState.MET
        )
        ahead = create_milestone(session, task, series_id=series.id, occurs_on=date(2024, 4, 30))

        waive_milestone(session, id_of(series), actor=actor(session, LEADER), at=NOON, reason="任务取消")

        assert [each.state for each in (series, done, ahead)] == ["waived", "met", "waived"]
        assert ahead.look_on is None
        assert kinds(session) == ["milestone.waive", "milestone.waive"]

    def test_only_the_leader_waives_and_only_with_a_reason(self, session: Session) -> None:
        step = create_milestone(session, create_task(session))
        said = explain_milestone(session, id_of(step), MilestoneTrigger.WAIVE, actor=actor(session, OWNER))
        assert [condition.code for condition in said] == ["wrong-role", "missing-reason"]


class TestExtension:
    def ask(
        self, session: Session, step: Milestone, to: date = date(2024, 6, 30), at: datetime = NOON
    ) -> Extension:
        return request_extension(
            session, id_of(step), to_due_on=to, reason="到货推迟", actor=actor(session, OWNER), at=at
        )

    def grant(self, session: Session, extension: Extension, at: datetime = NOON) -> Extension:
        return grant_extension(session, id_of(extension), actor=actor(session, LEADER), at=at)

    def step(self, session: Session, **fields: object) -> Milestone:
        return create_milestone(session, create_task(session), **fields)

    def test_a_granted_one_moves_the_day_and_keeps_the_first(self, session: Session) -> None:
        step = self.step(session, is_provisional=True, look_on=date(2024, 5, 1))
        self.grant(session, self.ask(session, step))
        assert (step.due_on, step.first_due_on) == (date(2024, 6, 30), date(2024, 5, 31))
        assert (step.is_provisional, step.was_overdue) == (False, False)
        assert step.look_on == date(2024, 3, 1)
        assert kinds(session) == ["extension.request", "extension.grant"]

    def test_asked_for_on_the_due_day_it_is_not_late_and_the_day_after_it_is(self, session: Session) -> None:
        step = self.step(session)
        assert self.ask(session, step, at=office_moment(date(2024, 5, 31), 23)).is_late is False
        other = create_milestone(session, session.get_one(Task, step.task_id))
        # 31 May 16:30 in UTC is 1 June at the office
        assert self.ask(session, other, at=datetime(2024, 5, 31, 16, 30, tzinfo=UTC)).is_late is True

    def test_one_asked_for_late_never_makes_the_work_on_time(self, session: Session) -> None:
        step = self.step(session)
        self.grant(session, self.ask(session, step, at=JUNE_3), at=JUNE_3)
        confirm(session, report(session, step, at=JUNE_3), at=JUNE_3)
        assert step.was_overdue
        light = light_of(step, today=date(2024, 7, 1), thresholds=LightThresholds())
        assert light is Light.YELLOW_BLUE

    @pytest.mark.parametrize(("day", "is_late"), [(10, False), (11, True)])
    def test_days_on_which_the_task_was_suspended_do_not_make_it_late(
        self, session: Session, day: int, is_late: bool
    ) -> None:
        step = self.step(session)
        for trigger, on in ((TaskTrigger.SUSPEND, 28), (TaskTrigger.RESUME, 38)):
            move_task(
                session,
                step.task_id,
                trigger,
                actor=actor(session, LEADER),
                at=office_moment(date(2024, 5, 1) + timedelta(days=on - 1)),
                rules=OfficeRules(),
                reason="等上级意见",
            )
        # the clock stood still from 28 May to 7 June, ten days
        extension = self.ask(session, step, at=office_moment(date(2024, 6, day)))
        assert extension.is_late is is_late

    @pytest.mark.parametrize("to", [date(2024, 5, 31), date(2024, 5, 1)])
    def test_the_new_day_lies_after_the_old_one(self, session: Session, to: date) -> None:
        with pytest.raises(GuardsUnmet, match="新的时限必须晚于现在的时限"):
            self.ask(session, self.step(session), to)

    def test_the_new_day_is_not_in_the_past(self, session: Session) -> None:
        with pytest.raises(GuardsUnmet, match="不早于今天"):
            self.ask(session, self.step(session), date(2024, 6, 2), at=JUNE_3)

    def test_one_request_at_a_time(self, session: Session) -> None:
        step = self.step(session)
        self.ask(session, step)
        with pytest.raises(GuardsUnmet, match="已有一份延期申请等待批复"):
            self.ask(session, step)
        assert len(session.exec(select(Extension)).all()) == 1

    def test_what_is_reported_is_not_put_off_unless_it_comes_back(self, session: Session) -> None:
        step = report(session, self.step(session))
        with pytest.raises(GuardsUnmet, match="节点已报告完成，等待审核，不需要延期"):
            self.ask(session, step)
        return_milestone(session, id_of(step), actor=actor(session, EXPEDITER), at=NOON, reason="数字不对")
        assert self.ask(session, step).state is ExtensionState.REQUESTED

    def test_a_second_one_needs_the_coordinators_consent(self, session: Session) -> None:
        step = self.step(session)
        self.grant(session, self.ask(session, step))
        second = self.ask(session, step, date(2024, 7, 31))
        assert second.number == 2
        with pytest.raises(GuardsUnmet, match="这是第2次延期，须先由协调员同意"):
            self.grant(session, second)

        consent_extension(session, id_of(second), actor=actor(session, COORDINATOR), at=NOON)
        self.grant(session, second)

        assert (step.due_on, step.first_due_on) == (date(2024, 7, 31), date(2024, 5, 31))
        assert second.state is ExtensionState.GRANTED

    def test_a_refused_one_moves_nothing(self, session: Session) -> None:
        step = self.step(session)
        extension = self.ask(session, step)
        refuse_extension(
            session, id_of(extension), actor=actor(session, LEADER), at=NOON, reason="按原时限办理"
        )
        assert (step.due_on, extension.decision) == (date(2024, 5, 31), "按原时限办理")
        with pytest.raises(TransitionNotAllowed):
            self.grant(session, extension)

    def test_the_owner_does_not_grant_his_own(self, session: Session) -> None:
        extension = self.ask(session, self.step(session))
        said = explain_extension(
            session, id_of(extension), ExtensionTrigger.GRANT, actor=actor(session, OWNER), at=NOON
        )
        assert [condition.code for condition in said] == ["wrong-role"]

    def test_the_leader_may_answer_on_paper(self, session: Session) -> None:
        extension = self.ask(session, self.step(session))
        leader, coordinator = create_person(session, LEADER), create_person(session, COORDINATOR)
        grant_extension(session, id_of(extension), actor=actor_of(leader, recorded_by=coordinator), at=NOON)
        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "extension.grant")).one()
        assert (event.actor_name, event.recorded_by_name) == (LEADER, COORDINATOR)

    def test_what_has_no_day_needs_none(self, session: Session) -> None:
        with pytest.raises(GuardsUnmet, match="没有完成时限，不需要延期"):
            self.ask(session, self.step(session, due_on=None))

    def test_an_extension_that_is_not_there_is_named(self, session: Session) -> None:
        with pytest.raises(ExtensionNotFound, match="没有编号为3的延期申请"):
            grant_extension(session, 3, actor=Actor(1, LEADER), at=NOON)
