"""Column types that say more than the database would by itself."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Enum as EnumType
from sqlmodel import Field


def enum_field(kind: type[Enum], *, constraint: str | None = None, **options: Any) -> Any:
    """A field stored by the *value* of its enum, in plain text, checked by the database.

    SQLAlchemy would store the member's name, which is no word of the domain. A table with two fields of one
    enum names the second one's `constraint`: PostgreSQL refuses two of the same name.
    """
    column_type = EnumType(
        kind,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=True,
        name=constraint or f"{kind.__name__.lower()}_is_known",
        length=32,
    )
    return Field(sa_type=column_type, **options)
