"""What was refused is on record: who, from where, which route, how often; and nobody learns from it what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import col, select

from tests.console import ORIGIN, Console
from tests.factories import create_campaign, create_person
from tests.integration.web.office_of_roles import Office, create_auditor, found_office
from tracker.errors import NotFound
from tracker.identity import id_of
from tracker.models import AccessKind, AccessRecord, Account, TokenScope
from web.refusal_record import HIDDEN

REFUSALS = {
    AccessKind.ACCESS_REFUSED,
    AccessKind.OBJECT_REFUSED,
    AccessKind.FORM_REFUSED,
    AccessKind.INVITE_REFUSED,
    AccessKind.REQUEST_THROTTLED,
}


def refusals(console: Console) -> list[tuple[AccessKind, str, int]]:
    return [(row.kind, row.route, row.times) for row in rows(console)]


def rows(console: Console) -> list[AccessRecord]:
    found = console.look(select(AccessRecord).order_by(col(AccessRecord.id)))
    return [row for row in found if row.kind in REFUSALS]


def person_of(console: Console, row: AccessRecord) -> int:
    [person_id] = console.look(select(Account.person_id).where(col(Account.id) == row.account_id))
    return int(person_id)


@pytest.fixture
def office(console: Console) -> Office:
    """Before the tests look at it: what founding it was refused is not theirs."""
    return found_office(console)


class TestWhatIsRecorded:
    def test_a_page_of_others(self, console: Console, office: Office) -> None:
        client = office.client("owner")
        for _ in range(3):
            client.get("/admin/audit")

        assert refusals(console) == [(AccessKind.ACCESS_REFUSED, "GET /admin/audit", 3)]
        [row] = rows(console)
        assert (row.login_name, row.address) == (f"u{office.people['owner'].id}", "testclient")
        assert person_of(console, row) == office.people["owner"].id

    @pytest.mark.parametrize(
        ("method", "template"),
        [
            ("GET", "/tasks/{task_id}"),
            ("POST", "/tasks/{task_id}/comments"),
            ("GET", "/imports/{import_id}/rows"),
            ("GET", "/notices/letters/{letter_id}"),
            ("GET", "/reports/sent/{report_id}"),
            ("POST", "/me/tokens/{token_id}/revoke"),
            ("POST", "/me/devices/{session_id}/end"),
            ("POST", "/views/{view_id}/delete"),
            ("POST", "/instructions/{instruction_id}/acknowledge"),
        ],
    )
    def test_an_object_that_is_hidden_and_none_that_is_not_there(
        self, console: Console, office: Office, method: str, template: str
    ) -> None:
        client = office.client("other coordinator" if "/imports/" in template else "outsider")

        hidden = ask(client, method, template, office.places)
        missing = ask(client, method, template, dict.fromkeys(office.places, 987654))

        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert hidden.text.replace(ORIGIN, "").count("987654") == 0
        [(kind, route, times)] = refusals(console)
        assert (kind, times) == (AccessKind.OBJECT_REFUSED, 1)
        assert route.replace(":int", "") == f"{method} {template}"

    def test_what_a_program_asked_for_beyond_its_scope_and_sight(
        self, console: Console, office: Office
    ) -> None:
        office.client("outsider")  # has an account
        program = office.program("outsider", (TokenScope.TASKS_READ,))

        program.get(f"/api/v1/tasks/{office.task.id}")
        program.get("/api/v1/notices")

        assert sorted(kind for kind, _, _ in refusals(console)) == [
            AccessKind.ACCESS_REFUSED,
            AccessKind.OBJECT_REFUSED,
        ]
        assert {person_of(console, row) for row in rows(console)} == {office.people["outsider"].id}

    def test_a_form_that_was_not_ours(self, console: Console) -> None:
        client = console.as_("测试甲")
        client.post("/me/theme", data={"theme": "dark"})
        console.anonymous().post("/login", data={}, headers={"Origin": "http://evil.example"})

        assert refusals(console) == [
            (AccessKind.FORM_REFUSED, "POST /me/theme", 1),
            (AccessKind.FORM_REFUSED, "POST /login", 1),
        ]
        assert [row.login_name for row in rows(console)][1] == "（未登录）"

    def test_wrong_one_time_codes_but_not_the_codes(self, console: Console) -> None:
        for number in range(4):
            console.anonymous().post(
                "/invite", data={"code": f"AAAAA-{number}", "password": "x" * 12, "again": "x" * 12}
            )

        assert refusals(console) == [(AccessKind.INVITE_REFUSED, "POST /invite", 4)]
        assert "AAAAA" not in str(rows(console)[0].model_dump())

    def test_requests_that_came_too_often(self, console: Console) -> None:
        program = console.anonymous()
        program.headers["Authorization"] = "Bearer dbt_nonsense"
        for _ in range(32):
            last = program.get("/api/v1/tasks")

        assert last.status_code == 429
        assert refusals(console) == [(AccessKind.REQUEST_THROTTLED, "GET /api/v1/tasks", 2)]


class TestWhatIsNot:
    def test_what_is_not_there_and_what_is_ones_own(self, console: Console, office: Office) -> None:
        client = office.client("owner")

        for path in ("/nowhere", "/tasks/987654", f"/tasks/{office.task.id}", "/calendar/secret.ics"):
            client.get(path)
        client.get(f"/tasks/{office.task.id}/package")  # none was built

        assert refusals(console) == []

    def test_that_somebody_was_not_signed_in(self, console: Console) -> None:
        console.anonymous().get("/tasks")

        assert refusals(console) == []

    def test_every_kind_of_object_is_looked_for_or_hidden_from_nobody(self) -> None:
        hidden_from_nobody = {
            "AccountNotFound",
            "ContentNotFound",
            "DeliveryNotFound",
            "PersonNotFound",
            "ScopeNotFound",
            "UnitNotFound",
            "WebhookNotFound",
        }

        kinds = {kind.__name__ for kind in all_below(NotFound)}

        assert kinds == {kind.__name__ for kind in HIDDEN} | hidden_from_nobody


class TestShowing:
    def test_auditors_read_route_and_count(self, console: Console) -> None:
        campaign = create_campaign(console.session)
        auditor = create_person(console.session, "测试审")
        create_auditor(console, id_of(campaign), auditor)
        reader = console.as_(auditor)
        stranger = console.as_("测试甲")
        for _ in range(2):
            stranger.get("/admin/audit")

        page = reader.get("/admin/access?kind=access_refused").text

        assert "没有权限，被拒绝" in page
        assert "GET /admin/audit" in page
        assert "这一小时内 2 次" in page


def ask(client: Any, method: str, template: str, places: dict[str, Any]) -> Any:
    path = template.format(**places)
    return client.get(path) if method == "GET" else client.submit(path, {"text": "x"})


def all_below(kind: type[NotFound]) -> Iterator[type[NotFound]]:
    for each in kind.__subclasses__():
        yield each
        yield from all_below(each)
