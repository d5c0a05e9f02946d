"""The console on a test's own database: a client for each person, signed in without the cost of a password.

def test_…(console: Console) -> None:
    task = create_task(console.session)
    answer = console.as_("测试甲").post(f"/tasks/{task.id}/accept")
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine
from sqlmodel import Session, select
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.factories import NOON, create_person
from tests.reminder_policies import shipped_hours, shipped_policy
from tracker.clock import fixed_at
from tracker.database import read_session, write_session
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import Account, LoginSession, Person, Theme
from tracker.rules import OfficeRules
from tracker.services.calendars import load_calendar
from web.health import Readiness
from web.house import House
from web.server import create_app
from web.templating import Templates

ORIGIN = "http://console.test"


class Client(TestClient):
    """A browser of one person: follows no redirects by itself, and brings back the token of its session."""

    def __init__(self, app: ASGIApp, csrf: str | None = None) -> None:
        super().__init__(app, base_url=ORIGIN, follow_redirects=False, raise_server_exceptions=False)
        self.csrf = csrf

    def submit(self, path: str, data: Mapping[str, Any] | None = None, *, is_htmx: bool = False) -> Any:
        """Send a form as a browser would, with the hidden field that the page held."""
        headers = {"Origin": ORIGIN} | ({"HX-Request": "true"} if is_htmx else {})
        return self.post(path, data={**(data or {}), "csrf": self.csrf or ""}, headers=headers)


class Console:
    """The application, and a session of the test's own to arrange with: `commit()` before asking the console.

    `at` is the office's clock, which stands still until the test moves it: noon of Friday, the 1st of March 2024.
    """

    def __init__(self, engine: Engine, folder: Path, **house: Any) -> None:
        self.engine = engine
        self.at = NOON
        self.url = ORIGIN
        self.session = Session(engine, expire_on_commit=False)
        values: dict[str, Any] = {
            "reading": lambda: read_session(engine),
            "writing": lambda: write_session(engine),
            "calendar": load_calendar,
            "rules": OfficeRules(),
            "reminder_policy": shipped_policy(),
            "office_hours": shipped_hours(),
            "store": EvidenceStore(folder / "evidence"),
            "parked_dir": folder / "parked",
            "console_url": ORIGIN,
        }
        self.house = House(**values | house)

    @cached_property
    def app(self) -> FastAPI:
        ready = Readiness(lambda: None, lambda: None, lambda: None)
        app = create_app(self.house, ready)
        app.state.templates = _templates(app)
        return app

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The application, at the office's moment."""
        with fixed_at(self.at):
            await self.app(scope, receive, send)

    def anonymous(self) -> Client:
        return Client(self.answer)

    def as_(self, who: Person | str) -> Client:
        """A browser in which this person is signed in. What the test arranged so far is committed."""
        person = create_person(self.session, who) if isinstance(who, str) else who
        token, csrf = f"token-of-{person.id}-{datetime.now(UTC).timestamp()}", f"csrf-of-{person.id}"
        account = self._account_of(person)
        now = datetime.now(UTC)
        self.session.add(
            LoginSession(
                account_id=id_of(account),
                token_sha256=hashlib.sha256(token.encode()).hexdigest(),
                csrf=csrf,
                opened_at=now,
                seen_at=now,
                proven_at=now,
                address="testclient",
                agent="pytest",
            )
        )
        self.session.commit()
        client = Client(self.answer, csrf)
        client.cookies.set("dingban", token)
        return client

    def look(self, statement: Any) -> list[Any]:
        """What the statement finds, in a transaction that is over at once: one left open keeps the console from writing."""
        with read_session(self.engine) as session:
            return list(session.exec(statement).all())

    def set_theme(self, who: Person | str, theme: str) -> None:
        """What the person has chosen for his eyes."""
        person = create_person(self.session, who) if isinstance(who, str) else who
        self._account_of(person).theme = Theme(theme)

    def _account_of(self, person: Person) -> Account:
        account = self.session.exec(select(Account).where(Account.person_id == person.id)).first()
        if account is None:
            account = Account(
                person_id=id_of(person), login_name=f"u{person.id}", created_at=datetime.now(UTC)
            )
            self.session.add(account)
            self.session.flush()
        return account


_READ: list[Templates] = []


def _templates(app: FastAPI) -> Templates:
    """The same for every console of a process: reading them anew would cost more than most tests."""
    _READ[:] = _READ or [app.state.templates]
    return _READ[0]


@contextmanager
def opened_console(engine: Engine, folder: Path, **house: Any) -> Iterator[Console]:
    """A console on a database with every table. `house` replaces what the house is made of."""
    console = Console(engine, folder, **house)
    try:
        yield console
    finally:
        console.session.close()
