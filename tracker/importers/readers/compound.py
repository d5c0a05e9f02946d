"""OLE compound files: what Word 97, Excel 97 and WPS wrote, and what an encrypted office file is wrapped in."""

from __future__ import annotations

import io
from enum import StrEnum

import olefile

from tracker.importers.errors import SourceDamaged
from tracker.importers.readers.word_97_ends import DAMAGES as WORD_DAMAGES
from tracker.importers.readers.word_97_ends import Word97Text

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACRO_STORAGES = frozenset({"macros", "_vba_project_cur", "vba"})
_DAMAGES = (OSError, ValueError, IndexError, EOFError, TypeError, KeyError, RecursionError, MemoryError)


class CompoundKind(StrEnum):
    """What a compound file holds."""

    ENCRYPTED = "encrypted"
    WORD = "word"
    EXCEL = "excel"
    WPS = "wps"
    OTHER = "other"


class CompoundFile:
    """The top level of a compound file. Raises SourceDamaged when it cannot be read."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name, self._data = name, data
        try:
            self._ole = olefile.OleFileIO(io.BytesIO(data))
            self._top = {path[0].lower(): path[0] for path in self._ole.listdir(streams=True, storages=True)}
        except _DAMAGES as error:
            raise self._damaged() from error

    @property
    def kind(self) -> CompoundKind:
        if "encryptedpackage" in self._top:
            return CompoundKind.ENCRYPTED
        if "worddocument" in self._top:
            return CompoundKind.WORD
        if self._workbook is not None:
            return CompoundKind.EXCEL
        return (
            CompoundKind.WPS if "wpscontent" in self._top or "contents" in self._top else CompoundKind.OTHER
        )

    @property
    def has_macros(self) -> bool:
        return not _MACRO_STORAGES.isdisjoint(self._top)

    @property
    def _workbook(self) -> str | None:
        return self._top.get("workbook") or self._top.get("book")

    def read_workbook(self) -> bytes:
        """The stream with the sheets."""
        return self._read(self._workbook or "Workbook")

    def is_word_encrypted(self) -> bool:
        """The flag fEncrypted of the header of a Word 97 file ([MS-DOC] 2.5.2, bit 8 at offset 10)."""
        header = self._read(self._top["worddocument"])[:12]
        return len(header) == 12 and bool(header[11] & 0x01)

    def close_last_table(self) -> tuple[bytes, str | None]:
        """The Word 97 file with a paragraph behind its last table; where that is lacking and does not fit, the file as it is
        and the words with which the table begins.
        """
        document = self._read(self._top["worddocument"])
        try:
            stream = self._top.get(Word97Text.table_stream_of(document))
            if stream is None:
                return self._data, None
            text = Word97Text(bytearray(document), bytearray(self._read(stream)))
            if not text.ends_in_table():
                return self._data, None
            if not text.close():
                return self._data, text.last_table_begins_with()
        except WORD_DAMAGES:  # not as [MS-DOC] has it: LibreOffice will say whether it can be read
            return self._data, None
        return self._with_streams({self._top["worddocument"]: text.document, stream: text.table}), None

    def _with_streams(self, streams: dict[str, bytearray]) -> bytes:
        """The file with other bytes, as many as before, in some of its streams."""
        copy = io.BytesIO(self._data)
        with olefile.OleFileIO(copy, write_mode=True) as ole:
            for name, content in streams.items():
                ole.write_stream(name, bytes(content))
            return copy.getvalue()

    def _read(self, stream: str) -> bytes:
        try:
            with self._ole.openstream(stream) as opened:
                return bytes(opened.read())
        except _DAMAGES as error:
            raise self._damaged() from error

    def _damaged(self) -> SourceDamaged:
        return SourceDamaged(
            f"文件“{self._name}”不完整或已损坏，请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx 后再导入。"
        )
