"""The page about the API is true: its addresses are there, and its receiver believes what is sent and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from notifications.webhook_signing import signed_headers
from scripts.api_table import render_routes
from tests.unit.house.tree import ROOT
from tracker.models import TokenScope

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = '{"kind": "task.close", "label": "销号"}'.encode()


def receiver() -> Callable[[str, dict[str, str], bytes], bool]:
    """The function that the page prints for receivers."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    room: dict[str, Any] = {}
    exec(source, room)
    return cast("Callable[[str, dict[str, str], bytes], bool]", room["is_genuine"])


class TestReceiver:
    def test_believes_what_was_signed_here(self) -> None:
        headers = signed_headers(SECRET, "event-1", BODY, at=datetime.now(UTC))
        assert receiver()(SECRET, headers, BODY)

    def test_believes_nothing_else(self) -> None:
        is_genuine, now = receiver(), datetime.now(UTC)
        headers = signed_headers(SECRET, "event-1", BODY, at=now)
        old = signed_headers(SECRET, "event-1", BODY, at=datetime(2024, 1, 1, tzinfo=UTC))
        assert not is_genuine(SECRET, headers, BODY + b" ")
        assert not is_genuine(SECRET, {**headers, "Webhook-Id": "event-2"}, BODY)
        assert not is_genuine("whsec_" + "A" * 32, headers, BODY)
        assert not is_genuine(SECRET, old, BODY)


class TestAddresses:
    def test_every_address_of_an_example_is_a_route(self) -> None:
        routes = {re.sub(r"{\w+}", "{}", path) for path in re.findall(r"\| `\w+ (/\S*)`", render_routes())}
        named = re.findall(r"\$BASE(/[\w/]+)", PAGE)
        assert len(named) > 5
        for path in named:
            patterns = [each.replace("{}", r"\w+") for each in routes]
            assert any(re.fullmatch(each, path) for each in patterns), path

    def test_every_scope_is_explained(self) -> None:
        assert [scope for scope in TokenScope if f"| `{scope}` |" not in PAGE] == []
