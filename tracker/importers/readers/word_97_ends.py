"""Word 97 files that end inside their last table.

Word always writes a paragraph behind the last table; other programs may leave it out. LibreOffice then takes that table for
running text: its rows would be lost. The missing paragraph is put back before the file is converted: it needs room for one
character behind the text and for one more run on the last page of paragraph properties, which such files have.
Where it does not fit, the reader says which table was lost. The places in the file are those of [MS-DOC].
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

PAGE = 512
CELL_MARK, PARAGRAPH_MARK = "\x07", "\r"
BIG_TABLE_STREAM = 0x0200  # FibBase.fWhichTblStm, in the flags at offset 10
FLAGS_AT, TEXT_END_AT, COUNTS_AT = 0x0A, 0x1C, 0x4C  # FibBase and FibRgLw97
PROPERTIES_AT, PIECES_AT = 0x102, 0x1A2  # FibRgFcLcb97: PlcfBtePapx, Clx
PIECE_TABLE, COMPRESSED = 0x02, 0x40000000
RUN_BYTES = 13  # one BxPap on a page of paragraph properties
DAMAGES = (struct.error, IndexError, ValueError, UnicodeDecodeError)


@dataclass
class Word97Text:
    """The streams of a Word 97 file as far as its text is concerned; changed in place by `close`."""

    document: bytearray
    table: bytearray

    @staticmethod
    def table_stream_of(document: bytes) -> str:
        """The name of the stream that belongs to the document's."""
        (flags,) = struct.unpack_from("<H", document, FLAGS_AT)
        return "1table" if flags & BIG_TABLE_STREAM else "0table"

    def ends_in_table(self) -> bool:
        """Whether the last character of the body is the mark that ends a row."""
        return self.last_words(1) == CELL_MARK

    def last_table_begins_with(self) -> str:
        """The words of the first cell of the last table, as far as its last page tells."""
        text = self.last_words(self._counts()[0])
        before = text.rstrip(CELL_MARK).rfind(CELL_MARK * 2 + PARAGRAPH_MARK)
        row = text[before + 3 if before >= 0 else 0 :]
        first = row[: row.find(CELL_MARK)].rpartition(PARAGRAPH_MARK)[2]
        return "".join(first.split())[:20]

    def last_words(self, count: int) -> str:
        """The last characters of the body."""
        text = ""
        for start, end, at, is_compressed in reversed(self._pieces()):
            end = min(end, self._counts()[0])
            if end <= start:
                continue
            width = 1 if is_compressed else 2
            encoding = "cp1252" if is_compressed else "utf-16-le"
            raw = bytes(self.document[at : at + (end - start) * width])
            text = raw.decode(encoding, errors="replace") + text
            if len(text) >= count:
                break
        return text[-count:]

    def close(self) -> bool:
        """Put a paragraph behind the last table; False, and nothing changed, where there is no room for it."""
        counts = self._counts()
        pieces = self._pieces()
        if any(counts[1:]) or not pieces:  # notes or margins: their text would have to move
            return False
        start, end, at, is_compressed = pieces[-1]
        width = 1 if is_compressed else 2
        after = at + (end - start) * width
        rest = self.document[after : after + PAGE - after % PAGE]
        page = self._last_page_of_properties(after, after + width)
        if after % PAGE == 0 or len(rest) < width or any(rest) or page is None:
            return False
        self.document[after : after + width] = PARAGRAPH_MARK.encode("cp1252").ljust(width, b"\0")
        struct.pack_into("<i", self.document, COUNTS_AT, counts[0] + 1)
        struct.pack_into("<I", self.document, TEXT_END_AT, after + width)
        struct.pack_into("<I", self.table, self._place_of_pieces()[0] + 4 * len(pieces), end + 1)
        number, content = page
        self.document[number * PAGE : (number + 1) * PAGE] = content
        struct.pack_into("<I", self.table, self._end_of_properties(), after + width)
        return True

    def _counts(self) -> tuple[int, ...]:
        """Characters of the body, of the footnotes, the margins and so on."""
        return struct.unpack_from("<8i", self.document, COUNTS_AT)

    def _place_of_pieces(self) -> tuple[int, int]:
        """Where the table of pieces begins, and how many there are."""
        at, size = struct.unpack_from("<II", self.document, PIECES_AT)
        end = at + size
        while at < end and self.table[at] != PIECE_TABLE:
            at += 3 + struct.unpack_from("<H", self.table, at + 1)[0]
        (bytes_of_pieces,) = struct.unpack_from("<I", self.table, at + 1)
        return at + 5, (bytes_of_pieces - 4) // 12

    def _pieces(self) -> list[tuple[int, int, int, bool]]:
        """Of each piece its first character, the one behind it, where it stands, and whether in single bytes."""
        at, count = self._place_of_pieces()
        ends = struct.unpack_from(f"<{count + 1}I", self.table, at)
        found = []
        for number in range(count):
            (place,) = struct.unpack_from("<I", self.table, at + 4 * (count + 1) + 8 * number + 2)
            is_compressed = bool(place & COMPRESSED)
            place = (place & ~COMPRESSED) // 2 if is_compressed else place
            found.append((ends[number], ends[number + 1], place, is_compressed))
        return found

    def _end_of_properties(self) -> int:
        at, size = struct.unpack_from("<II", self.document, PROPERTIES_AT)
        return int(at + 4 * ((size - 4) // 8))

    def _last_page_of_properties(self, text_end: int, new_end: int) -> tuple[int, bytes] | None:
        """The last page of paragraph properties with one more run, of no properties; None where it has no room."""
        at, size = struct.unpack_from("<II", self.document, PROPERTIES_AT)
        count = (size - 4) // 8
        (number,) = struct.unpack_from("<I", self.table, at + 4 * (count + 1) + 4 * (count - 1))
        page = bytearray(self.document[number * PAGE : (number + 1) * PAGE])
        runs = page[PAGE - 1]
        ends, places = page[: 4 * (runs + 1)], page[4 * (runs + 1) :][: RUN_BYTES * runs]
        lowest = min(
            (2 * places[RUN_BYTES * run] for run in range(runs) if places[RUN_BYTES * run]), default=0
        )
        longer = ends + struct.pack("<I", new_end) + places + bytes(RUN_BYTES)
        if struct.unpack_from("<I", page, 4 * runs)[0] != text_end or len(longer) > lowest:
            return None
        page[: len(longer)], page[PAGE - 1] = longer, runs + 1
        return number, bytes(page)
