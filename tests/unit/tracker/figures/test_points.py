"""Points: the parts make the whole."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tracker.figures.points import PointsCount, read_score

POINTS: dict[str, Any] = {"kind": "points", "max": 3.0}


def count(score: dict[str, Any], **told: Any) -> PointsCount:
    points = PointsCount()
    points.add(score, **{"deducted": 0.0, "is_closed": False, "is_at_risk": False} | told)
    return points


class TestAdd:
    def test_a_closed_task_secures_its_points_but_for_what_was_deducted(self) -> None:
        points = count(POINTS, is_closed=True, deducted=0.5).freeze()
        assert (points.planned, points.secured, points.lost) == (3.0, 2.5, 0.5)

    def test_an_overdue_task_puts_its_points_at_risk(self) -> None:
        assert count(POINTS, is_at_risk=True).freeze().at_risk == 3.0

    def test_nothing_loses_more_than_it_can_bring(self) -> None:
        points = count(POINTS, is_closed=True, deducted=9.0).freeze()
        assert (points.secured, points.lost) == (0.0, 3.0)

    def test_a_deduction_item_loses_up_to_its_cap_and_brings_nothing(self) -> None:
        points = count({"kind": "deduct", "max": 2.0}, deducted=2.6).freeze()
        assert (points.planned, points.deducted) == (0.0, 2.0)

    def test_a_deduction_item_without_a_cap_loses_all(self) -> None:
        assert count({"kind": "deduct", "max": None}, deducted=2.6).freeze().deducted == 2.6

    def test_a_bonus_counts_when_the_task_is_closed_and_apart(self) -> None:
        bonus = {"kind": "bonus", "max": 1.0}
        assert count(bonus).freeze().bonus == 0.0
        assert count(bonus, is_closed=True).freeze() == count(bonus, is_closed=True).freeze()
        assert count(bonus, is_closed=True).freeze().bonus == 1.0
        assert count(bonus, is_closed=True).freeze().planned == 0.0

    def test_a_task_without_a_score_counts_for_nothing(self) -> None:
        points = PointsCount()
        points.add(read_score(None), deducted=0.0, is_closed=True, is_at_risk=False)
        assert points.freeze().planned == 0.0

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["points", "bonus", "deduct", "veto", "none"]),
                st.one_of(st.none(), st.integers(0, 2000).map(lambda hundredths: hundredths / 100)),
                st.integers(0, 3000).map(lambda hundredths: hundredths / 100),
                st.booleans(),
                st.booleans(),
            )
        )
    )
    def test_what_is_planned_is_secured_at_risk_pending_or_lost(self, tasks: list[tuple[Any, ...]]) -> None:
        whole = PointsCount()
        for kind, most, deducted, is_closed, is_late in tasks:
            one = count(
                {"kind": kind, "max": most}, deducted=deducted, is_closed=is_closed, is_at_risk=is_late
            )
            whole.include(one)
        points = whole.freeze()
        assert min(vars(points).values()) >= 0
        parts = points.secured + points.at_risk + points.pending + points.lost
        assert abs(points.planned - parts) < 1e-9
