"""Which row of a corrected file is which row of the register."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.importers.draft import DraftDeliverable, DraftPerson, DraftRow
from tracker.services.importing.matching import KnownRow, with_lasting_keys

DUTIES = (
    "更新执法文书模板并印发各大队",
    "开展案卷自查，形成自查报告",
    "组织全员岗位练兵和理论测试",
    "配齐现场勘验设备并建立台账",
)


def row_of(number: int, text: str, *, key: str | None = None, owner: str = "测试甲") -> DraftRow:
    return DraftRow(
        row_key=key or f"表#{number}.1",
        seq=str(number),
        sub=1,
        requirement=text,
        people={"owner": (DraftPerson(owner),)},
        deliverables=(DraftDeliverable(1, "总结"),),
    )


def known(*rows: DraftRow) -> list[KnownRow]:
    return [KnownRow(row.row_key, row.to_json()) for row in rows]


def keys(rows: list[DraftRow], before: list[KnownRow]) -> list[str]:
    return [row.row_key for row in with_lasting_keys(rows, before)]


class TestWithLastingKeys:
    def test_rows_below_an_inserted_one_keep_their_names(self) -> None:
        before = known(*(row_of(n, text) for n, text in enumerate(DUTIES[:3], 1)))
        after = [row_of(1, DUTIES[0]), row_of(2, DUTIES[3]), row_of(3, DUTIES[1]), row_of(4, DUTIES[2])]
        assert keys(after, before) == ["表#1.1", "表#2.1~2", "表#2.1", "表#3.1"]

    def test_rows_below_a_removed_one_keep_their_names(self) -> None:
        before = known(*(row_of(n, text) for n, text in enumerate(DUTIES, 1)))
        after = [row_of(1, DUTIES[0]), row_of(2, DUTIES[2]), row_of(3, DUTIES[3])]
        assert keys(after, before) == ["表#1.1", "表#3.1", "表#4.1"]

    def test_a_corrected_row_is_the_same_row(self) -> None:
        before = known(row_of(1, "开展案卷自查，抽查案卷20卷"))
        assert keys([row_of(1, "开展案卷自查，抽查案卷30卷，形成报告", owner="测试乙")], before) == ["表#1.1"]

    def test_a_rewritten_text_whose_everything_else_stayed_is_the_same_row(self) -> None:
        one, other = row_of(1, "原来的要求"), row_of(1, "改写")
        lists = tuple(DraftDeliverable(n, text) for n, text in enumerate(DUTIES, 1))
        before = known(DraftRow(**{**vars(one), "deliverables": lists}))
        assert keys([DraftRow(**{**vars(other), "deliverables": lists})], before) == ["表#1.1"]

    def test_another_duty_under_the_same_number_is_a_new_row(self) -> None:
        assert keys([row_of(1, DUTIES[3], owner="测试丁")], known(row_of(1, DUTIES[2]))) == ["表#1.1~2"]

    def test_a_row_that_moved_and_was_touched_up_is_found(self) -> None:
        before = known(*(row_of(n, text) for n, text in enumerate(DUTIES[:2], 1)))
        after = [row_of(1, DUTIES[3]), row_of(2, DUTIES[0] + "执行"), row_of(3, DUTIES[1])]
        assert keys(after, before) == ["表#1.1~2", "表#1.1", "表#2.1"]

    @pytest.mark.parametrize(
        ("gone", "come"),
        [
            ("完成一季度税收分析报告", "完成二季度税收分析报告"),
            ("3月开展专项检查行动", "9月开展专项检查行动"),
        ],
    )
    def test_two_duties_that_differ_in_their_period_alone_stay_two(self, gone: str, come: str) -> None:
        before = known(row_of(1, DUTIES[0]), row_of(2, gone))
        assert keys([row_of(1, DUTIES[0]), row_of(5, come)], before) == ["表#1.1", "表#5.1"]

    def test_a_row_that_returns_gets_its_name_back_unless_one_that_stayed_says_the_same(self) -> None:
        gone = KnownRow("表#1.1", row_of(1, DUTIES[0]).to_json(), is_present=False)
        stayed = KnownRow("表#7.1", row_of(7, DUTIES[0]).to_json())
        assert keys([row_of(1, DUTIES[0])], [gone]) == ["表#1.1"]
        assert keys([row_of(2, DUTIES[0])], [gone, stayed]) == ["表#7.1"]

    @settings(max_examples=50)
    @given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(DUTIES)), min_size=1, max_size=6))
    def test_every_row_has_a_name_of_its_own_and_the_same_rows_keep_theirs(
        self, drawn: list[tuple[int, str]]
    ) -> None:
        rows = [row_of(number, text) for number, text in drawn]
        first = with_lasting_keys(rows, known(row_of(1, DUTIES[2]), row_of(2, DUTIES[1])))
        assert len({row.row_key for row in first}) == len(rows)
        assert keys(rows, known(*first)) == [row.row_key for row in first]
