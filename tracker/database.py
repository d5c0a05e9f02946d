"""Engines and sessions: SQLite that loses no update, and PostgreSQL by URL; and what the two spell differently.

SQLAlchemy's default transactions on SQLite begin deferred, and processes that read and then write lose
updates in silence. Here a writing transaction takes the write lock when it begins (`BEGIN IMMEDIATE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, Insert, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session, SQLModel, create_engine

BUSY_TIMEOUT_SECONDS = 30
# Beyond those that are kept: whoever reads must find a connection, however many wait for a lock with theirs. A server
# has a hundred for everybody; for a file there may be as many as there are threads.
KEPT_CONNECTIONS, MORE_TO_A_SERVER, MORE_TO_A_FILE = 5, 35, -1


def create_engine_for(url: str) -> Engine:
    """Return an engine for `url` (`sqlite:///…` or `postgresql+psycopg://…`) whose sessions may write.

    An error names the statement and not its values: keys and secrets are among them, and errors end in logs.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(
            url,
            pool_size=KEPT_CONNECTIONS,
            max_overflow=MORE_TO_A_SERVER,
            pool_pre_ping=True,
            hide_parameters=True,
        )
    pool = {"pool_size": KEPT_CONNECTIONS, "max_overflow": MORE_TO_A_FILE}
    engine = create_engine(
        url,
        **{} if address.database in (None, "", ":memory:") else pool,  # memory has but one connection
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions behind our back
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    options = connection.get_execution_options()
    if options.get("reads_only", False):
        connection.exec_driver_sql("BEGIN")
    elif options.get("waits", True):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}")


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """One transaction: committed when the block ends, rolled back when it raises."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


def reading_engine(engine: Engine) -> Engine:
    """The engine as reading sessions use it. Who opens many makes it once: it is a web of listeners, and garbage after."""
    return engine if _reads_only(engine) else engine.execution_options(reads_only=True)


def _reads_only(engine: Engine | Connection) -> bool:
    return bool(engine.get_execution_options().get("reads_only"))


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """A session that takes no write lock. What it changes is never committed."""
    with Session(reading_engine(engine), expire_on_commit=False) as session:
        yield session  # to close it lets go of what was read, and rolls back


def write_if_free(beside: Session, write: Callable[[Session], object]) -> bool:
    """Do `write` in a transaction of its own beside one that reads; False where another holds the write lock.

    For what may as well be done the next time: whoever reads waits for nobody who writes.
    """
    engine = beside.get_bind().engine.execution_options(reads_only=False, waits=False)
    try:
        with write_session(engine) as session:
            write(session)
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorname", "") != "SQLITE_BUSY":
            raise
        return False
    return True


def is_reading(session: Session) -> bool:
    """Whether it is one of those that take no write lock, and keep nothing."""
    return _reads_only(session.get_bind())


def is_taken(error: IntegrityError) -> bool:
    """Whether the database refused a second row of what there may be one of."""
    state = getattr(error.orig, "sqlstate", None)  # PostgreSQL's
    return state == "23505" or getattr(error.orig, "sqlite_errorname", "") == "SQLITE_CONSTRAINT_UNIQUE"


def insert_new(session: Session, model: type[SQLModel], unique: str | None = None) -> Insert:
    """An insert that passes over rows whose `unique` column is taken, on either engine.

    A table with several unique columns that follow from each other names none of them: told of one, PostgreSQL
    raises where a second writer meets the other one first.
    """
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    columns = [unique] if unique else None
    if is_sqlite(session):
        from sqlalchemy.dialects import sqlite

        return sqlite.insert(table).on_conflict_do_nothing(index_elements=columns)
    from sqlalchemy.dialects import postgresql  # 2 MB that an office without PostgreSQL does not need

    return postgresql.insert(table).on_conflict_do_nothing(index_elements=columns)
