"""What calamine does not tell of an `.xls`: a password, errors, and how a date is shown ([MS-XLS] 2.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tracker.importers.errors import SourceDamaged
from tracker.importers.readers.sheet_marks import DateShape, SheetMarks, date_shape

_BEGIN, _END, _PASSWORD, _SHEET = 0x0809, 0x000A, 0x002F, 0x0085
_FORMAT, _STYLE, _HEADER, _FOOTER, _ROW = 0x041E, 0x00E0, 0x0014, 0x0015, 0x0208
_NUMBER, _SHORT_NUMBER, _SHORT_NUMBERS, _FORMULA, _ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
_STYLED = frozenset({_NUMBER, _SHORT_NUMBER, _FORMULA})
_BIFF8 = 0x0600
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}

Record = tuple[int, int, bytes]  # where it stands, its kind, its body


def needs_password(stream: bytes) -> bool:
    """The workbook's globals hold a FILEPASS record."""
    for _, kind, _ in _records(stream, 0):
        if kind == _PASSWORD:
            return True
        if kind == _END:
            return False
    return False


def read_marks(stream: bytes, name: str) -> dict[str, SheetMarks]:
    """The marks of every sheet by its name; nothing for files older than Excel 97."""
    if len(stream) < 6 or struct.unpack_from("<H", stream, 4)[0] != _BIFF8:
        return {}
    try:
        return _read_marks(stream)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise SourceDamaged(
            f"文件“{name}”不完整或已损坏，请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。"
        ) from error


def _read_marks(stream: bytes) -> dict[str, SheetMarks]:
    codes: dict[int, str] = {}
    styles: list[int] = []
    sheets: dict[str, int] = {}
    for _, kind, body in _records(stream, 0):
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", body)[0]] = _string(body, 2, wide_count=True)
        elif kind == _STYLE:
            styles.append(struct.unpack_from("<H", body, 2)[0])
        elif kind == _SHEET:
            sheets[_string(body, 6, wide_count=False)] = struct.unpack_from("<I", body)[0]
        elif kind == _END:
            break
    shapes = [date_shape(number_format, codes.get(number_format)) for number_format in styles]
    return {sheet: _read_sheet(stream, start, shapes) for sheet, start in sheets.items()}


def _read_sheet(stream: bytes, start: int, shapes: list[DateShape]) -> SheetMarks:
    marks = SheetMarks()
    margins: list[str] = []
    depth = 0
    for _, kind, body in _records(stream, start):
        depth += (kind == _BEGIN) - (kind == _END)  # a chart inside a sheet is a part of its own
        if depth == 0:
            break
        if kind in (_HEADER, _FOOTER) and body:
            margins.append(_string(body, 0, wide_count=True))
        elif kind == _ROW:
            marks.hidden_rows += bool(body[12] & 0x20) and struct.unpack_from("<HH", body, 2) != (0, 0)
        else:
            _read_cells(kind, body, shapes, marks)
    marks.margins = tuple(margins)
    return marks


def _read_cells(kind: int, body: bytes, shapes: list[DateShape], marks: SheetMarks) -> None:
    if kind in _STYLED:
        row, column, style = struct.unpack_from("<HHH", body)
        _mark_shape(row, column, style, shapes, marks)
        if kind == _FORMULA and body[6] == 2 and body[12:14] == b"\xff\xff":
            marks.errors[row, column] = _ERRORS.get(body[8], "#N/A")
    elif kind == _SHORT_NUMBERS:
        row, first = struct.unpack_from("<HH", body)
        for index, offset in enumerate(range(4, len(body) - 2, 6)):
            _mark_shape(row, first + index, struct.unpack_from("<H", body, offset)[0], shapes, marks)
    elif kind == _ERROR and body[7]:
        row, column = struct.unpack_from("<HH", body)
        marks.errors[row, column] = _ERRORS.get(body[6], "#N/A")


def _mark_shape(row: int, column: int, style: int, shapes: list[DateShape], marks: SheetMarks) -> None:
    shape = shapes[style] if style < len(shapes) else DateShape.FULL
    if shape is not DateShape.FULL:
        marks.shapes[row, column] = shape


def _string(body: bytes, offset: int, *, wide_count: bool) -> str:
    """A string with its count of characters before it, one byte or two each as its flag says."""
    count = struct.unpack_from("<H" if wide_count else "<B", body, offset)[0]
    flag = offset + (2 if wide_count else 1)
    if body[flag] & 1:
        return body[flag + 1 : flag + 1 + 2 * count].decode("utf-16-le", "replace")
    return body[flag + 1 : flag + 1 + count].decode("latin-1")


def _records(stream: bytes, start: int) -> Iterator[Record]:
    position = start
    while position + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, position)
        yield position, kind, stream[position + 4 : position + 4 + size]
        position += 4 + size
