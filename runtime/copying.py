"""A copy of the register to play with: whatever is done to it, the register itself never hears of it."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, select
from sqlmodel import SQLModel

import tracker.models  # noqa: F401
from tracker.database import create_engine_for

_ROWS_AT_ONCE = 1000


@contextmanager
def copied_database(source: Engine) -> Iterator[Engine]:
    """An engine on a temporary SQLite copy of `source`, whatever `source` is; gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="dingban-") as folder:
        path = Path(folder) / "copy.db"
        if source.dialect.name == "sqlite":
            _back_up(source, path)
            copy = create_engine_for(f"sqlite:///{path}")
        else:
            copy = create_engine_for(f"sqlite:///{path}")
            _copy_tables(source, copy)
        try:
            yield copy
        finally:
            copy.dispose()


def _back_up(source: Engine, path: Path) -> None:
    """SQLite's own backup: consistent while others write."""
    with source.execution_options(reads_only=True).connect() as connection:
        origin = connection.connection.driver_connection
        assert isinstance(origin, sqlite3.Connection)
        target = sqlite3.connect(path)
        try:
            origin.backup(target)
        finally:
            target.close()


def _copy_tables(source: Engine, copy: Engine) -> None:
    """Every table in one snapshot. Rows may point at rows that come later, so their keys are not checked here."""
    SQLModel.metadata.create_all(copy)
    snapshot = source.execution_options(isolation_level="REPEATABLE READ")
    with snapshot.connect() as reading, copy.connect() as writing:
        raw = writing.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.execute("PRAGMA foreign_keys = OFF")  # of no effect within a transaction
        with writing.begin():
            for table in SQLModel.metadata.sorted_tables:
                if not table.info.get("is_derived"):  # the copy derives these from the others by itself
                    _copy_table(reading, writing, table.name)


def _copy_table(reading: Connection, writing: Connection, name: str) -> None:
    table = SQLModel.metadata.tables[name]
    rows = reading.execution_options(yield_per=_ROWS_AT_ONCE).execute(select(table))
    for part in rows.mappings().partitions(_ROWS_AT_ONCE):
        writing.execute(table.insert(), [dict(row) for row in part])
