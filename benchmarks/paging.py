"""Figure 7: pages of the console for somebody who signed in; the peer is bare ASGI, `sqlite3` and Jinja2.

Both sides answer in this process, without a network: they find the session by its token, read what the page shows and
render it. The peer has the frame of the page ready-made, as the console wrote it, and renders the same rows into it by
one flat template; of a task it renders the bare lists. It knows no rights, no filters, and no rules.
"""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment
from sqlalchemy import Engine
from sqlmodel import Session

from benchmarks.figures import Effort, Figure, growth, slowness
from benchmarks.measuring import Paired, Side, by_turns, timed
from benchmarks.office import AT, TODAY, owner_of
from benchmarks.registers import (
    COORDINATOR,
    MILESTONES_A_TASK,
    connect,
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

Asgi = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
TASK = 17
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
    with _offices(folder, (small, large)) as (few, many):
        rounds = effort.page_rounds
        listed = by_turns(few.page(COORDINATOR, "/tasks"), few.bare_list(), rounds=rounds)
        shown = by_turns(few.page(COORDINATOR, f"/tasks/{TASK}"), few.bare_task(), rounds=rounds)
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


def _grown(few: _Office, many: _Office, person: int, address: str, rounds: int) -> tuple[Paired, Paired]:
    pair = by_turns(many.page(person, address), few.page(person, address), rounds=rounds)
    return Paired(pair.peer, pair.peer), Paired(pair.ours, pair.peer)


class _Office:
    """A register with its console, and the peer on the same file."""

    def __init__(self, path: Path, engine: Engine) -> None:
        settings = Settings(database_url=f"sqlite:///{path}", evidence_dir=path.parent / "evidence")
        application = Application(settings, load_policy(None), engine)
        ready = Readiness(lambda: None, lambda: None, lambda: None)
        self._console: Asgi = create_app(house_of(application), ready)
        self._path = path
        self._loop = asyncio.new_event_loop()
        with Session(engine) as session:
            self._tokens = {person: _sign_in(session, person) for person in (COORDINATOR, OWNER)}
            session.commit()

    def page(self, person: int, address: str) -> Side:
        """The console's page, as often as it is called."""
        return self._side(self._console, person, address)

    def bare_list(self) -> Side:
        return self._bare("/tasks", "tbody", _read_list, _LIST)

    def bare_task(self) -> Side:
        return self._bare(f"/tasks/{TASK}", "main", _read_task, _TASK)

    def _bare(self, address: str, element: str, read: Read, template: str) -> Side:
        """The peer of a page: the console's own around an element, and in the element what the peer renders."""
        _, body = self._loop.run_until_complete(_answer(self._console, self._scope(COORDINATOR, address)))
        before, opening, rest = body.decode().partition(f"<{element}")
        inside, closing, after = rest.partition(f"</{element}>")
        attributes = inside.partition(">")[0]
        frame = (f"{before}{opening}{attributes}>", f"{closing}{after}")
        return self._side(_bare(self._path, read, template, frame), COORDINATOR, address)

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
                status, body = self._loop.run_until_complete(_answer(app, scope))
            if status != 200 or not body:
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
def _offices(folder: Path, sizes: tuple[int, int]) -> Iterator[tuple[_Office, _Office]]:
    few, many = (folder / f"paging-{tasks}.db" for tasks in sizes)
    with empty_register(few) as small, empty_register(many) as large:
        for path, tasks in zip((few, many), sizes, strict=True):
            with filling(path) as connection:
                fill_office(connection)
                fill_tasks(connection, tasks)
                milestones = tasks * MILESTONES_A_TASK
                fill_open_milestones(connection, milestones, due=tasks // 20, due_on=TODAY, today=TODAY)
        offices = _Office(few, small), _Office(many, large)
        yield offices
        for office in offices:
            office.close()


def _sign_in(session: Session, person_id: int) -> str:
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


_WHO = (
    "SELECT p.name FROM login_session s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id"
    " WHERE s.token_sha256 = ?"
)
_ROWS = (
    'SELECT t.id, t.seq, t.title, t."group", c.name, t.state, u.name,'
    " (SELECT min(m.due_on) FROM milestone m WHERE m.task_id = t.id AND m.state = 'pending')"
    " FROM task t JOIN campaign c ON c.id = t.campaign_id LEFT JOIN unit u ON u.id = t.lead_unit_id"
    " ORDER BY t.campaign_id, t.table_id, t.position, t.id LIMIT 50"
)
_PEOPLE = "SELECT q.task_id, q.role, p.name FROM task_person q JOIN person p ON p.id = q.person_id WHERE q.task_id IN ({})"
_LIGHT = (
    '<span class="light tone-green"><svg class="icon " aria-hidden="true" focusable="false">'
    '<use href="/static/vendor/icons.svg#circle-fill"></use></svg>绿灯</span>'
)
_CELLS = "".join(
    f'<td data-label="{label}" class="names cell-{role}">{{{{ people.get((id, "{role}"), [])|join("、") }}}}</td>'
    for role, label in (("owner", "责任人"), ("expediter", "盯办人"), ("leader", "分管领导"))
)
_LIST = (
    "{% for id, seq, title, group, campaign, state, unit, due_on in rows %}<tr>"
    '<td class="pick"><input type="checkbox" name="task" value="{{ id }}" form="bulk" aria-label="选择 {{ title }}"></td>'
    '<td class="nowrap only-wide">{{ seq }}</td><th class="row-head" scope="row"><a class="row-title" href="/tasks/{{ id }}">'
    '<span class="only-phone">{{ seq }} </span>{{ title }}</a><span class="cell-sub">{{ group or "" }} {{ campaign }}</span>'
    '</th><td data-label="状态" class="cell-badge"><span class="badge-state tone-primary">{{ state }}</span></td>'
    f'<td data-label="灯" class="cell-badge">{_LIGHT}</td>'
    '<td data-label="时限" class="nowrap cell-due">{{ due_on }}<span class="cell-sub">{{ due_on }}</span></td>'
    '<td data-label="牵头" class="cell-lead">{{ unit }}</td>'
    f"{_CELLS}</tr>{{% endfor %}}"
)
_TASK = (
    "<h1>{{ task[2] }}</h1><p>{{ task[3] }}</p><ul>"
    "{% for text, state, due_on in milestones %}<li>{{ due_on }} {{ state }} {{ text }}</li>{% endfor %}</ul>"
    "<ul>{% for number, text in deliverables %}<li>{{ number }} {{ text }}</li>{% endfor %}</ul>"
    "<ul>{% for at, name, kind in events %}<li>{{ at }} {{ name }} {{ kind }}</li>{% endfor %}</ul>"
    "{% for role, names in people %}<p>{{ role }} {{ names }}</p>{% endfor %}"
)
Read = Callable[[sqlite3.Connection], dict[str, Any]]


def _read_list(connection: sqlite3.Connection) -> dict[str, Any]:
    rows = connection.execute(_ROWS).fetchall()
    people: dict[tuple[int, str], list[str]] = {}
    ids = [row[0] for row in rows]
    for task_id, role, name in connection.execute(_PEOPLE.format(",".join("?" * len(ids))), ids):
        people.setdefault((task_id, role), []).append(name)
    connection.execute("SELECT count(*) FROM task").fetchone()
    return {"rows": rows, "people": people}


def _read_task(connection: sqlite3.Connection) -> dict[str, Any]:
    def rows(columns: str, rest: str) -> list[Any]:
        return connection.execute(f"SELECT {columns} FROM {rest}", (TASK,)).fetchall()

    return {
        "task": rows("id, seq, title, requirement, state", "task WHERE id = ?")[0],
        "milestones": rows("text, state, due_on", "milestone WHERE task_id = ? ORDER BY number"),
        "deliverables": rows("number, text", "deliverable WHERE task_id = ? ORDER BY number"),
        "events": rows("at, actor_name, kind", "audit_event WHERE task_id = ? ORDER BY id DESC"),
        "people": rows(
            "q.role, p.name", "task_person q JOIN person p ON p.id = q.person_id WHERE q.task_id = ?"
        ),
    }


def _bare(path: Path, read: Read, template: str, frame: tuple[str, str]) -> Asgi:
    """An application that does what the page needs and nothing more, as fast as the libraries can."""
    connection = connect(path)
    page = Environment(autoescape=True).from_string(template)

    async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        token = dict(scope["headers"])[b"cookie"].partition(b"=")[2]
        found = connection.execute(_WHO, (hashlib.sha256(token).hexdigest(),)).fetchone()
        if found is None:
            raise RuntimeError("The peer knows nobody of this session.")
        body = f"{frame[0]}{page.render(**read(connection))}{frame[1]}".encode()
        headers = [(b"content-type", b"text/html; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app
