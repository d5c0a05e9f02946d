"""Reading `.docx`: the parts of the file, put together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml.etree import _Element

from tracker.importers.errors import SourceDamaged
from tracker.importers.readers.archives import OfficeArchive
from tracker.importers.readers.refusals import refuse_too_many_rows
from tracker.importers.readers.word_blocks import BlockReader
from tracker.importers.readers.word_names import ROW, child, word
from tracker.importers.readers.word_numbering import Numbering
from tracker.importers.readers.word_styles import Styles
from tracker.importers.readers.word_text import Findings, write_paragraph
from tracker.importers.source import Grid, Paragraph, count_characters

_ROW_TAGS = (b"<w:tr ", b"<w:tr>")
_RULES_BETWEEN_NOTES = frozenset({"separator", "continuationSeparator", "continuationNotice"})


@dataclass(frozen=True)
class ReadResult:
    """What one reader found: blocks, its notes, lines outside the account that may bear a mark of secrecy, and what it
    could not read as what it is.
    """

    blocks: tuple[Paragraph | Grid, ...]
    notes: tuple[str, ...] = ()
    margins: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()


def read_document(archive: OfficeArchive) -> ReadResult:
    """Read the body, then the notes. Headers and footers are furniture of the page: noted, not handed on."""
    part = main_part(archive, "word/document.xml")
    if (
        sum(archive.read(part).count(tag) for tag in _ROW_TAGS) > archive.limits.max_rows
    ):  # before anything is built
        raise refuse_too_many_rows(archive.name, archive.limits)
    body = child(archive.parse(part), "body")
    if body is None:
        raise SourceDamaged(f"文件“{archive.name}”里没有正文，请用 Word 或 WPS 打开并另存后再导入。")
    if sum(1 for _ in body.iter(ROW)) > archive.limits.max_rows:
        raise refuse_too_many_rows(archive.name, archive.limits)
    parts = _Parts(archive, part)
    styles = Styles(parts.first("styles"))
    reader = BlockReader(styles, Numbering(parts.first("numbering"), styles.list_styles()))
    blocks = [*reader.read(body)]
    for kind, title in (("footnotes", "脚注"), ("endnotes", "尾注")):
        blocks.extend(_read_notes(reader, parts.first(kind), title))
    margins = tuple(_margin_lines(parts))
    reader.findings.furniture_characters = sum(count_characters(line) for line in margins)
    return ReadResult(tuple(blocks), reader.findings.notes(), margins)


def main_part(archive: OfficeArchive, usual: str) -> str:
    """The part that the package names as its document, else the usual one."""
    named = next((link.target for link in archive.relationships("") if link.kind == "officeDocument"), usual)
    for part in (named, usual):
        if archive.has(part):
            return part
    raise SourceDamaged(f"文件“{archive.name}”里没有正文，请用 Word、Excel 或 WPS 打开并另存后再导入。")


class _Parts:
    """The parts that the main part leads to, by kind."""

    def __init__(self, archive: OfficeArchive, part: str) -> None:
        self._archive = archive
        self._links = archive.relationships(part)

    def all(self, kind: str) -> Iterator[_Element]:
        for link in self._links:
            if link.kind == kind and self._archive.has(link.target):
                yield self._archive.parse(link.target)

    def first(self, kind: str) -> _Element | None:
        return next(self.all(kind), None)


def _read_notes(reader: BlockReader, root: _Element | None, title: str) -> Iterator[Paragraph | Grid]:
    notes = [
        note
        for note in (root if root is not None else ())
        if note.get(word("type")) not in _RULES_BETWEEN_NOTES
    ]
    for number, note in enumerate(notes, start=1):
        yield from reader.read_aside(note, f"{title}{number}")


def _margin_lines(parts: _Parts) -> Iterator[str]:
    """Every line of every header and footer, text boxes and watermarks included."""
    for kind in ("header", "footer"):
        for root in parts.all(kind):
            for paragraph in root.iter(word("p")):
                text = write_paragraph(paragraph, Findings()).text
                yield from (line for line in text.splitlines() if line.strip())
