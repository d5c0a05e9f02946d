"""Files that wait while their import is being settled, kept under the SHA-256 of their content.

A file is received under a temporary name and kept only when it was read and may stay: a classified one, or one that
nobody can read, leaves nothing behind. Nothing that a user typed becomes part of a path.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from tracker.errors import TrackerError

CHUNK_BYTES = 1 << 20
ORPHAN_AGE = timedelta(days=1)
FILE_MODE = 0o440
_DIGEST = re.compile(r"[0-9a-f]{64}")


class ParkedFileMissing(TrackerError):
    """The file of an import is no longer there."""

    def __init__(self) -> None:
        super().__init__("这次导入的原文件已经不在了（可能被清理），请重新上传文件。")


@dataclass(frozen=True)
class Incoming:
    """A file that came and is not kept yet: what it holds, and the act of keeping it."""

    data: bytes
    sha256: str
    keep: Callable[[], None]


class ParkedFiles:
    """A folder of files named by their content."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextmanager
    def receive(
        self, stream: BinaryIO, *, max_bytes: int, too_large: Callable[[], Exception]
    ) -> Iterator[Incoming]:
        """Take a file in, chunk by chunk; it is gone at the end unless `keep` was called. Raises `too_large`."""
        self.root.mkdir(parents=True, exist_ok=True)
        handle, temporary_name = tempfile.mkstemp(dir=self.root, prefix="incoming-")
        temporary = Path(temporary_name)
        try:
            with os.fdopen(handle, "wb") as target:
                sha256 = _copy(stream, target, max_bytes, too_large)

            def keep() -> None:
                temporary.chmod(FILE_MODE)
                temporary.replace(self.root / sha256)

            yield Incoming(temporary.read_bytes(), sha256, keep)
        finally:
            temporary.unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        """Raises ParkedFileMissing, also for anything but a checksum."""
        if not _DIGEST.fullmatch(sha256):
            raise ParkedFileMissing
        try:
            return (self.root / sha256).read_bytes()
        except FileNotFoundError as error:
            raise ParkedFileMissing from error

    def sweep(self, *, referenced: Collection[str], at: datetime) -> list[str]:
        """Delete what no import refers to and is older than a day, broken uploads too; returns their names.

        Younger ones may belong to a transaction that is not committed yet.
        """
        before = (at - ORPHAN_AGE).timestamp()
        swept = []
        for path in sorted(self.root.glob("*")):
            with suppress(FileNotFoundError):  # somebody else sweeps at the same time
                if path.name not in referenced and path.stat().st_mtime < before:
                    path.unlink()
                    swept.append(path.name)
        return swept


def _copy(stream: BinaryIO, target: BinaryIO, max_bytes: int, too_large: Callable[[], Exception]) -> str:
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(CHUNK_BYTES):
        size += len(piece)
        if size > max_bytes:
            raise too_large()
        digest.update(piece)
        target.write(piece)
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest()
