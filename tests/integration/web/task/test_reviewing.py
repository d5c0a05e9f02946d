"""审核: everything of one task that waits for a reviewer, on one page and in one form."""

from __future__ import annotations

import pytest

from tests.console import Console
from tests.factories import (
    NOON,
    create_deliverable,
    create_evidence,
    create_milestone,
    create_person,
    create_task,
)
from tracker.identity import id_of
from tracker.models import Evidence, EvidenceState, Milestone, Task
from workflows.milestone import MilestoneState
from workflows.task import TaskState


class _Office:
    """A task of 测试甲 on which three papers and a step wait for 测试乙."""

    def __init__(self, console: Console, state: TaskState = TaskState.ACTIVE) -> None:
        session = console.session
        owner = create_person(session, "测试甲")
        self.task: Task = create_task(
            session, state=state, title="更新执法装备台账", submitted_by_id=owner.id
        )
        self.papers: list[Evidence] = [
            create_evidence(session, create_deliverable(session, self.task, text=text), name=f"{text}.pdf")
            for text in ("工作目录", "采购资料", "情况说明")
        ]
        is_done = state is TaskState.IN_REVIEW
        self.step: Milestone = create_milestone(
            session,
            self.task,
            state=MilestoneState.MET if is_done else MilestoneState.REPORTED,
            reported_at=NOON,
            reported_by_id=owner.id,
            report_note="已完成清点",
            met_at=NOON if is_done else None,
        )
        self.url = f"/tasks/{self.task.id}/review"
        self.client = console.as_("测试乙")
        self._session = session

    def field(self, place: int) -> str:
        return f"evidence-{id_of(self.papers[place])}"

    def states(self) -> list[EvidenceState]:
        for paper in self.papers:
            self._session.refresh(paper)
        return [paper.state for paper in self.papers]

    def state_of_task(self) -> TaskState:
        self._session.refresh(self.task)
        return self.task.state

    def state_of_step(self) -> MilestoneState:
        self._session.refresh(self.step)
        return self.step.state


@pytest.fixture
def office(console: Console) -> _Office:
    return _Office(console)


class TestReviewPage:
    def test_it_shows_all_that_waits_and_each_with_a_verdict(self, office: _Office) -> None:
        page = office.client.get(office.url).text

        assert "已完成清点" in page
        assert all(f'name="{office.field(place)}"' in page for place in range(3))
        assert f'name="milestone-{office.step.id}"' in page

    def test_who_has_nothing_to_review_is_told_so(self, console: Console, office: _Office) -> None:
        page = console.as_("测试甲").get(office.url).text

        assert "没有等您审核的材料" in page

    def test_a_task_is_not_offered_for_approval_while_a_deliverable_lacks_everything(
        self, console: Console
    ) -> None:
        office = _Office(console, TaskState.IN_REVIEW)
        create_deliverable(console.session, office.task, text="验收单")
        console.session.commit()

        page = office.client.get(office.url).text

        assert "第4项成果“验收单”的佐证材料尚未审核通过" in page
        assert f'id="task-{office.task.id}-back"' in page
        assert f'id="task-{office.task.id}-good"' not in page

    def test_a_task_is_offered_for_approval_where_all_that_it_lacks_waits_here(
        self, console: Console
    ) -> None:
        office = _Office(console, TaskState.IN_REVIEW)

        page = office.client.get(office.url).text

        assert f'id="task-{office.task.id}-good"' in page
        assert "尚未审核通过" not in page


class TestReview:
    def test_what_was_said_is_done_and_what_was_left_open_is_not(self, office: _Office) -> None:
        answer = office.client.submit(
            office.url,
            {
                office.field(0): "good",
                office.field(1): "back",
                f"{office.field(1)}-reason": "缺少合同附件",
                office.field(2): "",
                f"milestone-{office.step.id}": "good",
                "back": "/",
            },
        )

        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert office.states() == [EvidenceState.ACCEPTED, EvidenceState.REJECTED, EvidenceState.SUBMITTED]
        assert office.papers[1].review_reason == "缺少合同附件"
        assert office.state_of_step() is MilestoneState.MET

    def test_sending_back_without_a_reason_does_nothing_at_all(self, office: _Office) -> None:
        answer = office.client.submit(office.url, {office.field(0): "good", office.field(1): "back"})

        assert answer.status_code == 409
        assert "退回材料“采购资料.pdf”须写明理由" in answer.text
        assert office.states() == [EvidenceState.SUBMITTED] * 3

    def test_a_form_that_says_nothing_is_asked_for_something(self, office: _Office) -> None:
        answer = office.client.submit(office.url, {office.field(0): ""})

        assert answer.status_code == 422
        assert "还没有对任何一项作出审核意见" in answer.text

    def test_everything_is_accepted_and_the_task_approved_in_one_go(self, console: Console) -> None:
        office = _Office(console, TaskState.IN_REVIEW)
        verdicts = {office.field(place): "good" for place in range(3)}

        answer = office.client.submit(office.url, {**verdicts, f"task-{office.task.id}": "good"})

        assert answer.status_code == 303
        assert office.states() == [EvidenceState.ACCEPTED] * 3
        assert office.state_of_task() is TaskState.AWAITING_CLOSURE

    def test_an_approval_that_is_refused_takes_the_rest_back_with_it(self, console: Console) -> None:
        office = _Office(console, TaskState.IN_REVIEW)

        answer = office.client.submit(office.url, {office.field(0): "good", f"task-{office.task.id}": "good"})

        assert answer.status_code == 409
        assert "采购资料" in answer.text
        assert "情况说明" in answer.text
        assert office.states() == [EvidenceState.SUBMITTED] * 3

    def test_papers_of_another_task_are_not_there(self, console: Console, office: _Office) -> None:
        other = create_task(console.session, title="另一项任务")
        strange = create_evidence(console.session, create_deliverable(console.session, other))
        console.session.commit()

        answer = office.client.submit(office.url, {f"evidence-{strange.id}": "good"})

        assert answer.status_code == 404
        console.session.refresh(strange)
        assert strange.state is EvidenceState.SUBMITTED

    def test_nobody_reviews_what_he_handed_in_himself(self, console: Console, office: _Office) -> None:
        answer = console.as_("测试甲").submit(office.url, {office.field(0): "good"})

        assert answer.status_code == 409
        assert office.states() == [EvidenceState.SUBMITTED] * 3
