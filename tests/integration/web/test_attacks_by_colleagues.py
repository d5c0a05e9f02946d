"""People who are somebody here, and try what is somebody else's: things of other tasks, the rights of other campaigns."""

from __future__ import annotations

import pytest
from sqlmodel import col, select

from tests.console import Console
from tests.integration.web.office_of_roles import Office, found_office
from tests.integration.web.test_every_route import Call, calls_of, fill
from tracker.models import AuditEvent, Task
from workflows.task import TaskState

# What the forms of a task ask for: each takes what it knows.
FILLED = {
    "reason": "试试能不能办",
    "text": "试试能不能办",
    "note": "试试能不能办",
    "name": "试试能不能办",
    "on": "2024-03-01",
    "to_due_on": "2024-07-31",
    "link": "https://oa.example.org/documents/2",
    "person": "测试另",
    "role": "owner",
    "points": "1",
}
# Numbers that are no thing of anybody's: how far back to look.
_NO_THING = "/history/"


def nested_calls(console: Console, office: Office, own: Task) -> list[Call]:
    """Every route that names a thing on a task, with somebody's own task and a thing of another's."""
    return [
        Call(call.method, call.template, fill(call.template, office.places | {"task_id": own.id}))
        for call in calls_of(console, office)
        if call.template.startswith("/tasks/{task_id")
        and call.template.count("{") > 1
        and "{trigger}" not in call.template
        and _NO_THING not in call.template
    ]


def list_events(console: Console) -> list[AuditEvent]:
    return console.look(select(AuditEvent).order_by(col(AuditEvent.id)))


class TestThingsOfOtherTasks:
    def test_they_are_not_there_under_ones_own_task(self, console: Console) -> None:
        """The outsider plays every part on a task of his own, and asks there for what hangs on another."""
        office = found_office(console)
        own = console.session.exec(select(Task).where(Task.title == "别处的事")).one()
        console.session.commit()
        client, before = office.client("outsider"), len(list_events(console))
        reached, calls = [], nested_calls(console, office, own)
        for call in calls:
            answer = client.get(call.path) if call.method == "GET" else client.submit(call.path, FILLED)
            # a form for files says first that it is none; to decide about units is for coordinators, whatever unit
            if answer.status_code not in (403, 404, 415) and "/units/" not in call.path:
                reached.append(f"{call.name}: {answer.status_code}")

        assert len(calls) > 15
        assert reached == []
        assert len(list_events(console)) == before


class TestRightsOfOtherCampaigns:
    @pytest.mark.parametrize(
        "state", [TaskState.DRAFT, TaskState.ISSUED, TaskState.IN_REVIEW, TaskState.CLOSED]
    )
    def test_who_runs_another_campaign_and_sees_a_task_here_may_only_comment(
        self, console: Console, state: TaskState
    ) -> None:
        """A coordinator passes the rules of the routes: what he coordinates is asked by the acts themselves."""
        office = found_office(console)
        person = office.people["other coordinator"]
        person.unit_id, office.task.state = office.people["assistant"].unit_id, state
        console.session.add_all([person, office.task])
        console.session.commit()
        client, before = office.client("other coordinator"), len(list_events(console))
        step = office.places["milestone_id"]
        form = FILLED | {
            f"on-{step}": "2024-02-01",
            f"basis-{step}": "纸质材料",
            f"milestone-{step}": "good",
            "task": str(office.task.id),
        }

        for call in calls_of(console, office):
            if call.method == "POST" and call.template.startswith(("/tasks/{", "/leader/", "/instructions/")):
                client.submit(call.path, form)
        for act in ("urge", "issue", "reassign"):
            client.submit("/tasks/bulk", form | {"act": act})
        client.submit(f"/campaigns/{office.task.campaign_id}/before", form)

        done = [each for each in list_events(console)[before:] if each.kind != "comment.write"]
        assert [(each.kind, each.task_id) for each in done] == []
