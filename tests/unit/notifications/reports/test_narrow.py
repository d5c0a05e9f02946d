"""Names in narrow columns."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.reports.narrow import fold_names, width_of

NAMES = st.lists(st.text(alphabet="王小明欧阳李四", min_size=2, max_size=4), min_size=1, max_size=8)


class TestFoldNames:
    @pytest.mark.parametrize(
        ("names", "lines"),
        [
            ("王小明", ["王小明"]),
            ("王小明、李小红", ["王小明、", "李小红"]),
            ("李四、张三", ["李四、张三"]),
            ("欧阳小明、李四", ["欧阳小明、", "李四"]),
            ("买买提·艾力江、李四", ["买买提·", "艾力江、", "李四"]),
            ("", [""]),
        ],
    )
    def test_lines_end_behind_a_name(self, names: str, lines: list[str]) -> None:
        assert fold_names(names, 5) == "\n".join(lines)

    @settings(max_examples=80)
    @given(NAMES)
    def test_no_name_is_broken_and_none_is_lost(self, names: list[str]) -> None:
        lines = fold_names("、".join(names), 5).split("\n")

        assert "".join(lines) == "、".join(names)
        assert all(line.endswith("、") for line in lines[:-1])
        assert all(width_of(line) <= 5 for line in lines)
