"""The page of a rehearsal."""

from __future__ import annotations

import re
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from notifications.heat_map import SHADES, heat_map_page, shade_of
from notifications.rehearsal import HEADINGS, RehearsedNotice, as_json
from tests.golden_files import Golden
from tests.reminder_policies import published_calendar

START, END = date(2024, 4, 22), date(2024, 5, 12)


def notice(day: date, person: str = "测试甲", **changes: object) -> RehearsedNotice:
    values: dict[str, object] = {
        "day": day,
        "person_id": len(person),
        "person": person,
        "rule": "before-7",
        "rule_words": "到期前7天",
        "role": "责任人",
        "is_copy": False,
        "task_id": 1,
        "seq": "3",
        "task": "装备配备",
        "milestone": "完成清点",
        "due_on": date(2024, 5, 6),
    }
    return RehearsedNotice(**values | changes)  # type: ignore[arg-type]


NOTICES = [notice(date(2024, 4, 29))] + [notice(date(2024, 4, 30), name) for name in ("测试甲", "<测试>")]


class TestHeatMapPage:
    def page(self) -> str:
        return heat_map_page(NOTICES, start=START, end=END, calendar=published_calendar())

    def test_it_is_as_recorded(self, golden: Golden) -> None:
        golden.check("notifications/rehearsal.html", self.page())

    def test_every_day_of_the_time_is_drawn_once(self) -> None:
        assert len(re.findall(r"<rect ", self.page())) == (END - START).days + 1

    def test_names_are_escaped(self) -> None:
        assert "<测试>" not in self.page()

    def test_a_quiet_time_says_so(self) -> None:
        page = heat_map_page([], start=START, end=END, calendar=published_calendar())

        assert "这段时间没有提醒" in page


class TestShadeOf:
    @given(count=st.integers(1, 500), most=st.integers(1, 500))
    def test_more_is_never_lighter(self, count: int, most: int) -> None:
        assert 0 <= shade_of(min(count, most), most) <= shade_of(most, most) < len(SHADES)


class TestForms:
    def test_a_row_has_a_cell_for_each_heading(self) -> None:
        assert len(NOTICES[0].as_row()) == len(HEADINGS)

    def test_json_names_its_schema_and_spells_days(self) -> None:
        document = as_json(NOTICES, start=START, end=END)

        assert document["schema"] == "dingban.rehearsal/1"
        assert document["notices"][0]["day"] == "2024-04-29"
        assert document["notices"][0]["due_on"] == "2024-05-06"
