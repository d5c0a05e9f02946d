"""A deadline means the same whatever office words stand around it."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest

from tracker.deadlines import DeadlineKind, Offset, OffsetUnit, parse

REF = date(2024, 3, 1)
BEFORE = ("", "须于", "务必在", "原则上", "计划", "将情况说明", "各站（所）于", "，")
AFTER = ("", "完成", "搬迁到位", "将清单报所里", "，各站完成自查", "（含）", "形成评估报告")
POINTS = {
    "4月底前": date(2024, 4, 30),
    "4月底以前": date(2024, 4, 30),
    "年底前": date(2024, 12, 31),
    "明年4月底前": date(2025, 4, 30),
    "次年1月底前": date(2025, 1, 31),
    "三季度前": date(2024, 9, 30),
    "国庆节前": date(2024, 9, 30),
    "11.9前": date(2024, 11, 9),
}
STRETCHES = {
    "4-9月": (date(2024, 4, 1), date(2024, 9, 30)),
    "4月9日至9月4日": (date(2024, 4, 9), date(2024, 9, 4)),
    "11月—次年2月": (date(2024, 11, 1), date(2025, 2, 28)),
}
LENGTHS = {
    "9日": (9, OffsetUnit.DAY),
    "九个工作日": (9, OffsetUnit.WORKDAY),
    "两周": (14, OffsetUnit.DAY),
    "半个月": (15, OffsetUnit.DAY),
    "一个月": (1, OffsetUnit.MONTH),
    "半年": (6, OffsetUnit.MONTH),
    "1个季度": (3, OffsetUnit.MONTH),
    "48小时": (2, OffsetUnit.DAY),
}


@pytest.mark.parametrize("phrase", POINTS)
def test_a_date_stays_the_same_between_any_words(phrase: str) -> None:
    for before, after in product(BEFORE, AFTER):
        found = parse(before + phrase + after, ref=REF)
        said = [(one.kind, one.due) for one in found]
        assert said == [(DeadlineKind.DATE, POINTS[phrase])], before + phrase + after


@pytest.mark.parametrize("phrase", STRETCHES)
def test_a_window_stays_the_same_between_any_words(phrase: str) -> None:
    for before, after in product(("", "计划", "自查阶段：", "第一阶段："), ("", "开展清点", "，各站自查")):
        found = parse(before + phrase + after, ref=REF)
        assert [(one.start, one.due) for one in found] == [STRETCHES[phrase]], before + phrase + after


@pytest.mark.parametrize("length", LENGTHS)
def test_a_period_runs_from_its_event_however_both_are_joined(length: str) -> None:
    joints = ("后", "之后", "以后", "之日起", "之日起的", "之日后")
    for lead, joint, tail in product(("", "自", "应当在"), joints, ("内", "以内", "之内")):
        text = f"{lead}钥匙移交{joint}{length}{tail}登记"
        offsets = [one.offset for one in parse(text, ref=REF)]
        assert offsets == [Offset(*LENGTHS[length], event="钥匙移交")], text
