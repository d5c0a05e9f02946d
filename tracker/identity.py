"""The id of a row that was flushed: models say `int | None` because a new row has none yet."""

from __future__ import annotations

from typing import Protocol


class Identified(Protocol):
    id: int | None


def id_of(row: Identified) -> int:
    """The row's id. Raises ValueError for a row that was never flushed, which is a mistake of ours."""
    if row.id is None:
        raise ValueError(f"{type(row).__name__} has no id before it is flushed.")
    return row.id
