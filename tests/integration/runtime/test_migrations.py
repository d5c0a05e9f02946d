"""The migrations lead to the very tables of the models, on either database, and back again."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from runtime.migrations import current_revision, newest_revision
from runtime.migrations.running import downgrade, find_drift, upgrade
from tracker.database import create_engine_for


@pytest.mark.postgresql
class TestMigrations:
    def test_agree_with_the_models(self, empty_database_url: str) -> None:
        engine = create_engine_for(empty_database_url)

        assert find_drift(engine) is None

        engine.dispose()

    def test_leave_the_triggers_of_the_models(self, empty_database_url: str) -> None:
        engine = create_engine_for(empty_database_url)
        upgrade(engine)
        migrated = triggers_of(engine)

        downgrade(engine, "base")
        SQLModel.metadata.create_all(engine)

        assert migrated == triggers_of(engine)
        assert migrated
        engine.dispose()

    def test_find_a_column_that_a_revision_forgot(self, empty_database_url: str) -> None:
        engine = create_engine_for(empty_database_url)
        upgrade(engine)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE unit DROP COLUMN is_active"))

        drift = find_drift(engine)

        assert drift is not None
        assert "is_active" in drift
        engine.dispose()

    def test_know_where_a_database_is(self, empty_database_url: str) -> None:
        engine = create_engine_for(empty_database_url)
        assert current_revision(engine) is None

        upgrade(engine)
        upgrade(engine)  # twice is harmless

        assert current_revision(engine) == newest_revision()
        engine.dispose()

    def test_leave_nothing_behind_when_taken_back(self, empty_database_url: str) -> None:
        engine = create_engine_for(empty_database_url)
        upgrade(engine)

        downgrade(engine, "base")

        assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
        engine.dispose()

    @pytest.mark.parametrize("statement", ["UPDATE audit_event SET kind = 'x'", "DELETE FROM audit_event"])
    def test_guard_the_audit_trail(self, empty_database_url: str, statement: str) -> None:
        engine = create_engine_for(empty_database_url)
        upgrade(engine)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO audit_event (id, at, actor_name, kind, subject, data, previous_hash, hash) "
                    "VALUES (1, '2024-07-03 00:00:00', '测试甲', 'task.issue', 'task', '{}', '0', '1')"
                )
            )

        with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
            connection.execute(text(statement))

        engine.dispose()


TRIGGERS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
        " UNION SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    ),
}


def triggers_of(engine: Engine) -> dict[str, str]:
    """What the database does by itself, each under its name; line breaks do not count."""
    with engine.connect() as connection:
        found = connection.execute(text(TRIGGERS[engine.dialect.name])).all()
    return {name: " ".join(definition.split()) for name, definition in found}
