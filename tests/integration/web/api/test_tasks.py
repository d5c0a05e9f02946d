"""Tasks through the API: what may be seen, and moving them without overwriting what others did."""

from __future__ import annotations

from datetime import date

import pytest

from tests.console import Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_campaign,
    create_deliverable,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.integration.web.api.conftest import Program
from tracker.identity import id_of
from tracker.models import Task
from workflows.task import TaskState

STRANGER = "测试外人"


def stranger(console: Console) -> str:
    """Somebody of another unit, who plays no part."""
    create_person(console.session, STRANGER, unit_id=create_unit(console.session, "测试二科").id)
    return STRANGER


class TestListingTasks:
    def test_one_sees_what_one_would_see_on_the_page(self, console: Console, program: Program) -> None:
        create_task(console.session)
        who = stranger(console)
        assert program(OWNER).get("tasks").json()["total"] == 1
        assert program(COORDINATOR).get("tasks").json()["total"] == 1
        assert program(who).get("tasks").json()["tasks"] == []

    def test_filters_narrow_the_list(self, console: Console, program: Program) -> None:
        late = create_task(console.session, title="执法装备配备")
        create_milestone(console.session, late, due_on=date(2024, 2, 1))
        create_task(console.session, title="卷宗评查", state=TaskState.ISSUED)
        client = program(COORDINATOR)

        def titles(query: str) -> list[str]:
            return [task["title"] for task in client.get(f"tasks?{query}").json()["tasks"]]

        assert titles("overdue=true") == ["执法装备配备"]
        assert titles("light=red") == ["执法装备配备"]
        assert titles("state=issued") == ["卷宗评查"]
        assert titles("text=卷宗") == ["卷宗评查"]
        assert titles("due_from=2024-02-01&due_to=2024-02-01") == ["执法装备配备"]
        assert titles("campaign=99") == []
        assert len(titles("state=issued&state=active")) == 2

    def test_pages_lead_to_their_neighbours(self, console: Console, program: Program) -> None:
        for number in range(3):
            create_task(console.session, title=f"任务{number}")
        client = program(COORDINATOR)

        first = client.get("tasks?per_page=2&state=active")
        assert len(first.json()["tasks"]) == 2
        links = {part.split("; ")[1]: part.split("; ")[0] for part in first.headers["link"].split(", ")}
        second = client.get("http://console.test" + links['rel="next"'].strip("<>"))
        assert [task["title"] for task in second.json()["tasks"]] == ["任务2"]
        assert 'rel="prev"' in second.headers["link"]
        assert 'rel="next"' not in second.headers["link"]

    def test_every_wrong_parameter_is_named_in_chinese(self, console: Console, program: Program) -> None:
        answer = program(OWNER).get("tasks?page=0&per_page=999&state=open")
        assert answer.status_code == 422
        errors = {each["parameter"]: each["detail"] for each in answer.json()["errors"]}
        assert set(errors) == {"page", "per_page", "state"}
        assert errors["per_page"] == "不能大于200。"


class TestReadingATask:
    def test_what_is_hidden_is_answered_like_what_is_not_there(
        self, console: Console, program: Program
    ) -> None:
        task = create_task(console.session)
        client = program(stranger(console))
        hidden, missing = client.get(f"tasks/{task.id}"), client.get("tasks/999")
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["title"] == missing.json()["title"]
        for path in ("milestones", "deliverables", "transitions", "evidence"):
            assert client.get(f"tasks/{task.id}/{path}").status_code == 404

    def test_it_tells_everything_and_its_version(self, console: Console, program: Program) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task)
        create_deliverable(console.session, task)
        answer = program(OWNER).get(f"tasks/{task.id}")
        document = answer.json()
        assert answer.headers["etag"] == '"0"'
        assert document["schema"] == "dingban.task/1"
        assert document["milestones"][0]["due_on"] == "2024-05-31"
        assert document["deliverables"][0]["text"] == "该项工作情况说明"


def reload(console: Console, task: Task) -> Task:
    console.session.expire_all()
    return console.session.get_one(Task, id_of(task))


class TestFiringTransitions:
    def test_an_owner_accepts_with_the_version_that_he_read(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        client = program(OWNER)
        tag = client.get(f"tasks/{task.id}").headers["etag"]

        answer = client.post(f"tasks/{task.id}/transitions/accept", json={}, headers={"If-Match": tag})

        assert answer.status_code == 200
        assert answer.json()["state"] == "active"
        assert answer.headers["etag"] == '"1"'
        assert reload(console, task).state is TaskState.ACTIVE

    def test_without_a_version_nothing_is_moved(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        answer = program(OWNER).post(f"tasks/{task.id}/transitions/accept", json={})
        assert answer.status_code == 428
        assert reload(console, task).state is TaskState.ISSUED

    @pytest.mark.postgresql
    def test_a_version_that_somebody_else_left_behind_moves_nothing(
        self, console: Console, program: Program
    ) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        owner, leader = program(OWNER), program(LEADER)
        read = owner.get(f"tasks/{task.id}").headers["etag"]
        body = {"reason": "机构改革，暂缓办理"}
        moved = leader.post(f"tasks/{task.id}/transitions/suspend", json=body, headers={"If-Match": read})
        late = owner.post(f"tasks/{task.id}/transitions/accept", json={}, headers={"If-Match": read})
        assert moved.status_code == 200
        assert late.status_code == 412
        assert reload(console, task).state is TaskState.SUSPENDED

    def test_a_weak_or_foreign_tag_never_matches(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        client = program(OWNER)
        for tag in ('W/"0"', "0", '"1", "2"', ""):
            answer = client.post(f"tasks/{task.id}/transitions/accept", json={}, headers={"If-Match": tag})
            assert answer.status_code == 412
        listed = client.post(f"tasks/{task.id}/transitions/accept", json={}, headers={"If-Match": '"7", "0"'})
        assert listed.status_code == 200

    def test_a_refusal_lists_everything_that_is_unmet(self, console: Console, program: Program) -> None:
        task = create_task(console.session)
        create_milestone(console.session, task)
        create_deliverable(console.session, task)
        client = program(OWNER)
        explained = client.get(f"tasks/{task.id}/transitions").json()["triggers"]
        answer = client.post(f"tasks/{task.id}/transitions/submit", json={}, headers={"If-Match": '"0"'})
        assert answer.status_code == 409
        assert {each["code"] for each in answer.json()["unmet"]} == {"missing-evidence", "open-milestone"}
        (submit,) = [each for each in explained if each["trigger"] == "submit"]
        assert submit == {"trigger": "submit", "allowed": False, "unmet": answer.json()["unmet"]}

    def test_a_word_that_is_no_step_is_not_there(self, console: Console, program: Program) -> None:
        task = create_task(console.session)
        answer = program(OWNER).post(
            f"tasks/{task.id}/transitions/finish", json={}, headers={"If-Match": '"0"'}
        )
        assert answer.status_code == 404

    def test_a_misspelt_field_is_refused_and_nothing_moves(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        answer = program(OWNER).post(
            f"tasks/{task.id}/transitions/decline", json={"reson": "不归我办"}, headers={"If-Match": '"0"'}
        )
        assert answer.status_code == 422
        assert answer.json()["errors"] == [
            {"pointer": "#/reson", "detail": "接口没有这一项，请删去或者核对拼写。"}
        ]

    def test_a_coordinator_enters_what_a_leader_decided_on_paper(
        self, console: Console, program: Program
    ) -> None:
        task = create_task(console.session)
        leader = create_person(console.session, LEADER)
        body = {"reason": "机构改革，暂缓办理", "on_behalf_of": leader.id}
        headers = {"If-Match": '"0"'}
        refused = program(EXPEDITER).post(f"tasks/{task.id}/transitions/suspend", json=body, headers=headers)
        client = program(COORDINATOR)
        moved = client.post(f"tasks/{task.id}/transitions/suspend", json=body, headers=headers)
        event = client.get(f"tasks/{task.id}").json()["timeline"][-1]
        assert refused.status_code == 409
        assert moved.status_code == 200
        assert (event["actor"], event["recorded_by"]) == (LEADER, COORDINATOR)

    def test_a_stranger_cannot_move_what_he_cannot_see(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)
        answer = program(stranger(console)).post(
            f"tasks/{task.id}/transitions/accept", json={}, headers={"If-Match": "*"}
        )
        assert answer.status_code == 404
        assert reload(console, task).state is TaskState.ISSUED


class TestInstructions:
    def test_a_leader_writes_one_and_the_owner_acknowledges_it(
        self, console: Console, program: Program
    ) -> None:
        task = create_task(console.session)
        given = program(LEADER).post(f"tasks/{task.id}/instructions", json={"text": "请抓紧。"})
        assert given.status_code == 201
        owner, number = program(OWNER), given.json()["id"]
        tag = owner.get(f"instructions/{number}").headers["etag"]
        assert tag == given.headers["etag"]
        assert owner.post(f"instructions/{number}/acknowledge").status_code == 428
        done = owner.post(f"instructions/{number}/acknowledge", headers={"If-Match": tag})
        again = owner.post(f"instructions/{number}/acknowledge", headers={"If-Match": tag})
        assert done.json()["acknowledged_at"] == "2024-03-01T04:00:00Z"
        assert again.status_code == 412
        assert program(stranger(console)).get(f"instructions/{number}").status_code == 404

    def test_urging_is_on_record(self, console: Console, program: Program) -> None:
        task = create_task(console.session)
        urged = program(EXPEDITER).post(f"tasks/{task.id}/urge", json={"text": "请报进展。"})
        assert urged.status_code == 201
        assert program(OWNER).get(f"tasks/{task.id}").json()["timeline"][-1]["kind"] == "task.urge"
        assert program(OWNER).post(f"tasks/{task.id}/urge", json={"text": " "}).status_code == 422


class TestCampaigns:
    @pytest.mark.postgresql
    def test_one_sees_the_campaigns_of_the_tasks_that_one_sees(
        self, console: Console, program: Program
    ) -> None:
        mine = create_campaign(console.session, "甲专项")
        other = create_campaign(
            console.session, "乙专项", coordinator=create_person(console.session, "测试戊")
        )
        create_task(console.session, campaign=mine)
        create_task(
            console.session,
            campaign=other,
            owner=None,
            expediter=None,
            leader=None,
            lead_unit_id=create_unit(console.session, "测试三科").id,
        )
        client = program(OWNER)
        assert [each["name"] for each in client.get("campaigns").json()["campaigns"]] == ["甲专项"]
        assert client.get(f"campaigns/{mine.id}").json()["tasks"] == {"active": 1}
        assert client.get(f"campaigns/{other.id}").status_code == 404
        assert client.get("campaigns/999").status_code == 404
