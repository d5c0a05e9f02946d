"""Text with tabs: what a PDF viewer, OCR or a copied table hands over.

A run of lines with tabs is a grid, any other line a paragraph. A blank line, a form feed or a line without a tab
ends the grid: that is how a page break looks, and the next stage joins what belongs together. Nothing is padded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tracker.importers.source import Cell, Grid, Paragraph

_LABEL = re.compile(r"[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3}|[a-zA-Z])[)）、.．]|[①-⑳•·●■◆➢✓-]")
_DEEPEST_INDENT = 2  # tabs before a paragraph; a lone cell further right is a row of a table
_LONGEST_QUOTED = 60  # lines that one quoted cell may run over


@dataclass(frozen=True)
class _Line:
    number: int
    text: str


def read_lines(text: str) -> Iterator[Paragraph | Grid]:
    """Paragraphs and grids in the order of the lines."""
    run: list[_Line] = []
    tables = 0
    for line in _logical_lines(text):
        if "\t" in line.text.strip(" "):
            run.append(line)
            continue
        for block in _end_run(run, tables):
            tables += isinstance(block, Grid)
            yield block
        run = []
        yield from _paragraph(line)
    yield from _end_run(run, tables)


def count_rows(text: str) -> int:
    """Lines that would be rows, counted without building anything."""
    return sum(1 for line in text.split("\n") if "\t" in line)


def _end_run(run: Sequence[_Line], tables: int) -> Iterator[Paragraph | Grid]:
    if not run:
        return
    if all(_is_prose(line.text) for line in run):
        for line in run:
            yield from _paragraph(line)
        return
    rows = [line.text.split("\t") for line in run]
    yield make_grid(rows, f"第{tables + 1}个表格（{_span(run)}）")


def _span(run: Sequence[_Line]) -> str:
    first, last = run[0].number, run[-1].number
    return f"第{first}行" if first == last else f"第{first}—{last}行"


def make_grid(rows: Sequence[Sequence[str]], where: str) -> Grid:
    """A grid of plain fields, every field a cell, the blank ones too."""
    cells = tuple(
        Cell(row, column, text.strip())
        for row, fields in enumerate(rows)
        for column, text in enumerate(fields)
    )
    width = max((len(fields) for fields in rows), default=0)
    return Grid(cells, len(rows), width, where, knows_merges=False)


def _paragraph(line: _Line) -> Iterator[Paragraph]:
    if text := line.text.strip():
        yield Paragraph(text, f"第{line.number}行")


def _is_prose(text: str) -> bool:
    """Indented by a tab, or a list number followed by one, as Word saves lists: no row of a table."""
    indent = len(text) - len(text.lstrip("\t"))
    fields = text.lstrip("\t").split("\t")
    if len(fields) == 1:
        return 0 < indent <= _DEEPEST_INDENT
    return len(fields) == 2 and bool(_LABEL.fullmatch(fields[0].strip()))


def _logical_lines(text: str) -> Iterator[_Line]:
    """Lines, with those joined that a quoted cell runs over; a form feed is a blank line of its own."""
    lines = text.split("\n")
    index = 0
    while index < len(lines):
        end = _quoted_until(lines, index)
        joined = "\n".join(lines[index : end + 1])
        if end > index:
            yield _Line(index + 1, _unquote(joined))
        else:
            for position, piece in enumerate(joined.split("\f")):
                if position:
                    yield _Line(index + 1, "")
                yield _Line(index + 1, _unquote(piece))
        index = end + 1


def _quoted_until(lines: Sequence[str], start: int) -> int:
    """The line on which a cell that opens with a quote closes again; `start` where none is left open."""
    if not _opens_quote(lines[start]):
        return start
    quotes = lines[start].count('"')
    for end in range(start + 1, min(start + _LONGEST_QUOTED, len(lines))):
        if not lines[end].strip(" \t\f") and "\f" in lines[end]:
            return start
        quotes += lines[end].count('"')
        if quotes % 2 == 0 and re.search(r'" *(?:\t|$)', lines[end]):
            return end
    return start


def _opens_quote(line: str) -> bool:
    return line.count('"') % 2 == 1 and bool(re.search(r'(?:^|\t)"', line)) and "\t" in line


def _unquote(line: str) -> str:
    """Take the quotes off cells that a spreadsheet put in quotes."""
    if '"' not in line or "\t" not in line:
        return line
    return "\t".join(
        field[1:-1].replace('""', '"')
        if len(field) > 1 and field[0] == field[-1] == '"' and ("\n" in field or '""' in field[1:-1])
        else field
        for field in line.split("\t")
    )
