"""The zip of a package: written so that equal contents make equal bytes, and read as something hostile.

Members are stored, not deflated: evidence is mostly compressed already, the bytes do not depend on the version
of a compressor, and a reader that accepts nothing deflated cannot be fed a zip bomb.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from tracker.clock import OFFICE_ZONE

Stamp = tuple[int, int, int, int, int, int]
MAX_MEMBERS = 60_000
CHUNK_BYTES = 1024 * 1024
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_UTF8_NAME = 0x800
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_LENGTHS = struct.Struct("<3H")  # of name, extra field and comment
_LENGTHS_AT, _DIRECTORY_LINE = 28, 46
_USUAL_VERSION, _LARGE_VERSION = 20, 45
_MOST, _FAR_END_BYTES = 0xFFFFFFFF, 56 + 20


class ContainerDamaged(Exception):
    """The zip is not one that was written here, or not any more. Says why, in Chinese, without a full stop."""


def stamp_of(moment: datetime) -> Stamp:
    """The office's time of day as a zip keeps it: to two seconds."""
    local = moment.astimezone(OFFICE_ZONE)
    return (local.year, local.month, local.day, local.hour, local.minute, local.second - local.second % 2)


class PackageWriter:
    """Appends members to a new zip. Names come in the order in which they are to stand."""

    def __init__(self, target: BinaryIO, stamp: Stamp) -> None:
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)
        self._stamp = stamp

    @contextmanager
    def member(self, name: str, *, size: int) -> Iterator[IO[bytes]]:
        """Open a member of `size` bytes for writing."""
        info = zipfile.ZipInfo(name, self._stamp)
        info.compress_type = zipfile.ZIP_STORED
        info.create_system = _UNIX
        info.external_attr = _MODE
        info.file_size = size
        with self._zip.open(info, "w") as stream:
            yield stream

    def write(self, name: str, content: bytes) -> None:
        with self.member(name, size=len(content)) as stream:
            stream.write(content)

    def close(self) -> None:
        self._zip.close()


def zip_bytes(members: Iterable[tuple[str, bytes]], stamp: Stamp) -> bytes:
    """A small zip of its own: the frame of an Office document."""
    buffer = io.BytesIO()
    writer = PackageWriter(buffer, stamp)
    for name, content in members:
        writer.write(name, content)
    writer.close()
    return buffer.getvalue()


class PackageReader:
    """A package opened for checking. Raises ContainerDamaged for any zip but one of ours, byte for byte in order."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb")
        try:
            self._zip = zipfile.ZipFile(self._stream)
            self._infos = self._checked()
        except (
            zipfile.BadZipFile,
            NotImplementedError,
            ValueError,
            EOFError,
            OSError,
            struct.error,
        ) as error:
            self._stream.close()
            raise ContainerDamaged("材料包不是完整的 ZIP 文件，可能没有传完或者已经损坏") from error
        except ContainerDamaged:
            self._stream.close()
            raise

    def close(self) -> None:
        self._zip.close()
        self._stream.close()

    @property
    def sizes(self) -> dict[str, int]:
        """The members and their sizes in bytes, in order."""
        return {info.filename: info.file_size for info in self._infos}

    @property
    def stamp(self) -> Stamp:
        return self._infos[0].date_time

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a member, a chunk at a time; its own CRC is checked by its end."""
        try:
            with self._zip.open(name) as stream:
                while piece := stream.read(CHUNK_BYTES):
                    yield piece
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise ContainerDamaged(f"材料包中的“{name}”已经损坏") from error

    def read(self, name: str, *, max_bytes: int) -> bytes:
        if self.sizes[name] > max_bytes:
            raise ContainerDamaged(f"材料包中的“{name}”大得不正常")
        return b"".join(self.chunks(name))

    def _checked(self) -> list[zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if not infos or len(infos) > MAX_MEMBERS:
            raise ContainerDamaged("材料包里没有文件，或者文件多得不正常")
        if len({info.filename for info in infos}) != len(infos):
            raise ContainerDamaged("材料包里有重名的文件")
        offset = 0
        for info in infos:
            if not _is_ours(info, infos[0].date_time) or info.header_offset != offset:
                raise _not_ours()
            offset = self._check_local_header(info)
        self._check_end(len(infos), offset)
        return infos

    def _check_local_header(self, info: zipfile.ZipInfo) -> int:
        """Compare the header in front of a member with the directory; return where the next one begins."""
        self._stream.seek(info.header_offset)
        fields = _LOCAL.unpack(self._stream.read(_LOCAL.size))
        name = self._stream.read(fields[9])
        date, time = _packed(info.date_time)
        is_long = _is_long(info)  # then its sizes stand in the extra field
        sizes = (info.CRC, *fields[7:9]) if is_long else (info.CRC, info.file_size, info.file_size)
        version = _LARGE_VERSION if is_long else _USUAL_VERSION
        wanted = (b"PK\x03\x04", version, info.flag_bits, 0, time, date, *sizes, len(name))
        if fields[:10] != wanted or name != _encoded(info) or (fields[10] != 0 and not is_long):
            raise _not_ours()
        return info.header_offset + _LOCAL.size + len(name) + int(fields[10]) + info.file_size

    def _check_end(self, members: int, directory: int) -> None:
        size = self._stream.seek(0, io.SEEK_END)
        self._stream.seek(size - _END.size)
        fields = _END.unpack(self._stream.read(_END.size))
        # Behind a directory that begins far out stand two records more, which zipfile has read and believed.
        end = size - _END.size - (_FAR_END_BYTES if directory > zipfile.ZIP64_LIMIT else 0)
        offset = min(directory, _MOST)
        if fields != (b"PK\x05\x06", 0, 0, members, members, end - directory, offset, 0):
            raise _not_ours()
        self._check_lengths(directory, end)

    def _check_lengths(self, directory: int, end: int) -> None:
        """zipfile reads on silently where the last line of the directory claims to be longer than it is."""
        for info in self._zip.infolist():
            self._stream.seek(directory + _LENGTHS_AT)
            lengths = _LENGTHS.unpack(self._stream.read(_LENGTHS.size))
            if lengths != (len(_encoded(info)), len(info.extra), 0):
                raise _not_ours()
            directory += _DIRECTORY_LINE + sum(lengths)
        if directory != end:
            raise _not_ours()


def _is_ours(info: zipfile.ZipInfo, stamp: Stamp) -> bool:
    is_far = max(info.header_offset, info.file_size) > zipfile.ZIP64_LIMIT
    version = _LARGE_VERSION if is_far or _is_long(info) else _USUAL_VERSION
    return (
        info.compress_type == zipfile.ZIP_STORED
        and info.compress_size == info.file_size
        and info.flag_bits == (0 if info.filename.isascii() else _UTF8_NAME)
        and info.date_time == stamp
        and info.create_system == _UNIX
        and info.external_attr == _MODE
        and info.internal_attr == 0
        and info.volume == 0
        and info.reserved == 0
        and info.create_version == version
        and info.extract_version == version
        and not info.comment
        and (is_far or not info.extra)
    )


def _is_long(info: zipfile.ZipInfo) -> bool:
    """Whether zipfile gave the member sizes of eight bytes; it does so a little before they are needed."""
    return info.file_size * 1.05 > zipfile.ZIP64_LIMIT


def _encoded(info: zipfile.ZipInfo) -> bytes:
    return info.filename.encode("ascii" if info.filename.isascii() else "utf-8")


def _packed(stamp: Stamp) -> tuple[int, int]:
    year, month, day, hour, minute, second = stamp
    return (year - 1980) << 9 | month << 5 | day, hour << 11 | minute << 5 | second // 2


def _not_ours() -> ContainerDamaged:
    return ContainerDamaged("材料包不是本系统生成的原样文件，压缩包的结构被改动过")
