"""What column types and indexes say on either engine, without a database."""

from __future__ import annotations

import pytest
from sqlalchemy import Executable, Index, Table, create_mock_engine
from sqlmodel import SQLModel

import notifications.models
import tracker.models


@pytest.fixture(params=["sqlite://", "postgresql+psycopg://"])
def made(request: pytest.FixtureRequest) -> str:
    """The statements that make all tables, on each engine."""
    statements: list[str] = []

    def note(statement: Executable, *_: object, **__: object) -> None:
        statements.append(str(statement.compile(dialect=engine.dialect)))  # type: ignore[attr-defined]

    engine = create_mock_engine(request.param, note)
    SQLModel.metadata.create_all(engine, checkfirst=False)
    return "\n".join(statements)


class TestIndexesOverTheRowsOfACondition:
    @pytest.mark.parametrize(
        ("model", "name", "condition"),
        [
            (tracker.models.Milestone, "uq_milestone_series_day", "event_id IS NULL"),
            (tracker.models.EventRecord, "uq_event_record_day", "task_id IS NULL"),
            (tracker.models.Evidence, "uq_evidence_version", "milestone_id IS NULL"),
            (notifications.models.Letter, "uq_letter_digest", "kind = 'digest'"),
            (notifications.models.Notice, "ix_notice_waiting", "letter_id IS NULL AND withdrawn_at IS NULL"),
        ],
    )
    def test_both_engines_are_told_the_condition(
        self, made: str, model: type[SQLModel], name: str, condition: str
    ) -> None:
        assert name in {index.name for index in indexes_of(model)}
        (line,) = [line for line in made.splitlines() if f" INDEX {name} " in line]
        assert line.endswith(f" WHERE {condition}")


def indexes_of(model: type[SQLModel]) -> set[Index]:
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    assert isinstance(table, Table)
    return table.indexes
