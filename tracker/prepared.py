"""The few statements that every act of the register runs: compiled once, then handed to the driver itself.

SQLAlchemy's way of running a statement (its context, events and result) takes ten times as long as SQLite takes
for the smallest ones, and a transition is little more than such statements. A prepared one is written with
SQLAlchemy for both engines, converts by the same column types, runs in the session's transaction and raises
SQLAlchemy's errors; its rows are plain tuples. Where somebody listens to the statements of an engine it is run as
any other. All statements that are not so frequent, or not so many, are simply run as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ARRAY,
    JSON,
    BindParameter,
    Boolean,
    ColumnElement,
    Connection,
    Dialect,
    Enum,
    Float,
    Integer,
    SelectBase,
    TypeDecorator,
    UpdateBase,
    bindparam,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

Statement = SelectBase | UpdateBase
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any] | None
# By the transaction or savepoint that asked for it; weakly, so that a session which ends leaves nothing behind.
_CONNECTIONS: WeakKeyDictionary[Any, Connection] = WeakKeyDictionary()


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
            return tuple([values[name] if to is None else to(values[name]) for name, to in self.binds])
        return {name: values[name] if to is None else to(values[name]) for name, to in self.binds}

    def many_parameters(self, columns: Mapping[str, Sequence[Any]]) -> list[Any]:
        """The parameters of many rows, given column by column."""
        cells = [
            columns[name] if to is None else _all_converted(columns[name], to) for name, to in self.binds
        ]
        rows = zip(*cells, strict=True)
        if self.is_positional:
            return list(rows)
        names = [name for name, _ in self.binds]
        return [dict(zip(names, row, strict=True)) for row in rows]

    def converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for place, convert in self.results:
            cells[place] = convert(cells[place])
        return tuple(cells)


def _all_converted(values: Sequence[Any], convert: Callable[[Any], Any]) -> list[Any]:
    """Each value converted; one object only once, for what many rows say is mostly the same few objects."""
    distinct = {id(value): value for value in values}
    converted = {key: convert(value) for key, value in distinct.items()}
    return [converted[id(value)] for value in values]


class Prepared:
    """One statement; `columns` are those that an insert fills. `IN` with a list grows when run: use `is_among`."""

    def __init__(self, statement: Statement, columns: Iterable[str] = ()) -> None:
        self._statement = statement
        self.columns = tuple(columns)
        self._forms: dict[str, _Form] = {}

    def rows(self, session: Session, values: Values) -> list[tuple[Any, ...]]:
        """Every row that the statement returns."""
        connection = _connection_of(session)
        form = self._form(connection.dialect)
        found = _run(connection, form, form.parameters(values)).fetchall()
        return [form.converted(row) for row in found] if form.results else found

    def change(self, session: Session, values: Values) -> int:
        """Run it, and return how many rows it changed."""
        connection = _connection_of(session)
        form = self._form(connection.dialect)
        return int(_run(connection, form, form.parameters(values)).rowcount)

    def change_many(self, session: Session, rows: Sequence[Sequence[Any]]) -> None:
        """Run it once for each of `rows`, whose cells stand in the order of `columns`."""
        if rows:
            connection = _connection_of(session)
            form = self._form(connection.dialect)
            cells = dict(zip(self.columns, zip(*rows, strict=True), strict=True))
            _run(connection, form, form.many_parameters(cells), is_many=True)

    def _form(self, dialect: Dialect) -> _Form:
        form = self._forms.get(dialect.name)
        if form is None:
            form = self._forms[dialect.name] = _form_of(self._statement, list(self.columns) or None, dialect)
        return form


def is_among(column: Any, name: str) -> ColumnElement[bool]:
    """The condition that an integer column is one of the list that is given as the value of `name`.

    One parameter however long the list is, where `IN` takes one for each of its members.
    """
    return _Among(column, bindparam(name, type_=_Integers()))


class _Integers(TypeDecorator[Sequence[int]]):
    """A list of whole numbers as one value: an array, or its JSON where there are no arrays."""

    impl = ARRAY(Integer)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(JSON() if dialect.name == "sqlite" else ARRAY(Integer))


class _Among(ColumnElement[bool]):
    """`column = ANY (list)`, in the words of the engine."""

    inherit_cache = False
    type = Boolean()

    def __init__(self, column: ColumnElement[int], members: BindParameter[Any]) -> None:
        self.column = column
        self.members = members

    def self_group(self, against: Any = None) -> _Among:
        """Itself: the `= 1` that SQLAlchemy adds for SQLite would hide the index of the column."""
        return self


@compiles(_Among)
def _among(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    return f"{compiler.process(element.column, **options)} = ANY ({compiler.process(element.members, **options)})"


@compiles(_Among, "sqlite")
def _among_in_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, members = (compiler.process(each, **options) for each in (element.column, element.members))
    return f"{column} IN (SELECT value FROM json_each({members}))"  # noqa: S608 (made of compiled parts alone)


def _connection_of(session: Session) -> Connection:
    """The connection of the session's transaction or savepoint: to ask for it takes as long as a small statement."""
    current = _current(session)
    if current is not None and current.is_active:
        kept = _CONNECTIONS.get(current)
        if kept is not None:
            return kept
    connection = session.connection()  # begins what has to be begun
    _CONNECTIONS[_current(session)] = connection
    return connection


def _current(session: Session) -> Any:
    return session.get_nested_transaction() or session.get_transaction()


def _run(connection: Connection, form: _Form, parameters: Any, *, is_many: bool = False) -> Any:
    if connection.dispatch.before_cursor_execute:
        return connection.exec_driver_sql(form.text, parameters)
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
        if isinstance(column.type, Float):
            continue  # each driver gives a float; PostgreSQL's dialect says so only of a column that was read
        convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if convert is not None:
            yield place, _shortened(convert, column.type, dialect)


def _shortened(
    convert: Callable[[Any], Any], kind: TypeEngine[Any], dialect: Dialect
) -> Callable[[Any], Any]:
    """The same conversion by one call into C, for the two kinds of which a page reads a hundred values."""
    if isinstance(kind, Enum):
        return {stored: convert(stored) for stored in (None, *kind.enums)}.__getitem__
    if isinstance(kind, UTCDateTime) and dialect.name == "sqlite":
        return _moment
    return convert


def _moment(stored: str | None) -> datetime | None:
    """A moment as SQLite keeps it: text in UTC, which does not say so."""
    return None if stored is None else datetime.fromisoformat(f"{stored}+00:00")
