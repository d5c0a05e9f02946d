"""What stands behind a leader's figures: every list is as long as the figure that it explains."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    ISSUE_MOMENT,
    NOON,
    create_extension,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.reminder_policies import published_calendar
from tests.weekly_office import build_office
from tracker.clock import office_moment
from tracker.figures import IsoWeek, Scope, ScopeKind, WeeklyFigures, weekly_figures
from tracker.figures.choosing import ScopeNotFound, get_scope, list_scopes
from tracker.figures.scopes import selection_of
from tracker.identity import id_of
from tracker.lights import Light, Measure
from tracker.models import CampaignRole, Person, Task, Unit
from tracker.queries.leading import StepGroup, count_lights_by_unit, count_steps, list_steps
from tracker.queries.sight import sight_of
from tracker.queries.weekly import TaskSelection
from tracker.rules import OfficeRules
from workflows.milestone import MilestoneState
from workflows.roles import Role
from workflows.task import TaskState

DAY = date(2024, 6, 20)
FIGURES: dict[StepGroup, Callable[[WeeklyFigures], int]] = {
    StepGroup.OVERDUE: lambda figures: figures.totals.overdue_milestones,
    StepGroup.DUE: lambda figures: figures.totals.on_time.whole,
    StepGroup.ON_TIME: lambda figures: figures.totals.on_time.part,
    StepGroup.DUE_FIRST: lambda figures: figures.totals.on_time_first.whole,
    StepGroup.ON_TIME_FIRST: lambda figures: figures.totals.on_time_first.part,
    StepGroup.AWAITING_REVIEW: lambda figures: figures.totals.awaiting_review,
    StepGroup.SUSPENDED_DUE: lambda figures: figures.totals.suspended_due,
    StepGroup.BACKFILLED: lambda figures: figures.totals.backfilled,
}


def figures_of(session: Session, scope: Scope, day: date, measure: Measure) -> WeeklyFigures:
    return weekly_figures(
        session,
        week=IsoWeek.of(day),
        scope=scope,
        at=office_moment(day, 18),
        rules=OfficeRules(measure=measure),
        calendar=published_calendar(),
    )


def lively_office(session: Session) -> None:
    """The office of the reports, with one milestone that waits for its reviewer, and two from before the program came."""
    first, *_ = build_office(session)
    leader = session.exec(select(Person).where(Person.name == "赵半山")).one()
    task = create_task(session, leader=leader, lead_unit_id=first.lead_unit_id)
    reported = {"reported_at": NOON, "reported_by_id": create_person(session).id}
    create_milestone(session, task, state=MilestoneState.REPORTED, **reported)
    for state in (TaskState.ACTIVE, TaskState.SUSPENDED):
        begun = create_task(session, state=state, leader=leader, lead_unit_id=first.lead_unit_id)
        done = {"state": MilestoneState.MET, "met_at": ISSUE_MOMENT, "done_on": date(2023, 12, 29)}
        create_milestone(session, begun, due_on=date(2023, 12, 31), **done)


def some_scopes(session: Session) -> list[Scope]:
    leaders = session.exec(select(Person).where(Person.name == "赵半山")).all()
    units = session.exec(select(Unit).order_by(col(Unit.id))).all()[:3]
    return [
        Scope(),
        *(Scope(ScopeKind.LEADER, id_of(each), each.name) for each in leaders),
        *(Scope(ScopeKind.UNIT, id_of(each), each.name) for each in units),
    ]


@pytest.mark.postgresql
@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("day", [DAY, DAY + timedelta(days=40), date(2024, 12, 30)])
def test_every_list_is_as_long_as_its_figure(session: Session, measure: Measure, day: date) -> None:
    lively_office(session)
    for scope in some_scopes(session):
        figures = figures_of(session, scope, day, measure)
        wanted = selection_of(session, scope)
        for group, figure in FIGURES.items():
            rows = list_steps(session, wanted, group, today=day, measure=measure, limit=1000)
            counted = count_steps(session, wanted, group, today=day, measure=measure)
            assert (group, scope.key, len(rows), counted) == (
                group,
                scope.key,
                figure(figures),
                figure(figures),
            )


def test_a_list_that_serves_several_tasks_is_counted_where_one_is_at_work(session: Session) -> None:
    holder = create_task(session, state=TaskState.SUSPENDED, title="中止的")
    create_task(session, milestones_from_id=holder.id, title="在办的")
    create_milestone(session, holder, due_on=date(2024, 5, 31))

    rows = list_steps(
        session, TaskSelection(), StepGroup.OVERDUE, today=DAY, measure=Measure.SUBMISSION, limit=10
    )

    assert [row.title for row in rows] == ["在办的"]
    assert figures_of(session, Scope(), DAY, Measure.SUBMISSION).totals.overdue_milestones == 1


class TestWhoseTurn:
    @pytest.mark.parametrize(
        ("state", "step", "turn"),
        [
            (TaskState.ISSUED, MilestoneState.PENDING, ("签收任务", "测试甲")),
            (TaskState.ACTIVE, MilestoneState.PENDING, ("报告完成情况", "测试甲")),
            (TaskState.ACTIVE, MilestoneState.REPORTED, ("审核节点", "测试乙")),
            (TaskState.IN_REVIEW, MilestoneState.PENDING, ("审核任务", "测试乙")),
            (TaskState.AWAITING_CLOSURE, MilestoneState.PENDING, ("销号", "测试丙")),
            (TaskState.CLOSED, MilestoneState.PENDING, ("归档", "测试丁")),
        ],
    )
    def test_is_of_whoever_can_move_it(
        self, session: Session, state: TaskState, step: MilestoneState, turn: tuple[str, str]
    ) -> None:
        task = create_task(session, state=state)
        reported = {"reported_at": NOON, "reported_by_id": create_person(session).id}
        create_milestone(session, task, state=step, **(reported if step is MilestoneState.REPORTED else {}))
        (row,) = list_steps(
            session, TaskSelection(), StepGroup.OVERDUE, today=DAY, measure=Measure.ACCEPTANCE, limit=10
        )
        assert (row.turn, row.people) == turn

    def test_is_the_leaders_while_more_time_is_asked_for(self, session: Session) -> None:
        create_extension(session, create_milestone(session, create_task(session)))
        (row,) = list_steps(
            session, TaskSelection(), StepGroup.OVERDUE, today=DAY, measure=Measure.SUBMISSION, limit=10
        )
        assert (row.turn, row.people) == ("批复延期", "测试丙")


def test_lights_are_counted_by_the_unit_that_answers(session: Session) -> None:
    create_milestone(session, create_task(session), due_on=date(2024, 5, 31))
    other = create_unit(session, "测试二科")
    create_milestone(session, create_task(session, lead_unit_id=other.id), due_on=date(2024, 12, 31))
    create_milestone(session, create_task(session, lead_unit_id=None), due_on=DAY)
    create_milestone(session, create_task(session, state=TaskState.CLOSED), due_on=DAY)
    session.flush()

    counted = count_lights_by_unit(session, TaskSelection(), today=DAY, rules=OfficeRules())

    assert [(name, lights) for _, name, lights in counted] == [
        ("测试一科", {Light.RED: 1}),
        ("测试二科", {Light.GREEN: 1}),
        (None, {Light.YELLOW: 1}),
    ]


class TestScopes:
    def test_of_a_leader_are_his_own_tasks_first(self, session: Session) -> None:
        create_task(session)
        leader = create_person(session, "测试丙")
        keys = list(list_scopes(session, sight_of(session, id_of(leader))))
        assert keys[0] == f"leader:{leader.id}"
        assert "all" not in keys

    def test_of_a_coordinator_are_his_campaigns_and_all_where_there_are_no_others(
        self, session: Session
    ) -> None:
        task = create_task(session)
        coordinator = create_person(session, "测试丁")
        keys = list_scopes(session, sight_of(session, id_of(coordinator))).keys()
        assert {"all", f"campaign:{task.campaign_id}"} <= keys

    def test_of_an_outsider_is_nothing_that_he_could_guess(self, session: Session) -> None:
        task = create_task(session)
        outsider = create_person(session, "测试庚", unit_id=create_unit(session, "测试九科").id)
        sight = sight_of(session, id_of(outsider))
        for key in ("all", f"campaign:{task.campaign_id}", f"unit:{task.lead_unit_id}", "leader:99", "胡写"):
            with pytest.raises(ScopeNotFound):
                get_scope(session, sight, key)

    def test_of_an_auditor_are_those_of_a_coordinator(self, session: Session) -> None:
        task = create_task(session)
        auditor = create_person(session, "测试庚", unit_id=create_unit(session, "测试九科").id)
        session.add(CampaignRole(campaign_id=task.campaign_id, person_id=id_of(auditor), role=Role.AUDITOR))
        session.flush()
        assert "all" in list_scopes(session, sight_of(session, id_of(auditor)))


def test_the_office_has_lists_worth_comparing(session: Session) -> None:
    """Or the comparison above would compare nothing with nothing."""
    lively_office(session)
    assert session.exec(select(Task)).all()
    totals = figures_of(session, Scope(), DAY, Measure.SUBMISSION).totals
    assert (
        min(totals.overdue_milestones, totals.on_time.part, totals.awaiting_review, totals.suspended_due) > 0
    )
