"""The peer of a page: bare ASGI that finds the session, reads by `sqlite3` and renders one Jinja2 template."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment

from benchmarks.registers import connect

Asgi = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
Read = Callable[[sqlite3.Connection], dict[str, Any]]
_WHO = (
    "SELECT p.name FROM login_session s JOIN account a ON a.id = s.account_id JOIN person p ON p.id = a.person_id"
    " WHERE s.token_sha256 = ?"
)


def bare_page(path: Path, read: Read, template: str, frame: tuple[str, str]) -> Asgi:
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
