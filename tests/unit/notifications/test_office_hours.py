"""When the office can be disturbed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from notifications.office_hours import OfficeHours
from notifications.policy_reading import PolicyRefused
from tests.reminder_policies import published_calendar, shipped_hours
from tracker.clock import office_moment

CALENDAR = published_calendar()
FRIDAY = date(2024, 5, 31)


class TestIsOpen:
    @pytest.mark.parametrize(
        ("moment", "is_open"),
        [
            (office_moment(FRIDAY, 8, 29), False),
            (office_moment(FRIDAY, 8, 30), True),
            (office_moment(FRIDAY, 17, 29), True),
            (office_moment(FRIDAY, 17, 30), False),
            (office_moment(date(2024, 6, 1), 10), False),  # a Saturday
            (office_moment(date(2024, 5, 11), 10), True),  # a Saturday that is worked
            (office_moment(date(2024, 6, 10), 10), False),  # the Dragon Boat Festival, a Monday
            # 23:00 in UTC on Sunday is 07:00 at the office on Monday; one and a half hours later it opens
            (datetime(2024, 6, 2, 23, 0, tzinfo=UTC), False),
            (datetime(2024, 6, 3, 0, 30, tzinfo=UTC), True),
        ],
    )
    def test_working_days_in_working_hours(self, moment: datetime, is_open: bool) -> None:
        assert shipped_hours().is_open(moment, CALENDAR) is is_open


class TestTellingDay:
    @pytest.mark.parametrize(
        ("moment", "day"),
        [
            (office_moment(FRIDAY, 7), FRIDAY),
            (office_moment(FRIDAY, 12), FRIDAY),
            (office_moment(FRIDAY, 18), date(2024, 6, 3)),
            (office_moment(date(2024, 6, 1), 9), date(2024, 6, 3)),
        ],
    )
    def test_it_is_the_next_day_on_which_the_office_is_open(self, moment: datetime, day: date) -> None:
        assert shipped_hours().telling_day(moment, CALENDAR) == day


class TestFromMapping:
    def test_the_digest_may_go_out_later_than_the_office_opens(self) -> None:
        hours = OfficeHours.from_mapping({"opens": "08:00", "closes": "18:00", "digest_at": "09:15"})

        assert hours == OfficeHours(time(8), time(18), time(9, 15))
        assert not hours.is_digest_time(office_moment(FRIDAY, 9, 14))
        assert hours.is_digest_time(office_moment(FRIDAY, 9, 15))

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            ({"opens": "18:00", "closes": "09:00", "digest_at": "09:00"}, "须早于下班时间"),
            ({"opens": "08:00", "closes": "17:00", "digest_at": "18:00"}, "须在工作时间 08:00 至 17:00 之内"),
            ({"opens": "8点", "closes": "17:00", "digest_at": "09:00"}, "opens：写的是“8点”"),
            ({"opens": "08:00", "closes": "17:00"}, "digest_at：应为时刻"),
            ({"opens": 8, "closes": "17:00", "digest_at": "09:00"}, "opens：写的是“8”，应为文字"),
            (
                {"opens": "08:00", "closes": "17:00", "digest_at": "09:00", "lunch": "12:00"},
                "lunch：没有这个设置项",
            ),
        ],
    )
    def test_what_cannot_be_used_is_named(self, content: dict[str, object], sentence: str) -> None:
        with pytest.raises(PolicyRefused, match=sentence):
            OfficeHours.from_mapping(content)
