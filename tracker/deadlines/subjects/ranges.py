"""Which ranges belong to the subject: “2022年至2024年判决的案件”, “2023年起”, “本办法自5月1日起施行”."""

from __future__ import annotations

import re
from datetime import date

from tracker.deadlines.grammar.phrases import Point, Scope, Stretch
from tracker.deadlines.subjects.clauses import (
    asks_for_result,
    is_about_span,
    is_attribute,
    is_base,
    is_business_year,
    is_cut_off,
    is_reckoning,
    is_score,
    is_tally,
    is_trend,
    starts_in_past,
)
from tracker.deadlines.subjects.papers import names_paper
from tracker.deadlines.subjects.surroundings import Surroundings

_IN_FORCE = re.compile(r"(?:正式)?(?:施行|生效|废止|算|计算|计|公布)|[，,]?已")
_EXAMINED = re.compile(r"(?:对|针对|抽取|抽查|涵盖)$")  # 对1—5月案件进行评查
_LOOKED_UP = re.compile(r"(?:统计|汇总|梳理|调取|提取|查询|分析|核对|复核|公布|公示)$")  # 统计1—4月的投诉量
_RULES_BEFORE = re.compile(r"(?:本|该|》)[^，,。；;]{0,12}$")


def is_subject_range(around: Surroundings, stretch: Stretch, ref: date | None) -> bool:
    """True where the range describes what the duty is about."""
    named = around.after.startswith(("以来", "版", "规划", "年)"))
    if named or is_base(around) or is_cut_off(around) or is_reckoning(around):
        return True
    if stretch.last is None:
        return _is_start_of_rules(around) or starts_in_past(stretch.first, ref)
    if is_business_year(around, stretch.last):
        return True
    if around.is_alone:
        return False
    if _EXAMINED.search(around.before):
        return True
    if _LOOKED_UP.search(around.before) and around.after.startswith("的"):
        return True
    if is_attribute(around) or is_score(around.sentence) or is_tally(around):
        return True
    if around.after.startswith("期间"):
        return starts_in_past(stretch.first, ref) or is_about_span(around)
    if stretch.last.scope is Scope.YEAR and not stretch.last.is_marked:
        return not asks_for_result(around.after)
    return names_paper(around.after) or _is_past(stretch.first, stretch.last, ref) or is_trend(around)


def _is_start_of_rules(around: Surroundings) -> bool:
    """“本办法自5月1日起施行” says when a rule binds; “5月1日起实施” says when a duty begins."""
    if _IN_FORCE.match(around.after):
        return True
    follows = re.match(r"(?:正式)?(?:实施|执行)", around.after)
    return bool(follows) and bool(_RULES_BEFORE.search(around.before))


def _is_past(first: Point | None, last: Point, ref: date | None) -> bool:
    """True for a range that named years close before that of the reference."""
    if last.year is None and first is not None and first.year is not None:
        wraps = (last.month or 12) < (first.month or 1)
        return not wraps and starts_in_past(first, ref)
    return starts_in_past(last, ref)
