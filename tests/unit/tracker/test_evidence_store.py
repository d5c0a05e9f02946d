"""The store keeps each content once, whole or not at all, and knows when it was touched."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import stat
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import pytest

from tracker.evidence_store import (
    CHUNK_BYTES,
    ContentMissing,
    EvidenceStore,
    FileTooLarge,
    SourceFileMissing,
)
from tracker.media_types import FileRefused

CONTENT = "装备清点情况说明\n".encode()
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NOON = datetime(2024, 6, 3, 4, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


def everything_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.name != ".lock")


def make_old(path: Path, *, now: datetime, age: timedelta) -> None:
    moment = (now - age).timestamp()
    os.utime(path, (moment, moment))


class BreakingStream(io.BytesIO):
    """An upload whose sender hangs up after the first chunk."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise ConnectionResetError("the sender hung up")
        return super().read(size)


class EndlessStream(io.RawIOBase):
    """As many bytes as asked for, never all in memory."""

    def __init__(self, size: int) -> None:
        self.left = size

    def read(self, size: int = -1, /) -> bytes:
        piece = b"1" * min(size, self.left)
        self.left -= len(piece)
        return piece


def add_same_content(root: str, turns: int) -> None:
    store = EvidenceStore(Path(root))
    for _ in range(turns):
        store.add(io.BytesIO(CONTENT), name="说明.txt")


class TestAdd:
    def test_what_was_stored_is_read_back_under_its_checksum(self, store: EvidenceStore) -> None:
        stored = store.add(io.BytesIO(CONTENT), name="说明.txt")

        assert (stored.sha256, stored.size, stored.media_type.label) == (SHA256, len(CONTENT), "文本文件")
        with store.open(SHA256) as stream:
            assert stream.read() == CONTENT

    def test_the_same_content_under_two_names_is_kept_once(self, store: EvidenceStore) -> None:
        for name in ("说明.txt", "另一份.txt"):
            store.add(io.BytesIO(CONTENT), name=name)

        assert everything_below(store.root) == [SHA256]

    def test_a_stored_file_cannot_be_written_to_nor_read_by_strangers(self, store: EvidenceStore) -> None:
        store.add(io.BytesIO(CONTENT), name="说明.txt")

        assert stat.S_IMODE(store.path_of(SHA256).stat().st_mode) == 0o440

    def test_adding_again_heals_a_damaged_file(self, store: EvidenceStore) -> None:
        store.add(io.BytesIO(CONTENT), name="说明.txt")
        store.path_of(SHA256).chmod(0o644)
        store.path_of(SHA256).write_bytes(b"rotten")

        store.add(io.BytesIO(CONTENT), name="说明.txt")

        assert store.checksum(SHA256) == SHA256

    def test_a_broken_upload_leaves_nothing_behind(self, store: EvidenceStore) -> None:
        with pytest.raises(ConnectionResetError):
            store.add(BreakingStream(CONTENT * 200_000), name="说明.txt")

        assert everything_below(store.root) == []

    def test_a_file_above_the_limit_is_refused_and_leaves_nothing_behind(self, tmp_path: Path) -> None:
        store = EvidenceStore(tmp_path, max_bytes=2 * CHUNK_BYTES)
        with pytest.raises(FileTooLarge, match="上限2 MB"):
            store.add(io.BytesIO(b"1" * (2 * CHUNK_BYTES + 1)), name="大文件.txt")

        assert everything_below(tmp_path) == []

    def test_a_file_of_exactly_the_limit_is_taken(self, tmp_path: Path) -> None:
        store = EvidenceStore(tmp_path, max_bytes=CHUNK_BYTES)

        assert store.add(io.BytesIO(b"1" * CHUNK_BYTES), name="大文件.txt").size == CHUNK_BYTES

    @pytest.mark.parametrize(("content", "name"), [(b"MZ\x90\x00", "说明.txt"), (CONTENT, "说明.pdf")])
    def test_a_refused_file_leaves_nothing_behind(
        self, store: EvidenceStore, content: bytes, name: str
    ) -> None:
        with pytest.raises(FileRefused):
            store.add(io.BytesIO(content), name=name)

        assert everything_below(store.root) == []

    def test_a_large_file_is_never_whole_in_memory(self, store: EvidenceStore) -> None:
        large: BinaryIO = EndlessStream(64 * CHUNK_BYTES)  # type: ignore[assignment]
        tracemalloc.start()
        try:
            stored = store.add(large, name="大文件.txt")
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert stored.size == 64 * CHUNK_BYTES
        assert peak < 16 * CHUNK_BYTES

    def test_processes_that_store_the_same_content_at_once_do_no_harm(self, store: EvidenceStore) -> None:
        context = multiprocessing.get_context("spawn")
        writers = [context.Process(target=add_same_content, args=(str(store.root), 20)) for _ in range(3)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()

        assert [writer.exitcode for writer in writers] == [0, 0, 0]
        assert everything_below(store.root) == [SHA256]
        assert store.checksum(SHA256) == SHA256


class TestAddFile:
    def test_a_file_that_is_not_there_is_refused_by_name(self, store: EvidenceStore, tmp_path: Path) -> None:
        with pytest.raises(SourceFileMissing, match=r"没有这份\.txt"):
            store.add_file(tmp_path / "没有这份.txt", name="没有这份.txt")

    def test_a_folder_is_no_file(self, store: EvidenceStore, tmp_path: Path) -> None:
        with pytest.raises(SourceFileMissing):
            store.add_file(tmp_path, name="说明.txt")


class TestPathOf:
    @pytest.mark.parametrize(
        "sha256", ["", "../../etc/passwd", "/etc/passwd", SHA256.upper(), SHA256 + "\n", SHA256[:-1] + "/"]
    )
    def test_nothing_but_a_checksum_leads_anywhere(self, store: EvidenceStore, sha256: str) -> None:
        with pytest.raises(ContentMissing):
            store.path_of(sha256)

    def test_an_unknown_checksum_is_missing(self, store: EvidenceStore) -> None:
        assert not store.has(SHA256)
        with pytest.raises(ContentMissing, match=SHA256[:16]):
            store.open(SHA256)


class TestSweep:
    def test_old_files_that_belong_to_nothing_go_and_all_others_stay(self, store: EvidenceStore) -> None:
        referenced = store.add(io.BytesIO("有登记".encode()), name="a.txt").sha256
        old = store.add(io.BytesIO("旧的孤件".encode()), name="b.txt").sha256
        young = store.add(io.BytesIO("新的孤件".encode()), name="c.txt").sha256
        broken = store.root / "incoming" / "tmpbroken"
        broken.write_bytes(b"half")
        for path in (store.path_of(referenced), store.path_of(old), broken):
            make_old(path, now=NOON, age=timedelta(days=1, seconds=1))
        make_old(store.path_of(young), now=NOON, age=timedelta(hours=23))

        assert store.sweep(referenced={referenced}, at=NOON) == [old]
        assert everything_below(store.root) == sorted([referenced, young])

    def test_content_that_is_added_again_is_young_again(self, store: EvidenceStore) -> None:
        store.add(io.BytesIO(CONTENT), name="说明.txt")
        make_old(store.path_of(SHA256), now=NOON, age=timedelta(days=2))
        store.add(io.BytesIO(CONTENT), name="说明.txt")

        assert store.sweep(referenced=set(), at=NOON) == []

    def test_an_empty_store_has_nothing_to_sweep(self, store: EvidenceStore) -> None:
        assert store.sweep(referenced=set(), at=NOON) == []
