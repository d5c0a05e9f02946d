"""Two people act on one task at once: the second is told what the first did, and loses nothing that he typed."""

from __future__ import annotations

import re

from tests.console import Client, Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_milestone,
    create_part,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.models import Task
from workflows.roles import Role
from workflows.task import TaskState


def seen_on(page: str) -> dict[str, str]:
    """The hidden fields of the page's forms that say what it showed."""
    return {
        name: re.search(rf'class="renewed-{name}" name="{name}" value="(\d+)"', page).group(1)  # type: ignore[union-attr]
        for name in ("version", "seen")
    }


def open_page(client: Client, task: Task) -> dict[str, str]:
    return seen_on(client.get(f"/tasks/{task.id}").text)


def task_now(console: Console, task: Task) -> Task:
    """The task as it is now; the test keeps no lock."""
    console.session.expire_all()
    found = console.session.get_one(Task, id_of(task))
    console.session.commit()
    return found


class TestTwoAtOneTask:
    def test_the_second_is_told_what_the_first_did(self, console: Console) -> None:
        # given two people who look at the same page
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        leader, coordinator = console.as_(LEADER), console.as_(COORDINATOR)
        first, second = open_page(leader, task), open_page(coordinator, task)

        # when the first rejects and the second then cancels
        leader.submit(f"/tasks/{task.id}/reject", {**first, "reason": "缺少验收单"})
        answer = coordinator.submit(
            f"/tasks/{task.id}/cancel", {**second, "reason": "任务合并到第9项"}, is_htmx=True
        )

        # then the second is told, nothing has moved, and his page's forms are against the version of now
        assert answer.status_code == 409
        assert f"{LEADER}　驳回：缺少验收单" in answer.text
        renewed = dict(
            re.findall(r'name="(\w+)" value="(\d+)" hx-swap-oob="outerHTML:\.renewed-\w+"', answer.text)
        )
        assert renewed.keys() == {"version", "seen"}
        assert task_now(console, task).state is TaskState.ACTIVE

        # and when he presses again, it is done
        again = coordinator.submit(f"/tasks/{task.id}/cancel", {**renewed, "reason": "任务合并到第9项"})
        assert again.status_code == 303
        assert task_now(console, task).state is TaskState.CANCELLED

    def test_without_scripts_the_form_is_offered_again_as_it_was(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        leader, coordinator = console.as_(LEADER), console.as_(COORDINATOR)
        first, second = open_page(leader, task), open_page(coordinator, task)
        leader.submit(f"/tasks/{task.id}/reject", {**first, "reason": "缺少验收单"})

        answer = coordinator.submit(f"/tasks/{task.id}/cancel", {**second, "reason": "任务合并到第9项"})

        version = task_now(console, task).version
        assert answer.status_code == 409
        assert "任务合并到第9项" in answer.text
        assert f'name="version" value="{version}"' in answer.text
        assert f'action="/tasks/{task.id}/cancel"' in answer.text

    def test_a_step_that_another_has_confirmed_says_who_did(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)
        path = f"/tasks/{task.id}/milestones/{step.id}"
        console.as_(OWNER).submit(f"{path}/report", {"reason": "已完成"})
        other = create_person(console.session, "测试第二盯办人")
        create_part(console.session, task, other, Role.EXPEDITER, position=1)
        one, two = console.as_(EXPEDITER), console.as_(other)
        first, second = open_page(one, task), open_page(two, task)

        one.submit(f"{path}/confirm", first)
        answer = two.submit(f"{path}/return", {**second, "reason": "台账缺签字"}, is_htmx=True)

        assert answer.status_code == 409
        assert f"{EXPEDITER}　节点确认“完成装备清点并形成台账”" in answer.text

    def test_an_ordinary_refusal_says_nothing_of_others(self, console: Console) -> None:
        task = create_task(console.session)
        client = console.as_(OWNER)

        answer = client.submit(f"/tasks/{task.id}/close", open_page(client, task), is_htmx=True)

        assert answer.status_code == 409
        assert "他人办理了" not in answer.text
