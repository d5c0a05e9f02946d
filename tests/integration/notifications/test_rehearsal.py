"""Playing the coming months on a copy: it says what rounds would say, and the register knows nothing of it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from notifications.models import Letter, Notice
from notifications.rehearsal import RehearsedNotice, rehearse
from tests.factories import LEADER, OWNER, create_milestone, create_task
from tests.integration.notifications.playing import CONSOLE_URL, morning, play_and_commit, told
from tests.reminder_policies import published_calendar, shipped_hours, shipped_policy
from tracker.database import create_engine_for, write_session

DUE = date(2024, 5, 31)


def make(engine: Engine) -> None:
    with write_session(engine) as session:
        create_milestone(session, create_task(session, seq="7"), due_on=DUE)


def played(engine: Engine, tmp_path: Path, start: date, end: date) -> list[RehearsedNotice]:
    assert engine.url.database
    engine.dispose()  # so that nothing is left in the write-ahead log
    shutil.copy(engine.url.database, tmp_path / "copy.db")
    copy = create_engine_for(f"sqlite:///{tmp_path / 'copy.db'}")
    try:
        return rehearse(
            copy,
            start=start,
            end=end,
            policy=shipped_policy(),
            hours=shipped_hours(),
            calendar=published_calendar(),
            console_url=CONSOLE_URL,
        )
    finally:
        copy.dispose()


class TestRehearse:
    def test_it_says_what_rounds_would_say(self, engine: Engine, tmp_path: Path) -> None:
        make(engine)
        found = played(engine, tmp_path, date(2024, 5, 20), date(2024, 6, 20))

        with Session(engine) as session:
            assert session.exec(select(Notice)).all() == []
            assert session.exec(select(Letter)).all() == []
        for day in range(20, 32):
            play_and_commit(engine, morning(f"05-{day:02}"))
        for day in range(1, 21):
            play_and_commit(engine, morning(f"06-{day:02}"))
        with Session(engine) as session:
            really = told(session)
        assert [(each.day.isoformat()[5:], each.person, each.rule) for each in found] == really

    def test_each_line_says_who_hears_of_what_and_why(self, engine: Engine, tmp_path: Path) -> None:
        make(engine)
        found = played(engine, tmp_path, date(2024, 6, 5), date(2024, 6, 5))

        by_person = {each.person: each for each in found}
        assert by_person[LEADER].rule_words == "逾期满3个工作日上报"
        assert not by_person[LEADER].is_copy
        assert by_person[OWNER].is_copy
        assert (by_person[OWNER].seq, by_person[OWNER].due_on) == ("7", DUE)

    def test_days_already_played_can_be_rehearsed_again_without_telling_twice(
        self, engine: Engine, tmp_path: Path
    ) -> None:
        make(engine)
        play_and_commit(engine, morning("05-31"))

        found = played(engine, tmp_path, date(2024, 5, 27), date(2024, 6, 3))

        assert {(each.day, each.rule) for each in found} == {
            (date(2024, 5, 27), "before-7"),
            (date(2024, 5, 28), "before-3"),
            (date(2024, 5, 30), "before-1"),
            (date(2024, 6, 3), "overdue"),
        }
