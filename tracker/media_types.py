"""What a file is, read from its content; its name is believed only where it says the same.

A short list of what an office hands in. Programs, scripts, web pages and documents with macros are not on it, so
they are refused whatever they are called. Nothing is unpacked here: of a zip only the list of members is read.
A library's sniffer is not used: this list decides what gets in, and must not grow with a library's release.
"""

from __future__ import annotations

import codecs
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import BinaryIO

from tracker.errors import TrackerError

HEAD_BYTES = 4096
_TEXT_CHUNK = 1024 * 1024
_MAX_DIRECTORY_BYTES = 16 * 1024 * 1024
_MAX_MEMBERS = 50_000
_END_OF_DIRECTORY = b"PK\x05\x06"
_END_SEARCH_BYTES = 65_557  # the record of 22 bytes and the longest comment behind it


@dataclass(frozen=True)
class MediaType:
    """A kind of file: its media type, what it is called in Chinese, the endings that names may have."""

    media_type: str
    label: str
    endings: tuple[str, ...]


class FileRefused(TrackerError):
    """The content is of a kind that is not taken in, or is not what the name says."""


class FileEmpty(FileRefused):
    """There is nothing in it."""


PDF = MediaType("application/pdf", "PDF 文档", ("pdf",))
_WORD_XML = "application/vnd.openxmlformats-officedocument."
DOCX = MediaType(f"{_WORD_XML}wordprocessingml.document", "Word 文档", ("docx",))
XLSX = MediaType(f"{_WORD_XML}spreadsheetml.sheet", "Excel 工作簿", ("xlsx",))
PPTX = MediaType(f"{_WORD_XML}presentationml.presentation", "PowerPoint 演示文稿", ("pptx",))
OFD = MediaType("application/ofd", "OFD 版式文档", ("ofd",))
DOC = MediaType("application/msword", "Word 97-2003 文档", ("doc", "wps", "wpt"))
XLS = MediaType("application/vnd.ms-excel", "Excel 97-2003 工作簿", ("xls", "et"))
PPT = MediaType("application/vnd.ms-powerpoint", "PowerPoint 97-2003 演示文稿", ("ppt", "dps"))
MSG = MediaType("application/vnd.ms-outlook", "Outlook 邮件", ("msg",))
JPEG = MediaType("image/jpeg", "JPEG 图片", ("jpg", "jpeg"))
PNG = MediaType("image/png", "PNG 图片", ("png",))
GIF = MediaType("image/gif", "GIF 图片", ("gif",))
BMP = MediaType("image/bmp", "BMP 图片", ("bmp",))
TIFF = MediaType("image/tiff", "TIFF 图片", ("tif", "tiff"))
WEBP = MediaType("image/webp", "WebP 图片", ("webp",))
HEIC = MediaType("image/heic", "HEIC 图片", ("heic", "heif"))
TEXT = MediaType("text/plain", "文本文件", ("txt", "csv", "tsv", "md", "log"))
MAIL = MediaType("message/rfc822", "电子邮件", ("eml",))
ZIP = MediaType("application/zip", "ZIP 压缩包", ("zip",))
RAR = MediaType("application/vnd.rar", "RAR 压缩包", ("rar",))
SEVEN_ZIP = MediaType("application/x-7z-compressed", "7z 压缩包", ("7z",))
MP4 = MediaType("video/mp4", "MP4 视频", ("mp4", "m4v", "m4a", "3gp"))
MOV = MediaType("video/quicktime", "MOV 视频", ("mov",))
AVI = MediaType("video/x-msvideo", "AVI 视频", ("avi",))
MP3 = MediaType("audio/mpeg", "MP3 录音", ("mp3",))
WAV = MediaType("audio/wav", "WAV 录音", ("wav",))
_KINDS = (
    *(PDF, DOCX, XLSX, PPTX, OFD, DOC, XLS, PPT, MSG, JPEG, PNG, GIF, BMP, TIFF, WEBP, HEIC),
    *(TEXT, MAIL, ZIP, RAR, SEVEN_ZIP, MP4, MOV, AVI, MP3, WAV),
)

ACCEPTED = (
    "PDF、OFD、Word、Excel、PowerPoint、WPS 文档，JPG、PNG、GIF、BMP、TIFF、WebP、HEIC 图片，TXT、CSV 文本，"
    "EML 邮件，ZIP、RAR、7z 压缩包，MP4、MOV、AVI 视频，MP3、WAV 录音"
)

_SIGNATURES: tuple[tuple[int, bytes, MediaType], ...] = (
    (0, b"%PDF-", PDF),
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"GIF87a", GIF),
    (0, b"GIF89a", GIF),
    (0, b"II*\x00", TIFF),
    (0, b"MM\x00*", TIFF),
    (0, b"Rar!\x1a\x07", RAR),
    (0, b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (0, b"ID3", MP3),
)
_PROGRAMS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "Windows 程序"),
    (b"\x7fELF", "Linux 程序"),
    (b"\xfe\xed\xfa\xce", "macOS 程序"),
    (b"\xfe\xed\xfa\xcf", "macOS 程序"),
    (b"\xce\xfa\xed\xfe", "macOS 程序"),
    (b"\xcf\xfa\xed\xfe", "macOS 程序"),
    (b"\xca\xfe\xba\xbe", "Java 程序"),
    (b"dex\n", "安卓程序"),
    (b"\x00asm", "WebAssembly 程序"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "Windows 快捷方式"),
    (b"MSCF", "CAB 安装包"),
    (b"ITSF", "CHM 帮助文件"),
)
_RIFF_FORMS = {b"WAVE": WAV, b"AVI ": AVI, b"WEBP": WEBP}
_QUICKTIME_BRANDS = {b"qt  ": MOV, b"heic": HEIC, b"heix": HEIC, b"hevc": HEIC, b"mif1": HEIC, b"msf1": HEIC}
_OLE_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = {
    "worddocument": DOC,
    "workbook": XLS,
    "book": XLS,
    "powerpoint document": PPT,
    "__properties_version1.0": MSG,
}
_OLE_MACROS = frozenset({"macros", "_vba_project_cur", "vba", "_vba_project"})
_MARKUP = (b"<!doctype html", b"<html", b"<script", b"<svg", b"<head", b"<body", b"<iframe", b"<%", b"<?php")
_SCRIPT_OPENINGS = (
    b"#!",
    b"@echo off",
    b"<job",
    b"<package>",
    b"windows registry editor",
    b"[internetshortcut]",
)
_SCRIPT_ENDINGS = frozenset((
    "exe", "com", "scr", "dll", "msi", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "mjs",
    "wsf", "wsh", "hta", "sh", "bash", "py", "pyw", "pl", "rb", "php", "jsp", "asp", "aspx", "jar",
    "class", "apk", "lnk", "url", "reg", "inf", "html", "htm", "xhtml", "shtml", "mht", "mhtml", "svg", "svgz",
    "xsl", "docm", "dotm", "xlsm", "xltm", "xlam", "pptm", "potm", "ppam", "ppsm", "chm", "iso",
))  # fmt: skip


def sniff(path: Path) -> MediaType:
    """Return what the content of `path` is.

    Raises FileEmpty or FileRefused with a sentence that says what it is and what is taken in instead.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        if not head:
            raise FileEmpty("文件是空的，没有任何内容，请检查后重新提交。")
        _refuse_programs(head)
        if head.startswith(b"PK"):
            return _zip_type(stream)
        if head.startswith(_OLE_SIGNATURE):
            return _ole_type(path)
        return _by_signature(head) or _text_type(stream)


def is_ending(suffix: str) -> bool:
    """Whether `.pdf`, or whatever stands behind the last point of a name, tells a kind of file: “.5月清单” does not."""
    ending = suffix.lower().lstrip(".")
    return ending in _SCRIPT_ENDINGS or any(ending in kind.endings for kind in _KINDS)


def check_name(name: str, kind: MediaType) -> None:
    """Raise FileRefused where the ending of `name` says something else than the content."""
    ending = PurePath(name).suffix.lower().lstrip(".")
    if ending in kind.endings:
        return
    wanted = "、".join(f".{each}" for each in kind.endings)
    said = f"扩展名是“.{ending}”" if ending else "没有扩展名"
    raise FileRefused(
        f"文件“{name}”{said}，但内容其实是{kind.label}，请把扩展名改为 {wanted} 或者换成正确的文件后再提交。"
    )


def _by_signature(head: bytes) -> MediaType | None:
    for offset, signature, kind in _SIGNATURES:
        if head.startswith(signature, offset):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF_FORMS.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _QUICKTIME_BRANDS.get(head[8:12], MP4)
    if head[4:8] in (b"moov", b"mdat", b"wide") and head[:1] == b"\x00":
        return MOV
    # BMP has two letters for a signature; its reserved bytes and the size of its header make it certain.
    if (
        head[:2] == b"BM"
        and head[6:10] == b"\x00" * 4
        and head[14:18] in (b"\x28\0\0\0", b"\x7c\0\0\0", b"\x0c\0\0\0")
    ):
        return BMP
    if len(head) > 2 and head[0] == 0xFF and head[1] in (0xFB, 0xF3, 0xF2, 0xFA):
        return MP3
    return None


def _refuse_programs(head: bytes) -> None:
    for signature, label in _PROGRAMS:
        if head.startswith(signature) and (signature != b"MZ" or b"\x00" in head[:64]):
            raise _refusal(label)
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if opening.startswith(_SCRIPT_OPENINGS):
        raise _refusal("脚本")
    if opening.startswith(_MARKUP) or (
        opening.startswith((b"<?xml", b"<!--", b"<!doctype")) and any(mark in opening for mark in _MARKUP)
    ):
        raise _refusal("网页或者 SVG 图形（可以带脚本）")
    if opening.startswith((b"<?xml", b"<!doctype")):
        raise _refusal("XML 文件")


def _refusal(label: str) -> FileRefused:
    return FileRefused(f"文件内容是{label}，不能作为佐证材料。可以提交的有：{ACCEPTED}。")


def _damaged(label: str) -> FileRefused:
    return FileRefused(f"{label}不完整或者已损坏，请重新取得原件后再提交。")


def _zip_type(stream: BinaryIO) -> MediaType:
    _check_directory(stream)
    try:
        with zipfile.ZipFile(stream) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError) as error:
        raise _damaged("ZIP 压缩包") from error
    names = {info.filename for info in infos}
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise FileRefused("文件带有宏（程序），请另存为不带宏的 .docx、.xlsx 或 .pptx 后再提交。")
    for marker, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
        if "[Content_Types].xml" in names and any(name.startswith(marker) for name in names):
            return kind
    if "OFD.xml" in names:
        return OFD
    if {"META-INF/MANIFEST.MF", "AndroidManifest.xml"} & names:
        raise _refusal("Java 或安卓程序")
    for name in sorted(names):
        if PurePath(name).suffix.lower().lstrip(".") in _SCRIPT_ENDINGS:
            raise FileRefused(f"压缩包里有程序、脚本或网页“{PurePath(name).name}”，请删去后重新压缩再提交。")
    return ZIP


def _check_directory(stream: BinaryIO) -> None:
    """Refuse a list of members that would not fit into memory before anybody reads it."""
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_SEARCH_BYTES))
    tail = stream.read()
    at = tail.rfind(_END_OF_DIRECTORY)
    if at < 0 or len(tail) < at + 22:
        raise _damaged("ZIP 压缩包")
    members = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory = int.from_bytes(tail[at + 12 : at + 16], "little")
    if directory > _MAX_DIRECTORY_BYTES or members > _MAX_MEMBERS:
        raise FileRefused(f"压缩包里的文件过多（上限{_MAX_MEMBERS}个），请拆分后再提交。")
    stream.seek(0)


def _ole_type(path: Path) -> MediaType:
    import olefile  # half a megabyte, for the few files of old kinds

    try:
        with olefile.OleFileIO(path) as document:
            names = {part.lower() for entry in document.listdir(storages=True) for part in entry}
    except (OSError, ValueError, IndexError, RecursionError) as error:
        raise _damaged("Office 97-2003 或 WPS 文件") from error
    if "encryptedpackage" in names or "encryptioninfo" in names:
        raise FileRefused("文件有密码，审核人打不开，请去掉密码后再提交。")
    if names & _OLE_MACROS:
        raise FileRefused("文件带有宏（程序），请另存为不带宏的文件后再提交。")
    for stream, kind in _OLE_STREAMS.items():
        if stream in names:
            return kind
    raise _refusal("没有列入的 OLE 文件（例如安装包）")


def _text_type(stream: BinaryIO) -> MediaType:
    """Text is what decodes to the end as UTF-8, or as UTF-16 with its mark, or as GB18030, and has no control bytes."""
    stream.seek(0)
    head = stream.read(HEAD_BYTES)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if wide else ("utf-8", "gb18030"):
        if _decodes(stream, encoding):
            return MAIL if _is_mail(head) else TEXT
    raise FileRefused(f"认不出文件内容是什么格式。可以提交的有：{ACCEPTED}。")


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while piece := stream.read(_TEXT_CHUNK):
            if _has_control_characters(decoder.decode(piece)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_control_characters(text: str) -> bool:
    return not _CONTROL.isdisjoint(text)


def _is_mail(head: bytes) -> bool:
    lines = head.split(b"\r\n\r\n")[0].split(b"\n\n")[0].lower().splitlines()
    fields = {line.split(b":")[0] for line in lines if b":" in line}
    return b"from" in fields and bool(fields & {b"date", b"message-id", b"received"})


_CONTROL = frozenset(map(chr, range(32))) - frozenset("\t\n\r\f\x1a")
