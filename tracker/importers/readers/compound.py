"""OLE compound files: what Word 97, Excel 97 and WPS wrote, and what an encrypted office file is wrapped in."""

from __future__ import annotations

import io
from enum import StrEnum

import olefile

from tracker.importers.errors import SourceDamaged

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
        self._name = name
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
