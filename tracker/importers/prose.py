"""Numbered prose with duties in it: “1.任务…。责任单位：…。完成时限：…。” and plans whose points name who does what.

A point becomes a row where it names a unit or a person in charge, or a day by which it is due. Chapters give the
group, stages with dates in their headings hand their deadline down. What is left is skipped, by count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tracker.deadlines import Deadline, DeadlineKind
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.draft import (
    Diagnostic,
    DraftDeliverable,
    DraftMilestone,
    DraftRow,
    DraftTable,
    Severity,
)
from tracker.importers.ledger import Bucket, Ledger
from tracker.importers.lists import leading_number, without_leading_number
from tracker.importers.milestones import is_dated, make_milestone, steps_of
from tracker.importers.prose_cells import PROSE, corrected
from tracker.importers.prose_duties import IN_BRACKETS, LABEL, MARKDOWN, Duty, read_duty
from tracker.importers.prose_points import Point, find_points, unite_points
from tracker.importers.scores import parse_score
from tracker.importers.source import Paragraph
from tracker.importers.titles import (
    clean_title,
    heading_of,
    is_letterhead,
    looks_like_title,
    shortened,
    title_key,
    title_of_purpose,
)
from tracker.importers.unit_checks import NO_UNIT_WORDS, UnitWords, check_units

LINES_OF_OPENING = 12
KIND_OF_PLAN = re.compile(r"方案|计划|通知|清单|分工|意见|要点|措施|任务")
ONLY_KIND_OF_PLAN = re.compile(
    r"的?(?:年度|工作|实施|行动|专项)*(?:方案|计划|通知|清单|分工|意见|要点|措施|任务)(?:[（(][^（）()]*[)）])?"
)

Parse = Callable[[str], Sequence[Deadline]]


def read_prose(
    paragraphs: Sequence[Paragraph],
    ledger: Ledger,
    name: str,
    year: int | None,
    parse: Parse,
    corrections: Corrections = NO_CORRECTIONS,
    words: UnitWords = NO_UNIT_WORDS,
) -> DraftTable | None:
    """The duties of a document without a responsibility table, as one table; None where it names none.

    It counts as table `PROSE` for corrections.
    """
    if not paragraphs:
        return None
    title = corrections.titles.get(PROSE) or prose_title(paragraphs) or name
    rows: list[DraftRow] = []
    running = 0
    for point in unite_points(list(find_points(paragraphs, ledger))):
        duty = read_duty(point.paragraphs)
        milestones = _milestones(point, duty, parse)
        if not duty.is_one and not milestones:
            continue
        running += 1
        if (PROSE, point.paragraphs[0].where) in corrections.dropped:
            continue
        _claim(point, ledger)
        row = _row(title, running, point, duty, milestones)
        rows.append(corrected(row, corrections.of_row(PROSE, row.where), parse))
    if not rows:
        return None
    findings = [
        Diagnostic(
            "read-from-prose",
            Severity.WARNING,
            f"文件里没有责任分解表，从编号条目中读出{len(rows)}项写明责任单位、责任人或时限的任务，请逐项核对。",
        )
    ]
    if year is None:
        findings.append(
            Diagnostic(
                "year-missing",
                Severity.WARNING,
                "文件里没有年份，未写年份的日期无法确定，请指明年份。",
            )
        )
    found = [replace(row, diagnostics=(*row.diagnostics, *_findings(row, words))) for row in rows]
    return DraftTable(title, year, {}, tuple(found), (), tuple(findings), paragraphs[0].where, PROSE)


def prose_title(paragraphs: Sequence[Paragraph]) -> str:
    """The first line that reads like the title of a plan, else what the first sentence says the plan is made for
    (开展2025年度测试工作，特制定本方案); empty where there is neither.
    """
    opening = [clean_title(paragraph.text) for paragraph in paragraphs[:LINES_OF_OPENING]]
    for place, text in enumerate(opening):
        if _may_be_title(text) and KIND_OF_PLAN.search(text):
            return _with_line_before(text, opening[place - 1] if place else "")
    return next(filter(None, map(title_of_purpose, opening)), "")


def _may_be_title(text: str) -> bool:
    return looks_like_title(text) and leading_number(text) is None


def _with_line_before(text: str, before: str) -> str:
    """A title that was broken before its last words (工作方案) is put together again."""
    is_broken = ONLY_KIND_OF_PLAN.fullmatch(text) is not None
    return before + text if is_broken and _may_be_title(before) and not is_letterhead(before) else text


def _milestones(point: Point, duty: Duty, parse: Parse) -> tuple[DraftMilestone, ...]:
    task = duty.text[0] if duty.text else ""
    found: list[DraftMilestone] = [
        make_milestone(n, text, "", task, parse)
        for n, text in enumerate((step for due in duty.due for step in steps_of(due, parse)), 1)
    ]
    if found:
        return tuple(found)
    for text in duty.text:
        for sentence in re.split(r"[。；;\n]", without_leading_number(text)):
            deadlines = tuple(parse(sentence)) if sentence.strip() else ()
            if any(_is_firm(deadline) for deadline in deadlines):
                milestone = make_milestone(len(found) + 1, sentence.strip(), "", _after_heading(duty), parse)
                found.append(milestone)
    return tuple(found)


def _is_firm(deadline: Deadline) -> bool:
    """Prose is full of months that are no duty; an offset without its event is no deadline either."""
    if not is_dated(deadline):
        return False
    return deadline.kind is not DeadlineKind.RELATIVE or bool(deadline.offset and deadline.offset.event)


def _after_heading(duty: Duty) -> str:
    return duty.text[1] if len(duty.text) > 1 else duty.text[0]


def _claim(point: Point, ledger: Ledger) -> None:
    for passage in point.paragraphs:
        for match in MARKDOWN.finditer(passage.text):
            ledger.claim(passage[match.start() : match.end()], Bucket.FURNITURE)
        for match in LABEL.finditer(passage.text):
            ledger.claim(passage[match.start() : match.end()], Bucket.FURNITURE)
        ledger.claim(passage, Bucket.PLACED)


def _row(
    title: str, running: int, point: Point, duty: Duty, milestones: tuple[DraftMilestone, ...]
) -> DraftRow:
    requirement = "\n".join(text for text in duty.text if text)
    people = {role: tuple(persons) for role, persons in duty.people.items() if role != "contact"}
    where = point.paragraphs[0].where
    lead, others = (duty.lead[0], duty.lead[1:]) if duty.lead else ("", [])
    return DraftRow(
        row_key=f"{title_key(title)}#{running}.1",
        seq=str(running),
        sub=1,
        group=point.chapter,
        title=_row_title(requirement),
        requirement=requirement,
        score=parse_score(requirement),
        lead_unit=lead,
        units=tuple(dict.fromkeys([*others, *duty.units])),
        people=people,
        deliverables=tuple(DraftDeliverable(n, text.strip()) for n, text in enumerate(duty.deliverables, 1)),
        milestones=milestones,
        where=where,
        label=str(running),
    )


def _row_title(requirement: str) -> str:
    first, _, rest = requirement.partition("\n")
    bare = IN_BRACKETS.sub("", first) or first
    return heading_of(f"{bare}\n{rest}" if rest else bare) or shortened(bare)


def _findings(row: DraftRow, words: UnitWords) -> Iterator[Diagnostic]:
    where = row.where
    for finding, wanted in check_units(row, words, has_lead_column=False):
        yield replace(finding, column=str(wanted))
    if not row.lead_unit and not row.units:
        yield Diagnostic("missing-unit", Severity.WARNING, "没有写明责任单位，请补填。", "units", None, where)
    if not row.people.get("owner"):
        yield Diagnostic(
            "missing-person",
            Severity.ERROR,
            "没有写明责任人，请补填一名人员。",
            "owner",
            None,
            where,
        )
    if not any(milestone.deadlines for milestone in row.milestones):
        yield Diagnostic(
            "missing-deadline",
            Severity.WARNING,
            "没有写明完成时限，请补填日期（如“9月30日前”），或注明“常态化”。",
            "milestones",
            None,
            where,
        )
