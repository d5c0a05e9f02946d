"""Servers on the loopback that behave as real ones do on bad days."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """What a loopback SMTP server was given, and how it answers.

    `answer_rcpt` and `answer_data` see the address or the number of messages so far and return an SMTP reply;
    None hangs up without a word, `stall` never answers.
    """

    answer_rcpt: Callable[[str], str | None] = lambda _: "250 OK"
    answer_data: Callable[[int], str | None] = lambda _: "250 OK"
    received: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    port: int = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        answer = self.answer_rcpt(address)
        if answer is None:
            return hang_up(server)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answer_data(len(self.received) + 1)
        if answer == "stall":
            await asyncio.Event().wait()
        if answer is None or answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.received.append(message)
        return hang_up(server) if answer is None else answer


def hang_up(server: SMTP) -> str:
    """Close the connection in the middle of the conversation; what is answered is heard by nobody."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()
    return "421 gone"


@asynccontextmanager
async def mail_server(**behaviour: Any) -> AsyncIterator[MailServer]:
    """A mail server on a free port of the loopback, in this event loop."""
    keeper = MailServer(**behaviour)

    def connect() -> SMTP:
        keeper.connections += 1
        return SMTP(keeper, hostname="loopback", enable_SMTPUTF8=True)

    server = await asyncio.get_running_loop().create_server(connect, "127.0.0.1", 0)
    keeper.port = server.sockets[0].getsockname()[1]
    try:
        yield keeper
    finally:
        server.close()


@dataclass
class Robot:
    """A chat service on the loopback: what was posted to it, and what it answers."""

    status: int = 200
    answer: str = '{"errcode": 0, "code": 0}'
    posted: list[tuple[dict[str, list[str]], Any]] = field(default_factory=list)
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                await self._answer(line, reader, writer)
        finally:
            writer.close()

    async def _answer(self, line: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        length = 0
        while (header := await reader.readline()).strip():
            name, _, value = header.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
        body = json.loads(await reader.readexactly(length))
        self.posted.append((parse_qs(urlsplit(line.decode().split()[1]).query), body))
        content = self.answer.encode()
        head = f"HTTP/1.1 {self.status} X\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
        writer.write(head.encode() + content)
        await writer.drain()


@asynccontextmanager
async def robot(**behaviour: Any) -> AsyncIterator[Robot]:
    """A chat service on a free port of the loopback."""
    keeper = Robot(**behaviour)
    server = await asyncio.start_server(keeper.serve, "127.0.0.1", 0)
    keeper.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/send?key=K1"
    try:
        yield keeper
    finally:
        server.close()
