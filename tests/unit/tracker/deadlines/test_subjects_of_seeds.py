"""The real documents: which dates are read, as counts and days only."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tracker.deadlines import DeadlineKind, parse

SEEDS = Path(__file__).resolve().parents[4].parent / "shared" / "seeds"
pytestmark = [
    pytest.mark.seeds,
    pytest.mark.skipif(not SEEDS.is_dir(), reason="the real documents are not beside this checkout"),
]


def due_days(name: str, year: int) -> list[date]:
    text = (SEEDS / name).read_text(encoding="utf-8")
    sentences = re.split(r"[。；;\n\t]", text)
    found = [one for sentence in sentences for one in parse(sentence, ref=date(year, 1, 1))]
    return [one.due for one in found if one.due is not None]


class TestSeeds:
    def test_no_date_of_the_drill_tables_is_a_base_day_of_the_subject(self) -> None:
        days = due_days("panjin-2024-drill-responsibility-tables.txt", 2024)
        assert all(day.year == 2024 for day in days)
        assert date(2024, 12, 1) not in days
        # one 30 November is a real due date, the others are the days on which staff are counted
        assert days.count(date(2024, 11, 30)) == 1

    def test_the_stages_of_the_inspection_plan_are_read(self) -> None:
        days = due_days("panjin-2025-enforcement-inspection-plan.txt", 2025)
        assert {date(2025, 4, 27), date(2025, 6, 30), date(2025, 9, 30), date(2025, 10, 15)} <= set(days)
        assert all(day.year == 2025 for day in days)

    def test_the_recurrences_of_the_random_check_plan_are_read(self) -> None:
        text = (SEEDS / "benxi-2025-double-random-plan.txt").read_text(encoding="utf-8")
        found = parse(text, ref=date(2025, 1, 1))
        rules = {one.recurrence for one in found if one.kind is DeadlineKind.RECURRING}
        assert {
            "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5",
            "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5",
            "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=10",
            "FREQ=YEARLY;BYMONTH=3,6,9,12;BYMONTHDAY=25",
        } <= rules
        relative = [one.offset for one in found if one.offset is not None]
        assert ("检查结束", 20) in [(offset.event, offset.count) for offset in relative]
