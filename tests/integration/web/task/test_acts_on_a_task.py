"""Everything that is done on a task through its page, by whom it may be done."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from tests.console import Console
from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    create_deliverable,
    create_evidence,
    create_extension,
    create_instruction,
    create_milestone,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.models import (
    AuditEvent,
    Comment,
    Deduction,
    Evidence,
    EvidenceState,
    Extension,
    Instruction,
    Milestone,
    Task,
)
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneState
from workflows.task import TaskState


def state_of(console: Console, task: Task) -> TaskState:
    console.session.expire_all()
    return console.session.get_one(Task, id_of(task)).state


def newest_event(console: Console) -> AuditEvent:
    console.session.expire_all()
    return console.session.exec(select(AuditEvent).order_by(AuditEvent.id.desc())).first()  # type: ignore[attr-defined,return-value]


class TestMove:
    def test_the_owner_accepts(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)

        answer = console.as_(OWNER).submit(f"/tasks/{task.id}/accept")

        assert (answer.status_code, answer.headers["location"]) == (303, f"/tasks/{task.id}")
        assert state_of(console, task) is TaskState.ACTIVE

    def test_it_leads_back_to_where_the_form_was(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.ISSUED)

        answer = console.as_(OWNER).submit(f"/tasks/{task.id}/accept", {"back": "/"})

        assert answer.headers["location"] == "/"

    def test_a_refusal_lists_what_is_unmet_and_moves_nothing(self, console: Console) -> None:
        task = create_task(console.session)
        create_deliverable(console.session, task)

        answer = console.as_(OWNER).submit(f"/tasks/{task.id}/submit", is_htmx=True)

        assert answer.status_code == 409
        assert answer.headers["hx-retarget"] == "#messages"
        assert "缺少第1项成果" in answer.text
        assert state_of(console, task) is TaskState.ACTIVE

    def test_what_is_no_trigger_is_not_there(self, console: Console) -> None:
        task = create_task(console.session)

        assert console.as_(OWNER).submit(f"/tasks/{task.id}/vanish").status_code == 404

    def test_a_coordinator_records_the_leader_with_both_names(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        leader = create_person(console.session, LEADER)

        answer = console.as_(COORDINATOR).submit(f"/tasks/{task.id}/close", {"recorded_for": str(leader.id)})

        event = newest_event(console)
        assert answer.status_code == 303
        assert state_of(console, task) is TaskState.CLOSED
        assert (event.actor_name, event.recorded_by_name) == (LEADER, COORDINATOR)

    def test_nobody_else_records_for_a_leader(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        leader = create_person(console.session, LEADER)

        answer = console.as_(OWNER).submit(f"/tasks/{task.id}/close", {"recorded_for": str(leader.id)})

        assert answer.status_code == 409
        assert state_of(console, task) is TaskState.AWAITING_CLOSURE


class TestMilestones:
    def test_a_step_is_reported_returned_reported_and_confirmed(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)
        path = f"/tasks/{task.id}/milestones/{step.id}"
        owner, expediter = console.as_(OWNER), console.as_(EXPEDITER)

        answers = [
            owner.submit(f"{path}/report", {"reason": "已完成清点"}),
            expediter.submit(f"{path}/return", {"reason": "台账缺签字"}),
            owner.submit(f"{path}/report", {"reason": "已补签字"}),
            expediter.submit(f"{path}/confirm"),
        ]

        console.session.expire_all()
        assert [answer.status_code for answer in answers] == [303] * 4
        assert console.session.get_one(Milestone, step.id).state is MilestoneState.MET

    def test_the_leader_waives(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)

        console.as_(LEADER).submit(f"/tasks/{task.id}/milestones/{step.id}/waive", {"reason": "不再需要"})

        console.session.expire_all()
        assert console.session.get_one(Milestone, step.id).state is MilestoneState.WAIVED

    def test_a_step_of_another_task_is_not_there(self, console: Console) -> None:
        task, other = create_task(console.session), create_task(console.session, title="别的任务")
        step = create_milestone(console.session, other)

        answer = console.as_(OWNER).submit(
            f"/tasks/{task.id}/milestones/{step.id}/report", {"reason": "已完成"}
        )

        assert answer.status_code == 404


class TestExtensions:
    def test_an_owner_asks_and_the_leader_grants(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)
        console.as_(OWNER).submit(
            f"/tasks/{task.id}/milestones/{step.id}/extend", {"to_due_on": "2024-07-31", "reason": "设备未到"}
        )
        asked = console.session.exec(select(Extension)).one()

        console.as_(LEADER).submit(f"/tasks/{task.id}/extensions/{asked.id}/grant", {"reason": "同意"})

        console.session.expire_all()
        assert console.session.get_one(Extension, asked.id).state is ExtensionState.GRANTED
        assert console.session.get_one(Milestone, step.id).due_on == date(2024, 7, 31)

    def test_a_day_off_is_taken_and_told_with_the_working_day_before_it(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)
        remark = "6月29日（周六）是休息日，前一个工作日是6月28日（周五）"

        owner = console.as_(OWNER)
        answer = owner.submit(
            f"/tasks/{task.id}/milestones/{step.id}/extend", {"to_due_on": "2024-06-29", "reason": "设备未到"}
        )

        assert console.session.exec(select(Extension)).one().to_due_on == date(2024, 6, 29)
        assert answer.status_code == 303
        page = owner.get(f"/tasks/{task.id}").text
        assert f"已提出延期申请，等待批复。{remark}。" in page
        assert page.count(remark) == 2
        for path in ("/", "/leader", f"/tasks/{task.id}"):
            assert remark in console.as_(LEADER).get(path).text

    def test_of_a_working_day_nothing_is_said(self, console: Console) -> None:
        task = create_task(console.session)
        asked = create_extension(console.session, create_milestone(console.session, task))
        asked.to_due_on = date(2024, 7, 31)
        console.session.commit()
        for path in ("/", "/leader", f"/tasks/{task.id}"):
            page = console.as_(LEADER).get(path).text
            assert "设备到货推迟" in page
            assert "前一个工作日" not in page

    def test_a_day_that_is_none_is_said_so(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)

        answer = console.as_(OWNER).submit(
            f"/tasks/{task.id}/milestones/{step.id}/extend",
            {"to_due_on": "7月底", "reason": "设备未到"},
            is_htmx=True,
        )

        assert answer.status_code == 422
        assert "例如 2024-07-03" in answer.text

    def test_a_second_one_needs_consent_which_the_page_offers(self, console: Console) -> None:
        task = create_task(console.session)
        step = create_milestone(console.session, task)
        create_extension(console.session, step, state=ExtensionState.GRANTED)
        second = create_extension(console.session, step, number=2)
        path = f"/tasks/{task.id}/extensions/{second.id}"

        refused = console.as_(LEADER).submit(f"{path}/grant")
        page = console.as_(COORDINATOR).get(f"/tasks/{task.id}").text
        consented = console.as_(COORDINATOR).submit(f"{path}/consent")
        granted = console.as_(LEADER).submit(f"{path}/grant")

        assert (refused.status_code, consented.status_code, granted.status_code) == (409, 303, 303)
        assert f'action="{path}/consent"' in page

    def test_a_refusal_needs_a_reason(self, console: Console) -> None:
        task = create_task(console.session)
        asked = create_extension(console.session, create_milestone(console.session, task))
        path = f"/tasks/{task.id}/extensions/{asked.id}/refuse"

        assert console.as_(LEADER).submit(path).status_code == 422
        assert console.as_(LEADER).submit(path, {"reason": "时间充裕"}).status_code == 303


class TestInstructionsAndUrging:
    def test_a_leader_writes_and_the_owner_acknowledges(self, console: Console) -> None:
        task = create_task(console.session)
        console.as_(LEADER).submit(f"/tasks/{task.id}/instructions", {"text": "请于月底前报结果"})
        given = console.session.exec(select(Instruction)).one()

        answer = console.as_(OWNER).submit(f"/instructions/{given.id}/acknowledge", {"back": "/"})

        console.session.expire_all()
        assert answer.headers["location"] == "/"
        assert console.session.get_one(Instruction, given.id).acknowledged_at is not None

    def test_an_instruction_on_a_hidden_task_is_not_there(self, console: Console) -> None:
        given = create_instruction(console.session, create_task(console.session))
        stranger = create_person(console.session, "测试外", unit_id=None)

        assert console.as_(stranger).submit(f"/instructions/{given.id}/acknowledge").status_code == 404

    def test_an_expediter_urges_on_record(self, console: Console) -> None:
        task = create_task(console.session)

        console.as_(EXPEDITER).submit(f"/tasks/{task.id}/urge", {"text": "还差两份材料"})

        assert newest_event(console).kind == "task.urge"


class TestEvidence:
    def test_a_link_is_handed_in_accepted_and_cannot_be_accepted_by_its_submitter(
        self, console: Console
    ) -> None:
        task = create_task(console.session)
        deliverable = create_deliverable(console.session, task)
        owner = console.as_(OWNER)
        owner.submit(
            f"/tasks/{task.id}/deliverables/{deliverable.id}/links",
            {"name": "情况说明", "link": "https://oa.example.org/1"},
        )
        evidence = console.session.exec(select(Evidence)).one()
        console.session.commit()
        path = f"/tasks/{task.id}/evidence/{evidence.id}"

        refused, accepted = owner.submit(f"{path}/accept"), console.as_(EXPEDITER).submit(f"{path}/accept")

        console.session.expire_all()
        assert (refused.status_code, accepted.status_code) == (409, 303)
        assert console.session.get_one(Evidence, evidence.id).state is EvidenceState.ACCEPTED

    @pytest.mark.parametrize("link", ["javascript:alert(1)", "ftp://x.example.org", "//x.example.org"])
    def test_what_is_no_address_of_a_page_is_refused(self, console: Console, link: str) -> None:
        task = create_task(console.session)
        deliverable = create_deliverable(console.session, task)

        answer = console.as_(OWNER).submit(
            f"/tasks/{task.id}/deliverables/{deliverable.id}/links", {"name": "说明", "link": link}
        )

        assert answer.status_code == 422
        assert console.session.exec(select(Evidence)).all() == []

    def test_rejecting_needs_a_reason(self, console: Console) -> None:
        task = create_task(console.session)
        evidence = create_evidence(console.session, create_deliverable(console.session, task))
        path = f"/tasks/{task.id}/evidence/{evidence.id}/reject"
        expediter = console.as_(EXPEDITER)

        assert expediter.submit(path).status_code == 422
        assert expediter.submit(path, {"reason": "缺公章"}).status_code == 303

    def test_evidence_of_another_task_is_not_there(self, console: Console) -> None:
        task, other = create_task(console.session), create_task(console.session, title="别的任务")
        evidence = create_evidence(console.session, create_deliverable(console.session, other))

        assert (
            console.as_(EXPEDITER).submit(f"/tasks/{task.id}/evidence/{evidence.id}/accept").status_code
            == 404
        )


class TestPackage:
    def test_a_coordinator_builds_downloads_and_archives(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.AWAITING_CLOSURE)
        console.as_(LEADER).submit(f"/tasks/{task.id}/close")
        client = console.as_(COORDINATOR)

        early = client.submit(f"/tasks/{task.id}/archive")
        built = client.submit(f"/tasks/{task.id}/package")
        package = client.get(f"/tasks/{task.id}/package")
        archived = client.submit(f"/tasks/{task.id}/archive")

        assert (early.status_code, built.status_code, archived.status_code) == (409, 303, 303)
        assert package.content.startswith(b"PK")
        assert package.headers["content-disposition"].startswith("attachment; filename*=")
        assert state_of(console, task) is TaskState.ARCHIVED

    def test_an_owner_builds_none(self, console: Console) -> None:
        task = create_task(console.session, state=TaskState.CLOSED)

        assert console.as_(OWNER).submit(f"/tasks/{task.id}/package").status_code == 403


class TestPointsAndComments:
    def test_a_deduction_is_recorded(self, console: Console) -> None:
        task = create_task(console.session, score={"kind": "deduct", "max": 2.0})

        console.as_(EXPEDITER).submit(
            f"/tasks/{task.id}/deductions", {"on": "2024-02-01", "points": "0.2", "note": "着装不规范"}
        )

        assert console.session.exec(select(Deduction)).one().points == 0.2

    @pytest.mark.parametrize("points", ["两分", "nan", "inf", "-1", "1e400"])
    def test_points_that_are_none_are_refused(self, console: Console, points: str) -> None:
        task = create_task(console.session, score={"kind": "deduct", "max": 2.0})

        answer = console.as_(EXPEDITER).submit(
            f"/tasks/{task.id}/deductions", {"on": "2024-02-01", "points": points, "note": "着装不规范"}
        )

        assert answer.status_code in (409, 422)
        assert console.session.exec(select(Deduction)).all() == []

    def test_a_comment_is_kept_and_the_trail_keeps_its_hash_alone(self, console: Console) -> None:
        task = create_task(console.session)

        console.as_(OWNER).submit(f"/tasks/{task.id}/comments", {"text": "设备周五到货"})

        assert console.session.exec(select(Comment)).one().text == "设备周五到货"
        assert newest_event(console).kind == "comment.write"
        assert "设备周五到货" not in newest_event(console).data
        assert "设备周五到货" in console.as_(LEADER).get(f"/tasks/{task.id}").text

    def test_what_is_typed_is_never_markup(self, console: Console) -> None:
        task = create_task(console.session)
        client = console.as_(OWNER)

        client.submit(f"/tasks/{task.id}/comments", {"text": "<script>alert(1)</script>"})

        page = client.get(f"/tasks/{task.id}").text
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page
