"""Lists of tasks, what needs a person today, and the timeline of a task."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_evidence,
    create_extension,
    create_instruction,
    create_milestone,
    create_person,
    create_task,
    create_unit,
)
from tracker.clock import office_moment
from tracker.errors import TaskNotFound
from tracker.identity import id_of
from tracker.lights import Measure
from tracker.models import EvidenceState, TaskUnit
from tracker.queries.returned import SentBack
from tracker.queries.tasks import (
    TaskFilter,
    count_tasks,
    count_tasks_by_state,
    get_task,
    list_sharing_tasks,
    list_tasks,
)
from tracker.queries.timeline import label_event, list_interruptions, list_timeline
from tracker.queries.todo import TodoKind, list_todos
from tracker.rules import OfficeRules
from tracker.services.lifecycle import move_task
from tracker.services.milestones import report_milestone, return_milestone
from workflows.extension import ExtensionState
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

TODAY = date(2024, 6, 3)


def count_statements(engine: Engine, act: Callable[[], object]) -> int:
    statements: list[str] = []

    def listen(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", listen)
    act()
    event.remove(engine, "before_cursor_execute", listen)
    return len(statements)


class TestListTasks:
    def test_they_come_in_the_order_of_their_table(self, session: Session) -> None:
        second, first = create_task(session, position=2), create_task(session, position=1)
        assert list_tasks(session) == [first, second]
        assert list_tasks(session, limit=1, offset=1) == [second]

    def test_a_unit_brings_the_units_below_it_and_those_that_assist(self, session: Session) -> None:
        top = create_unit(session, "支队")
        below = create_unit(session, "一大队", parent=top)
        led = create_task(session, lead_unit_id=below.id)
        assisted = create_task(session)
        session.add(TaskUnit(task_id=id_of(assisted), unit_id=id_of(below)))
        session.flush()
        create_task(session)
        assert list_tasks(session, TaskFilter(unit_id=top.id)) == [led, assisted]

    def test_a_person_is_found_in_any_part_or_in_one(self, session: Session) -> None:
        mine = create_task(session)
        create_task(session, owner=create_person(session, "测试戊"))
        owner, coordinator = create_person(session, OWNER).id, create_person(session, COORDINATOR).id
        assert list_tasks(session, TaskFilter(person_id=owner)) == [mine]
        assert list_tasks(session, TaskFilter(person_id=owner, role=Role.LEADER)) == []
        assert count_tasks(session, TaskFilter(person_id=coordinator, role=Role.COORDINATOR)) == 2

    def test_every_word_of_a_text_has_to_be_there(self, session: Session) -> None:
        found = create_task(session, title="装备配备", requirement="执法记录仪配齐100%")
        create_task(session, title="装备清点", requirement="全部清点")
        assert list_tasks(session, TaskFilter(text="装备 记录仪")) == [found]
        assert list_tasks(session, TaskFilter(text="100%")) == [found]
        assert list_tasks(session, TaskFilter(text="%清%")) == []  # no wildcard of the database

    def test_states_and_campaigns_narrow_and_are_counted(self, session: Session) -> None:
        task = create_task(session)
        create_task(session, state=TaskState.DRAFT)
        create_task(session, campaign=create_campaign(session, "另一专项"))
        wanted = TaskFilter(campaign_id=task.campaign_id)
        assert count_tasks_by_state(session, wanted) == {TaskState.ACTIVE: 1, TaskState.DRAFT: 1}
        assert list_tasks(session, TaskFilter(campaign_id=task.campaign_id, states=(TaskState.ACTIVE,))) == [
            task
        ]

    def test_overdue_begins_the_day_after_and_ends_with_the_report(self, session: Session) -> None:
        task = create_task(session)
        step = create_milestone(session, task)
        sharing = create_task(session, milestones_from_id=task.id)
        create_milestone(session, create_task(session, state=TaskState.SUSPENDED))

        assert list_tasks(session, TaskFilter(overdue_on=date(2024, 5, 31))) == []
        assert list_tasks(session, TaskFilter(overdue_on=date(2024, 6, 1))) == [task, sharing]
        step.state, step.reported_at = MilestoneState.REPORTED, NOON
        session.flush()
        assert list_tasks(session, TaskFilter(overdue_on=date(2024, 6, 1))) == []
        measured = TaskFilter(overdue_on=date(2024, 6, 1), measure=Measure.ACCEPTANCE)
        assert list_tasks(session, measured) == [task, sharing]
        assert list_sharing_tasks(session, task) == [sharing]

    def test_one_that_is_not_there_is_named(self, session: Session) -> None:
        with pytest.raises(TaskNotFound):
            get_task(session, 1)


class TestTodo:
    def todos(self, session: Session, name: str) -> list[tuple[TodoKind, str, int | None]]:
        person = id_of(create_person(session, name))
        return [
            (todo.kind, todo.subject, todo.days_left) for todo in list_todos(session, person, today=TODAY)
        ]

    def test_the_owner_sees_what_is_late_first(self, session: Session) -> None:
        create_task(session, state=TaskState.ISSUED, accept_by_on=date(2024, 6, 4))
        task = create_task(session)
        create_milestone(session, task)  # three days late
        create_milestone(session, task, due_on=date(2024, 6, 10))  # yellow
        create_milestone(session, task, due_on=date(2024, 6, 11))  # green: not asked for yet
        create_instruction(session, task)
        create_instruction(session, task, acknowledged_at=NOON)
        assert self.todos(session, OWNER) == [
            (TodoKind.REPORT, "milestone", -3),
            (TodoKind.ACKNOWLEDGE, "instruction", None),
            (TodoKind.ACCEPT, "task", 1),
            (TodoKind.REPORT, "milestone", 7),
        ]

    def test_the_owner_sees_what_came_back(self, session: Session) -> None:
        task = create_task(session)
        step = create_milestone(session, task, due_on=date(2024, 12, 1))
        owner, expediter = create_person(session, OWNER), create_person(session, EXPEDITER)
        report_milestone(session, id_of(step), note="完成", actor=actor_of(owner), at=NOON)
        return_milestone(session, id_of(step), reason="不全", actor=actor_of(expediter), at=NOON)
        create_evidence(session, create_deliverable(session, task), state=EvidenceState.REJECTED)
        kinds = [(kind, subject) for kind, subject, _ in self.todos(session, OWNER)]
        assert kinds == [(TodoKind.RETURNED, "milestone"), (TodoKind.RETURNED, "evidence")]

    def test_what_came_back_says_by_whom_and_why_and_stands_before_what_is_due(
        self, session: Session
    ) -> None:
        task = create_task(session)
        owner, expediter = create_person(session, OWNER), create_person(session, EXPEDITER)
        create_milestone(session, task, due_on=date(2024, 6, 5))  # to be reported in two days
        late = create_milestone(session, task)  # three days late
        step = create_milestone(session, task, due_on=date(2024, 12, 1))
        report_milestone(session, id_of(step), note="完成", actor=actor_of(owner), at=NOON)
        return_milestone(session, id_of(step), reason="附件不全", actor=actor_of(expediter), at=NOON)

        todos = list_todos(session, id_of(owner), today=TODAY)

        assert [todo.kind for todo in todos] == [TodoKind.REPORT, TodoKind.RETURNED, TodoKind.REPORT]
        assert todos[0].subject_id == late.id
        assert todos[1].sent_back == SentBack(EXPEDITER, "milestone.return", "附件不全")

    def test_what_was_rejected_is_settled_by_anything_handed_in_since(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        create_evidence(session, deliverable, name="旧稿", state=EvidenceState.REJECTED, reviewed_at=NOON)
        assert [kind for kind, *_ in self.todos(session, OWNER)] == [TodoKind.RETURNED]

        create_evidence(session, deliverable, name="新稿", submitted_at=NOON)

        assert [kind for kind, *_ in self.todos(session, OWNER)] == [TodoKind.SUBMIT]

    def test_a_draft_that_its_owner_declined_came_back_to_the_coordinator(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED)
        create_milestone(session, task)
        owner, coordinator = create_person(session, OWNER), create_person(session, COORDINATOR)
        move_task(
            session,
            id_of(task),
            TaskTrigger.DECLINE,
            actor=actor_of(owner),
            at=NOON,
            rules=OfficeRules(),
            reason="不属本科职责",
        )

        (todo,) = list_todos(session, id_of(coordinator), today=TODAY)

        assert (todo.kind, todo.sent_back) == (
            TodoKind.RETURNED,
            SentBack(OWNER, "task.decline", "不属本科职责"),
        )

    def test_a_task_is_to_be_submitted_when_nothing_is_left_to_do(self, session: Session) -> None:
        task = create_task(session)
        step = create_milestone(session, task, due_on=date(2024, 12, 1))
        create_milestone(session, task, kind=MilestoneKind.ARCHIVE, due_on=date(2024, 12, 20))
        deliverable = create_deliverable(session, task)
        assert self.todos(session, OWNER) == []

        step.state, step.met_at = MilestoneState.MET, NOON
        session.flush()
        assert self.todos(session, OWNER) == []
        create_evidence(session, deliverable)

        assert self.todos(session, OWNER) == [(TodoKind.SUBMIT, "task", None)]

    def test_a_standing_duty_is_never_asked_to_be_submitted(self, session: Session) -> None:
        task = create_task(session)
        create_milestone(session, task, state=MilestoneState.MET, met_at=NOON)
        create_milestone(session, task, kind=MilestoneKind.STANDING, due_on=None)

        assert self.todos(session, OWNER) == []

    def test_the_reviewer_sees_what_he_may_review_and_nothing_of_his_own(self, session: Session) -> None:
        owner = create_person(session, OWNER)
        create_task(session, state=TaskState.IN_REVIEW, submitted_by_id=owner.id)
        task = create_task(session)
        create_milestone(
            session,
            task,
            state=MilestoneState.REPORTED,
            reported_by_id=owner.id,
            reported_at=office_moment(TODAY),
        )
        create_evidence(session, create_deliverable(session, task))
        kinds = {(kind, subject) for kind, subject, _ in self.todos(session, EXPEDITER)}
        assert kinds == {(TodoKind.REVIEW, each) for each in ("task", "milestone", "evidence")}
        assert self.todos(session, OWNER) == []

    def test_leader_and_coordinator_see_what_is_theirs_to_decide(self, session: Session) -> None:
        step = create_milestone(session, create_task(session))
        create_extension(session, step, state=ExtensionState.GRANTED)
        second = create_extension(session, step, number=2)
        create_task(session, state=TaskState.AWAITING_CLOSURE)
        create_task(session, state=TaskState.CLOSED)
        assert [kind for kind, *_ in self.todos(session, COORDINATOR)] == [TodoKind.DECIDE, TodoKind.ARCHIVE]
        assert [kind for kind, *_ in self.todos(session, LEADER)] == [TodoKind.CLOSE]
        second.consented_at = NOON
        session.flush()
        assert [kind for kind, *_ in self.todos(session, LEADER)] == [TodoKind.DECIDE, TodoKind.CLOSE]

    def test_the_number_of_statements_does_not_grow(self, session: Session, engine: Engine) -> None:
        counts = []
        person = id_of(create_person(session, OWNER))
        for _ in range(2):
            for _ in range(5):
                create_milestone(session, create_task(session))
            counts.append(count_statements(engine, lambda: list_todos(session, person, today=TODAY)))
        assert counts[0] == counts[1] <= 14


class TestTimeline:
    def test_it_tells_what_happened_in_order_and_in_chinese(self, session: Session) -> None:
        task = create_task(session, state=TaskState.ISSUED)
        moves = [(TaskTrigger.ACCEPT, OWNER), (TaskTrigger.SUSPEND, LEADER), (TaskTrigger.RESUME, LEADER)]
        for day, (trigger, name) in enumerate(moves, start=4):
            move_task(
                session,
                id_of(task),
                trigger,
                actor=actor_of(create_person(session, name)),
                at=datetime(2024, 3, day, 16, 30, tzinfo=UTC),  # half past midnight of the next office day
                rules=OfficeRules(),
                reason="等上级意见",
            )
        told = [label_event(each.kind) for each in list_timeline(session, id_of(task))]
        assert told == ["签收", "中止", "恢复"]
        assert list_interruptions(session, id_of(task)) == [(date(2024, 3, 6), date(2024, 3, 7))]

    def test_an_event_without_a_name_keeps_its_own(self) -> None:
        assert label_event("other.kind") == "other.kind"
