"""Every page, every list with every filter and order, on SQLite and on a real PostgreSQL: a page that one of them cannot
answer is a page that some office cannot open."""

from __future__ import annotations

import pytest

from tests.console import Console
from tests.integration.web.office_of_roles import found_office
from tests.integration.web.test_every_route import ask, calls_of
from tests.integration.web.who_may import WHO_MAY
from tracker.lights import Light
from tracker.queries.ledger_order import LedgerSort
from workflows.task import TaskState

pytestmark = pytest.mark.postgresql
LISTS = ("/tasks", "/tasks.xlsx", "/board", "/month", "/year")
FILTERS = (
    "q=执法",
    "q=不会有的字",
    "person=测试",
    "role=owner",
    "week=2024-W10",
    *(f"state={state.value}" for state in TaskState),
    *(f"light={light.value}" for light in Light),
    *(f"sort={sort.value}" for sort in LedgerSort),
)


@pytest.mark.parametrize("role", ["coordinator", "administrator"])
def test_no_route_fails(console: Console, role: str) -> None:
    office = found_office(console)
    client = office.client(role)
    answers = {
        call.name: ask(client, call).status_code
        for call in calls_of(console, office)
        if role in WHO_MAY.get(call.name, ())
    }

    assert len(answers) > 40
    assert {name: status for name, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("address", LISTS)
def test_every_filter_and_order_of_a_list_is_answered(console: Console, address: str) -> None:
    client = found_office(console).client("coordinator")

    answers = {query: client.get(f"{address}?{query}").status_code for query in FILTERS}

    assert {query: status for query, status in answers.items() if status != 200} == {}
