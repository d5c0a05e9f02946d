"""Which points belong to the subject: “5月1日前受理的案件”, “2023年度考核”, “上半年同比增长”."""

from __future__ import annotations

import re
from datetime import date

from tracker.deadlines.grammar.phrases import Point, Scope
from tracker.deadlines.subjects.clauses import (
    asks_for_result,
    is_about_span,
    is_attribute,
    is_base,
    is_business_year,
    is_cut_off,
    is_of_directive,
    is_reckoning,
    is_replaced,
    is_score,
    is_tally,
    is_trend,
    starts_in_past,
)
from tracker.deadlines.subjects.papers import (
    is_kept_by_month,
    is_only_paper,
    is_year_end_business,
    names_paper,
)
from tracker.deadlines.subjects.surroundings import Surroundings

_COUNTED_FROM = ("后", "以后", "之后", "次", "龄")
_COMPARED = re.compile(
    r"(?:较|比|与|同|超过|高于|低于|近|过去|最近|农历|阴历|经|根据|按照|依据|参照|对|针对|来源于|系)$"
)
_ENACTED = re.compile(
    r"(?:起)?(?:正式)?(?:施行|实施|生效|废止|修订|修正|颁布|公布|执行|审议通过|发布施行|成立|版|修订版|制定|出生)"
)
# “5月1日前受理的案件”: what had happened by then, and to what
_HAPPENED = re.compile(
    r"(?:已|未|尚未|仍未|未能)?(?:受理|立案|办结|取得|建成|出生|投运|发生|登记|注册|入职|批准|备案|签订|开工|参加工作|获得|入学|毕业|参保|购置|采购|生产|纳入|认定|申报|移交|交办|下达|就业|投保)[^，,。；;的]{0,8}的[^，,。；;]"
)
_ANY_ATTRIBUTE = re.compile(r"[^，,。；;:：]{0,14}的")
_BUILT = re.compile(
    r"(?:建成|建设|立案|受理|投运|竣工|登记|注册|取得|批准|入职)[^，,。；;]"
)  # 2000年以前建成小区
_STAGE = re.compile(r"(?:为|是)?[^，,。；;的]{0,8}阶段(?:[，,、。；;（(]|$)")
# “一季度…比例为91.2%”: what was measured. 达到90%以上 is a target
_MEASURED = re.compile(r"[^，,。；;]{0,20}(?:率|比例|比重|指数|浓度|总量|数|值)(?:为|是|约为)[0-9]")
_PAPER_ASKED_FOR = re.compile(r"(?:报送|上报|提交|报告|总结|汇总|梳理|反馈)$")


def is_subject_point(around: Surroundings, point: Point, ref: date | None) -> bool:
    """True where the point describes what the duty is about."""
    if _is_named_otherwise(around) or is_base(around) or is_cut_off(around) or is_reckoning(around):
        return True
    if point.scope is Scope.FESTIVAL and not point.before:
        return True
    past = starts_in_past(point, ref)
    if past and is_business_year(around, point):
        return True
    if is_replaced(around):
        return True
    if point.is_marked:
        return _is_marked_subject(around, point, past=past)
    if around.is_alone:
        return False
    if past or is_score(around.sentence) or _ENACTED.match(around.after) or is_attribute(around):
        return True
    if is_of_directive(around):
        return True
    if point.scope is Scope.YEAR:
        return not _is_year_of_duty(around, point)
    return _is_bare_subject(around, point)


def _is_named_otherwise(around: Surroundings) -> bool:
    """True for 以来, 2024年版, 农历, 有效期至: the words beside the date make something else of it."""
    if around.after.startswith(("以来", "版", *_COUNTED_FROM)):
        return True
    return bool(re.search(r"(?:农历|阴历|有效期(?:限)?(?:为)?(?:至|到|截至)?)$", around.before))


def _is_marked_subject(around: Surroundings, point: Point, *, past: bool) -> bool:
    if _HAPPENED.match(around.after) or re.search(r"(?:较|比|相比|高于|低于|超过)$", around.before):
        return True
    if past and not around.opens_sentence and _BUILT.match(around.after):
        return True
    told = re.match(r"[，,]?(?:已|共|全市|全县|全省|累计)", around.after)
    if past and (told or _ANY_ATTRIBUTE.match(around.after)):
        return not around.is_alone
    return not point.before and is_year_end_business(around.after)


def _is_year_of_duty(around: Surroundings, point: Point) -> bool:
    """“2024年完成”, “到2025年，…”: a year that bounds the duty. Titles and budgets name years as well."""
    after = around.after
    if after.startswith(("的", "度")):
        return False
    if around.found.until or _STAGE.match(after):
        return True
    return point.year is not None and asks_for_result(after)


def _is_bare_subject(around: Surroundings, point: Point) -> bool:
    after = around.after
    if point.month_shift is not None and point.scope is not Scope.DAY:
        return names_paper(after) or not asks_for_result(after)
    if is_only_paper(after) or _is_loosely_used(around, point):
        return True
    if point.scope in (Scope.MONTH, Scope.DAY, Scope.TEN_DAYS):
        return is_kept_by_month(after)
    return is_tally(around) or bool(_MEASURED.match(after)) or names_paper(after)


def _is_loosely_used(around: Surroundings, point: Point) -> bool:
    if around.after.startswith("期间"):
        return is_about_span(around) or around.after.startswith("期间的")
    if _COMPARED.search(around.before) and point.scope is not Scope.DAY:
        return True
    if re.match(r"(?:[0-9]+(?:次|号令)|一次|度)", around.after):
        return True
    if point.scope in (Scope.HALF, Scope.QUARTER) and _PAPER_ASKED_FOR.search(around.before):
        return True
    return is_trend(around)
