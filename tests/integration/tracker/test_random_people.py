"""Random people do random things to random tasks, and what must hold holds after every act.

No closed task without accepted evidence for every required deliverable; nobody reviews what he submitted; the
first due day survives everything; lateness is never repainted; what is owed by any task under way is watched; every
change has its event, and a refusal none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool
from sqlmodel import Session, SQLModel, col, func, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    OWNER,
    actor_of,
    create_campaign,
    create_deliverable,
    create_milestone,
    create_part,
    create_person,
    create_task,
)
from tracker.calendar import load_published_calendar
from tracker.clock import office_moment
from tracker.deadlines import OffsetUnit
from tracker.errors import TrackerError
from tracker.identity import id_of
from tracker.lights import Light, LightThresholds, Measure, light_of, was_on_time
from tracker.models import (
    AuditEvent,
    Deliverable,
    Evidence,
    EvidenceState,
    Extension,
    Milestone,
    Person,
    Task,
)
from tracker.queries.facts import list_deliverable_facts
from tracker.queries.parts import get_parts
from tracker.queries.served import holder_of
from tracker.rules import OfficeRules
from tracker.services import events, evidence, extensions, lifecycle, milestones, people
from tracker.services.auditing import Actor, verify_chain
from workflows.extension import ExtensionState
from workflows.kernel import WorkflowError
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import OPEN_STATES, TASK_WORKFLOW, TaskState, TaskTrigger

CALENDAR = load_published_calendar()
RULES = OfficeRules()
CAST = (OWNER, EXPEDITER, LEADER, COORDINATOR, "测试戊")
RIGHT = "该办的人"  # whoever the rules name; random people alone would be refused nearly always
PEOPLE = st.sampled_from(CAST)
ANYBODY = st.sampled_from([RIGHT] * 6 + list(CAST))
ROWS = st.integers(0, 7)
PROGRESS = st.integers(0, 6)
TRIGGERS = st.sampled_from([each for each in TaskTrigger if each is not TaskTrigger.CANCEL])
REASONS = st.sampled_from(["情况有变", "情况有变", ""])
THRESHOLDS = LightThresholds()
CLOSED = (TaskState.CLOSED, TaskState.ARCHIVED)


@dataclass(frozen=True)
class Package:
    task_id: int
    closed_at: Any
    sha256: str = "e" * 64


def is_reported(step: Milestone) -> bool:
    return step.state is MilestoneState.REPORTED


def is_open_step(step: Milestone) -> bool:
    return step.state is MilestoneState.PENDING and step.kind is MilestoneKind.STEP


def memory_engine() -> Engine:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    SQLModel.metadata.create_all(engine)
    return engine


ACTS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "days_pass": {"days": st.integers(1, 25)},
    "move": {"row": ROWS, "trigger": TRIGGERS, "person": ANYBODY, "reason": REASONS},
    "the_right_people_do_the_right_thing": {"row": ROWS, "times": st.integers(1, 6), "haste": st.booleans()},
    "close_on_paper": {"row": ROWS, "leader": PEOPLE, "recorder": PEOPLE},
    "report": {"row": ROWS, "person": ANYBODY, "note": REASONS},
    "confirm": {"row": ROWS, "person": ANYBODY},
    "return_report": {"row": ROWS, "person": ANYBODY},
    "waive": {"row": ROWS, "person": ANYBODY, "reason": REASONS},
    "ask_for_time": {"row": ROWS, "person": ANYBODY, "days": st.integers(-5, 90)},
    "time_is_given_for_what_is_late": {"row": ROWS, "days": st.integers(1, 90)},
    "answer": {
        "row": ROWS,
        "person": ANYBODY,
        "answer": st.sampled_from(["consent", "grant", "grant", "refuse"]),
    },
    "hand_in": {"row": st.integers(0, 2), "person": PEOPLE, "link": st.integers(1, 50)},
    "judge_evidence": {"row": ROWS, "person": PEOPLE, "accepted": st.booleans()},
    "reassign": {
        "row": ROWS,
        "giver": PEOPLE,
        "taker": PEOPLE,
        "role": st.sampled_from([Role.OWNER, Role.EXPEDITER]),
    },
    "record_event": {"person": PEOPLE, "days_ago": st.integers(0, 3)},
}


class Office(RuleBasedStateMachine):
    """Three tasks, one with owner and expediter in one person, one that shares the milestones of another, and five
    people who try everything.
    """

    def __init__(self) -> None:
        super().__init__()
        self.engine = memory_engine()
        self.session = Session(self.engine, expire_on_commit=False)
        self.today = date(2024, 2, 19)
        self.first_due: dict[int, date] = {}
        self.ever_late: set[int] = set()
        self.paused: set[int] = set()
        self.tasks: list[Task] = []
        self.steps: list[Milestone] = []

    @initialize(first=PROGRESS, second=PROGRESS)
    def open_the_office(self, first: int, second: int) -> None:
        """Random acts alone would seldom get as far as a closed task: each begins somewhere on the right way."""
        owner = create_person(self.session, OWNER)
        self.people: dict[str, Person] = {name: create_person(self.session, name) for name in CAST}
        self.campaign = create_campaign(self.session)
        for expediter in (self.people[EXPEDITER], owner):
            task = create_task(self.session, state=TaskState.DRAFT, expediter=expediter)
            create_milestone(self.session, task, due_on=date(2024, 3, 8))
            create_milestone(self.session, task, kind=MilestoneKind.ARCHIVE, due_on=date(2024, 4, 8))
            create_milestone(
                self.session,
                task,
                kind=MilestoneKind.SERIES,
                due_on=None,
                offset_count=5,
                offset_unit=OffsetUnit.WORKDAY,
                offset_event="检查结束",
            )
            create_deliverable(self.session, task)
        create_part(self.session, task, self.people["测试戊"], Role.LEADER, position=1)
        holder = self.session.exec(select(Task).order_by(col(Task.id))).all()[0]
        sharer = create_task(
            self.session,
            state=TaskState.DRAFT,
            owner=self.people["测试戊"],
            milestones_from_id=holder.id,
        )
        create_deliverable(self.session, sharer)
        self.session.commit()
        self.the_right_people_do_the_right_thing(0, first)
        self.the_right_people_do_the_right_thing(1, second)

    @rule(data=st.data(), names=st.lists(st.sampled_from(sorted(ACTS)), min_size=3, max_size=3))
    def somebody_does_something(self, data: st.DataObject, names: list[str]) -> None:
        """One rule for all acts: Hypothesis would leave out most rules of an example, and get nowhere."""
        for name in names:
            getattr(self, name)(**{each: data.draw(values) for each, values in ACTS[name].items()})
            self.what_must_hold_holds()

    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    def move(self, row: int, trigger: TaskTrigger, person: str, reason: str) -> None:
        task = self._pick(Task, row)
        if person == RIGHT:
            possible = TASK_WORKFLOW.rules_from(task.state)
            trigger = TaskTrigger(possible[row % len(possible)].trigger) if possible else trigger
            trigger = TaskTrigger.SUSPEND if trigger is TaskTrigger.CANCEL else trigger
        (role, *_) = TASK_WORKFLOW.rule(trigger).roles
        self._move(task, trigger, self._who(person, task, role, task.submitted_by_id), reason)

    def the_right_people_do_the_right_thing(self, row: int, times: int, haste: bool = False) -> None:
        """Step by step along the right way; in haste what was handed in is not judged before the next step."""
        for _ in range(times):
            task = self._pick(Task, row)
            lacking = [
                step
                for step in self._all(Milestone)
                if step.task_id == holder_of(task)
                and step.kind is MilestoneKind.STEP
                and step.state in (MilestoneState.PENDING, MilestoneState.REPORTED)
            ]
            facts = list_deliverable_facts(self.session, task)
            is_enough = all(each.is_handed_in if haste else each.is_accepted for each in facts)
            if task.state is not TaskState.ACTIVE:
                self._take_next_step(task)
            elif lacking:
                self._finish(task, lacking[0])
            elif not is_enough:
                self._see_to_evidence(task)
            else:
                self.record_event(COORDINATOR, 0)
                self._take_next_step(task)

    def close_on_paper(self, row: int, leader: str, recorder: str) -> None:
        actor = actor_of(self.people[leader], recorded_by=self.people[recorder])
        self._move(self._pick(Task, row), TaskTrigger.CLOSE, actor, "")

    def report(self, row: int, person: str, note: str) -> None:
        picked = self._pick(Milestone, row, is_open_step)
        step, task = id_of(picked), self.session.get_one(Task, picked.task_id)
        actor = self._who(person, task, Role.OWNER, None)
        self._try(
            lambda: milestones.report_milestone(self.session, step, note=note, actor=actor, at=self.now)
        )

    def confirm(self, row: int, person: str) -> None:
        picked = self._pick(Milestone, row, is_reported)
        step, task = id_of(picked), self.session.get_one(Task, picked.task_id)
        actor = self._who(person, task, Role.REVIEWER, picked.reported_by_id)
        self._try(lambda: milestones.confirm_milestone(self.session, step, actor=actor, at=self.now))

    def return_report(self, row: int, person: str) -> None:
        picked = self._pick(Milestone, row, is_reported)
        step, task = id_of(picked), self.session.get_one(Task, picked.task_id)
        actor = self._who(person, task, Role.REVIEWER, picked.reported_by_id)
        self._try(
            lambda: milestones.return_milestone(
                self.session, step, actor=actor, at=self.now, reason="材料不全"
            )
        )

    def waive(self, row: int, person: str, reason: str) -> None:
        picked = self._pick(Milestone, row)
        step, task = id_of(picked), self.session.get_one(Task, picked.task_id)
        actor = self._who(person, task, Role.LEADER, None)
        self._try(
            lambda: milestones.waive_milestone(self.session, step, actor=actor, at=self.now, reason=reason)
        )

    def ask_for_time(self, row: int, person: str, days: int) -> None:
        picked = self._pick(Milestone, row, is_open_step)
        step, task = id_of(picked), self.session.get_one(Task, picked.task_id)
        actor = self._who(person, task, Role.OWNER, None)
        to = self.today + timedelta(days=days)
        self._try(
            lambda: extensions.request_extension(
                self.session, step, to_due_on=to, reason="到货推迟", actor=actor, at=self.now
            )
        )

    def time_is_given_for_what_is_late(self, row: int, days: int) -> None:
        """The likeliest way to repaint lateness: ask after the date, be granted, and finish by the new day."""
        step = self._pick(Milestone, row, lambda each: is_open_step(each) and each.due_on < self.today)
        task, to = self.session.get_one(Task, step.task_id), self.today + timedelta(days=days)
        owner, leader = self._holder(task, Role.OWNER, None), self._holder(task, Role.LEADER, None)
        if not (owner and leader and is_open_step(step)):
            return
        number = id_of(step)
        self._try(
            lambda: extensions.request_extension(
                self.session, number, to_due_on=to, reason="到货推迟", actor=owner, at=self.now
            )
        )
        self.what_must_hold_holds()
        asked = [each for each in self._all(Extension) if each.milestone_id == number]
        if asked:
            newest = id_of(asked[-1])
            self._try(lambda: extensions.grant_extension(self.session, newest, actor=leader, at=self.now))
            self._finish(task, step)

    def answer(self, row: int, person: str, answer: str) -> None:
        extension = self._pick(Extension, row, lambda each: each.state is ExtensionState.REQUESTED)
        if extension is None:
            return
        number, step = id_of(extension), self.session.get_one(Milestone, extension.milestone_id)
        role = Role.COORDINATOR if answer == "consent" else Role.LEADER
        actor = self._who(person, self.session.get_one(Task, step.task_id), role, None)
        options: dict[str, Any] = {"actor": actor, "at": self.now}
        if answer == "consent":
            self._try(lambda: extensions.consent_extension(self.session, number, **options))
        elif answer == "grant":
            self._try(lambda: extensions.grant_extension(self.session, number, **options))
        else:
            self._try(lambda: extensions.refuse_extension(self.session, number, reason="按期办理", **options))

    def hand_in(self, row: int, person: str, link: int) -> None:
        address = f"https://oa.example.org/documents/{link}"
        self._try(
            lambda: evidence.hand_in_link(
                self.session, [row + 1], address, name="情况说明", actor=self._actor(person), at=self.now
            )
        )

    def judge_evidence(self, row: int, person: str, accepted: bool) -> None:
        handed_in = self._pick(Evidence, row)
        if handed_in is None:
            return
        number = id_of(handed_in)
        options: dict[str, Any] = {"actor": self._actor(person), "at": self.now}
        if accepted:
            self._try(lambda: evidence.accept_evidence(self.session, number, **options))
        else:
            self._try(lambda: evidence.reject_evidence(self.session, number, reason="没有盖章", **options))

    def reassign(self, row: int, giver: str, taker: str, role: Role) -> None:
        task = id_of(self._pick(Task, row))
        self._try(
            lambda: people.reassign_task(
                self.session,
                task,
                role=role,
                from_person_id=id_of(self.people[giver]),
                to_person_id=id_of(self.people[taker]),
                actor=self._actor(COORDINATOR),
                at=self.now,
            )
        )

    def record_event(self, person: str, days_ago: int) -> None:
        self._try(
            lambda: events.record_event(
                self.session,
                campaign_id=id_of(self.campaign),
                name="检查结束",
                on=self.today - timedelta(days=days_ago),
                actor=self._actor(person),
                at=self.now,
                calendar=CALENDAR,
            )
        )

    @invariant()
    def what_must_hold_holds(self) -> None:
        self.tasks, self.steps = list(self._all(Task)), list(self._all(Milestone))
        self.no_task_is_closed_without_accepted_evidence()
        self.nobody_reviews_what_he_submitted()
        self.the_first_due_day_survives_everything()
        self.lateness_is_never_repainted()
        self.only_open_steps_with_a_day_are_watched()
        self.nobody_is_forgotten()

    def no_task_is_closed_without_accepted_evidence(self) -> None:
        for task in self.tasks:
            if task.state in CLOSED:
                facts = list_deliverable_facts(self.session, task)
                assert all(each.is_accepted for each in facts if each.is_required)

    def nobody_reviews_what_he_submitted(self) -> None:
        for task in self.tasks:
            if task.reviewed_by_id is not None:
                assert task.reviewed_by_id != task.submitted_by_id
            if task.closed_by_id is not None:
                assert task.closed_by_id != task.reviewed_by_id
        for step in self.steps:
            if step.state is MilestoneState.MET and step.kind is MilestoneKind.STEP:
                assert step.met_by_id != step.reported_by_id
        for handed_in in self._all(Evidence):
            if handed_in.state in (EvidenceState.ACCEPTED, EvidenceState.REJECTED):
                assert handed_in.reviewed_by_id != handed_in.submitted_by_id

    def the_first_due_day_survives_everything(self) -> None:
        for step in self.steps:
            if step.first_due_on:
                assert step.first_due_on == self.first_due.setdefault(id_of(step), step.first_due_on)

    def lateness_is_never_repainted(self) -> None:
        """Once past its date with nobody having asked in time, a step is never shown as met on time."""
        self.paused |= {id_of(task) for task in self.tasks if task.state is TaskState.SUSPENDED}
        asked_in_time = {
            each.milestone_id
            for each in self._all(Extension)
            if each.state is ExtensionState.REQUESTED and not each.is_late
        }
        for step in self.steps:
            number = id_of(step)
            if step.state is MilestoneState.MET and step.due_on:
                light = light_of(step, today=self.today, thresholds=THRESHOLDS)
                assert light in (Light.BLUE, Light.YELLOW_BLUE)
                assert (light is Light.BLUE) == was_on_time(step, measure=Measure.SUBMISSION)
                assert light is Light.YELLOW_BLUE or number not in self.ever_late
                if light is Light.YELLOW_BLUE:
                    self.ever_late.add(number)
            is_late = step.state is MilestoneState.PENDING and step.due_on and step.due_on < self.today
            if is_late and number not in asked_in_time and step.task_id not in self.paused:
                self.ever_late.add(number)

    def only_open_steps_with_a_day_are_watched(self) -> None:
        for step in self.steps:
            if step.look_on is not None:
                assert step.state in (MilestoneState.PENDING, MilestoneState.REPORTED)
                assert step.due_on
                assert self._states_of(step) - {TaskState.SUSPENDED, TaskState.DRAFT}

    def nobody_is_forgotten(self) -> None:
        """No round runs here, so what a task under way owes by a day waits to be looked at."""
        for step in self.steps:
            is_open = step.state in (MilestoneState.PENDING, MilestoneState.REPORTED)
            if is_open and step.due_on and step.kind is not MilestoneKind.SERIES:
                assert step.look_on is not None or not self._states_of(step) & set(OPEN_STATES)

    def _states_of(self, step: Milestone) -> set[TaskState]:
        """Where the tasks are that the step serves."""
        return {task.state for task in self.tasks if holder_of(task) == step.task_id}

    def teardown(self) -> None:
        report = verify_chain(self.session)
        assert report.is_intact, report.finding
        self.session.close()
        self.engine.dispose()

    @property
    def now(self) -> Any:
        return office_moment(self.today, 10)

    def _actor(self, name: str) -> Actor:
        return actor_of(self.people[name])

    def _who(self, name: str, task: Task, role: Role, submitted_by: int | None) -> Actor:
        holder = self._holder(task, role, submitted_by) if name == RIGHT else None
        return holder or self._actor(OWNER if name == RIGHT else name)

    def _take_next_step(self, task: Task) -> None:
        trigger, role = NEXT_STEP[task.state]
        actor = self._holder(task, role, task.submitted_by_id)
        if actor:
            self._move(task, trigger, actor, "按程序办理")

    def _finish(self, task: Task, step: Milestone) -> None:
        number, owner = id_of(step), self._holder(task, Role.OWNER, None)
        if owner and step.state is MilestoneState.PENDING:
            self._try(
                lambda: milestones.report_milestone(
                    self.session, number, note="已完成", actor=owner, at=self.now
                )
            )
        reviewer = self._holder(task, Role.REVIEWER, step.reported_by_id)
        if reviewer:
            self._try(lambda: milestones.confirm_milestone(self.session, number, actor=reviewer, at=self.now))

    def _see_to_evidence(self, task: Task) -> None:
        wanted = next(each for each in self._all(Deliverable) if each.task_id == task.id)
        handed_in = [each for each in self._all(Evidence) if each.deliverable_id == wanted.id]
        owner = self._holder(task, Role.OWNER, None)
        if owner and not (handed_in and handed_in[-1].state is EvidenceState.SUBMITTED):
            address = f"https://oa.example.org/documents/{len(handed_in) + 100}"
            self._try(
                lambda: evidence.hand_in_link(
                    self.session, [id_of(wanted)], address, name="情况说明", actor=owner, at=self.now
                )
            )
            return
        reviewer = self._holder(task, Role.REVIEWER, handed_in[-1].submitted_by_id) if handed_in else None
        if reviewer:
            number = id_of(handed_in[-1])
            self._try(lambda: evidence.accept_evidence(self.session, number, actor=reviewer, at=self.now))

    def _holder(self, task: Task, role: Role, submitted_by: int | None) -> Actor | None:
        holders = get_parts(self.session, task).holders(role, submitted_by=submitted_by)
        return actor_of(self.session.get_one(Person, holders[-1])) if holders else None

    def _move(self, task: Task, trigger: TaskTrigger, actor: Actor, reason: str) -> None:
        number = id_of(task)
        self._try(
            lambda: lifecycle.move_task(
                self.session,
                number,
                trigger,
                actor=actor,
                at=self.now,
                rules=RULES,
                reason=reason,
                calendar=CALENDAR,
                package=Package(number, task.closed_at),
            )
        )

    def _try(self, act: Callable[[], object]) -> None:
        """Commit what is allowed; what is refused must have written nothing at all."""
        before, events_before = self._rows_written(), self._count(AuditEvent)
        refused = False
        try:
            act()
        except (WorkflowError, TrackerError):
            refused = True
        self.session.flush()
        changed, events = self._rows_written() > before, self._count(AuditEvent) - events_before
        if refused:
            assert not changed
            assert events == 0
            self.session.rollback()
            self.session.expire_all()
        else:
            assert events > 0 or not changed
            self.session.commit()

    def _rows_written(self) -> int:
        """How many rows this connection ever wrote; rolled back ones count, so that a refusal writes none."""
        return int(self.session.connection().exec_driver_sql("SELECT total_changes()").scalar_one())

    def _all(self, model: type[Any]) -> Iterator[Any]:
        yield from self.session.exec(select(model).order_by(col(model.id))).all()

    def _pick(self, model: type[Any], row: int, likely: Callable[[Any], bool] = lambda _: True) -> Any:
        """One of the likely rows; of all where none is likely."""
        rows = list(self._all(model))
        rows = [each for each in rows if likely(each)] or rows
        return rows[row % len(rows)] if rows else None

    def _count(self, model: type[SQLModel]) -> int:
        return self.session.exec(select(func.count()).select_from(model)).one()


NEXT_STEP: dict[TaskState, tuple[TaskTrigger, Role]] = {
    TaskState.DRAFT: (TaskTrigger.ISSUE, Role.COORDINATOR),
    TaskState.ISSUED: (TaskTrigger.ACCEPT, Role.OWNER),
    TaskState.ACTIVE: (TaskTrigger.SUBMIT, Role.OWNER),
    TaskState.IN_REVIEW: (TaskTrigger.APPROVE, Role.REVIEWER),
    TaskState.AWAITING_CLOSURE: (TaskTrigger.CLOSE, Role.LEADER),
    TaskState.CLOSED: (TaskTrigger.ARCHIVE, Role.COORDINATOR),
    TaskState.SUSPENDED: (TaskTrigger.RESUME, Role.LEADER),
    TaskState.ARCHIVED: (TaskTrigger.REOPEN, Role.LEADER),  # refused
}

TestOffice = Office.TestCase
TestOffice.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
