"""Units and the people in them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class Unit(SQLModel, table=True):
    """A section, brigade or branch. Units form a tree by `parent_id`."""

    __tablename__ = "unit"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, index=True, max_length=120)
    parent_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    is_active: bool = True


class Person(SQLModel, table=True):
    """Somebody of the office. `title` is the post (副队长)."""

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=60)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)
    title: str | None = Field(default=None, max_length=60)
    email: str | None = Field(default=None, max_length=254)
    is_administrator: bool = False
    is_active: bool = True
    deactivated_at: datetime | None = None


class PersonAlias(SQLModel, table=True):
    """Another spelling of a name, confirmed to mean this person (白聖豪 for 白圣豪)."""

    __tablename__ = "person_alias"
    __table_args__ = (UniqueConstraint("name"),)

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    name: str = Field(max_length=60)
