"""Findings that only a whole table shows: repeated text, points that do not add up, two periods for one duty, gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.deadlines import Deadline, OffsetUnit
from tracker.importers.columns import Field
from tracker.importers.draft import Diagnostic, DraftRow, ScoreKind, Severity
from tracker.importers.headers import Header
from tracker.importers.lists import chinese_number
from tracker.importers.scores import points_printed

SHORTEST_REPEAT = 15
PERIOD = re.compile(
    r"(?P<event>[^，,。；;()（）\n]{2,24}?)(?:之日)?(?:起|后)[,，]?\s*"
    r"(?P<period>(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})\s*个?(?P<unit>工作日|日|天|月)(?:之)?内)"
    r"(?P<duty>[^。；;\n]{0,30})"
)
PERIOD_UNITS = {
    "工作日": OffsetUnit.WORKDAY,
    "日": OffsetUnit.DAY,
    "天": OffsetUnit.DAY,
    "月": OffsetUnit.MONTH,
}
COMMON_PAIRS = 2


@dataclass(frozen=True)
class _Stated:
    """A period that the text of a row states for something to be done after an event."""

    row: DraftRow
    event: str
    duty: str
    period: str
    count: int
    unit: OffsetUnit


def check_table(
    rows: Sequence[DraftRow], header: Header
) -> tuple[list[Diagnostic], dict[str, list[Diagnostic]]]:
    """Findings on the table as a whole, and those on single rows that only their neighbours show (by row_key)."""
    by_row: dict[str, list[Diagnostic]] = {}
    for above, row in pairwise(rows):
        if (finding := _repeats(above, row)) is not None:
            by_row.setdefault(row.row_key, []).append(finding)
    for row, finding in _contradictions(rows):
        by_row.setdefault(row.row_key, []).append(finding)
    for group, members in _by_group(rows).items():
        if (finding := _group_contradicts(group, members)) is not None:
            by_row.setdefault(members[0].row_key, []).append(finding)
    return [*_missing_columns(header, rows), *_unknown_columns(header), *_gaps(rows)], by_row


def _repeats(above: DraftRow, row: DraftRow) -> Diagnostic | None:
    one, other = _squeezed(above.requirement), _squeezed(row.requirement)
    if len(one) < SHORTEST_REPEAT or len(other) < SHORTEST_REPEAT:
        return None
    shorter = min(len(one), len(other))
    alike = sum(left == right for left, right in zip(one, other, strict=False))
    if "requirement" not in row.shared and alike < shorter * 0.9:
        return None
    return Diagnostic(
        "repeated-text",
        Severity.WARNING,
        f"任务内容与第{above.label}项重复，像是合并单元格逐行照抄；分值不要重复计算，请核对。",
        "requirement",
        None,
        row.where,
    )


def _squeezed(text: str) -> str:
    return re.sub(r"[\s,，;；。.、()（）]", "", text)


def _by_group(rows: Sequence[DraftRow]) -> dict[str, list[DraftRow]]:
    groups: dict[str, list[DraftRow]] = {}
    for row in rows:
        if row.group:
            groups.setdefault(row.group, []).append(row)
    return groups


def _group_contradicts(group: str, members: Sequence[DraftRow]) -> Diagnostic | None:
    printed = points_printed(group)
    own = [row.score.max for row in members if row.score.kind is ScoreKind.POINTS]
    if printed is None or not own or None in own:
        return None
    total = round(sum(points for points in own if points is not None), 4)
    if total == printed:
        return None
    return Diagnostic(
        "points-contradict",
        Severity.WARNING,
        f"“{group}”写{printed:g}分，组内各行合计{total:g}分，请核对分值。",
        "group",
        None,
        members[0].where,
    )


def _missing_columns(header: Header, rows: Sequence[DraftRow]) -> list[Diagnostic]:
    has = header.fields()
    if any(row.people.get(str(Field.OWNER)) for row in rows):
        has.add(Field.OWNER)  # named in a column of units and persons together
    wanted = [
        (Field.OWNER, "责任人"),
        (Field.LEADER, "分管领导"),
        (Field.EXPEDITER, "盯办人"),
        (Field.MILESTONES, "时间节点（完成时限）"),
        (Field.DELIVERABLES, "成果（归档材料）"),
    ]
    if not has & {Field.LEAD_UNIT, Field.UNITS}:
        wanted.append((Field.UNITS, "责任部门"))
    return [
        Diagnostic(
            "missing-column", Severity.WARNING, f"表里没有“{name}”一列，下达任务前需要逐项补上。", name
        )
        for field, name in wanted
        if field not in has
    ]


def _unknown_columns(header: Header) -> list[Diagnostic]:
    found = []
    for _, heading in sorted(header.headings.items()):
        name = "".join(heading.text.split())
        if heading.is_assumed:
            found.append(
                Diagnostic(
                    "assumed-column",
                    Severity.WARNING,
                    f"没有认出任务列，“{name}”一列文字最多，按任务内容读入。如不对，请把表头改为“任务内容”等叫法。",
                    name,
                    repair=f"“{name}”作为任务内容",
                )
            )
        elif heading.field is None and name:
            found.append(
                Diagnostic(
                    "unknown-column",
                    Severity.INFO,
                    f"不认识“{name}”一列，内容原样保留在各行的备注里；如有对应栏目，请写入列名设置。",
                    name,
                )
            )
    return found


def _gaps(rows: Sequence[DraftRow]) -> list[Diagnostic]:
    numbers = [int(row.seq) for row in rows if row.seq.isdecimal() and row.sub == 1]
    missing = [
        str(number)
        for one, other in pairwise(numbers)
        if 0 < other - one <= 20
        for number in range(one + 1, other)
    ]
    if not missing:
        return []
    listed = "、".join(missing)
    return [Diagnostic("seq-gap", Severity.WARNING, f"序号不连续，缺{listed}，请核对原表是否漏行。", "seq")]


def _contradictions(rows: Sequence[DraftRow]) -> Iterator[tuple[DraftRow, Diagnostic]]:
    """The same duty with two periods: 7日内 in a milestone and 15个工作日内 in the text of this row or another."""
    stated = [
        period for row in rows for text in {row.requirement, row.basis} for period in _periods(row, text)
    ]
    for row in rows:
        for milestone in row.milestones:
            for deadline in milestone.deadlines:
                duty = milestone.text.partition(deadline.span)[2]
                other = next((period for period in stated if _contradicts(deadline, duty, period)), None)
                if other is not None:
                    message = (
                        f"第{milestone.n}项节点写“{deadline.span}”，"
                        f"{_of_row(other.row, row)}文字写“{other.period}”，像是同一事项两个时限，请确定一个。"
                    )
                    yield (
                        row,
                        Diagnostic(
                            "deadline-contradicts", Severity.WARNING, message, "milestones", None, row.where
                        ),
                    )


def _of_row(row: DraftRow, own: DraftRow) -> str:
    return "本行的" if row is own else f"第{row.label}项的"


def _periods(row: DraftRow, text: str) -> Iterator[_Stated]:
    for match in PERIOD.finditer(text):
        digits = match.group("count")
        count = int(digits) if digits.isdecimal() else chinese_number(digits)
        unit = PERIOD_UNITS[match.group("unit")]
        yield _Stated(row, match.group("event"), match.group("duty"), match.group("period"), count, unit)


def _contradicts(deadline: Deadline, duty: str, stated: _Stated) -> bool:
    offset = deadline.offset
    if offset is None or (offset.count, offset.unit) == (stated.count, stated.unit):
        return False
    return _share_words(offset.event, stated.event) and _share_words(duty, stated.duty)


def _share_words(one: str, other: str) -> bool:
    pairs = {one[place : place + 2] for place in range(len(one) - 1)}
    return sum(pair in other for pair in pairs) >= COMMON_PAIRS
