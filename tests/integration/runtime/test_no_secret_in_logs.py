"""No line of any log holds a secret: not the server's, not the libraries', not a traceback's, at the finest level."""

from __future__ import annotations

import json
import logging
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from config.settings import Settings, load_settings
from notifications.models import LetterKind
from notifications.outbox import post_letter
from runtime import jobs
from runtime.bootstrap import open_application
from runtime.console import house_of
from runtime.logging import set_up_logging
from tests.integration.runtime.conftest import Installation
from tests.integration.runtime.test_serving import WAITING_SECONDS, free_port
from tracker.database import create_engine_for, write_session
from tracker.queries.accounts import list_accounts
from tracker.services.accounts import set_password
from tracker.services.auditing import SYSTEM, record
from web.health import Readiness
from web.server import create_app

PASSWORD, WRONG, MAIL_PASSWORD = "Gourmet-kettle-9", "Lantern-bridge-4", "Harbour-violin-7"
# What a secret of ours looks like, also where no answer ever showed it.
LOOKS = (
    r"dbt_\w{6}",
    r"whsec_\w{6}",
    r"\b[A-Z2-7]{32}\b",
    r"\b(?:[A-Z2-9]{5}-){4}[A-Z2-9]{5}\b",
    r"\$argon2",
)
# Tables that the database is made to refuse rows for, and what is asked for then.
FAULTS = {"login_session": "/login", "recovery_code": "/me/second-factor/codes", "webhook": "/admin/webhooks"}
WEBHOOK = {"name": "测试推送", "url": "http://127.0.0.1:9/hook", "events": "*"}


@dataclass
class Visit:
    """Somebody at the console, and every secret that it told him or that he told it."""

    client: Any
    origin: str
    secrets: dict[str, str] = field(default_factory=lambda: {"password": PASSWORD, "wrong password": WRONG})

    def send(self, path: str, data: dict[str, str] | None = None) -> Any:
        values = {**(data or {}), "csrf": self.secrets.get("csrf", "")}
        return self.client.post(path, data=values, headers={"Origin": self.origin})

    def keep(self, name: str, pattern: str, text: str) -> str:
        found = re.search(pattern, text)
        assert found, f"{name} was not shown"
        self.secrets[name] = found[1]
        return found[1]

    def live(self) -> None:
        """Come in with a password and a code, and use everything that is opened by a secret."""
        self.send("/login", {"login_name": "admin@example.org", "password": WRONG})
        self.send("/invite", {"code": "ABCDE-FGHJK", "password": WRONG, "again": WRONG})
        self.secrets["invite"] = "ABCDE-FGHJK"
        self.enter()
        begun = self.send("/me/second-factor/begin").text
        key = self.keep("key", r"scan-key mb-0\">([A-Z2-7 ]+)<", begun).replace(" ", "")
        self.secrets |= {"key as it is": key, "code": pyotp.TOTP(key).at(datetime.now(UTC))}
        codes = self.send("/me/second-factor/confirm", {"code": self.secrets["code"]}).text
        self.keep("recovery code", r"<li>((?:[A-Z2-9]{5}-){4}[A-Z2-9]{5})</li>", codes)
        self.use_tokens()
        self.send("/logout")
        self.send("/login", {"login_name": "admin@example.org", "password": PASSWORD})
        self.secrets["step"] = self.client.cookies["dingban-step"]
        self.send("/login/code", {"code": "000000"})
        assert self.send("/login/code", {"code": self.secrets["recovery code"]}).status_code == 303
        self.look_around("second ")

    def enter(self) -> None:
        entered = self.send("/login", {"login_name": "admin@example.org", "password": PASSWORD})
        assert entered.status_code == 303
        self.look_around("")

    def look_around(self, mark: str) -> None:
        self.secrets[f"{mark}session"] = self.client.cookies["dingban"]
        csrf = self.keep(f"{mark}csrf", r'name="csrf" value="([^"]+)"', self.client.get("/me").text)
        self.secrets["csrf"] = csrf
        self.client.post("/me/theme", data={"theme": "dark"})  # without its token

    def use_tokens(self) -> None:
        token_page = self.send("/me/tokens", {"name": "程序", "scope-tasks:read": "1", "days": "30"}).text
        token = self.keep("token", r'value="(dbt_[^"]+)"', token_page)
        for brought in (token, "dbt_" + "n" * 43):
            self.client.get("/api/v1/tasks", headers={"Authorization": f"Bearer {brought}"})
        self.secrets["wrong token"] = "n" * 43
        feed = self.keep("feed", r"/calendar/([\w-]+)\.ics", self.send("/me/feed").text)
        assert self.client.get(f"/calendar/{feed}.ics").status_code == 200
        assert self.client.get(f"/calendar/{feed[::-1]}.ics").status_code == 404
        self.secrets["wrong feed"] = feed[::-1]
        self.keep("webhook secret", r"(whsec_[\w+/=-]+)", self.send("/admin/webhooks", WEBHOOK).text)

    def come_to_grief(self, database: Path) -> None:
        """Ask for what the database then refuses in a way that nobody foresaw."""
        for table, path in FAULTS.items():
            with refusing(database, table):
                form = {
                    "login_name": "admin@example.org",
                    "password": PASSWORD,
                    **WEBHOOK,
                    "name": "另一推送",
                }
                if table == "login_session":
                    self.send("/login", form)
                    form, path = {"code": self.fresh_code()}, "/login/code"
                answer = self.send(path, form)
            assert answer.status_code == 500, f"{path}: {answer.status_code}"

    def fresh_code(self) -> str:
        """Of the next step: the one of this one was used."""
        code = pyotp.TOTP(self.secrets["key as it is"]).at(datetime.now(UTC) + timedelta(seconds=30))
        self.secrets["second code"] = code
        return code


@contextmanager
def refusing(database: Path, table: str) -> Iterator[None]:
    """A database that takes no row of `table`, with an error that nothing here expects."""
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        connection.execute(
            f"CREATE TRIGGER grief BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'invented grief'); END"
        )
        connection.commit()
        yield
        connection.execute("DROP TRIGGER grief")
        connection.commit()


def secrets_in(log: str, secrets: dict[str, str]) -> list[str]:
    named = [name for name, value in secrets.items() if len(value) > 5 and value in log]
    return named + [pattern for pattern in LOOKS if re.search(pattern, log)]


@pytest.fixture
def guarded(office: Installation) -> Installation:
    """The office, whose administrator has a password."""
    engine = create_engine_for(office.url)
    with write_session(engine) as session:
        [(account, _)] = list_accounts(session)
        set_password(session, account.id or 0, password=PASSWORD, at=datetime.now(UTC), actor=SYSTEM)
    engine.dispose()
    return office


class TestServer:
    def test_writes_no_secret_to_its_outputs(self, guarded: Installation) -> None:
        port = free_port()
        origin = f"http://127.0.0.1:{port}"
        with (
            started(guarded, port) as process,
            new_client(origin) as client,
        ):
            visit = Visit(client, origin)
            visit.live()
            visit.come_to_grief(guarded.folder / "dingban.db")
            process.terminate()
            said, _ = process.communicate(timeout=WAITING_SECONDS)

        assert said.count("invented grief") >= len(FAULTS)  # the tracebacks are there
        assert secrets_in(said, visit.secrets | {"mail password": MAIL_PASSWORD}) == []


def new_client(origin: str) -> httpx2.Client:
    """A browser that keeps no connection: a server closes it after an error of its own."""
    return httpx2.Client(
        base_url=origin, timeout=WAITING_SECONDS, limits=httpx2.Limits(max_keepalive_connections=0)
    )


@contextmanager
def started(installation: Installation, port: int) -> Iterator[subprocess.Popen[str]]:
    """`dingban serve` at the finest level, with everything that it says in one stream."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DINGBAN_")}
    environment |= {name: value for name, value in installation.environment.items() if name != "DINGBAN_NOW"}
    environment |= {"DINGBAN_LOG_LEVEL": "debug", "DINGBAN_MAIL_PASSWORD": MAIL_PASSWORD}
    with subprocess.Popen(
        [sys.executable, "-m", "runtime.cli", "--debug", "serve", "--port", str(port)],
        cwd=Path(__file__).parents[3],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert any("开始提供服务" in line for line in process.stdout)
            yield process
        finally:
            if process.poll() is None:
                process.kill()


class TestLibraries:
    """Everything in one process, with every logger at its finest, failing letters and webhooks among it."""

    def test_log_no_secret(self, guarded: Installation, capsys: pytest.CaptureFixture[str]) -> None:
        origin = "http://127.0.0.1:8000"
        with open_application(settings_of(guarded)) as application, everything_logged():
            app = create_app(house_of(application), Readiness(lambda: None, lambda: None, lambda: None))
            client = TestClient(app, origin, raise_server_exceptions=False, follow_redirects=False)
            visit = Visit(client, origin)
            visit.live()
            visit.come_to_grief(guarded.folder / "dingban.db")
            with application.writing() as session:
                leave_something_to_tell(session)
            letters = jobs.deliver(application, at=datetime.now(UTC))
            webhooks = jobs.deliver_webhooks(application)

        assert letters.errors
        assert webhooks.errors
        said = capsys.readouterr()
        # but for what the test's own browser says of the addresses that it asks for
        log = said.out + "\n".join(line for line in said.err.splitlines() if origin not in line)
        assert "INSERT INTO login_session" in log
        assert "connect_tcp.failed" in log
        assert secrets_in(log, visit.secrets | {"mail password": MAIL_PASSWORD}) == []


def settings_of(installation: Installation) -> Settings:
    """With a mail server that is not there."""
    return load_settings(
        overrides={
            "database_url": installation.url,
            "evidence_dir": installation.folder / "evidence",
            "channel": "smtp",
            "mail_host": "127.0.0.1",
            "mail_port": free_port(),
            "mail_security": "none",
            "mail_user": "dingban",
            "mail_password": MAIL_PASSWORD,
            "webhook_reach": "machine",
        }
    )


@contextmanager
def everything_logged() -> Iterator[None]:
    """Every logger of every library at its finest, statements of the database among them."""
    set_up_logging(level="debug", style="console")
    levels = {
        "": logging.DEBUG,
        "sqlalchemy.engine": logging.INFO,
    }  # finer, it would tell the rows that are read
    before = {name: logging.getLogger(name).level for name in levels}
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def leave_something_to_tell(session: Session) -> None:
    """A letter, and an event for the webhook."""
    at = datetime.now(UTC)
    post_letter(
        session, recipient_id=1, subject="测试", text="测试", kind=LetterKind.IMMEDIATE, key="k", at=at
    )
    record(session, kind="task.urge", actor=SYSTEM, at=at, subject="task", subject_id=1, task_id=1)


class TestSecretsIn:
    """The search itself finds what it should."""

    @pytest.mark.parametrize(
        "line",
        [
            "POST /login password=Gourmet-kettle-9",
            "Authorization: Bearer dbt_abcdefgh",
            json.dumps({"secret": "whsec_c2VjcmV0"}),
            "[parameters: ('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',)]",
            "code ABCDE-FGHJK-MNPQR-STUVW-XYZ23",
        ],
    )
    def test_finds_values_and_looks(self, line: str) -> None:
        assert secrets_in(line, {"password": PASSWORD}) != []

    def test_finds_nothing_in_an_ordinary_line(self) -> None:
        line = "2026-03-02 [info] 开始提供服务 host=127.0.0.1 port=8000 sha256=" + "0a" * 32

        assert secrets_in(line, {"password": PASSWORD}) == []
