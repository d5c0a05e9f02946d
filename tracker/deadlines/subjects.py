"""Which dates in a text belong to its subject and are no deadline.

“以2024年11月30日…为基准”, “2023年以来”, “2022年至2024年判决的案件”: reading one of these as due is as bad as missing one.
"""

from __future__ import annotations

import re
from datetime import date

from tracker.deadlines.cursor import Tokens
from tracker.deadlines.kinds import Kind
from tracker.deadlines.phrases import Found, MonthDay, Period, Point, Repeat, Scope, Stretch, YearBase
from tracker.deadlines.reports import is_report, is_year_of_title
from tracker.deadlines.surroundings import Surroundings

_SCORES = re.compile(
    r"(?:得|扣|加|计|赋|减)[0-9.一二三四五六七八九十]+分|不得分|得分|扣分|加分|扣完|赋分|分值|核算"
)
_BASES = re.compile(r"(?<![予可得加难所足据])以(?:上)?$")
_COMPARED = re.compile(
    r"(?:较|比|与|同|超过|高于|低于|近|过去|最近|农历|阴历|经|根据|按照|依据|参照|对|针对|来源于|系)$"
)
_COMPARED_PAST = re.compile(r"(?:较|比|农历|阴历|相比|过去|最近|自|从)$")
_CUT_OFF = re.compile(r"(?:截至|截止|截止到|截止至|截至到)$")
_CUT_OFF_LABEL = re.compile(r"(?:时间|日期|期限|报名)(?:为|是|:|：)?(?:截至|截止|截止到|截止至)?(?:到|至)?$")
_ACTS = (
    "办结|印发|出台|发布|召开|通过|下达|施行|实施|修订|发生|获得|作出|做出|成立|签订|批复|制定|颁布|判决|立案|办理|受理|排查|检查|发现|反馈|"
    "移交|交办|公布|填报|申报|推送|查处|生效|投运|建成|竣工|开工|备案|审批|批准|入职|退休|任职|记录|统计|形成|产生|排名|采购|下发|违法|刑事|注册|登记|收储|拆除"
)
_ATTRIBUTE = re.compile(rf"[^，,。；;:：]{{0,12}}?(?:{_ACTS})[^，,。；;:：]{{0,8}}的")
_ANY_ATTRIBUTE = re.compile(r"[^，,。；;:：]{0,14}的")
_ENACTED = re.compile(
    r"(?:起)?(?:正式)?(?:施行|实施|生效|废止|修订|修正|颁布|公布|执行|审议通过|发布施行|成立|版|修订版|制定|出生)"
)
_SUBJECT_ACTS = re.compile(
    r"[^。；;]{0,24}?(?:统计|获得|判决|下达|办理|作出|发生|累计|产生|受理|当月|人均|签订|录入|违法|每个?月|候选|期间|发现的|立案的)"
)
_NOUNS = re.compile(
    r"(?:度|份|的)?(?:各项|重点|主要|全部|目标|年度|履职)*(?:工作|任务|重点|预算|决算|资金|项目|专项|民生实事|目标)?"
    r"(?:(?:推进|落实|执行|运行|完成|进展|整改|开展)情况|平均|合计|总结|情况|报告|工作|进展|数据|小结|评估|材料|计划|台账|统计|报表|工资|信息|方案|清单|要点|目标|指标|预算|决算|成绩|成果|考核结果|结果|任务分解|生产总值|GDP|活动方案)"
)
# “四季度总结” is an act where it ends its clause; “上半年总结报送” names the paper
_ACT = re.compile(r"(?:总结|评估)(?:验收|提升|评估|表彰)?(?:[，,。；;）)]|$)")
# “第四季度环境质量数据”: a clause that names a paper and asks nothing of it
_NAMED_PAPER = re.compile(
    r"(?:(?!完成|开展|报送|上报|形成|提交|进行|组织|制定|编制|公布|发布|建立|召开|印发|实现|启动|推进|通报|汇总|上传|录入|核查|核对|检查|清理|收集|审核|采集|更新|排查|摸底|统计|完善|整理|梳理|复核|反馈|调查|测算)[^，,。；;:：]){0,10}"
    r"(?:情况|报告|数据|报表|台账|指标|指数|排名|监测结果|成绩|名单|人数|户数|余额|存量|总数)(?:[，,。；;）)]|$)"
)
_GROWTH = re.compile(r"同比|环比|增长|下降|增速|增幅|均价")
_DONE = re.compile(
    r"(?:[，,]|全市|全县|全省|全区|全面|全部|基本|持续|要|应|确保|力争|争取|底|度|实现|组织|分批|分期|分步|分年度|逐步|陆续|在[^，,。；;的]{1,20}?)*(?:完成|实现|建成|达到|启动|形成|办结|销号|验收|投用|建立|覆盖|开展|推进|推行)"
)
_EXAM_NOUNS = re.compile(
    r"[^，,。进行开展]{0,8}总结(?:评估)?报告|(?:工作)?总结会|"
    r"(?:工作)?(?:考核|评议|述职|绩效|考评|评优|评先|结余|奖|总结表彰|评比|盘点|存量|余额|统计)"
)


def _names_paper(words: str) -> bool:
    return bool(_NOUNS.match(words)) and not _ACT.match(words)


def is_score(sentence: str) -> bool:
    """True for a sentence that says how points are given: only marked dates in it bind anybody."""
    return bool(_SCORES.search(sentence))


def is_subject(tokens: Tokens, found: Found, ref: date | None) -> bool:
    """True where the finding describes what the duty is about and not when it is due."""
    around = Surroundings(tokens, found)
    phrase = found.phrase
    if isinstance(phrase, Period):
        return _is_past_period(around, phrase)
    if isinstance(phrase, Repeat):
        return phrase.is_bare and _is_repeated_subject(around)
    if isinstance(phrase, Point | Stretch) and (
        is_report(around, phrase, ref) or is_year_of_title(around, phrase)
    ):
        return True
    if isinstance(phrase, Stretch):
        return _is_subject_stretch(around, phrase, ref)
    if isinstance(phrase, Point):
        return _is_subject_point(around, phrase, ref)
    return isinstance(phrase, MonthDay) and bool(_COMPARED_PAST.search(around.before))


# “15日内未提出异议的，视为同意”: what follows if nothing happens
_CONDITION = re.compile(r"(?:仍|均|尚)?(?:未|不能|拒不)[^，,。；;]{0,15}的(?:[，,。；;]|$)")


def _is_past_period(around: Surroundings, period: Period) -> bool:
    if _CONDITION.match(around.after):
        return True
    if period.event or period.count < 0:
        return False
    if re.search(r"(?:近|过去|最近|年|这|该|前|(?<!原则)上|连续|满|未来|第|今后)$", around.before):
        return True
    return bool(re.match(r"(?:累计|获|受(?!理)|发生|不得|未|无|连续|因|两次|多次|有|的)", around.after))


def _is_repeated_subject(around: Surroundings) -> bool:
    if is_score(around.sentence) or re.match(
        r"(?:级|度各|细化|平?均|人均|满|增加|递增|约|超过|最高|最低|[0-9]+(?:元|万|吨|公斤))", around.after
    ):
        return True
    return bool(
        re.search(r"(?:是否|期间[，,]?)[^，,。]{0,12}$", around.before)
        or (re.search(r"(?:明确|制定)[^，,]{0,6}$", around.before) and "按" in around.before)
        or re.match(r"[^，,。；;]{0,20}(?:一致|的证明材料)(?:[，,。；;]|$)", around.after)
    )


def _is_subject_stretch(around: Surroundings, stretch: Stretch, ref: date | None) -> bool:
    if (
        _BASES.search(around.before)
        or _cut_off(around)
        or around.after.startswith(("以来", "版", "规划", "年)"))
    ):
        return True
    if stretch.last is None:
        return _is_subject_start(around) or _starts_in_past(stretch.first, ref)
    if _is_business_year(around, stretch.last):
        return True
    if around.is_alone:
        return False
    if _ATTRIBUTE.match(around.after) or is_score(around.sentence) or _TALLY.match(around.after):
        return True
    if around.after.startswith("期间"):
        return _starts_in_past(stretch.first, ref) or bool(_SUBJECT_ACTS.match(around.after[2:]))
    if stretch.last.scope is Scope.YEAR:
        return not _DONE.match(around.after)
    return (
        _names_paper(around.after) or _is_past_stretch(stretch, ref) or bool(_GROWTH.search(around.sentence))
    )


# “1月1日至2月29日全市共受理…件”: what has been counted
_TALLY = re.compile(r"[，,]?(?:全市|全县|全省|全区|全局|我市|我县|我局)?(?:已|共(?!同|建|享|治)|累计|合计)")


def _is_business_year(around: Surroundings, last: Point) -> bool:
    """True for “2022—2023年度”, the years that something is counted for; “2024—2025年度完成” bounds a duty."""
    ends_in_degree = around.tokens.kind(around.found.end - 1) is Kind.DEGREE
    return last.scope is Scope.YEAR and ends_in_degree and not _DONE.match(around.after)


_IN_FORCE = re.compile(r"(?:正式)?(?:施行|生效|废止|算|计算|计|公布)|[，,]?已")
_RULES_BEFORE = re.compile(r"(?:本|该|》)[^，,。；;]{0,12}$")


def _is_subject_start(around: Surroundings) -> bool:
    """“本办法自5月1日起施行” says when a rule binds; “5月1日起实施” says when a duty begins."""
    if _IN_FORCE.match(around.after):
        return True
    follows = re.match(r"(?:正式)?(?:实施|执行)", around.after)
    return bool(follows) and bool(_RULES_BEFORE.search(around.before))


def _is_past_stretch(stretch: Stretch, ref: date | None) -> bool:
    """True for a range that named years close before that of the reference."""
    first, last = stretch.first, stretch.last
    if last is not None and last.year is None and first is not None and first.year is not None:
        wraps = (last.month or 12) < (first.month or 1)
        return not wraps and _starts_in_past(first, ref)
    return _starts_in_past(last, ref)


def _starts_in_past(point: Point | None, ref: date | None) -> bool:
    """True where the point names a calendar year before that of the reference."""
    if point is None or point.year is None or ref is None:
        return False
    if point.year.base is YearBase.REFERENCE:
        return point.year.number < 0
    return point.year.base is YearBase.CALENDAR and point.year.number < ref.year


def _cut_off(around: Surroundings) -> bool:
    """截至6月30日，已…: a date up to which something was counted. 报名截止6月30日 and 截止时间 are deadlines."""
    if not _CUT_OFF.search(around.before):
        return False
    if _CUT_OFF_LABEL.search(around.before):
        return False
    phrase = around.found.phrase
    marked = isinstance(phrase, Point) and phrase.before
    ends_there = around.found.end >= len(around.tokens) or around.tokens.kind(around.found.end) in (
        Kind.STOP,
        Kind.CLOSE,
    )
    return not marked and not ends_there


def _is_subject_point(around: Surroundings, point: Point, ref: date | None) -> bool:
    if around.after.startswith(("以来", "版")) or _BASES.search(around.before) or _cut_off(around):
        return True
    if re.search(r"(?:农历|阴历)$", around.before) or around.after.startswith(
        ("后", "以后", "之后", "次", "龄")
    ):
        return True
    if point.scope is Scope.FESTIVAL and not point.before:
        return True
    if re.search(r"有效期(?:限)?(?:为)?(?:至|到|截至)?$", around.before):
        return True
    past = _starts_in_past(point, ref)
    if past and _is_business_year(around, point):
        return True
    if point.is_marked:
        return _is_marked_subject(around, point, past=past)
    if around.is_alone:
        return False
    if past or is_score(around.sentence) or _ENACTED.match(around.after) or _ATTRIBUTE.match(around.after):
        return True
    if point.scope is Scope.YEAR:
        return not _is_year_of_duty(around, point)
    return _is_bare_subject(around, point)


# “5月1日前受理的案件”: what had happened by then, and to what
_HAPPENED = re.compile(
    r"(?:已)?(?:受理|立案|办结|取得|建成|出生|投运|发生|登记|注册|入职|批准|备案|签订|开工|参加工作|获得|入学|毕业|参保|购置|采购|生产|纳入|认定|申报|移交|交办|下达|就业|投保)[^，,。；;的]{0,8}的[^，,。；;]"
)


def _is_marked_subject(around: Surroundings, point: Point, *, past: bool) -> bool:
    if _HAPPENED.match(around.after):
        return True
    if re.search(r"(?:较|比|相比|高于|低于|超过)$", around.before):
        return True
    if past and (
        _ANY_ATTRIBUTE.match(around.after) or re.match(r"[，,]?(?:已|共|全市|全县|全省|累计)", around.after)
    ):
        return not around.is_alone
    return not point.before and bool(_EXAM_NOUNS.match(around.after))


_STAGE = re.compile(r"(?:为|是)?[^，,。；;的]{0,8}阶段(?:[，,、。；;（(]|$)")


def _is_year_of_duty(around: Surroundings, point: Point) -> bool:
    """“2024年完成”, “到2025年，…”: a year that bounds the duty. Titles and budgets name years as well."""
    after = around.after
    if after.startswith(("的", "度")):
        return False
    if around.found.until or _STAGE.match(after):
        return True
    return point.year is not None and bool(_DONE.match(after)) and not after.startswith(("，", ","))


# “一季度…比例为91.2%”: what was measured. 达到90%以上 is a target
_MEASURED = re.compile(r"[^，,。；;]{0,20}(?:率|比例|比重|指数|浓度|总量|数|值)(?:为|是|约为)[0-9]")
_MONTH_NOUNS = re.compile(
    r"(?:的)?(?:工资|数据|报表|信息|情况|台账|案卷|案件|统计|绩效|工作(?:总结|情况|报告|任务|重点|计划))"
)


def _is_bare_subject(around: Surroundings, point: Point) -> bool:
    if point.month_shift is not None and point.scope is not Scope.DAY:
        return _names_paper(around.after) or not _DONE.match(around.after)
    if point.scope in (Scope.MONTH, Scope.DAY, Scope.TEN_DAYS):
        named = _MONTH_NOUNS.match(around.after) or _NAMED_PAPER.match(around.after)
        return bool(named) or _is_loosely_used(around, point)
    return (
        _is_loosely_used(around, point)
        or bool(_TALLY.match(around.after))
        or bool(_MEASURED.match(around.after))
        or _names_paper(around.after)
        or bool(_NAMED_PAPER.match(around.after))
    )


def _is_loosely_used(around: Surroundings, point: Point) -> bool:
    if around.after.startswith("期间"):
        return bool(_SUBJECT_ACTS.match(around.after[2:])) or around.after.startswith("期间的")
    if _COMPARED.search(around.before) and point.scope is not Scope.DAY:
        return True
    if re.match(r"(?:[0-9]+(?:次|号令)|一次|度)", around.after):
        return True
    if point.scope in (Scope.HALF, Scope.QUARTER) and re.search(
        r"(?:报送|上报|提交|报告|总结|汇总|梳理|反馈)$", around.before
    ):
        return True
    return bool(_GROWTH.search(around.sentence))
