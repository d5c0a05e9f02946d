"""提交材料: files for several deliverables at once, and what the page offers to whom."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.console import ORIGIN, Client, Console
from tests.factories import EXPEDITER, OWNER, create_deliverable, create_evidence, create_person, create_task
from tracker.identity import id_of
from tracker.models import Deliverable, Evidence, EvidenceState
from workflows.task import TaskState

PDF = b"%PDF-1.4\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
TEXTS = ("工作目录", "设备采购资料", "情况说明")


class _Desk:
    """A task that owes three things, and its owner's browser."""

    def __init__(self, console: Console, **task: Any) -> None:
        self.console = console
        self.task = create_task(console.session, **task)
        self.deliverables: list[Deliverable] = [
            create_deliverable(console.session, self.task, text=text) for text in TEXTS
        ]
        self.url = f"/tasks/{self.task.id}"
        self.client = console.as_(OWNER)

    def field(self, place: int) -> str:
        return f"deliverable-{self.deliverables[place].id}"

    def send(self, *files: tuple[str, str, bytes], client: Client | None = None) -> Any:
        """Send files, each in the field of its deliverable, as a browser without scripts does."""
        client = client or self.client
        return client.post(
            f"{self.url}/files",
            data={"csrf": client.csrf or ""},
            files=[(field, (name, content)) for field, name, content in files],
            headers={"Origin": ORIGIN},
        )

    def handed_in(self) -> list[tuple[int, str]]:
        self.console.session.expire_all()
        rows = self.console.session.exec(select(Evidence)).all()
        numbers = {each.id: each.number for each in self.console.session.exec(select(Deliverable)).all()}
        found = sorted((numbers[row.deliverable_id], row.name) for row in rows)
        self.console.session.commit()
        return found


@pytest.fixture
def desk(console: Console) -> _Desk:
    return _Desk(console)


class TestHandInPage:
    def test_it_has_a_field_for_each_deliverable(self, desk: _Desk) -> None:
        page = desk.client.get(f"{desk.url}/hand-in").text

        assert all(f'name="{desk.field(place)}"' in page for place in range(3))
        assert all(text in page for text in TEXTS)

    def test_it_says_why_something_has_to_come_again(self, desk: _Desk) -> None:
        create_evidence(
            desk.console.session,
            desk.deliverables[1],
            state=EvidenceState.REJECTED,
            review_reason="缺少合同附件",
        )
        desk.console.session.commit()

        assert "缺少合同附件" in desk.client.get(f"{desk.url}/hand-in").text

    def test_who_may_not_hand_in_is_told_why(self, desk: _Desk) -> None:
        page = desk.console.as_(EXPEDITER).get(f"{desk.url}/hand-in").text

        assert 'type="file"' not in page
        assert "须由任务责任人提交" in page

    def test_the_workbench_leads_here_where_several_came_back(self, desk: _Desk) -> None:
        for deliverable in desk.deliverables[:2]:
            create_evidence(desk.console.session, deliverable, state=EvidenceState.REJECTED)
        desk.console.session.commit()

        page = desk.client.get("/").text

        assert "2 项成果被退回" in page
        assert f'href="{desk.url}/hand-in?back=/"' in page


class TestHandInSeveral:
    def test_each_file_is_for_the_deliverable_of_its_field(self, desk: _Desk) -> None:
        answer = desk.send(
            (desk.field(0), "目录.pdf", PDF),
            (desk.field(2), "说明一.pdf", PDF + b"1"),
            (desk.field(2), "说明二.pdf", PDF + b"2"),
        )

        assert (answer.status_code, answer.headers["location"]) == (303, f"{desk.url}#deliverables")
        assert desk.handed_in() == [(1, "目录.pdf"), (3, "说明一.pdf"), (3, "说明二.pdf")]

    def test_one_that_is_not_taken_keeps_the_others_out(self, desk: _Desk) -> None:
        answer = desk.send((desk.field(0), "目录.pdf", PDF), (desk.field(1), "采购.html", b"<html>hi</html>"))

        assert answer.status_code == 415
        assert "采购.html" in answer.text
        assert desk.handed_in() == []

    def test_nothing_chosen_is_asked_for(self, desk: _Desk) -> None:
        answer = desk.send((desk.field(0), "", b""))

        assert answer.status_code == 422
        assert "请先选择要提交的文件" in answer.text

    def test_a_field_that_names_no_deliverable_is_refused(self, desk: _Desk) -> None:
        answer = desk.send(("file", "目录.pdf", PDF))

        assert answer.status_code == 422
        assert "没有指明是哪一项成果" in answer.text
        assert desk.handed_in() == []

    def test_a_deliverable_of_another_task_is_not_there(self, desk: _Desk) -> None:
        strange = create_deliverable(desk.console.session, create_task(desk.console.session, title="另一项"))
        desk.console.session.commit()

        answer = desk.send((f"deliverable-{id_of(strange)}", "目录.pdf", PDF))

        assert answer.status_code == 404
        assert desk.handed_in() == []

    def test_who_does_not_own_the_task_hands_nothing_in(self, desk: _Desk) -> None:
        answer = desk.send(
            (desk.field(0), "目录.pdf", PDF),
            client=desk.console.as_(create_person(desk.console.session, EXPEDITER)),
        )

        assert answer.status_code == 409
        assert desk.handed_in() == []

    def test_a_task_that_is_not_under_way_takes_nothing(self, console: Console) -> None:
        desk = _Desk(console, state=TaskState.ISSUED)

        answer = desk.send((desk.field(0), "目录.pdf", PDF))

        assert answer.status_code == 409
        assert "办理中" in answer.text

    def test_a_task_that_asks_for_nothing_takes_nothing(self, console: Console) -> None:
        task = create_task(console.session)
        client = console.as_(OWNER)

        answer = client.post(
            f"/tasks/{task.id}/files",
            data={"csrf": client.csrf or ""},
            files=[("deliverable-1", ("目录.pdf", PDF))],
            headers={"Origin": ORIGIN},
        )

        assert answer.status_code == 409
        assert "没有要求提交成果" in answer.text
