"""Evidence: handed in by the owner, reviewed by somebody else, versions kept, every act on record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_deliverable,
    create_milestone,
    create_part,
    create_person,
    create_task,
)
from tracker.errors import ActRefused, MilestoneNotFound, ValueRefused
from tracker.evidence_store import EvidenceStore, FileTooLarge
from tracker.identity import id_of
from tracker.media_types import FileRefused
from tracker.models import AuditEvent, Deliverable, Evidence, EvidenceState, StoredFile, Task
from tracker.queries.evidence import DeliverableNotFound, EvidenceNotFound
from tracker.queries.facts import list_deliverable_facts
from tracker.services.auditing import Actor, verify_chain
from tracker.services.evidence import (
    accept_evidence,
    hand_in_file,
    hand_in_link,
    reject_evidence,
    sweep_evidence,
    verify_evidence,
)
from workflows.roles import Role
from workflows.task import TaskState

pytestmark = pytest.mark.postgresql

LINK = "https://oa.example.org/documents/7"


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    return EvidenceStore(tmp_path / "evidence")


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "情况说明.txt"
    path.write_text("装备已经配齐。", encoding="utf-8")
    return path


def person(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def hand_in(
    session: Session, deliverable: Deliverable, *, link: str = LINK, name: str = "情况说明", by: str = OWNER
) -> Evidence:
    return hand_in_link(session, [id_of(deliverable)], link, name=name, actor=person(session, by), at=NOON)[0]


def reject(
    session: Session, evidence: Evidence, *, by: str = EXPEDITER, reason: str = "没有盖章"
) -> Evidence:
    return reject_evidence(session, id_of(evidence), reason=reason, actor=person(session, by), at=NOON)


def accept(session: Session, evidence: Evidence, *, by: str = EXPEDITER) -> Evidence:
    return accept_evidence(session, id_of(evidence), actor=person(session, by), at=NOON)


def events(session: Session) -> Sequence[AuditEvent]:
    return session.exec(select(AuditEvent)).all()


def counts(session: Session, task: Task) -> tuple[bool, bool]:
    """Whether the first deliverable counts as handed in, and as accepted."""
    facts = list_deliverable_facts(session, task)[0]
    return facts.is_handed_in, facts.is_accepted


def refusal_codes(refusal: pytest.ExceptionInfo[ActRefused]) -> list[str]:
    return [condition.code for condition in refusal.value.unmet]


class TestHandInFile:
    def test_a_file_is_kept_and_registered(
        self, session: Session, store: EvidenceStore, report: Path
    ) -> None:
        deliverable = create_deliverable(session, create_task(session))

        [evidence] = hand_in_file(
            session, store, [id_of(deliverable)], report, actor=person(session, OWNER), at=NOON
        )

        assert evidence.sha256 is not None
        with store.open(evidence.sha256) as stream:
            assert stream.read().decode() == "装备已经配齐。"
        assert (evidence.name, evidence.version, evidence.state) == (
            "情况说明.txt",
            1,
            EvidenceState.SUBMITTED,
        )
        assert session.get_one(StoredFile, evidence.sha256).media_type == "text/plain"

    def test_one_file_serves_several_deliverables_and_tasks(
        self, session: Session, store: EvidenceStore, report: Path
    ) -> None:
        first, second = create_task(session), create_task(session)
        targets = [create_deliverable(session, task) for task in (first, first, second)]

        handed_in = hand_in_file(
            session, store, [id_of(each) for each in targets], report, actor=person(session, OWNER), at=NOON
        )

        assert [each.deliverable_id for each in handed_in] == [each.id for each in targets]
        assert len({each.sha256 for each in handed_in}) == 1
        assert [event.task_id for event in events(session)] == [first.id, first.id, second.id]

    def test_a_name_of_a_path_is_cut_down_to_the_name(
        self, session: Session, store: EvidenceStore, report: Path
    ) -> None:
        deliverable = create_deliverable(session, create_task(session))

        [evidence] = hand_in_file(
            session,
            store,
            [id_of(deliverable)],
            report,
            name="..\\..\\etc/说\u202e明.txt",
            actor=person(session, OWNER),
            at=NOON,
        )

        assert evidence.name == "说明.txt"

    def test_a_refused_file_leaves_no_trace_in_the_register(
        self, session: Session, store: EvidenceStore, tmp_path: Path
    ) -> None:
        program = tmp_path / "说明.pdf"
        program.write_bytes(b"MZ\x90\x00\x03\x00\x00\x00")
        deliverable = create_deliverable(session, create_task(session))

        with pytest.raises(FileRefused):
            hand_in_file(session, store, [id_of(deliverable)], program, actor=person(session, OWNER), at=NOON)

        assert events(session) == []
        assert session.exec(select(StoredFile)).all() == []

    def test_nothing_is_stored_for_somebody_who_may_not_hand_in(
        self, session: Session, store: EvidenceStore, report: Path
    ) -> None:
        deliverable = create_deliverable(session, create_task(session))

        with pytest.raises(ActRefused):
            hand_in_file(session, store, [id_of(deliverable)], report, actor=person(session, LEADER), at=NOON)

        assert list(store.list_stored()) == []

    def test_a_file_above_the_limit_is_refused(
        self, session: Session, store: EvidenceStore, report: Path
    ) -> None:
        deliverable = create_deliverable(session, create_task(session))
        small_store = EvidenceStore(store.root, max_bytes=4)

        with pytest.raises(FileTooLarge):
            hand_in_file(
                session, small_store, [id_of(deliverable)], report, actor=person(session, OWNER), at=NOON
            )


class TestHandIn:
    @pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.ACTIVE])
    def test_is_refused_unless_the_task_is_active(self, session: Session, state: TaskState) -> None:
        deliverable = create_deliverable(session, create_task(session, state=state))

        with pytest.raises(ActRefused, match="办理中") as refusal:
            hand_in(session, deliverable)

        assert refusal_codes(refusal) == ["task-not-active"]

    @pytest.mark.parametrize("by", [EXPEDITER, LEADER, COORDINATOR, "测试路人"])
    def test_is_refused_for_all_but_the_owner(self, session: Session, by: str) -> None:
        deliverable = create_deliverable(session, create_task(session))

        with pytest.raises(ActRefused, match="须由任务责任人提交"):
            hand_in(session, deliverable, by=by)

    def test_is_refused_for_an_owner_who_was_deactivated(self, session: Session) -> None:
        owner = create_person(session, "测试离职", is_active=False)
        deliverable = create_deliverable(session, create_task(session, owner=owner))

        with pytest.raises(ActRefused, match="须由任务责任人提交"):
            hand_in(session, deliverable, by="测试离职")

    def test_cannot_be_recorded_for_another(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        actor = actor_of(create_person(session, OWNER), recorded_by=create_person(session, COORDINATOR))

        with pytest.raises(ActRefused, match="不能代录"):
            hand_in_link(session, [id_of(deliverable)], LINK, name="说明", actor=actor, at=NOON)

    def test_everything_that_is_unmet_is_said_at_once(self, session: Session) -> None:
        closed = create_deliverable(session, create_task(session, state=TaskState.CLOSED))
        foreign = create_deliverable(session, create_task(session, owner=None))

        with pytest.raises(ActRefused) as refusal:
            hand_in_link(
                session,
                [id_of(closed), id_of(foreign)],
                LINK,
                name="说明",
                actor=person(session, OWNER),
                at=NOON,
            )

        assert refusal_codes(refusal) == ["task-not-active", "wrong-role"]

    def test_an_owner_of_a_task_that_shares_the_list_may_hand_in(self, session: Session) -> None:
        holder = create_task(session, state=TaskState.ISSUED)
        sharer = create_task(
            session, owner=create_person(session, "测试戊"), deliverables_from_id=id_of(holder)
        )
        deliverable = create_deliverable(session, holder)

        hand_in(session, deliverable, by="测试戊")

        assert counts(session, sharer) == (True, False)
        assert counts(session, holder) == (True, False)

    def test_evidence_of_one_occurrence_names_it(self, session: Session) -> None:
        task = create_task(session)
        deliverable, occurrence = create_deliverable(session, task), create_milestone(session, task)

        first, second = (
            hand_in_link(
                session,
                [id_of(deliverable)],
                LINK,
                name="月报",
                actor=person(session, OWNER),
                at=NOON,
                milestone_id=milestone_id,
            )[0]
            for milestone_id in (occurrence.id, None)
        )

        assert (first.milestone_id, first.version) == (occurrence.id, 1)
        assert (second.milestone_id, second.version) == (None, 1)

    def test_a_milestone_of_another_task_is_refused(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        foreign = create_milestone(session, create_task(session))

        with pytest.raises(ActRefused, match="不属于"):
            hand_in_link(
                session,
                [id_of(deliverable)],
                LINK,
                name="月报",
                actor=person(session, OWNER),
                at=NOON,
                milestone_id=foreign.id,
            )

    def test_what_does_not_exist_is_not_found(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        actor = person(session, OWNER)

        with pytest.raises(DeliverableNotFound):
            hand_in_link(session, [999], LINK, name="说明", actor=actor, at=NOON)
        with pytest.raises(MilestoneNotFound):
            hand_in_link(
                session, [id_of(deliverable)], LINK, name="说明", actor=actor, at=NOON, milestone_id=999
            )
        with pytest.raises(ValueRefused, match="没有指明"):
            hand_in_link(session, [], LINK, name="说明", actor=actor, at=NOON)

    @pytest.mark.parametrize(
        "link",
        [
            "javascript:alert(1)",
            "ftp://oa.example.org/1",
            "https://",
            "oa.example.org/1",
            "https://oa.example.org/a b",
            "https://a:b@oa.example.org/1",
            "https://[broken",
            "https://oa.example.org/" + "1" * 2000,
        ],
    )
    def test_a_link_that_no_browser_should_open_is_refused(self, session: Session, link: str) -> None:
        deliverable = create_deliverable(session, create_task(session))

        with pytest.raises(ValueRefused):
            hand_in(session, deliverable, link=link)

    @pytest.mark.parametrize("name", ["", "  ", "..", "长" * 256])
    def test_a_name_that_is_none_is_refused(self, session: Session, name: str) -> None:
        deliverable = create_deliverable(session, create_task(session))

        with pytest.raises(ValueRefused, match=r"名称|没有") as refusal:
            hand_in(session, deliverable, name=name)

        assert "255" in str(refusal.value)

    def test_its_event_says_what_was_handed_in(self, session: Session) -> None:
        task = create_task(session)
        evidence = hand_in(session, create_deliverable(session, task))

        [event] = events(session)
        assert (event.kind, event.subject, event.subject_id) == ("evidence.hand_in", "evidence", evidence.id)
        assert event.task_id == task.id
        assert json.loads(event.data) == {
            "deliverable": 1,
            "milestone_id": None,
            "name": "情况说明",
            "version": 1,
            "sha256": None,
            "link": LINK,
            "superseded": [],
            "changed": {"state": [None, "submitted"]},
        }


class TestVersions:
    def test_a_new_version_takes_the_place_of_one_that_waits(self, session: Session) -> None:
        task = create_task(session)
        deliverable = create_deliverable(session, task)
        first = hand_in(session, deliverable)
        second = hand_in(session, deliverable, link=LINK + "?v=2")

        assert (first.state, second.state, second.version) == (
            EvidenceState.SUPERSEDED,
            EvidenceState.SUBMITTED,
            2,
        )
        assert first.link == LINK

    def test_a_new_version_after_a_rejection_is_handed_in_again(self, session: Session) -> None:
        task = create_task(session)
        deliverable = create_deliverable(session, task)
        first = hand_in(session, deliverable)
        reject(session, first)
        assert counts(session, task) == (False, False)

        hand_in(session, deliverable)

        assert counts(session, task) == (True, False)
        assert (first.state, first.review_reason) == (EvidenceState.SUPERSEDED, "没有盖章")

    def test_an_accepted_version_stays_until_the_new_one_is_accepted(self, session: Session) -> None:
        task = create_task(session)
        deliverable = create_deliverable(session, task)
        first = accept(session, hand_in(session, deliverable))
        second = hand_in(session, deliverable, link=LINK + "?v=2")
        assert [first.state] == [EvidenceState.ACCEPTED]
        assert counts(session, task) == (True, False)

        accept(session, second)

        assert first.state is EvidenceState.SUPERSEDED
        assert counts(session, task) == (True, True)

    def test_a_rejected_new_version_leaves_the_deliverable_open(self, session: Session) -> None:
        task = create_task(session)
        deliverable = create_deliverable(session, task)
        accept(session, hand_in(session, deliverable))
        reject(session, hand_in(session, deliverable, link=LINK + "?v=2"))

        assert counts(session, task) == (False, False)

    def test_another_name_is_another_piece(self, session: Session) -> None:
        task = create_task(session)
        deliverable = create_deliverable(session, task)
        accept(session, hand_in(session, deliverable, name="甲"))
        second = hand_in(session, deliverable, name="乙")

        assert second.version == 1
        assert counts(session, task) == (True, True)

    def test_the_very_same_thing_again_is_refused(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        hand_in(session, deliverable)

        with pytest.raises(ActRefused, match="完全相同"):
            hand_in(session, deliverable)

    def test_an_old_version_is_not_reviewed_any_more(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        first = hand_in(session, deliverable)
        hand_in(session, deliverable, link=LINK + "?v=2")

        with pytest.raises(ActRefused, match="请审核第2版"):
            accept(session, first)


class TestReview:
    def test_acceptance_is_recorded_with_who_and_when(self, session: Session) -> None:
        evidence = accept(session, hand_in(session, create_deliverable(session, create_task(session))))

        assert evidence.reviewed_at == NOON
        assert evidence.reviewed_by_id == create_person(session, EXPEDITER).id
        assert [event.kind for event in events(session)] == ["evidence.hand_in", "evidence.accept"]
        changed = json.loads(events(session)[-1].data)["changed"]
        assert changed["state"] == ["submitted", "accepted"]
        assert verify_chain(session).is_intact

    @pytest.mark.parametrize("by", [LEADER, COORDINATOR, "测试路人"])
    def test_is_refused_for_all_but_the_reviewer(self, session: Session, by: str) -> None:
        evidence = hand_in(session, create_deliverable(session, create_task(session)))

        for act in (accept, reject):
            with pytest.raises(ActRefused, match="审核人"):
                act(session, evidence, by=by)

    def test_nobody_reviews_what_he_handed_in(self, session: Session) -> None:
        task = create_task(session)
        evidence = hand_in(session, create_deliverable(session, task))
        create_part(session, task, create_person(session, OWNER), Role.EXPEDITER)

        with pytest.raises(ActRefused, match="提交人不能审核"):
            accept(session, evidence, by=OWNER)

    def test_the_coordinator_reviews_where_owner_and_expediter_are_one(self, session: Session) -> None:
        task = create_task(session, expediter=create_person(session, OWNER))
        evidence = hand_in(session, create_deliverable(session, task))

        assert accept(session, evidence, by=COORDINATOR).state is EvidenceState.ACCEPTED

    def test_whoever_owns_a_task_that_shares_the_list_does_not_review_it(self, session: Session) -> None:
        # given two tasks with one list, each owned by the other's expediter
        other = create_person(session, "测试戊")
        holder = create_task(session, expediter=other)
        create_task(
            session,
            owner=other,
            expediter=create_person(session, OWNER),
            deliverables_from_id=id_of(holder),
        )
        evidence = hand_in(session, create_deliverable(session, holder))

        # then neither owner reviews, and the coordinator is who is left
        for by in (OWNER, "测试戊"):
            with pytest.raises(ActRefused):
                accept(session, evidence, by=by)

    def test_no_one_left_to_review_is_said(self, session: Session) -> None:
        task = create_task(session, expediter=create_person(session, COORDINATOR))
        create_part(session, task, create_person(session, COORDINATOR), Role.OWNER)
        evidence = hand_in(session, create_deliverable(session, task))

        with pytest.raises(ActRefused, match="另外指定"):
            accept(session, evidence, by=LEADER)

    @pytest.mark.parametrize("state", [TaskState.ACTIVE, TaskState.IN_REVIEW])
    def test_evidence_is_reviewed_while_the_task_is_worked_on_or_in_review(
        self, session: Session, state: TaskState
    ) -> None:
        task = create_task(session)
        evidence = hand_in(session, create_deliverable(session, task))
        task.state = state

        assert accept(session, evidence).state is EvidenceState.ACCEPTED

    @pytest.mark.parametrize(
        "state",
        [state for state in TaskState if state not in (TaskState.ACTIVE, TaskState.IN_REVIEW)],
    )
    def test_is_refused_in_every_other_state(self, session: Session, state: TaskState) -> None:
        task = create_task(session)
        evidence = hand_in(session, create_deliverable(session, task))
        task.state = state
        session.flush()

        for act in (accept, reject):
            with pytest.raises(ActRefused, match="待审核"):
                act(session, evidence)

    def test_what_was_accepted_can_be_rejected_until_the_task_is_approved(self, session: Session) -> None:
        task = create_task(session)
        evidence = accept(session, hand_in(session, create_deliverable(session, task)))

        assert reject(session, evidence).state is EvidenceState.REJECTED
        accept(session, evidence)
        task.state = TaskState.AWAITING_CLOSURE
        session.flush()
        with pytest.raises(ActRefused, match="审核通过之后"):
            reject(session, evidence)

    def test_what_another_task_was_approved_on_is_not_rejected(self, session: Session) -> None:
        holder = create_task(session)
        create_task(session, state=TaskState.CLOSED, deliverables_from_id=id_of(holder))
        evidence = hand_in(session, create_deliverable(session, holder))

        with pytest.raises(ActRefused) as refusal:
            reject(session, evidence)

        assert refusal_codes(refusal) == ["already-approved"]

    def test_a_rejection_needs_a_reason(self, session: Session) -> None:
        evidence = hand_in(session, create_deliverable(session, create_task(session)))

        with pytest.raises(ActRefused, match="理由"):
            reject(session, evidence, reason=" ")

        assert len(events(session)) == 1

    def test_nothing_is_decided_twice(self, session: Session) -> None:
        evidence = accept(session, hand_in(session, create_deliverable(session, create_task(session))))

        with pytest.raises(ActRefused, match="已经审核通过"):
            accept(session, evidence)
        reject(session, evidence)
        with pytest.raises(ActRefused, match="已经退回"):
            reject(session, evidence)

    def test_cannot_be_recorded_for_another(self, session: Session) -> None:
        evidence = hand_in(session, create_deliverable(session, create_task(session)))
        actor = replace(person(session, EXPEDITER), recorded_by_id=1, recorded_by_name=COORDINATOR)

        with pytest.raises(ActRefused, match="不能代录"):
            accept_evidence(session, id_of(evidence), actor=actor, at=NOON)

    def test_what_does_not_exist_is_not_found(self, session: Session) -> None:
        with pytest.raises(EvidenceNotFound, match="佐证材料"):
            accept_evidence(session, 999, actor=person(session, EXPEDITER), at=NOON)


class TestVerifyEvidence:
    def test_missing_altered_and_orphaned_files_are_told_apart(
        self, session: Session, store: EvidenceStore, tmp_path: Path
    ) -> None:
        task = create_task(session)
        stored = {}
        for name in ("完好", "丢失", "改动"):
            path = tmp_path / f"{name}.txt"
            path.write_text(name, encoding="utf-8")
            [evidence] = hand_in_file(
                session,
                store,
                [id_of(create_deliverable(session, task))],
                path,
                actor=person(session, OWNER),
                at=NOON,
            )
            assert evidence.sha256 is not None
            stored[name] = evidence.sha256
        orphan_path = tmp_path / "孤件.txt"
        orphan_path.write_text("孤件", encoding="utf-8")
        orphan = store.add_file(orphan_path, name="孤件.txt")
        store.path_of(stored["丢失"]).unlink()
        store.path_of(stored["改动"]).chmod(0o644)
        store.path_of(stored["改动"]).write_text("改过了", encoding="utf-8")
        told: list[tuple[int, int]] = []

        report = verify_evidence(session, store, on_progress=lambda done, all_: told.append((done, all_)))

        assert not report.is_intact
        assert report.checked == 3
        assert [problem.sha256 for problem in report.missing] == [stored["丢失"]]
        assert [problem.sha256 for problem in report.altered] == [stored["改动"]]
        assert report.altered[0].uses == (f"任务{task.id}“装备配备”第3项成果“改动.txt”第1版（{OWNER}提交）",)
        assert report.orphaned == (orphan.sha256,)
        assert told == [(1, 3), (2, 3), (3, 3)]

    def test_an_untouched_store_is_intact(self, session: Session, store: EvidenceStore, report: Path) -> None:
        deliverable = create_deliverable(session, create_task(session))
        hand_in_file(session, store, [id_of(deliverable)], report, actor=person(session, OWNER), at=NOON)

        assert verify_evidence(session, store).is_intact

    def test_sweeping_keeps_what_the_register_names(
        self, session: Session, store: EvidenceStore, report: Path
    ) -> None:
        deliverable = create_deliverable(session, create_task(session))
        hand_in_file(session, store, [id_of(deliverable)], report, actor=person(session, OWNER), at=NOON)
        orphan_path = report.with_name("孤件.txt")
        orphan_path.write_text("孤件", encoding="utf-8")
        orphan = store.add_file(orphan_path, name="孤件.txt")
        far_later = NOON.replace(year=2200)

        assert sweep_evidence(session, store, at=far_later) == [orphan.sha256]
        assert verify_evidence(session, store).is_intact
