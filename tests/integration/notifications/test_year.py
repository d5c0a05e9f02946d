"""A whole year of an office, day by day: 2024 with its make-up days, from an imported table to the last reminder.

The ledger says who was told what on which day, and is compared with a golden file. Of a real table it holds row
numbers, parts and days alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from notifications.models import Letter, Notice
from notifications.rounds import run_round
from tests.factories import COORDINATOR, actor_of, create_person
from tests.golden_files import Golden
from tests.integration.notifications.playing import CONSOLE_URL, play_and_commit
from tests.reminder_policies import published_calendar, shipped_hours, shipped_policy
from tracker import clock
from tracker.clock import office_moment
from tracker.database import write_session
from tracker.identity import id_of
from tracker.importers import build_draft
from tracker.importers.readers import read_source
from tracker.models import ImportFinding, Milestone, Task
from tracker.queries.directory import load_directory
from tracker.queries.parts import get_parts
from tracker.queries.people import get_person
from tracker.rules import OfficeRules
from tracker.services import milestones
from tracker.services.auditing import Actor
from tracker.services.findings import settle_finding
from tracker.services.importing import commit_draft
from tracker.services.lifecycle import explain_task, move_task
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.task import TaskState, TaskTrigger

SAMPLE = Path(__file__).resolve().parents[3] / "runtime" / "demo" / "tables" / "drill.tsv"
SEED = "panjin-2024-drill-responsibility-tables.txt"
START, END = date(2024, 1, 8), date(2024, 12, 31)
# How many days after its due day a step is reported, in turn; None: never.
PATIENCE_DAYS = 21
EARLIEST_DAYS = 20
HABITS: Sequence[int | None] = (-8, 0, -1, 4, -20, 16, 1, None)


class Office:
    """Imports a table, issues what can be issued, and lets people act by their habits."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.calendar = published_calendar()

    def begin(self, path: Path) -> None:
        at = office_moment(START, 9)
        with write_session(self.engine) as session:
            actor = actor_of(create_person(session, COORDINATOR, is_administrator=True))
            draft = build_draft(read_source(path), year=2024, directory=load_directory(session))
            commit_draft(
                session,
                draft,
                campaign_name="大练兵",
                year=2024,
                actor=actor,
                at=at,
                calendar=self.calendar,
            )
            for finding in session.exec(
                select(ImportFinding).where(col(ImportFinding.settled_at).is_(None))
            ).all():
                settle_finding(session, id_of(finding), note="已核对", actor=actor, at=at)
            for task in session.exec(select(Task).order_by(col(Task.id))).all():
                if not explain_task(session, id_of(task), TaskTrigger.ISSUE, actor=actor):
                    self.move(session, task, TaskTrigger.ISSUE, actor, at)

    def act(self, day: date) -> None:
        """What people do on a day, at ten in the morning."""
        at = office_moment(day, 10)
        with write_session(self.engine) as session:
            for task in session.exec(select(Task).where(Task.state == TaskState.ISSUED)).all():
                late = id_of(task) % 5  # some accept within their two days, some do not
                if day >= START + timedelta(days=1 + late):
                    self.move(session, task, TaskTrigger.ACCEPT, self.owner(session, task), at)
            for step, task in session.exec(
                select(Milestone, Task)
                .join(Task, col(Task.id) == col(Milestone.task_id))
                .where(
                    Milestone.kind == MilestoneKind.STEP,
                    Task.state == TaskState.ACTIVE,
                    col(Milestone.state).in_([MilestoneState.PENDING, MilestoneState.REPORTED]),
                    col(Milestone.due_on) <= day + timedelta(days=EARLIEST_DAYS),
                )
                .order_by(col(Milestone.id))
            ).all():
                self.work_on(session, step, task, day, at)
            self.decide(session, day)

    def work_on(self, session: Session, step: Milestone, task: Task, day: date, at: datetime) -> None:
        habit = HABITS[id_of(step) % len(HABITS)]
        assert step.due_on
        if habit is None or day < step.due_on + timedelta(days=habit):
            return
        if step.state is MilestoneState.PENDING:
            milestones.report_milestone(
                session, id_of(step), note="已完成", actor=self.owner(session, task), at=at
            )
            return
        reviewers = get_parts(session, task).reviewers(submitted_by=step.reported_by_id)
        if reviewers and step.reported_at and clock.office_day(step.reported_at) < day:
            reviewer = actor_of(get_person(session, min(reviewers)))
            milestones.confirm_milestone(session, id_of(step), actor=reviewer, at=at)

    def decide(self, session: Session, day: date) -> None:
        """The leader waives what has been lying for three weeks, so that the ledger stays readable."""
        lying = select(Milestone).where(
            col(Milestone.state).in_([MilestoneState.PENDING, MilestoneState.REPORTED]),
            col(Milestone.due_on) < day - timedelta(days=PATIENCE_DAYS),
        )
        for step in session.exec(lying).all():
            task = session.get_one(Task, step.task_id)
            if task.state is TaskState.ACTIVE:
                leader = actor_of(get_person(session, get_parts(session, task).leaders[0]))
                at = office_moment(day, 10)
                milestones.waive_milestone(session, id_of(step), reason="并入下期", actor=leader, at=at)

    def owner(self, session: Session, task: Task) -> Actor:
        return actor_of(get_person(session, get_parts(session, task).owners[0]))

    def move(self, session: Session, task: Task, trigger: TaskTrigger, actor: Actor, at: datetime) -> None:
        move_task(
            session, id_of(task), trigger, actor=actor, at=at, rules=OfficeRules(), calendar=self.calendar
        )

    def live(self) -> None:
        """Two rounds a day, on days off as well, which then write nothing."""
        day = START
        while day <= END:
            play_and_commit(self.engine, office_moment(day, 8, 30))
            if self.calendar.is_workday(day):
                self.act(day)
            play_and_commit(self.engine, office_moment(day, 10, 5))
            day += timedelta(days=1)


def ledger(engine: Engine) -> Iterator[str]:
    """One line a notice: day, rule, part, row, due day; people by their part alone."""
    with Session(engine) as session:
        rows = session.exec(
            select(Notice, Task)
            .join(Task, col(Task.id) == col(Notice.task_id))
            .where(col(Notice.withdrawn_at).is_(None))
        ).all()
        lines = [
            (
                notice.office_day.isoformat(),
                task.position,
                str(notice.due_on or ""),
                notice.rule,
                notice.facts["role"],
                f"{task.seq or ''}{f'.{task.sub}' if task.sub else ''}",
                notice.facts.get("copy", False),
            )
            for notice, task in rows
        ]
    for day, _, due_on, rule, role, row, is_copy in sorted(lines):
        yield f"{day} {row} {due_on or '-'} {rule} {role}{' 抄送' if is_copy else ''}"


def check_every_rule_of_the_year(engine: Engine) -> None:
    calendar = published_calendar()
    with Session(engine) as session:
        letters = session.exec(select(Letter)).all()
        notices = session.exec(select(Notice)).all()
        digests = [(letter.recipient_id, letter.office_day) for letter in letters if letter.kind == "digest"]
    assert all(calendar.is_workday(letter.office_day) for letter in letters)
    assert len(digests) == len(set(digests))
    assert len(notices) > 500
    planned = [
        (n.milestone_id, n.due_on, n.recipient_id, n.rule, n.office_day) for n in notices if n.milestone_id
    ]
    assert len(planned) == len(set(planned))


class TestYear:
    def test_the_sample_table_lives_through_2024_as_recorded(self, engine: Engine, golden: Golden) -> None:
        office = Office(engine)
        office.begin(SAMPLE)
        office.live()

        check_every_rule_of_the_year(engine)
        golden.check("notifications/year-2024-sample.txt", "\n".join(ledger(engine)) + "\n")

    @pytest.mark.seeds
    def test_the_real_table_lives_through_2024_as_recorded(
        self, engine: Engine, golden: Golden, seeds: Path
    ) -> None:
        office = Office(engine)
        office.begin(seeds / SEED)
        office.live()

        check_every_rule_of_the_year(engine)
        golden.check("notifications/year-2024-drill.txt", "\n".join(ledger(engine)) + "\n")


class TestFrozenDays:
    def test_a_round_that_asks_the_clock_lives_by_the_offices_day(self, engine: Engine) -> None:
        office = Office(engine)
        office.begin(SAMPLE)
        told: list[tuple[str, int]] = []
        for moment in (
            "2024-05-10 23:59:00",
            "2024-05-11 00:30:00",
            "2024-05-12 00:30:00",
            "2024-05-13 00:30:00",
        ):
            with freeze_time(moment, real_asyncio=True), write_session(engine) as session:
                outcome = run_round(
                    session,
                    at=clock.now(),
                    policy=shipped_policy(),
                    hours=shipped_hours(),
                    calendar=published_calendar(),
                    console_url=CONSOLE_URL,
                )
                told.append((outcome.state.value, clock.today().day))

        # 07:59 on a Saturday that is worked; its half past eight; a Sunday off; a Monday
        assert told == [("closed", 11), ("done", 11), ("closed", 12), ("done", 13)]
