"""The history of the database's tables, for Alembic, packaged so that it works installed.

Asking which revision is the newest costs no import: revisions are numbered, and the files carry the numbers.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

FOLDER = Path(__file__).resolve().parent
VERSION_TABLE = "alembic_version"


def newest_revision() -> str:
    """The revision that the models of this version stand for."""
    return max(path.name[:4] for path in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def current_revision(engine: Engine) -> str | None:
    """The revision that a database is at; None where it was never set up."""
    with engine.execution_options(reads_only=True).connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
        return None if found is None else str(found)
