"""Figure 7: pages of the console for somebody who signed in; the peer is bare ASGI, `sqlite3` and Jinja2.

Both sides answer in this process, without a network: they find the session by its token, read what the page shows and
render it. The peer has the frame of the page ready-made, as the console wrote it, and renders the same rows and as many
bytes into it by one flat template. It knows no rights, no filters, and no rules.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Engine
from sqlmodel import Session

from benchmarks.bare_list import BARE_LIST, read_bare_list
from benchmarks.bare_page import Asgi, Read, bare_page
from benchmarks.bare_task import TASK, bare_task_template, read_bare_task
from benchmarks.busy_task import fill_busy_task
from benchmarks.figures import Effort, Figure, growth, slowness
from benchmarks.measuring import Paired, Side, by_turns, timed
from benchmarks.office import AT, TODAY, owner_of
from benchmarks.registers import (
    COORDINATOR,
    MILESTONES_A_TASK,
    empty_register,
    fill_office,
    fill_open_milestones,
    fill_tasks,
    filling,
)
from config.policy import load_policy
from config.settings import Settings
from runtime.bootstrap import Application
from runtime.console import house_of
from tracker.clock import fixed_at
from tracker.identity import id_of
from tracker.models import Account, LoginSession
from web.health import Readiness
from web.server import create_app

SHOWN = f"/tasks/{TASK}"
OWNER = owner_of(TASK).person_id or 0
# What is asked for besides: nothing is compared with it, it shows how far the register's size is felt.
LISTS = (
    ("责任人的列表", OWNER, "/tasks"),
    ("按时限排序", COORDINATOR, "/tasks?sort=due"),
    ("只看黄灯", COORDINATOR, "/tasks?light=yellow"),
    ("搜索常见的字", COORDINATOR, f"/tasks?q={quote('装备')}"),
    ("搜索少见的字", COORDINATOR, f"/tasks?q={quote('第999项')}"),
)


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """The pages against the peer's at the smaller size; then the same pages of a register a hundred times as large."""
    small, large = effort.pages
    with offices(folder, (small, large)) as (few, many):
        rounds = effort.page_rounds
        listed = by_turns(few.page(COORDINATOR, "/tasks"), few.bare_list(), rounds=rounds)
        shown = by_turns(few.page(COORDINATOR, SHOWN), few.bare_task(), rounds=rounds)
        size, sizes = f"{small} 件任务", f"{large} 件对 {small} 件"
        grown = _grown(few, many, COORDINATOR, "/tasks", rounds)
        return [
            slowness("任务列表页，50 行", size, listed, at_most=3),
            slowness("任务详情页", size, shown, at_most=6),
            growth("任务列表页的增长", sizes, *grown, at_most=1.5),
            *(
                growth(f"　{name}", sizes, *_grown(few, many, person, address, rounds))
                for name, person, address in LISTS
            ),
        ]


def _grown(few: Office, many: Office, person: int, address: str, rounds: int) -> tuple[Paired, Paired]:
    pair = by_turns(many.page(person, address), few.page(person, address), rounds=rounds)
    return Paired(pair.peer, pair.peer), Paired(pair.ours, pair.peer)


class Office:
    """A register with its console, and the peer on the same file."""

    def __init__(self, path: Path, engine: Engine) -> None:
        settings = Settings(database_url=f"sqlite:///{path}", evidence_dir=path.parent / "evidence")
        application = Application(settings, load_policy(None), engine)
        ready = Readiness(lambda: None, lambda: None, lambda: None)
        self._console: Asgi = create_app(house_of(application), ready)
        self._path = path
        self._loop = asyncio.new_event_loop()
        with Session(engine) as session:
            fill_busy_task(session, application.store, TASK)
            self._tokens = {person: sign_in(session, person) for person in (COORDINATOR, OWNER)}
            session.commit()

    def page(self, person: int, address: str) -> Side:
        """The console's page, as often as it is called."""
        return self._side(self._console, person, address)

    def bare_list(self) -> Side:
        return self._side(self._bare("/tasks", "tbody", read_bare_list, BARE_LIST), COORDINATOR, "/tasks")

    def bare_task(self) -> Side:
        return self._side(self._bare(SHOWN, "main", read_bare_task, bare_task_template()), COORDINATOR, SHOWN)

    def sizes(self) -> dict[str, tuple[int, int]]:
        """The bytes of the console's body and of its peer's, by address: whether both render the same."""
        peers = {
            "/tasks": self._bare("/tasks", "tbody", read_bare_list, BARE_LIST),
            SHOWN: self._bare(SHOWN, "main", read_bare_task, bare_task_template()),
        }
        with fixed_at(AT):
            return {
                address: (
                    len(self._body(self._console, COORDINATOR, address)),
                    len(self._body(peer, COORDINATOR, address)),
                )
                for address, peer in peers.items()
            }

    def _bare(self, address: str, element: str, read: Read, template: str) -> Asgi:
        """The peer of a page: the console's own around an element, and in the element what the peer renders."""
        with fixed_at(AT):
            body = self._body(self._console, COORDINATOR, address).decode()
        before, opening, rest = body.partition(f"<{element}")
        inside, closing, after = rest.partition(f"</{element}>")
        attributes = inside.partition(">")[0]
        frame = (f"{before}{opening}{attributes}>", f"{closing}{after}")
        return bare_page(self._path, read, template, frame)

    def _body(self, app: Asgi, person: int, address: str) -> bytes:
        status, body = self._loop.run_until_complete(_answer(app, self._scope(person, address)))
        if status != 200:
            raise RuntimeError(f"{address} answered {status}.")
        return body

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _scope(self, person: int, address: str) -> dict[str, Any]:
        path, _, query = address.partition("?")
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"127.0.0.1"), (b"cookie", f"dingban={self._tokens[person]}".encode())],
            "client": ("127.0.0.1", 50000),
            "server": ("127.0.0.1", 8000),
        }

    def _side(self, app: Asgi, person: int, address: str) -> Side:
        def ask() -> float:
            scope = self._scope(person, address)
            with fixed_at(AT), timed() as watch:
                status, _ = self._loop.run_until_complete(_answer(app, scope))
            if status != 200:
                raise RuntimeError(f"{address} answered {status}.")
            return watch.seconds

        return ask


async def _answer(app: Asgi, scope: dict[str, Any]) -> tuple[int, bytes]:
    """The status and the body of the answer to one request."""
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, send)
    return status, body


@contextmanager
def offices(folder: Path, sizes: tuple[int, int]) -> Iterator[tuple[Office, Office]]:
    """A small and a large register, each with its console."""
    few, many = (folder / f"paging-{tasks}.db" for tasks in sizes)
    with empty_register(few) as small, empty_register(many) as large:
        for path, tasks in zip((few, many), sizes, strict=True):
            with filling(path) as connection:
                fill_office(connection)
                fill_tasks(connection, tasks)
                milestones = tasks * MILESTONES_A_TASK
                fill_open_milestones(connection, milestones, due=tasks // 20, due_on=TODAY, today=TODAY)
        opened = Office(few, small), Office(many, large)
        yield opened
        for office in opened:
            office.close()


def sign_in(session: Session, person_id: int) -> str:
    token, now = f"token-{person_id}", datetime.now(UTC)
    account = Account(person_id=person_id, login_name=f"u{person_id}", created_at=now)
    session.add(account)
    session.flush()
    session.add(
        LoginSession(
            account_id=id_of(account),
            token_sha256=hashlib.sha256(token.encode()).hexdigest(),
            csrf="csrf",
            opened_at=now,
            seen_at=now,
            address="127.0.0.1",
            agent="benchmark",
        )
    )
    return token
