"""A step with several days: told apart by words, and still known as one step."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.deadlines import parse
from tracker.importers.draft import DraftMilestone
from tracker.importers.milestones import make_milestone, text_of_part, without_turn


def step(text: str) -> DraftMilestone:
    return make_milestone(1, text, "", "报送台账", lambda words: parse(words, ref=date(2026, 1, 1)))


def texts(text: str) -> list[str]:
    made = step(text)
    return [text_of_part(made, part) for part in range(len(made.deadlines) or 1)]


class TestTexts:
    @pytest.mark.parametrize("text", ["9月底前完成", "报送台账", "每年1月15日和7月15日前报送"])
    def test_a_step_with_one_deadline_keeps_its_words(self, text: str) -> None:
        assert texts(text) == [step(text).text]

    def test_one_duty_on_several_days_is_done_so_many_times(self) -> None:
        assert texts("6月底、9月底和12月底前报送进展") == [
            "第1次（6月底）：6月底、9月底和12月底前报送进展",
            "第2次（9月底）：6月底、9月底和12月底前报送进展",
            "第3次（12月底前）：6月底、9月底和12月底前报送进展",
        ]

    def test_two_duties_in_one_sentence_are_told_apart_by_their_clauses(self) -> None:
        assert texts("6月底前出台方案，9月底前组织验收") == ["6月底前出台方案", "9月底前组织验收"]
        assert texts("8月30日前,完成设备调试;9月30日前完成其他验收。") == [
            "8月30日前,完成设备调试",
            "9月30日前完成其他验收",
        ]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "6月底前出台方案并在9月底前完成整改",
                ["6月底前出台方案并在9月底前完成整改", "9月底前：6月底前出台方案并在9月底前完成整改"],
            ),
            (
                "6月底前出台方案，9月底前完成",
                ["6月底前出台方案，9月底前完成", "9月底前：6月底前出台方案，9月底前完成"],
            ),
            (
                "方案6月底前出台，9月底前完成整改",
                ["6月底前：方案6月底前出台，9月底前完成整改", "9月底前：方案6月底前出台，9月底前完成整改"],
            ),
        ],
    )
    def test_no_phrase_is_put_before_itself(self, text: str, expected: list[str]) -> None:
        assert texts(text) == expected

    @given(st.lists(st.integers(1, 12), min_size=2, max_size=4, unique=True), st.sampled_from("，；"))
    def test_clauses_are_told_apart_and_none_of_their_words_is_lost(
        self, months: list[int], comma: str
    ) -> None:
        text = comma.join(f"{month}月底前完成第{number}批" for number, month in enumerate(sorted(months)))
        found = texts(text)
        assert len(set(found)) == len(months)
        assert comma.join(found) == text

    @given(st.sampled_from("和、与及"), st.lists(st.integers(1, 12), min_size=2, max_size=4, unique=True))
    def test_no_two_deadlines_are_called_the_same_and_each_leads_back_to_the_step(
        self, joint: str, months: list[int]
    ) -> None:
        made = step(joint.join(f"{month}月底" for month in months) + "前报送进展")
        found = [text_of_part(made, part) for part in range(len(made.deadlines))]

        assert len(set(found)) == len(months)
        spans = [deadline.span for deadline in made.deadlines]
        assert {without_turn(text, span) for text, span in zip(found, spans, strict=True)} == {made.text}
