"""Which dates in a text belong to its subject and are no deadline.

“以2024年11月30日…为基准”, “2023年以来”, “2022年至2024年判决的案件”: reading one of these as due is as bad as missing one.
`clauses` and `papers` ask what stands around a date, `reports` whether it tells of the past; points and ranges
are judged in files of their own, periods and repetitions here.
"""

from __future__ import annotations

import re
from datetime import date

from tracker.deadlines.grammar.phrases import Found, MonthDay, Period, Point, Repeat, Stretch
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind
from tracker.deadlines.subjects.clauses import is_score
from tracker.deadlines.subjects.points import is_subject_point
from tracker.deadlines.subjects.ranges import is_subject_range
from tracker.deadlines.subjects.reports import is_report, is_year_of_title
from tracker.deadlines.subjects.surroundings import Surroundings

_COMPARED_PAST = re.compile(r"(?:较|比|农历|阴历|相比|过去|最近|自|从)$")
# “15日内未提出异议的，视为同意”: what follows if nothing happens
_CONDITION = re.compile(r"(?:仍|均|尚)?(?:未|不能|拒不)[^，,。；;]{0,15}的(?:[，,。；;]|$)")
_THAN = re.compile(r"(?:比(?![例重率较])|较(?=原|计划|合同|规定|目标|去年|上年|往年))[^，,。；;]{0,10}$")
_LENGTH_BEFORE = re.compile(r"(?:近|过去|最近|年|这|该|前|(?<!原则)上|连续|满|未来|第|今后)$")
_LENGTH_AFTER = re.compile(
    r"(?:累计|被(?![^，,。；;]{1,6}(?:单位|部门|地区|企业|对象|[人者方]))|获|受(?!理)|发生|不得|未|无|连续|因|两次|多次|有|的)"
)
# 有效期自印发之日起5年, 质保期为验收合格之日起24个月: how long something holds
_HOLDS = re.compile(
    r"(?:有效|质保|保修|保质|试用|服务|租赁|任|缓冲|过渡|保存|保管|追溯|公示|服役)期限?(?:为|是|:)?(?:自|从)?$"
)
_RATE = re.compile(r"(?:级|度各|细化|平?均|人均|满|增加|递增|约|超过|最高|最低|[0-9]+(?:元|万|吨|公斤))")
_ASKED_WHETHER = re.compile(r"(?:是否|期间[，,]?)[^，,。]{0,12}$")
_ARRANGED = re.compile(r"(?:明确|制定)[^，,]{0,6}$")
_PROVEN = re.compile(r"[^，,。；;]{0,20}(?:一致|的证明材料)(?:[，,。；;]|$)")


def is_subject(tokens: Tokens, found: Found, ref: date | None) -> bool:
    """True where the finding describes what the duty is about and not when it is due."""
    around = Surroundings(tokens, found)
    match found.phrase:
        case Period() as period:
            return _is_length(around, period)
        case Repeat() as repeat:
            return repeat.is_bare and _is_rate(around)
        case (Point() | Stretch()) as phrase if is_report(around, phrase, ref) or is_year_of_title(
            around, phrase
        ):
            return True
        case Stretch() as stretch:
            return is_subject_range(around, stretch, ref)
        case Point() as point:
            return is_subject_point(around, point, ref)
        case MonthDay():
            return bool(_COMPARED_PAST.search(around.before))
    return False


def _is_length(around: Surroundings, period: Period) -> bool:
    """True for “近3年内”, “一年内受到两次处罚”: how long something lasted."""
    if _CONDITION.match(around.after):
        return True
    if _HOLDS.search(around.before):
        return True
    if period.count < 0 and _is_compared(around):
        return True
    if period.event or period.count < 0:
        return False
    return bool(_LENGTH_BEFORE.search(around.before) or _LENGTH_AFTER.match(around.after))


def _is_compared(around: Surroundings) -> bool:
    """True for “比合同工期提前20天”, and for “检查前三年内的记录”: no time by which anything is due."""
    lasts = around.tokens.kind(around.found.end - 1) is Kind.INSIDE and around.after.startswith("的")
    return lasts or bool(_THAN.search(around.before))


def _is_rate(around: Surroundings) -> bool:
    """True for “每年人均”, “是否每月…”: how much of something there is, or what is asked about it."""
    if is_score(around.sentence) or _RATE.match(around.after):
        return True
    arranged = "按" in around.before and _ARRANGED.search(around.before)
    return bool(arranged or _ASKED_WHETHER.search(around.before) or _PROVEN.match(around.after))
