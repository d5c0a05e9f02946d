"""One row by its id, as every `get_` of a room gives it."""

from __future__ import annotations

from typing import TypeVar

from sqlmodel import Session, SQLModel

from tracker.errors import NotFound
from tracker.identity import is_possible_id

Row = TypeVar("Row", bound=SQLModel)


def get_row(session: Session, model: type[Row], row_id: int, missing: type[NotFound]) -> Row:
    """The row, or raise `missing` with the id that was asked for."""
    row = session.get(model, row_id) if is_possible_id(row_id) else None
    if row is None:
        raise missing(row_id)
    return row


def is_there(session: Session, model: type[SQLModel], row_id: int) -> bool:
    """Whether there is such a row, whoever may see it."""
    return is_possible_id(row_id) and session.get(model, row_id) is not None
