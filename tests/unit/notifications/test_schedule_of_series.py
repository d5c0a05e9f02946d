"""A duty that repeats is reminded of one occurrence after another."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notifications.schedule import Occurrence, next_look, owed, planned_days
from tests.reminder_policies import published_calendar, shipped_policy
from tracker.deadlines.recurrence import occurrences

RULES = shipped_policy().milestone
CALENDAR = published_calendar()
DAY = timedelta(days=1)
YEAR = date(2024, 1, 1), date(2024, 12, 31)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

weekly = st.sampled_from(WEEKDAYS).map(lambda day: f"FREQ=WEEKLY;BYDAY={day}")
repetitions = st.one_of(
    weekly,
    st.sets(st.sampled_from(WEEKDAYS), min_size=2, max_size=7).map(
        lambda days: f"FREQ=WEEKLY;BYDAY={','.join(sorted(days))}"
    ),
    st.integers(2, 3).map(lambda weeks: f"FREQ=WEEKLY;INTERVAL={weeks};BYDAY=FR"),
    st.integers(1, 28).map(lambda day: f"FREQ=MONTHLY;BYMONTHDAY={day}"),
    st.just("FREQ=MONTHLY;BYMONTHDAY=-1"),
    st.sampled_from(["3,6,9,12", "1,7"]).map(lambda months: f"FREQ=YEARLY;BYMONTH={months};BYMONTHDAY=25"),
)


@st.composite
def neighbours(draw: st.DrawFn, rules: st.SearchStrategy[str] = repetitions) -> tuple[date, date]:
    """An occurrence's due day, and that of the one before it."""
    days = occurrences(draw(rules), *YEAR)
    assume(len(days) > 1)
    number = draw(st.integers(1, len(days) - 1))
    return days[number], days[number - 1]


def before(due_on: date, opens_on: date | None = None) -> list[Occurrence]:
    """What would be told up to the due day."""
    found = planned_days(
        due_on, RULES, start=due_on - 60 * DAY, end=due_on, calendar=CALENDAR, opens_on=opens_on
    )
    return list(found)


def names(found: list[Occurrence]) -> list[tuple[str, str]]:
    return [(each.on.isoformat()[5:], each.rule.name) for each in found]


def has_workday_between(earlier: date, later: date) -> bool:
    return CALENDAR.previous_workday_on_or_before(later - DAY) > earlier


class TestBeforeAnOccurrence:
    def test_a_weekly_duty_is_reminded_of_within_its_week(self) -> None:
        assert names(before(date(2024, 6, 21), date(2024, 6, 15))) == [
            ("06-18", "before-3"),
            ("06-20", "before-1"),
            ("06-21", "before-0"),
        ]

    def test_a_monthly_duty_keeps_all_but_what_lies_in_the_month_before(self) -> None:
        # 31 May is 30 days before, and the day on which the one before is due
        assert names(before(date(2024, 6, 30), date(2024, 6, 1))) == [
            ("06-14", "before-14"),  # the 16th is a Sunday
            ("06-21", "before-7"),
            ("06-27", "before-3"),
            ("06-28", "before-0"),
            ("06-28", "before-1"),
        ]

    def test_after_a_long_holiday_the_last_working_day_before_it_tells(self) -> None:
        # due on Tuesday the 8th of October, the first working day; the one before on the 1st
        assert names(before(date(2024, 10, 8), date(2024, 10, 2))) == [
            ("09-30", "before-1"),
            ("09-30", "before-3"),
            ("10-08", "before-0"),
        ]

    def test_of_two_days_on_end_the_second_is_told_on_its_own_day(self) -> None:
        assert names(before(date(2024, 6, 18), date(2024, 6, 18))) == [("06-18", "before-0")]

    @given(pair=neighbours())
    def test_nothing_lies_on_or_before_the_day_of_the_one_before(self, pair: tuple[date, date]) -> None:
        due_on, previous = pair
        for each in before(due_on, previous + DAY):
            # unless all days between are off: then the last working day before them is the only one left
            assert each.on > previous or not has_workday_between(previous, due_on)

    @given(pair=neighbours())
    def test_nothing_is_told_that_a_date_alone_would_not_be(self, pair: tuple[date, date]) -> None:
        due_on, previous = pair
        alone = before(due_on)
        assert all(each in alone for each in before(due_on, previous + DAY))

    @given(pair=neighbours())
    def test_the_day_itself_always_stays(self, pair: tuple[date, date]) -> None:
        due_on, previous = pair
        assert "before-0" in [name for _, name in names(before(due_on, previous + DAY))]

    @given(pair=neighbours(weekly))
    def test_of_a_weekly_duty_the_day_before_always_stays(self, pair: tuple[date, date]) -> None:
        due_on, previous = pair
        assert "before-1" in [name for _, name in names(before(due_on, previous + DAY))]

    @given(due_on=st.dates(*YEAR), offset=st.integers(61, 400))
    def test_a_date_alone_and_one_that_opened_long_ago_are_told_alike(
        self, due_on: date, offset: int
    ) -> None:
        assert before(due_on, due_on - offset * DAY) == before(due_on)


class TestAfterAnOccurrence:
    @given(pair=neighbours(), over=st.integers(1, 40))
    def test_what_is_overdue_is_owed_whenever_it_opened(self, pair: tuple[date, date], over: int) -> None:
        due_on, previous = pair
        today = due_on + over * DAY
        alone = owed(due_on, RULES, today=today, calendar=CALENDAR)
        assert owed(due_on, RULES, today=today, calendar=CALENDAR, opens_on=previous + DAY) == alone


class TestLooking:
    @given(pair=neighbours(), offset=st.integers(-60, 20))
    def test_between_two_looks_nothing_new_is_owed(self, pair: tuple[date, date], offset: int) -> None:
        due_on, previous = pair
        opens_on = previous + DAY
        today = CALENDAR.next_workday_on_or_after(due_on + offset * DAY)
        following = next_look(due_on, RULES, after=today, calendar=CALENDAR, opens_on=opens_on)
        assert following
        known = {each.key for each in owed(due_on, RULES, today=today, calendar=CALENDAR, opens_on=opens_on)}
        day = today + DAY
        while day < following:
            found = owed(due_on, RULES, today=day, calendar=CALENDAR, opens_on=opens_on)
            assert {each.key for each in found} <= known
            day += DAY

    @pytest.mark.parametrize("today", ["2024-05-22", "2024-06-14", "2024-06-17"])
    def test_a_weekly_duty_is_quiet_until_it_opens(self, today: str) -> None:
        due_on, opens_on = date(2024, 6, 21), date(2024, 6, 15)
        day = date.fromisoformat(today)
        assert owed(due_on, RULES, today=day, calendar=CALENDAR, opens_on=opens_on) == []
        assert next_look(due_on, RULES, after=day, calendar=CALENDAR, opens_on=opens_on) == date(2024, 6, 18)
