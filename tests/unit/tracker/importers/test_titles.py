"""Titles of tables and rows, and the years they name."""

from __future__ import annotations

import pytest

from tracker.importers.titles import (
    heading_of,
    looks_like_title,
    shortened,
    title_key,
    year_of_document,
    year_of_title,
)


class TestYearOfTitle:
    @pytest.mark.parametrize(
        ("title", "year"),
        [
            ("云岭市2024年大练兵责任分解表", 2024),
            ("2025年度重点任务清单", 2025),
            ("二〇二四年工作要点分工", 2024),
            ("大练兵责任分解表", None),
            ("2022—2024年行动计划", None),
            ("2023年以来问题整改清单", None),
            ("2023年问题2024年整改清单", None),
        ],
    )
    def test_one_year_or_none(self, title: str, year: int | None) -> None:
        assert year_of_title(title) == year


class TestYearOfDocument:
    def test_number_and_signature_agree(self) -> None:
        assert year_of_document(["云环发〔2024〕8号", "一段话。", "2024年3月1日"]) == 2024

    def test_the_work_a_plan_is_made_for(self) -> None:
        assert year_of_document(["根据安排，决定开展2025年度执法稽查工作，特制定本方案。"]) == 2025

    def test_years_that_differ_are_not_guessed(self) -> None:
        assert year_of_document(["云环发〔2023〕8号", "2024年3月1日"]) is None

    def test_years_of_the_subject_do_not_count(self) -> None:
        assert year_of_document(["2023年以来，全市共查处案件。"]) is None


class TestTitles:
    @pytest.mark.parametrize("text", ["云岭市2024年任务责任分解表", "## 任务清单", "重点任务"])
    def test_short_lines_can_be_titles(self, text: str) -> None:
        assert looks_like_title(text)

    @pytest.mark.parametrize(
        "text", ["", "附件 1", "附件2：", "各科室：", "现将有关事项通知如下。", "甲" * 100]
    )
    def test_sentences_and_attachment_marks_are_none(self, text: str) -> None:
        assert not looks_like_title(text)

    def test_a_repeated_title_is_the_same_with_spaces_and_as_continuation(self) -> None:
        assert (
            title_key("2024 年任务分解表")
            == title_key("2024年任务分解表（续）")
            == title_key("2024年任务分解表")
        )

    @pytest.mark.parametrize(
        ("text", "heading"),
        [
            ("(2)装备配备(3分)。按照要求配备", "装备配备"),
            ("统一标识(扣分项)。发现一次", "统一标识"),
            ("开展排查。对重点企业开展排查", "开展排查"),
            ("对辖区内重点企业，每月开展排查。", ""),
        ],
    )
    def test_the_heading_a_text_opens_with(self, text: str, heading: str) -> None:
        assert heading_of(text) == heading

    def test_a_long_text_is_cut_at_thirty_characters(self) -> None:
        assert len(shortened("甲" * 90)) == 30
        assert shortened("(1)完成的,得1分。其他") == "完成"
