"""Changing a campaign that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import Session, col, select

from tests.factories import (
    NOON,
    actor_of,
    create_campaign,
    create_milestone,
    create_person,
    create_task,
)
from tracker.calendar import WorkCalendar, load_published_calendar
from tracker.deadlines import DeadlineKind
from tracker.errors import ActRefused, NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models import AuditEvent, Campaign, CampaignRole, Milestone, Task
from tracker.services.auditing import Actor
from tracker.services.campaign_terms import change_campaign, dismiss_from_campaign
from tracker.services.campaigns import appoint_coordinator
from tracker.services.events import roll_out
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role

CALENDAR: WorkCalendar = load_published_calendar()
SEPTEMBER = datetime(2024, 9, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return create_campaign(session, ends_on=date(2024, 6, 30))


@pytest.fixture
def coordinator(session: Session, campaign: Campaign) -> Actor:
    return actor_of(create_person(session, "测试丁"))


def change(session: Session, campaign: Campaign, actor: Actor, *, at: datetime = NOON, **fields: Any) -> None:
    values: dict[str, Any] = {
        "name": campaign.name,
        "kind": campaign.kind,
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
    }
    change_campaign(session, id_of(campaign), actor=actor, at=at, calendar=CALENDAR, **(values | fields))


def monthly_task(session: Session, campaign: Campaign) -> Task:
    """A task of a monthly duty, rolled out to the campaign's end."""
    task = create_task(session, campaign=campaign)
    create_milestone(
        session,
        task,
        kind=MilestoneKind.SERIES,
        deadline_kind=DeadlineKind.RECURRING,
        recurrence="FREQ=MONTHLY;BYMONTHDAY=-1",
        due_on=None,
        first_due_on=None,
        look_on=None,
    )
    roll_out(session, id_of(task), calendar=CALENDAR)
    return task


def due_days(session: Session, task: Task) -> list[date | None]:
    rows = session.exec(
        select(Milestone)
        .where(Milestone.task_id == task.id, col(Milestone.series_id).is_not(None))
        .order_by(col(Milestone.due_on))
    ).all()
    return [row.due_on for row in rows]


class TestChangeCampaign:
    def test_rolls_recurring_duties_out_to_a_later_end(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        task = monthly_task(session, campaign)
        assert due_days(session, task)[-1] == date(2024, 6, 30)

        change(session, campaign, coordinator, ends_on=date(2024, 8, 31))

        assert due_days(session, task)[-2:] == [date(2024, 7, 31), date(2024, 8, 31)]
        kinds = session.exec(select(AuditEvent.kind).order_by(col(AuditEvent.id))).all()
        assert list(kinds) == ["campaign.change", "task.roll_out"]

    def test_owes_nothing_for_the_time_in_which_the_campaign_had_ended(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        task = monthly_task(session, campaign)
        change(session, campaign, coordinator, at=SEPTEMBER, ends_on=date(2024, 10, 31))
        assert due_days(session, task)[-3:] == [date(2024, 6, 30), date(2024, 9, 30), date(2024, 10, 31)]

    def test_refuses_an_earlier_end_while_occurrences_lie_behind_it(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        task = monthly_task(session, campaign)
        with pytest.raises(ValueRefused, match="还有2个周期性节点"):
            change(session, campaign, coordinator, ends_on=date(2024, 4, 30))

        for row in session.exec(select(Milestone).where(Milestone.task_id == task.id)).all():
            if row.due_on and row.due_on > date(2024, 4, 30):
                row.state = MilestoneState.WAIVED
        change(session, campaign, coordinator, ends_on=date(2024, 4, 30))
        assert campaign.ends_on == date(2024, 4, 30)

    @pytest.mark.parametrize(
        ("fields", "sentence"),
        [
            ({"ends_on": date(2023, 12, 31)}, "不能早于开始日期"),
            ({"name": "  "}, "不能为空"),
            ({"kind": ""}, "不能为空"),
        ],
    )
    def test_refuses_what_cannot_be(
        self,
        session: Session,
        campaign: Campaign,
        coordinator: Actor,
        fields: dict[str, Any],
        sentence: str,
    ) -> None:
        with pytest.raises(ValueRefused, match=sentence):
            change(session, campaign, coordinator, **fields)

    def test_refuses_the_name_of_another_campaign(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        create_campaign(session, "2024年另一专项")
        with pytest.raises(NameTaken):
            change(session, campaign, coordinator, name="2024年另一专项")

    def test_refuses_for_a_closed_campaign(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        campaign.closed_at = NOON
        with pytest.raises(ValueRefused, match="已经结束"):
            change(session, campaign, coordinator, ends_on=date(2024, 12, 31))

    def test_refuses_the_coordinator_of_another_campaign(self, session: Session, campaign: Campaign) -> None:
        stranger = create_person(session, "测试庚")
        create_campaign(session, "2024年另一专项", coordinator=stranger)
        with pytest.raises(ActRefused, match="协调员或管理员"):
            change(session, campaign, actor_of(stranger), kind="稽查")


class TestDismissFromCampaign:
    def test_keeps_the_last_coordinator_of_an_open_campaign(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        assert coordinator.person_id
        with pytest.raises(ValueRefused, match="唯一的协调员"):
            dismiss_from_campaign(
                session,
                id_of(campaign),
                coordinator.person_id,
                role=Role.COORDINATOR,
                actor=coordinator,
                at=NOON,
            )

    def test_takes_the_part_of_an_auditor(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        auditor = create_person(session, "测试己")
        appoint_coordinator(
            session, id_of(campaign), id_of(auditor), actor=coordinator, at=NOON, role=Role.AUDITOR
        )
        dismiss_from_campaign(
            session, id_of(campaign), id_of(auditor), role=Role.AUDITOR, actor=coordinator, at=NOON
        )
        left = session.exec(select(CampaignRole.role)).all()
        assert list(left) == [Role.COORDINATOR]

    def test_refuses_where_there_is_no_such_part(
        self, session: Session, campaign: Campaign, coordinator: Actor
    ) -> None:
        with pytest.raises(ValueRefused, match="不是“2024年测试专项”的纪检"):
            dismiss_from_campaign(
                session,
                id_of(campaign),
                id_of(create_person(session)),
                role=Role.AUDITOR,
                actor=coordinator,
                at=NOON,
            )
