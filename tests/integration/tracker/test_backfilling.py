"""补录: what was done before the program came, recorded before the task is issued."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests import factories
from tests.factories import COORDINATOR, EXPEDITER, LEADER, OWNER, actor_of, create_milestone, create_person
from tests.reminder_policies import published_calendar
from tracker.clock import office_moment
from tracker.errors import ActRefused, MilestoneNotFound, ValueRefused
from tracker.evidence_store import EvidenceStore
from tracker.figures import IsoWeek, Scope, WeeklyFigures, weekly_figures
from tracker.figures.values import Ratio
from tracker.identity import id_of
from tracker.lights import Light, LightThresholds, Measure, light_of
from tracker.models import AuditEvent, EvidenceState, Milestone, Task, TaskLight
from tracker.queries.backfilling import count_backfillable, list_backfillable, list_backfilled
from tracker.queries.reminding import list_watched_milestones
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor, verify_chain
from tracker.services.backfilling import (
    Backfill,
    backfill_milestone,
    backfill_milestones,
    explain_backfilling,
    take_back_milestone,
)
from tracker.services.evidence import accept_evidence, hand_in_file
from tracker.services.lifecycle import move_task
from tracker.services.milestones import meet_archive_milestones
from workflows.kernel import GuardsUnmet, TransitionNotAllowed
from workflows.milestone import MilestoneKind, MilestoneState, MilestoneTrigger
from workflows.task import TaskState, TaskTrigger

TODAY = date(2024, 6, 3)
AT = office_moment(TODAY, 9)
DUE = date(2024, 3, 31)
BASIS = "3月28日印发的测试通知"


def actor(session: Session, name: str = COORDINATOR) -> Actor:
    return actor_of(create_person(session, name))


def draft(session: Session, **fields: Any) -> Task:
    return factories.create_task(session, state=TaskState.DRAFT, **fields)


def backfill(
    session: Session,
    step: Milestone,
    done_on: date = date(2024, 3, 28),
    *,
    basis: str = BASIS,
    by: str = COORDINATOR,
    at: datetime = AT,
) -> Milestone:
    who = actor(session, by)
    return backfill_milestone(session, id_of(step), done_on=done_on, basis=basis, actor=who, at=at)


def light(step: Milestone) -> Light:
    return light_of(step, today=TODAY, thresholds=LightThresholds())


def move(session: Session, task: Task, trigger: TaskTrigger, by: str, at: datetime = AT, **more: Any) -> Task:
    return move_task(
        session,
        id_of(task),
        trigger,
        actor=actor(session, by),
        at=at,
        rules=OfficeRules(),
        calendar=published_calendar(),
        **more,
    )


def issue(session: Session, task: Task, at: datetime = AT) -> Task:
    return move(session, task, TaskTrigger.ISSUE, COORDINATOR, at)


def codes(error: pytest.ExceptionInfo[Any]) -> list[str]:
    return [condition.code for condition in error.value.unmet]


def events(session: Session) -> Iterator[tuple[AuditEvent, dict[str, Any]]]:
    for event in session.exec(select(AuditEvent).order_by(col(AuditEvent.id))).all():
        yield event, json.loads(event.data)


@pytest.mark.postgresql
class TestBackfill:
    @pytest.mark.parametrize(
        ("done_on", "expected"),
        [(date(2024, 3, 28), Light.BLUE), (DUE, Light.BLUE), (date(2024, 4, 1), Light.YELLOW_BLUE)],
    )
    def test_a_step_is_met_by_the_day_on_which_it_was_done(
        self, session: Session, done_on: date, expected: Light
    ) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)

        backfill(session, step, done_on)

        assert (step.state, step.done_on, step.done_basis) == (MilestoneState.MET, done_on, BASIS)
        assert light(step) is expected
        assert (step.met_at, step.met_by_id) == (AT, actor(session).person_id)

    def test_the_lists_know_that_its_light_rests_on_it(self, session: Session) -> None:
        task = draft(session)
        step, other = create_milestone(session, task, due_on=DUE), create_milestone(session, task)
        backfill(session, step)
        assert not session.get_one(TaskLight, id_of(task)).is_backfilled

        backfill(session, other, date(2024, 5, 20))

        session.expire_all()
        kept = session.get_one(TaskLight, id_of(task))
        assert (kept.is_backfilled, kept.by_submission, kept.by_acceptance) == (True, Light.BLUE, Light.BLUE)

    def test_it_stays_on_record_who_recorded_it_when_and_from_what(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        backfill(session, step)

        ((event, data),) = events(session)

        assert (event.kind, event.actor_name, event.recorded_by_name) == (
            "milestone.backfill",
            COORDINATOR,
            None,
        )
        assert (event.at, data["reason"]) == (AT, BASIS)
        assert data["changed"]["done_on"] == [None, "2024-03-28"]
        assert verify_chain(session).is_intact

    def test_a_leader_who_confirms_it_on_paper_is_named_beside_who_enters_it(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        both = actor_of(create_person(session, LEADER), recorded_by=create_person(session, COORDINATOR))

        backfill_milestone(session, id_of(step), done_on=DUE, basis=BASIS, actor=both, at=AT)

        ((event, _),) = events(session)
        assert (event.actor_name, event.recorded_by_name) == (LEADER, COORDINATOR)
        assert step.met_by_id == both.recorded_by_id

    @pytest.mark.parametrize("name", [OWNER, EXPEDITER, LEADER, "测试旁人"])
    def test_nobody_but_the_coordinator_of_the_campaign_may(self, session: Session, name: str) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, step, by=name)
        assert codes(refusal) == ["wrong-role"]
        assert step.state is MilestoneState.PENDING

    def test_a_day_to_come_and_nothing_to_show_are_refused_together(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, step, date(2024, 6, 4), basis="  ")
        assert codes(refusal) == ["future-day", "missing-reason"]
        backfill(session, step, TODAY)
        assert light(step) is Light.YELLOW_BLUE

    def test_a_day_that_has_not_passed_is_reported_on_like_any_other(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=TODAY)
        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, step)
        assert codes(refusal) == ["not-past-due"]

    @pytest.mark.parametrize("kind", [MilestoneKind.STANDING, MilestoneKind.SERIES])
    def test_only_what_has_a_day_is_done_before(self, session: Session, kind: MilestoneKind) -> None:
        step = create_milestone(session, draft(session), due_on=DUE, kind=kind)
        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, step)
        assert codes(refusal) == ["no-due-day"]

    @pytest.mark.parametrize("state", [state for state in TaskState if state is not TaskState.DRAFT])
    def test_once_a_task_is_issued_nothing_is_recorded(self, session: Session, state: TaskState) -> None:
        step = create_milestone(session, factories.create_task(session, state=state), due_on=DUE)
        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, step)
        assert codes(refusal) == ["task-not-draft"]

    def test_a_list_is_begun_with_the_first_task_that_it_serves(self, session: Session) -> None:
        holder, sharer = draft(session), draft(session, title="共用节点的任务")
        sharer.milestones_from_id = holder.id
        step = create_milestone(session, holder, due_on=DUE)
        issue(session, sharer)
        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, step)
        assert codes(refusal) == ["task-not-draft"]

    def test_what_is_done_is_not_done_again(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        backfill(session, step)
        with pytest.raises(TransitionNotAllowed):
            backfill(session, step)

    def test_a_basis_has_an_end(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        with pytest.raises(ValueRefused, match="最多500个字"):
            backfill(session, step, basis="一" * 501)


@pytest.mark.postgresql
class TestLatenessIsNotRepainted:
    """What fell due while the program watched is late, whatever is entered afterwards."""

    def test_of_a_declined_task_only_what_fell_due_before_its_first_issue(self, session: Session) -> None:
        task = draft(session)
        before = create_milestone(session, task, due_on=DUE)
        meanwhile = create_milestone(session, task, due_on=date(2024, 5, 31))
        issue(session, task, office_moment(date(2024, 5, 6), 9))
        move(session, task, TaskTrigger.DECLINE, OWNER, reason="三月已经完成，请先补录")

        with pytest.raises(GuardsUnmet) as refusal:
            backfill(session, meanwhile, date(2024, 5, 30))
        backfill(session, before)

        assert codes(refusal) == ["not-past-due"]
        assert light(before) is Light.BLUE
        assert [each.milestone.id for each in list_backfillable(session, today=TODAY)] == []

    def test_taken_back_it_is_as_late_as_it_was(self, session: Session) -> None:
        task = draft(session)
        step = create_milestone(session, task, due_on=DUE)
        backfill(session, step)

        take_back_milestone(session, id_of(step), actor=actor(session), at=AT)

        assert (step.state, step.done_on, step.done_basis, step.met_at) == (
            MilestoneState.PENDING,
            None,
            None,
            None,
        )
        issue(session, task)
        assert light(step) is Light.RED
        assert [event.kind for event, _ in events(session)][:2] == [
            "milestone.backfill",
            "milestone.take_back",
        ]

    def test_once_the_task_is_issued_nothing_is_taken_back(self, session: Session) -> None:
        task = draft(session)
        step = create_milestone(session, task, due_on=DUE)
        backfill(session, step)
        issue(session, task)
        with pytest.raises(GuardsUnmet) as refusal:
            take_back_milestone(session, id_of(step), actor=actor(session), at=AT)
        assert codes(refusal) == ["task-not-draft"]

    def test_what_was_met_otherwise_is_not_taken_back(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE, state=MilestoneState.MET, met_at=AT)
        with pytest.raises(GuardsUnmet) as refusal:
            take_back_milestone(session, id_of(step), actor=actor(session), at=AT)
        assert codes(refusal) == ["not-backfilled"]


@pytest.mark.postgresql
class TestArchivedOnPaper:
    def test_an_archiving_that_was_done_on_paper_is_no_red_light(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE, kind=MilestoneKind.ARCHIVE)

        backfill(session, step, date(2024, 4, 1))

        assert (step.state, step.done_on, light(step)) == (
            MilestoneState.MET,
            date(2024, 4, 1),
            Light.YELLOW_BLUE,
        )

    def test_the_archiving_of_the_task_finds_it_met_and_leaves_it(self, session: Session) -> None:
        task = draft(session)
        on_paper, owed = (
            create_milestone(session, task, due_on=DUE, kind=MilestoneKind.ARCHIVE) for _ in range(2)
        )
        backfill(session, on_paper)
        task.state = TaskState.ARCHIVED
        session.flush()

        met = meet_archive_milestones(session, task, actor=actor(session), at=office_moment(TODAY, 15))

        assert [each.id for each in met] == [owed.id]
        assert (on_paper.done_on, on_paper.met_at) == (date(2024, 3, 28), AT)
        assert [event.kind for event, _ in events(session)] == ["milestone.backfill", "milestone.archive"]

    def test_it_is_taken_back_like_any_other(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE, kind=MilestoneKind.ARCHIVE)
        backfill(session, step)
        take_back_milestone(session, id_of(step), actor=actor(session), at=AT)
        assert (step.state, step.done_on) == (MilestoneState.PENDING, None)


@pytest.mark.postgresql
class TestMany:
    def test_all_are_recorded_or_none_and_everything_is_said_at_once(self, session: Session) -> None:
        task = draft(session, seq="9")
        good, early, mute = (create_milestone(session, task, due_on=DUE) for _ in range(3))
        entries = [
            Backfill(id_of(good), DUE, BASIS),
            Backfill(id_of(early), date(2025, 1, 1), BASIS),
            Backfill(id_of(mute), DUE, ""),
        ]

        with pytest.raises(ActRefused) as refusal:
            backfill_milestones(session, entries, actor=actor(session), at=AT)

        assert codes(refusal) == ["future-day", "missing-reason"]
        assert "9“装备配备”第2个节点：" in str(refusal.value)
        assert good.state is MilestoneState.PENDING

        done = backfill_milestones(session, entries[:1], actor=actor(session), at=AT)
        assert [each.id for each in done] == [good.id]

    def test_one_step_is_named_once(self, session: Session) -> None:
        step = create_milestone(session, draft(session), due_on=DUE)
        twice = [Backfill(id_of(step), DUE, BASIS)] * 2
        with pytest.raises(ValueRefused, match="填写了两次"):
            backfill_milestones(session, twice, actor=actor(session), at=AT)

    def test_a_step_that_is_not_there_is_said_so(self, session: Session) -> None:
        create_milestone(session, draft(session), due_on=DUE)
        with pytest.raises(MilestoneNotFound):
            backfill_milestones(session, [Backfill(4711, DUE, BASIS)], actor=actor(session), at=AT)


@pytest.mark.postgresql
class TestLists:
    def test_name_what_may_be_recorded_and_what_may_be_taken_back(self, session: Session) -> None:
        task = draft(session, seq="2", sub=1)
        past, done = create_milestone(session, task, due_on=DUE), create_milestone(session, task, due_on=DUE)
        create_milestone(session, task, due_on=TODAY)
        archiving = create_milestone(session, task, due_on=DUE, kind=MilestoneKind.ARCHIVE)
        create_milestone(session, task, due_on=DUE, kind=MilestoneKind.STANDING)
        create_milestone(session, factories.create_task(session), due_on=DUE)
        backfill(session, done)

        offered = list_backfillable(session, today=TODAY, campaign_id=task.campaign_id)
        recorded = list_backfilled(session, holder_id=id_of(task))

        assert [(each.milestone.id, each.label, each.title) for each in offered] == [
            (past.id, "2", "装备配备"),
            (archiving.id, "2", "装备配备"),
        ]
        assert [each.milestone.id for each in recorded] == [done.id]
        assert count_backfillable(session, today=TODAY, holder_id=id_of(task)) == 2
        assert count_backfillable(session, today=TODAY, campaign_id=task.campaign_id + 1) == 0

    def test_a_list_offers_what_the_rule_allows(self, session: Session) -> None:
        holder, sharer = draft(session), draft(session, title="共用节点的任务")
        sharer.milestones_from_id = holder.id
        step = create_milestone(session, holder, due_on=DUE)

        def agree() -> bool:
            lacking = explain_backfilling(
                session, id_of(step), MilestoneTrigger.BACKFILL, actor=actor(session), at=AT
            )
            is_allowed = [each.code for each in lacking] == ["missing-reason"]
            offered = [each.milestone.id for each in list_backfillable(session, today=TODAY)]
            assert is_allowed == (offered == [step.id])
            return is_allowed

        assert agree()
        move(session, holder, TaskTrigger.CANCEL, COORDINATOR, reason="并入共用节点的任务")
        assert agree()
        issue(session, sharer)
        assert not agree()
        move(session, sharer, TaskTrigger.DECLINE, OWNER, reason="请先补录")
        assert agree()


@pytest.mark.postgresql
class TestAfterwards:
    def test_nobody_is_reminded_of_it(self, session: Session) -> None:
        task = draft(session)
        step, open_step = (
            create_milestone(session, task, due_on=DUE),
            create_milestone(session, task, due_on=DUE),
        )
        backfill(session, step)
        issue(session, task)
        assert step.look_on is None
        assert open_step.look_on == TODAY
        assert [each.id for each in list_watched_milestones(session, today=TODAY, most=10)] == [open_step.id]

    @pytest.mark.parametrize("measure", list(Measure))
    def test_it_leaves_both_rates_and_is_counted_apart(self, session: Session, measure: Measure) -> None:
        task = draft(session)
        on_time, late = (create_milestone(session, task, due_on=date(2024, 5, 28)) for _ in range(2))
        long_ago = create_milestone(session, task, due_on=date(2024, 1, 31))
        create_milestone(session, task, due_on=date(2024, 5, 30))
        for step, done_on in ((on_time, date(2024, 5, 27)), (late, date(2024, 6, 1)), (long_ago, DUE)):
            backfill(session, step, done_on)
        issue(session, task)

        now = self.figures(session, date(2024, 6, 5), measure)
        later = self.figures(session, date(2024, 9, 4), measure)

        for totals in (now.totals, later.totals):
            assert (totals.on_time, totals.on_time_first, totals.backfilled) == (Ratio(0, 1), Ratio(0, 1), 3)
            assert totals.overdue_milestones == 1
        assert now.finished == ()
        assert now.previous.backfilled == now.previous.total == 0

    def test_of_the_week_in_which_it_fell_due_it_is_no_part(self, session: Session) -> None:
        task = draft(session)
        backfill(
            session,
            create_milestone(session, task, due_on=date(2024, 6, 3)),
            at=office_moment(date(2024, 6, 4), 9),
        )
        issue(session, task, office_moment(date(2024, 6, 4), 10))
        totals = self.figures(session, date(2024, 6, 5)).totals
        assert (totals.due_this_week, totals.done_this_week, totals.backfilled) == (0, 0, 1)

    def test_a_task_shows_its_light_in_the_report(self, session: Session) -> None:
        task = draft(session)
        backfill(session, create_milestone(session, task, due_on=DUE), date(2024, 4, 2))
        issue(session, task)
        assert self.figures(session, date(2024, 6, 5)).lights.yellow_blue == 1

    def figures(self, session: Session, day: date, measure: Measure = Measure.SUBMISSION) -> WeeklyFigures:
        return weekly_figures(
            session,
            week=IsoWeek.of(day),
            scope=Scope(),
            at=office_moment(day, 18),
            rules=OfficeRules(measure=measure),
            calendar=published_calendar(),
        )


class TestEvidence:
    def paper(self, folder: Path) -> Path:
        path = folder / "印发通知.txt"
        path.write_text("关于测试工作的通知", encoding="utf-8")
        return path

    def test_the_coordinator_brings_what_shows_it_and_another_reviews_it(
        self, session: Session, tmp_path: Path
    ) -> None:
        task = draft(session)
        create_milestone(session, task, due_on=DUE)
        deliverable = factories.create_deliverable(session, task)
        store = EvidenceStore(tmp_path / "store")

        (evidence,) = hand_in_file(
            session,
            store,
            [id_of(deliverable)],
            self.paper(tmp_path),
            actor=actor(session),
            at=AT,
            is_backfilled=True,
        )

        assert (evidence.state, evidence.submitted_by_id) == (
            EvidenceState.SUBMITTED,
            actor(session).person_id,
        )
        issue(session, task)
        move(session, task, TaskTrigger.ACCEPT, OWNER)
        with pytest.raises(ActRefused, match="不能审核自己提交的材料"):
            accept_evidence(session, id_of(evidence), actor=actor(session), at=AT)
        accept_evidence(session, id_of(evidence), actor=actor(session, EXPEDITER), at=AT)
        assert evidence.state is EvidenceState.ACCEPTED

    @pytest.mark.parametrize(("name", "code"), [(OWNER, "wrong-role"), (COORDINATOR, "task-not-draft")])
    def test_others_and_later_it_goes_the_usual_way(
        self, session: Session, tmp_path: Path, name: str, code: str
    ) -> None:
        state = TaskState.DRAFT if code == "wrong-role" else TaskState.ACTIVE
        deliverable = factories.create_deliverable(session, factories.create_task(session, state=state))
        with pytest.raises(ActRefused) as refusal:
            hand_in_file(
                session,
                EvidenceStore(tmp_path / "store"),
                [id_of(deliverable)],
                self.paper(tmp_path),
                actor=actor(session, name),
                at=AT,
                is_backfilled=True,
            )
        assert codes(refusal) == [code]


def test_a_moment_at_the_office_is_not_the_day_in_utc(session: Session) -> None:
    """Just after midnight at the office it is still yesterday in UTC; the day that counts is the office's."""
    step = create_milestone(session, draft(session), due_on=date(2024, 6, 2))
    backfill(session, step, TODAY, at=datetime(2024, 6, 2, 16, 30, tzinfo=UTC))
    assert step.done_on == TODAY
