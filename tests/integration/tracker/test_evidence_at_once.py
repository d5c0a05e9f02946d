"""Several people at once: versions are numbered without gaps, and nothing slips in while a task moves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.factories import NOON, OWNER, actor_of, create_deliverable, create_person, create_task
from tracker.database import write_session
from tracker.errors import ActRefused
from tracker.evidence_store import EvidenceStore
from tracker.identity import id_of
from tracker.models import Evidence, EvidenceState, StoredFile
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor, verify_chain
from tracker.services.evidence import hand_in_file, hand_in_link
from tracker.services.lifecycle import move_task
from workflows.kernel import WorkflowError
from workflows.task import TaskTrigger

pytestmark = pytest.mark.postgresql

HANDS = 4


def prepare(engine: Engine) -> tuple[int, int, Actor]:
    """A task under way with one deliverable: the ids of both, and its owner."""
    with write_session(engine) as session:
        task = create_task(session)
        return id_of(task), id_of(create_deliverable(session, task)), actor_of(create_person(session, OWNER))


class TestAtOnce:
    def test_versions_of_one_name_are_numbered_without_gaps(self, engine: Engine) -> None:
        _, deliverable_id, owner = prepare(engine)
        start = Barrier(HANDS)

        def hand_in(number: int) -> None:
            start.wait()
            with write_session(engine) as session:
                link = f"https://oa.example.org/{number}"
                hand_in_link(session, [deliverable_id], link, name="说明", actor=owner, at=NOON)

        with ThreadPoolExecutor(HANDS) as pool:
            list(pool.map(hand_in, range(HANDS)))

        with Session(engine) as session:
            rows = session.exec(select(Evidence)).all()
            assert sorted(row.version for row in rows) == [1, 2, 3, 4]
            assert [row.version for row in rows if row.state is EvidenceState.SUBMITTED] == [4]
            assert verify_chain(session).is_intact

    def test_one_content_for_several_names_is_registered_once(self, engine: Engine, tmp_path: Path) -> None:
        _, deliverable_id, owner = prepare(engine)
        store = EvidenceStore(tmp_path / "evidence")
        source = tmp_path / "说明.txt"
        source.write_text("同一份内容", encoding="utf-8")
        start = Barrier(HANDS)

        def hand_in(number: int) -> None:
            start.wait()
            with write_session(engine) as session:
                hand_in_file(
                    session,
                    store,
                    [deliverable_id],
                    source,
                    name=f"说明{number}.txt",
                    actor=owner,
                    at=NOON,
                )

        with ThreadPoolExecutor(HANDS) as pool:
            list(pool.map(hand_in, range(HANDS)))

        with Session(engine) as session:
            assert len(session.exec(select(StoredFile)).all()) == 1
            assert len(session.exec(select(Evidence)).all()) == HANDS

    def test_a_file_and_the_submission_of_its_task_come_one_after_the_other(self, engine: Engine) -> None:
        task_id, deliverable_id, owner = prepare(engine)
        with write_session(engine) as session:
            link = "https://oa.example.org/0"
            hand_in_link(session, [deliverable_id], link, name="说明", actor=owner, at=NOON)
        start = Barrier(2)

        def hand_in() -> bool:
            start.wait()
            try:
                with write_session(engine) as session:
                    link = "https://oa.example.org/1"
                    hand_in_link(session, [deliverable_id], link, name="说明", actor=owner, at=NOON)
            except ActRefused:
                return False
            return True

        def submit() -> bool:
            start.wait()
            try:
                with write_session(engine) as session:
                    move_task(session, task_id, TaskTrigger.SUBMIT, actor=owner, at=NOON, rules=OfficeRules())
            except WorkflowError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            handing, submitting = pool.submit(hand_in), pool.submit(submit)

        # the submission always goes through; the file either came before it or was refused
        assert submitting.result()
        with Session(engine) as session:
            kinds = [row.version for row in session.exec(select(Evidence)).all()]
            assert sorted(kinds) == ([1, 2] if handing.result() else [1])
            assert verify_chain(session).is_intact
