"""What must be handed in, and every version of what was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from tracker.models import Deliverable, Evidence, EvidenceState, Milestone
from tracker.queries.task_page import HandedIn, TaskRows
from tracker.services.possibilities import Act, Possibilities
from web.previews import is_previewed

EVIDENCE_LABELS = {
    EvidenceState.SUBMITTED: "待审核",
    EvidenceState.ACCEPTED: "已通过",
    EvidenceState.REJECTED: "已退回",
    EvidenceState.SUPERSEDED: "旧版本",
}
EVIDENCE_TONES = {
    EvidenceState.SUBMITTED: "violet",
    EvidenceState.ACCEPTED: "green",
    EvidenceState.REJECTED: "red",
    EvidenceState.SUPERSEDED: "grey",
}


class FileView(NamedTuple):
    """The newest version of a piece of evidence, with the older ones."""

    row: Evidence
    label: str
    tone: str
    size: str
    can_preview: bool
    acts: Sequence[Act]
    older: Sequence[FileView] = ()
    occurrence: str | None = None

    @property
    def allowed(self) -> list[Act]:
        return [act for act in self.acts if act.is_allowed]

    @property
    def refused(self) -> list[Act]:
        return [act for act in self.acts if not act.is_allowed]


class DeliverableView(NamedTuple):
    row: Deliverable
    files: Sequence[FileView]
    hand_in: Act

    @property
    def tone(self) -> str:
        states = {each.row.state for each in self.files}
        if EvidenceState.ACCEPTED in states:
            return "green"
        if EvidenceState.SUBMITTED in states:
            return "violet"
        return "red" if EvidenceState.REJECTED in states else "grey"

    @property
    def state(self) -> str:
        words = {
            "green": "已有通过的材料",
            "violet": "待审核",
            "red": "已退回，请重新提交",
            "grey": "尚未提交",
        }
        returned = sum(each.row.state is EvidenceState.REJECTED for each in self.files)
        beside = f"，另有 {returned} 件退回" if returned and self.tone in ("green", "violet") else ""
        return words[self.tone] + beside


def deliverable_views(rows: TaskRows, acts: Possibilities) -> list[DeliverableView]:
    occurrences = {each.id: each.occurs_on or each.due_on for each in rows.milestones}
    return [_deliverable(each, rows, acts, occurrences) for each in rows.deliverables]


def _deliverable(
    deliverable: Deliverable,
    rows: TaskRows,
    acts: Possibilities,
    occurrences: Mapping[int | None, date | None],
) -> DeliverableView:
    versions: dict[tuple[int | None, str], list[HandedIn]] = {}
    for each in rows.evidence_of(deliverable):
        versions.setdefault((each.evidence.milestone_id, each.evidence.name), []).append(each)
    files = [_file(newest, acts, older, occurrences) for newest, *older in versions.values()]
    assert deliverable.id is not None
    return DeliverableView(deliverable, files, acts.hand_in[deliverable.id])


def _file(
    each: HandedIn,
    acts: Possibilities,
    older: Sequence[HandedIn],
    occurrences: Mapping[int | None, date | None],
) -> FileView:
    row = each.evidence
    day = occurrences.get(row.milestone_id) if row.milestone_id else None
    return FileView(
        row=row,
        label=EVIDENCE_LABELS[row.state],
        tone=EVIDENCE_TONES[row.state],
        size=size_words(each.size),
        can_preview=is_previewed(each.media_type),
        acts=acts.reviews.get(row.id or 0, ()),
        older=[_file(version, acts, (), occurrences) for version in older],
        occurrence=f"{day.month}月{day.day}日一期" if day else None,
    )


def occurrence_choices(milestones: Sequence[Milestone]) -> list[tuple[int, str]]:
    """The occurrences of series that material may belong to, for a select field."""
    return [
        (each.id or 0, f"{each.text[:30]}（{(each.occurs_on or each.due_on):%m月%d日}）")
        for each in milestones
        if each.occurs_on or each.due_on
    ]


def size_words(size: int | None) -> str:
    """12 KB, 3.4 MB; nothing for a link."""
    if size is None:
        return ""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"
