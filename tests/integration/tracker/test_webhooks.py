"""Who may set up webhooks, and that each is owed every event of its own, once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from tests.factories import NOON, create_campaign, create_milestone, create_person, create_task
from tracker.errors import ActRefused, CampaignNotFound, NameTaken, ValueRefused
from tracker.identity import id_of
from tracker.models import AuditEvent, Campaign, DeliveryState, Task, Webhook, WebhookDelivery
from tracker.queries.webhooks import (
    KINDS,
    WebhookNotFound,
    claim_deliveries,
    count_deliveries,
    expand_patterns,
    has_delivery_due,
    list_deliveries,
)
from tracker.services.auditing import Actor, record, verify_chain
from tracker.services.webhooks import (
    change_webhook,
    create_webhook,
    is_queueing_due,
    queue_deliveries,
    remove_webhook,
    renew_secret,
    retry_deliveries,
    tidy_target,
)

URL = "https://receiver.example.org/events"


@pytest.fixture
def administrator(session: Session) -> Actor:
    person = create_person(session, "测试管理员", is_administrator=True)
    return Actor(person.id, person.name)


def add(session: Session, administrator: Actor, *events: str, **fields: object) -> Webhook:
    values = {"name": f"系统{'、'.join(events)}", "url": URL, "events": events or ("*",)}
    webhook, _ = create_webhook(session, **{**values, **fields}, actor=administrator, at=NOON)  # type: ignore[arg-type]
    return webhook


def happen(session: Session, kind: str, *, task: Task | None = None, campaign: Campaign | None = None) -> int:
    return record(
        session,
        kind=kind,
        actor=Actor(None, "系统"),
        at=NOON,
        subject="campaign" if campaign else "task",
        subject_id=campaign.id if campaign else None,
        task_id=task.id if task else None,
    ).id


def told_of(session: Session, webhook: Webhook) -> list[str]:
    return [event.kind for _, event in reversed(list_deliveries(session, id_of(webhook)))]


class TestCreateWebhook:
    def test_shows_a_secret_once_and_keeps_it_out_of_the_trail(
        self, session: Session, administrator: Actor
    ) -> None:
        webhook, secret = create_webhook(
            session,
            name="督查系统",
            url=f"{URL}?key=K-1",
            events=["task.close"],
            actor=administrator,
            at=NOON,
        )

        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "webhook.create")).one()
        assert secret.startswith("whsec_")
        assert secret not in repr(webhook)
        assert secret not in event.data
        assert "K-1" not in event.data
        assert json.loads(event.data)["host"] == "receiver.example.org"

    def test_is_for_administrators(self, session: Session) -> None:
        somebody = create_person(session)
        with pytest.raises(ActRefused, match="须由管理员办理"):
            add(session, Actor(somebody.id, somebody.name))

    @pytest.mark.parametrize("events", [(), ("account.create",), ("task.close", "task.nothing"), ("mile*",)])
    def test_refuses_events_that_are_none_or_nobody_s_business(
        self, session: Session, administrator: Actor, events: tuple[str, ...]
    ) -> None:
        with pytest.raises(ValueRefused, match="事件"):
            create_webhook(session, name="甲", url=URL, events=events, actor=administrator, at=NOON)

    def test_refuses_a_campaign_that_is_not_there(self, session: Session, administrator: Actor) -> None:
        with pytest.raises(CampaignNotFound):
            add(session, administrator, campaign_id=404)

    def test_refuses_a_name_that_is_taken(self, session: Session, administrator: Actor) -> None:
        add(session, administrator, name="甲")
        with pytest.raises(NameTaken):
            add(session, administrator, name="甲")

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://receiver.example.org/",
            "receiver.example.org",
            "http://",
            "http://user:word@receiver.example.org/",
            "http://receiver.example.org/a b",
            "http://receiver.example.org/#top",
            "http://接收.example.org/",
            "http://receiver.example.org:99999/",
            f"http://receiver.example.org/{'a' * 2000}",
        ],
    )
    def test_refuses_what_cannot_be_posted_to(self, url: str) -> None:
        with pytest.raises(ValueRefused):
            tidy_target(url)


class TestExpandPatterns:
    def test_everything_is_every_event_of_work_and_none_of_people(self) -> None:
        kinds = expand_patterns(["*"])
        assert {"task.close", "milestone.report", "campaign.close"} <= kinds
        assert not [kind for kind in kinds if kind.startswith(("person.", "account.", "token.", "webhook."))]

    def test_a_family_is_all_of_one_subject(self) -> None:
        assert expand_patterns(["milestone.*"]) == {each for each in KINDS if each.startswith("milestone.")}


class TestQueueDeliveries:
    @pytest.mark.postgresql
    def test_writes_each_event_once_however_often_it_is_asked(
        self, session: Session, administrator: Actor
    ) -> None:
        task = create_task(session)
        happen(session, "task.issue", task=task)
        webhook = add(session, administrator, "task.*")
        happen(session, "task.close", task=task)
        happen(session, "milestone.report", task=task)

        assert is_queueing_due(session)
        assert queue_deliveries(session, at=NOON) == 1
        assert not is_queueing_due(session)
        webhook.event_id = 0  # a register restored from a copy looks at events again
        assert queue_deliveries(session, at=NOON) == 2
        assert told_of(session, webhook) == ["task.close", "task.issue"]
        assert len(session.exec(select(WebhookDelivery)).all()) == 2

    def test_tells_of_one_campaign_only_where_that_is_asked(
        self, session: Session, administrator: Actor
    ) -> None:
        mine, other = create_campaign(session, "甲专项"), create_campaign(session, "乙专项")
        webhook = add(session, administrator, campaign_id=mine.id)
        happen(session, "task.close", task=create_task(session, campaign=mine))
        happen(session, "task.close", task=create_task(session, campaign=other))
        happen(session, "campaign.close", campaign=mine)
        happen(session, "campaign.close", campaign=other)

        assert queue_deliveries(session, at=NOON) == 2
        assert told_of(session, webhook) == ["task.close", "campaign.close"]

    def test_an_inactive_webhook_hears_nothing_of_the_meantime(
        self, session: Session, administrator: Actor
    ) -> None:
        webhook = add(session, administrator)
        task = create_task(session)
        switch(session, webhook, administrator, is_active=False)
        happen(session, "task.suspend", task=task)
        assert queue_deliveries(session, at=NOON) == 0
        switch(session, webhook, administrator, is_active=True)
        happen(session, "task.resume", task=task)

        queue_deliveries(session, at=NOON)
        assert told_of(session, webhook) == ["task.resume"]

    def test_events_of_accounts_and_of_webhooks_are_told_to_nobody(
        self, session: Session, administrator: Actor
    ) -> None:
        webhook = add(session, administrator)
        happen(session, "account.create")
        add(session, administrator, name="又一个")
        assert queue_deliveries(session, at=NOON) == 0
        assert told_of(session, webhook) == []


def switch(session: Session, webhook: Webhook, administrator: Actor, *, is_active: bool) -> None:
    change_webhook(
        session,
        id_of(webhook),
        name=webhook.name,
        url=webhook.url,
        events=webhook.events,
        campaign_id=webhook.campaign_id,
        is_active=is_active,
        actor=administrator,
        at=NOON,
    )


class TestClaimDeliveries:
    @pytest.mark.postgresql
    def test_gives_each_to_one_worker_until_its_lease_is_over(
        self, session: Session, administrator: Actor
    ) -> None:
        add(session, administrator)
        task = create_task(session)
        for _ in range(3):
            happen(session, "task.urge", task=task)
        queue_deliveries(session, at=NOON)
        until = NOON + timedelta(minutes=10)

        first = claim_deliveries(session, worker="a", at=NOON, until=until, most=2)
        second = claim_deliveries(session, worker="b", at=NOON, until=until, most=2)

        assert (len(first), len(second)) == (2, 1)
        assert not set(first) & set(second)
        assert not has_delivery_due(session, at=NOON)
        assert list(claim_deliveries(session, worker="b", at=until, until=until, most=5)) == [
            *first,
            *second,
        ]

    def test_leaves_what_belongs_to_an_inactive_webhook(self, session: Session, administrator: Actor) -> None:
        webhook = add(session, administrator)
        happen(session, "task.urge", task=create_task(session))
        queue_deliveries(session, at=NOON)
        switch(session, webhook, administrator, is_active=False)
        assert not has_delivery_due(session, at=NOON)


class TestChangingWebhooks:
    def test_a_changed_address_is_recorded_by_its_host(self, session: Session, administrator: Actor) -> None:
        webhook = add(session, administrator)
        change_webhook(
            session,
            id_of(webhook),
            name=webhook.name,
            url="https://other.example.org/?key=K-2",
            events=["task.*"],
            campaign_id=None,
            is_active=True,
            actor=administrator,
            at=NOON,
        )
        event = session.exec(select(AuditEvent).where(AuditEvent.kind == "webhook.change")).one()
        assert json.loads(event.data)["changed"]["url"] == ["receiver.example.org", "other.example.org"]
        assert "K-2" not in event.data

    def test_a_new_secret_takes_the_place_of_the_old_one(
        self, session: Session, administrator: Actor
    ) -> None:
        webhook = add(session, administrator)
        before = webhook.secret
        assert renew_secret(session, id_of(webhook), actor=administrator, at=NOON) == webhook.secret != before

    def test_what_was_given_up_is_tried_again_by_hand(self, session: Session, administrator: Actor) -> None:
        webhook = add(session, administrator)
        task = create_task(session)
        create_milestone(session, task)
        happen(session, "task.urge", task=task)
        queue_deliveries(session, at=NOON)
        row = session.exec(select(WebhookDelivery)).one()
        row.state, row.tries = DeliveryState.ABANDONED, 10
        session.flush()

        assert retry_deliveries(session, id_of(webhook), actor=administrator, at=NOON) == 1
        session.refresh(row)
        assert (row.state.value, row.tries) == ("waiting", 0)
        assert count_deliveries(session) == {id_of(webhook): {DeliveryState.WAITING: 1}}

    def test_a_removed_webhook_leaves_its_trace_and_nothing_else(
        self, session: Session, administrator: Actor
    ) -> None:
        webhook = add(session, administrator)
        number = id_of(webhook)
        happen(session, "task.urge", task=create_task(session))
        queue_deliveries(session, at=NOON)
        remove_webhook(session, number, actor=administrator, at=NOON)

        assert session.exec(select(WebhookDelivery)).all() == []
        assert session.exec(select(AuditEvent.kind).where(AuditEvent.subject == "webhook")).all() == [
            "webhook.create",
            "webhook.remove",
        ]
        assert verify_chain(session).is_intact
        with pytest.raises(WebhookNotFound):
            renew_secret(session, number, actor=administrator, at=NOON)
