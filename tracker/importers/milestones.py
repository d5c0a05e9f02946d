"""Milestones: one step of a task, its deadlines, and whether it is standing or the closing of the file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from tracker.deadlines import Deadline, DeadlineKind
from tracker.importers.draft import DraftMilestone
from tracker.importers.titles import shortened

ARCHIVING = re.compile(r"档案归档|完成归档|归档并上报|立卷归档|整理归档|归档移交|材料归档|资料归档")
# a tick under a month (√, ★) says that something is due and not what
WORDLESS = re.compile(r"[\s、,，;；。.：:（）()完成前办结整改落实到位按期限时√✓✔★☆●○◎■□▲△◆◇]*$")
COMMAS = re.compile(r"[,，]")
SENTENCES = re.compile(r"[\n；;。]+")
CLAUSE_ENDS = re.compile(r"[\s,，;；。]+$")
BETWEEN_DAYS = re.compile(r"[\s前和与及以并、,，;；/]*")  # 6月底和9月底前: one duty, on two days


def make_milestone(
    n: int, text: str, prefix: str, task: str, parse: Callable[[str], Sequence[Deadline]]
) -> DraftMilestone:
    """A milestone from one item of a list. `prefix` is the period a column stands for (一季度), `task` names what is
    due where the item holds nothing but a date.
    """
    whole = f"{prefix}：{text}" if prefix else text
    deadlines = tuple(parse(whole))
    if deadlines and _only_spans(whole, deadlines) and task:
        whole = f"{whole}，{shortened(task)}"
    return DraftMilestone(n, whole, is_standing(deadlines), ARCHIVING.search(text) is not None, deadlines)


def milestones_in_text(text: str, parse: Callable[[str], Sequence[Deadline]]) -> tuple[DraftMilestone, ...]:
    """For tables without a column of deadlines: every sentence of the requirement that names a day, a period or a rule."""
    found: list[DraftMilestone] = []
    for sentence in SENTENCES.split(text):
        deadlines = tuple(deadline for deadline in parse(sentence) if is_dated(deadline))
        if deadlines:
            bare = sentence.strip()
            found.append(
                DraftMilestone(len(found) + 1, bare, False, ARCHIVING.search(bare) is not None, deadlines)
            )
    return tuple(found)


def steps_of(text: str, parse: Callable[[str], Sequence[Deadline]]) -> list[str]:
    """The steps of a sentence that gives each its own day before it (6月底前完成摸底，9月底前完成整治); the sentence itself
    where it is one step, or where the parts would be understood otherwise than the whole (a year that is inherited).
    """
    parts = [part.strip() for part in COMMAS.split(text)]
    found = [tuple(parse(part)) for part in parts]
    is_step = all(
        len(deadlines) == 1
        and is_dated(deadlines[0])
        and part.startswith(deadlines[0].span)
        and not _only_spans(part, deadlines)
        for part, deadlines in zip(parts, found, strict=True)
    )
    apart = [(deadline.due, deadline.start) for deadlines in found for deadline in deadlines]
    whole = [(deadline.due, deadline.start) for deadline in parse(text)]
    return parts if len(parts) > 1 and is_step and apart == whole else [text]


def text_of_part(milestone: DraftMilestone, part: int) -> str:
    """What a step is called for one of its deadlines, counted from 0: its own words, and where it has several deadlines
    which one this is. One duty on several days (6月底和9月底前报送) is done 第1次, 第2次; a sentence that goes on with
    another day (6月底前出台方案，9月底前完成整改) gives each day the clause that begins with it. What else has words between
    its deadlines is told apart by their phrase, where it does not begin with that already.
    """
    deadlines, text = milestone.deadlines, milestone.text
    if len(deadlines) < 2:
        return text
    span = deadlines[part].span
    if _is_one_duty(milestone):
        return f"第{part + 1}次（{span}）：{text}"
    if clauses := _clauses(milestone):
        return clauses[part]
    return text if text.startswith(span) else f"{span}：{text}"


def without_turn(text: str, span: str | None) -> str:
    """The words of a step without what tells one of its deadlines from the others."""
    return (
        re.sub(rf"^(?:第\d+次（{re.escape(span)}）|{re.escape(span)})：", "", text, count=1) if span else text
    )


def _is_one_duty(milestone: DraftMilestone) -> bool:
    """Whether nothing but a joining word stands between days that follow each other."""
    days = [deadline.due for deadline in milestone.deadlines if deadline.due is not None]
    if len(days) < len(milestone.deadlines) or days != sorted(set(days)):
        return False
    at = 0
    for number, deadline in enumerate(milestone.deadlines):
        found = milestone.text.find(deadline.span, at)
        if found < 0 or (number and not BETWEEN_DAYS.fullmatch(milestone.text[at:found])):
            return False
        at = found + len(deadline.span)
    return True


def _clauses(milestone: DraftMilestone) -> list[str]:
    """The clauses of a step, each beginning with one of its deadlines in turn and saying something more; empty where it
    is not made of such clauses alone.
    """
    text, starts, after = milestone.text, list[int](), 0
    for deadline in milestone.deadlines:
        at = text.find(deadline.span, after)
        if at < 0 or (not CLAUSE_ENDS.search(text[:at]) if starts else at > 0):
            return []
        starts.append(at)
        after = at + len(deadline.span)
    ends = [*starts[1:], len(text)]
    clauses = [CLAUSE_ENDS.sub("", text[at:end]) for at, end in zip(starts, ends, strict=True)]
    says_nothing = any(map(_only_spans, clauses, [(each,) for each in milestone.deadlines]))
    return [] if says_nothing or len(set(clauses)) < len(clauses) else clauses


def is_standing(deadlines: Sequence[Deadline]) -> bool:
    """A standing duty has no date of its own beside the word."""
    return any(deadline.kind is DeadlineKind.STANDING for deadline in deadlines) and not any(
        is_dated(deadline) for deadline in deadlines
    )


def is_dated(deadline: Deadline) -> bool:
    """Whether the deadline can ever fall on a day; vague and standing ones cannot."""
    return deadline.kind not in (DeadlineKind.STANDING, DeadlineKind.VAGUE)


def _only_spans(text: str, deadlines: Sequence[Deadline]) -> bool:
    rest = text
    for deadline in deadlines:
        rest = rest.replace(deadline.span, "", 1)
    return WORDLESS.match(rest) is not None
