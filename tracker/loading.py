"""Rows of the register that are known without SQLAlchemy having read them."""

from __future__ import annotations

from collections.abc import Mapping
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
