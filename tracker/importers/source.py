"""A file as the readers hand it over: paragraphs and grids, before anybody asks what they mean.

Every visible character of the file stands in exactly one paragraph or one cell, so that the account of
characters can close: `characters` counts them with white space left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def count_characters(text: str) -> int:
    """Characters that count in the account: all but white space."""
    return len("".join(text.split()))


@dataclass(frozen=True)
class Cell:
    """One cell of the source. A merged cell appears once, at its upper left corner, with its spans."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1
    continues_above: bool = False  # a merge cut by a page: its beginning stands in an earlier table


@dataclass(frozen=True)
class Paragraph:
    """Running text between tables. `where` says in Chinese where it stands (第12段, 第3行)."""

    text: str
    where: str
    style: str | None = None  # the name of a heading style, where the source has styles


@dataclass(frozen=True)
class Grid:
    """One physical table (a table cut at a page is several). `where` is Chinese: 第2个表格, 工作表“攻坚”.

    A cell that is blank in the source is a `Cell` with an empty text. In text, a line with fewer fields than the
    others has fewer cells: nothing is padded, so a blank at the end and a missing field stay distinguishable.
    """

    cells: tuple[Cell, ...]
    row_count: int
    column_count: int
    where: str
    knows_merges: bool  # docx, xlsx, xls say what is merged; text shows blanks
    sheet: str | None = None


@dataclass(frozen=True)
class SourceDocument:
    """What a reader returns. `notes` are findings of the reader itself (repaired encoding, hidden text), `losses` what it
    could not read as what it is (a table that became running text).

    Marks of the file format are no characters of the source: XML tags, quotes and delimiters of CSV, and the
    `|`, `---`, `#` and `**` of Markdown. What a reader of the printed page would see is.
    """

    name: str
    sha256: str
    media: str  # docx, xlsx, xls, csv, tsv, txt, md
    blocks: tuple[Paragraph | Grid, ...]
    notes: tuple[str, ...] = field(default=())
    losses: tuple[str, ...] = field(default=())

    @property
    def characters(self) -> int:
        return sum(
            count_characters(block.text)
            if isinstance(block, Paragraph)
            else sum(count_characters(cell.text) for cell in block.cells)
            for block in self.blocks
        )
