"""Tasks are locked in one order, and names have one bearer, whoever comes at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from tests.factories import (
    COORDINATOR,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tracker.database import write_session
from tracker.errors import NameTaken, TaskNotFound
from tracker.identity import id_of
from tracker.models import Task
from tracker.queries.locking import lock_task, lock_tasks
from tracker.queries.sight import sight_of
from tracker.services.auditing import Actor
from tracker.services.bulk import urge_tasks
from tracker.services.campaigns import create_campaign as open_campaign
from tracker.services.people import create_unit as enter_unit
from tracker.services.people import hand_over
from tracker.services.units import change_unit

pytestmark = pytest.mark.postgresql
MOST_LOOKS = 20_000
WAIT_SECONDS = 30


@pytest.fixture
def rows(engine: Engine) -> Engine:
    """The engine, where it locks rows: on SQLite a writer holds everything, and there is nothing to be seen."""
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no locks of rows")
    return engine


@pytest.fixture
def sharing(engine: Engine) -> tuple[int, int]:
    """The task that holds a list, and one of a higher number that shares it."""
    with write_session(engine) as session:
        holder = create_task(session)
        create_milestone(session, holder)
        return id_of(holder), id_of(create_task(session, milestones_from_id=holder.id))


def actor(engine: Engine, name: str) -> Actor:
    with write_session(engine) as session:
        return actor_of(create_person(session, name))


def waits_meanwhile(engine: Engine, first: Session, act: Callable[[Session], object]) -> Future[None]:
    """Let another transaction do something until it waits for what `first` holds."""

    def run() -> None:
        with write_session(engine) as session:
            act(session)

    pool = ThreadPoolExecutor(1)
    waiting = pool.submit(run)
    pool.shutdown(wait=False)
    asked = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    for _ in range(MOST_LOOKS):
        if first.connection().execute(asked).scalar_one():
            return waiting
    raise AssertionError("nobody waits")


def is_free(session: Session, task_id: int) -> bool:
    """Whether nobody else holds the task."""
    try:
        with session.begin_nested():
            session.connection().execute(
                text("SELECT id FROM task WHERE id = :id FOR UPDATE NOWAIT"), {"id": task_id}
            )
    except OperationalError:
        return False
    return True


def hold(session: Session, task_id: int) -> None:
    session.connection().execute(text("SELECT id FROM task WHERE id = :id FOR UPDATE"), {"id": task_id})


class TestOneOrder:
    @pytest.mark.parametrize("is_known", [False, True], ids=["read first", "held by the session"])
    def test_who_waits_for_a_holder_does_not_hold_the_sharer(
        self, rows: Engine, sharing: tuple[int, int], is_known: bool
    ) -> None:
        holder, sharer = sharing

        def act(session: Session) -> None:
            if is_known:
                session.get_one(Task, sharer)
            lock_task(session, sharer)

        with write_session(rows) as first:
            hold(first, holder)
            waiting = waits_meanwhile(rows, first, act)
            assert is_free(first, sharer)
        waiting.result(timeout=WAIT_SECONDS)

    def test_a_handover_waits_for_the_first_and_holds_none_behind_it(
        self, rows: Engine, sharing: tuple[int, int]
    ) -> None:
        holder, sharer = sharing
        coordinator, taker = actor(rows, COORDINATOR), actor(rows, "测试己")
        owner = actor(rows, OWNER)
        assert owner.person_id
        assert taker.person_id
        giver_id, taker_id = owner.person_id, taker.person_id

        with write_session(rows) as first:
            hold(first, holder)
            waiting = waits_meanwhile(
                rows,
                first,
                lambda session: hand_over(
                    session, from_person_id=giver_id, to_person_id=taker_id, actor=coordinator, at=NOON
                ),
            )
            assert is_free(first, sharer)
        waiting.result(timeout=WAIT_SECONDS)

    def test_an_act_on_several_tasks_puts_nothing_on_record_before_it_holds_all(
        self, rows: Engine, sharing: tuple[int, int]
    ) -> None:
        holder, sharer = sharing
        coordinator = actor(rows, COORDINATOR)

        def urge(session: Session) -> None:
            sight = sight_of(session, coordinator.person_id or 0)
            urge_tasks(session, [sharer, holder], text="请抓紧办理", sight=sight, actor=coordinator, at=NOON)

        with write_session(rows) as first:
            hold(first, sharer)
            waiting = waits_meanwhile(rows, first, urge)
            # the head of the trail is what everybody else needs to end
            first.connection().execute(text("SELECT id FROM audit_head FOR UPDATE NOWAIT"))
        waiting.result(timeout=WAIT_SECONDS)


class TestLockTasks:
    def test_gives_those_that_were_asked_for_as_they_are_now(
        self, session: Session, sharing: tuple[int, int]
    ) -> None:
        assert list(lock_tasks(session, reversed_of(sharing))) == list(sharing)
        assert list(lock_tasks(session, [sharing[1]])) == [sharing[1]]
        assert lock_tasks(session, []) == {}

    @pytest.mark.parametrize("asked", [0, 4711, 2**40])
    def test_says_which_task_is_not_there(self, session: Session, asked: int) -> None:
        with pytest.raises(TaskNotFound):
            lock_task(session, asked)

    def test_one_of_several_that_is_not_there_is_said(
        self, session: Session, sharing: tuple[int, int]
    ) -> None:
        with pytest.raises(TaskNotFound, match="4711"):
            lock_tasks(session, [*sharing, 4711])


def reversed_of(pair: tuple[int, int]) -> list[int]:
    return [pair[1], pair[0]]


class TestNamesAtTheSameMoment:
    """The first has written a name and not committed; the second has looked, found it free, and writes it too."""

    @pytest.mark.parametrize("noun", ["单位", "专项工作"])
    def test_the_second_is_told_that_the_name_is_taken(self, rows: Engine, noun: str) -> None:
        coordinator = actor(rows, COORDINATOR)
        with write_session(rows) as session:
            create_campaign(session)

        def enter(session: Session) -> None:
            if noun == "单位":
                enter_unit(session, name="新设处室", actor=coordinator, at=NOON)
            else:
                open_campaign(session, name="新设处室", year=2024, actor=coordinator, at=NOON)

        with write_session(rows) as first:
            enter(first)
            waiting = waits_meanwhile(rows, first, enter)
        with pytest.raises(NameTaken, match=f"{noun}“新设处室”已经存在"):
            waiting.result(timeout=WAIT_SECONDS)

    def test_a_second_renaming_is_told_so_too(self, rows: Engine) -> None:
        coordinator = actor(rows, COORDINATOR)
        with write_session(rows) as session:
            create_campaign(session)
            one, other = (id_of(create_unit(session, name)) for name in ("甲处", "乙处"))

        def rename(unit_id: int) -> Callable[[Session], object]:
            return lambda session: change_unit(
                session, unit_id, name="新名", parent_id=None, actor=coordinator, at=NOON
            )

        with write_session(rows) as first:
            rename(one)(first)
            waiting = waits_meanwhile(rows, first, rename(other))
        with pytest.raises(NameTaken, match="新名"):
            waiting.result(timeout=WAIT_SECONDS)
