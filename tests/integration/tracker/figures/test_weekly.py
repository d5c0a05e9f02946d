"""The figures of a week, now and as it was."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests import factories, weekly_office
from tracker.calendar import WorkCalendar
from tracker.clock import office_day, office_moment
from tracker.errors import CampaignNotFound, PersonNotFound, UnitNotFound, ValueRefused
from tracker.figures import IsoWeek, Scope, WeeklyFigures, resolve_scope, weekly_figures
from tracker.figures.values import Ratio
from tracker.identity import id_of
from tracker.lights import Light, Measure, is_overdue, light_of, task_light, was_on_time
from tracker.models import Evidence, Milestone, Task
from tracker.queries.ledger_rows import read_rows
from tracker.rules import OfficeRules
from tracker.services.auditing import SYSTEM, record
from tracker.services.lifecycle import move_task
from tracker.services.milestones import report_milestone, return_milestone
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState, TaskTrigger

WEEK = IsoWeek(2024, 22)  # 27 May to 2 June
MONDAY_AFTER = datetime(2024, 6, 3, 0, 40, tzinfo=UTC)
MONDAY = date(2024, 6, 3)
CALENDAR = WorkCalendar()


def figures_of(session: Session, week: IsoWeek = WEEK, **told: Any) -> WeeklyFigures:
    defaults: dict[str, Any] = {
        "scope": Scope(),
        "at": MONDAY_AFTER,
        "rules": OfficeRules(),
        "calendar": CALENDAR,
    }
    return weekly_figures(session, week=week, **defaults | told)


def morning(day: date) -> datetime:
    return office_moment(day, 9)


def met(day: date, *, reported: date | None = None) -> dict[str, Any]:
    return {
        "state": MilestoneState.MET,
        "reported_at": morning(reported or day),
        "met_at": morning(day),
    }


class TestOverdue:
    def test_is_over_on_the_day_after_the_due_day_even_on_a_sunday(self, session: Session) -> None:
        task = factories.create_task(session)
        factories.create_milestone(session, task, due_on=date(2024, 6, 2))
        factories.create_milestone(session, task, due_on=date(2024, 6, 3))

        figures = figures_of(session)

        assert [(row.due_on, row.days_over, row.workdays_over) for row in figures.overdue] == [
            (date(2024, 6, 2), 1, 1)
        ]
        assert figures.overdue[0].light is Light.RED
        assert [row.due_on for row in figures.upcoming] == [date(2024, 6, 3)]

    def test_names_who_is_on_the_task(self, session: Session) -> None:
        task = factories.create_task(session, seq="9", sub=2)
        factories.create_milestone(session, task, due_on=date(2024, 5, 1))
        words = figures_of(session).overdue[0].task
        assert (words.number, words.unit) == ("9.2", "测试一科")
        assert (words.owners, words.expediters, words.leaders) == ("测试甲", "测试乙", "测试丙")

    def test_the_only_row_under_a_number_is_called_by_the_number_alone(self, session: Session) -> None:
        task = factories.create_task(session, seq="9", sub=1)
        factories.create_milestone(session, task, due_on=date(2024, 5, 1))
        assert figures_of(session).overdue[0].task.number == "9"

    def test_what_was_handed_in_is_late_only_where_acceptance_counts(self, session: Session) -> None:
        task = factories.create_task(session)
        reported = {"state": MilestoneState.REPORTED, "reported_at": morning(date(2024, 5, 30))}
        factories.create_milestone(session, task, due_on=date(2024, 5, 31), **reported)

        by_report = figures_of(session)
        by_acceptance = figures_of(session, rules=OfficeRules(measure=Measure.ACCEPTANCE))

        assert by_report.totals.overdue_milestones == 0
        assert (by_report.totals.on_time, by_report.totals.awaiting_review) == (Ratio(0, 1), 1)
        assert by_acceptance.totals.overdue_milestones == 1
        assert by_acceptance.overdue[0].is_reported


DONE = met(date(2024, 4, 10)) | {"due_on": date(2024, 4, 10)}
STANDING = {"kind": MilestoneKind.STANDING, "due_on": None}
WITHOUT_A_DAY = {"due_on": None}


@pytest.mark.postgresql
class TestOneLight:
    """The report and the console show a task in the same light."""

    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            ([DONE], Light.BLUE),
            ([DONE, STANDING], Light.GREY),
            ([DONE, STANDING | {"state": MilestoneState.WAIVED}], Light.BLUE),
            ([DONE, STANDING | {"reported_at": morning(date(2024, 5, 29))}], Light.GREY),
            ([DONE, WITHOUT_A_DAY], Light.GREY),
            ([DONE, WITHOUT_A_DAY | met(date(2024, 4, 10))], Light.BLUE),
            ([DONE, WITHOUT_A_DAY | {"state": MilestoneState.WAIVED}], Light.BLUE),
            ([DONE, STANDING, {"due_on": date(2024, 9, 30)}], Light.GREEN),
            ([STANDING, {"due_on": date(2024, 5, 10)}], Light.RED),
            ([DONE, DONE | {"done_on": date(2024, 4, 12)}], Light.YELLOW_BLUE),
            ([DONE | {"done_on": date(2024, 4, 9)}, STANDING], Light.GREY),
        ],
    )
    @pytest.mark.parametrize("state", [TaskState.ISSUED, TaskState.ACTIVE])
    def test_of_finished_open_and_standing_steps(
        self, session: Session, state: TaskState, steps: list[dict[str, Any]], expected: Light
    ) -> None:
        task = factories.create_task(session, state=state)
        for step in steps:
            factories.create_milestone(session, task, **step)

        figures = figures_of(session)
        (row,) = read_rows(session, [id_of(task)], today=MONDAY, rules=OfficeRules())

        assert row.light is expected
        assert {light: figures.lights.of(light) for light in Light if figures.lights.of(light)} == {
            expected: 1
        }

    def test_a_step_without_a_day_that_was_waived_later_was_open_then(self, session: Session) -> None:
        task = factories.create_task(session)
        factories.create_milestone(session, task, **DONE)
        waived = {"state": MilestoneState.WAIVED, "waived_at": morning(MONDAY)}
        factories.create_milestone(session, task, **WITHOUT_A_DAY, **waived)
        later = figures_of(session, WEEK.shift(1), at=morning(date(2024, 6, 4)))
        assert (figures_of(session).lights.grey, later.lights.blue) == (1, 1)


class TestRates:
    def test_count_both_due_days(self, session: Session) -> None:
        task = factories.create_task(session)
        factories.create_milestone(session, task, due_on=date(2024, 4, 10), **met(date(2024, 4, 10)))
        factories.create_milestone(session, task, due_on=date(2024, 4, 10), **met(date(2024, 4, 11)))
        factories.create_milestone(
            session, task, first_due_on=date(2024, 4, 1), due_on=date(2024, 5, 10), **met(date(2024, 5, 9))
        )
        factories.create_milestone(session, task, first_due_on=date(2024, 5, 1), due_on=date(2024, 8, 1))

        totals = figures_of(session).totals

        assert totals.on_time == Ratio(2, 3)
        assert totals.on_time_first == Ratio(1, 4)

    def test_an_extension_asked_for_too_late_stays_late(self, session: Session) -> None:
        task = factories.create_task(session)
        factories.create_milestone(
            session, task, due_on=date(2024, 5, 10), was_overdue=True, **met(date(2024, 5, 1))
        )
        assert figures_of(session).totals.on_time == Ratio(0, 1)

    def test_suspended_tasks_leave_the_rate_and_are_shown(self, session: Session) -> None:
        task = factories.create_task(session, state=TaskState.SUSPENDED)
        factories.create_milestone(session, task, due_on=date(2024, 5, 10))
        factories.create_milestone(session, task, due_on=date(2024, 4, 10), **met(date(2024, 4, 1)))
        totals = figures_of(session).totals
        assert (totals.on_time, totals.suspended_due, totals.suspended) == (Ratio(), 2, 1)
        assert totals.overdue == totals.overdue_milestones == 0

    def test_waived_standing_and_series_milestones_are_not_due(self, session: Session) -> None:
        task = factories.create_task(session)
        waived = {"state": MilestoneState.WAIVED, "waived_at": morning(date(2024, 5, 1))}
        factories.create_milestone(session, task, due_on=date(2024, 4, 10), **waived)
        factories.create_milestone(session, task, due_on=date(2024, 4, 10), kind=MilestoneKind.SERIES)
        factories.create_milestone(session, task, due_on=None, kind=MilestoneKind.STANDING)
        assert figures_of(session).totals.on_time == Ratio()

    def test_drafts_and_cancelled_tasks_count_nowhere(self, session: Session) -> None:
        for state in (TaskState.DRAFT, TaskState.CANCELLED):
            task = factories.create_task(session, state=state)
            factories.create_milestone(session, task, due_on=date(2024, 5, 10))
        totals = figures_of(session).totals
        assert (totals.total, totals.on_time.whole, totals.overdue_milestones) == (0, 0, 0)

    def test_a_shared_list_is_counted_once_and_makes_both_tasks_late(self, session: Session) -> None:
        holder = factories.create_task(session)
        factories.create_task(session, milestones_from_id=holder.id)
        factories.create_milestone(session, holder, due_on=date(2024, 5, 10))
        figures = figures_of(session)
        assert (figures.totals.overdue, figures.totals.overdue_milestones) == (2, 1)
        assert figures.lights.red == 2

    def test_a_list_whose_holder_was_cancelled_is_borne_by_the_task_that_shares_it(
        self, session: Session
    ) -> None:
        holder = factories.create_task(session, state=TaskState.CANCELLED)
        sharer = factories.create_task(session, title="还在办的任务", milestones_from_id=holder.id)
        factories.create_milestone(session, holder, due_on=date(2024, 5, 10))
        assert [row.task.task_id for row in figures_of(session).overdue] == [sharer.id]

    def test_a_shared_milestone_is_suspended_only_where_all_are_that_it_serves(
        self, session: Session
    ) -> None:
        holder = factories.create_task(session, state=TaskState.SUSPENDED)
        sharer = factories.create_task(session, milestones_from_id=holder.id)
        factories.create_milestone(session, holder, due_on=date(2024, 5, 10))
        figures = figures_of(session)
        assert (figures.totals.overdue, figures.totals.overdue_milestones) == (1, 1)
        assert (figures.totals.suspended_due, figures.totals.on_time.whole) == (0, 1)
        assert [row.task.task_id for row in figures.overdue] == [sharer.id]

        sharer.state = TaskState.SUSPENDED
        session.flush()
        totals = figures_of(session).totals
        assert (totals.suspended_due, totals.on_time.whole, totals.overdue_milestones) == (1, 0, 0)

    def test_what_was_met_long_ago_stays_counted_while_its_holder_is_suspended(
        self, session: Session
    ) -> None:
        holder = factories.create_task(session, state=TaskState.SUSPENDED)
        factories.create_task(session, milestones_from_id=holder.id)
        factories.create_milestone(session, holder, due_on=date(2024, 4, 10), **met(date(2024, 4, 1)))
        assert figures_of(session).totals.on_time == Ratio(1, 1)

    def test_a_standing_duty_is_asked_for_while_a_task_that_shares_it_is_open(self, session: Session) -> None:
        holder = factories.create_task(session, state=TaskState.CLOSED, closed_at=morning(date(2024, 3, 1)))
        sharer = factories.create_task(session, milestones_from_id=holder.id)
        factories.create_milestone(session, holder, due_on=None, kind=MilestoneKind.STANDING)
        assert [row.task.task_id for row in figures_of(session).standing] == [sharer.id]


class TestPast:
    """A report for a week that is long over says what was true then."""

    LATER = morning(date(2024, 9, 2))

    def test_what_was_done_later_was_not_done(self, session: Session) -> None:
        task = factories.create_task(session, state=TaskState.CLOSED, closed_at=morning(date(2024, 6, 20)))
        factories.create_milestone(session, task, due_on=date(2024, 5, 10), **met(date(2024, 6, 12)))
        then = figures_of(session, at=self.LATER)
        assert (then.totals.open, then.totals.closed, then.totals.overdue_milestones) == (1, 0, 1)
        assert figures_of(session, IsoWeek(2024, 25), at=self.LATER).totals.closed == 1

    def test_a_task_issued_later_did_not_exist(self, session: Session) -> None:
        factories.create_task(session, issued_at=morning(date(2024, 6, 4)))
        assert figures_of(session, at=self.LATER).totals.total == 0

    def test_a_day_that_was_granted_later_was_not_yet_the_due_day(self, session: Session) -> None:
        task = factories.create_task(session)
        step = factories.create_milestone(
            session, task, first_due_on=date(2024, 5, 31), due_on=date(2024, 9, 30)
        )
        factories.create_extension(
            session,
            step,
            state=ExtensionState.GRANTED,
            from_due_on=date(2024, 5, 31),
            to_due_on=date(2024, 9, 30),
            requested_at=morning(date(2024, 5, 30)),
            decided_at=morning(date(2024, 6, 4)),
        )
        then = figures_of(session, at=self.LATER)
        assert [row.due_on for row in then.overdue] == [date(2024, 5, 31)]
        assert [row.state for row in then.extensions] == [ExtensionState.REQUESTED]
        after = figures_of(session, IsoWeek(2024, 23), at=self.LATER)
        assert after.overdue == ()
        assert [row.state for row in after.extensions] == [ExtensionState.GRANTED]

    def test_a_reopened_task_was_closed_and_a_resumed_one_suspended(self, session: Session) -> None:
        reopened, resumed = (factories.create_task(session) for _ in range(2))
        closed_at = morning(date(2024, 5, 29))
        changed = {"closed_at": [closed_at.isoformat(), None]}
        _tell(session, reopened, "task.reopen", date(2024, 6, 5), {"from": "closed", "changed": changed})
        _tell(session, resumed, "task.resume", date(2024, 6, 6), {"from": "suspended", "changed": {}})

        then = figures_of(session, at=self.LATER).totals
        now = figures_of(session, IsoWeek(2024, 23), at=self.LATER)

        assert (then.closed, then.suspended, then.open, then.closed_this_week) == (1, 1, 0, 1)
        assert (now.totals.closed, now.totals.suspended, now.totals.open) == (0, 0, 2)
        assert (now.previous.closed, now.previous.suspended) == (1, 1)

    def test_a_report_that_was_sent_back_later_had_been_handed_in(self, session: Session) -> None:
        task = factories.create_task(session)
        step = factories.create_milestone(session, task, due_on=date(2024, 5, 31))
        reported_at = morning(date(2024, 5, 31))
        record(
            session,
            kind="milestone.return",
            actor=SYSTEM,
            at=morning(date(2024, 6, 4)),
            subject="milestone",
            subject_id=id_of(step),
            task_id=task.id,
            data={"from": "reported", "changed": {"reported_at": [reported_at.isoformat(), None]}},
        )
        session.flush()
        assert figures_of(session, at=self.LATER).overdue == ()
        assert len(figures_of(session, IsoWeek(2024, 23), at=self.LATER).overdue) == 1

    def test_a_day_that_a_new_calendar_moved_later_was_still_the_old_one(self, session: Session) -> None:
        task = factories.create_task(session)
        step = factories.create_milestone(session, task, due_on=date(2024, 6, 5))
        record(
            session,
            kind="milestone.recount",
            actor=SYSTEM,
            at=morning(date(2024, 6, 4)),
            subject="milestone",
            subject_id=id_of(step),
            task_id=task.id,
            data={
                "changed": {
                    "due_on": ["2024-05-31", "2024-06-05"],
                    "first_due_on": ["2024-05-31", "2024-06-05"],
                }
            },
        )
        session.flush()
        assert [row.due_on for row in figures_of(session, at=self.LATER).overdue] == [date(2024, 5, 31)]

    def test_what_the_services_do_later_is_taken_back(self, session: Session) -> None:
        task = factories.create_task(session)
        step = factories.create_milestone(session, task, due_on=date(2024, 5, 31))
        owner, expediter, leader = (
            factories.actor_of(factories.create_person(session, name))
            for name in (factories.OWNER, factories.EXPEDITER, factories.LEADER)
        )
        number, late = id_of(step), morning(date(2024, 6, 5))
        report_milestone(session, number, actor=owner, at=morning(date(2024, 5, 31)), note="台账已建")
        session.flush()
        said = figures_of(session).totals
        return_milestone(session, number, actor=expediter, at=late, reason="缺少照片")
        told: dict[str, Any] = {"actor": leader, "at": late, "rules": OfficeRules(), "reason": "等待上级批复"}
        move_task(session, id_of(task), TaskTrigger.SUSPEND, **told)
        session.flush()

        assert (said.open, said.awaiting_review, said.overdue_milestones) == (1, 1, 0)
        assert figures_of(session, at=self.LATER).totals == said
        now = figures_of(session, IsoWeek(2024, 23), at=self.LATER)
        assert (now.totals.suspended, now.previous.open) == (1, 1)

    def test_a_changed_text_of_another_shape_is_passed_over(self, session: Session) -> None:
        task = factories.create_task(session)
        _tell(session, task, "task.change", date(2024, 6, 5), {"changed": {"people": {"owner": ["甲"]}}})
        assert figures_of(session, at=self.LATER).totals.open == 1

    def test_does_not_change_with_the_day_of_asking(self, session: Session) -> None:
        weekly_office.build_office(session)
        assert figures_of(session, at=MONDAY_AFTER) == figures_of(session, at=self.LATER)

    def test_last_week_in_a_report_is_what_last_weeks_report_said(self, session: Session) -> None:
        weekly_office.build_office(session)
        assert figures_of(session).previous == figures_of(session, WEEK.shift(-1)).totals

    def test_a_week_that_has_not_begun_is_refused(self, session: Session) -> None:
        with pytest.raises(ValueRefused, match="还没有开始"):
            figures_of(session, WEEK.shift(1), at=datetime(2024, 5, 30, tzinfo=UTC))

    def test_of_a_week_that_runs_its_rest_is_coming(self, session: Session) -> None:
        task = factories.create_task(session)
        for day in (28, 29, 31):
            factories.create_milestone(session, task, due_on=date(2024, 5, day))
        running = figures_of(session, at=morning(date(2024, 5, 29)))
        assert [row.due_on.day for row in running.overdue] == [28]
        assert [row.due_on.day for row in running.upcoming] == [29, 31]


def _tell(session: Session, task: Task, kind: str, day: date, data: dict[str, Any]) -> None:
    record(
        session,
        kind=kind,
        actor=SYSTEM,
        at=morning(day),
        subject="task",
        subject_id=id_of(task),
        task_id=task.id,
        data=data,
    )
    session.flush()


class TestLists:
    def test_finished_tells_tasks_and_milestones_of_the_week_alone(self, session: Session) -> None:
        task = factories.create_task(session, state=TaskState.CLOSED, closed_at=morning(date(2024, 5, 31)))
        factories.create_milestone(session, task, due_on=date(2024, 5, 28), **met(date(2024, 5, 29)))
        factories.create_milestone(session, task, due_on=None, **met(date(2024, 5, 27)))
        factories.create_milestone(session, task, due_on=date(2024, 5, 20), **met(date(2024, 5, 26)))
        rows = figures_of(session).finished
        assert [(row.what, row.done_on.day, row.on_time) for row in rows] == [
            ("task", 31, None),
            ("milestone", 27, None),
            ("milestone", 29, False),
        ]

    def test_standing_duties_are_silent_by_their_last_report_or_evidence(self, session: Session) -> None:
        silent, busy = (factories.create_task(session, title=title) for title in ("没有消息", "刚有材料"))
        for task in (silent, busy):
            factories.create_milestone(session, task, due_on=None, kind=MilestoneKind.STANDING, text="常态化")
        factories.create_evidence(
            session, factories.create_deliverable(session, busy), submitted_at=morning(date(2024, 5, 20))
        )
        later: Evidence = factories.create_evidence(
            session, factories.create_deliverable(session, silent), submitted_at=morning(date(2024, 6, 9))
        )
        rows = figures_of(session).standing
        assert later.submitted_at > MONDAY_AFTER
        assert [(row.task.title, row.last_news_on, row.silent_days) for row in rows] == [
            ("没有消息", None, (MONDAY - office_day(factories.ISSUE_MOMENT)).days)
        ]

    def test_a_standing_duty_is_silent_after_the_limit_and_not_on_it(self, session: Session) -> None:
        task = factories.create_task(session, issued_at=morning(date(2024, 5, 4)))
        factories.create_milestone(session, task, due_on=None, kind=MilestoneKind.STANDING)
        assert figures_of(session, standing_silent_days=30).standing == ()
        assert len(figures_of(session, standing_silent_days=29).standing) == 1

    def test_instructions_wait_until_they_are_acknowledged(self, session: Session) -> None:
        task = factories.create_task(session)
        given = {"given_at": morning(date(2024, 5, 30))}
        factories.create_instruction(session, task, **given)
        factories.create_instruction(
            session, task, text="后来签阅", acknowledged_at=morning(date(2024, 6, 5)), **given
        )
        factories.create_instruction(
            session, task, text="已经签阅", acknowledged_at=morning(date(2024, 5, 31)), **given
        )
        rows = figures_of(session, at=morning(date(2024, 7, 1))).instructions
        assert [(row.text[:4], row.leader, row.waiting_days) for row in rows] == [
            ("请抓紧办", "测试丙", 4),
            ("后来签阅", "测试丙", 4),
        ]

    def test_a_task_is_not_accepted_in_time_after_its_limit(self, session: Session) -> None:
        for limit in (30, 31):
            factories.create_task(
                session,
                state=TaskState.ISSUED,
                issued_at=morning(date(2024, 5, 28)),
                accept_by_on=date(2024, 5, limit),
            )
        factories.create_task(session, state=TaskState.ISSUED, accept_by_on=date(2024, 6, 3))
        rows = figures_of(session).unaccepted
        assert [(row.accept_by_on.day, row.workdays_over) for row in rows] == [(30, 2), (31, 1)]


class TestScope:
    def test_each_scope_shows_its_own(self, session: Session) -> None:
        tasks = weekly_office.build_office(session)
        task = tasks[0]
        leader = resolve_scope(session, "leader:赵半山")
        unit = resolve_scope(session, "unit:综合协调科")
        tree = resolve_scope(session, "unit：云岭市生态环境综合执法支队")
        campaign = resolve_scope(session, f"campaign:{task.campaign_id}")
        assert figures_of(session, scope=leader).totals.total == 9
        assert [row.unit for row in figures_of(session, scope=unit).units] == ["综合协调科"]
        assert figures_of(session, scope=tree).totals.total == 18 + 1
        assert figures_of(session, scope=campaign).totals.total == 18
        assert campaign.label == "2024年执法大练兵"

    def test_what_nobody_knows_is_refused(self, session: Session) -> None:
        for text, error in (
            ("leader:无此人", PersonNotFound),
            ("unit:无此科", UnitNotFound),
            ("campaign:无此事", CampaignNotFound),
            ("team:一组", ValueRefused),
            ("leader:", ValueRefused),
        ):
            with pytest.raises(error):
                resolve_scope(session, text)

    def test_a_leader_hears_of_a_shared_list_that_another_leads(self, session: Session) -> None:
        other = factories.create_person(session, "测试戊")
        holder = factories.create_task(session, leader=other)
        factories.create_task(session, title="共用节点", milestones_from_id=holder.id)
        factories.create_milestone(session, holder, due_on=date(2024, 5, 10))
        rows = figures_of(session, scope=resolve_scope(session, "leader:测试丙")).overdue
        assert [row.task.title for row in rows] == ["共用节点"]


@pytest.mark.postgresql
class TestWholeOffice:
    @pytest.fixture
    def figures(self, session: Session) -> WeeklyFigures:
        weekly_office.build_office(session)
        return figures_of(session)

    def test_the_units_add_up_to_the_whole(self, figures: WeeklyFigures) -> None:
        for name in vars(figures.totals):
            if name in ("on_time", "on_time_first"):
                for count in ("part", "whole"):
                    summed = sum(getattr(getattr(unit.tally, name), count) for unit in figures.units)
                    assert summed == getattr(getattr(figures.totals, name), count)
            elif name == "points":
                for kind, value in vars(figures.totals.points).items():
                    assert sum(getattr(unit.tally.points, kind) for unit in figures.units) == pytest.approx(
                        value
                    )
            else:
                assert sum(getattr(unit.tally, name) for unit in figures.units) == getattr(
                    figures.totals, name
                )
        assert sum(unit.lights.total for unit in figures.units) == figures.totals.total

    def test_the_tables_agree_with_the_totals(self, figures: WeeklyFigures) -> None:
        totals = figures.totals
        assert totals.total == totals.open + totals.closed + totals.suspended == figures.lights.total
        assert totals.overdue_milestones == len(figures.overdue) == 4
        assert totals.overdue == figures.lights.red == len({row.task.task_id for row in figures.overdue})
        assert totals.closed_this_week == sum(row.what == "task" for row in figures.finished) == 3
        assert figures.trend[-1].on_time == totals.on_time
        assert figures.trend[-2].overdue_milestones == figures.previous.overdue_milestones

    @pytest.mark.parametrize("measure", list(Measure))
    def test_the_database_counts_as_the_lights_do(self, session: Session, measure: Measure) -> None:
        weekly_office.build_office(session)
        figures = figures_of(session, rules=OfficeRules(measure=measure))
        tasks = {
            task.id: task
            for task in session.exec(select(Task).where(col(Task.state) != TaskState.SUSPENDED)).all()
        }
        steps = [
            step
            for step in session.exec(select(Milestone)).all()
            if step.task_id in tasks and step.kind is not MilestoneKind.STANDING
        ]
        due = [step for step in steps if step.due_on and step.due_on < MONDAY]
        on_time = [
            step for step in due if step.state is MilestoneState.MET and was_on_time(step, measure=measure)
        ]
        assert figures.totals.on_time == Ratio(len(on_time), len(due))
        late = [step for step in steps if is_overdue(step, today=MONDAY, measure=measure)]
        assert figures.totals.overdue_milestones == len(late)
        thresholds = OfficeRules().lights
        lights = [
            task_light(
                [step for step in steps if step.task_id == number],
                today=MONDAY,
                thresholds=thresholds,
                measure=measure,
            )
            for number in tasks
        ]
        for light in Light:
            suspended = figures.totals.suspended if light is Light.GREY else 0
            assert figures.lights.of(light) == lights.count(light) + suspended
        assert {row.light for row in figures.overdue} == {
            light_of(step, today=MONDAY, thresholds=thresholds, measure=measure) for step in late
        }

    def test_the_trend_of_untouched_weeks_is_what_their_reports_said(
        self, session: Session, figures: WeeklyFigures
    ) -> None:
        for weeks in (3, 6):
            then = figures_of(session, WEEK.shift(-weeks)).totals
            point = figures.trend[-1 - weeks]
            assert point.completion == then.completion
            assert (point.on_time.whole, point.week) == (then.on_time.whole, str(WEEK.shift(-weeks)))

    def test_the_register_is_not_changed(self, session: Session) -> None:
        weekly_office.build_office(session)
        session.flush()
        figures_of(session, WEEK.shift(-4))
        assert not session.dirty
        assert not session.new


def test_an_empty_register_makes_an_empty_report(session: Session) -> None:
    figures = figures_of(session)
    assert figures.totals == figures.previous
    assert figures.totals.completion.rate is None
    assert (figures.units, figures.overdue, len(figures.trend)) == ((), (), 12)


def test_a_milestone_due_long_ago_and_extended_in_the_week_is_looked_at(session: Session) -> None:
    task = factories.create_task(session)
    step = factories.create_milestone(session, task, due_on=date(2024, 3, 1), **met(date(2024, 2, 20)))
    factories.create_extension(
        session, step, requested_at=morning(date(2024, 2, 1)), decided_at=morning(date(2024, 5, 28))
    )
    figures = figures_of(session)
    assert figures.totals.on_time == Ratio(1, 1)
    assert len(figures.extensions) == 1


def test_figures_of_a_whole_year_never_have_a_rate_outside_its_bounds(session: Session) -> None:
    weekly_office.build_office(session)
    for weeks in range(-24, 28, 4):
        figures = figures_of(session, WEEK.shift(weeks), at=MONDAY_AFTER + timedelta(weeks=40))
        for ratio in (
            figures.totals.completion,
            figures.totals.on_time,
            figures.totals.on_time_first,
            *(unit.tally.on_time for unit in figures.units),
            *(point.on_time for point in figures.trend),
        ):
            assert 0 <= ratio.part <= ratio.whole
            assert ratio.rate is None or 0 <= ratio.rate <= 1
