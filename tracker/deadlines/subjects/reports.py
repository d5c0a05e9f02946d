"""What a text reports instead of asks: when it was issued, who was born when, what has been done, a title's years."""

from __future__ import annotations

import re
from datetime import date

from tracker.deadlines.grammar.phrases import Point, Scope, Stretch, YearBase
from tracker.deadlines.reading.kinds import Kind
from tracker.deadlines.subjects.surroundings import Surroundings

# 成文日期：2024年3月7日: what is recorded of the document or of a person. 印发时间：3月底前 stays a duty
_RECORD_LABEL = re.compile(
    r"(?:发布|发文|成文|印发|签发|公布|公告|发稿|更新|上传|打印|修订|施行|生效|颁布|成立|注册|登记|录入|创建|出生|参加工作|入职|入党|入学|"
    r"毕业|任职|来稿|收文)(?:时间|日期|年月|日)$|实际(?:完成|办结|整改|销号|交付)(?:时间|日期)?$"
)
# 了 after a verb tells; 为了, 除了, 了解 do not
_TOLD = re.compile(
    r"(?:进行|开展|召开|组织|举行|举办|听取|审议|通过|反馈|印发|出台|完成|作出|做出|取得|发布|公布|建成|实现|查处|抽查|检查|督察|下发|"
    r"形成|制定|建立|发生|达成|启动|收到|获得)了"
)
# “3月12日植树活动已开展”: the clause ends with what has been done
_OVER = re.compile(
    r"[^，,。；;:：的]{0,14}已经?(?:全部|基本|如期|按期|顺利)?(?:开展|完成|结束|召开|举办|落实|启动|办结|竣工|销号|到位)(?:[，,。；;）)]|$)"
)
_ISSUED = re.compile(r"(?:印发|发布|公布|签发|下发|出台)(?:[，,。；;）)]|$)")
_TITLE = re.compile(r"(?:方案|计划|规划|行动|纲要|意见|要点|办法|目标|清单|报告|工程|规程|规定|细则|措施)$")


def is_report(around: Surroundings, phrase: Point | Stretch, ref: date | None) -> bool:
    """True where the sentence tells of an act that is over, or the date fills a field of the record."""
    marked = isinstance(phrase, Point) and phrase.is_marked
    if not marked and around.tokens.kind(around.found.first - 1) is Kind.COLON:
        before = around.tokens.words(around.found.first - 8, around.found.first - 1)
        if _RECORD_LABEL.search(before):
            return True
    if re.search(r"已经?(?:于|在)?$", around.before):
        return True
    if not marked and (around.after.startswith(("已", "至今")) or _OVER.match(around.after)):
        return True
    if (
        not marked
        and (around.after.startswith(",") or _ISSUED.match(around.after))
        and _is_bygone(phrase, ref)
    ):
        return True
    return "了" in around.sentence and bool(_TOLD.search(around.rest_of_sentence))


def _is_bygone(phrase: Point | Stretch, ref: date | None) -> bool:
    """True for a day or month named with its year that lay before the document: “2024年1月8日，…” opens a story."""
    point = phrase.last if isinstance(phrase, Stretch) else phrase
    if ref is None or point is None or point.month is None or point.scope is Scope.QUARTER:
        return False
    first = phrase.first if isinstance(phrase, Stretch) else None
    year = point.year or (first.year if first is not None and (first.month or 13) <= point.month else None)
    if year is None or year.base is not YearBase.CALENDAR:
        return False
    return (year.number, point.month, point.day or 31) <= (ref.year, ref.month, ref.day)


def is_year_of_title(around: Surroundings, phrase: Point | Stretch) -> bool:
    """True for 三年行动方案（2024—2026年）: the bracket belongs to the name of a paper."""
    last = phrase.last if isinstance(phrase, Stretch) else phrase
    if last is None or last.scope is not Scope.YEAR or last.is_marked:
        return False
    if around.tokens.kind(around.found.first - 1) is not Kind.OPEN:
        return False
    before = around.tokens.words(around.found.first - 5, around.found.first - 1)
    runs_on = around.tokens.kind(around.found.end) is Kind.CLOSE and around.after[1:2].isalpha()
    return bool(_TITLE.search(before)) or (runs_on and not before.endswith("阶段"))
