"""The zip of a package: the same bytes for the same contents, read back strictly, also where it is very large."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracker.archive.container import (
    ContainerDamaged,
    PackageReader,
    PackageWriter,
    stamp_of,
    zip_bytes,
)

STAMP = (2024, 12, 2, 16, 30, 14)
MEMBERS = [("a.txt", b"1" * 10), ("大文件.bin", b"2" * 5000), ("z.txt", b"3" * 10)]


def contents_of(path: Path) -> list[tuple[str, bytes]]:
    reader = PackageReader(path)
    try:
        return [(name, b"".join(reader.chunks(name))) for name in reader.sizes]
    finally:
        reader.close()


class TestStampOf:
    def test_it_is_the_office_day_to_two_seconds(self) -> None:
        assert stamp_of(datetime(2024, 12, 31, 16, 30, 15, 999, tzinfo=UTC)) == (2025, 1, 1, 0, 30, 14)


class TestPackageReader:
    def test_what_was_written_is_read_back_in_order(self, tmp_path: Path) -> None:
        path = tmp_path / "package.zip"
        path.write_bytes(zip_bytes(MEMBERS, STAMP))

        assert contents_of(path) == MEMBERS

    def test_equal_contents_make_equal_bytes(self) -> None:
        assert zip_bytes(MEMBERS, STAMP) == zip_bytes(MEMBERS, STAMP)

    def test_any_zip_program_opens_it(self) -> None:
        with zipfile.ZipFile(io.BytesIO(zip_bytes(MEMBERS, STAMP))) as package:
            assert package.testzip() is None
            assert {info.date_time for info in package.infolist()} == {STAMP}

    @pytest.mark.parametrize("limit", [4900, 3000, 20])
    def test_a_package_beyond_the_old_limits_is_read_as_well(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int
    ) -> None:
        # given a zip library that thinks two gigabytes are a few bytes
        monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
        path = tmp_path / "package.zip"
        with path.open("wb") as target:
            writer = PackageWriter(target, STAMP)
            for name, content in MEMBERS:
                writer.write(name, content)
            writer.close()

        assert contents_of(path) == MEMBERS
        content = path.read_bytes()
        path.write_bytes(content[:40] + b"\x00" + content[41:])
        with pytest.raises(ContainerDamaged):
            contents_of(path)

    @pytest.mark.parametrize("content", [b"", b"PK", b"PK\x05\x06" + bytes(18), b"nothing of the kind" * 9])
    def test_what_is_no_package_is_refused(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "package.zip"
        path.write_bytes(content)

        with pytest.raises(ContainerDamaged):
            PackageReader(path)

    def test_a_member_twice_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "package.zip"
        with pytest.warns(UserWarning, match="Duplicate"):
            path.write_bytes(zip_bytes([("a.txt", b"1"), ("a.txt", b"2")], STAMP))

        with pytest.raises(ContainerDamaged, match="重名"):
            PackageReader(path)
