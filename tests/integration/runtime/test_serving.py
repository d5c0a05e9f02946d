"""`dingban serve`: a real process that answers, ticks, and ends in good order."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from config.settings import Settings
from runtime.cli.serving import at_its_address
from tests.integration.runtime.conftest import Installation

WAITING_SECONDS = 60
TOLD_BEFORE_IT_LISTENS = """
import signal, sys
from types import SimpleNamespace
from config.settings import load_settings
from runtime import server
from runtime.bootstrap import open_application

server.log = SimpleNamespace(info=lambda *_, **__: signal.raise_signal(signal.SIGTERM))
with open_application(load_settings(), is_service=True) as application:
    server.serve_until_stopped(application, host="127.0.0.1", port=int(sys.argv[1]))
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def serving(installation: Installation, port: int) -> Iterator[subprocess.Popen[str]]:
    """`dingban serve` until it says that it listens; under the clock on the wall."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DINGBAN_")}
    environment |= {name: value for name, value in installation.environment.items() if name != "DINGBAN_NOW"}
    process = subprocess.Popen(
        [sys.executable, "-m", "runtime.cli", "serve", "--port", str(port)],
        cwd=Path(__file__).parents[3],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        assert any("开始提供服务" in line for line in process.stderr)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(WAITING_SECONDS)
        assert process.stderr is not None
        process.stderr.close()


def asked(port: int, path: str) -> tuple[int, object]:
    connection = HTTPConnection("127.0.0.1", port, timeout=WAITING_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def answering_times(port: int, count: int) -> tuple[list[float], str | None]:
    """How long each of `count` requests on one connection took, in seconds; and what the server calls itself."""
    connection, times = HTTPConnection("127.0.0.1", port, timeout=WAITING_SECONDS), []
    try:
        for _ in range(count):
            began = perf_counter()
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            answer.read()
            times.append(perf_counter() - began)
        return times, answer.getheader("Server")
    finally:
        connection.close()


class TestServe:
    def test_answers_at_once_on_a_connection_that_is_kept_and_says_not_what_it_is(
        self, installation: Installation
    ) -> None:
        """Without TCP_NODELAY every answer but the first waits 40 ms for an acknowledgement."""
        port = free_port()
        with serving(installation, port):
            times, name = answering_times(port, 31)

        assert median(times) < 0.03
        assert name is None

    def test_is_alive_and_ready_and_ends_in_good_order(self, installation: Installation) -> None:
        port = free_port()
        with serving(installation, port) as process:
            assert asked(port, "/healthz") == (200, {"status": "ok"})
            status, answer = asked(port, "/readyz")
            assert (status, answer) == (
                200,
                {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "worker": "ok"}},
            )
            process.send_signal(signal.SIGTERM)
            assert process.wait(WAITING_SECONDS) == 0

        assert "没有运行" in installation.run("doctor").stdout

    def test_a_signal_just_before_it_listens_is_not_lost(self, installation: Installation) -> None:
        """uvicorn hears signals from its own start on; what came shortly before went to nobody."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DINGBAN_")}
        environment |= {k: value for k, value in installation.environment.items() if k != "DINGBAN_NOW"}
        ended = subprocess.run(
            [sys.executable, "-c", TOLD_BEFORE_IT_LISTENS, str(free_port())],
            cwd=Path(__file__).parents[3],
            env=environment,
            timeout=WAITING_SECONDS,
            check=False,
        )

        assert ended.returncode == 0
        assert "没有运行" in installation.run("doctor").stdout

    def test_a_port_that_is_taken_is_an_outside_failure(self, installation: Installation) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            answer = installation.run("serve", "--port", taken.getsockname()[1], DINGBAN_REHEARSAL="1")

        assert answer.exit_code == 4


class TestAtItsAddress:
    @pytest.mark.parametrize(
        ("host", "shown"),
        [
            ("127.0.0.1", "http://127.0.0.1:8170"),
            ("0.0.0.0", "http://127.0.0.1:8170"),
            ("office.example.org", "http://office.example.org:8170"),
            ("::1", "http://[::1]:8170"),
        ],
    )
    def test_links_begin_with_where_the_console_listens(self, host: str, shown: str) -> None:
        assert at_its_address(Settings(), host=host, port=8170).console_url == shown

    def test_an_address_that_is_set_stays(self) -> None:
        settings = Settings(console_url="https://office.example.org")

        assert (
            at_its_address(settings, host="127.0.0.1", port=8170).console_url == "https://office.example.org"
        )
