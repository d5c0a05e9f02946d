"""Numbered prose with duties in it: “1.任务…。责任单位：…。完成时限：…。” and plans whose points name who does what.

A point becomes a row where it names a unit or a person in charge, or a day by which it is due. Chapters give the
group, stages with dates in their headings hand their deadline down. What is left is skipped, by count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from tracker.deadlines import Deadline, DeadlineKind
from tracker.importers.corrections import NO_CORRECTIONS, Corrections
from tracker.importers.draft import (
    Diagnostic,
    DraftDeliverable,
    DraftMilestone,
    DraftPerson,
    DraftRow,
    DraftTable,
    Severity,
)
from tracker.importers.labels import (
    DELIVERABLE_LABELS,
    DUE_LABELS,
    EXPEDITER_LABELS,
    LEAD_LABELS,
    LEADER_LABELS,
    OWNER_LABELS,
    UNIT_LABELS,
)
from tracker.importers.ledger import Bucket, Ledger, Passage
from tracker.importers.lists import Style, leading_number, without_leading_number
from tracker.importers.milestones import is_dated, make_milestone, steps_of
from tracker.importers.name_shapes import looks_like_name, looks_like_unit
from tracker.importers.people import split_people, split_units
from tracker.importers.prose_cells import PROSE, corrected
from tracker.importers.scores import parse_score
from tracker.importers.source import Paragraph
from tracker.importers.titles import (
    clean_title,
    heading_of,
    looks_like_title,
    shortened,
    title_key,
)

Parse = Callable[[str], Sequence[Deadline]]
LABEL = re.compile(
    rf"[(（【\[;；。,，\s]*(?P<label>(?P<LEAD>{LEAD_LABELS})|(?P<UNITS>{UNIT_LABELS})|(?P<LEADER>{LEADER_LABELS})"
    rf"|(?P<OWNER>{OWNER_LABELS})|(?P<EXPEDITER>{EXPEDITER_LABELS})|(?P<DUE>{DUE_LABELS})"
    rf"|(?P<DELIVERABLES>{DELIVERABLE_LABELS}))\s*[】\]]?\s*[:：]\s*"
)
# （指导监督科负责） （政策法规科） （市财政局牵头，各县区配合）
IN_BRACKETS = re.compile(
    r"[(（](?P<unit>[^()（）:：]{2,60}?)(?P<does>负责|牵头|落实|承办|组织实施)?(?P<rest>[,，;；][^()（）]{2,80})?[)）]\s*[。.]?\s*$"
)
BY_WHOM = re.compile(r"由(?P<unit>[^，。；,;]{2,20}?)(?:牵头|负责)")
CHAPTER_STYLES = (Style.CHINESE, Style.CHINESE_BRACKETED)
VALUE_END = re.compile(r"[。；;）)】\]]*\s*$")
WHOLE_BRACKET = re.compile(
    r".*[(（][^()（）]*[)）]$", re.DOTALL
)  # 各村（社区）: the bracket belongs to the name
END_OF_POINTS = re.compile(
    r"^\s*(?:[(（]?此件|附件|附[:：]|抄送|联系人|联系电话|20\d{2}年\d{1,2}月\d{1,2}日\s*$)"
)
MARKDOWN = re.compile(r"^[#>\s]+|\*\*|^-{3,}$")


@dataclass
class _Point:
    """One numbered point: its heading paragraph and what follows until the next number."""

    number: str
    chapter: str
    depth: int
    paragraphs: list[Passage] = field(default_factory=list)

    @property
    def has_label_lines(self) -> bool:
        """Whether a line after the numbered one opens with a label (责任单位：…)."""
        return any(LABEL.match(passage.text.strip()) for passage in self.paragraphs[1:])


@dataclass
class _Duty:
    """What the labels of a point say."""

    lead: list[str] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    people: dict[str, list[DraftPerson]] = field(default_factory=dict)
    due: list[str] = field(default_factory=list)
    deliverables: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    @property
    def is_one(self) -> bool:
        return bool(self.lead or self.units or self.people or self.due)


def read_prose(
    paragraphs: Sequence[Paragraph],
    ledger: Ledger,
    name: str,
    year: int | None,
    parse: Parse,
    corrections: Corrections = NO_CORRECTIONS,
) -> DraftTable | None:
    """The duties of a document without a responsibility table, as one table; None where it names none.

    It counts as table `PROSE` for corrections.
    """
    if not paragraphs:
        return None
    title = corrections.titles.get(PROSE) or prose_title(paragraphs) or name
    rows: list[DraftRow] = []
    running = 0
    for point in _united(list(_points(paragraphs, ledger))):
        duty = _read(point)
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
                "文件里没有年份，未写年份的日期无法确定，请指明年份（网页上在“识别结果”里填写，命令行用“--year”）。",
            )
        )
    found = [replace(row, diagnostics=(*row.diagnostics, *_findings(row))) for row in rows]
    return DraftTable(title, year, {}, tuple(found), (), tuple(findings), paragraphs[0].where, PROSE)


def prose_title(paragraphs: Sequence[Paragraph]) -> str:
    """The first line that reads like the title of a plan; empty where there is none."""
    for paragraph in paragraphs[:12]:
        text = clean_title(paragraph.text)
        if (
            looks_like_title(text)
            and leading_number(text) is None
            and re.search(r"方案|计划|通知|清单|分工|意见|要点|措施|任务", text)
        ):
            return text
    return ""


def _points(paragraphs: Sequence[Paragraph], ledger: Ledger) -> Iterator[_Point]:
    """Numbered points in order. Chapters (一、 and （一）) open a point of their own, so that a stage may be a duty."""
    chapters: dict[Style, tuple[str, Passage]] = {}
    point: _Point | None = None
    for paragraph in paragraphs:
        passage = ledger.passage(paragraph)
        text = MARKDOWN.sub("", passage.text).strip()
        number = leading_number(text)
        if number is not None and number[0] in (*CHAPTER_STYLES, Style.ARABIC, Style.BRACKETED):
            if point is not None:
                yield point
            if number[0] in CHAPTER_STYLES:
                chapters = {
                    style: value
                    for style, value in chapters.items()
                    if CHAPTER_STYLES.index(style) < CHAPTER_STYLES.index(number[0])
                }
                above = _chapter_text(chapters)
                chapters[number[0]] = (_short_heading(text), passage)
                point = _Point(str(number[1]), above, CHAPTER_STYLES.index(number[0]))
            else:
                point = _Point(str(number[1]), _chapter_text(chapters), len(CHAPTER_STYLES))
        elif point is not None and END_OF_POINTS.match(text):
            yield point
            point = None
        if point is not None:
            point.paragraphs.append(passage)
    if point is not None:
        yield point


def _united(points: Sequence[_Point]) -> list[_Point]:
    """A chapter whose labels stand on lines of their own after its last measure is one duty with all its measures."""
    united: list[_Point] = []
    if _is_each_labelled(points):
        return list(points)
    position = 0
    while position < len(points):
        chapter = points[position]
        following = position + 1
        while following < len(points) and points[following].depth > chapter.depth:
            following += 1
        measures = points[position + 1 : following]
        if (
            measures
            and measures[-1].has_label_lines
            and not any(_has_labels(p) for p in (chapter, *measures[:-1]))
        ):
            whole = _Point(chapter.number, chapter.chapter, depth=chapter.depth)
            whole.paragraphs = [passage for point in (chapter, *measures) for passage in point.paragraphs]
            united.append(whole)
            position = following
        else:
            united.append(chapter)
            position += 1
    return united


def _is_each_labelled(points: Sequence[_Point]) -> bool:
    """Whether two measures of one chapter each say who does them: then no measure speaks for its chapter."""
    return any(
        one.has_label_lines and other.has_label_lines and one.depth == other.depth == len(CHAPTER_STYLES)
        for one, other in pairwise(points)
    )


def _has_labels(point: _Point) -> bool:
    duty = _read(point)
    return duty.is_one


def _chapter_text(chapters: dict[Style, tuple[str, Passage]]) -> str:
    return " ".join(text for text, _ in chapters.values())


def _short_heading(text: str) -> str:
    return re.split(r"[。；;]", without_leading_number(text), maxsplit=1)[0][:40].rstrip("：:")


def _read(point: _Point) -> _Duty:
    duty = _Duty()
    for place, passage in enumerate(point.paragraphs):
        text = MARKDOWN.sub("", passage.text).strip()
        rest = _read_labels(text, duty)
        if not duty.lead and not duty.units and place == 0:
            _read_brackets(rest, duty)
        duty.text.append(rest)
    return duty


def _read_labels(text: str, duty: _Duty) -> str:
    """Take the labelled parts out of a paragraph; what is left is the task."""
    labels = list(LABEL.finditer(text))
    if not labels:
        return text
    ends = [label.start() for label in labels[1:]] + [len(text)]
    for label, end in zip(labels, ends, strict=True):
        value = _value(text[label.end() : end])
        kind = next(
            name
            for name in ("LEAD", "UNITS", "LEADER", "OWNER", "EXPEDITER", "DUE", "DELIVERABLES")
            if label.group(name)
        )
        _take(kind, value, duty)
    return text[: labels[0].start()].rstrip("（(【[ ")


def _value(text: str) -> str:
    """What a label says, without the stop and the bracket that close it."""
    bare = text.strip().rstrip("。；;")
    return bare if WHOLE_BRACKET.match(bare) else VALUE_END.sub("", bare).strip()


def _take(kind: str, value: str, duty: _Duty) -> None:
    if kind in ("LEAD", "UNITS"):
        target = duty.lead if kind == "LEAD" else duty.units
        target.extend(unit for unit in split_units(value)[0] if unit not in target)
    elif kind == "DUE":
        duty.due.append(value)
    elif kind == "DELIVERABLES":
        duty.deliverables.extend(part for part in re.split(r"[、;；]", value) if part.strip())
    else:
        duty.people.setdefault(kind.lower(), []).extend(split_people(value))


def _read_brackets(text: str, duty: _Duty) -> None:
    match = IN_BRACKETS.search(text)
    if match is not None:
        words, _ = split_units(match.group("unit"))
        if words and all(looks_like_unit(word) for word in words):
            target = duty.lead if match.group("does") == "牵头" else duty.units
            target.extend(words)
            rest = re.sub(
                r"(?:配合|协助|参与|负责|牵头|落实)+$", "", (match.group("rest") or "").strip("，,；; ")
            )
            duty.units.extend(unit for unit in split_units(rest)[0] if looks_like_unit(unit))
        elif match.group("does") and words and all(looks_like_name(word) for word in words):
            duty.people.setdefault("owner", []).extend(split_people(match.group("unit")))
    elif (by := BY_WHOM.search(text)) is not None and looks_like_unit(by.group("unit")):
        duty.lead.append(by.group("unit"))


def _milestones(point: _Point, duty: _Duty, parse: Parse) -> tuple[DraftMilestone, ...]:
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


def _after_heading(duty: _Duty) -> str:
    return duty.text[1] if len(duty.text) > 1 else duty.text[0]


def _claim(point: _Point, ledger: Ledger) -> None:
    for passage in point.paragraphs:
        for match in MARKDOWN.finditer(passage.text):
            ledger.claim(passage[match.start() : match.end()], Bucket.FURNITURE)
        for match in LABEL.finditer(passage.text):
            ledger.claim(passage[match.start() : match.end()], Bucket.FURNITURE)
        ledger.claim(passage, Bucket.PLACED)


def _row(
    title: str, running: int, point: _Point, duty: _Duty, milestones: tuple[DraftMilestone, ...]
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


def _findings(row: DraftRow) -> Iterator[Diagnostic]:
    where = row.where
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
