"""Refusals that several readers share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracker.importers.errors import SourceTooLarge
from tracker.importers.readers.limits import ReadLimits
from tracker.importers.source import Grid, Paragraph


def refuse_too_many_rows(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的表格超过{limits.max_rows}行，不像责任分解表，请只保留要导入的表格后再导入。"
    )


def refuse_too_many_columns(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的表格超过{limits.max_columns}列，不像责任分解表，请只保留要导入的表格后再导入。"
    )


def refuse_scattered_rows(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的表格首行和末行相隔超过{limits.max_row_span}行，不像责任分解表，请删去表外的文字和空行后再导入。"
    )


def refuse_too_many_cells(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的表格超过{limits.max_cells}个单元格，不像责任分解表，请删去表外的空行空列后再导入。"
    )


def refuse_too_long_piece(name: str, where: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”{where}有一处文字超过{limits.max_piece_characters}字，不像责任分解表，"
        "请检查内容或引号是否完整，删去无关文字后再导入。"
    )


def refuse_too_long_text(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的文字超过{limits.max_characters}字，不像责任分解表，请只保留要导入的表格后再导入。"
    )


def check_span(first: tuple[int, int], last: tuple[int, int], name: str, limits: ReadLimits) -> None:
    """Refuse a table that is too wide, or whose used rows lie too far apart. Raises SourceTooLarge."""
    if last[1] - first[1] >= limits.max_columns:
        raise refuse_too_many_columns(name, limits)
    if last[0] - first[0] >= limits.max_row_span:
        raise refuse_scattered_rows(name, limits)


def check_lengths(blocks: Sequence[Paragraph | Grid], name: str, limits: ReadLimits) -> None:
    """Refuse what no table holds, before anybody looks for numbers and dates in it. Raises SourceTooLarge."""
    for block in blocks:
        if isinstance(block, Grid) and block.column_count > limits.max_columns:
            raise refuse_too_many_columns(name, limits)
    total = 0
    for length, where in _lengths(blocks):
        if length > limits.max_piece_characters:
            raise refuse_too_long_piece(name, where, limits)
        total += length
    if total > limits.max_characters:
        raise refuse_too_long_text(name, limits)


def _lengths(blocks: Sequence[Paragraph | Grid]) -> Iterator[tuple[int, str]]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield len(block.text), block.where
        else:
            for cell in block.cells:
                yield len(cell.text), f"{block.where}第{cell.row + 1}行"
