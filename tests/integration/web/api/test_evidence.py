"""Files and links through the API: handed in by streaming, looked at by who may, never in two minds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from tests.console import Console
from tests.factories import EXPEDITER, OWNER, create_deliverable, create_person, create_task, create_unit
from tests.integration.web.api.conftest import Program
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import Evidence, Task

PDF = b"%PDF-1.4 invented\n%%EOF\n"


@pytest.fixture
def task(console: Console) -> Task:
    task = create_task(console.session)
    create_deliverable(console.session, task)
    create_deliverable(console.session, task, text="设备采购资料")
    return task


def hand_in(client: Any, task: Task, content: Any = PDF, *, name: str = "情况简介.pdf", to: str = "1") -> Any:
    query = "&".join(f"deliverable_id={number}" for number in to.split(","))
    return client.post(f"tasks/{task.id}/evidence?name={name}&{query}", content=content)


def left_behind(console: Console) -> list[Path]:
    return [path for path in (console.house.store.root / "incoming").glob("*") if path.is_file()]


class TestHandingIn:
    def test_one_file_serves_several_deliverables_and_comes_back_as_it_was(
        self, console: Console, program: Program, task: Task
    ) -> None:
        client = program(OWNER)
        answer = hand_in(client, task, to="1,2")
        assert answer.status_code == 201
        handed_in = answer.json()["evidence"]
        assert [each["deliverable_id"] for each in handed_in] == [1, 2]

        content = client.get(f"evidence/{handed_in[0]['id']}/content")
        assert content.content == PDF
        assert content.headers["content-type"] == "application/pdf"
        assert content.headers["content-disposition"].startswith("attachment; filename*=utf-8''")
        assert "sandbox" in content.headers["content-security-policy"]
        part = client.get(f"evidence/{handed_in[0]['id']}/content", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, b"%PDF")

    def test_a_large_file_comes_in_piece_by_piece(
        self, console: Console, program: Program, task: Task
    ) -> None:
        def pieces() -> Iterator[bytes]:
            yield PDF
            for _ in range(100):
                yield b"\0" * 65536

        answer = hand_in(program(OWNER), task, pieces())
        assert answer.status_code == 201
        sha256 = answer.json()["evidence"][0]["sha256"]
        assert console.house.store.path_of(sha256).stat().st_size == len(PDF) + 100 * 65536
        assert left_behind(console) == []

    def test_too_much_is_refused_and_leaves_nothing(
        self, console: Console, program: Program, task: Task
    ) -> None:
        store = EvidenceStore(console.house.store.root, max_bytes=1000)
        object.__setattr__(console.house, "store", store)
        client = program(OWNER)

        def pieces() -> Iterator[bytes]:
            yield PDF
            yield b"\0" * 3_000_000

        declared, streamed = hand_in(client, task, PDF + b"\0" * 1000), hand_in(client, task, pieces())
        assert (declared.status_code, streamed.status_code) == (413, 413)
        assert left_behind(console) == []
        assert console.session.exec(select(Evidence)).all() == []

    def test_an_upload_that_breaks_off_leaves_nothing(
        self, console: Console, program: Program, task: Task
    ) -> None:
        bearer = program(OWNER).headers["Authorization"]
        messages = iter(
            [
                {"type": "http.request", "body": PDF + b"\0" * 2_000_000, "more_body": True},
                {"type": "http.disconnect"},
            ]
        )
        sent = []

        async def receive() -> Any:
            return next(messages)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": f"/api/v1/tasks/{task.id}/evidence",
            "raw_path": f"/api/v1/tasks/{task.id}/evidence".encode(),
            "query_string": b"name=a.pdf&deliverable_id=1",
            "headers": [(b"authorization", bearer.encode()), (b"host", b"console.test")],
            "client": ("192.0.2.1", 1234),
            "server": ("console.test", 80),
        }
        asyncio.run(console.answer(scope, receive, send))

        assert sent[0]["status"] == 400
        assert left_behind(console) == []
        assert console.session.exec(select(Evidence)).all() == []

    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("程序.pdf", b"MZ\x90\x00" + b"\0" * 64),
            ("空.pdf", b""),
            ("网页.html", b"<script>alert(1)</script>"),
        ],
    )
    def test_a_kind_that_is_not_taken_is_refused_and_leaves_nothing(
        self, console: Console, program: Program, task: Task, name: str, content: bytes
    ) -> None:
        answer = hand_in(program(OWNER), task, content, name=name)
        assert answer.status_code == 415
        assert left_behind(console) == []

    def test_it_is_for_a_deliverable_of_the_task_that_one_sees(
        self, console: Console, program: Program, task: Task
    ) -> None:
        other = create_task(console.session, title="另一项")
        foreign = create_deliverable(console.session, other)
        create_person(console.session, "测试外人", unit_id=create_unit(console.session, "测试二科").id)
        assert hand_in(program(OWNER), task, to=str(foreign.id)).status_code == 404
        assert hand_in(program("测试外人"), task).status_code == 404
        assert hand_in(program(EXPEDITER), task).status_code == 409
        assert left_behind(console) == []

    def test_a_link_takes_the_place_of_a_file(self, console: Console, program: Program, task: Task) -> None:
        client = program(OWNER)
        body = {"deliverable_ids": [1], "link": "https://oa.example.org/9", "name": "情况说明"}
        answer = client.post(f"tasks/{task.id}/evidence/links", json=body)
        number = answer.json()["evidence"][0]["id"]
        assert answer.status_code == 201
        assert client.get(f"evidence/{number}/content").status_code == 404
        bad = client.post(f"tasks/{task.id}/evidence/links", json=body | {"link": "javascript:alert(1)"})
        assert bad.status_code == 422


class TestReviewing:
    @pytest.mark.postgresql
    def test_the_reviewer_accepts_what_he_looked_at(
        self, console: Console, program: Program, task: Task
    ) -> None:
        number = hand_in(program(OWNER), task).json()["evidence"][0]["id"]
        client, path = program(EXPEDITER), f"evidence/{number}"
        tag = client.get(path).headers["etag"]
        assert client.post(f"{path}/transitions/accept", json={}).status_code == 428
        accepted = client.post(f"{path}/transitions/accept", json={}, headers={"If-Match": tag})
        rejected = client.post(
            f"{path}/transitions/reject", json={"reason": "没有盖章"}, headers={"If-Match": tag}
        )
        assert accepted.json()["state"] == "accepted"
        assert rejected.status_code == 412
        assert program(OWNER).get(f"tasks/{task.id}/evidence").json()["evidence"][0]["state"] == "accepted"

    def test_what_is_hidden_is_not_there(self, console: Console, program: Program, task: Task) -> None:
        number = hand_in(program(OWNER), task).json()["evidence"][0]["id"]
        create_person(console.session, "测试外人", unit_id=create_unit(console.session, "测试二科").id)
        client = program("测试外人")
        assert client.get(f"evidence/{number}").status_code == 404
        assert client.get(f"evidence/{number}/content").status_code == 404
        refused = client.post(f"evidence/{number}/transitions/accept", json={}, headers={"If-Match": "*"})
        assert refused.status_code == 404
        assert console.session.get_one(Evidence, number).state.value == "submitted"
        assert id_of(task) not in [each["id"] for each in client.get("tasks").json()["tasks"]]
