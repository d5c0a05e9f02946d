"""The findings that a coordinator must see before a table becomes tasks.

Errors must be settled before a task is issued; warnings may be waved through. Nothing is repaired here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from tracker.deadlines import Deadline, DeadlineKind
from tracker.importers.columns import ROLES, Field
from tracker.importers.draft import Diagnostic, DraftRow, ScoreKind, Severity
from tracker.importers.headers import Header
from tracker.importers.milestones import is_dated
from tracker.importers.row_fields import RowFields
from tracker.importers.rows import WorkRow
from tracker.importers.scores import highest_tier
from tracker.importers.unit_checks import UnitWords, check_units

ROLE_NAMES = {Field.EXPEDITER: "盯办人", Field.OWNER: "责任人", Field.LEADER: "分管领导"}
UNREADABLE = re.compile(r"\ufffd|[□■]{2,}|#(?:REF|N/A|VALUE|NAME|DIV/0)[!?]?|锟斤拷")
OPEN_BRACKET_AT_END = re.compile(r"[（(][^（）()]{0,30}[^（）()。；;！!]$")
NUMBERING = {
    "numbering-gap": "编号不连续，中间可能缺项",
    "numbering-restart": "编号中途重新开始，可能混入了另一份清单",
    "numbering-repeat": "编号重复",
}


class RowChecker:
    """Findings on one row; `today` is the office day that past dates are measured against, None for no such check."""

    def __init__(self, header: Header, today: date | None, words: UnitWords) -> None:
        self.header, self.today, self.words = header, today, words

    def check(self, row: WorkRow, fields: RowFields, draft: DraftRow) -> list[Diagnostic]:
        row.findings.sort(key=lambda finding: finding.severity is Severity.INFO)
        self.row, self.fields, self.draft = row, fields, draft
        self._people()
        self._units()
        self._requirement()
        self._deliverables()
        self._deadlines()
        self._truncated()
        self._points()
        self._cells()
        return list(row.findings)

    def _note(self, code: str, severity: Severity, message: str, wanted: Field | None = None) -> None:
        self.row.note(code, severity, message, self._heading(wanted))

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
        for finding, wanted in check_units(draft, self.words, has_lead_column=self._has(Field.LEAD_UNIT)):
            self._note(finding.code, finding.severity, finding.message, wanted)
        if fields.open_ended:
            self._note(
                "open-ended-units", Severity.INFO, "责任部门以“等”结尾，范围没有列全，请补全。", Field.UNITS
            )

    def _requirement(self) -> None:
        if not self.draft.requirement:
            wanted = Field.REQUIREMENT
            self._note("missing-requirement", Severity.ERROR, "没有任务内容，请补填要完成的事项。", wanted)

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
                f"第{n}项节点的“{deadline.span}”不知是哪一年，请指明年份。",
                Field.MILESTONES,
            )
        elif self.today is not None and deadline.due is not None and deadline.due < self.today:
            self._note(
                "past-date",
                Severity.WARNING,
                f"第{n}项节点的“{deadline.span}”（{deadline.due.isoformat()}）已经过去，请核对年份；已经完成的，下达之前补录，标为已核对不算完成。",
                Field.MILESTONES,
            )

    def _truncated(self) -> None:
        for text, name in ((self.draft.requirement, "任务内容"), (self.draft.basis, "原文")):
            if text and OPEN_BRACKET_AT_END.search(text):
                self._note(
                    "truncated-text",
                    Severity.WARNING,
                    f"{name}停在“{text[-8:]}”，括号没有合上，像是没有写完，请对照原件补全。",
                    Field.REQUIREMENT,
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
                        f"有无法辨认的文字“{found.group()}”，请对照原件改正。",
                        heading.text if heading else None,
                    )
        for heading_text, problem in self.fields.problems:
            message = NUMBERING.get(problem)
            if message:
                self.row.note(
                    problem,
                    Severity.WARNING,
                    f"“{heading_text}”的{message}，请核对。",
                    heading_text,
                )
            else:
                self.row.note(
                    "list-continues",
                    Severity.WARNING,
                    f"“{heading_text}”的编号不从1开始，像是接着上一行的清单，请确认是否共用。",
                    heading_text,
                )


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
