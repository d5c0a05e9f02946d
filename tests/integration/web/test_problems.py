"""What is told where the database has the last word."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, SQLModel

from tests.factories import NOON, create_person
from tracker.identity import id_of
from tracker.models import Comment, SavedView
from web.problems import answer_problems

pytestmark = pytest.mark.postgresql


def answer_to(session: Session, *rows: SQLModel) -> tuple[int, str]:
    """What a program is told whose request writes these rows."""
    app = FastAPI()
    answer_problems(app)

    @app.post("/api/rows")
    def write() -> None:
        session.add_all(rows)
        session.flush()

    answer = TestClient(app, raise_server_exceptions=False).post("/api/rows")
    session.rollback()
    return answer.status_code, answer.text


class TestRowsThatTheDatabaseRefuses:
    def test_who_was_slower_with_the_same_is_asked_to_look_again(self, session: Session) -> None:
        who = id_of(create_person(session, "测试甲"))

        status, told = answer_to(
            session,
            *[SavedView(person_id=who, name="逾期", query="light=red", saved_at=NOON) for _ in range(2)],
        )

        assert (status, "刚才有人写入了相同的内容" in told) == (409, True)

    def test_any_other_fault_is_ours_and_told_as_one(self, session: Session) -> None:
        nowhere = Comment(task_id=404, author_id=404, text="甲", written_at=NOON)

        status, told = answer_to(session, nowhere)

        assert (status, "相同的内容" in told) == (500, False)
