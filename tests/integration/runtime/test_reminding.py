"""Rounds and workers: any number of ticks, in any number of processes, killed at any moment, write the same."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlmodel import select

from config.settings import load_settings
from notifications.models import Letter, LetterState, Notice
from runtime import jobs
from runtime.bootstrap import Application, open_application
from runtime.cli.acting import find_actor
from runtime.scheduler import create_scheduler
from tests.integration.runtime.conftest import COORDINATOR, OWNER, Installation
from tracker.database import read_session
from tracker.identity import id_of
from tracker.services.people import appoint, create_person
from workflows.roles import Role

WAITING_SECONDS = 60
IMPATIENT = """
from config.settings import load_settings
from runtime.bootstrap import open_application
from runtime.stopping import Patience
from runtime.worker import run_worker
from tracker import clock

settings = load_settings()
with clock.fixed_at(settings.now), open_application(settings, is_service=True) as application:
    run_worker(application, Patience(cut_after=0.1, end_after=600))
"""


def issue(office: Installation) -> None:
    office.done("task", "issue", 1, "--as", COORDINATOR, DINGBAN_NOW="2024-07-01T09:00")
    office.done("task", "accept", 1, "--as", OWNER, DINGBAN_NOW="2024-07-01T10:00")


@contextmanager
def opened(office: Installation) -> Iterator[Application]:
    settings = load_settings(
        overrides={
            "database_url": office.url,
            "outbox_dir": str(office.folder / "outbox"),
            "evidence_dir": str(office.folder / "evidence"),
        }
    )
    with open_application(settings) as application:
        yield application


def ledger(application: Application) -> tuple[list[str], Counter[str]]:
    """The keys of all notices, and how many letters are in each state."""
    with read_session(application.engine) as session:
        keys = sorted(session.exec(select(Notice.key)).all())
        states = Counter(str(state) for state in session.exec(select(Letter.state)).all())
    return keys, states


class TestRemind:
    def test_writes_what_is_owed_once_and_delivers_it(self, office: Installation) -> None:
        issue(office)

        first = json.loads(office.done("remind", "--json"))
        second = json.loads(office.done("remind", "--json"))

        assert first["state"] == "done"
        assert first["letters"] + first["reports"] == first["sent"] > 0
        assert (second["letters"], second["sent"]) == (0, 0)
        mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in letters_of(office)]
        assert any("zhang@example.org" in str(mail["To"]) for mail in mails)

    def test_writes_nothing_on_a_day_off(self, office: Installation) -> None:
        issue(office)

        answer = json.loads(office.done("remind", "--json", "--now", "2024-07-06T09:00"))

        assert (answer["state"], answer["letters"]) == ("closed", 0)

    def test_mail_that_cannot_be_sent_is_an_outside_failure_and_stays(self, office: Installation) -> None:
        issue(office)
        smtp = {"DINGBAN_CHANNEL": "smtp", "DINGBAN_MAIL_HOST": "127.0.0.1", "DINGBAN_MAIL_PORT": "1"}

        failed = office.run("remind", "--json", **smtp)
        later = json.loads(office.done("remind", "--json", "--now", "2024-07-03T09:30"))

        assert failed.exit_code == 4
        assert json.loads(failed.stdout)["put_off"] == later["sent"] > 0

    def test_letters_given_up_are_told_and_tried_again_when_asked(self, office: Installation) -> None:
        issue(office)
        office.done("person", "add", "周伯通")
        office.done("person", "reassign", 1, "--role", "owner", "--from", OWNER, "--to", "周伯通")
        smtp = {"DINGBAN_CHANNEL": "smtp", "DINGBAN_MAIL_HOST": "127.0.0.1", "DINGBAN_MAIL_PORT": "1"}

        answer = office.run("remind", **smtp)
        assert "没有邮箱地址" in answer.stdout

        again = json.loads(office.done("remind", "--retry", "--json"))
        assert again["retried"] == 2  # his reminder, and the report of last week
        assert again["given_up_letters"] == []

    def test_a_round_by_hand_posts_last_weeks_report_once(self, office: Installation) -> None:
        issue(office)

        first, second = (
            json.loads(office.done("--now", "2024-07-08T09:00:00+08:00", "remind", "--json"))
            for _ in range(2)
        )

        assert (first["reports"] > 0, second["reports"]) == (True, 0)


class TestScheduler:
    def test_any_number_of_ticks_writes_what_one_writes(self, office: Installation) -> None:
        issue(office)
        with opened(office) as application:
            with freeze_time("2024-07-03T01:00:00Z", real_asyncio=True):
                jobs.run_reminders(application)
            once = ledger(application)
            for moment in ("2024-07-03T01:00:00Z", "2024-07-03T01:01:00Z", "2024-07-02T23:59:00Z"):
                with freeze_time(moment, real_asyncio=True):
                    jobs.run_reminders(application)

            assert ledger(application) == once
            assert once[1] == {"sent": once[1]["sent"]}

    def test_two_schedulers_at_once_write_what_one_writes(self, office: Installation) -> None:
        issue(office)
        frozen = freeze_time("2024-07-03T01:00:00Z", real_asyncio=True)
        with frozen, opened(office) as first, opened(office) as second:
            for _ in range(3):
                jobs.run_reminders(first)
                jobs.run_reminders(second)
            keys, states = ledger(first)

        assert len(keys) == len(set(keys))
        assert states == {"sent": len(letters_of(office))}

    def test_the_office_day_counts_and_not_the_day_in_greenwich(self, office: Installation) -> None:
        issue(office)
        with opened(office) as application:
            with freeze_time("2024-07-02T23:30:00Z", real_asyncio=True):  # 07:30 of the third, not yet open
                assert jobs.run_reminders(application).round.state == "closed"
            with freeze_time("2024-07-03T00:30:00Z", real_asyncio=True):
                jobs.run_reminders(application)

        assert {path.parent.name for path in letters_of(office)} == {"2024-07-03"}

    def test_missed_runs_are_made_up_for_by_one(self, office: Installation) -> None:
        with opened(office) as application:
            for job in (scheduler := create_scheduler(application)).get_jobs():
                job_defaults = scheduler._job_defaults
                assert job_defaults["coalesce"] is True, job
                assert job_defaults["misfire_grace_time"] is None
                assert job_defaults["max_instances"] == 1
            assert {job.id for job in scheduler.get_jobs()} >= {"beat", "run_reminders"}


class TestWorker:
    """A real process, on a real file, killed with no chance to clean up."""

    def test_ends_in_good_order_at_a_signal(self, office: Installation) -> None:
        issue(office)
        with worker(office) as process:
            wait_for(process, "已投递")
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAITING_SECONDS) == 0

        assert "没有运行" in office.run("doctor").stdout
        assert len(letters_of(office)) > 0

    def test_ends_in_good_order_while_a_mail_server_says_nothing(self, office: Installation) -> None:
        issue(office)
        with socket.create_server(("127.0.0.1", 0)) as mute:
            mute.settimeout(WAITING_SECONDS)
            smtp = {
                "DINGBAN_CHANNEL": "smtp",
                "DINGBAN_MAIL_HOST": "127.0.0.1",
                "DINGBAN_MAIL_PORT": str(mute.getsockname()[1]),
                "DINGBAN_MAIL_SECURITY": "none",
                "DINGBAN_MAIL_TIMEOUT_SECONDS": "600",
            }
            with worker(office, command=("-c", IMPATIENT), **smtp) as process:
                connection, _ = mute.accept()
                with connection:
                    process.send_signal(signal.SIGTERM)
                    wait_for(process, "停止前没有办完")
                    assert process.wait(WAITING_SECONDS) == 0

        assert "没有运行" in office.run("doctor").stdout
        assert len(letters_of(office)) == 0

    def test_begins_no_job_once_it_was_told_to_end(self, office: Installation) -> None:
        issue(office)
        with opened(office) as application:
            application.ending.tell()
            for job in create_scheduler(application).get_jobs():
                job.func()

            assert ledger(application) == ([], Counter())

    def test_two_beside_each_other_write_what_one_writes(self, office: Installation) -> None:
        issue(office)
        many_letters(office, 10)
        with worker(office) as first, worker(office) as second:
            wait_for(first, "提醒服务已启动")
            wait_for(second, "提醒服务已启动")
            for process in (first, second):
                process.send_signal(signal.SIGTERM)
            assert [process.wait(WAITING_SECONDS) for process in (first, second)] == [0, 0]

        office.done("remind", "--now", "2024-07-03T09:30")  # whatever they had no time for
        with opened(office) as application:
            keys, states = ledger(application)
        assert len(keys) == len(set(keys))
        assert states == {LetterState.SENT: len(letters_of(office))}
        assert len(letters_of(office)) >= 10

    def test_killed_at_any_moment_it_loses_and_doubles_nothing(self, office: Installation) -> None:
        issue(office)
        many_letters(office, 30)
        for sent_before, moment in (
            (1, "09:00"),
            (7, "09:20"),
            (4, "09:40"),
        ):  # a lease has run out in between
            with worker(office, f"2024-07-03T{moment}") as process:
                for _ in range(sent_before):
                    wait_for(process, "发出一封")
                process.kill()
                process.wait(WAITING_SECONDS)

        office.done("remind", "--now", "2024-07-03T10:00")

        with opened(office) as application:
            keys, states = ledger(application)
            with read_session(application.engine) as session:
                ids = session.exec(select(Letter.message_id)).all()
        assert len(keys) == len(set(keys))
        assert states == {LetterState.SENT: len(ids)}
        found = [message_from_bytes(path.read_bytes())["Message-ID"] for path in letters_of(office)]
        assert len(found) == len(set(found)) == len(ids) >= 30


def letters_of(office: Installation) -> list[Path]:
    return sorted((office.folder / "outbox").rglob("*.eml"))


def many_letters(office: Installation, count: int) -> None:
    """As many people to be told as letters are wanted."""
    at = datetime(2024, 7, 2, tzinfo=UTC)
    with opened(office) as application, application.writing() as session:
        actor = find_actor(session, COORDINATOR)
        for number in range(count):
            person = create_person(
                session, name=f"测试{number}", email=f"test{number}@example.org", actor=actor, at=at
            )
            appoint(session, 1, person_id=id_of(person), role=Role.OWNER, actor=actor, at=at)


@contextmanager
def worker(
    office: Installation,
    moment: str = "2024-07-03T09:00",
    command: Sequence[str] = ("-m", "runtime.cli", "worker"),
    **environment: str,
) -> Iterator[subprocess.Popen[str]]:
    """`dingban worker` as a process of its own, under a clock that stands still."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DINGBAN_")}
    its_own = {"DINGBAN_REHEARSAL": "1", "DINGBAN_NOW": moment}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=Path(__file__).parents[3],
        env=inherited | office.environment | its_own | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WAITING_SECONDS)
        assert process.stderr is not None
        process.stderr.close()


def wait_for(process: subprocess.Popen[str], said: str) -> None:
    """Read what a worker says until it says `said`; fail if it ends before."""
    assert process.stderr is not None
    heard = []
    for line in process.stderr:
        heard.append(line)
        if said in line:
            return
    pytest.fail(f"The worker ended without saying {said!r}: {''.join(heard)}")
