"""What the importer understood of a cell, in a few words beside it."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.deadlines import Deadline, DeadlineKind
from tracker.importers.draft import DraftRow, Score, ScoreKind

UNIT_WORDS = {"workday": "个工作日", "day": "天", "month": "个月", "year": "年"}
SCORE_WORDS = {
    ScoreKind.POINTS: "计分",
    ScoreKind.DEDUCT: "扣分",
    ScoreKind.BONUS: "加分",
    ScoreKind.VETO: "否决项",
}


def readings_of(row: DraftRow, field: str | None) -> list[str]:
    """A few words for a field that is more than its text; empty for plain ones."""
    match field:
        case "milestones":
            return [
                words
                for each in row.milestones
                for deadline in each.deadlines
                if (words := in_words(deadline))
            ]
        case "deliverables":
            return [f"{len(row.deliverables)}项成果"] if row.deliverables else []
        case "owner" | "expediter" | "leader":
            return list(_people(row, field))
        case "requirement":
            return [words] if (words := score_words(row.score)) else []
        case _:
            return []


def in_words(deadline: Deadline) -> str:
    """5月底前 → 2024-05-31; a rule, an event or the lack of a day in words."""
    if deadline.kind is DeadlineKind.STANDING:
        return f"{deadline.span} → 常态化"
    if deadline.kind is DeadlineKind.VAGUE:
        return f"{deadline.span} → 没有日期"
    if deadline.kind is DeadlineKind.RECURRING:
        return f"{deadline.span} → 按期重复"
    if deadline.offset is not None:
        side = "前" if deadline.offset.count < 0 else "后"
        count = f"{abs(deadline.offset.count)}{UNIT_WORDS[str(deadline.offset.unit)]}"
        return f"{deadline.span} → {deadline.offset.event or '起算事件'}{side}{count}"
    if deadline.due is None:
        return f"{deadline.span} → 不知哪一年"
    start = f"{deadline.start}至" if deadline.start else ""
    return f"{deadline.span} → {start}{deadline.due}{'（暂定）' if deadline.provisional else ''}"


def score_words(score: Score) -> str:
    """计分，最高3分; empty where nothing is scored."""
    if score.kind is ScoreKind.NONE:
        return ""
    return SCORE_WORDS[score.kind] + (f"，最高{score.max:g}分" if score.max is not None else "")


def _people(row: DraftRow, role: str) -> Iterator[str]:
    for person in row.people.get(role, ()):
        remark = f"（{person.remark}）" if person.remark else ""
        yield f"{person.name}{remark}" + ("：是单位或职务" if person.is_unit else "")
