"""`dingban webhook`: from the secret that is shown once to what was told, and given up."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from config.settings import Settings
from runtime import jobs
from runtime.bootstrap import open_application
from tests.integration.runtime.conftest import LEADER, OWNER, Installation


def told(office: Installation, *arguments: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(office.done(*arguments, "--json"))
    return document


@pytest.fixture
def posted() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The address of a receiver on the loopback, and what was posted to it."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/events", received
    server.shutdown()
    server.server_close()
    thread.join()


def tick(office: Installation, reach: str) -> None:
    settings = Settings(
        database_url=office.url,
        evidence_dir=office.folder / "evidence",
        outbox_dir=office.folder / "outbox",
        webhook_reach=reach,
    )
    with open_application(settings) as application:
        jobs.deliver_webhooks(application)


class TestWebhookCommands:
    def test_what_happens_is_told_and_on_record(
        self, office: Installation, posted: tuple[str, list[dict[str, Any]]]
    ) -> None:
        url, received = posted
        webhook = told(office, "webhook", "add", "督查系统", url, "--event", "task.*")
        office.done("task", "cancel", 1, "--as", LEADER, "--reason", "不再办理")

        tick(office, "machine")

        assert webhook["secret"].startswith("whsec_")
        assert [each["kind"] for each in received] == ["task.cancel"]
        (listed,) = told(office, "webhook", "list")["webhooks"]
        assert listed["deliveries"] == {"waiting": 0, "delivered": 1, "abandoned": 0}
        assert "secret" not in listed
        (delivery,) = told(office, "webhook", "deliveries", webhook["id"])["deliveries"]
        assert (delivery["state"], delivery["error"]) == ("delivered", None)
        assert "撤销" in office.done("webhook", "deliveries", webhook["id"])
        assert "督查系统" in office.done("webhook", "list")

    def test_this_machine_is_not_reached_as_it_is_delivered(
        self, office: Installation, posted: tuple[str, list[dict[str, Any]]]
    ) -> None:
        url, received = posted
        webhook = told(office, "webhook", "add", "督查系统", url, "--event", "*")
        office.done("task", "cancel", 1, "--as", LEADER, "--reason", "不再办理")

        tick(office, "intranet")

        assert received == []
        (delivery,) = told(office, "webhook", "deliveries", webhook["id"])["deliveries"]
        assert delivery["state"] == "waiting"
        assert "本机" in delivery["error"]

    def test_it_is_paused_resumed_renewed_and_removed(self, office: Installation) -> None:
        webhook = told(office, "webhook", "add", "督查系统", "https://receiver.example.org/", "--event", "*")
        number = webhook["id"]
        assert told(office, "webhook", "pause", number)["is_active"] is False
        assert told(office, "webhook", "resume", number)["is_active"] is True
        assert told(office, "webhook", "renew", number)["secret"] != webhook["secret"]
        assert told(office, "webhook", "retry", number)["retried"] == 0
        office.done("webhook", "remove", number)
        assert told(office, "webhook", "list")["webhooks"] == []

    def test_it_is_for_administrators(self, office: Installation) -> None:
        answer = office.run(
            "webhook", "add", "甲", "https://receiver.example.org/", "--event", "*", "--as", OWNER
        )
        assert answer.exit_code == 1
        assert "须由管理员办理" in answer.stderr
