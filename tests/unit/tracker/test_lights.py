"""Deadline colours and punctuality."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.clock import office_moment
from tracker.lights import (
    LIGHT_LABELS,
    WORST_FIRST,
    Light,
    LightThresholds,
    Measure,
    completed_on,
    is_overdue,
    light_name,
    light_of,
    rests_on_backfill,
    task_light,
    was_on_time,
    worst_light,
)
from workflows.milestone import MilestoneState

DUE = date(2024, 5, 31)
THRESHOLDS = LightThresholds()
DAYS = st.dates(date(2024, 1, 1), date(2024, 12, 31))


@dataclass(frozen=True)
class Step:
    state: MilestoneState = MilestoneState.PENDING
    due_on: date | None = DUE
    first_due_on: date | None = DUE
    was_overdue: bool = False
    reported_at: datetime | None = None
    met_at: datetime | None = None
    done_on: date | None = None


def met(reported: date, confirmed: date | None = None) -> Step:
    return Step(
        MilestoneState.MET,
        reported_at=office_moment(reported),
        met_at=office_moment(confirmed or reported, 17),
    )


def light(step: Step, today: date, measure: Measure = Measure.SUBMISSION) -> Light:
    return light_of(step, today=today, thresholds=THRESHOLDS, measure=measure)


class TestLightOf:
    @pytest.mark.parametrize(
        ("today", "expected"),
        [
            (date(2024, 5, 23), Light.GREEN),  # 8 days left
            (date(2024, 5, 24), Light.YELLOW),  # 7 days left
            (date(2024, 5, 31), Light.YELLOW),  # the day itself is still on time
            (date(2024, 6, 1), Light.RED),
        ],
    )
    def test_an_open_step_is_green_then_yellow_then_red(self, today: date, expected: Light) -> None:
        assert light(Step(), today) is expected

    def test_thresholds_are_the_offices_own(self) -> None:
        shown = light_of(Step(), today=date(2024, 5, 22), thresholds=LightThresholds(yellow_within_days=10))
        assert shown is Light.YELLOW

    def test_without_a_day_it_is_grey(self) -> None:
        assert light(Step(due_on=None), date(2024, 6, 1)) is Light.GREY

    def test_a_waived_step_is_grey_and_never_red(self) -> None:
        assert light(Step(MilestoneState.WAIVED), date(2024, 6, 1)) is Light.GREY

    def test_met_on_the_due_day_is_blue_and_a_day_later_yellow_blue(self) -> None:
        assert light(met(DUE), date(2024, 7, 1)) is Light.BLUE
        assert light(met(date(2024, 6, 1)), date(2024, 7, 1)) is Light.YELLOW_BLUE

    def test_the_office_day_decides_where_the_utc_day_is_another(self) -> None:
        # 00:30 at the office on 1 June is still 31 May in UTC
        late = Step(MilestoneState.MET, met_at=datetime(2024, 5, 31, 16, 30, tzinfo=UTC))
        assert light(late, date(2024, 6, 2)) is Light.YELLOW_BLUE

    def test_reported_in_time_it_waits_for_the_reviewer_and_is_not_red(self) -> None:
        waiting = Step(MilestoneState.REPORTED, reported_at=office_moment(DUE))
        assert light(waiting, date(2024, 6, 20)) is Light.GREEN
        assert light(waiting, date(2024, 6, 20), Measure.ACCEPTANCE) is Light.RED

    def test_reported_late_it_is_work_made_up(self) -> None:
        waiting = Step(MilestoneState.REPORTED, reported_at=office_moment(date(2024, 6, 3)))
        assert light(waiting, date(2024, 6, 20)) is Light.YELLOW_BLUE

    @given(due=DAYS, completed=DAYS, later=DAYS, measure=st.sampled_from(Measure))
    def test_lateness_is_never_repainted(
        self, due: date, completed: date, later: date, measure: Measure
    ) -> None:
        step = replace(met(completed), due_on=due)
        shown = light(step, later, measure)
        assert shown is (Light.BLUE if completed <= due else Light.YELLOW_BLUE)

    @given(due=DAYS, completed=DAYS)
    def test_an_extension_asked_for_after_the_date_never_makes_it_blue(
        self, due: date, completed: date
    ) -> None:
        step = replace(met(completed), due_on=due, was_overdue=True)
        assert light(step, due) is Light.YELLOW_BLUE

    @given(due=DAYS, today=DAYS)
    def test_red_is_exactly_what_is_overdue(self, due: date, today: date) -> None:
        step = Step(due_on=due)
        overdue = is_overdue(step, today=today, measure=Measure.SUBMISSION)
        assert (light(step, today) is Light.RED) == overdue == (today > due)


class TestWhatWasDoneBefore:
    """补录: met by the day on which it was done, whenever that was entered."""

    @given(due=DAYS, done=DAYS, entered=DAYS, measure=st.sampled_from(Measure))
    def test_it_is_judged_by_the_day_on_which_it_was_done(
        self, due: date, done: date, entered: date, measure: Measure
    ) -> None:
        step = Step(MilestoneState.MET, due, due, met_at=office_moment(entered), done_on=done)
        assert light(step, entered, measure) is (Light.BLUE if done <= due else Light.YELLOW_BLUE)
        assert completed_on(step, measure=measure) == done

    def test_a_task_rests_on_it_where_nothing_else_is_open(self) -> None:
        before = Step(MilestoneState.MET, met_at=office_moment(DUE), done_on=DUE)
        assert rests_on_backfill([before, met(DUE)])
        assert not rests_on_backfill([before, Step()])
        assert not rests_on_backfill([met(DUE)])

    def test_its_light_is_never_named_without_the_mark(self) -> None:
        assert light_name(Light.BLUE, is_backfilled=True) == "蓝灯（补录）"
        assert light_name(Light.BLUE, is_backfilled=False) == "蓝灯"


class TestTaskLight:
    TODAY = date(2024, 6, 10)

    def of(self, *steps: Step) -> Light:
        return task_light(steps, today=self.TODAY, thresholds=THRESHOLDS)

    def test_it_is_the_worst_of_the_open_steps(self) -> None:
        far = Step(due_on=date(2024, 12, 1))
        near = Step(due_on=self.TODAY + timedelta(days=3))
        assert self.of(far, near, met(date(2024, 6, 9))) is Light.YELLOW
        assert self.of(far, near, Step()) is Light.RED

    def test_when_none_is_open_it_is_the_worst_of_the_finished(self) -> None:
        assert self.of(met(DUE), met(date(2024, 6, 3))) is Light.YELLOW_BLUE

    def test_without_steps_it_is_grey(self) -> None:
        assert self.of() is Light.GREY


class TestPunctuality:
    def test_the_measure_decides_which_moment_counts(self) -> None:
        step = met(DUE, date(2024, 6, 4))
        assert completed_on(step, measure=Measure.SUBMISSION) == DUE
        assert completed_on(step, measure=Measure.ACCEPTANCE) == date(2024, 6, 4)
        assert was_on_time(step, measure=Measure.SUBMISSION) is True
        assert was_on_time(step, measure=Measure.ACCEPTANCE) is False

    def test_an_archiving_step_without_a_report_counts_from_its_meeting(self) -> None:
        step = Step(MilestoneState.MET, met_at=office_moment(DUE))
        assert completed_on(step, measure=Measure.SUBMISSION) == DUE

    def test_both_due_days_are_told(self) -> None:
        step = replace(met(date(2024, 6, 20)), due_on=date(2024, 6, 30))
        assert was_on_time(step, measure=Measure.SUBMISSION) is True
        assert was_on_time(step, measure=Measure.SUBMISSION, against="first") is False

    @pytest.mark.parametrize("state", [MilestoneState.PENDING, MilestoneState.WAIVED])
    def test_what_is_not_done_is_neither_on_time_nor_late(self, state: MilestoneState) -> None:
        assert was_on_time(Step(state), measure=Measure.SUBMISSION) is None

    def test_what_has_no_day_is_neither(self) -> None:
        assert was_on_time(replace(met(DUE), due_on=None), measure=Measure.SUBMISSION) is None


def test_every_light_has_its_name_and_its_place() -> None:
    assert set(LIGHT_LABELS) == set(Light) == set(WORST_FIRST)
    assert worst_light([Light.GREEN, Light.RED, Light.GREY]) is Light.RED
