"""What a file is, by what it holds. The name is only a hint, and where it disagrees, that is said."""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from tracker.importers.errors import SourceEmpty, SourceHasMacros, SourceUnsupported
from tracker.importers.readers import compound
from tracker.importers.readers.archives import OfficeArchive

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_SIGNED = (
    (b"%PDF", "PDF 文件", "请用 WPS 转换为 .docx 后再导入"),
    (b"\x89PNG", "图片", "请先做文字识别，存为 .docx 或 .xlsx 后再导入"),
    (b"\xff\xd8\xff", "图片", "请先做文字识别，存为 .docx 或 .xlsx 后再导入"),
    (b"GIF8", "图片", "请先做文字识别，存为 .docx 或 .xlsx 后再导入"),
    (b"BM", "图片", "请先做文字识别，存为 .docx 或 .xlsx 后再导入"),
    (b"II*\0", "图片", "请先做文字识别，存为 .docx 或 .xlsx 后再导入"),
    (b"MM\0*", "图片", "请先做文字识别，存为 .docx 或 .xlsx 后再导入"),
    (b"{\\rtf", "RTF 文档", "请用 Word 或 WPS 另存为 .docx 后再导入"),
    (b"Rar!", "压缩包", "请解压后导入里面的 .docx 或 .xlsx 文件"),
    (b"7z\xbc\xaf", "压缩包", "请解压后导入里面的 .docx 或 .xlsx 文件"),
    (b"\x1f\x8b", "压缩包", "请解压后导入里面的 .docx 或 .xlsx 文件"),
    (b"MZ", "程序", "请选择 .docx、.xlsx 或文本文件"),
    (b"\x7fELF", "程序", "请选择 .docx、.xlsx 或文本文件"),
)
_MARKUP = (
    (b"<!doctype html", "网页", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"),
    (b"<html", "网页", "请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入"),
    (b"<?xml", "XML 文件", "请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx 后再导入"),
    (b"mime-version:", "网页归档", "请用 Word、Excel 或 WPS 打开，另存为 .docx 或 .xlsx 后再导入"),
)
_BITMAP_HEADER = 14
_ACCEPTED = "可以导入 .docx、.xlsx、.xls、.csv、.tsv、.txt 和 .md 文件"


class Kind(StrEnum):
    """What a file holds. The values but WORD_97 are the `media` of a SourceDocument."""

    DOCX = "docx"
    XLSX = "xlsx"
    XLS = "xls"
    WORD_97 = "doc"
    CSV = "csv"
    TSV = "tsv"
    TEXT = "txt"
    MARKDOWN = "md"


_KIND_NAMES = {
    Kind.DOCX: "Word 文档",
    Kind.XLSX: "Excel 工作簿",
    Kind.XLS: "Excel 97 工作簿",
    Kind.WORD_97: "Word 97 文档",
}
_TEXT_KINDS = {
    ".csv": Kind.CSV,
    ".tsv": Kind.TSV,
    ".tab": Kind.TSV,
    ".md": Kind.MARKDOWN,
    ".markdown": Kind.MARKDOWN,
}
_USUAL_ENDINGS = {
    Kind.DOCX: {".docx", ".dotx"},
    Kind.XLSX: {".xlsx", ".xltx"},
    Kind.XLS: {".xls", ".xlt", ".et"},
    Kind.WORD_97: {".doc", ".dot"},
}
_TEXT_ENDINGS = {".csv", ".tsv", ".tab", ".txt", ".text", ".md", ".markdown", ""}


def ending_of(name: str) -> str:
    """The extension in lower case with its dot, or nothing."""
    return PurePath(name).suffix.lower()


def is_zip(data: bytes) -> bool:
    return data.startswith(_ZIP)


def is_compound(data: bytes) -> bool:
    return data.startswith(compound.MAGIC)


def refuse_foreign(data: bytes, name: str) -> None:
    """Raise SourceEmpty or SourceUnsupported for what is recognised and not read."""
    if not data.strip(b"\0 \t\r\n\f"):
        raise SourceEmpty(f"文件“{name}”是空的，没有可以导入的内容，请检查是否选错了文件。")
    for signature, what, advice in _SIGNED:
        if data.startswith(signature) and not _is_text_after_all(data, signature):
            raise _unsupported(name, what, advice)
    beginning = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for signature, what, advice in _MARKUP:
        if beginning.startswith(signature):
            raise _unsupported(name, what, advice)


def _is_text_after_all(data: bytes, signature: bytes) -> bool:
    """“BM” and “MZ” begin words as well; a bitmap or a program has zero bytes in its header."""
    return signature in (b"BM", b"MZ") and b"\0" not in data[:64]


def recognise_archive(archive: OfficeArchive) -> Kind:
    """Word or Excel, by the parts of the package. Raises SourceHasMacros or SourceUnsupported."""
    members = {member.lower() for member in archive.members}
    if any(member.endswith("vbaproject.bin") for member in members) or _says_macros(archive):
        raise refuse_macros(archive.name)
    if "word/document.xml" in members or _main_type(archive, b"wordprocessingml"):
        return Kind.DOCX
    if "xl/workbook.bin" in members:
        raise _unsupported(archive.name, "二进制工作簿（.xlsb）", "请用 Excel 或 WPS 另存为 .xlsx 后再导入")
    if "xl/workbook.xml" in members or _main_type(archive, b"spreadsheetml"):
        return Kind.XLSX
    raise _unsupported(archive.name, *_foreign_archive(members))


def _content_types(archive: OfficeArchive) -> bytes:
    return archive.read("[Content_Types].xml") if archive.has("[Content_Types].xml") else b""


def _says_macros(archive: OfficeArchive) -> bool:
    return b"macroenabled" in _content_types(archive).lower()


def _main_type(archive: OfficeArchive, family: bytes) -> bool:
    types = _content_types(archive)
    return family + b".document.main+xml" in types or family + b".sheet.main+xml" in types


def _foreign_archive(members: set[str]) -> tuple[str, str]:
    if any(member.startswith("ppt/") for member in members):
        return "演示文稿", "请把表格复制到 Word 或 Excel 里，存为 .docx 或 .xlsx 后再导入"
    if "ofd.xml" in members:
        return "OFD 版式文件", "请用 WPS 转换为 .docx 后再导入"
    if "content.xml" in members:
        return "ODF 文件", "请用 WPS 或 LibreOffice 另存为 .docx 或 .xlsx 后再导入"
    return "压缩包", "请解压后导入里面的 .docx 或 .xlsx 文件"


def recognise_text(name: str, *, has_pipe_table: bool) -> Kind:
    """The kind of a text by its name, and by its tables where the name says no more than text."""
    kind = _TEXT_KINDS.get(ending_of(name), Kind.TEXT)
    return Kind.MARKDOWN if kind is Kind.TEXT and has_pipe_table else kind


def refuse_macros(name: str) -> SourceHasMacros:
    return SourceHasMacros(
        f"文件“{name}”含有宏程序，为安全起见不予读取，请用 Word、Excel 或 WPS 另存为 .docx 或 .xlsx 后再导入。"
    )


def refuse_unknown(name: str) -> SourceUnsupported:
    return SourceUnsupported(f"文件“{name}”不是认得的文档或表格，{_ACCEPTED}。")


def refuse_wps(name: str) -> SourceUnsupported:
    return _unsupported(name, "WPS 文字专用格式（.wps）", "请用 WPS 另存为 .docx 后再导入")


def _unsupported(name: str, what: str, advice: str) -> SourceUnsupported:
    return SourceUnsupported(f"文件“{name}”是{what}，无法直接读取，{advice}。")


def mismatch(name: str, kind: Kind) -> tuple[str, ...]:
    """A note where the name promises something else than the file holds."""
    ending = ending_of(name)
    if kind in _USUAL_ENDINGS:
        if ending in _USUAL_ENDINGS[kind] or not ending:
            return ()
        return (f"扩展名是 {ending}，内容是{_KIND_NAMES[kind]}，已按 .{kind} 读取。",)
    return () if ending in _TEXT_ENDINGS else (f"扩展名是 {ending}，内容是文本，已按 .{kind} 读取。",)
