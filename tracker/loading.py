"""Rows of the register that are known without SQLAlchemy having read them."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict, manager_of_class
from sqlmodel import Session, SQLModel

Row = TypeVar("Row", bound=SQLModel)


def stored_row(session: Session, model: type[Row], values: Mapping[str, Any]) -> Row:
    """The row that is in the database with these values, as if the session had read it.

    `values` name every column. The session must not hold the row yet: look in its `identity_map` first.
    """
    row: Row = manager_of_class(model).new_instance()
    instance_dict(row).update(values)
    make_transient_to_detached(row)
    session.add(row)
    return row


def loose_rows(model: type[Row], cells: Iterable[Sequence[Any]]) -> list[Row]:
    """Rows as they were read, with every column in the table's order: for who only looks at them.

    They read like the model's, and cannot be changed: an act reads its row by itself. No session knows of them, and
    to make one takes a tenth of what a row of a session takes.
    """
    return list(map(_row_class(model)._make, cells))


@lru_cache
def _row_class(model: type[SQLModel]) -> Any:
    return namedtuple(model.__name__, model.__table__.columns.keys())  # type: ignore[attr-defined]
