"""Marks of secrecy as documents bear them (GB/T 9704-2012, 7.2.2; 保守国家秘密法): 秘密★1年, 机密, 绝密★长期.

A mark stands alone on its line. The words in running text (商业秘密, 保守国家秘密) are no mark. With its star it
counts wherever it stands, without one only where marks are put: at the head of the document or of a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tracker.importers.errors import SourceClassified
from tracker.importers.source import Grid, Paragraph, SourceDocument

_HEAD_LINES = 10
_HEAD_ROWS = 2
_LONGEST_LINE = 60
_GRADE = r"(?:绝\s*密|机\s*密|秘\s*密)"
_TERM = r"[0-9０-９一二三四五六七八九十〇年个月日天至长期解密前启用.．\-—\s]*"
_STARRED = re.compile(rf"(?:^|[\s\[【〔（(：:]|\d){_GRADE}\s*[★☆⭐]")
_LABELLED = re.compile(rf"(?:密\s*级|保密等级|密级标识)\s*[:：]\s*{_GRADE}\s*(?:[★☆⭐*＊]?{_TERM})?")
_BARE = re.compile(rf"[\[【〔（(《]?\s*{_GRADE}\s*(?:[*＊·]?{_TERM})?\s*[\]】〕）)》]?")
_NAMED = re.compile(rf"[\[【〔（(]\s*{_GRADE}\s*(?:[★☆⭐*＊]{_TERM})?[\]】〕）)]")


@dataclass(frozen=True)
class Marking:
    """A mark of secrecy and where it was seen, in Chinese."""

    mark: str
    where: str


def refuse_classified(document: SourceDocument, margins: Iterable[str] = ()) -> None:
    """Raise SourceClassified for a document that bears a mark; `margins` are the lines of headers and footers."""
    marking = find_marking(document, margins)
    if marking is not None:
        raise SourceClassified(document.name, marking.mark, marking.where)


def find_marking(document: SourceDocument, margins: Iterable[str] = ()) -> Marking | None:
    """The first mark of secrecy in the name, the margins, the head or a line of the document."""
    if named := _NAMED.search(document.name):
        return Marking(_tidy(named[0]), "的文件名")
    for line in margins:
        if _is_head_mark(line):
            return Marking(_tidy(line), "的页眉或页脚")
    for line, where in islice(_lines(document), _HEAD_LINES):
        if _is_head_mark(line):
            return Marking(_tidy(line), where)
    return _find_in_body(document)


def _find_in_body(document: SourceDocument) -> Marking | None:
    for block in document.blocks:
        if isinstance(block, Grid):
            for cell in block.cells:
                is_mark = _is_head_mark if cell.row < _HEAD_ROWS else _is_mark
                if cell.text and (line := next(filter(is_mark, cell.text.split("\n")), None)):
                    return Marking(_tidy(line), f"的{block.where}第{cell.row + 1}行")
        elif line := next(filter(_is_mark, block.text.split("\n")), None):
            return Marking(_tidy(line), f"的{block.where}")
    return None


def _is_mark(line: str) -> bool:
    """A mark that counts anywhere: with its star or its label, and little else on the line."""
    if len(line) > _LONGEST_LINE or "密" not in line:
        return False
    return bool(_STARRED.search(line)) or bool(_LABELLED.fullmatch(line.strip()))


def _is_head_mark(line: str) -> bool:
    return _is_mark(line) or (
        len(line) <= _LONGEST_LINE and "密" in line and bool(_BARE.fullmatch(line.strip()))
    )


def _lines(document: SourceDocument) -> Iterator[tuple[str, str]]:
    """Lines of the paragraphs before the first table, each with its place."""
    for block in document.blocks:
        if not isinstance(block, Paragraph):
            return
        for line in block.text.split("\n"):
            if line.strip():
                yield line, f"的{block.where}"


def _tidy(line: str) -> str:
    return re.sub(r"\s+", "", line).strip("【】[]〔〕（）()《》")
