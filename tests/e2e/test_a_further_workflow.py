"""A new kind of campaign is a declaration plus guards: everything else of the house serves it as it stands."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from enum import StrEnum

import pytest
from sqlmodel import Session

from tests import factories
from tests.inspection_workflow import CHECK_WORKFLOW, CheckState, CheckTrigger
from tests.integration.notifications.playing import morning, play, told
from tests.reminder_policies import published_calendar
from tracker.clock import office_moment
from tracker.figures import IsoWeek, Scope, weekly_figures
from tracker.identity import id_of
from tracker.models import Person, Task
from tracker.queries.evidence import list_deliverables
from tracker.queries.milestones import list_milestones
from tracker.queries.timeline import list_timeline
from tracker.rules import OfficeRules
from tracker.services.auditing import SYSTEM, verify_chain
from tracker.services.campaigns import create_campaign
from tracker.services.evidence import accept_evidence, hand_in_link
from tracker.services.lifecycle import explain_task, move_task, step_of
from tracker.services.milestones import confirm_milestone, report_milestone
from tracker.services.tasks import DeliverablePlan, MilestonePlan, create_task
from workflows.kernel import GuardsUnmet, NoSuchTrigger, TransitionNotAllowed
from workflows.registry import WorkflowUnknown, register, state_label, workflow_named
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

pytestmark = pytest.mark.postgresql


def at(day: str) -> datetime:
    return office_moment(date.fromisoformat(f"2024-{day}"), 10)


class Office:
    """Four people and one random check."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.owner = factories.create_person(session, factories.OWNER)
        self.expediter = factories.create_person(session, factories.EXPEDITER)
        self.leader = factories.create_person(session, factories.LEADER)
        self.coordinator = factories.create_person(session, factories.COORDINATOR)
        campaign = create_campaign(
            session,
            name="2024年双随机抽查",
            year=2024,
            kind="双随机",
            workflow=CHECK_WORKFLOW.name,
            actor=factories.actor_of(self.coordinator),
            at=at("03-01"),
        )
        self.task = create_task(
            session,
            campaign_id=id_of(campaign),
            title="加油站抽查",
            requirement="抽查一家加油站",
            milestones=[MilestonePlan(1, "完成现场检查", due_on=date(2024, 5, 31))],
            deliverables=[DeliverablePlan(1, "检查记录")],
            people={
                Role.OWNER: [id_of(self.owner)],
                Role.EXPEDITER: [id_of(self.expediter)],
                Role.LEADER: [id_of(self.leader)],
            },
            actor=SYSTEM,
            at=at("03-01"),
        )

    def move(self, trigger: StrEnum, person: Person, day: str, **told: object) -> Task:
        return move_task(
            self.session,
            id_of(self.task),
            trigger,
            actor=factories.actor_of(person),
            at=at(day),
            rules=OfficeRules(),
            calendar=published_calendar(),
            **told,  # type: ignore[arg-type]
        )

    def draw(self) -> Task:
        return self.move(CheckTrigger.DRAW, self.coordinator, "03-04", own_facts={"inspectors": 2})


@pytest.fixture
def office(session: Session) -> Office:
    return Office(session)


class TestItsOwnWords:
    def test_it_begins_where_it_says(self, office: Office) -> None:
        assert step_of(office.task) is CheckState.PLANNED
        assert office.task.state is TaskState.DRAFT

    def test_its_own_guards_refuse_with_every_reason(self, office: Office) -> None:
        with pytest.raises(GuardsUnmet) as refusal:
            office.move(CheckTrigger.DRAW, office.owner, "03-04", own_facts={"inspectors": 1})
        assert [condition.code for condition in refusal.value.unmet] == ["wrong-role", "too-few-inspectors"]

    def test_it_is_explained_without_moving(self, office: Office) -> None:
        unmet = explain_task(
            office.session,
            id_of(office.task),
            CheckTrigger.START,
            actor=factories.actor_of(office.owner),
        )
        assert [condition.message for condition in unmet] == [
            "抽查任务现在是“待抽取”，只有“已抽取”的才能开始检查"
        ]

    def test_a_step_within_one_state_is_a_move_of_its_own(self, office: Office) -> None:
        office.draw()
        office.move(CheckTrigger.START, office.owner, "03-05")
        task = office.move(CheckTrigger.ORDER_RECTIFICATION, office.owner, "03-06", reason="台账缺页")

        assert (task.step, task.state) == ("rectifying", TaskState.ACTIVE)
        assert state_label(task.workflow, task.state, task.step) == "整改中"

    def test_a_trigger_of_the_other_table_is_no_way_round(self, office: Office) -> None:
        with pytest.raises(NoSuchTrigger, match="双随机抽查没有“issue”这个环节"):
            office.move(TaskTrigger.ISSUE, office.coordinator, "03-04")

    def test_nothing_is_skipped(self, office: Office) -> None:
        with pytest.raises(TransitionNotAllowed):
            office.move(CheckTrigger.PUBLISH, office.leader, "03-04")


class TestTheHouseServesIt:
    def test_from_the_draw_to_publication(self, office: Office) -> None:
        session = office.session
        office.draw()
        play(session, morning("03-05"))
        office.move(CheckTrigger.START, office.owner, "03-05")
        play(session, morning("05-24"))
        (milestone,) = list_milestones(session, office.task)
        milestone_id = id_of(milestone)
        report_milestone(
            session, milestone_id, actor=factories.actor_of(office.owner), at=at("05-27"), note="已完成检查"
        )
        confirm_milestone(session, milestone_id, actor=factories.actor_of(office.expediter), at=at("05-28"))
        (deliverable,) = list_deliverables(session, office.task)
        (evidence,) = hand_in_link(
            session,
            [id_of(deliverable)],
            "https://oa.example.org/record/1",
            name="检查记录",
            actor=factories.actor_of(office.owner),
            at=at("05-28"),
        )
        office.move(CheckTrigger.HAND_OVER, office.owner, "05-28")
        accept_evidence(session, id_of(evidence), actor=factories.actor_of(office.expediter), at=at("05-29"))
        office.move(CheckTrigger.PASS, office.expediter, "05-29")
        task = office.move(CheckTrigger.PUBLISH, office.leader, "05-30")

        # its own end is the end of a task: closed, counted, on record, and told on the way
        assert (task.step, task.state) == ("published", TaskState.CLOSED)
        assert {(name, rule.split(":")[0]) for _, name, rule in told(session)} >= {
            (factories.OWNER, "task.issue"),
            (factories.EXPEDITER, "task.issue"),
        }
        assert any(day == "05-24" and name == factories.OWNER for day, name, _ in told(session))
        kinds = [event.kind for event in list_timeline(session, id_of(task))]
        assert [kind for kind in kinds if kind.startswith("task.")] == [
            "task.create",
            "task.issue",
            "task.accept",
            "task.submit",
            "task.approve",
            "task.close",
        ]
        assert verify_chain(session).is_intact
        figures = weekly_figures(
            session,
            week=IsoWeek(2024, 22),
            scope=Scope(),
            at=at("06-03"),
            rules=OfficeRules(),
            calendar=published_calendar(),
        )
        assert (figures.totals.total, figures.totals.closed) == (1, 1)


class TestRegistering:
    def test_the_same_declaration_again_changes_nothing(self) -> None:
        register(CHECK_WORKFLOW)
        assert workflow_named(CHECK_WORKFLOW.name) is CHECK_WORKFLOW

    def test_a_taken_name_is_refused(self) -> None:
        with pytest.raises(ValueError, match="is taken"):
            register(dataclasses.replace(CHECK_WORKFLOW, title="另一个"))

    def test_a_rule_may_not_lead_where_its_effects_do_not(self) -> None:
        crooked = dataclasses.replace(
            CHECK_WORKFLOW, name="crooked", life={**CHECK_WORKFLOW.life, CheckState.DRAWN: TaskState.CLOSED}
        )
        with pytest.raises(ValueError, match="leads to"):
            register(crooked)

    def test_a_campaign_of_an_unknown_kind_is_refused(self, session: Session) -> None:
        person = factories.create_person(session, factories.COORDINATOR)
        with pytest.raises(WorkflowUnknown, match="没有名为“nothing”的工作流程"):
            create_campaign(
                session,
                name="试",
                year=2024,
                workflow="nothing",
                actor=factories.actor_of(person),
                at=at("03-01"),
            )
