"""Asking the register after the console acted: a session of its own each time, so that no test holds the lock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlmodel import SQLModel

from tests.console import Console
from tracker.database import read_session

Row = TypeVar("Row", bound=SQLModel)


def fetch(console: Console, statement: Any) -> Sequence[Any]:
    """What the statement finds now."""
    with read_session(console.engine) as session:
        return list(session.exec(statement).all())


def fetch_one(console: Console, statement: Any) -> Any:
    [row] = fetch(console, statement)
    return row


def fetch_row(console: Console, model: type[Row], row_id: int | None) -> Row:
    """A row as it is now."""
    with read_session(console.engine) as session:
        return session.get_one(model, row_id)
