"""Weeks, and the cut between what a report has seen and what it has not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import ValueRefused
from tracker.figures import IsoWeek
from tracker.figures.weeks import Cut

WEEK_22 = IsoWeek(2024, 22)


class TestIsoWeek:
    def test_begins_on_monday_and_ends_on_sunday(self) -> None:
        assert (WEEK_22.monday, WEEK_22.sunday) == (date(2024, 5, 27), date(2024, 6, 2))

    @pytest.mark.parametrize("text", ["2024-W22", "2024W22", " 2024-w22 "])
    def test_is_read_in_every_usual_spelling(self, text: str) -> None:
        assert IsoWeek.parse(text) == WEEK_22

    @pytest.mark.parametrize("text", ["2024-22", "第22周", "", "2024-W00", "2024-W53", "0000-W01"])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(ValueRefused, match="周"):
            IsoWeek.parse(text)

    def test_the_last_days_of_a_year_may_belong_to_the_next_one(self) -> None:
        assert str(IsoWeek.of(date(2024, 12, 30))) == "2025-W01"

    @given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-200, 200))
    def test_spelling_and_shifting_lose_nothing(self, day: date, weeks: int) -> None:
        week = IsoWeek.of(day)
        assert day in week
        assert IsoWeek.parse(str(week)) == week
        assert week.shift(weeks).monday - week.monday == timedelta(weeks=weeks)


class TestCut:
    def test_a_week_that_is_over_is_cut_at_its_end_at_the_office(self) -> None:
        cut = Cut.of(WEEK_22, datetime(2024, 7, 1, tzinfo=UTC))
        assert (cut.until, cut.today) == (datetime(2024, 6, 2, 16, tzinfo=UTC), date(2024, 6, 3))

    def test_sunday_evening_in_utc_is_monday_at_the_office(self) -> None:
        cut = Cut.of(WEEK_22, datetime(2024, 6, 2, 16, 30, tzinfo=UTC))
        assert cut.today == date(2024, 6, 3)

    def test_a_week_that_runs_is_cut_at_the_moment_of_asking_which_counts(self) -> None:
        moment = datetime(2024, 5, 29, 2, tzinfo=UTC)
        cut = Cut.of(WEEK_22, moment)
        assert cut.today == date(2024, 5, 29)
        assert cut.has_happened(moment)
        assert not cut.has_happened(moment + timedelta(seconds=1))
        assert not cut.has_happened(None)
