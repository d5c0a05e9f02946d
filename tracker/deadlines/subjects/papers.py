"""Names of papers and figures that a date belongs to: 一季度总结, 6月份报表, 第四季度环境质量数据."""

from __future__ import annotations

import re

_NOUNS = re.compile(
    r"(?:度|份|的)?(?:各项|重点|主要|全部|目标|年度|履职)*(?:工作|任务|重点|预算|决算|资金|项目|专项|民生实事|目标)?"
    r"(?:(?:推进|落实|执行|运行|完成|进展|整改|开展)情况|平均|合计|总结|情况|报告|工作|进展|数据|小结|评估|材料|计划|台账|统计|报表|工资|信息|方案|清单|要点|目标|指标|预算|决算|成绩|成果|考核结果|结果|任务分解|生产总值|GDP|活动方案)"
)
# “四季度总结” is an act where it ends its clause; “上半年总结报送” names the paper
_ACT = re.compile(r"(?:总结|评估)(?:验收|提升|评估|表彰)?(?:[，,。；;）)]|$)")
_UNASKED = (  # none of the acts that would make a duty of the paper
    "(?!完成|开展|报送|上报|形成|提交|进行|组织|制定|编制|公布|发布|建立|召开|印发|实现|启动|推进|通报|汇总|上传|录入|核查|核对|"
    "检查|清理|收集|审核|采集|更新|排查|摸底|统计|完善|整理|梳理|复核|反馈|调查|测算)"
)
_NAMED_PAPER = re.compile(
    rf"(?:{_UNASKED}[^，,。；;:：]){{0,10}}"
    r"(?:情况|报告|数据|报表|台账|指标|指数|排名|结果|结论|成绩|名单|人数|户数|余额|存量|总数)(?:[，,。；;）)]|$)"
)
_KEPT_BY_MONTH = re.compile(
    r"(?:的)?(?:工资|数据|报表|信息|情况|台账|案卷|案件|统计|绩效|工作(?:总结|情况|报告|任务|重点|计划))"
)
_YEAR_END_BUSINESS = re.compile(
    r"[^，,。进行开展]{0,8}总结(?:评估)?报告|(?:工作)?总结会|"
    r"(?:工作)?(?:考核|评议|述职|绩效|考评|评优|评先|结余|奖|总结表彰|评比|盘点|存量|余额|统计)"
)


def names_paper(words: str) -> bool:
    """True for “工作总结”, “推进情况”: what is named, unless the words are an act (“总结验收”)."""
    return bool(_NOUNS.match(words)) and not _ACT.match(words)


def is_only_paper(words: str) -> bool:
    """True for “环境质量数据。”: a clause that names a paper and asks nothing of it."""
    return bool(_NAMED_PAPER.match(words))


def is_kept_by_month(words: str) -> bool:
    """True for “份工资”, “报表”: what an office keeps for every month."""
    return bool(_KEPT_BY_MONTH.match(words))


def is_year_end_business(words: str) -> bool:
    """True for “考核”, “结余”: “年底考核” names the matter and not its day."""
    return bool(_YEAR_END_BUSINESS.match(words))
