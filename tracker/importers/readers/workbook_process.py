"""Sheets as plain values, fetched from a process that may fail without taking ours along."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from tracker.importers.errors import SourceDamaged, SourceEncrypted
from tracker.importers.readers.limits import ReadLimits
from tracker.importers.readers.refusals import refuse_too_many_cells

Value = int | float | str | bool | date | datetime | time | timedelta
Place = tuple[int, int]  # row and column, from 0

_WORKER = Path(__file__).with_name("workbook_worker.py")


@dataclass(frozen=True)
class RawSheet:
    """One sheet as it was stored. `values` begin at `start`; a sheet that is skipped has none."""

    name: str
    is_visible: bool
    is_table: bool
    start: Place
    values: tuple[tuple[Value, ...], ...]
    merges: tuple[tuple[Place, Place], ...]


def fetch_sheets(data: bytes, name: str, limits: ReadLimits) -> tuple[RawSheet, ...]:
    """Every sheet of a workbook. Raises SourceEncrypted, SourceDamaged or SourceTooLarge."""
    answer = _ask(data, name, limits)
    match answer.get("refused"):
        case None:
            return tuple(_read(sheet) for sheet in answer["sheets"])
        case "password":
            raise SourceEncrypted(f"文件“{name}”有打开密码，请在 Excel 或 WPS 中取消密码后再导入。")
        case "cells":
            raise refuse_too_many_cells(name, limits)
        case _:
            raise _damaged(name)


def _ask(data: bytes, name: str, limits: ReadLimits) -> dict[str, Any]:
    command = [sys.executable, "-I", str(_WORKER), str(limits.max_cells)]
    try:
        finished = subprocess.run(  # noqa: S603 -- our own program, the file only on its standard input
            command, input=data, capture_output=True, timeout=limits.conversion_seconds, check=True
        )
        answer: dict[str, Any] = json.loads(finished.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise _damaged(name) from error
    return answer


def _read(sheet: dict[str, Any]) -> RawSheet:
    top, left = sheet.get("start") or (0, 0)
    return RawSheet(
        name=sheet["name"],
        is_visible=sheet["is_visible"],
        is_table=sheet["is_table"],
        start=(top, left),
        values=tuple(tuple(map(_value, line)) for line in sheet.get("values", ())),
        merges=tuple(sorted(((a, b), (c, d)) for (a, b), (c, d) in sheet.get("merges", ()))),
    )


def _value(stored: Any) -> Value:
    """The reverse of the worker's `plain`."""
    match stored:
        case ["moment", str(text)]:
            return datetime.fromisoformat(text)
        case ["day", str(text)]:
            return date.fromisoformat(text)
        case ["time", str(text)]:
            return time.fromisoformat(text)
        case ["seconds", int(seconds) | float(seconds)]:
            return timedelta(seconds=seconds)
        case str() | bool() | int() | float():
            return stored
    raise ValueError(stored)


def _damaged(name: str) -> SourceDamaged:
    return SourceDamaged(f"文件“{name}”不完整或已损坏，请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。")
