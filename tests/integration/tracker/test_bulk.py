"""The same act on many tasks: each done or refused by itself."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_milestone,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.models import AuditEvent, TaskPerson
from tracker.queries.people import list_parts
from tracker.queries.sight import Sight, sight_of
from tracker.rules import OfficeRules
from tracker.services.bulk import BulkResult, issue_tasks, reassign_tasks, urge_tasks
from tracker.services.calendars import load_calendar
from workflows.roles import Role
from workflows.task import TaskState

pytestmark = pytest.mark.postgresql


def sight_of_coordinator(session: Session) -> Sight:
    return sight_of(session, id_of(create_person(session, COORDINATOR)))


def kinds_of(session: Session, task_id: int) -> list[str]:
    statement = select(AuditEvent.kind).where(AuditEvent.task_id == task_id).order_by(col(AuditEvent.id))
    return list(session.exec(statement).all())


class TestUrgeTasks:
    def urge(self, session: Session, *task_ids: int, text: str = "请尽快办理") -> list[BulkResult]:
        actor = actor_of(create_person(session, COORDINATOR))
        sight = sight_of_coordinator(session)
        return urge_tasks(session, task_ids, text=text, sight=sight, actor=actor, at=NOON)

    def test_what_can_be_done_is_done_and_the_rest_says_why(self, session: Session) -> None:
        first, draft, last = (
            create_task(session),
            create_task(session, state=TaskState.DRAFT),
            create_task(session),
        )
        results = self.urge(session, id_of(first), id_of(draft), id_of(last))
        assert [result.refusal is None for result in results] == [True, False, True]
        assert results[1].reasons == ["任务现在是“草稿”，只能催办已经下达、尚未销号的任务"]
        assert kinds_of(session, id_of(first)) == kinds_of(session, id_of(last)) == ["task.urge"]
        assert kinds_of(session, id_of(draft)) == []

    def test_a_task_is_urged_once_however_often_it_was_ticked(self, session: Session) -> None:
        task = create_task(session)
        assert len(self.urge(session, id_of(task), id_of(task))) == 1
        assert kinds_of(session, id_of(task)) == ["task.urge"]

    def test_hidden_and_missing_tasks_are_refused_alike(self, session: Session) -> None:
        hidden = create_task(session)
        stranger = create_person(session, "令狐冲", unit_id=None)
        results = urge_tasks(
            session,
            [id_of(hidden), 999],
            text="请尽快办理",
            sight=sight_of(session, id_of(stranger)),
            actor=actor_of(stranger),
            at=NOON,
        )
        told = [(result.reasons, result.is_there) for result in results]
        assert told == [
            ([f"没有编号为{number}的任务，请核对后重试。"], False) for number in (id_of(hidden), 999)
        ]


class TestIssueTasks:
    def test_every_reason_is_named_for_each_task(self, session: Session) -> None:
        ready = create_task(session, state=TaskState.DRAFT)
        create_milestone(session, ready)
        lacking = create_task(session, state=TaskState.DRAFT, owner=None, leader=None)
        results = issue_tasks(
            session,
            [id_of(ready), id_of(lacking)],
            sight=sight_of_coordinator(session),
            actor=actor_of(create_person(session, COORDINATOR)),
            at=NOON,
            rules=OfficeRules(),
            calendar=load_calendar(session),
        )
        assert [result.refusal is None for result in results] == [True, False]
        assert len(results[1].reasons) >= 3
        session.expire_all()
        assert (ready.state, lacking.state) == (TaskState.ISSUED, TaskState.DRAFT)
        assert ready.accept_by_on is not None


class TestReassignTasks:
    def test_the_accountable_holder_is_replaced_and_an_empty_part_is_filled(self, session: Session) -> None:
        held, empty = create_task(session), create_task(session, owner=None)
        successor = create_person(session, "张三丰")
        results = reassign_tasks(
            session,
            [id_of(held), id_of(empty)],
            role=Role.OWNER,
            to_person_id=id_of(successor),
            sight=sight_of_coordinator(session),
            actor=actor_of(create_person(session, COORDINATOR)),
            at=NOON,
        )
        assert [result.refusal for result in results] == [None, None]
        for task in (held, empty):
            parts: list[TaskPerson] = list(list_parts(session, id_of(task), Role.OWNER))
            assert [part.person_id for part in parts] == [successor.id]

    def test_whoever_is_no_coordinator_is_refused_on_every_task(self, session: Session) -> None:
        tasks = [create_task(session) for _ in range(2)]
        expediter = create_person(session, EXPEDITER)
        results = reassign_tasks(
            session,
            [id_of(task) for task in tasks],
            role=Role.LEADER,
            to_person_id=id_of(create_person(session, OWNER)),
            sight=sight_of(session, id_of(expediter)),
            actor=actor_of(expediter),
            at=NOON,
        )
        assert all(result.refusal for result in results)
        leader = create_person(session, LEADER)
        assert all(
            part.person_id == leader.id
            for task in tasks
            for part in list_parts(session, id_of(task), Role.LEADER)
        )
