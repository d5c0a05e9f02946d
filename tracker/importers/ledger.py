"""The account of characters: each character of the source is claimed once, for one bucket.

No bucket is computed as what the others leave over. What nobody claimed is swept into `unplaced` at the end,
where it is listed piece by piece.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from tracker.importers.source import Cell, Grid, Paragraph, SourceDocument

WHITE = re.compile(r"\s")
# Markup that office systems and recognisers leave in cells; “<10件” is no tag.
MARKUP = re.compile(
    r"</?(?:p|br|li|ol|ul|div|span|b|strong|i|em|u|sup|sub|td|tr|th|table|tbody|font|a)(?:\s[^<>]*)?/?>"
    r"|&(?:nbsp|ensp|emsp|lt|gt|amp|quot|#\d{1,6});"
    r"|[\u00ad\u200b-\u200f\u2060\ufeff]",
    re.IGNORECASE,
)
BREAKING_TAG = re.compile(r"</?(?:p|br|li|ol|ul|div|tr|table)\b", re.IGNORECASE)


class Bucket(IntEnum):
    OPEN = 0
    PLACED = 1
    FURNITURE = 2
    SKIPPED = 3
    UNPLACED = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """Text without markup that remembers where in its source piece each character stands."""

    text: str
    offsets: Sequence[int]
    piece: int
    where: str

    def __getitem__(self, part: slice) -> Passage:
        return Passage(self.text[part], self.offsets[part], self.piece, self.where)

    def __bool__(self) -> bool:
        return bool(self.text) and not self.text.isspace()

    def strip(self) -> Passage:
        start = len(self.text) - len(self.text.lstrip())
        return self[start : max(start, len(self.text.rstrip()))]


class Ledger:
    """Claims on the characters of one source document."""

    def __init__(self, source: SourceDocument) -> None:
        self._texts: list[str] = []
        self._marks: list[bytearray] = []
        self._places: list[str] = []
        self._passages: dict[int, Passage] = {}
        for block in source.blocks:
            if isinstance(block, Paragraph):
                self._open(block, block.text, block.where)
            else:
                for cell in block.cells:
                    self._open(cell, cell.text, place_of(block, cell))
        self._owner = source  # the keys are identities: the source must outlive them
        self._source_pieces = len(self._texts)

    def _open(self, holder: Paragraph | Cell, text: str, where: str) -> None:
        piece = len(self._texts)
        self._texts.append(text)
        self._marks.append(bytearray(len(text)))
        self._places.append(where)
        self._passages[id(holder)] = self._without_markup(text, piece, where)

    def _without_markup(self, text: str, piece: int, where: str) -> Passage:
        if MARKUP.search(text) is None:
            return Passage(text, range(len(text)), piece, where)
        kept: list[str] = []
        offsets: list[int] = []
        position = 0
        for match in MARKUP.finditer(text):
            kept.append(text[position : match.start()])
            offsets.extend(range(position, match.start()))
            shown = _shown(match.group())
            claimed_from = match.start()
            if shown:
                kept.append(shown)
                offsets.append(match.start())
                # a line break stands for its tag, which is furniture as a whole; a character stands for itself
                claimed_from += 0 if shown.isspace() else 1
            self._mark(piece, range(claimed_from, match.end()), Bucket.FURNITURE)
            position = match.end()
        kept.append(text[position:])
        offsets.extend(range(position, len(text)))
        return Passage("".join(kept), offsets, piece, where)

    def passage(self, holder: Paragraph | Cell) -> Passage:
        return self._passages[id(holder)]

    def write(self, text: str, where: str) -> Passage:
        """Words that a person put into a cell: read like any others, and no part of the source's account."""
        piece = len(self._texts)
        self._texts.append(text)
        self._marks.append(bytearray(len(text)))
        self._places.append(where)
        return self._without_markup(text, piece, where)

    def claim(self, passage: Passage, bucket: Bucket) -> None:
        """Put the characters into the bucket; one that was claimed before stays where it is."""
        self._mark(passage.piece, passage.offsets, bucket)

    def _mark(self, piece: int, offsets: Sequence[int], bucket: Bucket) -> None:
        marks = self._marks[piece]
        if isinstance(offsets, range) and offsets.step == 1:
            start, stop = offsets.start, offsets.stop
            if stop > start and not any(marks[start:stop]):
                marks[start:stop] = bytes([bucket]) * (stop - start)
                return
        for offset in offsets:
            if marks[offset] == Bucket.OPEN:
                marks[offset] = bucket

    def sweep(self, passage: Passage) -> str:
        """Mark what is unclaimed of the whole piece as unplaced and return it; empty when all was claimed."""
        text, marks = self._texts[passage.piece], self._marks[passage.piece]
        if Bucket.OPEN not in marks:
            return ""
        open_at = [
            index for index, mark in enumerate(marks) if mark == Bucket.OPEN and not text[index].isspace()
        ]
        self._mark(passage.piece, open_at, Bucket.UNPLACED)
        return "".join(text[index] for index in open_at)

    def count(self, passage: Passage, bucket: Bucket) -> int:
        """Characters of the whole piece that lie in the bucket, white space left out."""
        return self._count_piece(passage.piece)[bucket]

    def totals(self) -> dict[Bucket, int]:
        """Characters of the source in each bucket, white space left out."""
        sums = dict.fromkeys(Bucket, 0)
        for piece in range(self._source_pieces):
            for bucket, number in self._count_piece(piece).items():
                sums[bucket] += number
        return sums

    def _count_piece(self, piece: int) -> dict[Bucket, int]:
        marks = self._marks[piece]
        counts = {bucket: marks.count(bucket) for bucket in Bucket}
        for match in WHITE.finditer(self._texts[piece]):
            counts[Bucket(marks[match.start()])] -= 1
        return counts


def place_of(grid: Grid, cell: Cell) -> str:
    return f"{grid.where}第{cell.row + 1}行第{cell.column + 1}列"


def _shown(markup: str) -> str:
    if markup.startswith("<"):
        return "\n" if BREAKING_TAG.match(markup) else ""
    if markup.startswith("&"):
        character = html.unescape(markup)
        return " " if character.isspace() else character[:1]
    return ""
