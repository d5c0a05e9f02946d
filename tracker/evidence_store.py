"""Files kept under the SHA-256 of their content, outside the database.

A file is written under a temporary name on the same disk, synced, and renamed when it is whole: whoever reads
sees all of it or nothing. The same content is kept once. Nothing that a user typed becomes part of a path.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from tracker.errors import TrackerError
from tracker.media_types import FileRefused, MediaType, check_name, sniff

CHUNK_BYTES = 1024 * 1024
DEFAULT_MAX_BYTES = 200 * 1024 * 1024
ORPHAN_AGE = timedelta(days=1)
FILE_MODE = 0o440  # evidence names people: for the office's own account and its group, to read
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INCOMING = "incoming"
_LOCK = ".lock"


class FileTooLarge(FileRefused):
    """More bytes than the office takes in."""

    def __init__(self, name: str, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        super().__init__(
            f"文件“{name}”超过大小上限{max_bytes // (1024 * 1024)} MB，请压缩、拆分后再提交，或者改为提交链接。"
        )


class SourceFileMissing(TrackerError):
    """There is nothing to hand in at that place."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"找不到文件“{path.name}”，或者它不是普通文件、没有读取权限，请检查路径。")


class ContentMissing(TrackerError):
    """The store has no content under this checksum."""

    def __init__(self, sha256: str) -> None:
        self.sha256 = sha256
        super().__init__(f"材料库里没有校验码为{sha256[:16]}…的文件，请检查材料库是否完整。")


@dataclass(frozen=True)
class StoredContent:
    """What was stored: its checksum, its size in bytes, what it is."""

    sha256: str
    size: int
    media_type: MediaType


class EvidenceStore:
    """A folder of files named by their content. Several processes may use it at once."""

    def __init__(self, root: Path, *, max_bytes: int = DEFAULT_MAX_BYTES) -> None:
        self.root = root
        self.max_bytes = max_bytes

    def add_file(self, source: Path, *, name: str) -> StoredContent:
        """Store a file of this machine. Raises as `add`, and SourceFileMissing."""
        try:
            if not source.is_file():
                raise SourceFileMissing(source)
            with source.open("rb") as stream:
                return self.add(stream, name=name)
        except PermissionError as error:
            raise SourceFileMissing(source) from error

    def add(self, stream: BinaryIO, *, name: str) -> StoredContent:
        """Store what `stream` holds, chunk by chunk; `name` is what the office calls it.

        Raises FileTooLarge, FileEmpty or FileRefused; then nothing stays behind.
        """
        with self.receive(name) as incoming:
            while piece := stream.read(CHUNK_BYTES):
                incoming.write(piece)
            return incoming.keep()

    def receive(self, name: str) -> Incoming:
        """A file that comes piece by piece, as a `with` block: what is not kept by its end leaves nothing behind."""
        return Incoming(self, name)

    def open(self, sha256: str) -> BinaryIO:
        """Open a stored content for reading. Raises ContentMissing."""
        try:
            return self.path_of(sha256).open("rb")
        except FileNotFoundError as error:
            raise ContentMissing(sha256) from error

    def has(self, sha256: str) -> bool:
        return self.path_of(sha256).is_file()

    def path_of(self, sha256: str) -> Path:
        """Where the content lies. Raises ContentMissing for anything but a checksum, so no path leaves the root."""
        if not _DIGEST.fullmatch(sha256):
            raise ContentMissing(sha256)
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def checksum(self, sha256: str) -> str:
        """Read the stored content again and return the checksum it has now. Raises ContentMissing."""
        digest = hashlib.sha256()
        with self.open(sha256) as stream:
            while piece := stream.read(CHUNK_BYTES):
                digest.update(piece)
        return digest.hexdigest()

    def list_stored(self) -> Iterator[str]:
        """The checksums under which something is stored, in order."""
        for path in sorted(self.root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*")):
            if _DIGEST.fullmatch(path.name):
                yield path.name

    def sweep(self, *, referenced: Collection[str], at: datetime) -> list[str]:
        """Delete what is older than a day and belongs to nothing: contents not in `referenced`, broken uploads.

        Returns the checksums deleted. Younger files may belong to a transaction that is not committed yet.
        """
        before = (at - ORPHAN_AGE).timestamp()
        swept = []
        with self._locked(fcntl.LOCK_EX):
            for path in (self.root / _INCOMING).glob("*"):
                with suppress(FileNotFoundError):  # an upload that ends just now takes its file away
                    if path.stat().st_mtime < before:
                        path.unlink()
            for sha256 in self.list_stored():
                if sha256 not in referenced and self.path_of(sha256).stat().st_mtime < before:
                    self.path_of(sha256).unlink()
                    swept.append(sha256)
        return swept

    def take_in(self, temporary: Path, sha256: str) -> None:
        """Move a whole file of the store's own disk to its place. Called by `Incoming.keep`."""
        final = self.path_of(sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(FILE_MODE)
        with self._locked(fcntl.LOCK_SH):
            # Replaces an equal file on purpose: that makes it young again, and heals a damaged one.
            temporary.replace(final)
        _sync_folder(final.parent)

    @contextmanager
    def _locked(self, mode: int) -> Iterator[None]:
        """Many may add at once; nobody adds while old files are swept."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / _LOCK).open("a") as lock:
            fcntl.flock(lock, mode)
            yield


class Incoming:
    """One file on its way into the store, on the store's own disk; checked and named by its content when whole."""

    def __init__(self, store: EvidenceStore, name: str) -> None:
        folder = store.root / _INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        handle, temporary_name = tempfile.mkstemp(dir=folder)
        self._store = store
        self._name = name
        self._temporary = Path(temporary_name)
        self._target = os.fdopen(handle, "wb")
        self._digest = hashlib.sha256()
        self._size = 0

    def __enter__(self) -> Incoming:
        return self

    def __exit__(self, *_error: object) -> None:
        self._target.close()
        self._temporary.unlink(missing_ok=True)

    def write(self, piece: bytes | bytearray) -> None:
        """Append a piece. Raises FileTooLarge."""
        self._size += len(piece)
        if self._size > self._store.max_bytes:
            raise FileTooLarge(self._name, self._store.max_bytes)
        self._digest.update(piece)
        self._target.write(piece)

    def check(self) -> MediaType:
        """What the whole file is. Raises FileEmpty or FileRefused where its kind is not taken, or its name lies."""
        self._target.flush()
        kind = sniff(self._temporary)
        check_name(self._name, kind)
        return kind

    def keep(self) -> StoredContent:
        """Take the whole file in. Raises as `check`."""
        kind = self.check()
        os.fsync(self._target.fileno())
        sha256 = self._digest.hexdigest()
        self._store.take_in(self._temporary, sha256)
        return StoredContent(sha256, self._size, kind)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
