"""Golden files: compared byte for byte, written only when asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden_files import Golden


class TestCheck:
    def test_the_recorded_text_passes(self, tmp_path: Path) -> None:
        Golden(tmp_path, recording=True).check("notices/digest.txt", "您有 2 项任务将到期。\n")

        Golden(tmp_path).check("notices/digest.txt", "您有 2 项任务将到期。\n")

    def test_another_text_fails_with_a_unified_diff(self, tmp_path: Path) -> None:
        (tmp_path / "digest.txt").write_text("您有 2 项任务将到期。\n", encoding="utf-8")

        with pytest.raises(pytest.fail.Exception) as failure:
            Golden(tmp_path).check("digest.txt", "您有 3 项任务将到期。\n")

        assert "-您有 2 项任务将到期。\n+您有 3 项任务将到期。" in str(failure.value)

    def test_a_missing_newline_at_the_end_is_a_difference(self, tmp_path: Path) -> None:
        (tmp_path / "digest.txt").write_text("完\n", encoding="utf-8")

        with pytest.raises(pytest.fail.Exception, match="No newline at end"):
            Golden(tmp_path).check("digest.txt", "完")

    def test_other_bytes_fail_with_the_place_of_the_first_difference(self, tmp_path: Path) -> None:
        (tmp_path / "report.docx").write_bytes(b"PK\x03\x04\xff\x00")

        with pytest.raises(pytest.fail.Exception, match="differs from byte 4 on"):
            Golden(tmp_path).check("report.docx", b"PK\x03\x04\xfe\x00")

    def test_a_file_that_was_never_recorded_fails_and_says_how_to_record_it(self, tmp_path: Path) -> None:
        with pytest.raises(pytest.fail.Exception, match="make golden"):
            Golden(tmp_path).check("digest.txt", "完")

        assert list(tmp_path.iterdir()) == []

    def test_recording_leaves_an_unchanged_file_untouched(self, tmp_path: Path) -> None:
        path = tmp_path / "digest.txt"
        path.write_text("完\n", encoding="utf-8")
        path.chmod(0o400)
        before = path.stat().st_mtime_ns

        Golden(tmp_path, recording=True).check("digest.txt", "完\n")

        assert path.stat().st_mtime_ns == before


class TestFixture:
    def test_tests_that_ask_for_it_are_found_by_their_mark(
        self, golden: Golden, request: pytest.FixtureRequest
    ) -> None:
        assert request.node.get_closest_marker("golden") is not None
        assert golden.folder.name == "golden"
