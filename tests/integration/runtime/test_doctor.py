"""`dingban doctor`: what is wrong with an installation."""

from __future__ import annotations

import json
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink

from runtime.heartbeats import beat, is_fresh, last_seen, stop_beating
from tests.integration.runtime.conftest import LONG_AGO, Installation
from tracker.clock import fixed_at
from tracker.database import create_engine_for, read_session, write_session


def levels(installation: Installation, **environment: str) -> dict[str, str]:
    answer = installation.run("doctor", "--json", **environment)
    return {each["topic"]: each["level"] for each in json.loads(answer.stdout)["findings"]}


class TestDoctor:
    def test_finds_nothing_bad_in_a_fresh_installation(self, installation: Installation) -> None:
        answer = installation.run("doctor")

        assert answer.exit_code == 0
        assert "[异常]" not in answer.stdout
        assert "[注意] 提醒服务" in answer.stdout
        assert "dingban worker" in answer.stdout

    def test_a_database_that_was_never_set_up_is_bad(self, tmp_path: Path) -> None:
        fresh = Installation(tmp_path)

        answer = fresh.run("doctor")

        assert answer.exit_code == 4
        assert levels(fresh)["数据库"] == "bad"

    def test_a_database_that_cannot_be_reached_is_bad(self, installation: Installation) -> None:
        answer = installation.run(
            "doctor", DINGBAN_DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"
        )

        assert answer.exit_code == 4
        assert "连不上" in answer.stdout

    def test_columns_that_cannot_be_used_are_bad(self, installation: Installation) -> None:
        (installation.folder / "rules").mkdir()
        (installation.folder / "rules" / "columns.toml").write_text('boss = ["领导"]\n', encoding="utf-8")

        found = levels(installation, DINGBAN_POLICY_DIR=str(installation.folder / "rules"))

        assert found["规则文件"] == "bad"

    def test_an_altered_audit_trail_is_bad(self, office: Installation) -> None:
        with sqlite3.connect(office.folder / "dingban.db") as connection:
            connection.execute("UPDATE audit_head SET event_id = 99")

        assert levels(office)["办理记录"] == "bad"

    def test_a_clock_behind_the_last_event_is_bad(self, office: Installation) -> None:
        assert levels(office, DINGBAN_NOW="2020-01-01")["时钟"] == "bad"

    def test_a_year_that_is_not_published_is_a_caution(self, installation: Installation) -> None:
        assert levels(installation, DINGBAN_NOW="2045-01-01")["工作日历"] == "caution"

    def test_tasks_in_draft_and_people_without_address_are_cautions(self, office: Installation) -> None:
        office.done("person", "add", "周伯通")

        found = levels(office)

        assert (found["任务"], found["人员"]) == ("caution", "caution")

    def test_a_worker_that_was_just_seen_is_good(self, installation: Installation) -> None:
        engine = create_engine_for(installation.url)
        with write_session(engine) as session:
            beat(session, worker="worker:test", at=LONG_AGO)
        engine.dispose()

        assert levels(installation, DINGBAN_NOW="2024-01-08T09:01")["提醒服务"] == "good"
        assert levels(installation, DINGBAN_NOW="2024-01-08T09:03")["提醒服务"] == "caution"


class TestMail:
    @pytest.fixture
    def mail_server(self) -> Iterator[int]:
        controller = Controller(Sink(), hostname="127.0.0.1", port=_free_port())
        controller.start()
        yield int(controller.port)
        controller.stop()

    def test_a_server_that_answers_is_good(self, installation: Installation, mail_server: int) -> None:
        found = levels(
            installation,
            DINGBAN_CHANNEL="smtp",
            DINGBAN_MAIL_HOST="127.0.0.1",
            DINGBAN_MAIL_PORT=str(mail_server),
            DINGBAN_MAIL_SECURITY="none",
        )

        assert found["邮件"] == "good"

    def test_a_server_without_the_security_that_is_set_is_bad(
        self, installation: Installation, mail_server: int
    ) -> None:
        found = levels(
            installation,
            DINGBAN_CHANNEL="smtp",
            DINGBAN_MAIL_HOST="127.0.0.1",
            DINGBAN_MAIL_PORT=str(mail_server),
            DINGBAN_MAIL_SECURITY="starttls",
        )

        assert found["邮件"] == "bad"

    def test_a_chat_that_cannot_be_reached_is_bad_and_its_address_is_not_told(
        self, installation: Installation
    ) -> None:
        answer = installation.run(
            "doctor",
            DINGBAN_CHANNEL="wecom",
            DINGBAN_WEBHOOK_URL=f"http://127.0.0.1:{_free_port()}/send?key=open-sesame",
        )

        assert answer.exit_code == 4
        assert "open-sesame" not in answer.stdout + answer.stderr


class TestHeartbeats:
    def test_the_newest_worker_counts_until_it_ends_in_good_order(self, installation: Installation) -> None:
        engine = create_engine_for(installation.url)
        with write_session(engine) as session:
            beat(session, worker="worker:one", at=LONG_AGO)
            beat(session, worker="worker:one", at=LONG_AGO)
        with read_session(engine) as session:
            assert last_seen(session) == LONG_AGO
        with write_session(engine) as session:
            stop_beating(session, worker="worker:one")
        with read_session(engine) as session, fixed_at(LONG_AGO):
            assert not is_fresh(last_seen(session), at=LONG_AGO)
        engine.dispose()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
