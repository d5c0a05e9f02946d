"""Prepared statements convert as SQLAlchemy does, on both engines, and rows made from them are real rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, bindparam, event, insert, literal, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, select

from tests.factories import NOON, create_task
from tracker.clock import OFFICE_ZONE
from tracker.identity import id_of
from tracker.models import Deduction, Task, Unit
from tracker.prepared import Prepared, is_among
from tracker.queries.locking import lock_task
from workflows.task import TaskState

pytestmark = pytest.mark.postgresql
TASK = SQLModel.metadata.tables["task"]


class TestPrepared:
    def test_reads_what_the_columns_say_it_is(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED, issued_at=NOON, score={"max": 3.0})
        statement = Prepared(
            select(col(Task.state), col(Task.issued_at), col(Task.score)).where(
                col(Task.id) == bindparam("task_id")
            )
        )
        session.flush()

        assert statement.rows(session, {"task_id": task.id}) == [(TaskState.ISSUED, NOON, {"max": 3.0})]

    @pytest.mark.parametrize(
        "moment",
        [
            None,
            NOON,
            NOON.replace(microsecond=1),
            datetime(2024, 2, 29, 23, 59, 59, 999_000, tzinfo=OFFICE_ZONE),
            datetime(1999, 12, 31, tzinfo=UTC),
        ],
    )
    def test_reads_moments_as_sqlalchemy_does(self, session: Session, moment: datetime | None) -> None:
        task = create_task(session, issued_at=moment)
        session.flush()
        asked = select(col(Task.issued_at), col(Task.state)).where(col(Task.id) == bindparam("task_id"))

        found = Prepared(asked).rows(session, {"task_id": task.id})

        assert found == [tuple(row) for row in session.execute(asked, {"task_id": task.id})]
        assert found[0][0] == moment
        assert found[0][0] is None or found[0][0].utcoffset() == timedelta(0)

    def test_reads_numbers_with_a_fraction(self, session: Session) -> None:
        task = create_task(session)
        session.add(
            Deduction(task_id=id_of(task), on=date(2024, 3, 1), points=0.2, note="漏报", recorded_at=NOON)
        )
        session.flush()
        statement = Prepared(
            select(col(Deduction.points)).where(col(Deduction.task_id) == bindparam("task_id"))
        )

        assert statement.rows(session, {"task_id": task.id}) == [(0.2,)]

    def test_writes_what_the_columns_say_it_is(self, session: Session) -> None:
        task = create_task(session)
        session.flush()
        statement = Prepared(
            update(TASK)
            .where(TASK.c.id == bindparam("task_id"))
            .values(state=bindparam("new_state"), issued_at=bindparam("moment"))
        )

        changed = statement.change(
            session, {"task_id": task.id, "new_state": TaskState.ISSUED, "moment": NOON}
        )

        session.refresh(task)
        assert (changed, task.state, task.issued_at) == (1, TaskState.ISSUED, NOON)

    def test_says_how_many_rows_it_changed(self, session: Session) -> None:
        statement = Prepared(update(TASK).where(TASK.c.id == bindparam("task_id")).values(position=7))

        assert statement.change(session, {"task_id": 404}) == 0

    def test_keeps_the_values_that_stand_in_the_statement(self, session: Session) -> None:
        statement = Prepared(select(literal(7), literal("甲")).where(bindparam("a", 1) == bindparam("b")))

        assert statement.rows(session, {"b": 1}) == [(7, "甲")]
        assert statement.rows(session, {"b": 2}) == []

    def test_inserts_many_rows_at_once(self, session: Session) -> None:
        statement = Prepared(insert(Unit), ("name", "is_active"))

        statement.change_many(session, [("一科", True), ("二科", True)])

        assert {unit.name for unit in session.exec(select(Unit))} == {"一科", "二科"}

    def test_refuses_as_sqlalchemy_does(self, session: Session) -> None:
        statement = Prepared(insert(Unit), ("name", "is_active"))
        statement.change(session, {"name": "一科", "is_active": True})

        with pytest.raises(IntegrityError):
            statement.change(session, {"name": "一科", "is_active": True})

    def test_is_heard_by_those_who_listen(self, session: Session) -> None:
        heard: list[str] = []
        listen = lambda *arguments: heard.append(arguments[2])  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        session.connection()
        heard.clear()

        insertion = Prepared(insert(Unit), ("name", "is_active"))
        insertion.change_many(session, [("一科", True), ("二科", True)])
        names = Prepared(select(col(Unit.name)).order_by(col(Unit.name))).rows(session, {})

        event.remove(session.get_bind(), "before_cursor_execute", listen)
        assert (len(heard), {name for (name,) in names}) == (2, {"一科", "二科"})


class TestIsAmong:
    @pytest.mark.parametrize("wanted", [[], [1], [2, 1, 404], list(range(1, 100_001))])
    def test_finds_the_members_of_a_list_of_any_length(self, session: Session, wanted: list[int]) -> None:
        for number in (1, 2, 3):
            session.add(Unit(id=number, name=f"测试{number}科"))
        session.flush()
        statement = Prepared(select(col(Unit.id)).where(is_among(col(Unit.id), "wanted")))

        found = {number for (number,) in statement.rows(session, {"wanted": wanted})}

        assert found == {1, 2, 3} & set(wanted)

    def test_leaves_the_index_of_the_column_in_use(self, engine: Engine) -> None:
        condition = is_among(SQLModel.metadata.tables["unit"].c.id, "wanted")

        assert "= 1" not in str(select(col(Unit.id)).where(condition).compile(engine))


class TestLockTask:
    def test_gives_a_row_that_the_session_writes_back(self, session: Session) -> None:
        task_id = id_of(create_task(session))
        session.commit()
        session.expunge_all()

        task = lock_task(session, task_id)
        task.title = "改名"
        session.commit()
        session.expunge_all()

        assert session.get_one(Task, task_id).title == "改名"

    def test_gives_the_same_values_as_a_query(self, session: Session) -> None:
        task_id = id_of(create_task(session, state=TaskState.ISSUED, issued_at=NOON, score={"max": 3.0}))
        session.commit()
        session.expunge_all()
        read = session.get_one(Task, task_id).model_dump()
        session.expunge_all()

        assert lock_task(session, task_id).model_dump() == read

    def test_reads_again_what_the_session_holds(self, session: Session) -> None:
        task = create_task(session)
        session.commit()
        session.connection().execute(update(TASK).values(position=9))

        assert lock_task(session, id_of(task)) is task
        assert task.position == 9


class TestTheTransactionOfPrepared:
    """They run where their session is, however often it begins anew."""

    _COUNT = Prepared(select(col(Unit.id)).where(col(Unit.name) == bindparam("name")))
    _ADD = Prepared(insert(SQLModel.metadata.tables["unit"]).values(name=bindparam("name"), is_active=True))

    def _is_there(self, engine: Engine, name: str) -> bool:
        with Session(engine) as session:
            return bool(self._COUNT.rows(session, {"name": name}))

    def test_what_is_rolled_back_is_gone_and_what_comes_after_is_kept(self, engine: Engine) -> None:
        with Session(engine) as session:
            self._ADD.change(session, {"name": "作废科"})
            session.rollback()
            self._ADD.change(session, {"name": "留下科"})
            session.commit()

        assert not self._is_there(engine, "作废科")
        assert self._is_there(engine, "留下科")

    def test_what_comes_after_a_commit_waits_for_the_next(self, engine: Engine) -> None:
        with Session(engine) as session:
            self._ADD.change(session, {"name": "先来科"})
            session.commit()
            self._ADD.change(session, {"name": "后来科"})
            session.rollback()

        assert self._is_there(engine, "先来科")
        assert not self._is_there(engine, "后来科")

    def test_a_savepoint_is_part_of_it(self, engine: Engine) -> None:
        with Session(engine) as session:
            self._ADD.change(session, {"name": "保留科"})
            with session.begin_nested() as inner:
                self._ADD.change(session, {"name": "撤回科"})
                inner.rollback()
            session.commit()

        assert self._is_there(engine, "保留科")
        assert not self._is_there(engine, "撤回科")
