"""What people call a row of a table: its 序号, and which of the rows under one 序号 it is."""

from __future__ import annotations


def row_number(seq: str | None, sub: int | None) -> str:
    """`9` for the first or only row under 序号 9, `9.2` for the second; empty where a row has none."""
    if not seq:
        return ""
    return f"{seq}.{sub}" if sub and sub > 1 else seq
