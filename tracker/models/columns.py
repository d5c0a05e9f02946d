"""Column types and indexes that say more than the database would by themselves."""

from __future__ import annotations

from enum import Enum
from typing import Any

from sqlalchemy import Connection, Index, MetaData, event, text
from sqlalchemy import Enum as EnumType
from sqlmodel import Field, SQLModel

# Rows are validated by the database and by whoever fills them, never by pydantic: what it would validate them by is
# made when somebody asks for it, instead of for every table at every start.
SQLModel.model_config["defer_build"] = True


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


def unique_where(condition: str, name: str, *columns: str) -> Index:
    """An index that lets the columns occur once among the rows of a condition, on either engine.

    Where a column may be NULL, an ordinary unique constraint lets its rows repeat: no NULL equals another.
    """
    return Index(name, *columns, unique=True, **rows_where(condition))


def rows_where(condition: str) -> dict[str, Any]:
    """The options of an index over the rows of a condition, on either engine.

    PostgreSQL is told when tables are made: to name it here would load its dialect (2 MB) in offices without it.
    """
    return {"sqlite_where": text(condition)}


def tell_postgresql(metadata: MetaData) -> None:
    """Give the indexes over the rows of a condition the same condition on PostgreSQL."""
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_options["postgresql"]["where"] = index.dialect_options["sqlite"]["where"]


@event.listens_for(SQLModel.metadata, "before_create")
def _tell_when_tables_are_made(metadata: MetaData, connection: Connection, **_options: object) -> None:
    if connection.dialect.name == "postgresql":
        tell_postgresql(metadata)
