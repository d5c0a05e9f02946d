"""What a file is, by its content: what an office hands in is taken, programs under any name are not."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import TrackerError
from tracker.media_types import (
    AVI,
    BMP,
    DOCX,
    GIF,
    HEIC,
    JPEG,
    MAIL,
    MOV,
    MP3,
    MP4,
    OFD,
    PDF,
    PNG,
    PPTX,
    RAR,
    SEVEN_ZIP,
    TEXT,
    TIFF,
    WAV,
    WEBP,
    XLSX,
    ZIP,
    FileEmpty,
    FileRefused,
    MediaType,
    check_name,
    sniff,
)

OLE_OPENING = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zip_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return buffer.getvalue()


def ole_of(*streams: str) -> bytes:
    """A compound file of one directory chain, as small as the format allows."""
    entries = [_directory_entry("Root Entry", 5, child=1 if streams else 0xFFFFFFFF)]
    entries += [
        _directory_entry(name, 2, right=number + 1 if number < len(streams) else 0xFFFFFFFF)
        for number, name in enumerate(streams, start=1)
    ]
    entries += [_directory_entry("", 0)] * (-len(entries) % 4)
    directory = b"".join(entries)
    sectors = len(directory) // 512
    table = [0xFFFFFFFD] + [number + 2 for number in range(sectors - 1)] + [0xFFFFFFFE]
    fat = struct.pack("<128I", *table, *[0xFFFFFFFF] * (128 - len(table)))
    end = 0xFFFFFFFE
    header = OLE_OPENING + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    return header + fat + directory + bytes(512 * 8)


def _directory_entry(name: str, kind: int, *, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    entry = text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
    entry += struct.pack("<III", 0xFFFFFFFF, right, child)
    return entry.ljust(116, b"\0") + struct.pack("<IQ", 0xFFFFFFFE, 0)


def written(folder: Path, content: bytes) -> Path:
    path = folder / "content"
    path.write_bytes(content)
    return path


KNOWN = [
    (b"%PDF-1.7\n%\xe2\xe3", PDF),
    (b"\xff\xd8\xff\xe0\x00\x10JFIF", JPEG),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", PNG),
    (b"GIF89a\x01\x00", GIF),
    (b"BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0", BMP),
    (b"II*\x00\x08\0\0\0", TIFF),
    (b"MM\x00*\0\0\0\x08", TIFF),
    (b"RIFF\x24\0\0\0WEBPVP8 ", WEBP),
    (b"RIFF\x24\0\0\0WAVEfmt ", WAV),
    (b"RIFF\x24\0\0\0AVI LIST", AVI),
    (b"\0\0\0\x18ftypheic\0\0\0\0", HEIC),
    (b"\0\0\0\x18ftypisom\0\0\0\0", MP4),
    (b"\0\0\0\x14ftypqt  \0\0\0\0", MOV),
    (b"ID3\x04\0\0\0\0", MP3),
    (b"\xff\xfb\x90\x64\0\0", MP3),
    (b"Rar!\x1a\x07\x01\x00", RAR),
    (b"7z\xbc\xaf\x27\x1c\0\x04", SEVEN_ZIP),
    (zip_of("[Content_Types].xml", "word/document.xml"), DOCX),
    (zip_of("[Content_Types].xml", "xl/workbook.xml"), XLSX),
    (zip_of("[Content_Types].xml", "ppt/presentation.xml"), PPTX),
    (zip_of("OFD.xml", "Doc_0/Document.xml"), OFD),
    (zip_of("照片/1.jpg"), ZIP),
    ("序号,事项\n1,装备清点\n".encode(), TEXT),
    ("序号,事项\n1,装备清点\n".encode("gb18030"), TEXT),
    ("\ufeff情况说明".encode(), TEXT),
    ("情况说明".encode("utf-16"), TEXT),
    (b"From: jia@example.org\r\nDate: Mon, 3 Jun 2024 09:00:00 +0800\r\n\r\nhello", MAIL),
]


class TestSniff:
    @pytest.mark.parametrize(("content", "kind"), KNOWN)
    def test_what_an_office_hands_in_is_known_by_its_content(
        self, content: bytes, kind: MediaType, tmp_path: Path
    ) -> None:
        assert sniff(written(tmp_path, content)) == kind

    @pytest.mark.parametrize(
        ("stream", "endings"),
        [("WordDocument", "doc"), ("Workbook", "xls"), ("PowerPoint Document", "ppt")],
    )
    def test_old_office_files_are_told_apart_by_their_streams(
        self, stream: str, endings: str, tmp_path: Path
    ) -> None:
        assert endings in sniff(written(tmp_path, ole_of(stream))).endings

    def test_a_document_of_a_real_word_processor_is_a_word_document(self, tmp_path: Path) -> None:
        path = tmp_path / "content"
        docx.Document().save(str(path))

        assert sniff(path) == DOCX

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (b"MZ\x90\x00\x03\x00\x00\x00", "Windows 程序"),
            (b"\x7fELF\x02\x01\x01\x00", "Linux 程序"),
            (b"\xca\xfe\xba\xbe\0\0\0\x34", "Java 程序"),
            (b"L\x00\x00\x00\x01\x14\x02\x00", "快捷方式"),
            (b"#!/bin/sh\nrm -r /\n", "脚本"),
            (b"@ECHO OFF\r\ndel *", "脚本"),
            (b"\xef\xbb\xbf  <!DOCTYPE html><p>", "网页"),
            (b"<HTML><body>", "网页"),
            (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
            (b"<svg onload=alert(1)>", "SVG"),
            (b"<?xml version='1.0'?><root/>", "XML"),
            (b"<?php system('x'); ?>", "网页"),
            (zip_of("META-INF/MANIFEST.MF", "A.class"), "Java"),
            (zip_of("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "宏"),
            (zip_of("资料/安装.exe"), "安装.exe"),
            (ole_of("WordDocument", "Macros"), "宏"),
            (ole_of("Workbook", "_VBA_PROJECT_CUR"), "宏"),
            (ole_of("EncryptedPackage", "EncryptionInfo"), "密码"),
            (ole_of("Something"), "OLE"),
            (OLE_OPENING + b"short", "损坏"),
            (b"PK\x03\x04 cut short", "损坏"),
            (bytes(range(256)) * 4, "认不出"),
        ],
    )
    def test_programs_scripts_pages_macros_and_wrecks_are_refused(
        self, content: bytes, what: str, tmp_path: Path
    ) -> None:
        with pytest.raises(FileRefused, match=what):
            sniff(written(tmp_path, content))

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(FileEmpty, match="空的"):
            sniff(written(tmp_path, b""))

    def test_a_zip_that_claims_a_huge_directory_is_refused_unread(self, tmp_path: Path) -> None:
        end = b"PK\x05\x06" + struct.pack("<4H2LH", 0, 0, 60_000, 60_000, 1 << 30, 0, 0)
        with pytest.raises(FileRefused, match="过多"):
            sniff(written(tmp_path, b"PK\x03\x04" + bytes(100) + end))

    def test_text_is_read_to_its_end(self, tmp_path: Path) -> None:
        tail_of_a_program = "台账\n".encode() * 5000 + b"\x00\x01\x02"
        with pytest.raises(FileRefused, match="认不出"):
            sniff(written(tmp_path, tail_of_a_program))

    @given(
        opening=st.sampled_from([b"", b"PK\x03\x04", OLE_OPENING, b"%PDF-", b"RIFF"]),
        rest=st.binary(max_size=1500),
    )
    def test_no_content_is_answered_with_anything_but_a_kind_or_a_refusal(
        self, opening: bytes, rest: bytes, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        path = written(tmp_path_factory.getbasetemp(), opening + rest)
        try:
            answer = sniff(path).label
        except TrackerError as refusal:
            answer = str(refusal).partition("。")[0]
        assert answer


class TestCheckName:
    @pytest.mark.parametrize("name", ["情况说明.pdf", "情况说明.PDF", "第1.2版.pdf"])
    def test_a_name_that_says_what_it_is_passes(self, name: str) -> None:
        check_name(name, PDF)

    def test_a_wps_name_for_an_old_office_file_passes(self, tmp_path: Path) -> None:
        check_name("方案.wps", sniff(written(tmp_path, ole_of("WordDocument"))))

    @pytest.mark.parametrize(
        ("name", "said"), [("照片.jpg", "“.jpg”"), ("说明", "没有扩展名"), ("a.pdf.exe", "“.exe”")]
    )
    def test_another_name_is_refused_saying_what_it_really_is(self, name: str, said: str) -> None:
        with pytest.raises(FileRefused, match="其实是PDF 文档") as refusal:
            check_name(name, PDF)
        assert said in str(refusal.value)
