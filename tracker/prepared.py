"""The few statements that every act of the register runs: compiled once, then handed to the driver itself.

SQLAlchemy's way of running a statement (its context, events and result) takes ten times as long as SQLite takes
for the smallest ones, and a transition is little more than such statements. A prepared one is written with
SQLAlchemy for both engines, converts by the same column types, runs in the session's transaction and raises
SQLAlchemy's errors; but no event listener hears of it and rows are plain tuples. All others are run as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, SelectBase, UpdateBase
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlmodel import Session

Statement = SelectBase | UpdateBase
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Form:
    """A statement as one engine wants it. `binds` are its parameters in their order, `results` the columns to convert."""

    text: str
    is_positional: bool
    binds: tuple[tuple[str, _Convert], ...]
    fixed: dict[str, Any]
    results: tuple[tuple[int, Callable[[Any], Any]], ...]

    def parameters(self, values: Values) -> Any:
        if self.fixed:
            values = {**self.fixed, **values}
        if self.is_positional:
            return [values[name] if to is None else to(values[name]) for name, to in self.binds]
        return {name: values[name] if to is None else to(values[name]) for name, to in self.binds}

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for place, convert in self.results:
            cells[place] = convert(cells[place])
        return tuple(cells)


class Prepared:
    """One statement; `columns` are those that an insert fills. It may hold no list (`IN`): those grow when run."""

    def __init__(self, statement: Statement, columns: Iterable[str] = ()) -> None:
        self._statement = statement
        self._columns = list(columns) or None
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, values: Values) -> list[tuple[Any, ...]]:
        """Every row that the statement returns."""
        connection = session.connection()
        form = self._form(connection.dialect)
        found = _run(connection, form, form.parameters(values)).fetchall()
        return [form.converted(row) for row in found] if form.results else found

    def change(self, session: Session, values: Values) -> int:
        """Run it, and return how many rows it changed."""
        connection = session.connection()
        form = self._form(connection.dialect)
        return int(_run(connection, form, form.parameters(values)).rowcount)

    def change_many(self, session: Session, rows: Sequence[Values]) -> None:
        """Run it once for each of `rows`."""
        connection = session.connection()
        form = self._form(connection.dialect)
        _run(connection, form, [form.parameters(row) for row in rows], is_many=True)

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _form_of(self._statement, self._columns, dialect)
        return form


def _run(connection: Connection, form: _Form, parameters: Any, *, is_many: bool = False) -> Any:
    driver = connection.connection.dbapi_connection
    assert driver is not None  # the connection has begun its transaction
    cursor = driver.cursor()
    try:
        (cursor.executemany if is_many else cursor.execute)(form.text, parameters)
    except connection.dialect.loaded_dbapi.Error as error:
        base, dialect = connection.dialect.loaded_dbapi.Error, connection.dialect
        raise DBAPIError.instance(form.text, parameters, error, base, dialect=dialect) from error
    return cursor


def _form_of(statement: Statement, columns: list[str] | None, dialect: Dialect) -> _Form:
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    assert isinstance(compiled, SQLCompiler)
    names = compiled.positiontup if compiled.positiontup is not None else list(compiled.params)
    return _Form(
        compiled.string,
        compiled.positional,
        tuple(
            (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names
        ),
        {name: value for name, value in compiled.params.items() if value is not None},
        tuple(_results_of(statement, dialect)),
    )


def _results_of(statement: Statement, dialect: Dialect) -> Iterable[tuple[int, Callable[[Any], Any]]]:
    for place, column in enumerate(statement.exported_columns):
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            yield place, convert
