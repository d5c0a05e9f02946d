"""The findings that a coordinator must see before a table becomes tasks.

Errors must be settled before a task is issued; warnings may be waved through. Nothing is repaired here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from tracker.deadlines import Deadline, DeadlineKind, OffsetUnit
from tracker.importers.columns import ROLES, Field
from tracker.importers.draft import Diagnostic, DraftRow, ScoreKind, Severity
from tracker.importers.fields import RowFields
from tracker.importers.grids import Header
from tracker.importers.lists import chinese_number
from tracker.importers.milestones import is_dated
from tracker.importers.rows import WorkRow
from tracker.importers.scores import highest_tier, points_printed

ROLE_NAMES = {Field.EXPEDITER: "盯办人", Field.OWNER: "责任人", Field.LEADER: "分管领导"}
UNREADABLE = re.compile(r"\ufffd|[□■]{2,}|#(?:REF|N/A|VALUE|NAME|DIV/0)[!?]?|锟斤拷")
PERIOD = re.compile(
    r"(?P<event>[^，,。；;()（）\n]{2,24}?)(?:之日)?(?:起|后)[,，]?\s*"
    r"(?P<period>(?P<count>\d{1,3}|[一二三四五六七八九十]{1,3})\s*个?(?P<unit>工作日|日|天|月)(?:之)?内)"
)
PERIOD_UNITS = {
    "工作日": OffsetUnit.WORKDAY,
    "日": OffsetUnit.DAY,
    "天": OffsetUnit.DAY,
    "月": OffsetUnit.MONTH,
}
SHORTEST_REPEAT = 15
NUMBERING = {
    "numbering-gap": "编号不连续，中间可能缺项",
    "numbering-restart": "编号中途重新开始，可能混入了另一份清单",
    "numbering-repeat": "编号重复",
}


class RowChecker:
    """Findings on one row; `today` is the office day that past dates are measured against, None for no such check."""

    def __init__(self, header: Header, today: date | None) -> None:
        self.header, self.today = header, today

    def check(self, row: WorkRow, fields: RowFields, draft: DraftRow) -> list[Diagnostic]:
        row.findings.sort(key=lambda finding: finding.severity is Severity.INFO)
        self.row, self.fields, self.draft = row, fields, draft
        self._people()
        self._units()
        self._requirement()
        self._deliverables()
        self._deadlines()
        self._contradictions()
        self._points()
        self._cells()
        return list(row.findings)

    def _note(self, code: str, severity: Severity, message: str, wanted: Field | None = None) -> None:
        self.row.note(code, severity, f"第{self.draft.label}行：{message}", self._heading(wanted))

    def _heading(self, wanted: Field | None) -> str | None:
        columns = self.header.columns_of(wanted) if wanted is not None else []
        return "".join(self.header.headings[columns[0]].text.split()) if columns else None

    def _has(self, wanted: Field) -> bool:
        return bool(self.header.columns_of(wanted))

    def _people(self) -> None:
        for role in ROLES:
            people = self.draft.people.get(str(role), ())
            name = ROLE_NAMES[role]
            if not people and self._has(role):
                severity = Severity.ERROR if role is Field.OWNER else Severity.WARNING
                self._note("missing-person", severity, f"没有填写{name}，请补填一名人员。", role)
            if len([person for person in people if not person.is_unit]) > 1:
                listed = "、".join(person.name for person in people)
                self._note(
                    "several-persons",
                    Severity.WARNING,
                    f"{name}有多人（{listed}），请确定一人负责，其余列为协办。",
                    role,
                )
            for person in people:
                if person.is_unit:
                    self._note(
                        "role-is-unit",
                        Severity.ERROR,
                        f"{name}填的是“{person.name}”，是单位或职务而不是人，请填写姓名。",
                        role,
                    )
        expediters = {person.name for person in self.draft.people.get(str(Field.EXPEDITER), ())}
        owners = {person.name for person in self.draft.people.get(str(Field.OWNER), ())}
        for both in sorted(expediters & owners):
            self._note(
                "same-person",
                Severity.WARNING,
                f"盯办人和责任人同为“{both}”，审核改由协调员担任；如不妥请另定盯办人。",
                Field.EXPEDITER,
            )

    def _units(self) -> None:
        draft, fields = self.draft, self.fields
        if len(fields.lead_units) > 1:
            listed = "、".join(fields.lead_units)
            self._note(
                "several-lead-units",
                Severity.WARNING,
                f"牵头部门有多个（{listed}），按第一个牵头、其余配合处理，请确认。",
                Field.LEAD_UNIT,
            )
        if self._has(Field.LEAD_UNIT) and not draft.lead_unit:
            self._note("missing-unit", Severity.WARNING, "没有填写牵头部门，请补填。", Field.LEAD_UNIT)
        if self._has(Field.UNITS) and not draft.units and Field.UNITS not in fields.marked_none:
            self._note(
                "missing-unit",
                Severity.WARNING,
                "责任部门是空的。如与上一行合并，请在原表补上；如没有，请填“—”。",
                Field.UNITS,
            )
        if fields.open_ended:
            self._note(
                "open-ended-units", Severity.INFO, "责任部门以“等”结尾，范围没有列全，请补全。", Field.UNITS
            )

    def _requirement(self) -> None:
        if not self.draft.requirement:
            self._note("missing-requirement", Severity.ERROR, "没有任务内容，请补填要完成的事项。")

    def _deliverables(self) -> None:
        if not self._has(Field.DELIVERABLES):
            return
        marked = Field.DELIVERABLES in self.fields.marked_none
        if not self.draft.deliverables and "deliverables" not in self.draft.shared and not marked:
            self._note(
                "missing-deliverables",
                Severity.WARNING,
                "没有成果清单。是否与相邻的行共用一份？如共用请合并单元格或注明，如没有请填“—”。",
                Field.DELIVERABLES,
            )

    def _deadlines(self) -> None:
        draft = self.draft
        if self._has(Field.MILESTONES) and not draft.milestones and "milestones" not in draft.shared:
            self._note(
                "missing-deadline",
                Severity.WARNING,
                "没有时间节点，请补填完成时限（如“9月30日前”），或注明“常态化”。",
                Field.MILESTONES,
            )
        if draft.milestones and not any(milestone.deadlines for milestone in draft.milestones):
            self._note(
                "missing-deadline",
                Severity.WARNING,
                "各项节点都没有时限，请补填日期（如“9月30日前”），或注明“常态化”。",
                Field.MILESTONES,
            )
        for milestone in draft.milestones:
            for deadline in milestone.deadlines:
                self._check_deadline(milestone.n, deadline)

    def _check_deadline(self, n: int, deadline: Deadline) -> None:
        if deadline.kind is DeadlineKind.VAGUE:
            self._note(
                "vague-deadline",
                Severity.WARNING,
                f"第{n}项节点的“{deadline.span}”没有具体日期，请给出一个日期。",
                Field.MILESTONES,
            )
        elif deadline.kind in (DeadlineKind.DATE, DeadlineKind.WINDOW) and deadline.due is None:
            self._note(
                "deadline-without-year",
                Severity.ERROR,
                f"第{n}项节点的“{deadline.span}”不知是哪一年，请用“--year”指明年份。",
                Field.MILESTONES,
            )
        elif self.today is not None and deadline.due is not None and deadline.due < self.today:
            self._note(
                "past-date",
                Severity.WARNING,
                f"第{n}项节点的“{deadline.span}”（{deadline.due.isoformat()}）已经过去，请核对年份或确认已完成。",
                Field.MILESTONES,
            )

    def _contradictions(self) -> None:
        """The same duty with two periods: 7日内 in one cell and 15个工作日内 in another."""
        stated = [
            match
            for text in dict.fromkeys((self.draft.requirement, self.draft.basis))
            for match in PERIOD.finditer(text)
        ]
        for milestone in self.draft.milestones:
            for deadline in milestone.deadlines:
                other = next((match for match in stated if _contradicts(deadline, match)), None)
                if other is not None:
                    self._note(
                        "deadline-contradicts",
                        Severity.WARNING,
                        f"节点写“{deadline.span}”，任务内容写“{other.group('period')}”，同一事项两个时限，请确定一个。",
                        Field.MILESTONES,
                    )

    def _points(self) -> None:
        score = self.draft.score
        tier = highest_tier(score)
        if score.kind is ScoreKind.POINTS and score.max is not None and tier is not None and tier > score.max:
            self._note(
                "points-contradict",
                Severity.WARNING,
                f"标题写{score.max:g}分，文中却可得{tier:g}分，请核对分值。",
                Field.SCORE,
            )

    def _cells(self) -> None:
        for column, slots in self.row.cells.items():
            for slot in slots:
                if slot.is_holder and (found := UNREADABLE.search(slot.text)):
                    heading = self.header.headings.get(column)
                    self.row.note(
                        "unreadable-cell",
                        Severity.ERROR,
                        f"第{self.draft.label}行：有无法辨认的文字“{found.group()}”，请对照原件改正。",
                        heading.text if heading else None,
                    )
        for heading_text, problem in self.fields.problems:
            message = NUMBERING.get(problem)
            if message:
                self.row.note(
                    problem,
                    Severity.WARNING,
                    f"第{self.draft.label}行：“{heading_text}”的{message}，请核对。",
                    heading_text,
                )
            else:
                self.row.note(
                    "list-continues",
                    Severity.WARNING,
                    f"第{self.draft.label}行：“{heading_text}”的编号不从1开始，像是接着上一行的清单，请确认是否共用。",
                    heading_text,
                )


def check_table(
    rows: Sequence[DraftRow], header: Header
) -> tuple[list[Diagnostic], dict[str, list[Diagnostic]]]:
    """Findings on the table as a whole, and those on single rows that only their neighbours show (by row_key)."""
    by_row: dict[str, list[Diagnostic]] = {}
    for above, row in pairwise(rows):
        if (finding := _repeats(above, row)) is not None:
            by_row.setdefault(row.row_key, []).append(finding)
    for group, members in _by_group(rows).items():
        if (finding := _group_contradicts(group, members)) is not None:
            by_row.setdefault(members[0].row_key, []).append(finding)
    return [*_missing_columns(header), *_unknown_columns(header), *_gaps(rows)], by_row


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
        f"第{row.label}行的任务内容与第{above.label}行重复，像是合并单元格逐行照抄；分值不要重复计算，请核对。",
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


def _missing_columns(header: Header) -> list[Diagnostic]:
    has = header.fields()
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
        if heading.field is None and name:
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


def _contradicts(deadline: Deadline, stated: re.Match[str]) -> bool:
    if deadline.offset is None:
        return False
    unit = PERIOD_UNITS[stated.group("unit")]
    digits = stated.group("count")
    count = int(digits) if digits.isdecimal() else chinese_number(digits)
    if (count, unit) == (deadline.offset.count, deadline.offset.unit):
        return False
    event = deadline.offset.event
    pairs = {event[place : place + 2] for place in range(len(event) - 1)}
    return sum(pair in stated.group("event") for pair in pairs) >= 2


def has_undated(rows: Sequence[DraftRow]) -> bool:
    """Whether a date without a year waits for the coordinator's answer."""
    return any(
        is_dated(deadline)
        and deadline.kind in (DeadlineKind.DATE, DeadlineKind.WINDOW)
        and deadline.due is None
        for row in rows
        for milestone in row.milestones
        for deadline in milestone.deadlines
    )
