"""Names that nearly agree: asked about, in both directions alike."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.importers.near_names import are_near_units, find_near_units

NEAR = [
    ("监控中心", "在线监控中心"),
    ("综合科", "综合科室"),
    ("市测试局", "测试局"),
    ("财务科", "财务"),
    ("法规科", "局法规科"),
    ("东湖", "东湖大队"),
    ("法规科（审批科）", "法规科"),
    ("办公室", "局办公室"),
    ("辐射科", "輻射科"),
]
APART = [
    ("一大队", "十一大队"),
    ("一大队", "二大队"),
    ("办公室", "党组办公室"),
    ("市测试局", "市测试局法规科"),
    ("东湖大队", "西湖大队"),
    ("市政府", "市政府办公室"),
    ("科室", "科"),
    ("（甲）", "（乙）"),
]


class TestUnits:
    @pytest.mark.parametrize(("one", "other"), NEAR)
    def test_what_offices_leave_out_of_a_name_makes_it_near(self, one: str, other: str) -> None:
        assert are_near_units(one, other)

    @pytest.mark.parametrize(("one", "other"), APART)
    def test_units_of_their_own_are_not_near(self, one: str, other: str) -> None:
        assert not are_near_units(one, other)

    @given(
        st.text("市局县综合法规一二科室大队中心", max_size=8),
        st.text("市局县综合法规一二科室大队中心", max_size=8),
    )
    def test_nearness_has_no_direction_and_no_name_is_near_itself(self, one: str, other: str) -> None:
        assert are_near_units(one, other) == are_near_units(other, one)
        assert not are_near_units(one, one)

    def test_those_found_keep_their_order(self) -> None:
        assert find_near_units("监控中心", ["综合科", "在线监控中心", "市监控中心"]) == [
            "在线监控中心",
            "市监控中心",
        ]
