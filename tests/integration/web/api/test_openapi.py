"""The OpenAPI document: valid, complete, in Chinese, and true of what is answered."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.console import Console
from tests.factories import (
    COORDINATOR,
    LEADER,
    NOON,
    OWNER,
    create_deliverable,
    create_evidence,
    create_extension,
    create_instruction,
    create_milestone,
    create_person,
    create_task,
)
from tests.integration.web.api.conftest import Program
from tests.integration.web.api.test_imports import TABLE
from tests.integration.web.api.test_reports import notify
from tracker.models import Deduction, TaskUnit, TokenScope
from web.access import list_routes, scope_of

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def document(console: Console) -> dict[str, Any]:
    found: dict[str, Any] = console.anonymous().get("/api/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in METHODS
    }


class TestDocument:
    def test_is_valid(self, document: dict[str, Any]) -> None:
        assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []

    def test_describes_every_route_and_no_other(self, console: Console, document: dict[str, Any]) -> None:
        routes = {
            f"{method} {path}" for method, path, _ in list_routes(console.app) if path.startswith("/api/v1")
        }
        assert set(operations(document)) == routes
        assert len(routes) > 25

    def test_every_operation_is_named_in_chinese_and_asks_for_a_token(self, document: dict[str, Any]) -> None:
        for name, operation in operations(document).items():
            assert re.search(r"[一-鿿]", operation["summary"]), name
            assert all(
                re.search(r"[一-鿿]", each["description"]) for each in operation["responses"].values()
            ), name
            assert operation["security"] == [{"token": []}], name
        names = [operation["operationId"] for operation in operations(document).values()]
        assert len(set(names)) == len(names)

    def test_every_error_is_a_problem(self, document: dict[str, Any]) -> None:
        for name, operation in operations(document).items():
            failures = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
            assert {"401", "403", "429", "503"} <= set(failures), name
            for status, answer in failures.items():
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, f"{name} {status}"

    def test_a_write_that_needs_a_version_says_so(self, document: dict[str, Any]) -> None:
        for name, operation in operations(document).items():
            takes = any(each["name"] == "If-Match" for each in operation.get("parameters", []))
            assert takes == ("428" in operation["responses"]) == ("412" in operation["responses"]), name

    def test_it_is_open_to_anybody_and_tells_nothing_of_the_office(self, console: Console) -> None:
        create_task(console.session, title="不该出现的题目")
        console.session.commit()
        assert "不该出现" not in console.anonymous().get("/api/openapi.json").text


READS = [
    "/campaigns",
    "/campaigns/1",
    "/tasks",
    "/tasks/1",
    "/tasks/1/milestones",
    "/tasks/1/deliverables",
    "/tasks/1/transitions",
    "/tasks/1/evidence",
    "/milestones/1",
    "/milestones/1/transitions",
    "/extensions/1",
    "/extensions/1/transitions",
    "/evidence/1",
    "/instructions/1",
    "/reports/scopes",
    "/reports/weekly",
    "/notices",
    "/imports",
    "/imports/1",
]


def furnish(console: Console) -> None:
    """One of everything that a document can hold."""
    session = console.session
    task = create_task(session, score={"kind": "points", "max": 3.0}, seq="2", sub=1, group="装备")
    milestone = create_milestone(session, task)
    create_extension(session, milestone)
    create_evidence(session, create_deliverable(session, task))
    create_instruction(session, task)
    recorder = create_person(session, LEADER)
    assert task.id is not None
    assert recorder.id is not None
    session.add(
        Deduction(
            task_id=task.id,
            on=NOON.date(),
            points=0.2,
            note="发现一次",
            recorded_at=NOON,
            recorded_by_id=recorder.id,
        )
    )
    assert task.lead_unit_id is not None
    session.add(TaskUnit(task_id=task.id, unit_id=task.lead_unit_id))
    notify(console, task, create_person(session, OWNER), 1)


class TestHonesty:
    def test_what_is_answered_is_what_is_described(
        self, console: Console, program: Program, document: dict[str, Any]
    ) -> None:
        furnish(console)
        client = program(COORDINATOR)
        assert client.post("imports?name=a.tsv", content=TABLE.encode()).status_code == 201
        for path in READS:
            answer = client.get(path.lstrip("/"))
            assert answer.status_code == 200, path
            check(document, "GET", path, answer)

    def test_every_read_is_looked_at(self, document: dict[str, Any]) -> None:
        templates = {template_of(document, path) for path in READS}
        binary = {"/api/v1/evidence/{evidence_id}/content", "/api/v1/reports/weekly/files/{kind}"}
        reads = {path for path, item in document["paths"].items() if "get" in item}
        assert reads - binary == templates

    def test_refusals_are_problems_of_statuses_that_were_announced(
        self, console: Console, program: Program, document: dict[str, Any]
    ) -> None:
        furnish(console)
        clients = {
            "nobody": console.anonymous(),
            "scopeless": program(OWNER, [TokenScope.NOTICES_READ]),
            "owner": program(OWNER),
        }
        clients["nobody"].base_url = clients["owner"].base_url
        seen = set()
        for name, operation in operations(document).items():
            method, template = name.split(" ")
            path = re.sub(r"{kind}", "docx", re.sub(r"{\w+_id}", "999", template)).replace(
                "{trigger}", "grant"
            )
            for client in clients.values():
                answer = client.request(method, path.removeprefix("/api/v1/"), json={})
                if answer.status_code >= 400:
                    assert str(answer.status_code) in operation["responses"], f"{name}: {answer.status_code}"
                    check_schema(document, {"$ref": "#/components/schemas/Problem"}, answer.json())
                    seen.add(answer.status_code)
        assert {401, 403, 404, 422} <= seen

    def test_each_scope_opens_something(self, console: Console) -> None:
        scopes = {
            scope_of(route) for _, path, route in list_routes(console.app) if path.startswith("/api/v1")
        }
        assert scopes == set(TokenScope)


def template_of(document: dict[str, Any], path: str) -> str:
    """The path of the document that this one is an example of; one without places wins."""
    full = f"/api/v1{path}"
    if full in document["paths"]:
        return full
    (found,) = [each for each in document["paths"] if re.fullmatch(re.sub(r"{\w+}", r"\\d+", each), full)]
    return str(found)


def check(document: dict[str, Any], method: str, path: str, answer: Any) -> None:
    operation = document["paths"][template_of(document, path)][method.lower()]
    described = operation["responses"][str(answer.status_code)]
    check_schema(document, described["content"]["application/json"]["schema"], answer.json())
    for header in described.get("headers", {}):
        assert header.lower() in answer.headers or header == "Link", f"{path}: {header}"


def check_schema(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": document["components"]}
    errors = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(whole).iter_errors(value)
    ]
    assert errors == [], json.dumps(value, ensure_ascii=False)[:500]
