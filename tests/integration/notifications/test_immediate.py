"""What people do is told once, at once or in the next digest, to whoever is in charge now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from notifications.models import Letter, LetterKind, Notice
from notifications.policy import EVENT_KINDS
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    actor_of,
    create_deliverable,
    create_evidence,
    create_extension,
    create_milestone,
    create_person,
    create_task,
)
from tests.golden_files import Golden
from tests.integration.notifications.playing import morning, play, told
from tests.reminder_policies import shipped_policy
from tracker.clock import office_moment
from tracker.identity import id_of
from tracker.models import Task
from tracker.rules import OfficeRules
from tracker.services import extensions, instructions, milestones, people
from tracker.services.auditing import Actor, record
from tracker.services.lifecycle import move_task
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneState
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

DAY = date(2024, 5, 29)  # a Wednesday
TEN = office_moment(DAY, 10)
DUE = date(2024, 12, 31)


def person(session: Session, name: str) -> Actor:
    return actor_of(create_person(session, name))


def move(
    session: Session,
    task: Task,
    trigger: TaskTrigger,
    name: str,
    reason: str | None = None,
    at: datetime = TEN,
) -> None:
    move_task(
        session, id_of(task), trigger, actor=person(session, name), at=at, rules=OfficeRules(), reason=reason
    )


def a_task(session: Session, state: TaskState = TaskState.ACTIVE, **fields: object) -> Task:
    return create_task(session, state=state, seq="12", title="执法装备配备", **fields)  # type: ignore[arg-type]


def happen(session: Session, kind: str) -> Task:
    """Let something of this kind happen at ten o'clock, through the services where that is short."""
    return _HAPPENINGS[kind](session)


def _issue(session: Session) -> Task:
    task = a_task(session, TaskState.DRAFT)
    create_milestone(session, task, due_on=DUE, look_on=None)
    move(session, task, TaskTrigger.ISSUE, COORDINATOR)
    return task


def _moved(
    state: TaskState, trigger: TaskTrigger, name: str, reason: str | None = None, **fields: object
) -> Callable[[Session], Task]:
    def act(session: Session) -> Task:
        submitted_by = create_person(session, OWNER).id if state is TaskState.IN_REVIEW else None
        task = a_task(session, state, submitted_by_id=submitted_by, **fields)
        create_milestone(session, task, due_on=DUE, state=MilestoneState.MET)
        move(session, task, trigger, name, reason)
        return task

    return act


def _urge(session: Session) -> Task:
    task = a_task(session)
    create_milestone(session, task, due_on=date(2024, 6, 28), look_on=None)
    instructions.urge_task(session, id_of(task), text="请本周内报送。", actor=person(session, LEADER), at=TEN)
    return task


def _instruct(session: Session) -> Task:
    task = a_task(session)
    instructions.give_instruction(
        session, id_of(task), text="务必按期完成 <装备> 采购。", actor=person(session, LEADER), at=TEN
    )
    return task


def _report(session: Session) -> Task:
    task = a_task(session)
    milestone = create_milestone(session, task, due_on=date(2024, 6, 3), look_on=None)
    milestones.report_milestone(
        session, id_of(milestone), note="已经清点完毕。", actor=person(session, OWNER), at=TEN
    )
    return task


def _return(session: Session) -> Task:
    task = a_task(session)
    owner = create_person(session, OWNER)
    milestone = create_milestone(
        session, task, due_on=DUE, state=MilestoneState.REPORTED, reported_by_id=owner.id, look_on=None
    )
    milestones.return_milestone(
        session, id_of(milestone), reason="台账缺少编号。", actor=person(session, EXPEDITER), at=TEN
    )
    return task


def _extension(trigger: str) -> Callable[[Session], Task]:
    def act(session: Session) -> Task:
        task = a_task(session)
        milestone = create_milestone(session, task, due_on=date(2024, 6, 3), look_on=None)
        if trigger == "request":
            extensions.request_extension(
                session,
                id_of(milestone),
                to_due_on=date(2024, 6, 28),
                reason="设备到货推迟。",
                actor=person(session, OWNER),
                at=TEN,
            )
            return task
        extension = create_extension(session, milestone, to_due_on=date(2024, 6, 28), requested_at=TEN)
        if trigger == "consent":
            create_extension(session, milestone, state=ExtensionState.GRANTED)
            extensions.consent_extension(
                session, id_of(extension), actor=person(session, COORDINATOR), at=TEN
            )
        elif trigger == "grant":
            extensions.grant_extension(session, id_of(extension), actor=person(session, LEADER), at=TEN)
            milestone.look_on = None
        else:
            extensions.refuse_extension(
                session, id_of(extension), reason="可以先行租用。", actor=person(session, LEADER), at=TEN
            )
        return task

    return act


def _reject_evidence(session: Session) -> Task:
    from tracker.models import EvidenceState

    task = a_task(session)
    evidence = create_evidence(
        session, create_deliverable(session, task), state=EvidenceState.REJECTED, name="采购合同"
    )
    record(
        session,
        kind="evidence.reject",
        actor=person(session, EXPEDITER),
        at=TEN,
        subject="evidence",
        subject_id=evidence.id,
        task_id=task.id,
        data={"reason": "没有加盖公章。"},
    )
    return task


def _reassign(session: Session) -> Task:
    task = a_task(session)
    people.reassign_task(
        session,
        id_of(task),
        role=Role.OWNER,
        from_person_id=id_of(create_person(session, OWNER)),
        to_person_id=id_of(create_person(session, "测试戊")),
        actor=person(session, COORDINATOR),
        at=TEN,
    )
    return task


def _appoint(session: Session) -> Task:
    task = a_task(session)
    people.appoint(
        session,
        id_of(task),
        person_id=id_of(create_person(session, "测试戊")),
        role=Role.EXPEDITER,
        actor=person(session, COORDINATOR),
        at=TEN,
    )
    return task


_HAPPENINGS: dict[str, Callable[[Session], Task]] = {
    "task.issue": _issue,
    "task.decline": _moved(TaskState.ISSUED, TaskTrigger.DECLINE, OWNER, "不属于本科室职责。"),
    "task.submit": _moved(TaskState.ACTIVE, TaskTrigger.SUBMIT, OWNER),
    "task.send_back": _moved(TaskState.IN_REVIEW, TaskTrigger.SEND_BACK, EXPEDITER, "缺少验收单。"),
    "task.approve": _moved(TaskState.IN_REVIEW, TaskTrigger.APPROVE, EXPEDITER),
    "task.reject": _moved(TaskState.AWAITING_CLOSURE, TaskTrigger.REJECT, LEADER, "数量不符。"),
    "task.close": _moved(TaskState.AWAITING_CLOSURE, TaskTrigger.CLOSE, LEADER),
    "task.reopen": _moved(TaskState.CLOSED, TaskTrigger.REOPEN, LEADER, "上级要求复核。"),
    "task.suspend": _moved(TaskState.ACTIVE, TaskTrigger.SUSPEND, LEADER, "等待上级批复。"),
    "task.resume": _moved(
        TaskState.SUSPENDED,
        TaskTrigger.RESUME,
        LEADER,
        "上级已经批复。",
    ),
    "task.cancel": _moved(TaskState.ACTIVE, TaskTrigger.CANCEL, LEADER, "并入其他任务。"),
    "task.urge": _urge,
    "milestone.report": _report,
    "milestone.return": _return,
    "extension.request": _extension("request"),
    "extension.consent": _extension("consent"),
    "extension.grant": _extension("grant"),
    "extension.refuse": _extension("refuse"),
    "instruction.give": _instruct,
    "evidence.reject": _reject_evidence,
    "person.reassign": _reassign,
    "person.appoint": _appoint,
}


def immediate(session: Session) -> list[Letter]:
    return list(
        session.exec(select(Letter).where(Letter.kind == LetterKind.IMMEDIATE).order_by(col(Letter.id))).all()
    )


class TestWhoIsTold:
    @pytest.mark.parametrize(
        ("kind", "at_once", "in_the_digest"),
        [
            ("task.issue", {OWNER, EXPEDITER}, set()),
            ("task.decline", {COORDINATOR}, set()),
            ("task.submit", {EXPEDITER}, set()),
            ("task.send_back", {OWNER}, set()),
            ("task.approve", {LEADER}, {OWNER}),
            ("task.reject", {OWNER}, {EXPEDITER}),
            ("task.close", set(), {OWNER, EXPEDITER}),
            ("task.reopen", {OWNER}, {EXPEDITER}),
            ("task.suspend", set(), {OWNER, EXPEDITER}),
            ("task.resume", {OWNER}, {EXPEDITER}),
            ("task.cancel", set(), {OWNER, EXPEDITER}),
            ("task.urge", {OWNER}, set()),
            ("milestone.report", {EXPEDITER}, set()),
            ("milestone.return", {OWNER}, set()),
            ("extension.request", {LEADER}, set()),
            ("extension.consent", {LEADER}, set()),
            ("extension.grant", set(), {OWNER, EXPEDITER}),
            ("extension.refuse", {OWNER}, set()),
            ("instruction.give", {OWNER}, set()),
            ("evidence.reject", {OWNER}, set()),
            ("person.reassign", {"测试戊"}, set()),
            ("person.appoint", {"测试戊"}, set()),
        ],
    )
    def test_whoever_must_act_at_once_and_whoever_should_know_next_morning(
        self, session: Session, kind: str, at_once: set[str], in_the_digest: set[str]
    ) -> None:
        play(session, morning("05-29"))  # the day has begun
        happen(session, kind)

        play(session, office_moment(DAY, 10, 1))
        letters = {letter.recipient_id for letter in immediate(session)}
        assert letters == {create_person(session, name).id for name in at_once}

        play(session, morning("05-30"))
        digests = session.exec(select(Notice.recipient_id).where(Notice.rule == f"inform:{kind}")).all()
        assert set(digests) == {create_person(session, name).id for name in in_the_digest}
        waiting = session.exec(select(Notice).where(col(Notice.letter_id).is_(None))).all()
        assert waiting == []

    def test_every_kind_of_event_is_tried(self) -> None:
        assert set(_HAPPENINGS) == set(EVENT_KINDS)

    def test_a_second_extension_is_asked_of_the_coordinator_first(self, session: Session) -> None:
        task = a_task(session)
        milestone = create_milestone(session, task, due_on=date(2024, 6, 3), look_on=None)
        create_extension(session, milestone, state=ExtensionState.GRANTED)
        extensions.request_extension(
            session,
            id_of(milestone),
            to_due_on=date(2024, 6, 28),
            reason="设备到货推迟。",
            actor=person(session, OWNER),
            at=TEN,
        )

        play(session, TEN)

        assert [name for _, name, rule in told(session) if rule == "extension.request"] == [COORDINATOR]

    def test_where_owner_and_expediter_are_one_the_coordinator_reviews(self, session: Session) -> None:
        owner = create_person(session, OWNER)
        task = a_task(session, expediter=owner)
        move(session, task, TaskTrigger.SUBMIT, OWNER)

        play(session, TEN)

        assert told(session) == [("05-29", COORDINATOR, "task.submit")]


class TestOnce:
    def test_a_second_round_tells_nothing_again(self, session: Session) -> None:
        happen(session, "task.issue")
        play(session, TEN)

        assert play(session, office_moment(DAY, 10, 2)).events == 0
        assert len(immediate(session)) == 2

    def test_many_tasks_issued_together_are_one_letter_a_person(self, session: Session) -> None:
        for _ in range(5):
            happen(session, "task.issue")

        play(session, TEN)

        assert [letter.subject for letter in immediate(session)] == ["【盯办】请签收5项任务"] * 2
        assert all(letter.thread_id is None for letter in immediate(session))

    def test_one_task_has_one_thread_and_answers_go_to_whoever_acted(self, session: Session) -> None:
        task = happen(session, "task.issue")

        play(session, TEN)

        letter = immediate(session)[0]
        assert letter.thread_id == f"dingban-task-{task.id}"
        assert letter.reply_to == create_person(session, COORDINATOR).email

    def test_sent_back_twice_is_told_once_with_the_newest_reason(self, session: Session) -> None:
        task = happen(session, "task.send_back")
        move(session, task, TaskTrigger.SUBMIT, OWNER)
        move(session, task, TaskTrigger.SEND_BACK, EXPEDITER, "仍缺少验收单。")

        play(session, TEN)

        assert len(immediate(session)) == 1
        assert "仍缺少验收单" in immediate(session)[0].text


class TestStale:
    def test_a_task_accepted_meanwhile_is_not_asked_to_be_accepted(self, session: Session) -> None:
        task = happen(session, "task.issue")
        move(session, task, TaskTrigger.ACCEPT, OWNER)

        play(session, TEN)

        assert immediate(session) == []

    def test_an_instruction_acknowledged_meanwhile_is_not_sent(self, session: Session) -> None:
        happen(session, "instruction.give")
        instructions.acknowledge_instruction(session, 1, actor=person(session, OWNER), at=TEN)

        play(session, TEN)

        assert told(session) == []

    def test_what_is_no_longer_so_by_the_next_digest_is_withdrawn_on_record(self, session: Session) -> None:
        play(session, morning("05-29"))
        task = happen(session, "task.close")
        play(session, TEN)
        move(session, task, TaskTrigger.REOPEN, LEADER, "上级要求复核。")

        play(session, morning("05-30"))

        withdrawn = session.exec(select(Notice).where(col(Notice.withdrawn_at).is_not(None))).all()
        assert {notice.rule for notice in withdrawn} == {"inform:task.close"}
        assert ("05-29", OWNER, "inform:task.close") not in told(session)

    @pytest.mark.parametrize(("days", "is_told"), [(13, True), (15, False)])
    def test_after_a_long_stoppage_old_news_is_none(self, session: Session, days: int, is_told: bool) -> None:
        happen(session, "task.approve")

        play(session, TEN + timedelta(days=days))

        rules = {rule for _, _, rule in told(session)}
        assert "task.approve" in rules  # somebody still has to act
        assert ("inform:task.approve" in rules) is is_told

    def test_nobody_hears_of_parts_given_out_in_a_draft(self, session: Session) -> None:
        task = a_task(session, TaskState.DRAFT)
        people.appoint(
            session,
            id_of(task),
            person_id=id_of(create_person(session, "测试戊")),
            role=Role.EXPEDITER,
            actor=person(session, COORDINATOR),
            at=TEN,
        )

        play(session, TEN)

        assert told(session) == []


class TestOfficeHours:
    def test_an_evening_act_waits_for_the_next_working_moment(self, session: Session) -> None:
        task = a_task(session)
        instructions.urge_task(
            session,
            id_of(task),
            text="请报进展。",
            actor=person(session, LEADER),
            at=office_moment(date(2024, 5, 31), 19),
        )

        play(session, office_moment(date(2024, 5, 31), 19, 1))
        play(session, office_moment(date(2024, 6, 1), 10))
        assert told(session) == []

        play(session, morning("06-03"))
        assert told(session) == [("06-03", OWNER, "task.urge")]

    def test_an_instruction_told_this_morning_is_not_in_this_mornings_digest_too(
        self, session: Session
    ) -> None:
        task = a_task(session)
        instructions.give_instruction(
            session,
            id_of(task),
            text="请报进展。",
            actor=person(session, LEADER),
            at=office_moment(date(2024, 5, 31), 19),
        )

        play(session, morning("06-03"))
        play(session, morning("06-04"))

        assert told(session) == [("06-03", OWNER, "instruction.give"), ("06-04", OWNER, "instruction")]


class TestWords:
    @pytest.mark.parametrize("kind", [rule.kind for rule in shipped_policy().events if rule.now])
    def test_the_letter_of_each_kind_is_as_recorded(
        self, session: Session, golden: Golden, kind: str
    ) -> None:
        play(session, morning("05-29"))
        happen(session, kind)
        play(session, TEN)
        letters = immediate(session)

        name = kind.replace(".", "_")
        golden.check(f"notifications/{name}.txt", f"{letters[0].subject}\n\n{letters[0].text}")
        golden.check(f"notifications/{name}.html", letters[0].html or "")

    def test_a_digest_with_everything_is_as_recorded(self, session: Session, golden: Golden) -> None:
        play(session, morning("05-29"))
        task = a_task(session)
        create_milestone(session, task, due_on=date(2024, 5, 27), text="报送工作方案", look_on=DAY)
        create_milestone(session, task, due_on=date(2024, 5, 13), text="组织 <动员> 部署", look_on=DAY)
        create_milestone(session, task, due_on=date(2024, 5, 30), text="完成装备清点", look_on=DAY)
        create_milestone(session, task, due_on=date(2024, 6, 12), text="形成总结报告", look_on=DAY)
        create_task(
            session, state=TaskState.ISSUED, accept_by_on=date(2024, 5, 28), title="培训计划", seq="13"
        )
        happen(session, "instruction.give")
        happen(session, "task.close")

        play(session, office_moment(date(2024, 5, 30), 8, 30))

        digests = session.exec(
            select(Letter).where(Letter.kind == LetterKind.DIGEST).order_by(col(Letter.recipient_id))
        ).all()
        assert len(digests) == 4
        for letter in digests:
            name = f"notifications/digest-{letter.recipient_id}"
            golden.check(f"{name}.txt", f"{letter.subject}\n\n{letter.text}")
            golden.check(f"{name}.html", letter.html or "")

    def test_what_people_wrote_cannot_become_html(self, session: Session) -> None:
        happen(session, "instruction.give")

        play(session, TEN)

        html = immediate(session)[0].html or ""
        assert "&lt;装备&gt;" in html
        assert "<装备>" not in html

    def test_a_long_list_is_cut_and_says_so(self, session: Session) -> None:
        task = a_task(session)
        for number in range(70):
            create_milestone(session, task, due_on=date(2024, 5, 28), text=f"事项{number}", look_on=DAY)

        play(session, morning("05-29"))

        letter = session.exec(select(Letter)).first()
        assert letter
        assert "【逾期】70项" in letter.text
        assert "另有10项没有列出" in letter.text
        assert "另有 10 项没有列出" in (letter.html or "")
