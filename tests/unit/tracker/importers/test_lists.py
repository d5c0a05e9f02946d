"""Numbered lists run together in a cell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.importers.ledger import Bucket, Ledger
from tracker.importers.lists import (
    SplitList,
    Style,
    chinese_number,
    leading_number,
    split_numbered,
    without_leading_number,
)
from tracker.importers.source import Paragraph, SourceDocument


def split(text: str) -> SplitList | None:
    found, _ = split_with_ledger(text)
    return found


def split_with_ledger(text: str) -> tuple[SplitList | None, Ledger]:
    paragraph = Paragraph(text, "第1段")
    ledger = Ledger(SourceDocument("表.txt", "0" * 64, "txt", (paragraph,)))
    return split_numbered(ledger.passage(paragraph), ledger), ledger


def items(text: str) -> list[tuple[int, str]]:
    found = split(text)
    return [] if found is None else [(item.n, item.body.text) for item in found.items]


class TestSplitNumbered:
    @pytest.mark.parametrize(
        "text",
        [
            "1、甲；2、乙；3、丙。",
            "1. 甲 2. 乙 3. 丙",
            "1．甲\n2．乙\n3．丙",
            "（1）甲（2）乙（3）丙",
            "(1)甲;(2)乙;(3)丙",
            "1)甲 2)乙 3)丙",
            "①甲②乙③丙",
            "一、甲\n二、乙\n三、丙",
            "（一）甲（二）乙（三）丙",
            "一是甲；二是乙；三是丙。",
            "a.甲b.乙c.丙",
            "1、甲2、乙3、丙",
            "1、甲； 2.乙； 3．丙",
            "第一，甲；第二，乙；第三，丙",
        ],
    )
    def test_every_style_of_number_is_a_list(self, text: str) -> None:
        assert items(text) == [(1, "甲"), (2, "乙"), (3, "丙")]

    def test_a_date_behind_the_number_keeps_its_month(self) -> None:
        text = "1.5月底前,出台方案; 2.9月30日前,上报; 3、10月15日前,归档。"
        assert items(text) == [(1, "5月底前,出台方案"), (2, "9月30日前,上报"), (3, "10月15日前,归档")]

    @pytest.mark.parametrize(
        "text",
        [
            "8.30前完成",
            "2024.8.30",
            "得0.5分;得1.5分",
            "1.1万元",
            "共2、3个",
            "8.30-9.15集中整治",
            "按时完成",
        ],
    )
    def test_dates_decimals_and_quantities_are_no_numbers(self, text: str) -> None:
        assert split(text) is None

    def test_a_span_of_months_behind_the_number(self) -> None:
        assert items("1.6月中旬完成甲; 2.8-9月完成乙; 3.10月至12月完成丙") == [
            (1, "6月中旬完成甲"),
            (2, "8-9月完成乙"),
            (3, "10月至12月完成丙"),
        ]

    def test_dates_with_points_inside_a_numbered_list(self) -> None:
        assert items("1.8.30前完成；2.9.30前完成") == [(1, "8.30前完成"), (2, "9.30前完成")]

    def test_years_behind_a_number(self) -> None:
        assert items("1.甲;2.2022-2024年乙;3.丙") == [(1, "甲"), (2, "2022-2024年乙"), (3, "丙")]

    def test_a_nested_list_stays_inside_its_item(self) -> None:
        assert items("1、甲：（1）子；（2）丑；2、乙：①子②丑") == [
            (1, "甲：（1）子；（2）丑"),
            (2, "乙：①子②丑"),
        ]

    def test_brackets_are_not_searched(self) -> None:
        assert items("1、甲（含1、子；2、丑）；2、乙") == [(1, "甲（含1、子；2、丑）"), (2, "乙")]

    def test_a_quantity_does_not_steal_the_number_of_the_next_item(self) -> None:
        assert items("1、关于2、3号楼的情况；2、照片") == [(1, "关于2、3号楼的情况"), (2, "照片")]

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("6、甲；7、乙", "starts-late"),
            ("1、甲；3、丙", "numbering-gap"),
            ("1、甲\n2、乙\n1、丙", "numbering-restart"),
            ("1、甲\n1、乙", "numbering-repeat"),
        ],
    )
    def test_numbers_that_do_not_run_are_reported(self, text: str, problem: str) -> None:
        found = split(text)
        assert found is not None
        assert found.problems == (problem,)

    def test_words_before_the_first_number_are_kept_apart(self) -> None:
        found = split("主要包括：1、甲；2、乙")
        assert found is not None
        assert found.preamble is not None
        assert found.preamble.text == "主要包括："

    def test_numbers_and_separators_are_furniture(self) -> None:
        _, ledger = split_with_ledger("1、甲；2、乙。")
        assert ledger.totals()[Bucket.FURNITURE] == 6
        assert ledger.totals()[Bucket.OPEN] == 2

    @given(
        st.lists(st.text(alphabet="甲乙丙丁戊方案总结报告", min_size=1, max_size=8), min_size=1, max_size=12),
        st.sampled_from(("、", ".", "．")),
        st.sampled_from(("；", "; ", "\n", " ", "。")),
    )
    def test_a_list_that_was_numbered_comes_back(self, words: list[str], mark: str, end: str) -> None:
        text = end.join(f"{n}{mark}{word}" for n, word in enumerate(words, 1))
        assert items(text) == list(enumerate(words, 1))

    @given(st.text(alphabet="123.、；()（）①一二是月日前甲乙 \n", max_size=40))
    def test_nothing_is_lost_or_doubled_in_any_text(self, text: str) -> None:
        found, ledger = split_with_ledger(text)
        if found is None:
            return
        for item in found.items:
            ledger.claim(item.body, Bucket.PLACED)
        if found.preamble is not None:
            ledger.claim(found.preamble, Bucket.PLACED)
        assert ledger.totals()[Bucket.OPEN] == 0


class TestLeadingNumber:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("(2)装备", (Style.BRACKETED, 2)),
            ("3. 总结", (Style.ARABIC, 3)),
            ("（十二）其他", (Style.CHINESE_BRACKETED, 12)),
            ("装备", None),
            ("2024年", None),
        ],
    )
    def test_style_and_number(self, text: str, expected: tuple[Style, int] | None) -> None:
        assert leading_number(text) == expected

    def test_the_number_is_taken_off(self) -> None:
        assert without_leading_number(" (2) 装备配备") == "装备配备"

    @pytest.mark.parametrize(
        ("text", "number"), [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35), ("百", 0)]
    )
    def test_chinese_numerals(self, text: str, number: int) -> None:
        assert chinese_number(text) == number
