"""The tables in docs/deadlines.md: phrases, and what the grammar of deadlines makes of them.

`make golden` renews them; a test compares them.
"""

from __future__ import annotations

from datetime import date

from runtime.cli.deadlines import KIND_LABELS, UNIT_LABELS
from tracker.deadlines import Deadline, occurrences, parse

DOCUMENT_DATE = date(2024, 3, 1)
SHOWN_UNTIL = date(2026, 3, 1)
NOTHING = "| — | — |"

PHRASES: dict[str, tuple[str, ...]] = {
    "dates": (
        "5月底前",
        "到5月底",
        "10月前",
        "6月上旬",
        "6月中旬",
        "2月下旬",
        "9月30日前",
        "１０月１５日前",
        "10 月 15 日前",
        "十月十五日前",
        "年底前",
        "上半年",
        "一季度末",
        "三季度前",
        "8.30前",
        "2024-08-30",
        "2024.8.30",
        "2025年1月10日前",
        "次年1月底前",
    ),
    "festivals": ("春节前", "清明节前", "五一前", "中秋节前", "国庆节前"),
    "windows": (
        "8-9月",
        "3—12月",
        "10月-次年3月",
        "7月1日至9月30日",
        "4月28日至6月30日",
        "3月：动员部署",
        "5月完成",
    ),
    "several": (
        "6月底和9月底前",
        "7月20日、12月20日前",
        "2021年6月底前制定方案，12月底前完成",
        "每年1月15日和7月15日前",
    ),
    "recurring": (
        "每周五",
        "每月30日前",
        "每月底",
        "每双月20日前",
        "每季度首月5日前",
        "每季度最后一个月25日前",
        "每季度末月25日前（第四季度为12月15日前）",
        "3月至11月，每月25日前",
        "每年11月至次年3月，每周五",
        "每半年",
        "每年1月5日前",
        "次月5日前",
    ),
    "relative": (
        "检查结束之日起20个工作日内",
        "下达处罚决定后7日内",
        "反馈后1个月内",
        "收到之日起七日内",
        "会议召开前3日",
    ),
    "standing": ("常态化", "逐月", "长期坚持", "每轮次"),
    "vague": ("近期", "尽快", "适时", "按要求"),
    "none": (
        "以2024年11月30日在册人员数为基准",
        "2023年12月至2024年11月期间，每个月统计达标天数",
        "2023年以来查办的案件",
        "统计期间为1月1日至11月30日",
    ),
}


def render_phrases(group: str) -> str:
    """One table: phrase, kind, meaning. A phrase with several deadlines takes several rows."""
    lines = ["| 写法 | 种类 | 读作 |", "| --- | --- | --- |"]
    for phrase in PHRASES[group]:
        found = parse(phrase, ref=DOCUMENT_DATE)
        lines += [f"| {phrase} | {KIND_LABELS[each.kind]} | {_meaning(each)} |" for each in found]
        lines += [] if found else [f"| {phrase} {NOTHING}"]
    return "\n".join(lines) + "\n"


def _meaning(deadline: Deadline) -> str:
    if deadline.recurrence:
        days = occurrences(deadline.recurrence, DOCUMENT_DATE, SHOWN_UNTIL)[:2]
        return f"`{deadline.recurrence}`：{'、'.join(map(str, days))}……"
    if deadline.offset:
        unit = UNIT_LABELS[deadline.offset.unit.value]
        side = "前" if deadline.offset.count < 0 else "后"
        return f"“{deadline.offset.event}”{side}{abs(deadline.offset.count)}{unit}"
    if deadline.start:
        return f"{deadline.start} 至 {deadline.due}"
    return str(deadline.due) if deadline.due else "没有日期"
