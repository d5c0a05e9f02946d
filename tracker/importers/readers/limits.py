"""How much a reader takes on before it refuses."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReadLimits:
    """Caps against huge and hostile files. Bytes, counts and seconds; a real table stays far below all of them."""

    max_bytes: int = 50 * 1024 * 1024
    max_unzipped_bytes: int = 200 * 1024 * 1024
    max_part_bytes: int = 100 * 1024 * 1024  # one XML part of an office file, which is parsed whole
    max_ratio: int = 300  # unzipped to zipped, applied above `free_unzipped_bytes`
    free_unzipped_bytes: int = 20 * 1024 * 1024  # below it, a table of equal rows may compress as it likes
    max_members: int = 5_000
    max_rows: int = 20_000
    max_row_span: int = (
        100_000  # from the first used row to the last; each in between takes its place in memory
    )
    max_columns: int = 1_000
    max_cells: int = 1_000_000
    max_piece_characters: int = 100_000  # of one cell or paragraph; the longest real ones have a few thousand
    max_characters: int = 5_000_000
    conversion_seconds: float = 60.0  # for LibreOffice, and for the process that opens a workbook


DEFAULT_LIMITS = ReadLimits()
