"""What the clause around a date says of it: a base day, a day of counting, an attribute, a score, a tally, a duty."""

from __future__ import annotations

import re
from datetime import date

from tracker.deadlines.grammar.phrases import Point, Scope, YearBase
from tracker.deadlines.reading.kinds import Kind
from tracker.deadlines.subjects.surroundings import Surroundings

_SCORES = re.compile(
    r"(?:得|扣|加|计|赋|减)[0-9.一二三四五六七八九十]+分|不得分|得分|扣分|加分|扣完|赋分|分值|核算"
)
_BASES = re.compile(r"(?<![予可得加难所足据])以(?:上)?$")
_CUT_OFF = re.compile(r"(?:截至|截止|截止到|截止至|截至到)$")
_CUT_OFF_LABEL = re.compile(r"(?:时间|日期|期限|报名)(?:为|是|:|：)?(?:截至|截止|截止到|截止至)?(?:到|至)?$")
_ACTS = (
    "办结|印发|出台|发布|召开|通过|下达|施行|实施|修订|发生|获得|作出|做出|成立|签订|批复|制定|颁布|判决|立案|办理|受理|排查|检查|发现|反馈|"
    "移交|交办|公布|填报|申报|推送|查处|生效|投运|建成|竣工|开工|备案|审批|批准|入职|退休|任职|记录|统计|形成|产生|排名|采购|下发|违法|刑事|注册|登记|收储|拆除"
)
_ATTRIBUTE = re.compile(rf"[^，,。；;:：]{{0,12}}?(?:{_ACTS})[^，,。；;:：]{{0,8}}的")
_SUBJECT_ACTS = re.compile(
    r"[^。；;]{0,24}?(?:统计|获得|判决|下达|办理|作出|发生|累计|产生|受理|当月|人均|签订|录入|违法|每个?月|候选|期间|发现的|立案的)"
)
_GROWTH = re.compile(r"同比|环比|增长|下降|增速|增幅|均价")
_DONE = re.compile(
    r"(?:[，,]|全市|全县|全省|全区|全面|全部|基本|持续|要|应|确保|力争|争取|底|度|实现|组织|分批|分期|分步|分年度|逐步|陆续|在[^，,。；;的]{1,20}?)*(?:完成|实现|建成|达到|启动|形成|办结|销号|验收|投用|建立|覆盖|开展|推进|推行|(?:开工|动工|完工|竣工|投产|通车)(?:[，,、。；;）)]|$))"
)
_TALLY = re.compile(r"[，,]?(?:全市|全县|全省|全区|全局|我市|我县|我局)?(?:已|共(?!同|建|享|治)|累计|合计)")


# 统计周期为1月1日至12月31日, 评估基准日：6月30日; 整改周期为3月至6月 stays a duty
_RECKONED = re.compile(
    r"(?:(?:统计|考核|考评|评价|评估|评议|核算|核定|计算|计分|监测|数据|取数|审计|会计|报告|抽查|评查|结算|绩效)(?:的)?"
    r"(?:周期|期间|区间|时段|年度|时点|时间范围)|口径|基准日|基期|时间跨度)(?:为|是|:)?(?:自|从)?$"
)

# 按照1月15日会议要求: the day belongs to what is followed. 按照3月15日的时间节点完成 stays a duty
_FOLLOWED = re.compile(r"(?:按照|根据|依据|依照|遵照|对照|结合|落实|贯彻|执行)$")
_DIRECTIVE = re.compile(
    r"(?:(?!时间|节点|时限|期限|进度)[^，,。；;:：]){0,14}(?:会议?|要求|部署|批示|精神|通知|文件|意见|决定|纪要|讲话|通报|清单)"
)
_REPLACED_BEFORE = re.compile(r"(?:原|原定|原计划|原定于|原计划于|原来|原为|原定为)$")
_REPLACED_AFTER = re.compile(
    r"(?:延期|推迟|延长|提前|顺延|延后|延|改|调整|变更)(?:至|到|为)(?:[0-9一二三四五六七八九十]|年底|月底|今年|明年|次年|[上下]半年)"
)


def is_of_directive(around: Surroundings) -> bool:
    """True for “按照1月15日常委会要求”: when something was said that is followed now."""
    return bool(_FOLLOWED.search(around.before) and _DIRECTIVE.match(around.after))


def is_replaced(around: Surroundings) -> bool:
    """True for “由6月底延长至9月底” and “原定3月底前”: what was due once and no longer is."""
    return bool(_REPLACED_BEFORE.search(around.before) or _REPLACED_AFTER.match(around.after))


def is_reckoning(around: Surroundings) -> bool:
    """True for “统计周期为…”: the label says that the days bound what is counted."""
    return bool(_RECKONED.search(around.before))


def is_score(sentence: str) -> bool:
    """True for a sentence that says how points are given: only marked dates in it bind anybody."""
    return bool(_SCORES.search(sentence))


def is_base(around: Surroundings) -> bool:
    """True for “以2024年11月30日…为基准”."""
    return bool(_BASES.search(around.before))


def is_attribute(around: Surroundings) -> bool:
    """True for “…办结的案件”: the date tells which of them are meant."""
    return bool(_ATTRIBUTE.match(around.after))


def is_about_span(around: Surroundings) -> bool:
    """True for “…期间作出的处罚决定”: the span tells what is looked at."""
    return around.after.startswith("期间") and bool(_SUBJECT_ACTS.match(around.after[2:]))


def is_tally(around: Surroundings) -> bool:
    """True for “1月1日至2月29日全市共受理…件”: what has been counted."""
    return bool(_TALLY.match(around.after))


def is_trend(around: Surroundings) -> bool:
    """True for “同比增长”: the period is what a figure belongs to."""
    return bool(_GROWTH.search(around.sentence))


def asks_for_result(words: str) -> bool:
    """True for “完成”, “，全市基本建成”: words that make a duty of the year or range before them."""
    return bool(_DONE.match(words))


def is_business_year(around: Surroundings, last: Point) -> bool:
    """True for “2022—2023年度”, the years that something is counted for; “2024—2025年度完成” bounds a duty."""
    ends_in_degree = around.tokens.kind(around.found.end - 1) is Kind.DEGREE
    return last.scope is Scope.YEAR and ends_in_degree and not asks_for_result(around.after)


def is_cut_off(around: Surroundings) -> bool:
    """截至6月30日，已…: a date up to which something was counted. 报名截止6月30日 and 截止时间 are deadlines."""
    if not _CUT_OFF.search(around.before) or _CUT_OFF_LABEL.search(around.before):
        return False
    phrase, end = around.found.phrase, around.found.end
    marked = isinstance(phrase, Point) and phrase.before
    ends_there = end >= len(around.tokens) or around.tokens.kind(end) in (Kind.STOP, Kind.CLOSE)
    return not marked and not ends_there


def starts_in_past(point: Point | None, ref: date | None) -> bool:
    """True where the point names a calendar year before that of the reference."""
    if point is None or point.year is None or ref is None:
        return False
    if point.year.base is YearBase.REFERENCE:
        return point.year.number < 0
    return point.year.base is YearBase.CALENDAR and point.year.number < ref.year
