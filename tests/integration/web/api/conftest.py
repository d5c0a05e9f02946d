"""Programs that ask the API: each with a token of one person."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime

import pytest

from tests.console import Client, Console
from tests.factories import actor_of, create_person
from tracker.identity import id_of
from tracker.models import Person, TokenScope
from tracker.services.accounts import create_token

Program = Callable[..., Client]


@pytest.fixture
def program(console: Console) -> Program:
    """`program("测试甲")` asks with a token of that person, of every scope unless some are named.

    What the test arranged so far is committed. Addresses are those behind /api/v1.
    """

    def begin(who: Person | str, scopes: Collection[TokenScope] = tuple(TokenScope)) -> Client:
        person = create_person(console.session, who) if isinstance(who, str) else who
        _, token = create_token(
            console.session,
            person_id=id_of(person),
            name="测试程序",
            scopes=scopes,
            days=1,
            actor=actor_of(person),
            at=datetime.now(UTC),
        )
        console.session.commit()
        client = console.anonymous()
        client.base_url = client.base_url.join("/api/v1/")
        client.headers["Authorization"] = f"Bearer {token}"
        return client

    return begin
