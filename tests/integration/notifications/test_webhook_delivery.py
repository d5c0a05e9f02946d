"""Webhooks posted to a real server on the loopback: signed, once, again after failures, given up on record."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from notifications.retrying import RetryPlan
from notifications.webhook_delivery import WebhookOutcome, deliver_webhooks
from notifications.webhook_signing import signature_of
from notifications.webhook_targets import Reach
from tests.factories import NOON, create_person, create_task
from tracker.models import DeliveryState, Webhook, WebhookDelivery
from tracker.services.auditing import Actor, record
from tracker.services.webhooks import create_webhook


@dataclass
class Receiver:
    """What was posted, and how it is answered: a status, or `stall` for never."""

    status: int | str = 200
    location: str = ""
    posted: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events?key=K1"


@contextmanager
def receiver() -> Iterator[Receiver]:
    keeper = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            keeper.posted.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if keeper.status == "stall":
                keeper.released.wait(10)
                return
            self.send_response(int(keeper.status))
            if keeper.location:
                self.send_header("Location", keeper.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    keeper.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield keeper
    finally:
        keeper.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def listening() -> Iterator[Receiver]:
    with receiver() as keeper:
        yield keeper


def subscribe(session: Session, url: str, *, name: str = "督查系统") -> Webhook:
    administrator = create_person(session, "测试管理员", is_administrator=True)
    webhook, _ = create_webhook(
        session,
        name=name,
        url=url,
        events=["task.*"],
        actor=Actor(administrator.id, administrator.name),
        at=NOON,
    )
    session.commit()
    return webhook


def happen(session: Session, kind: str = "task.close") -> int:
    task = create_task(session)
    leader = create_person(session, "测试丙")
    event = record(
        session,
        kind=kind,
        actor=Actor(leader.id, leader.name),
        at=NOON,
        subject="task",
        subject_id=task.id,
        task_id=task.id,
        data={"reason": "理由里可能有不该外传的话"},
    )
    session.commit()
    return event.id


def deliver(
    engine: Engine, *, at: datetime = NOON, reach: Reach = Reach.MACHINE, timeout: float = 5
) -> WebhookOutcome:
    plan = RetryPlan((1, 5))
    return deliver_webhooks(
        engine, at=at, worker="w1", reach=reach, plan=plan, timeout=timeout, now=lambda: at
    )


def deliveries(session: Session) -> list[WebhookDelivery]:
    session.expire_all()
    found = session.exec(select(WebhookDelivery).order_by(WebhookDelivery.id)).all()  # type: ignore[arg-type]
    session.rollback()
    return list(found)


class TestDeliverWebhooks:
    def test_posts_a_signed_event_once(self, session: Session, engine: Engine, listening: Receiver) -> None:
        webhook = subscribe(session, listening.url)
        event_id = happen(session)

        first, second = deliver(engine), deliver(engine)

        assert (first.queued, first.delivered) == (1, 1)
        assert second == WebhookOutcome()
        ((headers, body),) = listening.posted
        stamp = str(int(NOON.timestamp()))
        assert headers["webhook-id"] == f"event-{event_id}"
        assert headers["webhook-timestamp"] == stamp
        signature = signature_of(webhook.secret, f"event-{event_id}", stamp, body)
        assert headers["webhook-signature"] == f"v1,{signature}"
        assert headers["host"] == f"127.0.0.1:{listening.port}"

    def test_tells_ids_and_names_and_nothing_that_was_written(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        subscribe(session, listening.url)
        happen(session)
        deliver(engine)

        text = listening.posted[0][1].decode()
        document = json.loads(text)
        assert document["kind"] == "task.close"
        assert document["label"] == "销号"
        assert document["at"] == "2024-03-01T04:00:00Z"
        assert document["actor"]["name"] == "测试丙"
        assert document["campaign_id"] is not None
        assert "不该外传" not in text

    def test_tries_again_after_a_pause_with_the_same_id_and_body(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        subscribe(session, listening.url)
        happen(session)
        listening.status = 500

        assert deliver(engine).put_off == 1
        assert deliver(engine) == WebhookOutcome()  # its pause is not over
        listening.status = 204
        assert deliver(engine, at=NOON + timedelta(minutes=1)).delivered == 1

        (first, body), (again, same) = listening.posted
        assert (first["webhook-id"], body) == (again["webhook-id"], same)
        assert first["webhook-signature"] != again["webhook-signature"]

    def test_gives_up_on_record(self, session: Session, engine: Engine, listening: Receiver) -> None:
        subscribe(session, listening.url)
        happen(session)
        listening.status = 403

        outcomes = [deliver(engine, at=NOON + timedelta(minutes=minutes)) for minutes in (0, 1, 6)]

        assert [outcome.abandoned for outcome in outcomes] == [0, 0, 1]
        (row,) = deliveries(session)
        assert (row.state, row.tries, row.error) == (
            DeliveryState.ABANDONED,
            3,
            "接收方没有接收（HTTP 403）",
        )
        assert deliver(engine, at=NOON + timedelta(days=9)) == WebhookOutcome()

    def test_follows_no_redirect(self, session: Session, engine: Engine, listening: Receiver) -> None:
        subscribe(session, listening.url)
        happen(session)
        with receiver() as other:
            listening.status, listening.location = 307, other.url
            outcome = deliver(engine)
            assert other.posted == []
        assert "不跟随跳转" in outcome.errors[0]

    def test_posts_nothing_to_this_machine_unless_allowed(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        subscribe(session, listening.url)
        happen(session)
        outcome = deliver(engine, reach=Reach.INTRANET)
        assert listening.posted == []
        assert outcome.put_off == 1
        assert "本机" in outcome.errors[0]

    def test_waits_for_no_answer_longer_than_its_time(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        subscribe(session, listening.url)
        happen(session)
        listening.status = "stall"
        outcome = deliver(engine, timeout=0.2)
        assert outcome.put_off == 1
        assert len(outcome.errors) == 1

    def test_who_does_not_listen_is_asked_once_a_round_and_holds_nobody_up(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        with receiver() as deaf:
            deaf.status = 503
            subscribe(session, deaf.url, name="聋的")
            subscribe(session, listening.url, name="听的")
            for kind in ("task.issue", "task.accept", "task.submit"):
                happen(session, kind)
            outcome = deliver(engine)
            assert len(deaf.posted) == 1
        assert [json.loads(body)["kind"] for _, body in listening.posted] == [
            "task.issue",
            "task.accept",
            "task.submit",
        ]
        assert (outcome.delivered, outcome.put_off) == (3, 3)

    def test_none_is_begun_where_the_process_ends(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        subscribe(session, listening.url)
        happen(session)

        ended = deliver_webhooks(
            engine, at=NOON, worker="w1", reach=Reach.MACHINE, now=lambda: NOON, is_ending=lambda: True
        )

        assert (ended.queued, ended.delivered, listening.posted) == (1, 0, [])
        assert deliver(engine).delivered == 1

    def test_errors_do_not_hold_the_address(self, session: Session, engine: Engine) -> None:
        with receiver() as gone:
            url = gone.url
        subscribe(session, url)
        happen(session)
        outcome = deliver(engine)
        assert outcome.errors == ["连接不上接收方（ConnectError）"]
        assert "K1" not in str(deliveries(session)[0].error)

    @pytest.mark.postgresql
    def test_what_a_dead_worker_had_claimed_is_posted_after_its_lease(
        self, session: Session, engine: Engine, listening: Receiver
    ) -> None:
        subscribe(session, listening.url)
        happen(session)
        deliver(engine)
        row = session.exec(select(WebhookDelivery)).one()
        row.state, row.claimed_by = DeliveryState.WAITING, "dead"
        row.claimed_until = NOON + timedelta(minutes=10)
        session.commit()

        assert deliver(engine).delivered == 0
        assert deliver(engine, at=NOON + timedelta(minutes=10)).delivered == 1
        assert len(listening.posted) == 2
