from __future__ import annotations

from datetime import date

from tracker.calendar import WorkCalendar, load_published_calendar
from tracker.deadlines import parse

REF = date(2024, 3, 1)


class TestHolidays:
    def test_a_published_holiday_is_a_window_of_its_days_off(self) -> None:
        (found,) = parse("国庆节期间开展值班检查", ref=REF, calendar=load_published_calendar())
        assert (found.start, found.due) == (date(2024, 10, 1), date(2024, 10, 7))

    def test_without_a_published_calendar_no_day_is_invented(self) -> None:
        assert parse("国庆节期间开展值班检查", ref=REF) == []
        assert parse("国庆节期间开展值班检查", ref=REF, calendar=WorkCalendar()) == []
