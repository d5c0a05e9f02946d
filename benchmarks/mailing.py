"""Figure 5: letters of the outbox go to a mail server; the peer sends ready-made bytes with the same library."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiosmtplib
from sqlalchemy import Engine

from benchmarks.figures import Effort, Figure, speed
from benchmarks.mail_server import HOST, running_server
from benchmarks.measuring import by_turns, timed
from benchmarks.office import AT, TODAY
from benchmarks.registers import PEOPLE, connect, empty_register, fill_office, filling, settle
from notifications.channels.base import Message
from notifications.channels.mime import as_mail
from notifications.channels.smtp import MailSecurity, SmtpChannel
from notifications.delivering import deliver_due
from notifications.models import LetterKind
from notifications.outbox import post_letter
from tracker.database import write_session

SENDER = "盯办 <dingban@example.org>"
SUBJECT = "【盯办】今日有 5 项需要您办理"
TEXT = "您好：\n\n" + "装备配备：完成装备清点并形成台账，6月10日到期，还有7天。\n" * 20
HTML = (
    "<html><body>" + "<p>装备配备：完成装备清点并形成台账，6月10日到期，还有7天。</p>" * 20 + "</body></html>"
)
FEW = 10


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """One connection each to one server in a process of its own, few letters and many."""
    figures = []
    with running_server() as port:
        for letters in sorted({min(FEW, effort.letters), effort.letters}):
            target = 0.5 if letters == effort.letters else None
            path = folder / f"mailing-{letters}.db"
            with empty_register(path) as engine:
                with filling(path) as connection:
                    fill_office(connection)
                _post(engine, letters)
                connection = connect(path)
                pair = by_turns(
                    _ours(engine, connection, port, letters), _peer(port, letters), rounds=effort.mail_rounds
                )
                connection.close()
            figures.append(speed("投递邮件，一个连接", f"{letters} 封", pair, at_least=target))
    return figures


def _post(engine: Engine, letters: int) -> None:
    with write_session(engine) as session:
        for number in range(letters):
            post_letter(
                session,
                recipient_id=1 + number % PEOPLE,
                subject=SUBJECT,
                text=TEXT,
                html=HTML,
                kind=LetterKind.IMMEDIATE,
                key=f"benchmark:{number}",
                at=AT,
            )


def _ours(engine: Engine, connection: sqlite3.Connection, port: int, letters: int) -> Callable[[], float]:
    channel = SmtpChannel(host=HOST, port=port, security=MailSecurity.NONE, sender=SENDER)

    def send() -> float:
        with timed() as watch:
            outcome = asyncio.run(deliver_due(engine, channel, at=AT, worker="benchmark"))
        if outcome.sent != letters:
            raise ValueError(f"{outcome.sent} of {letters} letters were sent: {outcome.errors}")
        connection.execute("UPDATE letter SET state = 'pending', sent_at = NULL")
        settle(connection)
        return watch.seconds

    return send


def _peer(port: int, letters: int) -> Callable[[], float]:
    mails = [_ready_made(number) for number in range(letters)]

    async def send_all() -> None:
        client = aiosmtplib.SMTP(hostname=HOST, port=port, use_tls=False, start_tls=False)
        await client.connect()
        for address, content in mails:
            await client.sendmail("dingban@example.org", [address], content)
        await client.quit()

    def send() -> float:
        with timed() as watch:
            asyncio.run(send_all())
        return watch.seconds

    return send


def _ready_made(number: int) -> tuple[str, bytes]:
    person = 1 + number % PEOPLE
    address = f"ceshi{person}@example.org"
    written_at = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)
    message = Message(f"benchmark-{number}", written_at, f"测试{person}", address, SUBJECT, TEXT, HTML)
    return address, as_mail(message, sender=SENDER)
