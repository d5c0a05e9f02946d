"""Rows of the register that are known without SQLAlchemy having read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
    """Rows as they were read, with every column in the table's order, which no session holds: for who only looks at them.

    To change one would change nothing: an act reads its row by itself.
    """
    manager, names = manager_of_class(model), model.__table__.columns.keys()  # type: ignore[attr-defined]
    return [_loose_row(manager, names, values) for values in cells]


def _loose_row(manager: Any, names: Sequence[str], values: Sequence[Any]) -> Any:
    row = manager.new_instance()
    instance_dict(row).update(zip(names, values, strict=True))
    return row
