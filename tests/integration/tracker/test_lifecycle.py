"""Moving a task: what each transition sets, clears, refuses and records."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    ISSUE_MOMENT,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_milestone,
    create_part,
    create_person,
    create_task,
)
from tracker.calendar import WorkCalendar, load_published_calendar
from tracker.errors import StaleTask, TaskNotFound
from tracker.identity import id_of
from tracker.models import (
    AuditEvent,
    EvidenceState,
    ImportFinding,
    Milestone,
    Person,
    ResponsibilityTable,
    Severity,
    Task,
)
from tracker.rules import OfficeRules
from tracker.services.auditing import verify_chain
from tracker.services.lifecycle import explain_task, list_triggers, move_task
from workflows.kernel import GuardsUnmet, TransitionNotAllowed
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

CALENDAR = load_published_calendar()
FRIDAY = date(2024, 3, 1)


@dataclass(frozen=True)
class Package:
    task_id: int
    closed_at: datetime
    sha256: str = "c" * 64


def move(session: Session, task: Task, trigger: TaskTrigger, person: str, **options: Any) -> Task:
    defaults: dict[str, Any] = {"at": NOON, "rules": OfficeRules(), "calendar": CALENDAR}
    defaults |= {"reason": "情况有变"} | options
    return move_task(
        session, id_of(task), trigger, actor=actor_of(create_person(session, person)), **defaults
    )


def events_of(session: Session, task: Task) -> list[AuditEvent]:
    return list(
        session.exec(
            select(AuditEvent).where(AuditEvent.task_id == task.id).order_by(col(AuditEvent.id))
        ).all()
    )


def last_data(session: Session, task: Task) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(events_of(session, task)[-1].data)
    return data


class TestIssue:
    def test_it_sets_the_limit_for_accepting_in_working_days(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT)
        create_milestone(session, task)

        move(session, task, TaskTrigger.ISSUE, COORDINATOR)

        assert task.state is TaskState.ISSUED
        assert task.issued_at == NOON
        assert task.accept_by_on == date(2024, 3, 5)  # Friday, then Monday and Tuesday

    def test_the_limit_is_the_offices_own_and_knows_make_up_days(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT)
        create_milestone(session, task)
        before_holiday = datetime(2024, 2, 9, 1, 0, tzinfo=UTC)

        rules = OfficeRules(accept_within_workdays=1)
        move(session, task, TaskTrigger.ISSUE, COORDINATOR, at=before_holiday, rules=rules)

        assert task.accept_by_on == date(2024, 2, 18)  # 春节 is over on a Sunday that is worked

    def test_the_round_looks_at_its_dated_steps_from_that_day(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT)
        dated = create_milestone(session, task)
        undated = create_milestone(session, task, due_on=None)
        standing = create_milestone(session, task, kind=MilestoneKind.STANDING, due_on=None)

        move(session, task, TaskTrigger.ISSUE, COORDINATOR)

        assert [dated.look_on, undated.look_on, standing.look_on] == [FRIDAY, None, None]

    def test_recurring_steps_roll_out_to_the_end_of_the_campaign(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT)
        series = create_milestone(
            session,
            task,
            kind=MilestoneKind.SERIES,
            due_on=None,
            recurrence="FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
        )

        move(session, task, TaskTrigger.ISSUE, COORDINATOR)

        rolled = session.exec(
            select(Milestone).where(Milestone.series_id == series.id).order_by(col(Milestone.due_on))
        ).all()
        assert [each.due_on for each in rolled] == [date(2024, month, 5) for month in (4, 7, 10)]
        assert [each.first_due_on for each in rolled] == [each.due_on for each in rolled]
        assert {each.look_on for each in rolled} == {FRIDAY}
        # what lay before the issue is not owed, and the record says so
        assert last_data(session, task)["skipped"] == ["2024-01-05"]
        assert len(last_data(session, task)["occurrences"]) == 3

    def test_after_a_decline_it_rolls_out_nothing_twice(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT)
        create_milestone(
            session, task, kind=MilestoneKind.SERIES, due_on=None, recurrence="FREQ=MONTHLY;BYMONTHDAY=25"
        )
        move(session, task, TaskTrigger.ISSUE, COORDINATOR)
        move(session, task, TaskTrigger.DECLINE, OWNER)
        assert task.issued_at is None
        assert {each.look_on for each in session.exec(select(Milestone)).all()} == {None}

        move(session, task, TaskTrigger.ISSUE, COORDINATOR)

        assert len(session.exec(select(Milestone)).all()) == 1 + 10  # the series, and March to December

    def test_it_is_refused_with_everything_that_is_missing(self, session: Session) -> None:
        task = create_task(session, state=TaskState.DRAFT, expediter=None, leader=None)
        table = ResponsibilityTable(
            campaign_id=task.campaign_id,
            title="分解表",
            source_name="table.docx",
            source_sha256="a" * 64,
            imported_at=NOON,
        )
        session.add(table)
        session.flush()
        for severity, message in ((Severity.ERROR, "时限读不懂"), (Severity.WARNING, "日期已过")):
            session.add(
                ImportFinding(
                    table_id=id_of(table), task_id=task.id, code="x", severity=severity, message=message
                )
            )
        session.flush()

        with pytest.raises(GuardsUnmet) as refusal:
            move(session, task, TaskTrigger.ISSUE, COORDINATOR)

        assert [condition.message for condition in refusal.value.unmet] == [
            "没有盯办人，请先指定盯办人",
            "没有分管领导，请先指定分管领导",
            "没有时间节点，也没有成果，请至少补充一项",
            "导入问题未处理：时限读不懂",
        ]
        assert task.state is TaskState.DRAFT
        assert events_of(session, task) == []

    def test_a_list_shared_with_another_row_is_something_to_do(self, session: Session) -> None:
        holder = create_task(session)
        create_milestone(session, holder)
        task = create_task(session, state=TaskState.DRAFT, milestones_from_id=holder.id)
        move(session, task, TaskTrigger.ISSUE, COORDINATOR)
        assert task.state is TaskState.ISSUED


class TestSubmit:
    def test_it_lists_every_missing_piece_of_evidence_and_every_open_step(self, session: Session) -> None:
        task = create_task(session)
        create_deliverable(session, task, text="工作目录")
        rejected = create_deliverable(session, task, text="采购资料")
        create_evidence(session, rejected, state=EvidenceState.REJECTED)
        create_deliverable(session, task, text="其他材料", is_required=False)
        create_milestone(session, task, text="出台方案")
        create_milestone(session, task, text="完成归档", kind=MilestoneKind.ARCHIVE)
        create_milestone(session, task, text="常态化巡查", kind=MilestoneKind.STANDING, due_on=None)
        create_milestone(
            session,
            task,
            text="整改到位",
            kind=MilestoneKind.SERIES,
            due_on=None,
            offset_event="检查结束",
            offset_count=20,
            offset_unit="workday",
        )

        with pytest.raises(GuardsUnmet) as refusal:
            move(session, task, TaskTrigger.SUBMIT, OWNER)

        assert [condition.message for condition in refusal.value.unmet] == [
            "缺少第1项成果“工作目录”的佐证材料（未提交或已被退回）",
            "缺少第2项成果“采购资料”的佐证材料（未提交或已被退回）",
            "第1个节点“出台方案”未完成，须报告完成并经确认，或由分管领导豁免",
            "第4个节点“整改到位（等待登记“检查结束”）”未完成，须报告完成并经确认，或由分管领导豁免",
        ]

    def test_a_newer_version_is_what_counts(self, session: Session) -> None:
        task = create_task(session)
        deliverable = create_deliverable(session, task)
        create_evidence(session, deliverable, state=EvidenceState.REJECTED, version=1)
        create_evidence(session, deliverable, state=EvidenceState.SUBMITTED, version=2)
        move(session, task, TaskTrigger.SUBMIT, OWNER)
        assert task.submitted_by_id == create_person(session, OWNER).id

    def test_evidence_on_the_row_that_holds_a_shared_list_serves(self, session: Session) -> None:
        holder = create_task(session)
        create_evidence(session, create_deliverable(session, holder))
        task = create_task(session, deliverables_from_id=holder.id)
        move(session, task, TaskTrigger.SUBMIT, OWNER)
        assert task.state is TaskState.IN_REVIEW

    def test_a_waived_series_is_no_open_step(self, session: Session) -> None:
        task = create_task(session)
        create_milestone(session, task, kind=MilestoneKind.SERIES, due_on=None, state=MilestoneState.WAIVED)
        move(session, task, TaskTrigger.SUBMIT, OWNER)
        assert task.state is TaskState.IN_REVIEW


class TestReviewAndClosure:
    def in_review(self, session: Session, **fields: Any) -> Task:
        owner = create_person(session, OWNER)
        return create_task(
            session, state=TaskState.IN_REVIEW, submitted_at=NOON, submitted_by_id=owner.id, **fields
        )

    def test_approval_needs_accepted_evidence_for_every_required_deliverable(self, session: Session) -> None:
        task = self.in_review(session)
        deliverable = create_deliverable(session, task)
        create_evidence(session, deliverable)
        with pytest.raises(GuardsUnmet, match="佐证材料尚未审核通过"):
            move(session, task, TaskTrigger.APPROVE, EXPEDITER)
        create_evidence(session, deliverable, name="补充说明", state=EvidenceState.ACCEPTED)
        move(session, task, TaskTrigger.APPROVE, EXPEDITER)
        assert task.reviewed_by_id == create_person(session, EXPEDITER).id

    def test_an_accepted_version_does_not_cover_a_newer_one(self, session: Session) -> None:
        task = self.in_review(session)
        deliverable = create_deliverable(session, task)
        create_evidence(session, deliverable, state=EvidenceState.ACCEPTED, version=1)
        create_evidence(session, deliverable, state=EvidenceState.SUBMITTED, version=2)
        with pytest.raises(GuardsUnmet, match="佐证材料尚未审核通过"):
            move(session, task, TaskTrigger.APPROVE, EXPEDITER)

    def test_the_coordinator_reviews_where_owner_and_expediter_are_one(self, session: Session) -> None:
        task = self.in_review(session, expediter=create_person(session, OWNER))
        with pytest.raises(GuardsUnmet, match="须由审核人办理"):
            move(session, task, TaskTrigger.APPROVE, OWNER)
        move(session, task, TaskTrigger.APPROVE, COORDINATOR)
        assert task.state is TaskState.AWAITING_CLOSURE

    def test_where_nobody_may_review_it_says_whom_to_appoint(self, session: Session) -> None:
        owner = create_person(session, OWNER)
        campaign = create_campaign(session, "一人办公室", coordinator=owner)
        task = self.in_review(session, campaign=campaign, expediter=owner)
        with pytest.raises(GuardsUnmet, match="请另外指定一名不是责任人的盯办人或者协调员"):
            move(session, task, TaskTrigger.APPROVE, OWNER)

    def test_an_inactive_expediter_reviews_nothing(self, session: Session) -> None:
        task = self.in_review(session)
        create_person(session, EXPEDITER).is_active = False
        session.flush()
        with pytest.raises(GuardsUnmet, match="须由审核人办理"):
            move(session, task, TaskTrigger.APPROVE, EXPEDITER)

    def test_whoever_submitted_does_not_review_even_as_the_new_expediter(self, session: Session) -> None:
        task = self.in_review(session, owner=create_person(session, "测试戊"))
        create_part(session, task, create_person(session, OWNER), Role.EXPEDITER)
        with pytest.raises(GuardsUnmet, match="提交人不能审核自己提交的材料"):
            move(session, task, TaskTrigger.APPROVE, OWNER)

    def test_whoever_reviewed_does_not_close(self, session: Session) -> None:
        leader = create_person(session, LEADER)
        task = create_task(session, state=TaskState.AWAITING_CLOSURE, reviewed_by_id=leader.id)
        with pytest.raises(GuardsUnmet) as refusal:
            move(session, task, TaskTrigger.CLOSE, LEADER)
        assert [condition.code for condition in refusal.value.unmet] == ["no-closer"]

    def test_what_is_sent_back_is_no_longer_submitted(self, session: Session) -> None:
        task = self.in_review(session)
        open_step = create_milestone(session, task, kind=MilestoneKind.ARCHIVE, look_on=None)
        move(session, task, TaskTrigger.SEND_BACK, EXPEDITER, reason="目录缺页")
        assert (task.state, task.submitted_at, task.submitted_by_id) == (TaskState.ACTIVE, None, None)
        assert open_step.look_on == FRIDAY
        assert last_data(session, task)["reason"] == "目录缺页"

    @pytest.mark.parametrize(
        ("state", "trigger"),
        [(TaskState.AWAITING_CLOSURE, TaskTrigger.REJECT), (TaskState.CLOSED, TaskTrigger.REOPEN)],
    )
    def test_what_is_rejected_or_reopened_is_neither_submitted_reviewed_nor_closed(
        self, session: Session, state: TaskState, trigger: TaskTrigger
    ) -> None:
        someone = create_person(session, EXPEDITER).id
        task = create_task(
            session,
            state=state,
            submitted_at=NOON,
            submitted_by_id=someone,
            reviewed_at=NOON,
            reviewed_by_id=someone,
            closed_at=NOON if state is TaskState.CLOSED else None,
            closed_by_id=someone if state is TaskState.CLOSED else None,
        )
        step = create_milestone(session, task, state=MilestoneState.MET, met_at=NOON)
        move(session, task, trigger, LEADER)
        cleared = ("submitted_at", "submitted_by_id", "reviewed_at", "reviewed_by_id", "closed_at")
        assert {name: getattr(task, name) for name in cleared} == dict.fromkeys(cleared)
        assert task.closed_by_id is None
        assert (step.state, step.met_at, step.due_on) == (MilestoneState.MET, NOON, date(2024, 5, 31))


class TestArchive:
    def test_it_needs_a_package_of_this_very_closing(self, session: Session) -> None:
        task = create_task(session, state=TaskState.CLOSED, closed_at=NOON)
        for package in (
            None,
            Package(id_of(task) + 1, NOON),
            Package(id_of(task), ISSUE_MOMENT),
        ):
            with pytest.raises(GuardsUnmet, match="请先生成归档材料包"):
                move(session, task, TaskTrigger.ARCHIVE, COORDINATOR, package=package)

    def test_it_meets_the_archiving_step_and_keeps_the_checksum(self, session: Session) -> None:
        task = create_task(session, state=TaskState.CLOSED, closed_at=NOON)
        step = create_milestone(session, task, kind=MilestoneKind.ARCHIVE)

        move(session, task, TaskTrigger.ARCHIVE, COORDINATOR, package=Package(id_of(task), NOON))

        assert (task.state, task.package_sha256) == (TaskState.ARCHIVED, "c" * 64)
        assert (step.state, step.met_at, step.look_on) == (MilestoneState.MET, NOON, None)
        kinds = [event.kind for event in events_of(session, task)]
        assert kinds == ["milestone.archive", "task.archive"]


class TestSuspension:
    @pytest.mark.parametrize("state", [TaskState.ISSUED, TaskState.IN_REVIEW])
    def test_it_stops_reminders_and_resuming_starts_them_without_moving_days(
        self, session: Session, state: TaskState
    ) -> None:
        task = create_task(session, state=state)
        step = create_milestone(session, task)
        move(session, task, TaskTrigger.SUSPEND, LEADER)
        assert (task.state, step.look_on) == (TaskState.SUSPENDED, None)

        later = datetime(2024, 4, 1, 1, 0, tzinfo=UTC)
        move(session, task, TaskTrigger.RESUME, LEADER, at=later)

        assert (task.state, task.interrupted_state) == (state, None)
        assert (step.look_on, step.due_on) == (date(2024, 4, 1), date(2024, 5, 31))

    def test_nothing_is_owed_on_a_cancelled_task(self, session: Session) -> None:
        task = create_task(session)
        step = create_milestone(session, task)
        move(session, task, TaskTrigger.CANCEL, COORDINATOR)
        assert (task.state, step.look_on) == (TaskState.CANCELLED, None)


class TestActingOnPaper:
    """代录: a leader acts on paper, the coordinator enters it."""

    def close(self, session: Session, actor: str, recorder: str) -> Task:
        task = create_task(session, state=TaskState.AWAITING_CLOSURE)
        return move_task(
            session,
            id_of(task),
            TaskTrigger.CLOSE,
            actor=actor_of(create_person(session, actor), recorded_by=create_person(session, recorder)),
            at=NOON,
            rules=OfficeRules(),
        )

    def test_both_names_are_kept(self, session: Session) -> None:
        task = self.close(session, LEADER, COORDINATOR)
        (event,) = events_of(session, task)
        assert (event.actor_name, event.recorded_by_name) == (LEADER, COORDINATOR)
        assert task.closed_by_id == create_person(session, LEADER).id

    def test_nobody_but_the_coordinator_records(self, session: Session) -> None:
        with pytest.raises(GuardsUnmet, match="代录须由本专项工作的协调员办理，测试乙不是协调员"):
            self.close(session, LEADER, EXPEDITER)

    def test_nobody_but_a_leader_is_recorded_for(self, session: Session) -> None:
        with pytest.raises(GuardsUnmet) as refusal:
            self.close(session, OWNER, COORDINATOR)
        assert [condition.code for condition in refusal.value.unmet] == ["not-recordable", "wrong-role"]


class TestConcurrencyAndRecord:
    def test_a_version_that_is_no_longer_the_version_is_refused(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED)
        move(session, task, TaskTrigger.ACCEPT, OWNER, expected_version=0)
        assert task.version == 1
        with pytest.raises(StaleTask, match="请刷新后重新办理"):
            move(session, task, TaskTrigger.SUBMIT, OWNER, expected_version=0)

    def test_each_move_is_one_event_with_before_and_after(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED)
        move(session, task, TaskTrigger.ACCEPT, OWNER, reason=None)
        (event,) = events_of(session, task)
        assert (event.kind, event.actor_name, event.subject_id) == ("task.accept", OWNER, task.id)
        assert json.loads(event.data) == {
            "from": "issued",
            "to": "active",
            "changed": {"accepted_at": [None, NOON.isoformat()]},
        }
        session.commit()
        assert verify_chain(session).is_intact

    def test_what_was_written_is_what_the_row_says(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED)
        move(session, task, TaskTrigger.ACCEPT, OWNER)
        session.commit()
        session.expire_all()
        assert (task.state, task.accepted_at, task.version) == (TaskState.ACTIVE, NOON, 1)

    def test_a_task_that_is_not_there_is_named(self, session: Session) -> None:
        with pytest.raises(TaskNotFound, match="没有编号为99的任务"):
            explain_task(session, 99, TaskTrigger.ACCEPT, actor=actor_of(Person(id=1, name=OWNER)))

    def test_a_refusal_changes_and_records_nothing(self, session: Session) -> None:
        task = create_task(session)
        with pytest.raises(TransitionNotAllowed):
            move(session, task, TaskTrigger.CLOSE, LEADER)
        assert (task.state, task.version, events_of(session, task)) == (TaskState.ACTIVE, 0, [])


class TestExplaining:
    def test_it_says_the_same_as_firing(self, session: Session) -> None:
        task = create_task(session)
        create_deliverable(session, task)
        actor = actor_of(create_person(session, EXPEDITER))
        said = explain_task(session, id_of(task), TaskTrigger.SUBMIT, actor=actor)
        with pytest.raises(GuardsUnmet) as refusal:
            move(session, task, TaskTrigger.SUBMIT, EXPEDITER)
        assert list(refusal.value.unmet) == said

    def test_the_triggers_of_a_state_come_with_what_they_lack(self, session: Session) -> None:
        task = create_task(session)
        found = list_triggers(session, id_of(task), actor=actor_of(create_person(session, LEADER)))
        assert set(found) == {TaskTrigger.SUBMIT, TaskTrigger.SUSPEND, TaskTrigger.CANCEL}
        assert found[TaskTrigger.SUSPEND] == []
        assert [condition.code for condition in found[TaskTrigger.SUBMIT]] == ["wrong-role"]


def test_an_unpublished_year_counts_by_weekdays(session: Session) -> None:
    task = create_task(session, state=TaskState.DRAFT)
    create_milestone(session, task)
    move(session, task, TaskTrigger.ISSUE, COORDINATOR, calendar=WorkCalendar())
    assert task.accept_by_on == date(2024, 3, 5)
