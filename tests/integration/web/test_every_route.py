"""All routes × all roles, from the route table itself: a route that is not in the table fails.

The table (`who_may`) is written by hand, not taken from the routes: what a route says of itself is what is being
tested. Whoever is not admitted gets the sign-in page (303 or 401), 403, or 404 like something that is not there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from sqlmodel import func, select

from tests.console import ORIGIN, Client, Console
from tests.e2e.browser.screens import NO_SCREENS, SCREENS
from tests.integration.web.office_of_roles import ROLES, Office, found_office
from tests.integration.web.who_may import WHO_MAY
from tracker.models import AuditEvent
from web.access import list_routes

REFUSED = {401, 403, 404}
# These end what others ask for, so they come last.
_ENDS = ("discard", "delete", "remove", "revoke", "end", "deactivate", "merge")
_ENDS_ALL = ("end-others", "logout")


@dataclass(frozen=True)
class Call:
    """One route with every place in its path filled."""

    method: str
    template: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def order(self) -> tuple[int, str, str]:
        rank = 2 if self.template.endswith(_ENDS_ALL) else self.template.endswith(_ENDS)
        return rank, self.template, self.method


def fill(template: str, places: Mapping[str, Any]) -> str:
    return re.sub(r"{(\w+)(?::\w+)?}", lambda found: str(places[found.group(1)]), template)


def is_admitted(call: Call, answer: Any) -> bool:
    """What is answered otherwise than by keeping somebody out; an error of ours admits nobody, and fails the test."""
    assert answer.status_code < 500, f"{call.name}: {answer.status_code}"
    if answer.status_code in REFUSED:
        return False
    is_sent_to_sign_in = answer.headers.get("location", "").startswith("/login?")
    return not is_sent_to_sign_in and (answer.headers.get("location") != "/login" or call.path != "/")


def ask(client: Client, call: Call) -> Any:
    if call.method == "GET":
        return client.get(call.path)
    headers = {"Origin": ORIGIN}
    if call.path.endswith("/files"):  # a form with a file, which is how this one comes
        headers["X-CSRF-Token"] = client.csrf or ""
        return client.post(call.path, files={"file": ("说明.txt", b"text")}, headers=headers)
    return client.request(call.method, call.path, data={"csrf": client.csrf or ""}, headers=headers)


def calls_of(console: Console, office: Office) -> Iterator[Call]:
    calls = [
        Call(method, template, fill(template, office.places))
        for method, template, _ in list_routes(console.app)
        if not template.startswith("/api/v1/")
    ]
    return iter(sorted(calls, key=lambda call: call.order))


class TestEveryPage:
    def test_every_route_has_a_row(self, console: Console) -> None:
        routes = {
            f"{method} {path}"
            for method, path, _ in list_routes(console.app)
            if not path.startswith("/api/v1/")
        }
        assert len(routes) > 100

        assert routes - WHO_MAY.keys() == set(), "routes without a row"
        assert WHO_MAY.keys() - routes == set(), "rows without a route"

    def test_every_page_is_looked_at_in_a_browser(self, console: Console) -> None:
        routes = {
            path
            for method, path, _ in list_routes(console.app)
            if method == "GET" and not path.startswith("/api/v1/")
        }

        assert routes - SCREENS.keys() - NO_SCREENS.keys() == set(), "pages that nobody looks at"
        assert (SCREENS.keys() | NO_SCREENS.keys()) - routes == set(), "visits to what is not there"
        assert SCREENS.keys() & NO_SCREENS.keys() == set()

    def test_what_is_no_page_needs_no_look(self, console: Console) -> None:
        office = found_office(console)
        for template in NO_SCREENS:
            answer = office.client("coordinator").get(fill(template, office.places))
            is_page = answer.status_code == 200 and "text/html" in answer.headers.get("content-type", "")
            assert not is_page, template

    @pytest.mark.parametrize("role", ROLES)
    def test_each_role_is_admitted_where_it_should_be_and_nowhere_else(
        self, console: Console, role: str
    ) -> None:
        office = found_office(console)
        wrong = []
        for call in calls_of(console, office):
            answer = ask(office.client(role), call)
            if is_admitted(call, answer) is not (role in WHO_MAY.get(call.name, ())):
                wrong.append(f"{call.name}: {answer.status_code}")

        assert wrong == []

    def test_somebody_who_left_is_a_stranger_everywhere(self, console: Console) -> None:
        office = found_office(console)
        client = office.client("coordinator")
        office.people["coordinator"].is_active = False
        console.session.add(office.people["coordinator"])
        console.session.commit()

        admitted = {call.name for call in calls_of(console, office) if is_admitted(call, ask(client, call))}

        assert admitted == {name for name, roles in WHO_MAY.items() if "anonymous" in roles}

    @pytest.mark.parametrize("role", ["anonymous", "coordinator", "administrator", "outsider"])
    def test_head_is_answered_as_get_without_a_body(self, console: Console, role: str) -> None:
        office = found_office(console)
        client = office.client(role)
        wrong = []
        for call in calls_of(console, office):
            if call.method != "GET":
                continue
            got, asked = client.get(call.path), client.head(call.path)
            if asked.content or told_of(asked) != told_of(got):
                wrong.append(f"{call.template}: {told_of(asked)} for {told_of(got)}")

        assert wrong == []


def told_of(answer: Any) -> tuple[int, str | None, str | None]:
    """What a monitor goes by."""
    return answer.status_code, answer.headers.get("content-type"), answer.headers.get("location")


OWN_TRIGGERS = {"/milestones/": "report", "/extensions/": "grant", "/tasks/": "submit"}


def programs_calls(console: Console, office: Office) -> Iterator[Call]:
    """Every route of the API that names one object, with each place filled."""
    for method, template, _ in list_routes(console.app):
        if template.startswith("/api/v1/") and "_id}" in template:
            trigger = next((OWN_TRIGGERS[part] for part in OWN_TRIGGERS if part in template), "")
            yield Call(method, template, fill(template, {**office.places, "trigger": trigger}))


def ask_as_program(client: Client, call: Call) -> Any:
    headers = {"If-Match": '"0"'}
    if call.method == "POST" and call.template.endswith("/evidence"):
        address = f"{call.path}?name=a.txt&deliverable_id=1"
        return client.post(address, content=b"text", headers=headers)
    bodies = {
        "/extensions": {"to_due_on": "2024-07-31", "reason": "设备到货推迟"},
        "/links": {"deliverable_ids": [1], "link": "https://oa.example.org/2", "name": "说明"},
        "/urge": {"text": "请抓紧"},
        "/instructions": {"text": "请抓紧"},
    }
    body = next((bodies[end] for end in bodies if call.template.endswith(end)), {})
    return client.request(
        call.method, call.path, json=body if call.method == "POST" else None, headers=headers
    )


class TestEveryProgram:
    """A token opens what its person sees, and nothing else is there. Scopes are walked in api/test_tokens.py."""

    @pytest.mark.parametrize("role", ["outsider", "other coordinator", "other auditor"])
    def test_the_objects_of_others_are_not_there(self, console: Console, role: str) -> None:
        office = found_office(console)
        program, events = office.program(role), select(func.count()).select_from(AuditEvent)
        before = console.session.exec(events).one()
        console.session.rollback()

        calls = list(programs_calls(console, office))
        found = [
            f"{call.name}: {answer.status_code}"
            for call in calls
            if (answer := ask_as_program(program, call)).status_code != 404
        ]

        assert len(calls) > 20
        assert found == []
        assert console.session.exec(events).one() == before

    @pytest.mark.parametrize("role", ["owner", "leader", "colleague", "auditor"])
    def test_what_somebody_sees_is_there(self, console: Console, role: str) -> None:
        office = found_office(console)
        program = office.program(role)
        hidden = [
            f"{call.name}: {answer.status_code}"
            for call in programs_calls(console, office)
            if "/imports/" not in call.template
            and not call.template.endswith("/content")  # a link has none
            and ("/campaigns/" not in call.template or role == "auditor")
            and (answer := ask_as_program(program, call)).status_code in REFUSED
        ]

        assert hidden == []

    def test_nobody_is_anybody_without_a_token(self, console: Console) -> None:
        office = found_office(console)
        answers = {
            ask_as_program(console.anonymous(), call).status_code for call in programs_calls(console, office)
        }

        assert answers == {401}
