"""Refusals that several readers share."""

from __future__ import annotations

from tracker.importers.errors import SourceTooLarge
from tracker.importers.readers.limits import ReadLimits


def refuse_too_many_rows(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的表格超过{limits.max_rows}行，不像责任分解表，请只保留要导入的表格后再导入。"
    )


def refuse_too_many_cells(name: str, limits: ReadLimits) -> SourceTooLarge:
    return SourceTooLarge(
        f"文件“{name}”的表格超过{limits.max_cells}个单元格，不像责任分解表，请删去表外的空行空列后再导入。"
    )
