"""Mail and chat against real servers on the loopback, on good days and bad ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from notifications.channels import (
    Channel,
    ChannelError,
    DingTalkChannel,
    FeishuChannel,
    MailSecurity,
    Message,
    SmtpChannel,
    WeComChannel,
)
from notifications.channels.webhooks import WebhookChannel
from notifications.delivering import DeliveryOutcome, deliver_due
from notifications.models import Letter, LetterKind, LetterState
from notifications.outbox import LEASE, post_letter
from tests.factories import create_person
from tests.integration.notifications.servers import MailServer, Robot, mail_server, robot
from tracker.database import write_session
from tracker.identity import id_of

AT = datetime(2024, 5, 31, 0, 30, tzinfo=UTC)
MESSAGE = Message(
    "dingban-1", AT, "测试甲", "jia@example.org", "【盯办】请签收", "请签收。\n", "<p>请签收。</p>"
)


def smtp(
    port: int, *, timeout: float = 5, security: MailSecurity = MailSecurity.NONE, user: str | None = None
) -> SmtpChannel:
    return SmtpChannel(
        host="127.0.0.1",
        port=port,
        security=security,
        sender="盯办 <dingban@example.org>",
        user=user,
        password="secret-word" if user else None,
        timeout=timeout,
    )


def make_letters(engine: Engine, count: int) -> None:
    with write_session(engine) as session:
        for number in range(1, count + 1):
            post_letter(
                session,
                recipient_id=id_of(create_person(session, f"测试{number}号", email=f"p{number}@example.org")),
                subject=f"第{number}封",
                text="正文\n",
                html="<p>正文</p>",
                kind=LetterKind.IMMEDIATE,
                key=f"test:{number}",
                at=AT,
            )


def states(engine: Engine) -> list[LetterState]:
    with Session(engine) as session:
        return [letter.state for letter in session.exec(select(Letter).order_by(Letter.key))]


def run(
    engine: Engine, *, at: datetime = AT, timeout: float = 5, **behaviour: object
) -> tuple[DeliveryOutcome, MailServer]:
    async def deliver() -> tuple[DeliveryOutcome, MailServer]:
        async with mail_server(**behaviour) as server:
            channel = smtp(server.port, timeout=timeout)
            return await deliver_due(engine, channel, at=at, worker="worker:one"), server

    return asyncio.run(deliver())


class TestSmtp:
    def test_a_batch_goes_over_one_connection(self, engine: Engine) -> None:
        make_letters(engine, 25)

        outcome, server = run(engine)

        assert (outcome.sent, server.connections) == (25, 1)
        assert [mail["Subject"] for mail in server.received] == [f"第{number}封" for number in range(1, 26)]
        assert server.received[0]["To"] == "测试1号 <p1@example.org>"
        assert len({mail["Message-ID"] for mail in server.received}) == 25

    def test_a_refused_address_is_given_up_and_the_others_arrive(self, engine: Engine) -> None:
        make_letters(engine, 3)

        outcome, server = run(
            engine, answer_rcpt=lambda address: "550 no such user" if address.startswith("p2") else "250 OK"
        )

        assert (outcome.sent, outcome.given_up, server.connections) == (2, 1, 1)
        assert states(engine) == [LetterState.SENT, LetterState.GIVEN_UP, LetterState.SENT]
        assert outcome.errors == ["收件地址 p2@example.org 被拒收（550 no such user）"]

    def test_a_full_mailbox_is_tried_again(self, engine: Engine) -> None:
        make_letters(engine, 1)

        outcome, _ = run(engine, answer_rcpt=lambda _: "452 mailbox full")

        assert (outcome.put_off, states(engine)) == (1, [LetterState.PENDING])

    def test_a_refusal_of_the_content_is_given_up(self, engine: Engine) -> None:
        make_letters(engine, 1)

        outcome, _ = run(engine, answer_data=lambda _: "554 looks like spam")

        assert outcome.given_up == 1
        assert "554" in outcome.errors[0]

    def test_a_server_that_stalls_is_left_alone_and_sent_the_same_id_later(self, engine: Engine) -> None:
        make_letters(engine, 1)
        outcome, _ = run(engine, timeout=0.2, answer_data=lambda _: "stall")
        assert (outcome.put_off, outcome.sent) == (1, 0)
        assert "等待超时" in outcome.errors[0]
        with Session(engine) as session:
            expected = session.exec(select(Letter.message_id)).one()

        outcome, server = run(engine, at=AT + LEASE)

        assert outcome.sent == 1
        assert server.received[0]["Message-ID"] == f"<{expected}@example.org>"

    def test_a_server_that_hangs_up_gets_the_rest_over_a_new_connection(self, engine: Engine) -> None:
        make_letters(engine, 3)
        hung_up: list[str] = []

        def once(address: str) -> str | None:
            if hung_up:
                return "250 OK"
            hung_up.append(address)
            return None

        outcome, server = run(engine, answer_rcpt=once)

        assert (outcome.sent, outcome.put_off, server.connections) == (2, 1, 2)

    def test_a_server_that_takes_a_letter_and_dies_gets_it_again_under_the_same_id(
        self, engine: Engine
    ) -> None:
        make_letters(engine, 1)
        outcome, first = run(engine, answer_data=lambda _: None)
        assert (outcome.put_off, len(first.received)) == (1, 1)

        outcome, second = run(engine, at=AT + LEASE)

        assert outcome.sent == 1
        assert second.received[0]["Message-ID"] == first.received[0]["Message-ID"]
        assert second.received[0].as_bytes() == first.received[0].as_bytes()

    def test_where_nobody_listens_everything_waits(self, engine: Engine) -> None:
        make_letters(engine, 2)

        async def deliver() -> DeliveryOutcome:
            async with mail_server() as server:
                port = server.port
            return await deliver_due(engine, smtp(port), at=AT, worker="worker:one")

        outcome = asyncio.run(deliver())

        assert (outcome.put_off, states(engine)) == (2, [LetterState.PENDING] * 2)
        assert "无法连接邮件服务器" in outcome.errors[0]

    def test_starttls_is_never_quietly_left_out(self) -> None:
        async def attempt(message: Message) -> None:
            async with mail_server() as server:
                await send_one(smtp(server.port, security=MailSecurity.STARTTLS), message)

        with pytest.raises(ChannelError, match="无法连接邮件服务器"):
            asyncio.run(attempt(MESSAGE))

    def test_a_password_is_never_part_of_a_complaint(self) -> None:
        async def attempt() -> None:
            async with mail_server() as server:
                await send_one(smtp(server.port, user="office"), MESSAGE)

        with pytest.raises(ChannelError) as caught:
            asyncio.run(attempt())
        assert "secret-word" not in str(caught.value)


async def send_one(channel: Channel, message: Message) -> None:
    async with channel.open() as delivery:
        await delivery.deliver(message)


def talk(make: Callable[[str], WebhookChannel], **behaviour: object) -> Robot:
    async def attempt() -> Robot:
        async with robot(**behaviour) as service:
            await send_one(make(service.url), MESSAGE)
            return service

    return asyncio.run(attempt())


class TestWebhooks:
    def test_wecom_is_posted_plain_text_under_its_key(self) -> None:
        service = talk(WeComChannel)

        ((query, body),) = service.posted
        assert query == {"key": ["K1"]}
        assert body == {"msgtype": "text", "text": {"content": "测试甲：【盯办】请签收\n\n请签收。\n"}}

    def test_dingtalk_signs_and_keeps_the_key_of_the_address(self) -> None:
        service = talk(lambda url: DingTalkChannel(url, secret="SEC1", now=lambda: AT))

        ((query, _),) = service.posted
        assert query["key"] == ["K1"]
        assert query["timestamp"] == [str(int(AT.timestamp()) * 1000)]
        assert set(query) == {"key", "timestamp", "sign"}

    def test_feishu_signs_in_the_body(self) -> None:
        service = talk(lambda url: FeishuChannel(url, secret="SEC1", now=lambda: AT))

        ((_, body),) = service.posted
        assert body["timestamp"] == str(int(AT.timestamp()))
        assert body["content"]["text"].startswith("测试甲：")

    @pytest.mark.parametrize(
        ("make", "behaviour", "sentence"),
        [
            (
                WeComChannel,
                {"answer": '{"errcode": 45009, "errmsg": "too often"}'},
                "没有接收（45009 too often）",
            ),
            (DingTalkChannel, {"answer": '{"errcode": 310000, "errmsg": "sign"}'}, "没有接收（310000 sign）"),
            (FeishuChannel, {"answer": '{"code": 19021, "msg": "sign"}'}, "没有接收（19021 sign）"),
            (WeComChannel, {"status": 502}, "暂时不收（HTTP 502）"),
            (WeComChannel, {"status": 429}, "暂时不收（HTTP 429）"),
            (FeishuChannel, {"status": 404}, "拒收（HTTP 404）"),
            (WeComChannel, {"answer": "<html>"}, "答复看不懂"),
            (WeComChannel, {"answer": "[]"}, "答复看不懂"),
        ],
    )
    def test_what_was_not_taken_is_tried_again_and_says_why(
        self, make: Callable[[str], WebhookChannel], behaviour: dict[str, object], sentence: str
    ) -> None:
        with pytest.raises(ChannelError) as caught:
            talk(make, **behaviour)

        assert sentence in str(caught.value)
        assert not caught.value.permanent
        assert "K1" not in str(caught.value)

    def test_an_address_where_nobody_listens_is_not_repeated_in_the_complaint(self) -> None:
        async def attempt() -> None:
            async with robot() as service:
                url = service.url
            await send_one(WeComChannel(url), MESSAGE)

        with pytest.raises(ChannelError) as caught:
            asyncio.run(attempt())
        assert caught.value.lost
        assert "K1" not in str(caught.value)

    def test_a_person_without_an_address_is_reached_in_the_group(self, engine: Engine) -> None:
        make_letters(engine, 1)
        with write_session(engine) as session:
            create_person(session, "测试1号").email = None

        async def attempt() -> DeliveryOutcome:
            async with robot() as service:
                return await deliver_due(engine, WeComChannel(service.url), at=AT, worker="worker:one")

        assert asyncio.run(attempt()).sent == 1
