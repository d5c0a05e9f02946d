from __future__ import annotations

from datetime import date

import pytest

from tracker.calendar import load_published_calendar
from tracker.deadlines import Offset, OffsetUnit, resolve_offset

CALENDAR = load_published_calendar()


class TestResolveOffset:
    @pytest.mark.parametrize(
        ("count", "unit", "event_on", "due"),
        [
            # the first day is not counted: 7 days after Monday 3 June end on Monday 10 June, which is 端午节
            (7, OffsetUnit.DAY, date(2024, 6, 3), date(2024, 6, 11)),
            (7, OffsetUnit.DAY, date(2024, 6, 4), date(2024, 6, 11)),
            # Sunday 28 April 2024 is a make-up working day
            (3, OffsetUnit.DAY, date(2024, 4, 25), date(2024, 4, 28)),
            # working days skip 1 to 5 May and count 28 April
            (4, OffsetUnit.WORKDAY, date(2024, 4, 26), date(2024, 5, 6)),
            (20, OffsetUnit.WORKDAY, date(2024, 3, 1), date(2024, 3, 29)),
            (1, OffsetUnit.MONTH, date(2024, 1, 31), date(2024, 2, 29)),
            (1, OffsetUnit.MONTH, date(2023, 3, 31), date(2023, 5, 4)),  # 30 April to 3 May are off
            (1, OffsetUnit.YEAR, date(2024, 2, 29), date(2025, 2, 28)),
            (-3, OffsetUnit.WORKDAY, date(2024, 5, 6), date(2024, 4, 28)),
            (-5, OffsetUnit.DAY, date(2024, 2, 10), date(2024, 2, 5)),
        ],
    )
    def test_a_period_ends_as_the_law_counts_it(
        self, count: int, unit: OffsetUnit, event_on: date, due: date
    ) -> None:
        assert resolve_offset(Offset(count, unit, "检查结束"), event_on, CALENDAR) == (due, False)

    def test_a_day_in_a_year_not_yet_published_is_provisional(self) -> None:
        offset = Offset(20, OffsetUnit.WORKDAY, "检查结束")
        assert resolve_offset(offset, date(2039, 12, 1), CALENDAR) == (date(2039, 12, 29), True)
        assert resolve_offset(Offset(7, OffsetUnit.DAY, ""), date(2039, 12, 1), CALENDAR)[1] is True
