"""The databases that tests are given: every table, nothing in them, one of its own for each test."""

from __future__ import annotations

from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from tests.postgresql_server import running_server
from tracker.database import create_engine_for
from tracker.models import Unit

pytestmark = pytest.mark.postgresql


class TestSession:
    @pytest.mark.parametrize("turn", [1, 2])
    def test_what_one_test_writes_no_other_test_sees(self, session: Session, turn: int) -> None:
        assert session.execute(text("SELECT count(*) FROM unit")).scalar_one() == 0

        session.add(Unit(name=f"第{turn}大队"))
        session.commit()

        assert session.execute(text("SELECT count(*) FROM unit")).scalar_one() == 1

    def test_every_table_of_the_models_is_there(self, engine: Engine) -> None:
        assert set(SQLModel.metadata.tables) <= set(inspect(engine).get_table_names())

    def test_the_mark_decides_which_engine_answers(self, session: Session, database_kind: str) -> None:
        assert session.get_bind().dialect.name == database_kind

    def test_the_database_itself_refuses_to_delete_audit_events(self, session: Session) -> None:
        session.execute(
            text(
                "INSERT INTO audit_event (id, at, actor_name, kind, subject, data, previous_hash, hash)"
                " VALUES (1, '2024-05-01 00:00:00+00:00', '测试甲', 'task.issue', 'task', '{}', '0', '1')"
            )
        )

        with pytest.raises(DBAPIError, match="append-only"):
            session.execute(text("DELETE FROM audit_event"))


class TestEmptyDatabase:
    def test_it_has_no_tables(self, empty_database_url: str) -> None:
        engine = create_engine_for(empty_database_url)

        assert inspect(engine).get_table_names() == []
        engine.dispose()


class TestServer:
    def test_it_starts_and_answers_in_frozen_time(self) -> None:
        with freeze_time("2024-05-01 00:30:00", real_asyncio=True), running_server() as server:
            engine = create_engine_for(server.url())
            with engine.connect() as connection:
                version = connection.execute(text("SHOW server_version_num")).scalar_one()
            engine.dispose()

        assert int(version) >= 160000

    def test_it_is_gone_afterwards(self) -> None:
        with running_server() as server:
            socket_folder = Path(server.socket_folder)
            assert socket_folder.is_dir()

        assert not socket_folder.exists()
