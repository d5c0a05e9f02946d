"""When each stage of reminding falls due."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from notifications.policy import Recipient, ReminderRule, Repeat
from notifications.schedule import Occurrence, next_look, owed, planned_days, workdays_over
from tests.reminder_policies import published_calendar, shipped_policy

RULES = shipped_policy().milestone
CALENDAR = published_calendar()
days = st.dates(date(2023, 12, 1), date(2025, 3, 31))
DAY = timedelta(days=1)


def plan(due_on: date, until: date) -> list[tuple[str, str]]:
    start = due_on - 40 * DAY
    return [
        (each.on.isoformat()[5:], each.rule.name)
        for each in planned_days(due_on, RULES, start=start, end=until, calendar=CALENDAR)
    ]


def most_urgent(due_on: date, today: date) -> str | None:
    found = owed(due_on, RULES, today=today, calendar=CALENDAR)
    return found[0].rule.name if found else None


class TestPlannedDays:
    def test_a_plain_month_has_every_stage_on_its_day(self) -> None:
        assert plan(date(2024, 4, 30), until=date(2024, 4, 30)) == [
            ("03-29", "before-30"),  # 31 March is a Sunday
            ("04-16", "before-14"),
            ("04-23", "before-7"),
            ("04-26", "before-3"),  # 27 April is a Saturday
            ("04-29", "before-1"),
            ("04-30", "before-0"),
        ]

    def test_a_due_day_in_a_long_holiday_is_reminded_of_on_the_last_working_day_before(self) -> None:
        last_day = [rule for day, rule in plan(date(2024, 10, 5), until=date(2024, 10, 5)) if day == "09-30"]

        assert last_day == ["before-0", "before-1", "before-3"]

    def test_a_make_up_day_is_a_working_day(self) -> None:
        assert ("04-28", "before-1") in plan(date(2024, 4, 29), until=date(2024, 4, 29))  # a worked Sunday

    def test_overdue_is_told_every_working_day_and_goes_up_after_three_and_ten(self) -> None:
        after = plan(date(2024, 5, 31), until=date(2024, 6, 24))[6:]

        assert after == [
            ("06-03", "overdue"),
            ("06-04", "overdue"),
            ("06-05", "escalate-leader"),
            ("06-05", "overdue"),
            ("06-06", "overdue"),
            ("06-07", "overdue"),
            ("06-11", "overdue"),  # 10 June is the Dragon Boat Festival
            ("06-12", "overdue"),
            ("06-13", "overdue"),
            ("06-14", "overdue"),
            ("06-17", "escalate-weekly"),
            ("06-17", "overdue"),
            ("06-18", "overdue"),
            ("06-19", "overdue"),
            ("06-20", "overdue"),
            ("06-21", "overdue"),
            ("06-24", "escalate-weekly"),
            ("06-24", "overdue"),
        ]

    @given(due_on=days)
    def test_nothing_falls_on_a_day_off(self, due_on: date) -> None:
        found = planned_days(due_on, RULES, start=due_on - 40 * DAY, end=due_on + 60 * DAY, calendar=CALENDAR)

        assert all(CALENDAR.is_workday(each.on) for each in found)

    @given(due_on=days)
    def test_each_stage_comes_once_and_in_order(self, due_on: date) -> None:
        found = list(
            planned_days(due_on, RULES, start=due_on - 40 * DAY, end=due_on + 60 * DAY, calendar=CALENDAR)
        )

        assert len({each.key for each in found}) == len(found)
        assert [each.on for each in found] == sorted(each.on for each in found)

    @given(due_on=days)
    def test_the_most_urgent_stage_of_a_day_never_gets_less_urgent(self, due_on: date) -> None:
        found = planned_days(due_on, RULES, start=due_on - 40 * DAY, end=due_on, calendar=CALENDAR)
        by_day: dict[date, int] = {}
        for each in found:
            by_day[each.on] = max(by_day.get(each.on, -999), each.rule.urgency)

        assert list(by_day.values()) == sorted(by_day.values())

    @given(due_on=days)
    def test_before_the_due_day_the_last_working_day_reminds_of_it(self, due_on: date) -> None:
        last = CALENDAR.previous_workday_on_or_before(due_on)

        assert most_urgent(due_on, last) == "before-0"


class TestOwed:
    def test_a_missed_day_is_made_up_for_with_the_most_urgent_stage_only(self) -> None:
        # 14 days before was 17 May, 7 days before is 24 May: on the 27th both lie behind
        assert most_urgent(date(2024, 5, 31), date(2024, 5, 27)) == "before-7"

    def test_a_stage_before_the_due_day_is_stale_after_it(self) -> None:
        names = {
            each.rule.name
            for each in owed(date(2024, 5, 31), RULES, today=date(2024, 6, 3), calendar=CALENDAR)
        }

        assert names == {"overdue"}

    def test_after_a_stopped_fortnight_the_leader_is_told_of_the_higher_stage(self) -> None:
        found = owed(date(2024, 5, 31), RULES, today=date(2024, 6, 20), calendar=CALENDAR)

        leaders = [each for each in found if Recipient.LEADER in (*each.rule.to, *each.rule.cc)]
        assert leaders[0] == Occurrence(leaders[0].rule, date(2024, 6, 17))
        assert leaders[0].key == "escalate-weekly:2024-06-17"

    def test_on_the_day_it_goes_up_the_owner_is_told_that_it_did(self) -> None:
        assert most_urgent(date(2024, 5, 31), date(2024, 6, 5)) == "escalate-leader"
        assert most_urgent(date(2024, 5, 31), date(2024, 6, 6)) == "overdue"

    def test_a_weekly_stage_that_falls_into_a_holiday_comes_before_it(self) -> None:
        weekly = ReminderRule("weekly", (Recipient.LEADER,), workdays_over=1, repeat=Repeat.WEEK)
        found = planned_days(
            date(2024, 9, 9), [weekly], start=date(2024, 9, 10), end=date(2024, 10, 20), calendar=CALENDAR
        )

        # Tuesdays: 17 September is the Mid-Autumn Festival, 1 October the National Day
        assert [each.on.isoformat()[5:] for each in found] == [
            "09-10",
            "09-14",
            "09-24",
            "09-30",
            "10-08",
            "10-15",
        ]

    @given(due_on=days, today=days)
    def test_nothing_is_owed_on_a_day_off(self, due_on: date, today: date) -> None:
        if not CALENDAR.is_workday(today):
            assert owed(due_on, RULES, today=today, calendar=CALENDAR) == []

    @given(due_on=days, today=days)
    def test_what_is_owed_fell_due_by_today(self, due_on: date, today: date) -> None:
        assert all(each.on <= today for each in owed(due_on, RULES, today=today, calendar=CALENDAR))

    @given(due_on=days, offset=st.integers(-35, 40))
    def test_between_two_looks_nothing_new_is_owed(self, due_on: date, offset: int) -> None:
        today = CALENDAR.next_workday_on_or_after(due_on + offset * DAY)
        following = next_look(due_on, RULES, after=today, calendar=CALENDAR)
        assert following
        keys = {each.key for each in owed(due_on, RULES, today=today, calendar=CALENDAR)}

        day = today + DAY
        while day < following:
            new = {each.key for each in owed(due_on, RULES, today=day, calendar=CALENDAR)} - keys
            assert new == set()
            day += DAY
        assert CALENDAR.is_workday(following)


class TestWorkdaysOver:
    def test_days_off_do_not_count(self) -> None:
        assert workdays_over(date(2024, 5, 31), date(2024, 6, 3), CALENDAR) == 1
        assert workdays_over(date(2024, 6, 7), date(2024, 6, 11), CALENDAR) == 1

    def test_it_is_nothing_before_the_due_day_has_passed(self) -> None:
        assert workdays_over(date(2024, 5, 31), date(2024, 5, 31), CALENDAR) == 0
        assert workdays_over(date(2024, 5, 31), date(2024, 5, 1), CALENDAR) == 0
