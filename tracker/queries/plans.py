"""A word to SQLite's planner, which knows no statistics of an office: how a condition is to be used."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


def tested(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition, tested row by row in the order asked for, and no way to find rows by.

    PostgreSQL decides by its statistics, and is told nothing.
    """
    return _Tested(condition)


def unindexed(column: Any) -> Any:
    """The column as a plain value: rows are not looked up by it."""
    return _Unindexed(column)


class _Unindexed(FunctionElement[int]):
    type = Integer()
    inherit_cache = True


@compiles(_Unindexed)
def _the_column(element: _Unindexed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(_Unindexed, "sqlite")
def _the_column_with_a_sign(element: _Unindexed, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


class _Tested(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: Any = None) -> _Tested:
        """Itself: no `= 1` behind a condition."""
        return self


@compiles(_Tested)
def _as_it_stands(element: _Tested, compiler: Any, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


@compiles(_Tested, "sqlite")
def _with_a_sign(element: _Tested, compiler: Any, **options: Any) -> str:
    return f"+({compiler.process(element.clauses, **options)})"
