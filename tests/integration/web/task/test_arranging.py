"""What is arranged on a task's page while it runs: events, first days, people."""

from __future__ import annotations

from datetime import date

from sqlmodel import select

from tests.console import Console
from tests.factories import COORDINATOR, OWNER, create_milestone, create_person, create_task
from tracker.deadlines import DeadlineKind
from tracker.identity import id_of
from tracker.models import Milestone, Task, TaskPerson
from tracker.services.calendars import seed_calendar
from workflows.milestone import MilestoneKind
from workflows.roles import Role


def create_waiting_step(console: Console) -> tuple[Task, Milestone]:
    """A step that is due within 20 working days of the end of the inspection."""
    task = create_task(console.session)
    step = create_milestone(
        console.session,
        task,
        text="检查结束后形成总结",
        kind=MilestoneKind.SERIES,
        due_on=None,
        deadline_kind=DeadlineKind.RELATIVE,
        span="检查结束之日起20个工作日内",
        offset_count=20,
        offset_unit="workday",
        offset_event="检查结束",
    )
    seed_calendar(console.session, at=console.at)
    return task, step


class TestEvents:
    def test_an_event_gives_the_step_its_day(self, console: Console) -> None:
        task, step = create_waiting_step(console)
        client = console.as_(OWNER)

        page = client.get(f"/tasks/{task.id}").text
        answer = client.submit(f"/tasks/{task.id}/milestones/{step.id}/event", {"on": "2024-03-01"})

        assert "登记事件" in page
        assert answer.status_code == 303
        steps = console.session.exec(select(Milestone).where(Milestone.task_id == id_of(task))).all()
        assert date(2024, 3, 29) in {each.due_on for each in steps}

    def test_somebody_without_a_part_records_nothing(self, console: Console) -> None:
        task, step = create_waiting_step(console)
        colleague = console.as_(create_person(console.session, "测试同"))

        answer = colleague.submit(f"/tasks/{task.id}/milestones/{step.id}/event", {"on": "2024-03-01"})

        assert answer.status_code == 409
        assert "登记事件" not in colleague.get(f"/tasks/{task.id}").text


class TestDays:
    def test_the_coordinator_gives_a_vague_step_its_day(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(
            console.session, task, due_on=None, deadline_kind=DeadlineKind.VAGUE, span="尽快"
        )
        client = console.as_(COORDINATOR)

        answer = client.submit(f"/tasks/{task.id}/milestones/{step.id}/day", {"on": "2024-04-10"})

        assert answer.status_code == 303
        console.session.refresh(step)
        assert step.due_on == date(2024, 4, 10)

    def test_nobody_else_does(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(
            console.session, task, due_on=None, deadline_kind=DeadlineKind.VAGUE, span="尽快"
        )

        answer = console.as_(OWNER).submit(f"/tasks/{task.id}/milestones/{step.id}/day", {"on": "2024-04-10"})

        assert answer.status_code == 403


class TestPeople:
    def test_the_coordinator_appoints_who_is_missing(self, console: Console) -> None:
        task = create_task(console.session, leader=None)
        leader = create_person(console.session, "测试新")
        client = console.as_(COORDINATOR)

        answer = client.submit(f"/tasks/{task.id}/people", {"role": "leader", "person": "测试新"})

        assert answer.status_code == 303
        part = console.session.exec(select(TaskPerson).where(TaskPerson.role == Role.LEADER)).one()
        assert part.person_id == leader.id

    def test_a_name_that_nobody_has_is_said(self, console: Console) -> None:
        task = create_task(console.session)

        answer = console.as_(COORDINATOR).submit(
            f"/tasks/{task.id}/people", {"role": "leader", "person": "查无此人"}
        )

        assert answer.status_code == 404
        assert "查无此人" in answer.text
