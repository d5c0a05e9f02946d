"""`/healthz` and `/readyz`, and errors as problem documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from config.settings import load_settings
from runtime.bootstrap import open_application
from runtime.console import house_of
from runtime.heartbeats import beat
from runtime.readiness import readiness_of
from tests.integration.runtime.conftest import LONG_AGO, Installation
from tracker.clock import now
from tracker.database import create_engine_for, write_session
from web.problems import MEDIA_TYPE
from web.server import create_app


@pytest.fixture
def client(installation: Installation) -> Iterator[TestClient]:
    settings = load_settings(overrides={"database_url": installation.url})
    with open_application(settings) as application:
        yield TestClient(
            create_app(house_of(application), readiness_of(application)), raise_server_exceptions=False
        )


class TestHealth:
    def test_a_process_that_lives_says_so(self, client: TestClient) -> None:
        assert client.get("/healthz").json() == {"status": "ok"}

    def test_it_is_not_ready_without_a_worker(self, client: TestClient) -> None:
        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert set(answer.json()["failed"]) == {"worker"}

    def test_it_is_ready_when_a_worker_was_just_seen(
        self, client: TestClient, installation: Installation
    ) -> None:
        engine = create_engine_for(installation.url)
        with write_session(engine) as session:
            beat(session, worker="worker:test", at=now())
        engine.dispose()

        assert client.get("/readyz").json()["checks"] == {
            "database": "ok",
            "migrations": "ok",
            "worker": "ok",
        }

    def test_a_worker_seen_long_ago_does_not_count(
        self, client: TestClient, installation: Installation
    ) -> None:
        engine = create_engine_for(installation.url)
        with write_session(engine) as session:
            beat(session, worker="worker:test", at=LONG_AGO)
        engine.dispose()

        assert client.get("/readyz").status_code == 503

    def test_without_a_database_it_says_no_more_than_that(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        url = "postgresql+psycopg://office:open-sesame@127.0.0.1:1/none?connect_timeout=1"
        with open_application(load_settings(overrides={"database_url": url})) as application:
            answer = TestClient(create_app(house_of(application), readiness_of(application))).get("/readyz")

        assert answer.json()["failed"] == {"database": "连不上数据库"}
        assert "open-sesame" not in answer.text


class TestProblems:
    @pytest.mark.parametrize(
        ("method", "path", "status"), [("GET", "/api/nowhere", 404), ("POST", "/healthz", 405)]
    )
    def test_errors_are_problem_documents(
        self, client: TestClient, method: str, path: str, status: int
    ) -> None:
        answer = client.request(method, path)

        assert answer.status_code == status
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json()["status"] == status

    def test_what_nobody_foresaw_tells_nothing_of_itself(self, client: TestClient) -> None:
        app = client.app
        assert isinstance(app, FastAPI)

        @app.get("/broken")
        def broken() -> None:
            raise ZeroDivisionError("open-sesame")

        answer = client.get("/broken")

        assert answer.status_code == 500
        assert "open-sesame" not in answer.text
