"""The arithmetic of the calendar pages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.calendar import CalendarDay, DayKind, WorkCalendar
from web.ledger_query import week_days
from web.pages.month import month_of, weeks_of
from web.pages.year import percent_of, year_of

TODAY = date(2024, 7, 3)


class TestWeeksOf:
    def test_holidays_and_make_up_days_are_named(self) -> None:
        days = WorkCalendar.from_rows(
            [
                CalendarDay(date(2024, 5, 1), DayKind.STATUTORY, "劳动节"),
                CalendarDay(date(2024, 5, 11), DayKind.WORK, "劳动节"),
            ]
        )
        weeks = weeks_of(date(2024, 5, 1), {}, days, TODAY)
        found = {day.day: day for week in weeks for day in week}
        assert (found[date(2024, 5, 1)].note, found[date(2024, 5, 1)].is_workday) == ("劳动节", False)
        assert (found[date(2024, 5, 11)].note, found[date(2024, 5, 11)].is_make_up) == ("调休上班", True)
        assert (found[date(2024, 5, 12)].note, found[date(2024, 5, 12)].is_workday) == (None, False)

    @given(first=st.dates(date(2000, 1, 1), date(2100, 12, 31)).map(lambda day: day.replace(day=1)))
    def test_whole_weeks_from_monday_hold_the_whole_month(self, first: date) -> None:
        weeks = weeks_of(first, {}, WorkCalendar(), TODAY)
        days = [day for week in weeks for day in week]
        assert all(len(week) == 7 and week[0].day.weekday() == 0 for week in weeks)
        assert [day.day for day in days] == [days[0].day + timedelta(days=n) for n in range(len(days))]
        inside = [day.day for day in days if day.is_inside]
        assert inside[0] == first
        assert (inside[-1] + timedelta(days=1)).month != first.month


class TestMonthOf:
    @pytest.mark.parametrize("text", ["", "2024-13", "9999-01", "2024", "2024-07-03"])
    def test_what_is_no_month_is_this_one(self, text: str) -> None:
        assert month_of(text, TODAY) == date(2024, 7, 1)

    def test_a_month_begins_on_its_first(self) -> None:
        assert month_of("2023-02", TODAY) == date(2023, 2, 1)


class TestPercentOf:
    @given(day=st.dates(date(2024, 1, 1), date(2024, 12, 30)))
    def test_a_later_day_is_further_on_and_within_its_month(self, day: date) -> None:
        place = percent_of(day, 2024)
        assert place < percent_of(day + timedelta(days=1), 2024)
        assert (day.month - 1) / 12 * 100 < place < day.month / 12 * 100

    def test_other_years_are_at_the_ends(self) -> None:
        assert (percent_of(date(2023, 12, 31), 2024), percent_of(date(2025, 1, 1), 2024)) == (0.0, 100.0)


class TestYearOf:
    @pytest.mark.parametrize(
        ("text", "year"), [("2023", 2023), ("", 2024), ("1999", 2024), ("20x4", 2024), ("２０２３", 2024)]
    )
    def test_a_year_or_this_one(self, text: str, year: int) -> None:
        assert year_of(text, TODAY) == year


class TestWeekDays:
    def test_a_week_runs_from_monday_to_sunday(self) -> None:
        assert week_days("2024-W01") == (date(2024, 1, 1), date(2024, 1, 7))
        assert week_days("2020-W53") == (date(2020, 12, 28), date(2021, 1, 3))

    @pytest.mark.parametrize("text", ["2024-W00", "2024-W53", "2024-01", "2024W01", "", "9999-W53"])
    def test_what_is_no_week_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError):
            week_days(text)
