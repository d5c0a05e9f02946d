"""A copy of the register, from either engine, that the register never hears of."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlalchemy import select as select_rows
from sqlmodel import Session, SQLModel, col, func, select

from runtime.copying import copied_database
from tests.factories import create_milestone, create_task
from tracker.database import read_session, write_session
from tracker.models import Person, Task


@pytest.mark.postgresql
class TestCopiedDatabase:
    def test_holds_every_row_of_every_table(self, engine: Engine) -> None:
        with write_session(engine) as session:
            holder = create_task(session)
            create_milestone(session, holder)
            create_task(session, milestones_from_id=holder.id, title="共用清单")

        with copied_database(engine) as copy, copy.connect() as copied, engine.connect() as original:
            for table in SQLModel.metadata.sorted_tables:
                statement = select_rows(table).order_by(*table.primary_key.columns)
                assert copied.execute(statement).all() == original.execute(statement).all(), table.name

    def test_is_changed_without_the_register_hearing_of_it(self, engine: Engine) -> None:
        with write_session(engine) as session:
            create_task(session)

        with copied_database(engine) as copy, write_session(copy) as session:
            session.exec(select(Task)).one().title = "改过的"
            create_task(session, title="另一项")

        with read_session(engine) as session:
            assert [task.title for task in session.exec(select(Task)).all()] == ["装备配备"]

    def test_is_made_while_somebody_writes(self, engine: Engine) -> None:
        with write_session(engine) as session:
            create_task(session)

        with Session(engine) as writer:
            people = writer.exec(select(Person)).all()
            people[0].name = "正在改"
            writer.flush()
            with copied_database(engine) as copy, read_session(copy) as session:
                names = session.exec(select(Person.name)).all()
                count = session.exec(select(func.count()).select_from(Person)).one()
                unchanged = session.exec(select(Person).where(col(Person.name) == "正在改")).all()

        assert count == len(names) > 0
        assert unchanged == []
