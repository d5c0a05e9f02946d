"""A Word document's body in reading order: paragraphs and grids."""

from __future__ import annotations

from collections.abc import Iterator

from lxml.etree import _Element

from tracker.importers.readers import word_names as names
from tracker.importers.readers.word_grid import PlacedCell, place_cells
from tracker.importers.readers.word_names import child, word
from tracker.importers.readers.word_numbering import Numbering
from tracker.importers.readers.word_styles import Styles, direct_numbering, heading_of
from tracker.importers.readers.word_text import Findings, Written, chosen_branch, write_paragraph
from tracker.importers.source import Cell, Grid, Paragraph, count_characters

_HOLDERS = frozenset(map(word, ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")))
_FOREIGN_PART = word("altChunk")


class BlockReader:
    """Walks one document. Numbering counts on from block to block, so blocks are asked for once and in order."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self.findings = Findings()
        self._paragraphs = 0
        self._tables = 0

    def read(self, body: _Element) -> Iterator[Paragraph | Grid]:
        """The blocks of the body; empty paragraphs are counted and not handed on."""
        for element in self._flow(body):
            if element.tag == names.TABLE:
                self._tables += 1
                yield self._read_table(element, f"第{self._tables}个表格")
            else:
                self._paragraphs += 1
                yield from self._read_paragraph(element, f"第{self._paragraphs}段")

    def read_aside(self, container: _Element, where: str) -> Iterator[Paragraph | Grid]:
        """Blocks that stand outside the body's count: a text box, a footnote."""
        for element in self._flow(container):
            if element.tag == names.TABLE:
                yield self._read_table(element, f"{where}的表格")
            else:
                yield from self._read_paragraph(element, where)

    def _flow(self, container: _Element) -> Iterator[_Element]:
        for element in container:
            if element.tag in (names.PARAGRAPH, names.TABLE):
                yield element
            elif element.tag in _HOLDERS:
                yield from self._flow(element)
            elif element.tag == names.ALTERNATIVES:
                yield from self._flow(chosen_branch(element))
            elif element.tag == _FOREIGN_PART:
                self.findings.embedded += 1

    def _read_paragraph(self, paragraph: _Element, where: str) -> Iterator[Paragraph | Grid]:
        written = write_paragraph(paragraph, self.findings)
        text = self._labelled(paragraph, written).strip()
        if text:
            yield Paragraph(text, where, self._heading(paragraph))
        for box in written.boxes:
            yield from self.read_aside(box, f"{where}的文本框")

    def _heading(self, paragraph: _Element) -> str | None:
        return heading_of(paragraph) or self._styles.get(names.value(paragraph, "pPr", "pStyle")).heading

    def _labelled(self, paragraph: _Element, written: Written) -> str:
        """The text with its automatic number. A paragraph that was deleted is not counted."""
        text = written.text
        properties = child(paragraph, "pPr")
        if not text.strip() and child(properties, "rPr", "del") is not None:
            return ""
        number_id, depth = direct_numbering(properties)
        style = self._styles.get(names.value(properties, "pStyle"))
        number_id = number_id or style.number_id
        if not number_id or number_id == "0":
            return text
        if depth is None:
            depth = style.depth
        if depth is None:
            depth = self._numbering.depth_of_style(number_id, style.id)
        return self._numbering.next_label(number_id, depth) + text.lstrip()

    def _read_table(self, table: _Element, where: str) -> Grid:
        placed, rows, columns = place_cells(table)
        cells = tuple(self._read_cell(cell, where) for cell in placed)
        return Grid(cells, rows, columns, where, knows_merges=True)

    def _read_cell(self, placed: PlacedCell, where: str) -> Cell:
        text = self._cell_text(placed.element)
        self._note_covered(placed, text)
        if placed.continues_above:
            self.findings.cut_merges.append(f"{where}第{placed.row + 1}行第{placed.column + 1}列")
        return Cell(
            row=placed.row,
            column=placed.column,
            text=text,
            row_span=placed.row_span,
            column_span=placed.column_span,
            continues_above=placed.continues_above,
        )

    def _note_covered(self, placed: PlacedCell, text: str) -> None:
        """Word keeps text under a merge and does not show it. It is counted, unless it only repeats."""
        for element in placed.covered:
            under = "".join(part.text or "" for part in element.iter(word("t")))
            if under.strip() and under.strip() != text:
                self.findings.unseen_merged_characters += count_characters(under)

    def _cell_text(self, cell: _Element) -> str:
        return "\n".join(self._lines(cell)).strip()

    def _lines(self, container: _Element) -> Iterator[str]:
        for element in self._flow(container):
            if element.tag == names.TABLE:
                yield from self._lines_of_nested(element)
                continue
            written = write_paragraph(element, self.findings)
            yield self._labelled(element, written)
            for box in written.boxes:
                yield from self._lines(box)

    def _lines_of_nested(self, table: _Element) -> Iterator[str]:
        """A table inside a cell is a part of that cell's text: a line for each of its rows."""
        placed, rows, _ = place_cells(table)
        lines: list[list[str]] = [[] for _ in range(rows)]
        for cell in placed:
            lines[cell.row].append(self._cell_text(cell.element))
        yield from ("\t".join(line) for line in lines)
