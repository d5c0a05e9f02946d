"""Two people press the same button at once: one wins, the other is told; nothing happens twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from tests.factories import (
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_extension,
    create_milestone,
    create_person,
    create_task,
)
from tracker.database import read_session, write_session
from tracker.errors import PersonStillNeeded, TrackerError
from tracker.identity import id_of
from tracker.models import AuditEvent, Milestone, Task
from tracker.rules import OfficeRules
from tracker.services.auditing import SYSTEM, Actor, verify_chain
from tracker.services.extensions import grant_extension
from tracker.services.lifecycle import move_task
from tracker.services.milestones import confirm_milestone
from tracker.services.people import appoint, deactivate_person
from workflows.kernel import WorkflowError
from workflows.milestone import MilestoneState
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

pytestmark = pytest.mark.postgresql
RACERS = 4


def race(engine: Engine, act: Callable[[Session], object]) -> list[str]:
    """Let several threads do the same thing, each in its own transaction; returns how each ended."""
    barrier = Barrier(RACERS)

    def run(_: int) -> str:
        barrier.wait(timeout=30)
        try:
            with write_session(engine) as session:
                act(session)
        except (WorkflowError, TrackerError) as refusal:
            return type(refusal).__name__
        return "done"

    with ThreadPoolExecutor(RACERS) as pool:
        return sorted(pool.map(run, range(RACERS)))


def actor(engine: Engine, name: str) -> Actor:
    with read_session(engine) as session:
        return actor_of(create_person(session, name))


def count_events(engine: Engine, kind: str) -> int:
    with read_session(engine) as session:
        assert verify_chain(session).is_intact
        statement = select(func.count()).select_from(AuditEvent).where(col(AuditEvent.kind) == kind)
        return session.exec(statement).one()


@pytest.fixture
def task_id(engine: Engine) -> int:
    with write_session(engine) as session:
        return id_of(create_task(session, state=TaskState.ISSUED))


def test_a_task_is_accepted_once(engine: Engine, task_id: int) -> None:
    owner = actor(engine, OWNER)
    ended = race(
        engine,
        lambda session: move_task(
            session, task_id, TaskTrigger.ACCEPT, actor=owner, at=NOON, rules=OfficeRules()
        ),
    )
    assert ended.count("done") == 1
    assert set(ended) - {"done"} <= {"TransitionNotAllowed", "StaleTask"}
    with read_session(engine) as session:
        task = session.get_one(Task, task_id)
        assert (task.state, task.version) == (TaskState.ACTIVE, 1)
    assert count_events(engine, "task.accept") == 1


def test_two_different_moves_from_one_state_do_not_both_happen(engine: Engine, task_id: int) -> None:
    owner = actor(engine, OWNER)
    triggers = iter([TaskTrigger.ACCEPT, TaskTrigger.DECLINE] * (RACERS // 2))

    def act(session: Session) -> None:
        move_task(
            session, task_id, next(triggers), actor=owner, at=NOON, rules=OfficeRules(), reason="力量不足"
        )

    assert race(engine, act).count("done") == 1
    assert count_events(engine, "task.accept") + count_events(engine, "task.decline") == 1


def test_a_report_is_confirmed_once(engine: Engine) -> None:
    with write_session(engine) as session:
        step = create_milestone(
            session,
            create_task(session),
            state=MilestoneState.REPORTED,
            reported_at=NOON,
            reported_by_id=create_person(session, OWNER).id,
        )
        number = id_of(step)
    expediter = actor(engine, EXPEDITER)
    ended = race(engine, lambda session: confirm_milestone(session, number, actor=expediter, at=NOON))
    assert ended.count("done") == 1
    assert count_events(engine, "milestone.confirm") == 1


def test_an_extension_is_granted_once(engine: Engine) -> None:
    with write_session(engine) as session:
        extension = create_extension(session, create_milestone(session, create_task(session)))
        number, step = id_of(extension), extension.milestone_id
    leader = actor(engine, LEADER)
    ended = race(engine, lambda session: grant_extension(session, number, actor=leader, at=NOON))
    assert ended.count("done") == 1
    with read_session(engine) as session:
        assert session.get_one(Milestone, step).due_on == date(2024, 6, 30)
    assert count_events(engine, "extension.grant") == 1


def test_acts_on_different_tasks_all_happen_and_the_chain_never_forks(engine: Engine) -> None:
    with write_session(engine) as session:
        numbers = iter([id_of(create_task(session, state=TaskState.ISSUED)) for _ in range(RACERS)])
    owner = actor(engine, OWNER)
    ended = race(
        engine,
        lambda session: move_task(
            session, next(numbers), TaskTrigger.ACCEPT, actor=owner, at=NOON, rules=OfficeRules()
        ),
    )
    assert ended == ["done"] * RACERS
    assert count_events(engine, "task.accept") == RACERS


def test_nobody_is_deactivated_while_he_is_given_a_part(engine: Engine, task_id: int) -> None:
    with write_session(engine) as session:
        newcomer = id_of(create_person(session, "测试壬"))

    def deactivate() -> None:
        with write_session(engine) as session:
            deactivate_person(session, newcomer, actor=SYSTEM, at=NOON)

    with ThreadPoolExecutor(1) as pool:
        with write_session(engine) as session:
            appoint(session, task_id, person_id=newcomer, role=Role.OWNER, actor=SYSTEM, at=NOON)
            leaving = pool.submit(deactivate)
            wait([leaving], timeout=0.5)
        with pytest.raises(PersonStillNeeded):
            leaving.result(timeout=30)
