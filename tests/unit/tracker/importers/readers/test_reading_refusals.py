"""Files that are not read: each is refused with one clear sentence, and nothing is run or unpacked first."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from tests.samples_of_compound import build_compound, build_excel_97, build_word_97
from tests.samples_of_word import build_docx, cell, paragraph, row, table, zip_of
from tracker.errors import TrackerError
from tracker.importers.errors import (
    ConversionFailed,
    SourceClassified,
    SourceDamaged,
    SourceEmpty,
    SourceEncrypted,
    SourceHasMacros,
    SourceMissing,
    SourceTooLarge,
    SourceUnreadable,
    SourceUnsupported,
)
from tracker.importers.readers import ReadLimits, read_source, read_source_bytes
from tracker.importers.source import Paragraph

GOOD_DOCX = build_docx(paragraph("分解表"), table(row(cell("甲"), cell("乙"))))
BILLION_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    b"<w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"
)


def refusal(data: bytes, name: str = "甲.docx", limits: ReadLimits | None = None) -> SourceUnreadable:
    """What reading says; every refusal is one Chinese sentence that names the file and says what to do."""
    with pytest.raises(SourceUnreadable) as refused:
        read_source_bytes(data, name, limits=limits or ReadLimits())
    sentence = str(refused.value)
    assert name in sentence
    assert sentence.endswith("。")
    assert "请" in sentence or "可以导入" in sentence
    assert sentence.count("。") == 1
    return refused.value


def replace_member(data: bytes, member: str, content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return zip_of({name: archive.read(name) for name in archive.namelist()} | {member: content})


class TestKinds:
    @pytest.mark.parametrize(
        ("data", "name", "word"),
        [
            (b"%PDF-1.7\n", "甲.pdf", "PDF"),
            (b"%PDF-1.7\n", "甲.docx", "PDF"),
            (b"\x89PNG\r\n\x1a\n", "甲.png", "图片"),
            (b"\xff\xd8\xff\xe0", "甲.jpg", "图片"),
            (b"BM\x00\x00\x00\x00", "甲.bmp", "图片"),
            (b"{\\rtf1 }", "甲.doc", "RTF"),
            (b"Rar!\x1a\x07", "甲.rar", "压缩包"),
            (b"MZ\x90\x00", "甲.exe", "程序"),
            (b"<html><table></table></html>", "甲.xls", "网页"),
            (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "甲.xls", "XML"),
            (zip_of({"a.txt": b"1"}), "甲.zip", "压缩包"),
            (zip_of({"ppt/presentation.xml": b"<a/>"}), "甲.pptx", "演示文稿"),
            (zip_of({"OFD.xml": b"<a/>"}), "甲.ofd", "OFD"),
            (zip_of({"mimetype": b"x", "content.xml": b"<a/>"}), "甲.odt", "ODF"),
            (zip_of({"xl/workbook.bin": b"x"}), "甲.xlsb", ".xlsb"),
            (build_compound({"Foo": b"x"}), "甲.msg", "不是认得的"),
        ],
    )
    def test_what_is_not_read_is_named(self, data: bytes, name: str, word: str) -> None:
        error = refusal(data, name)
        assert isinstance(error, SourceUnsupported)
        assert word in str(error)

    def test_words_that_begin_like_a_program_are_words(self) -> None:
        assert read_source_bytes("BM 指标\t1".encode(), "甲.txt").media == "txt"
        assert read_source_bytes("PK 赛\t1".encode(), "甲.txt").media == "txt"

    @pytest.mark.parametrize(
        "data", [b"", b" \r\n\t", b"\0\0\0", b"\xef\xbb\xbf \n", build_docx(paragraph())]
    )
    def test_an_empty_file_is_refused(self, data: bytes) -> None:
        assert isinstance(refusal(data, "甲.txt"), SourceEmpty)

    def test_content_decides_and_a_wrong_name_is_noted(self) -> None:
        document = read_source_bytes(GOOD_DOCX, "甲.xlsx")

        assert document.media == "docx"
        assert document.notes == ("扩展名是 .xlsx，内容是Word 文档，已按 .docx 读取。",)

    def test_text_under_the_name_of_a_workbook_is_read_as_text(self) -> None:
        document = read_source_bytes("序号\t任务\n1\t甲".encode("gb18030"), "甲.xls")

        assert document.media == "txt"
        assert "内容是文本" in document.notes[0]

    def test_refusals_are_errors_of_the_register(self) -> None:
        assert issubclass(SourceUnreadable, TrackerError)


class TestPaths:
    def test_a_missing_file_a_folder_and_a_large_file_are_named(self, tmp_path: Path) -> None:
        large = tmp_path / "大.txt"
        large.write_bytes(b"a" * 3000)
        for path, limits, kind in (
            (tmp_path / "无.docx", ReadLimits(), SourceMissing),
            (tmp_path, ReadLimits(), SourceMissing),
            (large, ReadLimits(max_bytes=2048), SourceTooLarge),
        ):
            with pytest.raises(kind, match=re.escape(path.name)):
                read_source(path, limits=limits)

    def test_a_file_is_known_by_its_name_and_checksum(self, tmp_path: Path) -> None:
        path = tmp_path / "甲.txt"
        path.write_bytes(b"abc")

        document = read_source(path)

        assert (document.name, document.sha256[:8], document.media) == ("甲.txt", "ba7816bf", "txt")


class TestOldOfficeFiles:
    @pytest.mark.parametrize(
        ("data", "kind"),
        [
            (build_compound({"EncryptionInfo": b"x", "EncryptedPackage": b"x"}), SourceEncrypted),
            (build_word_97(is_encrypted=True), SourceEncrypted),
            (build_excel_97([["甲"]], has_password=True), SourceEncrypted),
            (build_word_97(storages=["Macros"]), SourceHasMacros),
            (build_excel_97([["甲"]], storages=["_VBA_PROJECT_CUR"]), SourceHasMacros),
            (build_word_97()[:700], SourceDamaged),
            (build_excel_97([["甲"]])[:1500], SourceDamaged),
        ],
    )
    def test_passwords_macros_and_damage_are_told_apart(
        self, data: bytes, kind: type[SourceUnreadable]
    ) -> None:
        assert type(refusal(data, "甲.doc")) is kind

    def test_a_workbook_that_would_end_the_process_is_only_damaged(self) -> None:
        whole = build_excel_97([["甲", "乙"]])
        extent = struct.pack("<IIHHH", 0, 1, 0, 2, 0)
        assert whole.count(extent) == 1
        upside_down = whole.replace(
            extent, struct.pack("<IIHHH", 217, 2, 0, 2, 0)
        )  # the first row after the last

        assert isinstance(refusal(upside_down, "甲.xls"), SourceDamaged)

    def test_wps_is_refused_with_advice(self) -> None:
        assert "另存为 .docx" in str(refusal(build_word_97(), "甲.wps"))

    def test_doc_without_libreoffice_is_refused_with_advice(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))

        error = refusal(build_word_97(), "甲.doc")

        assert isinstance(error, SourceUnsupported)
        assert "请用 Word 或 WPS 另存为 .docx 后再导入" in str(error)

    @pytest.mark.parametrize(
        "script", ["exit 1", "exit 0", "exec tail -f /dev/null", 'printf x > "$out/source.docx"']
    )
    def test_a_conversion_that_fails_or_hangs_is_refused(
        self, script: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        self.install_office(script, tmp_path, monkeypatch)

        error = refusal(build_word_97(), "甲.doc", ReadLimits(conversion_seconds=0.5))

        assert isinstance(error, ConversionFailed | SourceDamaged)

    def test_doc_is_converted_where_libreoffice_is(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        converted = tmp_path / "converted.docx"
        converted.write_bytes(GOOD_DOCX)
        self.install_office(f'cp "{converted}" "$out/source.docx"', tmp_path, monkeypatch)

        document = read_source_bytes(build_word_97(), "甲.doc")

        assert document.media == "docx"
        assert document.blocks[0] == Paragraph("分解表", "第1段")
        assert "LibreOffice" in document.notes[0]

    def install_office(self, script: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A program of that name which does what the test says; `$out` is where it should write."""
        program = folder / "soffice"
        find_out = 'while [ "$1" != --outdir ]; do shift; done; out=$2'
        program.write_text(f"#!/bin/sh\n{find_out}\n{script}\n", encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


class TestPackages:
    @pytest.mark.parametrize("data", [GOOD_DOCX[:200], GOOD_DOCX[:-40], b"PK\x03\x04" + b"\0" * 60])
    def test_a_package_cut_short_is_damaged(self, data: bytes) -> None:
        assert isinstance(refusal(data), SourceDamaged)

    def test_a_flipped_bit_inside_a_part_is_damage(self) -> None:
        with zipfile.ZipFile(io.BytesIO(GOOD_DOCX)) as archive:
            start = archive.getinfo("word/document.xml").header_offset + 60
        broken = bytearray(GOOD_DOCX)
        broken[start] ^= 0xFF

        assert isinstance(refusal(bytes(broken)), SourceDamaged)

    @pytest.mark.parametrize(
        "content", [b"<w:document", b"", b"<?xml version='1.0' encoding='no-such'?><a/>", b"<a/>"]
    )
    def test_a_part_that_is_no_word_xml_is_damage(self, content: bytes) -> None:
        assert isinstance(refusal(replace_member(GOOD_DOCX, "word/document.xml", content)), SourceDamaged)

    def test_entities_are_refused_unexpanded(self) -> None:
        error = refusal(replace_member(GOOD_DOCX, "word/document.xml", BILLION_LAUGHS))

        assert isinstance(error, SourceUnsupported)
        assert "实体声明" in str(error)

    def test_an_external_entity_is_not_fetched(self, tmp_path: Path) -> None:
        secret = tmp_path / "secret.txt"
        secret.write_text("机器上的文件", encoding="utf-8")
        content = BILLION_LAUGHS.replace(
            b'<!ENTITY a "aaaaaaaaaa">', f'<!ENTITY a SYSTEM "{secret.as_uri()}">'.encode()
        )

        assert "机器上的文件" not in str(refusal(replace_member(GOOD_DOCX, "word/document.xml", content)))

    @pytest.mark.parametrize(
        "data",
        [
            build_docx(paragraph("甲"), extra={"word/vbaProject.bin": b"x"}),
            build_docx(paragraph("甲"), main_type="document.macroEnabled.main"),
            zip_of({"xl/workbook.xml": b"<a/>", "xl/vbaProject.bin": b"x"}),
        ],
    )
    def test_macros_are_refused(self, data: bytes) -> None:
        assert isinstance(refusal(data, "甲.docm"), SourceHasMacros)

    def test_a_zip_with_a_password_is_refused(self) -> None:
        locked = bytearray(GOOD_DOCX)
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            at = -1
            while (at := locked.find(signature, at + 1)) >= 0:
                locked[at + offset] |= 1

        assert isinstance(refusal(bytes(locked)), SourceEncrypted)

    def test_the_same_name_twice_is_damage(self) -> None:
        buffer = io.BytesIO(GOOD_DOCX)
        with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("word/document.xml", b"<a/>")

        assert isinstance(refusal(buffer.getvalue()), SourceDamaged)


class TestBombs:
    def test_a_part_that_declares_its_size_is_refused_before_it_is_inflated(self) -> None:
        bomb = replace_member(GOOD_DOCX, "word/media/a.xml", b"\0" * 30_000_000)

        assert isinstance(refusal(bomb), SourceTooLarge)

    def test_a_part_that_lies_about_its_size_is_refused_while_it_is_inflated(self) -> None:
        bomb = bytearray(replace_member(GOOD_DOCX, "word/document.xml", b"<a>" + b" " * 30_000_000))
        at = bomb.find(b"PK\x01\x02", bomb.rfind(b"word/document.xml") - 46)
        struct.pack_into("<I", bomb, at + 24, 100)  # the size that the directory declares

        assert isinstance(
            refusal(bytes(bomb), limits=ReadLimits(max_part_bytes=1_000_000)), SourceTooLarge | SourceDamaged
        )

    def test_a_part_that_is_too_large_alone_is_refused(self) -> None:
        large = replace_member(GOOD_DOCX, "word/document.xml", b"<a>" + bytes(range(32, 127)) * 40 + b"</a>")

        assert isinstance(refusal(large, limits=ReadLimits(max_part_bytes=3000)), SourceTooLarge)

    def test_parts_share_one_budget(self) -> None:
        many = replace_member(GOOD_DOCX, "word/styles.xml", b"<a>" + b"b" * 3000 + b"</a>")

        assert isinstance(refusal(many, limits=ReadLimits(max_unzipped_bytes=3000)), SourceTooLarge)

    def test_too_many_members_are_refused(self) -> None:
        crowd = zip_of({f"word/{number}.xml": b"" for number in range(30)})

        assert "个文件，超过上限20个" in str(refusal(crowd, limits=ReadLimits(max_members=20)))

    def test_a_hundred_thousand_rows_are_refused_before_they_are_parsed(self) -> None:
        rows = build_docx("<w:tbl>" + "<w:tr><w:tc><w:p/></w:tc></w:tr>" * 100_000 + "</w:tbl>")

        assert "的表格超过20000行" in str(refusal(rows))

    def test_rows_are_counted_under_any_prefix(self) -> None:
        rows = build_docx(table(*[row(cell("甲"))] * 12))
        with zipfile.ZipFile(io.BytesIO(rows)) as archive:
            content = archive.read("word/document.xml")
        renamed = content.replace(b"w:", b"x:").replace(b"xmlns:w=", b"xmlns:x=")

        assert "的表格超过10行" in str(
            refusal(replace_member(rows, "word/document.xml", renamed), limits=ReadLimits(max_rows=10))
        )

    def test_xml_nested_too_deeply_is_damage(self) -> None:
        deep = build_docx("<w:sdt>" * 5000 + "</w:sdt>" * 5000)

        assert isinstance(refusal(deep), SourceDamaged)


class TestClassified:
    def test_a_mark_in_a_header_of_the_page_is_enough(self) -> None:
        marked = build_docx(paragraph("分解表"), headers=[paragraph("机密★1年")])

        with pytest.raises(SourceClassified, match="页眉或页脚标有密级“机密★1年”"):
            read_source_bytes(marked, "甲.docx")


class TestTextsNoTableHolds:
    """One cell of megabytes is refused before anybody looks for numbers and dates in it."""

    CELL = "做好某项工作，" * 20_000

    @pytest.mark.parametrize(
        ("name", "text"),
        [
            ("表.csv", f'序号,任务,责任单位\n1,"{CELL}",办公室\n'),
            ("表.tsv", f"序号\t任务\t责任单位\n1\t{CELL}\t办公室\n"),
            ("表.md", f"|序号|任务|责任单位|\n|--|--|--|\n|1|{CELL}|办公室|\n"),
            ("表.txt", f"1.{CELL}（责任单位：办公室）\n"),
        ],
        ids=["csv", "tsv", "md", "txt"],
    )
    def test_one_piece_that_is_too_long_is_named_with_its_place(self, name: str, text: str) -> None:
        with pytest.raises(SourceTooLarge, match=r"第\d.*行.*超过100000字"):
            read_source_bytes(text.encode(), name)

    def test_many_pieces_that_are_too_long_together_are_refused(self) -> None:
        text = "序号,任务\n" + "1,做好某项工作\n" * 200
        with pytest.raises(SourceTooLarge, match="文字超过1000字"):
            read_source_bytes(text.encode(), "表.csv", limits=ReadLimits(max_characters=1000))
