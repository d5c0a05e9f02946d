"""Points: what a row can bring or cost."""

from __future__ import annotations

import pytest

from tracker.importers.draft import Score, ScoreKind
from tracker.importers.scores import highest_tier, parse_score, points_printed


class TestParseScore:
    @pytest.mark.parametrize(
        ("text", "kind", "most"),
        [
            (
                "(1)示范建设(3分)。完成15%及以上的,得3分;10%-15%的,得2分;不足的,不得分。",
                ScoreKind.POINTS,
                3.0,
            ),
            ("完成8项得2分；完成5项得1.5分；不足5项不得分。", ScoreKind.POINTS, 2.0),
            ("制定方案的,得0.5分;开展培训的,得0.5分。", ScoreKind.POINTS, 1.0),
            ("每件得0.5分,最高得2分。", ScoreKind.POINTS, 2.0),
            ("参赛情况（1.5）。承办的，得1.5分。", ScoreKind.POINTS, 1.5),
            ("整体成绩（3）。按名次赋分。", ScoreKind.POINTS, 3.0),
            ("着装(扣分项)。每发现一次扣0.2分,最多扣2分", ScoreKind.DEDUCT, 2.0),
            ("甲情形每起扣0.1分，最多扣1分；乙情形每起扣0.5分，最多扣2分", ScoreKind.DEDUCT, 3.0),
            ("每发现1次扣0.5分,扣完该项分值为止。", ScoreKind.DEDUCT, None),
            ("系统建设(加分项)。全程贯通的,加1分。", ScoreKind.BONUS, 1.0),
            ("创新(2分)。有举措的,加1分。有成果的,加1分。", ScoreKind.BONUS, 2.0),
            ("廉政(否决项)。发现问题的，该项不得分。", ScoreKind.VETO, None),
            ("弄虚作假的,取消参评资格。", ScoreKind.VETO, None),
            ("1、终端使用(1分)未使用的扣1分 2、系统录入(5分)不足的扣5分。", ScoreKind.POINTS, 6.0),
            ("做好日常工作。", ScoreKind.NONE, None),
            ("", ScoreKind.NONE, None),
        ],
    )
    def test_kind_and_most(self, text: str, kind: ScoreKind, most: float | None) -> None:
        score = parse_score(text)
        assert (score.kind, score.max) == (kind, most)

    def test_a_number_before_the_heading_is_no_figure(self) -> None:
        assert parse_score("(2)完成的,得1分。").max == 1.0

    def test_price_per_case_and_cap_are_kept_as_a_rule(self) -> None:
        (rule,) = parse_score("每类得0.5分,最高得2分。").rules
        assert (rule.points, rule.per, rule.cap) == (0.5, "每类", 2.0)

    def test_tiers_are_kept_with_their_conditions(self) -> None:
        rules = parse_score("完成8项的,得2分;完成5项的,得1分。").rules
        assert [(rule.condition[:4], rule.points) for rule in rules] == [("完成8项", 2.0), ("完成5项", 1.0)]

    def test_a_circled_number_does_not_run_into_the_figure_behind_it(self) -> None:
        score = parse_score("装备配备(3分)。①以2024年人数为基准,完成25项的,得2分;②１０项及以上的,得1分。")

        assert [(rule.condition, rule.points) for rule in score.rules] == [
            ("①以2024年人数为基准,完成25项的,得2分", 2.0),
            ("②10项及以上的,得1分", 1.0),
        ]

    def test_a_row_alone_under_its_heading_takes_the_figure_of_the_heading(self) -> None:
        assert parse_score("报方案得0.5分", group="准备情况(1分)").max == 1.0

    def test_a_column_of_points_goes_first(self) -> None:
        assert parse_score("做好工作", cell="5").max == 5.0

    @pytest.mark.parametrize("spaced", ["得 3 分", "得3 分", "得３分"])
    def test_spaces_and_full_width_do_not_matter(self, spaced: str) -> None:
        assert parse_score(f"完成的{spaced}").max == 3.0

    def test_a_tier_above_the_heading_can_be_seen(self) -> None:
        score = parse_score("查处情况（1分）。查获的，得1.5分。")
        assert score.max == 1.0
        assert highest_tier(score) == 1.5

    def test_no_points_is_the_empty_score(self) -> None:
        assert parse_score("做好日常工作。") == Score()


class TestPointsPrinted:
    @pytest.mark.parametrize(
        ("heading", "points"),
        [("机构建设(7分)", 7.0), ("培训 (2 分)", 2.0), ("质量(6分，按比例赋分)", 6.0), ("稽查情况", None)],
    )
    def test_figure_of_a_heading(self, heading: str, points: float | None) -> None:
        assert points_printed(heading) == points
