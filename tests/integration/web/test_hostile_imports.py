"""Hostile and broken files at the door of the console: one Chinese sentence each, at once, in little memory, nothing kept."""

from __future__ import annotations

import html
import io
import re
import resource
import struct
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlmodel import select

from tests.console import Client, Console
from tests.factories import COORDINATOR, create_campaign
from tests.integration.web.test_import_wizard import parked, upload
from tests.samples_of_compound import build_compound, build_excel_97, build_word_97
from tests.samples_of_word import build_docx, cell, paragraph, row, table, zip_of
from tracker.models import AuditEvent, ImportSession, Task

MOST_SECONDS = 20.0  # on a machine that is busy with other tests; alone each takes less than two
MOST_MEGABYTES = 300  # above what the process held before
HEADINGS = ("序号", "任务内容", "责任部门", "责任人", "完成时限")
TASK = ("1", "建成示范站所并通过验收", "综合科", "郭靖", "5月底前")
GOOD_DOCX = build_docx(
    paragraph("2024年测试大比武责任分解表"),
    table(row(*map(cell, HEADINGS)), row(*map(cell, TASK))),
)
LAUGHS = b"".join(
    b'<!ENTITY %c "%s">' % (97 + n, b"&%c;" % (96 + n) * 10 if n else b"ha" * 10) for n in range(10)
)


def with_member(data: bytes, member: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zip_of({name: archive.read(name) for name in archive.namelist()} | {member: content})


def build_xlsx(fill: Callable[[Any], None]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(workbook)
    workbook.close()
    return buffer.getvalue()


def tasks_in(sheet: Any) -> None:
    sheet.write(0, 0, "2024年测试大比武责任分解表")
    sheet.write_row(1, 0, HEADINGS)
    sheet.write_row(2, 0, TASK)


def zip_bomb() -> bytes:
    return with_member(GOOD_DOCX, "word/media/bomb.xml", b"\0" * 60_000_000)


def zip_bomb_that_lies() -> bytes:
    bomb = bytearray(with_member(GOOD_DOCX, "word/document.xml", b"<a>" + b" " * 120_000_000))
    at = bomb.find(b"PK\x01\x02", bomb.rfind(b"word/document.xml") - 46)
    struct.pack_into("<I", bomb, at + 24, 100)
    return bytes(bomb)


def entity_bomb(member: str, root: str) -> bytes:
    document = b'<?xml version="1.0"?><!DOCTYPE x [%s]><%s>&j;</%s>' % (LAUGHS, root.encode(), root.encode())
    good = GOOD_DOCX if member.startswith("word") else build_xlsx(lambda book: tasks_in(book.add_worksheet()))
    return with_member(good, member, document)


def wide_workbook() -> bytes:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for number in range(3):
            sheet.write_row(number, 0, ["甲"] * 10_000)

    return build_xlsx(fill)


def wide_document() -> bytes:
    return build_docx(table(row(*[cell("甲")] * 10_000)))


def wide_lines() -> bytes:
    return "\n".join("\t".join(["甲"] * 10_000) for _ in range(3)).encode()


def far_apart() -> bytes:
    """A word in the first row and one in the last that a sheet can have."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "甲")
        sheet.write(1_048_575, 0, "乙")

    return build_xlsx(fill)


def tall_workbook() -> bytes:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet()
        for number in range(30_000):
            sheet.write(number, 0, number)

    return build_xlsx(fill)


def far_cell() -> bytes:
    """One word in the last cell that a sheet can have: the grid between is claimed, not there."""

    def fill(book: Any) -> None:
        book.add_worksheet().write(1_048_575, 16_383, "甲")

    return build_xlsx(fill)


def deep_xml() -> bytes:
    return build_docx("<w:sdt>" * 50_000 + "</w:sdt>" * 50_000)


def nested_tables() -> bytes:
    inner = paragraph("甲")
    for _ in range(300):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>{paragraph()}"
    return build_docx(inner)


REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (zip_bomb, "a.docx"),
    "zip bomb that lies about its size": (zip_bomb_that_lies, "a.docx"),
    "entities in a document": (lambda: entity_bomb("word/document.xml", "w:document"), "a.docx"),
    "entities in a workbook": (lambda: entity_bomb("xl/workbook.xml", "workbook"), "a.xlsx"),
    "entities in a sheet": (lambda: entity_bomb("xl/worksheets/sheet1.xml", "worksheet"), "a.xlsx"),
    "entities in shared strings": (lambda: entity_bomb("xl/sharedStrings.xml", "sst"), "a.xlsx"),
    "ten thousand columns": (wide_workbook, "a.xlsx"),
    "ten thousand cells in a row of Word": (wide_document, "a.docx"),
    "ten thousand fields in a line": (wide_lines, "a.tsv"),
    "a million rows between two words": (far_apart, "a.xlsx"),
    "thirty thousand rows": (tall_workbook, "a.xlsx"),
    "a far cell": (far_cell, "a.xlsx"),
    "deep XML": (deep_xml, "a.docx"),
    "a document with a password": (
        lambda: build_compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "a.docx",
    ),
    "a workbook with a password": (
        lambda: build_compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}),
        "a.xlsx",
    ),
    "an old document with a password": (lambda: build_word_97(is_encrypted=True), "a.doc"),
    "an old workbook with a password": (lambda: build_excel_97([["甲"]], has_password=True), "a.xls"),
    "an old document cut short": (lambda: build_word_97()[:700], "a.doc"),
    "an old workbook cut short": (lambda: build_excel_97([["甲"]])[:1500], "a.xls"),
    "a document cut short": (lambda: GOOD_DOCX[: len(GOOD_DOCX) // 2], "a.docx"),
    "macros": (lambda: with_member(GOOD_DOCX, "word/vbaProject.bin", b"x"), "a.docm"),
    "an empty document": (lambda: build_docx(paragraph()), "a.docx"),
    "an empty file": (lambda: b"", "a.xlsx"),
    "an empty workbook": (lambda: build_xlsx(lambda book: book.add_worksheet()), "a.xlsx"),
    "a folder of files": (lambda: zip_of({"a.txt": b"1"}), "a.zip"),
    "a page of the web": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "a.xls"),
    "a program": (lambda: b"MZ\x90\x00" + b"\0" * 500, "a.docx"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "a.docx"),
}


@pytest.fixture
def client(console: Console) -> Client:
    create_campaign(console.session, "别的专项", year=2018)
    return console.as_(COORDINATOR)


@pytest.fixture
def frugal() -> Iterator[None]:
    """What happens in between takes no more memory and time than an office's machine has to spare."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the peak so far
    before, began = _peak(), time.monotonic()
    yield
    assert time.monotonic() - began < MOST_SECONDS
    assert _peak() - before < MOST_MEGABYTES
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 < 3 * MOST_MEGABYTES


def _peak() -> float:
    """Megabytes that the process held at most since the peak was forgotten."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    assert found
    return int(found[1]) / 1024


def sentences(answer: Any, name: str) -> list[str]:
    text = html.unescape(re.sub(r"<[^>]+>", "\n", answer.text))
    lines = [line.strip() for line in text.split("\n")]
    return [line for line in lines if line.endswith("。") and (name in line or line.startswith("没有找到"))]


@pytest.mark.usefixtures("frugal")
class TestRefused:
    @pytest.mark.parametrize("kind", REFUSED)
    def test_in_one_sentence_and_nothing_is_kept(self, kind: str, console: Console, client: Client) -> None:
        build, name = REFUSED[kind]
        answer = upload(client, build(), name)
        assert 400 <= answer.status_code < 500
        (sentence,) = set(sentences(answer, name))
        assert sentence.count("。") == 1
        assert "Traceback" not in answer.text
        assert parked(console) == []
        assert console.session.exec(select(ImportSession)).all() == []


@pytest.mark.usefixtures("frugal")
class TestRead:
    """What is only odd is read, and does nothing but what a table does."""

    def test_paths_inside_a_package_lead_nowhere(
        self, console: Console, client: Client, tmp_path: Path
    ) -> None:
        before = sorted(tmp_path.rglob("*"))
        names = ("../../outside.xml", "/etc/outside.xml", "word/../../../outside.xml", "C:\\outside.xml")
        hostile = GOOD_DOCX
        for name in names:
            hostile = with_member(hostile, name, b"<a/>")
        answer = upload(client, hostile, "a.docx")
        assert answer.status_code == 303
        assert len(parked(console)) == 1
        written = {path for path in tmp_path.rglob("*") if path not in before}
        assert not any("outside" in str(path) for path in written)
        assert not Path("/etc/outside.xml").exists()

    def test_formulas_are_words_or_values_and_never_run(self, console: Console, client: Client) -> None:
        def fill(book: Any) -> None:
            sheet = book.add_worksheet()
            tasks_in(sheet)
            sheet.write_string(3, 0, "2")
            sheet.write_formula(
                3,
                1,
                '=HYPERLINK("http://127.0.0.1:9/x","更新执法装备并建立台账")',
                None,
                "更新执法装备并建立台账",
            )
            sheet.write_string(3, 2, "=cmd|' /C calc'!A0")
            sheet.write_formula(3, 3, "='[http://127.0.0.1:9/other.xlsx]Sheet1'!A1", None, "杨过")
            sheet.write_string(3, 4, "6月底前")

        answer = upload(client, build_xlsx(fill), "a.xlsx")
        assert answer.status_code == 303
        page = client.get(answer.headers["location"].replace("/columns", "/rows")).text
        assert "更新执法装备并建立台账" in page
        assert "杨过" in page
        assert "HYPERLINK" not in page

    def test_links_to_other_files_are_not_followed(self, client: Client) -> None:
        link = (
            b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            b'<Relationship Id="r9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"'
            b' Target="http://127.0.0.1:9/template.dotm" TargetMode="External"/></Relationships>'
        )
        answer = upload(client, with_member(GOOD_DOCX, "word/_rels/document.xml.rels", link), "a.docx")
        assert answer.status_code == 303

    def test_scripts_in_cells_are_text(self, client: Client) -> None:
        hostile = "<script>alert(1)</script>{{7*7}}\"'><img src=x onerror=alert(1)>"
        answer = upload(
            client,
            f"2024年测试责任分解表\n\n序号\t任务内容\t责任部门\t责任人\n1\t办好{hostile}\t综合科\t郭靖\n",
            "表.txt",
        )
        base = answer.headers["location"].removesuffix("/columns")
        for step in ("columns", "rows", "names", "differences"):
            page = client.get(f"{base}/{step}").text
            assert "<script>alert" not in page
            assert "<img src=x" not in page

    def test_tables_within_tables_end_somewhere(self, client: Client) -> None:
        assert upload(client, nested_tables(), "a.docx").status_code in (303, 422)

    def test_two_tables_of_one_document_are_both_there(self, console: Console, client: Client) -> None:
        second = table(
            row(*map(cell, HEADINGS)), row(*map(cell, ("1", "更新执法装备", "装备科", "杨过", "6月底前")))
        )
        first = table(row(*map(cell, HEADINGS)), row(*map(cell, TASK)))
        two = build_docx(
            paragraph("2024年测试大比武责任分解表"), first, paragraph("2024年测试大检查责任分解表"), second
        )
        base = upload(client, two, "a.docx").headers["location"].removesuffix("/columns")
        page = client.get(f"{base}/columns").text
        assert "2024年测试大比武责任分解表" in page
        assert "2024年测试大检查责任分解表" in page
        client.submit(f"{base}/exclude", {"table": "1", "row": "", "out": "1", "back": f"{base}/columns"})
        version = console.session.exec(select(ImportSession.version)).one()
        console.session.rollback()
        assert client.submit(f"{base}/commit", {"version": str(version + 1)}).status_code == 303
        assert [task.title for task in console.session.exec(select(Task)).all()] == [TASK[1]]

    def test_an_old_workbook_is_read(self, client: Client) -> None:
        old = build_excel_97([["2024年测试责任分解表", "", "", "", ""], list(HEADINGS), list(TASK)])
        assert upload(client, old, "a.xls").status_code == 303


class TestTrail:
    def test_a_refused_file_leaves_no_event(self, console: Console, client: Client) -> None:
        upload(client, zip_bomb(), "a.docx")
        kinds = {event.kind for event in console.session.exec(select(AuditEvent)).all()}
        assert "import.begin" not in kinds
