"""Ids of rows. Models say `int | None` because a new row has none before it is flushed."""

from __future__ import annotations

from typing import Protocol

# What a PostgreSQL integer holds. To ask for more is an error of the database, and no answer.
LARGEST_ID = 2**31 - 1


class Identified(Protocol):
    id: int | None


def id_of(row: Identified) -> int:
    """The row's id. Raises ValueError for a row that was never flushed, which is a mistake of ours."""
    if row.id is None:
        raise ValueError(f"{type(row).__name__} has no id before it is flushed.")
    return row.id


def is_possible_id(number: int) -> bool:
    """Whether a row can have this id at all."""
    return 0 < number <= LARGEST_ID
