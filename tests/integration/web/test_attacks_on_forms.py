"""Forged and hostile forms: sent by other sites, without their token, too large, with fields that nobody offered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import func, select

from tests.console import ORIGIN, Client, Console
from tests.factories import create_person, create_task
from tests.integration.web.office_of_roles import Office, found_office
from tests.integration.web.test_every_route import Call, calls_of
from tracker.models import AuditEvent, Person, StoredFile
from web.access import Who, list_routes, rule_of
from workflows.task import TaskState

# Who fills in which form, so that the form's token is all that is wrong.
ROLE_OF = {Who.ADMINISTRATOR: "administrator", Who.COORDINATOR: "coordinator", Who.SIGNED_IN: "owner"}
FORGED: dict[str, tuple[dict[str, str | None], dict[str, str]]] = {
    "without a token": ({}, {"Origin": ORIGIN}),
    "with the token of another session": ({"csrf": "csrf-of-999"}, {"Origin": ORIGIN}),
    "from another site": ({"csrf": None}, {"Origin": "http://evil.example"}),
    "from a page without an address": ({"csrf": None}, {"Origin": "null"}),
    "from an address that is none": ({"csrf": None}, {"Origin": "http://["}),
    "from a site beside ours": ({"csrf": None}, {"Origin": ORIGIN, "Sec-Fetch-Site": "same-site"}),
}


def forms_of(console: Console, office: Office) -> list[tuple[Call, str]]:
    """Every form behind the door, with a role that may use it."""
    rules = {f"{method} {path}": rule_of(route) for method, path, route in list_routes(console.app)}
    found = []
    for call in calls_of(console, office):
        role = next((ROLE_OF[each] for each in ROLE_OF if each in rules[call.name]), None)
        if call.method == "POST" and role and call.template != "/demo/clock":
            found.append((call, role))
    return found


def count_events(console: Console) -> int:
    console.session.rollback()
    return console.session.exec(select(func.count()).select_from(AuditEvent)).one()


class TestForgedForms:
    @pytest.mark.parametrize("how", FORGED)
    def test_no_form_does_anything(self, console: Console, how: str) -> None:
        office = found_office(console)
        fields, headers = FORGED[how]
        before, taken = count_events(console), []
        clients = {role: office.client(role) for role in ROLE_OF.values()}
        forms = forms_of(console, office)
        for call, role in forms:
            client = clients[role]
            data = {name: value or client.csrf for name, value in fields.items()}
            answer = client.post(call.path, data=data, headers=headers)
            # a form for files says first that it is none, or that none are taken in
            if answer.status_code != 403 and not (
                answer.status_code in (409, 415) and call.path.endswith("/files")
            ):
                taken.append(f"{call.name}: {answer.status_code}")

        assert len(forms) > 60
        assert taken == []
        assert count_events(console) == before

    @pytest.mark.parametrize(
        "kind", ["application/json", "text/plain", "multipart/form-data; boundary=x", ""]
    )
    def test_other_kinds_of_bodies_carry_no_token(self, console: Console, kind: str) -> None:
        """A page of another site can send these without asking first; to read the token it would have to ask."""
        client = console.as_("测试甲")
        body = f'{{"csrf": "{client.csrf}", "theme": "dark"}}&csrf={client.csrf}&theme=dark'

        answer = client.post("/me/theme", content=body, headers={"Content-Type": kind, "Origin": ORIGIN})

        assert answer.status_code == 403

    def test_a_token_in_the_address_is_none(self, console: Console) -> None:
        client = console.as_("测试甲")

        answer = client.post(f"/me/theme?csrf={client.csrf}&theme=dark", headers={"Origin": ORIGIN})

        assert answer.status_code == 403

    def test_what_is_only_looked_at_changes_nothing(self, console: Console) -> None:
        office = found_office(console)
        before = count_events(console)
        for role in ("owner", "coordinator", "administrator", "auditor"):
            client = office.client(role)
            for call in calls_of(console, office):
                if call.method == "GET":
                    client.get(call.path)

        assert count_events(console) == before

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
    def test_other_methods_do_nothing(self, console: Console, method: str) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        client = console.as_("测试甲")

        answer = client.request(
            method,
            f"/tasks/{task.id}/accept",
            headers={"X-CSRF-Token": client.csrf or "", "X-HTTP-Method-Override": "POST"},
        )
        tunnelled = client.get(f"/tasks/{task.id}/accept", headers={"X-HTTP-Method-Override": "POST"})

        assert (answer.status_code, tunnelled.status_code) == (405, 405)

    def test_a_file_is_not_taken_in_before_its_form_is_known_to_be_ours(self, console: Console) -> None:
        office = found_office(console)
        client = office.client("owner")
        path = f"/tasks/{office.places['task_id']}/deliverables/{office.places['deliverable_id']}/files"
        file = {"file": ("说明.txt", "有内容".encode())}

        without = client.post(path, files=file, headers={"Origin": ORIGIN})
        foreign = client.post(
            path, files=file, headers={"Origin": "http://evil.example", "X-CSRF-Token": client.csrf or ""}
        )
        late = {"file": file["file"], "csrf": (None, (client.csrf or "").encode())}
        too_late = client.post(path, files=late, headers={"Origin": ORIGIN})

        assert [without.status_code, foreign.status_code, too_late.status_code] == [403, 403, 403]
        assert console.session.exec(select(StoredFile)).all() == []
        assert not any(path.is_file() for path in console.house.store.root.rglob("*"))


class TestFieldsThatNobodyOffered:
    def test_nobody_makes_himself_an_administrator(self, console: Console) -> None:
        client = console.as_("测试甲")
        fields = {"email": "jia@example.org", "is_administrator": "1", "person_id": "1", "name": "别名"}

        client.submit("/me/address", fields)

        person = console.session.exec(select(Person).where(Person.name == "测试甲")).one()
        assert not person.is_administrator

    def test_a_coordinator_makes_nobody_an_administrator(self, console: Console) -> None:
        office = found_office(console)
        client, owner = office.client("coordinator"), office.people["owner"]

        created = client.submit("/admin/people", {"name": "测试新", "is_administrator": "1"})
        client.submit(f"/admin/people/{owner.id}", {"name": owner.name, "is_administrator": "1"})

        assert created.status_code == 409
        console.session.expire_all()
        assert not console.session.get_one(Person, owner.id).is_administrator

    def test_programs_cannot_add_fields_either(self, console: Console) -> None:
        office = found_office(console)
        program = office.program("leader")
        body = {"text": "请抓紧", "leader_id": 1, "acknowledged_at": "2024-01-01T00:00:00Z"}

        answer = program.post(f"/api/v1/tasks/{office.places['task_id']}/instructions", json=body)

        assert answer.status_code == 422
        assert {each["pointer"] for each in answer.json()["errors"]} == {"#/leader_id", "#/acknowledged_at"}

    def test_nobody_acts_for_a_leader_but_a_coordinator(self, console: Console) -> None:
        """代录: the field names a leader; who may enter his decision is asked by the service."""
        office = found_office(console)
        leader = str(office.people["leader"].id)
        before = count_events(console)
        for role in ("owner", "expediter", "colleague", "auditor"):
            answer = office.client(role).submit(
                f"/tasks/{office.places['task_id']}/suspend", {"reason": "等待", "recorded_for": leader}
            )
            assert answer.status_code == 409, role

        assert count_events(console) == before


class TestHostileBodies:
    def _send(self, client: Client, body: bytes) -> int:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN}
        return int(client.post("/me/address", content=body, headers=headers).status_code)

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (b"csrf=%s&email=" + b"x" * (1 << 20), 413),
            (b"csrf=%s&" + b"&".join(b"f%d=1" % number for number in range(6000)), 400),
            (b"csrf=%s&email=%ED%A0%80", 400),  # half a character
            (b"csrf=%s&email=%FF%FE", 400),
            (b"csrf=%s&email=a%00b@example.org", 400),
            (b"csrf=%s&email=a%0D%0ABcc:x@example.org", 422),
            (b"csrf=%s&email=a%C2%85b@example.org", 422),
            (b"csrf=%s&email=%E2%80%AEgro.elpmaxe@x", 422),  # turns the text around
        ],
    )
    def test_they_are_refused_with_a_word(self, console: Console, body: bytes, status: int) -> None:
        client = console.as_("测试甲")

        assert self._send(client, body.replace(b"%s", (client.csrf or "").encode())) == status

    def test_half_characters_in_json_are_refused_with_a_word(self, console: Console) -> None:
        office = found_office(console)
        path = f"/api/v1/tasks/{office.places['task_id']}/urge"
        for body in (
            b'{"text": "\\ud800"}',
            b'{"text": "a\\u0000b"}',
            b"\xff",
            b"[" * 100_000,
            b'{"text": 1e999}',
        ):
            answer = office.program("leader").post(
                path, content=body, headers={"Content-Type": "application/json"}
            )
            assert answer.status_code in (400, 422), body[:20]

    def test_a_body_that_is_larger_than_announced_is_cut_off(self, console: Console) -> None:
        def endless() -> Any:
            for _ in range(50):
                yield b"x" * (1 << 20)

        answer = console.as_("测试甲").post(
            "/me/address",
            content=endless(),
            headers={"Content-Type": "application/x-www-form-urlencoded", "Origin": ORIGIN},
        )

        assert answer.status_code == 413


HOSTILE_QUERIES = (
    "week=9999-W52",
    "week=0001-W01",
    "due=0001-01-01",
    "due=9999-12-31",
    "page=99999999999999999999",
    "before=99999999999999999999",
    "q=%00",
    "year=99999",
    "kind=%ED%A0%80",
)


class TestHostileAddresses:
    """Whatever stands in an address: a page, or a refusal with a word, and never an error of ours."""

    def test_what_is_asked_for(self, console: Console) -> None:
        office, failed = found_office(console), []
        role_of = {"/admin/ac": "administrator", "/admin/au": "auditor"}
        clients = {role: office.client(role) for role in ("administrator", "auditor", "coordinator")}
        for call in calls_of(console, office):
            if call.method != "GET" or "{" in call.template:
                continue
            client = clients[role_of.get(call.template[:9], "coordinator")]
            asked = [f"{call.path}?{query}" for query in HOSTILE_QUERIES]
            failed += [address for address in asked if client.get(address).status_code >= 500]

        assert failed == []

    @pytest.mark.parametrize("goal", ["//[", "//%5B", "http://["])
    def test_what_comes_after_signing_in(self, console: Console, goal: str) -> None:
        assert console.anonymous().get("/login", params={"next": goal}).status_code == 200

    @pytest.mark.parametrize(
        "place",
        ["0", "-1", "99999999999999999999", "9223372036854775808", "%00", "..%2f..", "%EF%BC%91", "x"],
    )
    def test_what_is_not_there(self, console: Console, place: str) -> None:
        office, wrong = found_office(console), []
        clients = {role: office.client(role) for role in ("coordinator", "administrator")}
        hostile = dict.fromkeys(office.places, place)
        for call in calls_of(console, Office(office.console, office.people, office.task, hostile)):
            if "{" not in call.template:
                continue
            for client in clients.values():
                answer = client.request(
                    call.method,
                    call.path,
                    headers={"Origin": ORIGIN, "X-CSRF-Token": client.csrf or ""},
                )
                if answer.status_code not in (400, 403, 404, 405, 415, 422):
                    wrong.append(f"{call.method} {call.path}: {answer.status_code}")

        assert wrong == []


class TestOtherSites:
    @pytest.mark.parametrize(
        "back",
        [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/\t/evil.example",
            "javascript:1",
            "//[",
        ],
    )
    def test_no_form_leads_to_one(self, console: Console, back: str) -> None:
        client = console.as_("测试甲")

        answer = client.submit("/me/theme", {"theme": "dark", "back": back})

        assert answer.headers["location"].startswith("/me")

    @pytest.mark.parametrize("goal", ["//evil.example", "/\\evil.example", "//[", "https:evil.example"])
    def test_no_link_to_the_sign_in_page_leads_to_one(self, console: Console, goal: str) -> None:
        answer = console.as_("测试甲").get("/login", params={"next": goal})

        assert answer.headers["location"] == "/"

    @pytest.mark.parametrize(
        "page", ["http://[", "http://console.test//evil.example", "http://console.test@evil.example/", "x"]
    )
    def test_no_form_goes_back_to_a_page_that_is_not_ours(self, console: Console, page: str) -> None:
        client = console.as_("测试甲")
        headers = {"Origin": ORIGIN, "Referer": page}

        answer = client.post("/me/theme", data={"csrf": client.csrf, "theme": "dark"}, headers=headers)

        assert (answer.status_code, answer.headers["location"]) == (303, "/me")

    def test_the_page_that_a_refusal_leads_back_to_is_ours(self, console: Console) -> None:
        client = console.as_("测试甲")
        headers = {"Origin": ORIGIN, "Referer": "http://evil.example/page"}

        answer = client.post("/me/theme", data={"csrf": client.csrf, "theme": "x"}, headers=headers)

        assert answer.status_code == 422
        assert "evil.example" not in answer.text

    def test_nothing_is_shared_with_other_sites(self, console: Console) -> None:
        answer = console.as_("测试甲").get("/", headers={"Origin": "http://evil.example"})

        assert "access-control-allow-origin" not in answer.headers

    def test_a_host_that_somebody_invented_is_repeated_nowhere(self, console: Console) -> None:
        create_person(console.session)
        client = console.as_("测试甲")
        pages: list[Callable[[], Any]] = [
            lambda: client.get("/", headers={"Host": "evil.example"}),
            lambda: client.get(
                "/nowhere", headers={"Host": "evil.example", "Referer": "http://evil.example/"}
            ),
            lambda: console.anonymous().get("/tasks", headers={"Host": "evil.example"}),
            lambda: console.anonymous().get("/tasks/", headers={"Host": "evil.example"}),
            lambda: console.anonymous().post("/login/", headers={"Host": "evil.example"}),
        ]
        for ask in pages:
            answer = ask()
            assert "evil.example" not in answer.text + answer.headers.get("location", "")
