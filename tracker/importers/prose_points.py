"""Numbered points of prose: where each begins, its chapter, and which of them are one duty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tracker.importers.ledger import Ledger, Passage
from tracker.importers.lists import Style, leading_number, without_leading_number
from tracker.importers.prose_duties import LABEL, MARKDOWN, read_duty
from tracker.importers.source import Paragraph

CHAPTER_STYLES = (Style.CHINESE, Style.CHINESE_BRACKETED)
END_OF_POINTS = re.compile(
    r"^\s*(?:[(（]?此件|附件|附[:：]|抄送|联系人|联系电话|20\d{2}年\d{1,2}月\d{1,2}日\s*$)"
)


@dataclass
class Point:
    """One numbered point: its heading paragraph and what follows until the next number."""

    number: str
    chapter: str
    depth: int
    paragraphs: list[Passage] = field(default_factory=list)

    @property
    def has_label_lines(self) -> bool:
        """Whether a line after the numbered one opens with a label (责任单位：…)."""
        return any(LABEL.match(passage.text.strip()) for passage in self.paragraphs[1:])


def find_points(paragraphs: Sequence[Paragraph], ledger: Ledger) -> Iterator[Point]:
    """Numbered points in order. Chapters (一、 and （一）) open a point of their own, so that a stage may be a duty."""
    chapters: dict[Style, tuple[str, Passage]] = {}
    point: Point | None = None
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
                point = Point(str(number[1]), above, CHAPTER_STYLES.index(number[0]))
            else:
                point = Point(str(number[1]), _chapter_text(chapters), len(CHAPTER_STYLES))
        elif point is not None and END_OF_POINTS.match(text):
            yield point
            point = None
        if point is not None:
            point.paragraphs.append(passage)
    if point is not None:
        yield point


def unite_points(points: Sequence[Point]) -> list[Point]:
    """A chapter whose labels stand on lines of their own after its last measure is one duty with all its measures."""
    united: list[Point] = []
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
            whole = Point(chapter.number, chapter.chapter, depth=chapter.depth)
            whole.paragraphs = [passage for point in (chapter, *measures) for passage in point.paragraphs]
            united.append(whole)
            position = following
        else:
            united.append(chapter)
            position += 1
    return united


def _is_each_labelled(points: Sequence[Point]) -> bool:
    """Whether two measures of one chapter each say who does them: then no measure speaks for its chapter."""
    return any(
        one.has_label_lines and other.has_label_lines and one.depth == other.depth == len(CHAPTER_STYLES)
        for one, other in pairwise(points)
    )


def _has_labels(point: Point) -> bool:
    duty = read_duty(point.paragraphs)
    return duty.is_one


def _chapter_text(chapters: dict[Style, tuple[str, Passage]]) -> str:
    return " ".join(text for text, _ in chapters.values())


def _short_heading(text: str) -> str:
    return re.split(r"[。；;]", without_leading_number(text), maxsplit=1)[0][:40].rstrip("：:")
