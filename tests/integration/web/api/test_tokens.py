"""Who may ask the API at all: tokens, their scopes, and what becomes of bad ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from fastapi import APIRouter, FastAPI
from sqlmodel import select

from tests.console import Console
from tests.factories import OWNER, actor_of, create_person, create_task
from tests.integration.web.api.conftest import Program
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, ApiToken, TokenScope
from tracker.services.accounts import revoke_token
from tracker.services.accounts.policy import SignInPolicy
from web.access import list_routes, list_unguarded, scope_of
from web.api.desk import ReadingApiDesk


class TestTokens:
    def test_without_a_token_one_is_told_to_bring_one(self, console: Console) -> None:
        answer = console.anonymous().get("/api/v1/tasks")
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == 'Bearer realm="dingban"'

    def test_the_cookie_of_a_session_opens_nothing(self, console: Console) -> None:
        task = create_task(console.session)
        client = console.as_(OWNER)
        assert client.get("/api/v1/tasks").status_code == 401
        moved = client.post(
            f"/api/v1/tasks/{task.id}/transitions/submit", json={}, headers={"If-Match": '"0"'}
        )
        assert moved.status_code == 401

    def test_a_token_opens_what_its_scopes_name_and_nothing_else(
        self, console: Console, program: Program
    ) -> None:
        task = create_task(console.session)
        client = program(OWNER, [TokenScope.TASKS_READ])
        assert client.get("tasks").status_code == 200
        refused = client.post(f"tasks/{task.id}/transitions/submit", json={}, headers={"If-Match": '"0"'})
        assert refused.status_code == 403
        assert 'error="insufficient_scope", scope="tasks:write"' in refused.headers["www-authenticate"]

    def test_a_revoked_token_is_answered_like_an_unknown_one(
        self, console: Console, program: Program
    ) -> None:
        person = create_person(console.session)
        client = program(person)
        assert client.get("tasks").status_code == 200
        token = console.session.exec(select(ApiToken)).one()
        revoke_token(console.session, id_of(token), actor=actor_of(person), at=datetime.now(UTC))
        console.session.commit()

        revoked = client.get("tasks")
        unknown = console.anonymous().get("/api/v1/tasks", headers={"Authorization": "Bearer dbt_nobody"})

        assert revoked.status_code == unknown.status_code == 401
        assert revoked.json() == unknown.json()
        assert 'error="invalid_token"' in revoked.headers["www-authenticate"]

    def test_a_person_who_left_takes_his_tokens_along(self, console: Console, program: Program) -> None:
        person = create_person(console.session)
        client = program(person)
        person.is_active = False
        console.session.commit()
        assert client.get("tasks").status_code == 401

    @pytest.mark.postgresql
    def test_bad_tokens_close_the_address_to_tokens_and_not_to_signing_in(
        self, console: Console, program: Program
    ) -> None:
        good = program(OWNER)
        bad = console.anonymous()
        bad.headers["Authorization"] = "Bearer dbt_nobody"
        limit = SignInPolicy().throttle_after
        assert [bad.get("/api/v1/tasks").status_code for _ in range(limit)] == [401] * limit

        closed = bad.get("/api/v1/tasks")

        assert closed.status_code == 429
        assert int(closed.headers["retry-after"]) > 0
        assert good.get("tasks").status_code == 429
        assert console.as_(OWNER).get("/").status_code == 200
        assert (
            console.anonymous().post("/login", data={"login_name": "x", "password": "y"}).status_code == 401
        )

    def test_use_and_misuse_are_on_record_without_the_token(self, console: Console, program: Program) -> None:
        client = program(OWNER)
        client.get("tasks")
        client.get("tasks")
        console.anonymous().get("/api/v1/tasks", headers={"Authorization": "Bearer dbt_secret-thing"})

        records = console.session.exec(select(AccessRecord)).all()
        kinds = [each.kind for each in records]
        assert kinds.count(AccessKind.TOKEN_FIRST_USED) == 1
        assert kinds.count(AccessKind.TOKEN_REFUSED) == 1
        assert not [each for each in records if "secret-thing" in each.login_name]


class TestEveryRoute:
    def test_each_refuses_who_brings_nothing_and_whose_token_has_every_scope_but_its_own(
        self, console: Console, program: Program
    ) -> None:
        client = program(OWNER)
        refused: list[tuple[str, int, int]] = []
        asked = 0
        for method, path, route in list_routes(console.app):
            if not path.startswith("/api/v1"):
                continue
            filled = re.sub(r"{\w+}", "1", path)
            without = console.anonymous().request(method, filled).status_code
            set_scopes(console, [scope for scope in TokenScope if scope is not scope_of(route)])
            lacking = client.request(method, filled.removeprefix("/api/v1/")).status_code
            asked += 1
            if (without, lacking) != (401, 403):
                refused.append((f"{method} {path}", without, lacking))
        assert refused == []
        assert asked > 25


def set_scopes(console: Console, scopes: list[TokenScope]) -> None:
    console.session.exec(select(ApiToken)).one().scopes = [scope.value for scope in scopes]
    console.session.commit()


class TestRules:
    def test_a_route_of_the_api_without_a_scope_is_found(self) -> None:
        app, router = FastAPI(), APIRouter(prefix="/api/v1")

        @router.get("/open")
        def read(desk: ReadingApiDesk) -> None:
            """A route whose author forgot its rule."""

        app.include_router(router)
        assert list_unguarded(app) == ["GET /api/v1/open"]
