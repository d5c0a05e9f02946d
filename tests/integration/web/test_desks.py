"""Reading desks and writing desks: who reads holds nobody up, and who only reads keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any, BinaryIO

import pytest
from fastapi.dependencies.models import Dependant
from sqlalchemy import Engine

from tests.console import Console, opened_console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_deliverable,
    create_person,
    create_task,
)
from tracker.database import write_session
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import Task
from tracker.services.evidence import accept_evidence, hand_in_content
from web.access import list_routes
from web.desk import open_reading_desk, open_writing_desk
from workflows.task import TaskState

WAIT_SECONDS = 20
READS_BY_POST = {"/demo/clock", "/tasks/{task_id:int}/package"}


def calls_of(dependant: Dependant) -> Iterator[Any]:
    for each in dependant.dependencies:
        yield each.call
        yield from calls_of(each)


class TestWhichDesk:
    def test_no_page_opens_a_desk_that_writes(self, console: Console) -> None:
        pages = [route for method, _, route in list_routes(console.app) if method == "GET"]

        assert len(pages) > 40
        assert [page.path for page in pages if open_writing_desk in calls_of(page.dependant)] == []

    def test_forms_that_read_are_those_that_change_nothing_at_their_desk(self, console: Console) -> None:
        forms = [(path, route) for method, path, route in list_routes(console.app) if method == "POST"]
        found = {
            path
            for path, route in forms
            if open_reading_desk in (calls := set(calls_of(route.dependant)))
            and open_writing_desk not in calls
        }

        assert found <= READS_BY_POST
        assert "/tasks/{task_id:int}/package" in found

    def test_a_page_is_shown_while_another_writes(self, console: Console) -> None:
        task = create_task(console.session)
        client = console.as_(OWNER)

        with write_session(console.engine):  # who waited for it would wait for ever
            assert client.get(f"/tasks/{task.id}").status_code == 200


class PausingStore(EvidenceStore):
    """An evidence store whose files are opened when the other side of a barrier says so."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.begun, self.resumed = Barrier(2), Barrier(2)

    def open(self, sha256: str) -> BinaryIO:
        self.begun.wait(timeout=WAIT_SECONDS)
        self.resumed.wait(timeout=WAIT_SECONDS)
        return super().open(sha256)


@pytest.fixture
def slow(engine: Engine, tmp_path: Path) -> Iterator[Console]:
    """A console whose store lets itself be waited for."""
    with opened_console(engine, tmp_path, store=PausingStore(tmp_path / "evidence")) as console:
        yield console


def closed_task(console: Console) -> Task:
    """A closed task with one accepted file."""
    session = console.session
    task = create_task(session, state=TaskState.ACTIVE)
    deliverable = create_deliverable(session, task)
    source = console.house.store.root.parent / "说明.txt"
    source.write_text("情况说明", encoding="utf-8")
    stored = console.house.store.add_file(source, name="说明.txt")
    owner, expediter = (actor_of(create_person(session, name)) for name in (OWNER, EXPEDITER))
    [evidence] = hand_in_content(session, [id_of(deliverable)], stored, name="说明.txt", actor=owner, at=NOON)
    accept_evidence(session, id_of(evidence), actor=expediter, at=NOON)
    task.state = TaskState.AWAITING_CLOSURE
    session.commit()
    console.as_(LEADER).submit(f"/tasks/{task.id}/close")
    return task


@pytest.mark.postgresql
class TestPackagesUnderWay:
    def test_another_acts_while_a_package_is_built(self, slow: Console) -> None:
        task, other = closed_task(slow), create_task(slow.session, state=TaskState.ISSUED)
        builder, owner = slow.as_(COORDINATOR), slow.as_(OWNER)
        store = slow.house.store
        assert isinstance(store, PausingStore)

        with ThreadPoolExecutor(1) as pool:
            building = pool.submit(builder.submit, f"/tasks/{task.id}/package")
            store.begun.wait(timeout=WAIT_SECONDS)
            accepted = owner.submit(f"/tasks/{other.id}/accept")
            store.resumed.wait(timeout=WAIT_SECONDS)

        assert (accepted.status_code, building.result().status_code) == (303, 303)
        assert builder.get(f"/tasks/{task.id}/package").content.startswith(b"PK")

    def test_a_task_that_is_reopened_meanwhile_has_no_package(self, slow: Console) -> None:
        task = closed_task(slow)
        builder, leader = slow.as_(COORDINATOR), slow.as_(LEADER)
        store = slow.house.store
        assert isinstance(store, PausingStore)

        with ThreadPoolExecutor(1) as pool:
            building = pool.submit(builder.submit, f"/tasks/{task.id}/package")
            store.begun.wait(timeout=WAIT_SECONDS)
            reopened = leader.submit(f"/tasks/{task.id}/reopen", {"reason": "补充材料"})
            store.resumed.wait(timeout=WAIT_SECONDS)

        assert (reopened.status_code, building.result().status_code) == (303, 409)
        assert "生成材料包" in building.result().text
        assert builder.get(f"/tasks/{task.id}/package").status_code == 404
