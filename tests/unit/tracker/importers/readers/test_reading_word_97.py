"""Word 97 files written by LibreOffice itself; skipped where it is not installed."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import docx
import pytest

from tracker.importers.build import build_draft
from tracker.importers.draft import Severity
from tracker.importers.readers import read_source_bytes
from tracker.importers.readers.compound import CompoundFile
from tracker.importers.readers.word_97_ends import Word97Text
from tracker.importers.source import Grid

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice (soffice)")
HEADINGS = ("序号", "任务内容", "责任单位", "责任人", "完成时限")


def add_table(document: docx.document.Document, first: int) -> None:
    table = document.add_table(rows=0, cols=len(HEADINGS))
    rows = [HEADINGS] + [
        (str(n), f"完成第{n}件测试事项", "测试科", "测试甲", "9月底前") for n in range(first, first + 3)
    ]
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


@lru_cache(maxsize=2)
def word_97(folder: Path, *, is_closed: bool) -> bytes:
    """Two pages of one table as LibreOffice saves them; not `is_closed` without a paragraph behind the second."""
    document = docx.Document()
    for first in (1, 4):
        document.add_paragraph("2026年测试工作责任分解表")
        add_table(document, first)
    if is_closed:
        document.add_paragraph("")
    source = folder / f"closed-{is_closed}.docx"
    document.save(str(source))
    command = [str(OFFICE), f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    subprocess.run(
        [*command, "--convert-to", "doc", "--outdir", str(folder), str(source)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return source.with_suffix(".doc").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("word-97")


class TestTheLastTable:
    def test_it_is_read_where_nothing_stands_behind_it(self, folder: Path) -> None:
        document = read_source_bytes(word_97(folder, is_closed=False), "甲.doc")

        assert sum(isinstance(block, Grid) for block in document.blocks) == 2
        assert [row.seq for row in build_draft(document).tables[0].rows] == list("123456")

    def test_a_file_that_is_closed_as_word_does_it_is_left_as_it_is(self, folder: Path) -> None:
        data = word_97(folder, is_closed=True)

        assert CompoundFile(data, "甲.doc").close_last_table() == (data, None)

    def test_where_it_cannot_be_mended_the_finding_names_the_table(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Word97Text, "close", lambda self: False)

        draft = build_draft(read_source_bytes(word_97(folder, is_closed=False), "甲.doc"))

        (finding,) = (each for each in draft.diagnostics if each.code == "lost-table")
        assert finding.severity is Severity.ERROR
        assert "以“序号”开头" in finding.message
        assert "另存为 .docx" in finding.message

    def test_a_file_with_footnotes_is_not_mended(self, folder: Path) -> None:
        text = streams(word_97(folder, is_closed=False))
        text.document[0x50] = 1  # a character of a footnote stands behind the body

        assert text.ends_in_table()
        assert not text.close()


def streams(data: bytes) -> Word97Text:
    file = CompoundFile(data, "甲.doc")
    document = file._read("WordDocument")
    name = {"1table": "1Table", "0table": "0Table"}[Word97Text.table_stream_of(document)]
    return Word97Text(bytearray(document), bytearray(file._read(name)))
