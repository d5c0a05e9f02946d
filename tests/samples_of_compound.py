"""OLE compound files and old Excel workbooks, laid out by hand ([MS-CFB], [MS-XLS]); no library writes them any more."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NONE = 0xFFFFFFFF
_SMALLEST = 4096  # shorter streams would have to live in the mini stream


def build_compound(streams: Mapping[str, bytes], storages: Sequence[str] = ()) -> bytes:
    """A compound file with the given streams and empty storages at its top."""
    names = [*streams, *storages]
    directory_sectors = (len(names) + 1 + 3) // 4
    bodies = [body.ljust(max(_SMALLEST, len(body)), b"\0") for body in streams.values()]
    chains = [directory_sectors, *(-(-len(body) // _SECTOR) for body in bodies)]
    fat, starts = [_FAT], []
    for length in chains:
        starts.append(len(fat))
        fat += [*range(len(fat) + 1, len(fat) + length), _END]
    assert len(fat) <= _SECTOR // 4, "one FAT sector is enough for a sample"
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    entries = [_entry("Root Entry", kind=5, child=1 if names else _NONE, start=_END)]
    for index, name in enumerate(names):
        right = index + 2 if index + 1 < len(names) else _NONE
        is_stream = index < len(bodies)
        entries.append(
            _entry(
                name,
                kind=2 if is_stream else 1,
                right=right,
                start=starts[index + 1] if is_stream else 0,
                size=len(bodies[index]) if is_stream else 0,
            )
        )
    directory = b"".join(entries).ljust(directory_sectors * _SECTOR, b"\0")
    padded = (body.ljust(-(-len(body) // _SECTOR) * _SECTOR, b"\0") for body in bodies)
    return _header(starts[0]) + struct.pack("<128I", *fat) + directory + b"".join(padded)


def _header(directory_start: int) -> bytes:
    fields = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6, b"\0" * 6,
        0, 1, directory_start, 0, _SMALLEST, _END, 0, _END, 0,
    )  # fmt: skip
    return fields + struct.pack("<109I", 0, *[_FREE] * 108)


def _entry(
    name: str, *, kind: int, right: int = _NONE, child: int = _NONE, start: int, size: int = 0
) -> bytes:
    encoded = (name + "\0").encode("utf-16-le")
    head = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, _NONE, right, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def build_word_97(*, is_encrypted: bool = False, storages: Sequence[str] = ()) -> bytes:
    """Enough of a `.doc` to be recognised: its header with the flag of encryption."""
    header = struct.pack("<HHHHHBB", 0xA5EC, 0xC1, 0, 0, 0, 0, 1 if is_encrypted else 0)
    return build_compound({"WordDocument": header}, storages)


Value = str | float | tuple[float, int]  # text, a number, or a number with the index of its style


def build_excel_97(
    rows: Sequence[Sequence[Value]],
    *,
    merges: Sequence[tuple[int, int, int, int]] = (),
    formats: Sequence[int] = (0,),
    sheet: str = "Sheet1",
    has_password: bool = False,
    storages: Sequence[str] = (),
) -> bytes:
    """An `.xls` of one sheet; merges are (first row, last row, first column, last column)."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0x41, 6)
    before = (
        _record(0x0809, bof)
        + (_record(0x002F, b"\0" * 54) if has_password else b"")
        + _record(0x0042, b"\xb0\x04")
    )
    styles = b"".join(_record(0x00E0, struct.pack("<HH", 0, number) + b"\0" * 16) for number in formats)
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    after = _record(0x000A, b"")
    start = len(before) + len(styles) + 4 + 6 + len(name) + len(after)
    return build_compound(
        {
            "Workbook": before
            + styles
            + _record(0x0085, struct.pack("<IH", start, 0) + name)
            + after
            + _sheet(rows, merges)
        },
        storages,
    )


def _sheet(rows: Sequence[Sequence[Value]], merges: Sequence[tuple[int, int, int, int]]) -> bytes:
    height, width = len(rows), max((len(line) for line in rows), default=0)
    written = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0x41, 6))
    written += _record(0x0200, struct.pack("<IIHHH", 0, height, 0, width, 0))
    for row, line in enumerate(rows):
        for column, value in enumerate(line):
            written += _cell(row, column, value)
    if merges:
        written += _record(
            0x00E5, struct.pack("<H", len(merges)) + b"".join(struct.pack("<4H", *merge) for merge in merges)
        )
    return written + _record(0x000A, b"")


def _cell(row: int, column: int, value: Value) -> bytes:
    if isinstance(value, str):
        text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHH", row, column, 0) + text) if value else b""
    number, style = value if isinstance(value, tuple) else (value, 0)
    return _record(0x0203, struct.pack("<HHHd", row, column, style, number))


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body
