"""Whatever files follow each other, the same one twice changes nothing and no work is lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session, SQLModel, col, select

from tests.factories import COORDINATOR, NOON, actor_of, create_campaign, create_evidence, create_person
from tracker.calendar import WorkCalendar
from tracker.database import create_engine_for
from tracker.deadlines import Deadline, DeadlineKind
from tracker.identity import id_of
from tracker.importers.draft import (
    Draft,
    DraftDeliverable,
    DraftMilestone,
    DraftPerson,
    DraftRow,
    DraftTable,
    SourceAccount,
)
from tracker.models import Deliverable, Evidence, Milestone, Task
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor, verify_chain
from tracker.services.calendars import seed_calendar
from tracker.services.importing import commit_draft, compare_with_register
from tracker.services.lifecycle import list_triggers, move_task
from workflows.task import TaskTrigger

CAMPAIGN = "2024年测试专项"
TITLE = "云岭市2024年执法练兵责任分解表"
NAMES = ("测试甲", "测试乙", "测试丙", "测试戊")

words = st.sampled_from(["方案", "台账", "总结", "简介"])
deadlines = st.builds(
    lambda month: Deadline(f"{month}月底前", DeadlineKind.DATE, due=date(2024, month, 28)), st.integers(5, 8)
)
milestones = st.lists(st.tuples(words, st.lists(deadlines, max_size=2)), max_size=3)
parts = st.lists(st.sampled_from(NAMES), max_size=2, unique=True)


@st.composite
def rows(draw: st.DrawFn, number: int) -> DraftRow:
    named = {role: draw(parts) for role in ("owner", "expediter", "leader")}
    shared = {"deliverables": "1"} if number > 1 and draw(st.booleans()) else {}
    items = [] if shared else draw(st.lists(words, max_size=3))
    return DraftRow(
        row_key=f"{TITLE}#{number}.1",
        seq=str(number),
        sub=1,
        label=str(number),
        title=draw(words),
        requirement=draw(words),
        lead_unit="综合办公室",
        units=tuple(draw(st.lists(st.sampled_from(["一科", "二科"]), max_size=2, unique=True))),
        people={role: tuple(DraftPerson(name) for name in names) for role, names in named.items()},
        deliverables=tuple(DraftDeliverable(n, text) for n, text in enumerate(items, start=1)),
        milestones=tuple(
            DraftMilestone(n, text, deadlines=tuple(days))
            for n, (text, days) in enumerate(draw(milestones), start=1)
        ),
        shared=shared,
    )


@st.composite
def tables(draw: st.DrawFn) -> tuple[DraftRow, ...]:
    numbers = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True))
    return tuple(draw(rows(number)) for number in numbers)


def draft_of(table: tuple[DraftRow, ...], number: int) -> Draft:
    account = SourceAccount("责任表.docx", f"{number:064x}", 1, 1, 0, 0, 0)
    return Draft(account, (DraftTable(TITLE, 2024, {}, table),))


def commit(session: Session, draft: Draft, actor: Actor) -> Any:
    return commit_draft(
        session,
        draft,
        campaign_name=CAMPAIGN,
        year=2024,
        actor=actor,
        at=NOON,
        calendar=WorkCalendar(),
    )


def issue_what_can_be(session: Session, actor: Actor) -> None:
    for task in session.exec(select(Task)).all():
        if list_triggers(session, id_of(task), actor=actor).get(TaskTrigger.ISSUE) == []:
            move_task(session, id_of(task), TaskTrigger.ISSUE, actor=actor, at=NOON, rules=OfficeRules())


def first_days(session: Session) -> dict[int, date | None]:
    """The first due day of every milestone of a task that was issued."""
    issued = select(Task.id).where(col(Task.issued_at).is_not(None))
    found = session.exec(select(Milestone).where(col(Milestone.task_id).in_(issued))).all()
    return {id_of(row): row.first_due_on for row in found}


class TestAnyCorrections:
    @settings(max_examples=20)
    @given(files=st.lists(tables(), min_size=2, max_size=4))
    def test_the_same_file_twice_changes_nothing_and_no_work_is_lost(
        self, files: list[tuple[DraftRow, ...]]
    ) -> None:
        engine = create_engine_for("sqlite://")
        SQLModel.metadata.create_all(engine)
        with Session(engine, expire_on_commit=False) as session:
            create_campaign(session, CAMPAIGN)
            actor = actor_of(create_person(session, COORDINATOR))
            seed_calendar(session, at=NOON)
            for number, table in enumerate(files):
                days, evidence = first_days(session), set(session.exec(select(Evidence.id)).all())
                tasks = set(session.exec(select(Task.id)).all())
                draft = draft_of(table, number)
                commit(session, draft, actor)

                # the same file again: nothing to show, nothing to do
                assert compare_with_register(session, draft, campaign_name=CAMPAIGN) == []
                assert not commit(session, draft, actor).has_changes

                # no task, no first day and no evidence is gone
                now = first_days(session)
                assert tasks <= set(session.exec(select(Task.id)).all())
                assert evidence <= set(session.exec(select(Evidence.id)).all())
                assert {key: now.get(key) for key, day in days.items() if day} == {
                    key: day for key, day in days.items() if day
                }
                issue_what_can_be(session, actor)
                for deliverable in session.exec(select(Deliverable)).all()[:1]:
                    create_evidence(session, deliverable, name=f"第{number}次")
            assert verify_chain(session).is_intact
        engine.dispose()
