"""One door for every kind of file: bytes in, a SourceDocument out, or one sentence that says why not."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tracker.importers.classification import refuse_classified
from tracker.importers.errors import (
    SourceDamaged,
    SourceEmpty,
    SourceEncrypted,
    SourceMissing,
    SourceTooLarge,
)
from tracker.importers.readers import biff_marks, kinds, sheet_marks
from tracker.importers.readers.archives import OfficeArchive
from tracker.importers.readers.comma import read_comma_separated
from tracker.importers.readers.compound import CompoundFile, CompoundKind
from tracker.importers.readers.conversion import convert_to_docx
from tracker.importers.readers.documents import ReadResult, read_document
from tracker.importers.readers.encodings import decode
from tracker.importers.readers.kinds import Kind
from tracker.importers.readers.limits import DEFAULT_LIMITS, ReadLimits
from tracker.importers.readers.lines import count_rows, read_lines
from tracker.importers.readers.markdown import has_pipe_table, read_markdown
from tracker.importers.readers.refusals import check_lengths, refuse_too_long_text, refuse_too_many_rows
from tracker.importers.readers.sheets import read_workbook
from tracker.importers.source import SourceDocument

LONGEST_CHARACTER = 4  # bytes, in UTF-8 and GB18030 alike
_CONVERTED = "旧版 Word 文档（.doc）已由 LibreOffice 转换后读取，请核对自动编号和合并单元格。"
_LOST = (
    "最后一张表（以“{}”开头）后面没有段落，转换时变成了普通文字，其中各行没有读入。"
    "请打开原文件，在最后一张表后面加一个空行，另存为 .docx 后再导入。"
)


def read_source(path: Path, *, limits: ReadLimits = DEFAULT_LIMITS) -> SourceDocument:
    """Read a responsibility table's file. Raises SourceUnreadable, whose text is for the user."""
    try:
        if path.is_dir():
            raise SourceMissing(f"“{path.name or path}”是文件夹，请选择其中的 .docx、.xlsx 或文本文件。")
        size = path.stat().st_size
        data = path.read_bytes() if size <= limits.max_bytes else b""
    except FileNotFoundError as error:
        raise SourceMissing(f"找不到文件“{path}”，请检查文件名和所在文件夹。") from error
    except OSError as error:
        raise SourceMissing(f"文件“{path}”打不开，请检查是否有读取权限、是否被其他程序占用。") from error
    _check_size(size, path.name, limits)
    return read_source_bytes(data, path.name, limits=limits)


def read_source_bytes(data: bytes, name: str, *, limits: ReadLimits = DEFAULT_LIMITS) -> SourceDocument:
    """Read a file that is at hand; `name` is what the user calls it. Raises SourceUnreadable."""
    _check_size(len(data), name, limits)
    kinds.refuse_foreign(data, name)
    if kinds.is_zip(data):
        kind, result = _read_archive(data, name, limits)
    elif kinds.is_compound(data):
        kind, result = _read_compound(data, name, limits)
    else:
        kind, result = _read_text(data, name, limits)
    if not result.blocks:
        raise SourceEmpty(
            f"文件“{name}”里没有可以读取的文字，请检查是否选错了文件；如果是扫描图片，请先做文字识别，存为 .docx 后再导入。"
        )
    check_lengths(result.blocks, name, limits)
    notes = (*kinds.mismatch(name, kind), *result.notes)
    media = Kind.DOCX if kind is Kind.WORD_97 else kind
    document = SourceDocument(
        name, hashlib.sha256(data).hexdigest(), media.value, result.blocks, notes, result.losses
    )
    refuse_classified(document, result.margins)
    return document


def _check_size(size: int, name: str, limits: ReadLimits) -> None:
    if size > limits.max_bytes:
        raise SourceTooLarge(
            f"文件“{name}”有{size / 1024 / 1024:.1f} MB，超过上限{limits.max_bytes / 1024 / 1024:g} MB，"
            "请删去图片等无关内容，另存后再导入。"
        )


def _read_archive(data: bytes, name: str, limits: ReadLimits) -> tuple[Kind, ReadResult]:
    archive = OfficeArchive(data, name, limits)
    kind = kinds.recognise_archive(archive)
    if kind is Kind.DOCX:
        return kind, read_document(archive)
    archive.inflate_all("xl/")  # calamine inflates for itself and knows no limit
    return kind, read_workbook(data, name, limits, sheet_marks.read_marks(archive))


def _read_compound(data: bytes, name: str, limits: ReadLimits) -> tuple[Kind, ReadResult]:
    file = CompoundFile(data, name)
    if file.kind is CompoundKind.ENCRYPTED:
        raise SourceEncrypted(f"文件“{name}”有打开密码，请在 Word、Excel 或 WPS 中取消密码后再导入。")
    if file.has_macros:
        raise kinds.refuse_macros(name)
    if kinds.ending_of(name) == ".wps" or file.kind is CompoundKind.WPS:
        raise kinds.refuse_wps(name)
    if file.kind is CompoundKind.WORD:
        return Kind.WORD_97, _read_word_97(file, data, name, limits)
    if file.kind is CompoundKind.EXCEL:
        return Kind.XLS, _read_excel_97(file, data, name, limits)
    raise kinds.refuse_unknown(name)


def _read_word_97(file: CompoundFile, data: bytes, name: str, limits: ReadLimits) -> ReadResult:
    if file.is_word_encrypted():
        raise SourceEncrypted(f"文件“{name}”有打开密码，请在 Word 或 WPS 中取消密码后再导入。")
    closed, lost = file.close_last_table()
    converted = convert_to_docx(closed, name, seconds=limits.conversion_seconds)
    if not kinds.is_zip(converted):
        raise SourceDamaged(f"文件“{name}”转换后无法读取，请用 Word 或 WPS 另存为 .docx 后再导入。")
    result = read_document(OfficeArchive(converted, name, limits))
    losses = () if lost is None else (_LOST.format(lost),)
    return ReadResult(result.blocks, (_CONVERTED, *result.notes), result.margins, losses)


def _read_excel_97(file: CompoundFile, data: bytes, name: str, limits: ReadLimits) -> ReadResult:
    stream = file.read_workbook()
    if biff_marks.needs_password(stream):
        raise SourceEncrypted(f"文件“{name}”有打开密码，请在 Excel 或 WPS 中取消密码后再导入。")
    return read_workbook(data, name, limits, biff_marks.read_marks(stream, name))


def _read_text(data: bytes, name: str, limits: ReadLimits) -> tuple[Kind, ReadResult]:
    if len(data) > LONGEST_CHARACTER * limits.max_characters:
        raise refuse_too_long_text(name, limits)
    decoded = decode(data, name)
    kind = kinds.recognise_text(name, has_pipe_table=has_pipe_table(decoded.text))
    if kind is Kind.CSV:
        return kind, ReadResult(tuple(read_comma_separated(decoded.text, name, limits)), decoded.notes)
    if kind is Kind.MARKDOWN:
        if decoded.text.count("\n") > limits.max_rows:
            raise refuse_too_many_rows(name, limits)
        return kind, ReadResult(tuple(read_markdown(decoded.text)), decoded.notes)
    if count_rows(decoded.text) > limits.max_rows:
        raise refuse_too_many_rows(name, limits)
    return kind, ReadResult(tuple(read_lines(decoded.text)), decoded.notes)
