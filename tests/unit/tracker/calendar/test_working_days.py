from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.calendar import (
    CalendarDay,
    CalendarFileError,
    DayKind,
    WorkCalendar,
    find_festival,
    list_published_days,
    load_published_calendar,
    read_calendar_file,
)

PUBLISHED = load_published_calendar()
DAYS = st.dates(min_value=date(2005, 1, 1), max_value=date(2040, 12, 31))


class TestWorkCalendar:
    @pytest.mark.parametrize(
        ("day", "works"),
        [
            (date(2024, 2, 4), True),  # a Sunday worked for the Spring Festival
            (date(2024, 2, 9), True),  # 除夕 was no day off in 2024
            (date(2024, 2, 10), False),
            (date(2024, 10, 1), False),
            (date(2024, 10, 12), True),
            (date(2024, 6, 8), False),  # an ordinary Saturday
            (
                date(2039, 10, 2),
                True,
            ),  # a Sunday would rest, but 2 October 2039 is unpublished and a weekday rule applies
        ],
    )
    def test_make_up_days_are_worked_and_holidays_are_not(self, day: date, works: bool) -> None:
        expected = works if PUBLISHED.is_published(day.year) else day.weekday() < 5
        assert PUBLISHED.is_workday(day) is expected

    def test_a_statutory_holiday_is_told_from_a_day_off_lent_to_it(self) -> None:
        assert PUBLISHED.is_statutory_holiday(date(2024, 10, 3))
        assert not PUBLISHED.is_statutory_holiday(date(2024, 10, 4))
        assert not PUBLISHED.is_workday(date(2024, 10, 4))
        assert PUBLISHED.is_statutory_holiday(date(2025, 5, 2))
        assert not PUBLISHED.is_statutory_holiday(date(2024, 5, 2))

    def test_only_years_with_a_notice_are_published(self) -> None:
        assert PUBLISHED.is_published(2024)
        assert not PUBLISHED.is_published(2039)

    @settings(max_examples=100, derandomize=True, deadline=None)
    @given(start=DAYS, count=st.integers(-40, 40))
    def test_adding_working_days_and_counting_them_agree(self, start: date, count: int) -> None:
        day, provisional = PUBLISHED.add_workdays(start, count)
        if count:
            assert PUBLISHED.is_workday(day)
        if count >= 0:
            assert PUBLISHED.workdays_between(start, day) == count
        years = range(min(start, day).year, max(start, day).year + 1)
        assert not provisional or not all(map(PUBLISHED.is_published, years))

    @settings(max_examples=100, derandomize=True, deadline=None)
    @given(day=DAYS)
    def test_the_nearest_working_days_enclose_a_day(self, day: date) -> None:
        after, before = PUBLISHED.next_workday_on_or_after(day), PUBLISHED.previous_workday_on_or_before(day)
        assert before <= day <= after
        assert PUBLISHED.is_workday(before)
        assert PUBLISHED.is_workday(after)
        assert PUBLISHED.workdays_between(before, after) == (0 if before == after else 1)

    def test_days_before_are_counted_backwards(self) -> None:
        assert PUBLISHED.workdays_between(date(2024, 5, 6), date(2024, 4, 26)) == -4

    def test_an_empty_calendar_knows_weekdays_only(self) -> None:
        assert WorkCalendar().add_workdays(date(2024, 9, 30), 1) == (date(2024, 10, 1), True)

    def test_the_days_of_a_holiday_are_listed(self) -> None:
        days = PUBLISHED.list_holiday_days("国庆节", 2024)
        assert days == [date(2024, 10, 1) + timedelta(days=n) for n in range(7)]
        assert PUBLISHED.list_holiday_days("国庆节", 2039) == []

    def test_every_published_day_stands_once(self) -> None:
        rows = list_published_days()
        assert len({row.day for row in rows}) == len(rows)


class TestFestivals:
    @pytest.mark.parametrize(
        ("name", "year", "day"),
        [
            ("春节", 2024, date(2024, 2, 10)),
            ("春节", 2025, date(2025, 1, 29)),
            ("春节", 2033, date(2033, 1, 31)),
            ("除夕", 2025, date(2025, 1, 28)),
            ("元宵", 2024, date(2024, 2, 24)),
            ("清明", 2024, date(2024, 4, 4)),
            ("端午", 2024, date(2024, 6, 10)),
            ("中秋", 2025, date(2025, 10, 6)),
            ("重阳", 2024, date(2024, 10, 11)),
            ("国庆", 2024, date(2024, 10, 1)),
        ],
    )
    def test_a_festival_falls_where_the_almanac_says(self, name: str, year: int, day: date) -> None:
        festival = find_festival(name)
        assert festival is not None
        assert festival.on(year) == day

    @pytest.mark.parametrize("year", range(2005, 2027))
    def test_lunar_festivals_agree_with_the_published_holidays(self, year: int) -> None:
        for name in ("春节", "端午节", "中秋节", "清明节"):
            festival = find_festival(name)
            assert festival is not None
            off = not PUBLISHED.is_workday(festival.on(year))
            assert off or (year < 2008 and name != "春节")  # the three became holidays in 2008

    def test_an_unknown_festival_is_none(self) -> None:
        assert find_festival("火把") is None


class TestCalendarFile:
    @pytest.mark.parametrize("mark", [",", "\t"])
    def test_a_table_of_days_is_read(self, mark: str) -> None:
        lines = ["日期,类型,名称", "2031-10-01,节,国庆节", "2031/10/04,休,国庆节", "", "2031-09-28,班,国庆节"]
        calendar = read_calendar_file("\ufeff" + "\n".join(lines).replace(",", mark))
        assert calendar.days == (
            CalendarDay(date(2031, 9, 28), DayKind.WORK, "国庆节"),
            CalendarDay(date(2031, 10, 1), DayKind.STATUTORY, "国庆节"),
            CalendarDay(date(2031, 10, 4), DayKind.REST, "国庆节"),
        )
        assert calendar.is_published(2031)

    def test_every_bad_line_is_named_at_once(self) -> None:
        text = "日期,类型,名称\n十月一日,休,国庆\n2031-10-01,假,国庆\n2031-10-02,休,国庆\n2031-10-02,休,国庆\n2031-10-03"
        with pytest.raises(CalendarFileError) as refused:
            read_calendar_file(text)
        assert [problem[:5] for problem in refused.value.problems] == [
            "第 2 行",
            "第 3 行",
            "第 5 行",
            "第 6 行",
        ]
        assert "2025-10-01" in str(refused.value)

    @pytest.mark.parametrize(
        ("text", "says"), [("", "是空的"), ("day,kind\n", "标题行"), ("日期,类型,名称\n", "没有任何日期")]
    )
    def test_a_file_without_days_is_refused(self, text: str, says: str) -> None:
        with pytest.raises(CalendarFileError, match=says):
            read_calendar_file(text)
