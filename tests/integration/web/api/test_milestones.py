"""Milestones and extensions through the API."""

from __future__ import annotations

from datetime import date

import pytest

from tests.console import Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_extension,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tests.integration.web.api.conftest import Program
from workflows.task import TaskState


class TestMilestones:
    @pytest.mark.postgresql
    def test_is_reported_and_confirmed_by_who_may(self, console: Console, program: Program) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        owner, expediter = program(OWNER), program(EXPEDITER)
        path = f"milestones/{milestone.id}"
        tag = owner.get(path).headers["etag"]

        reported = owner.post(
            f"{path}/transitions/report", json={"reason": "已完成清点"}, headers={"If-Match": tag}
        )
        stale = expediter.post(f"{path}/transitions/confirm", json={}, headers={"If-Match": tag})
        confirmed = expediter.post(
            f"{path}/transitions/confirm", json={}, headers={"If-Match": reported.headers["etag"]}
        )

        assert (reported.status_code, reported.json()["state"]) == (200, "reported")
        assert stale.status_code == 412
        assert (confirmed.status_code, confirmed.json()["state"]) == (200, "met")

    def test_a_refusal_is_what_was_explained(self, console: Console, program: Program) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        client, path = program(OWNER), f"milestones/{milestone.id}"
        triggers = {
            each["trigger"]: each["unmet"] for each in client.get(f"{path}/transitions").json()["triggers"]
        }
        tag = client.get(path).headers["etag"]
        refused = client.post(f"{path}/transitions/confirm", json={}, headers={"If-Match": tag})
        assert triggers["report"] == []
        assert refused.status_code == 409
        assert refused.json()["unmet"] == triggers["confirm"]

    def test_returning_asks_for_a_reason(self, console: Console, program: Program) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        path = f"milestones/{milestone.id}"
        program(OWNER).post(
            f"{path}/transitions/report", json={"reason": "已完成"}, headers={"If-Match": "*"}
        )
        refused = program(EXPEDITER).post(f"{path}/transitions/return", json={}, headers={"If-Match": "*"})
        assert refused.status_code == 409
        assert [each["code"] for each in refused.json()["unmet"]] == ["missing-reason"]

    @pytest.mark.parametrize("trigger", ["archive", "request", "delete"])
    def test_nothing_else_can_be_done_with_it(self, console: Console, program: Program, trigger: str) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        client = program(LEADER)
        answer = client.post(
            f"milestones/{milestone.id}/transitions/{trigger}",
            json={"reason": "试试"},
            headers={"If-Match": "*"},
        )
        assert answer.status_code == 422
        assert client.get(f"milestones/{milestone.id}").json()["state"] == "pending"

    def test_what_is_hidden_is_not_there(self, console: Console, program: Program) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        extension = create_extension(console.session, milestone)
        create_person(console.session, "测试外人", unit_id=create_unit(console.session, "测试二科").id)
        client = program("测试外人")
        for path in (f"milestones/{milestone.id}", f"extensions/{extension.id}"):
            assert client.get(path).status_code == 404
            assert client.get(f"{path}/transitions").status_code == 404
        waived = client.post(
            f"milestones/{milestone.id}/transitions/waive", json={}, headers={"If-Match": "*"}
        )
        asked = client.post(
            f"milestones/{milestone.id}/extensions", json={"to_due_on": "2024-07-01", "reason": "延"}
        )
        granted = client.post(
            f"extensions/{extension.id}/transitions/grant", json={}, headers={"If-Match": "*"}
        )
        assert {waived.status_code, asked.status_code, granted.status_code} == {404}


class TestExtensions:
    def test_is_asked_for_by_the_owner_and_granted_by_the_leader(
        self, console: Console, program: Program
    ) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        owner, leader = program(OWNER), program(LEADER)

        asked = owner.post(
            f"milestones/{milestone.id}/extensions",
            json={"to_due_on": "2024-06-30", "reason": "设备到货推迟"},
        )
        path = f"extensions/{asked.json()['id']}"
        granted = leader.post(
            f"{path}/transitions/grant", json={}, headers={"If-Match": asked.headers["etag"]}
        )
        again = leader.post(
            f"{path}/transitions/refuse",
            json={"reason": "改主意了"},
            headers={"If-Match": asked.headers["etag"]},
        )

        assert asked.status_code == 201
        assert granted.json()["state"] == "granted"
        assert again.status_code == 412
        moved = owner.get(f"milestones/{milestone.id}").json()
        assert (moved["due_on"], moved["first_due_on"]) == ("2024-06-30", "2024-05-31")

    def test_every_field_that_is_wrong_is_named(self, console: Console, program: Program) -> None:
        milestone = create_milestone(console.session, create_task(console.session))
        client = program(OWNER)
        answer = client.post(f"milestones/{milestone.id}/extensions", json={"to_due_on": "六月底"})
        assert {each["pointer"]: each["detail"] for each in answer.json()["errors"]} == {
            "#/to_due_on": "应为日期，例如 2024-07-03。",
            "#/reason": "必须填写。",
        }
        broken = client.post(
            f"milestones/{milestone.id}/extensions",
            content=b"{",
            headers={"Content-Type": "application/json"},
        )
        assert broken.json()["errors"] == [{"pointer": "#", "detail": "正文不是正确的 JSON（UTF-8）。"}]


class TestBackfilling:
    """补录: what was done before the program came."""

    @pytest.mark.postgresql
    def test_is_recorded_and_taken_back_by_the_coordinator(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.DRAFT)
        milestone = create_milestone(console.session, task, due_on=date(2024, 2, 20))
        client, path = program(COORDINATOR), f"milestones/{milestone.id}"
        body = {"done_on": "2024-02-18", "reason": "二月印发的测试通知"}
        tag = client.get(path).headers["etag"]

        done = client.post(f"{path}/transitions/backfill", json=body, headers={"If-Match": tag})
        undone = client.post(
            f"{path}/transitions/take_back", json={}, headers={"If-Match": done.headers["etag"]}
        )

        assert (done.status_code, done.json()["state"], done.json()["done_on"]) == (200, "met", "2024-02-18")
        assert done.json()["done_basis"] == body["reason"]
        assert (undone.status_code, undone.json()["state"], undone.json()["done_on"]) == (
            200,
            "pending",
            None,
        )

    def test_a_refusal_is_what_was_explained(self, console: Console, program: Program) -> None:
        milestone = create_milestone(console.session, create_task(console.session), due_on=date(2024, 2, 20))
        client, path = program(COORDINATOR), f"milestones/{milestone.id}"
        triggers = {
            each["trigger"]: each["unmet"] for each in client.get(f"{path}/transitions").json()["triggers"]
        }
        body = {"done_on": "2024-02-18", "reason": "二月印发的测试通知"}
        refused = client.post(f"{path}/transitions/backfill", json=body, headers={"If-Match": "*"})
        assert refused.status_code == 409
        assert refused.json()["unmet"] == triggers["backfill"]
        assert [each["code"] for each in triggers["backfill"]] == ["task-not-draft"]

    def test_a_day_is_asked_for(self, console: Console, program: Program) -> None:
        task = create_task(console.session, state=TaskState.DRAFT)
        milestone = create_milestone(console.session, task, due_on=date(2024, 2, 20))
        path = f"milestones/{milestone.id}/transitions/backfill"
        refused = program(COORDINATOR).post(path, json={"reason": "二月印发"}, headers={"If-Match": "*"})
        assert refused.status_code == 422
        assert "实际完成的日期" in refused.json()["detail"]
