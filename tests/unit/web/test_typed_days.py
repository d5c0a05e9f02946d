"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.clock import fixed_at, office_moment
from web.forms import Form, InputRefused
from web.typed_days import read_day

TODAY = date(2026, 11, 22)


class TestReadDay:
    @pytest.mark.parametrize(
        "text",
        [
            "2026-05-03",
            "2026-5-3",
            "2026.5.3",
            "2026/5/3",
            "2026。5。3",
            "2026年5月3日",
            "2026年 5月 3日",
            "２０２６年５月３日",
            "20260503",
            "5月3日",
            "5月3号",
            "5.3",
            " 2026-5-3 ",
        ],
    )
    def test_all_of_these_are_one_day(self, text: str) -> None:
        assert read_day(text, today=TODAY) == date(2026, 5, 3)

    @pytest.mark.parametrize(
        "text",
        ["", "2026", "5月", "2026-13-1", "2026-2-30", "2月29日", "3-5-2026", "5月3日前", "尽快", "1 2"],
    )
    def test_what_says_no_day_is_none(self, text: str) -> None:
        with pytest.raises(ValueError):
            read_day(text, today=TODAY)

    @given(st.dates())
    def test_what_browsers_send_is_read_as_it_stands(self, day: date) -> None:
        assert read_day(day.isoformat(), today=TODAY) == day

    @given(st.text(max_size=12))
    def test_any_text_is_a_day_or_refused(self, text: str) -> None:
        try:
            day = read_day(text, today=TODAY)
        except ValueError:
            return
        assert isinstance(day, date)


class TestFormDay:
    def test_a_day_without_a_year_is_one_of_the_year_at_the_office(self) -> None:
        form = Form({"on": ["1月2日"]})

        with fixed_at(office_moment(date(2027, 1, 1), 7)):  # 23:00 of the year before, by UTC
            assert form.day("on", "发生日期") == date(2027, 1, 2)

    def test_what_is_no_day_is_refused_with_an_example(self) -> None:
        with pytest.raises(InputRefused, match="“发生日期”应为日期，例如 2024-07-03 或者 2024年7月3日"):
            Form({"on": ["下周三"]}).day("on", "发生日期")
