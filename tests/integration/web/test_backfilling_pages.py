"""补录 in the console: one draft, all drafts of a campaign, and what shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.console import ORIGIN, Console
from tests.factories import (
    COORDINATOR,
    LEADER,
    create_campaign,
    create_deliverable,
    create_milestone,
    create_person,
    create_task,
)
from tests.integration.web.office_of_roles import found_office
from tracker.identity import id_of
from tracker.models import Milestone, Task
from workflows.milestone import MilestoneState
from workflows.task import TaskState

DUE = date(2024, 1, 31)  # a month before the console's day
BASIS = "一月印发的测试通知"


def draft(console: Console, **fields: Any) -> tuple[Task, Milestone]:
    task = create_task(console.session, state=TaskState.DRAFT, **fields)
    return task, create_milestone(console.session, task, due_on=DUE)


def renewed(console: Console, step: Milestone) -> Milestone:
    console.session.expire_all()
    return console.session.get_one(Milestone, id_of(step))


def sheet(step: Milestone, day: str = "2024-01-29", basis: str = BASIS) -> dict[str, str]:
    return {f"on-{step.id}": day, f"basis-{step.id}": "", "basis": basis}


@pytest.mark.postgresql
class TestOneDraft:
    def test_what_was_done_is_recorded_and_marked(self, console: Console) -> None:
        task, step = draft(console)
        client = console.as_(COORDINATOR)
        path = f"/tasks/{task.id}/before"
        assert f'href="{path}"' in client.get(f"/tasks/{task.id}").text
        assert "时限已过的节点" in client.get(path).text

        answer = client.submit(path, sheet(step))

        assert (answer.status_code, answer.headers["location"]) == (303, path)
        assert (renewed(console, step).state, step.done_on, step.done_basis) == (
            MilestoneState.MET,
            date(2024, 1, 29),
            BASIS,
        )
        page = client.get(f"/tasks/{task.id}").text
        assert "蓝灯 按时完成（补录）" in page
        assert BASIS in page
        assert "蓝灯（补录）" in client.get(path).text

    def test_a_day_may_be_typed_as_people_write_it(self, console: Console) -> None:
        task, step = draft(console)
        console.as_(COORDINATOR).submit(f"/tasks/{task.id}/before", sheet(step, "2024年1月29日"))
        assert renewed(console, step).done_on == date(2024, 1, 29)

    def test_a_leaders_word_on_paper_is_recorded_with_both_names(self, console: Console) -> None:
        task, step = draft(console)
        leader = create_person(console.session, LEADER)
        client = console.as_(COORDINATOR)
        client.submit(f"/tasks/{task.id}/before", sheet(step) | {"recorded_for": str(leader.id)})
        assert f"{LEADER}（{COORDINATOR}代录）" in client.get(f"/tasks/{task.id}").text

    def test_it_is_taken_back_while_the_task_is_a_draft(self, console: Console) -> None:
        task, step = draft(console)
        client = console.as_(COORDINATOR)
        client.submit(f"/tasks/{task.id}/before", sheet(step))
        answer = client.submit(f"/tasks/{task.id}/before/{step.id}/take-back")
        assert answer.status_code == 303
        assert renewed(console, step).state is MilestoneState.PENDING

    def test_of_an_issued_task_the_page_says_why_not(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task, due_on=DUE)
        client = console.as_(COORDINATOR)
        assert "下达之前才能补录" in client.get(f"/tasks/{task.id}/before").text
        assert client.submit(f"/tasks/{task.id}/before", sheet(step)).status_code == 409
        assert renewed(console, step).state is MilestoneState.PENDING

    def test_a_step_of_another_task_is_not_found(self, console: Console) -> None:
        (task, _), (_, other) = draft(console), draft(console, title="另一项")
        answer = console.as_(COORDINATOR).submit(f"/tasks/{task.id}/before", sheet(other))
        assert answer.status_code == 404
        assert renewed(console, other).state is MilestoneState.PENDING


class TestRefusals:
    @pytest.mark.parametrize(
        ("day", "basis", "status", "said"),
        [
            ("", "", 422, "还没有勾选节点，也没有填写完成日期"),
            ("前天", BASIS, 422, "应为日期"),
            ("2024-01-29", "", 409, "补录须写明依据"),
            ("2024-03-02", BASIS, 409, "还没有到"),
        ],
    )
    def test_without_scripts_the_page_comes_back_with_what_was_typed(
        self, console: Console, day: str, basis: str, status: int, said: str
    ) -> None:
        task, step = draft(console)
        client = console.as_(COORDINATOR)
        for path in (f"/tasks/{task.id}/before", f"/campaigns/{task.campaign_id}/before"):
            answer = client.submit(path, sheet(step, day, basis))
            assert answer.status_code == status
            assert said in answer.text
            assert f'name="on-{step.id}" value="{day}"' in answer.text
            assert basis in answer.text
        assert renewed(console, step).state is MilestoneState.PENDING

    def test_with_scripts_the_form_stays_and_the_reasons_come(self, console: Console) -> None:
        task, step = draft(console)
        client = console.as_(COORDINATOR)
        answer = client.submit(f"/tasks/{task.id}/before", sheet(step, basis=""), is_htmx=True)
        assert answer.status_code == 409
        assert answer.headers["hx-retarget"] == "#messages"
        assert "补录须写明依据" in answer.text

    def test_what_shows_a_step_without_a_day_is_asked_about(self, console: Console) -> None:
        task, step = draft(console)
        values = {f"on-{step.id}": "", f"basis-{step.id}": BASIS}
        answer = console.as_(COORDINATOR).submit(f"/tasks/{task.id}/before", values)
        assert answer.status_code == 422
        assert "写了依据，没有填完成日期" in answer.text


@pytest.mark.postgresql
class TestTicks:
    """Nobody types thirty days one by one."""

    def test_what_is_ticked_shares_a_day_and_keeps_its_own_where_it_has_one(self, console: Console) -> None:
        (task, first), (_, second), (_, third) = (draft(console, title=f"第{n}项") for n in range(3))
        path = f"/campaigns/{task.campaign_id}/before"
        values = {"basis": BASIS, "day": "2024-01-20", "done": [str(first.id), str(second.id)]}
        fields = {f"on-{first.id}": "", f"on-{second.id}": "2024-01-11", f"on-{third.id}": ""}

        answer = console.as_(COORDINATOR).submit(path, values | fields)

        assert answer.status_code == 303
        assert (renewed(console, first).done_on, second.done_on) == (date(2024, 1, 20), date(2024, 1, 11))
        assert (first.done_basis, third.state) == (BASIS, MilestoneState.PENDING)

    def test_each_may_be_done_on_its_own_due_day(self, console: Console) -> None:
        task, first = draft(console)
        second = create_milestone(console.session, task, due_on=date(2024, 2, 5))
        values = {"basis": BASIS, "at_due": "1", "done": [str(first.id), str(second.id)]}

        answer = console.as_(COORDINATOR).submit(f"/tasks/{task.id}/before", values)

        assert answer.status_code == 303
        assert (renewed(console, first).done_on, second.done_on) == (DUE, date(2024, 2, 5))

    @pytest.mark.parametrize(
        ("chosen", "said"),
        [
            ({}, "请填“共同的完成日期”，或者勾选“按各自时限当日”"),
            ({"day": "2024-01-20", "at_due": "1"}, "只能选一种"),
            ({"day": "前天"}, "应为日期"),
        ],
    )
    def test_a_refusal_keeps_what_was_ticked_and_typed(
        self, console: Console, chosen: dict[str, str], said: str
    ) -> None:
        task, step = draft(console)
        client = console.as_(COORDINATOR)
        for path in (f"/tasks/{task.id}/before", f"/campaigns/{task.campaign_id}/before"):
            values = {f"on-{step.id}": "", "done": str(step.id), "basis": BASIS}
            answer = client.submit(path, values | chosen)
            assert answer.status_code == 422
            assert said in answer.text
            assert f'name="done" value="{step.id}" checked' in answer.text
            assert f'name="day" value="{chosen.get("day", "")}"' in answer.text
            assert ('name="at_due" value="1" checked' in answer.text) == ("at_due" in chosen)
        assert renewed(console, step).state is MilestoneState.PENDING

    def test_of_another_campaign_nothing_is_learnt(self, console: Console) -> None:
        (task, _), (_, other) = draft(console), draft(console, title="另一项")
        client = console.as_(COORDINATOR)
        path = f"/tasks/{task.id}/before"
        at_due = {"done": str(other.id), "at_due": "1", "basis": BASIS}
        assert client.submit(path, at_due).status_code == 422
        assert client.submit(path, {"done": str(other.id), "day": "2024-01-20"}).status_code == 404
        assert renewed(console, other).state is MilestoneState.PENDING


@pytest.mark.postgresql
class TestAllDrafts:
    def test_are_recorded_in_one_go_with_one_basis_or_each_its_own(self, console: Console) -> None:
        (task, first), (_, second), (_, third) = (draft(console, title=f"第{n}项") for n in range(3))
        path = f"/campaigns/{task.campaign_id}/before"
        client = console.as_(COORDINATOR)
        assert "3 个节点已过时限" in client.get(path).text

        own = {f"on-{second.id}": "2024-02-05", f"basis-{second.id}": "二月会议纪要"}
        answer = client.submit(path, sheet(first) | own | {f"on-{third.id}": ""})

        assert answer.status_code == 303
        assert (renewed(console, first).done_basis, second.done_basis) == (BASIS, "二月会议纪要")
        assert third.state is MilestoneState.PENDING
        page = client.get(path).text
        assert "1 个节点已过时限" in page
        assert "黄蓝灯（补录）" in page

    def test_it_leads_back_to_the_import_that_led_to_it(self, console: Console) -> None:
        task, step = draft(console)
        client = console.as_(COORDINATOR)
        path = f"/campaigns/{task.campaign_id}/before?page=1&back=%2Fimports%2F7%2Fissuing"
        assert 'href="/imports/7/issuing"' in client.get(path).text
        assert client.submit(path, sheet(step)).headers["location"] == path
        assert "evil.example" not in client.get(f"{path.partition('?')[0]}?back=//evil.example").text

    def test_all_are_recorded_or_none(self, console: Console) -> None:
        (task, first), (_, second) = draft(console), draft(console)
        values = sheet(first) | {f"on-{second.id}": "2024-03-02"}
        answer = console.as_(COORDINATOR).submit(f"/campaigns/{task.campaign_id}/before", values)
        assert answer.status_code == 409
        assert renewed(console, first).state is MilestoneState.PENDING

    def test_a_long_list_is_shown_a_page_at_a_time(self, console: Console) -> None:
        task, _ = draft(console)
        for _ in range(70):
            create_milestone(console.session, task, due_on=DUE)
        client = console.as_(COORDINATOR)
        first, second = (client.get(f"/campaigns/{task.campaign_id}/before?page={n}").text for n in (1, 2))
        assert (first.count('name="on-'), second.count('name="on-')) == (60, 11)
        assert "还有 11 个没有列出" in client.get(f"/tasks/{task.id}/before").text

    def test_nobody_learns_what_other_campaigns_hold(self, console: Console) -> None:
        task, _ = draft(console)
        other = create_campaign(
            console.session, "别处专项", coordinator=create_person(console.session, "测试另")
        )
        hidden, step = draft(console, campaign=other, title="不该看到的事", lead_unit_id=None)
        answer = console.as_(COORDINATOR).submit(f"/campaigns/{task.campaign_id}/before", sheet(step))
        assert answer.status_code == 404
        assert hidden.title not in answer.text

    def test_every_page_stays_small_however_long_the_texts_are(self, console: Console) -> None:
        task, _ = draft(console, title="按标准配齐执法装备，逐件登记，建立台账，专人保管。" * 8)
        for number in range(110):
            fields = {
                "text": f"第{number}步，" + "按标准配齐执法装备，逐件登记，建立台账。" * 30,
                "due_on": DUE,
            }
            if number % 2:
                done = {"state": MilestoneState.MET, "done_on": DUE, "met_at": console.at}
                fields |= done | {"done_basis": "按标准配齐执法装备，逐件登记。" * 33}
            create_milestone(console.session, task, **fields)
        client = console.as_(COORDINATOR)
        for path in (f"/tasks/{task.id}/before", f"/campaigns/{task.campaign_id}/before"):
            assert len(client.get(path).content) < 300_000


class TestPapers:
    def test_come_with_it_before_the_issue(self, console: Console) -> None:
        task, _ = draft(console)
        deliverable = create_deliverable(console.session, task)
        client = console.as_(COORDINATOR)
        path = f"/tasks/{task.id}/before/files"
        files = {f"deliverable-{deliverable.id}": ("通知.txt", "测试通知".encode(), "text/plain")}

        answer = client.post(path, data={"csrf": client.csrf}, files=files, headers={"Origin": ORIGIN})

        assert answer.status_code == 303
        assert "通知.txt" in client.get(f"/tasks/{task.id}/before").text

    def test_come_from_the_owner_once_it_is_issued(self, console: Console) -> None:
        office = found_office(console)
        client = office.client("coordinator")
        files = {f"deliverable-{office.places['deliverable_id']}": ("通知.txt", b"notice", "text/plain")}
        answer = client.post(
            f"/tasks/{office.task.id}/before/files",
            data={"csrf": client.csrf},
            files=files,
            headers={"Origin": ORIGIN},
        )
        assert answer.status_code == 409
        assert "已经下达" in answer.text


@pytest.mark.postgresql
class TestMarks:
    """Wherever its light or its day is shown, it is marked."""

    @pytest.mark.parametrize(
        ("path", "mark"),
        [
            ("/tasks", "蓝灯（补录）"),
            ("/board", "蓝灯（补录）"),
            ("/month?month=2024-01", "补录 "),
            ("/year?year=2024", "外圈：补录"),
            ("/leader?scope=all", "由协调员补录的节点"),
            ("/leader/steps?scope=all&what=backfilled", "2024-01-29"),
            ("/reports?scope=all", "补录的节点（个）"),
        ],
    )
    def test_it_is_marked(self, console: Console, path: str, mark: str) -> None:
        task = create_task(console.session)
        done = {"state": MilestoneState.MET, "met_at": console.at, "done_on": date(2024, 1, 29)}
        create_milestone(console.session, task, due_on=DUE, done_basis=BASIS, **done)
        client = console.as_(COORDINATOR)
        page = client.get(path)
        assert page.status_code == 200
        assert mark in page.text
        assert mark not in client.get("/tasks?q=没有这样的事").text
