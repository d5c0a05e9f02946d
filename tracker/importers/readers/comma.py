"""Comma-separated values as Excel and WPS save them: one grid, the delimiter found by trying."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator

from tracker.importers.errors import SourceDamaged
from tracker.importers.readers.limits import ReadLimits
from tracker.importers.readers.lines import make_grid, read_lines
from tracker.importers.readers.refusals import refuse_too_long_piece, refuse_too_many_rows
from tracker.importers.source import Grid, Paragraph

_DELIMITERS = ",\t;"
_SAMPLE_ROWS = 50


def read_comma_separated(text: str, name: str, limits: ReadLimits) -> Iterator[Paragraph | Grid]:
    """One grid of all rows, blank ones kept; plain lines where nothing separates them. Raises SourceDamaged."""
    delimiter = find_delimiter(text)
    if delimiter is None:
        yield from read_lines(text)
        return
    rows: list[list[str]] = []
    for row in _rows(text, delimiter, name, limits):
        rows.append(row)
        if len(rows) > limits.max_rows:
            raise refuse_too_many_rows(name, limits)
    while rows and not any(field.strip() for field in rows[-1]):
        rows.pop()
    yield make_grid(rows, "第1个表格")


def find_delimiter(text: str) -> str | None:
    """The delimiter that gives the most rows of one same width; None where none gives two columns."""
    scores: dict[str, tuple[int, int]] = {}
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in _sample(text, delimiter) if len(row) > 1)
        if widths:
            width, rows = widths.most_common(1)[0]
            scores[delimiter] = (rows, width)
    return max(scores, key=lambda delimiter: scores[delimiter], default=None)


def _sample(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(_csv_lines(text), delimiter=delimiter)
    try:
        for _, row in zip(range(_SAMPLE_ROWS), reader, strict=False):
            yield row
    except csv.Error:  # the full reading will say so with its place
        return


def _rows(text: str, delimiter: str, name: str, limits: ReadLimits) -> Iterator[list[str]]:
    reader = csv.reader(_csv_lines(text), delimiter=delimiter, strict=True)
    begun = 1
    while True:
        begun = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise refuse_too_long_piece(name, f"第{begun}行起", limits) from error
            raise SourceDamaged(
                f"文件“{name}”第{begun}行起的引号没有配对，无法分清单元格，请用 Excel 或 WPS 打开并另存后再导入。"
            ) from error
        yield row


def _csv_lines(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")]
