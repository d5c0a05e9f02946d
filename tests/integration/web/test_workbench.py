"""我的工作台: what needs the person today."""

from __future__ import annotations

from tests.console import Console
from tests.factories import create_person, create_task
from workflows.task import TaskState


class TestWorkbench:
    def test_it_asks_who_is_there(self, console: Console) -> None:
        answer = console.anonymous().get("/")

        assert (answer.status_code, answer.headers["location"]) == (303, "/login")

    def test_an_owner_sees_what_waits_to_be_accepted(self, console: Console) -> None:
        create_task(console.session, state=TaskState.ISSUED, title="更新执法装备台账")

        page = console.as_("测试甲").get("/").text

        assert "更新执法装备台账" in page
        assert "签收" in page

    def test_nothing_to_do_is_said_kindly(self, console: Console) -> None:
        page = console.as_(create_person(console.session, "测试闲")).get("/").text

        assert "今天没有等您办的事" in page
