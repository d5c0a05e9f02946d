"""Campaigns, instructions, urging, deductions, and entering tasks."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_instruction,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tracker.deadlines import Deadline, DeadlineKind, Offset, OffsetUnit
from tracker.errors import (
    ActRefused,
    CampaignNotFound,
    CampaignStillOpen,
    InstructionNotFound,
    NameTaken,
    ValueRefused,
)
from tracker.identity import id_of
from tracker.models import AuditEvent, Deliverable, EvidenceState, Milestone, Task, TaskUnit
from tracker.queries.campaigns import sum_deductions
from tracker.queries.instructions import list_instructions, list_unacknowledged
from tracker.queries.parts import get_campaign_parts, get_parts
from tracker.services import campaigns
from tracker.services.auditing import SYSTEM, Actor
from tracker.services.deductions import record_deduction
from tracker.services.instructions import acknowledge_instruction, give_instruction, urge_task
from tracker.services.tasks import DeliverablePlan, MilestonePlan, TaskPlan, write_tasks
from tracker.services.tasks import create_task as enter_task
from workflows.milestone import MilestoneKind
from workflows.roles import Role
from workflows.task import TaskState


def actor(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def kinds(session: Session) -> list[str]:
    return [event.kind for event in session.exec(select(AuditEvent)).all()]


class TestCreateCampaign:
    def test_whoever_opens_it_runs_it(self, session: Session) -> None:
        opener = actor(session, "测试戊")
        made = campaigns.create_campaign(session, name="大练兵", year=2025, actor=opener, at=NOON)
        assert (made.starts_on, made.ends_on) == (date(2025, 1, 1), date(2025, 12, 31))
        assert get_campaign_parts(session, id_of(made)).coordinators == (opener.person_id,)
        assert kinds(session) == ["campaign.create", "campaign.appoint"]

    def test_what_cannot_be_is_refused(self, session: Session) -> None:
        create_campaign(session, "大练兵")
        with pytest.raises(NameTaken):
            campaigns.create_campaign(session, name=" 大练兵", year=2025, actor=SYSTEM, at=NOON)
        with pytest.raises(ValueRefused, match="不能早于开始日期"):
            campaigns.create_campaign(
                session, name="稽查", year=2025, ends_on=date(2024, 1, 1), actor=SYSTEM, at=NOON
            )

    def test_coordinators_and_auditors_are_appointed_by_the_coordinator(self, session: Session) -> None:
        campaign = create_campaign(session)
        person = create_person(session, "测试戊")
        for role in (Role.COORDINATOR, Role.AUDITOR):
            campaigns.appoint_coordinator(
                session,
                id_of(campaign),
                id_of(person),
                role=role,
                actor=actor(session, COORDINATOR),
                at=NOON,
            )
        parts = get_campaign_parts(session, id_of(campaign))
        assert (parts.coordinators[1], parts.auditors) == (person.id, (person.id,))
        with pytest.raises(ActRefused):
            campaigns.appoint_coordinator(
                session, id_of(campaign), id_of(person), actor=actor(session, OWNER), at=NOON
            )


class TestCloseCampaign:
    def close(self, session: Session) -> None:
        campaign = create_campaign(session)
        campaigns.close_campaign(session, id_of(campaign), actor=actor(session, COORDINATOR), at=NOON)

    def standing_task(self, session: Session, **fields: Any) -> Task:
        task = create_task(session, **fields)
        create_milestone(session, task, kind=MilestoneKind.STANDING, due_on=None)
        return task

    def test_standing_duties_close_with_it(self, session: Session) -> None:
        task = self.standing_task(session)
        create_evidence(session, create_deliverable(session, task), state=EvidenceState.ACCEPTED)
        finished = create_task(session, state=TaskState.ARCHIVED)
        self.close(session)
        assert (task.state, task.closed_at) == (TaskState.CLOSED, NOON)
        assert finished.state is TaskState.ARCHIVED
        assert create_campaign(session).closed_at == NOON
        assert kinds(session) == ["task.conclude", "campaign.close"]

    def test_everything_in_the_way_is_listed_and_then_nothing_closes(self, session: Session) -> None:
        ready = self.standing_task(session)
        without_evidence = self.standing_task(session)
        create_deliverable(session, without_evidence)
        create_milestone(session, create_task(session, title="出台方案"))
        create_task(session, state=TaskState.DRAFT, title="未下达的任务")
        with pytest.raises(CampaignStillOpen) as refusal:
            self.close(session)
        assert len(refusal.value.blocking) == 3
        assert "的佐证材料尚未审核通过" in refusal.value.blocking[0]
        assert "未下达的任务" in refusal.value.blocking[2]
        assert (ready.state, create_campaign(session).closed_at) == (TaskState.ACTIVE, None)

    def test_it_is_closed_once_and_by_its_coordinator(self, session: Session) -> None:
        self.close(session)
        with pytest.raises(ValueRefused, match="已经结束"):
            self.close(session)
        campaign = id_of(create_campaign(session))
        with pytest.raises(ActRefused, match="结束专项工作须由协调员或管理员办理"):
            campaigns.close_campaign(session, campaign, actor=actor(session, LEADER), at=NOON)
        with pytest.raises(CampaignNotFound):
            campaigns.close_campaign(session, 99, actor=SYSTEM, at=NOON)


class TestInstructions:
    def test_the_owner_acknowledges_what_the_leader_wrote(self, session: Session) -> None:
        task = create_task(session)
        given = give_instruction(session, id_of(task), text=" 请抓紧 ", actor=actor(session, LEADER), at=NOON)
        assert list_unacknowledged(session) == [given]
        acknowledge_instruction(session, id_of(given), actor=actor(session, OWNER), at=NOON)
        assert (given.text, given.acknowledged_at) == ("请抓紧", NOON)
        assert list_unacknowledged(session) == []
        assert list_instructions(session, id_of(task)) == [given]
        assert kinds(session) == ["instruction.give", "instruction.acknowledge"]

    def test_once_and_by_the_owner_alone(self, session: Session) -> None:
        given = create_instruction(session, create_task(session), acknowledged_at=NOON)
        with pytest.raises(ActRefused, match="这条批示已经签阅"):
            acknowledge_instruction(session, id_of(given), actor=actor(session, OWNER), at=NOON)
        with pytest.raises(ActRefused, match="签阅批示须由责任人办理"):
            acknowledge_instruction(session, id_of(given), actor=actor(session, LEADER), at=NOON)
        with pytest.raises(InstructionNotFound):
            acknowledge_instruction(session, 99, actor=actor(session, OWNER), at=NOON)

    def test_a_paper_instruction_is_recorded_with_both_names(self, session: Session) -> None:
        task = create_task(session)
        leader, coordinator = create_person(session, LEADER), create_person(session, COORDINATOR)
        give_instruction(
            session, id_of(task), text="同意", actor=actor_of(leader, recorded_by=coordinator), at=NOON
        )
        event = session.exec(select(AuditEvent)).one()
        assert (event.actor_name, event.recorded_by_name) == (LEADER, COORDINATOR)

    def test_nothing_is_written_on_a_draft_or_without_words(self, session: Session) -> None:
        leader = actor(session, LEADER)
        draft = create_task(session, state=TaskState.DRAFT)
        with pytest.raises(ActRefused, match="任务现在是“草稿”"):
            give_instruction(session, id_of(draft), text="请抓紧", actor=leader, at=NOON)
        with pytest.raises(ActRefused, match="批示须写明内容"):
            give_instruction(session, id_of(create_task(session)), text=" ", actor=leader, at=NOON)

    def test_urging_is_on_record(self, session: Session) -> None:
        task = create_task(session)
        event = urge_task(session, id_of(task), text="请本周内报送", actor=actor(session, EXPEDITER), at=NOON)
        assert (event.kind, event.task_id) == ("task.urge", task.id)
        assert session.exec(select(AuditEvent)).one().hash == event.hash

    def test_the_owner_does_not_urge_himself_and_a_closed_task_is_not_urged(self, session: Session) -> None:
        with pytest.raises(ActRefused, match="催办须由协调员或盯办人或分管领导办理"):
            urge_task(session, id_of(create_task(session)), text="快", actor=actor(session, OWNER), at=NOON)
        closed = create_task(session, state=TaskState.CLOSED)
        with pytest.raises(ActRefused, match="只能催办已经下达、尚未销号的任务"):
            urge_task(session, id_of(closed), text="快", actor=actor(session, EXPEDITER), at=NOON)


class TestDeductions:
    def deduct(self, session: Session, task: Task, points: float, **fields: Any) -> None:
        values: dict[str, Any] = {"on": date(2024, 2, 1), "note": "漏报一次"} | fields
        record_deduction(
            session, id_of(task), points=points, actor=actor(session, EXPEDITER), at=NOON, **values
        )

    def test_occurrences_add_up_to_the_cap_and_no_further(self, session: Session) -> None:
        task = create_task(session, score={"kind": "deduct", "max": 0.5})
        for expected in (0.2, 0.4, 0.5):
            self.deduct(session, task, 0.2)
            assert sum_deductions(session, task) == expected
        event = session.exec(select(AuditEvent)).all()[-1]
        assert json.loads(event.data)["total"] == 0.5

    def test_a_cap_may_stand_in_one_clause_and_be_missing(self, session: Session) -> None:
        clauses = {"kind": "points", "max": 3, "rules": [{"kind": "deduct", "points": 0.2, "cap": 0.3}]}
        free_of_cap = {"kind": "deduct"}
        capped, free = create_task(session, score=clauses), create_task(session, score=free_of_cap)
        for task, expected in ((capped, 0.3), (free, 0.4)):
            self.deduct(session, task, 0.2)
            self.deduct(session, task, 0.2)
            assert sum_deductions(session, task) == expected

    def test_everything_wrong_is_said_at_once(self, session: Session) -> None:
        with pytest.raises(ActRefused) as refusal:
            self.deduct(session, create_task(session), 0, on=date(2025, 1, 1), note=" ")
        codes = [condition.code for condition in refusal.value.unmet]
        assert codes == ["no-deductions", "no-points", "future-day", "missing-text"]

    @pytest.mark.parametrize("score", [None, {"kind": "points", "max": 2.0}, {"kind": "bonus", "rules": []}])
    def test_an_item_without_a_rule_that_deducts_loses_nothing_by_an_occurrence(
        self, session: Session, score: dict[str, Any] | None
    ) -> None:
        with pytest.raises(ActRefused, match="没有扣分规定"):
            self.deduct(session, create_task(session, score=score), 0.2)

    @pytest.mark.parametrize("points", [float("nan"), float("inf"), -1.0])
    def test_what_is_no_number_of_points_is_refused(self, session: Session, points: float) -> None:
        with pytest.raises(ActRefused, match="扣分须是大于0的数"):
            self.deduct(session, create_task(session, score={"kind": "deduct"}), points)


class TestEnterTask:
    def test_a_task_is_entered_in_draft_with_all_that_belongs_to_it(self, session: Session) -> None:
        campaign = create_campaign(session)
        owner, unit = create_person(session, OWNER), create_unit(session, "协办科")
        task = enter_task(
            session,
            campaign_id=id_of(campaign),
            title=" 装备配备 ",
            requirement="配齐装备",
            milestones=[MilestonePlan(1, "出台方案", due_on=date(2024, 5, 31))],
            deliverables=[DeliverablePlan(1, "工作目录"), DeliverablePlan(2, "照片", is_required=False)],
            people={Role.OWNER: [id_of(owner)]},
            unit_ids=[id_of(unit), id_of(unit)],
            actor=actor(session, COORDINATOR),
            at=NOON,
            seq="2",
        )
        assert (task.state, task.title, task.seq) == (TaskState.DRAFT, "装备配备", "2")
        step = session.exec(select(Milestone)).one()
        assert (step.due_on, step.first_due_on, step.look_on) == (date(2024, 5, 31), date(2024, 5, 31), None)
        assert [each.is_required for each in session.exec(select(Deliverable)).all()] == [True, False]
        assert get_parts(session, task).owners == (owner.id,)
        assert len(session.exec(select(TaskUnit)).all()) == 1
        assert kinds(session) == ["task.create"]

    def test_the_rows_of_a_table_are_written_at_once_and_in_order(self, session: Session) -> None:
        campaign = create_campaign(session)
        plans = [
            TaskPlan(f"任务{n}", "要求", [MilestonePlan(1, f"节点{n}")], fields={"position": n})
            for n in range(30)
        ]
        tasks = write_tasks(session, plans, campaign_id=id_of(campaign))
        assert [task.title for task in tasks] == [plan.title for plan in plans]
        texts = {step.task_id: step.text for step in session.exec(select(Milestone)).all()}
        assert [texts[id_of(task)] for task in tasks] == [f"节点{n}" for n in range(30)]
        assert kinds(session) == []

    @pytest.mark.parametrize(
        ("plan", "sentence"),
        [
            (TaskPlan(" ", "要求"), "任务名称不能为空"),
            (TaskPlan("任务", "要求", people={Role.COORDINATOR: [1]}), "协调员请在专项工作上指定"),
            (
                TaskPlan("任务", "要求", deliverables=[DeliverablePlan(1, "a"), DeliverablePlan(1, "b")]),
                "成果序号有重复",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(self, session: Session, plan: TaskPlan, sentence: str) -> None:
        with pytest.raises(ValueRefused, match=sentence):
            write_tasks(session, [plan], campaign_id=id_of(create_campaign(session)))

    @pytest.mark.parametrize(
        ("deadline", "kind"),
        [
            (Deadline("5月底前", DeadlineKind.DATE, due=date(2024, 5, 31)), MilestoneKind.STEP),
            (Deadline("尽快", DeadlineKind.VAGUE), MilestoneKind.STEP),
            (Deadline("常态化", DeadlineKind.STANDING), MilestoneKind.STANDING),
            (Deadline("每月底", DeadlineKind.RECURRING, recurrence="FREQ=MONTHLY"), MilestoneKind.SERIES),
            (Deadline("每日", DeadlineKind.RECURRING, recurrence="FREQ=DAILY"), MilestoneKind.STANDING),
            (
                Deadline("反馈后1个月内", DeadlineKind.RELATIVE, offset=Offset(1, OffsetUnit.MONTH, "反馈")),
                MilestoneKind.SERIES,
            ),
        ],
    )
    def test_a_deadline_makes_a_step_a_series_or_a_standing_duty(
        self, deadline: Deadline, kind: MilestoneKind
    ) -> None:
        plan = MilestonePlan.from_deadline(deadline, number=1, text="节点")
        assert (plan.kind, plan.due_on, plan.offset) == (kind, deadline.due, deadline.offset)
        archiving = MilestonePlan.from_deadline(deadline, number=1, text="归档", is_archiving=True)
        assert archiving.kind is MilestoneKind.ARCHIVE

    def test_a_step_without_a_deadline_stays_a_step(self) -> None:
        assert MilestonePlan.from_deadline(None, number=1, text="节点").kind is MilestoneKind.STEP
        standing = MilestonePlan.from_deadline(None, number=1, text="节点", is_standing=True)
        assert standing.kind is MilestoneKind.STANDING
