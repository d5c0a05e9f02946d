"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.forms import Form, InputRefused
from web.typed_days import read_day


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
            "2026年5月3号",
            " 2026-5-3 ",
        ],
    )
    def test_all_of_these_are_one_day(self, text: str) -> None:
        assert read_day(text) == date(2026, 5, 3)

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "2026",
            "5月",
            "5月3日",
            "5.3",
            "2026-13-1",
            "2026-2-30",
            "2月29日",
            "3-5-2026",
            "5月3日前",
            "尽快",
            "1 2",
        ],
    )
    def test_what_says_no_day_is_none(self, text: str) -> None:
        with pytest.raises(ValueError):
            read_day(text)

    @given(st.dates())
    def test_what_browsers_send_is_read_as_it_stands(self, day: date) -> None:
        assert read_day(day.isoformat()) == day

    @given(st.text(max_size=12))
    def test_any_text_is_a_day_or_refused(self, text: str) -> None:
        try:
            day = read_day(text)
        except ValueError:
            return
        assert isinstance(day, date)


class TestFormDay:
    @pytest.mark.parametrize("text", ["下周三", "1月2日"])
    def test_what_is_no_day_of_a_year_is_refused_with_an_example(self, text: str) -> None:
        with pytest.raises(InputRefused, match="“发生日期”应为日期，例如 2024-07-03 或者 2024年7月3日"):
            Form({"on": [text]}).day("on", "发生日期")
