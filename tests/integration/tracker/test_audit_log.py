"""The trail as auditors read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from tests.factories import NOON, actor_of, create_campaign, create_person, create_task
from tracker.identity import id_of
from tracker.models import AccessKind
from tracker.queries.audit_log import (
    PER_PAGE,
    AccessFilter,
    AuditFilter,
    list_access_page,
    list_audit_page,
)
from tracker.services.accounts import record_access
from tracker.services.auditing import SYSTEM, record


def kinds(
    session: Session, wanted: AuditFilter | None = None, audited: Collection[int] | None = None
) -> list[str]:
    page = list_audit_page(session, wanted or AuditFilter(), audited=audited)
    return [entry.event.kind for entry in page.entries]


class TestListAuditPage:
    def test_shows_an_auditor_his_campaigns_and_the_office_and_nothing_else(self, session: Session) -> None:
        mine = create_campaign(session)
        others = create_campaign(session, "2024年另一专项")
        tasks = [create_task(session, campaign=each) for each in (mine, others)]
        for kind, subject, subject_id, task_id in (
            ("task.issue", "task", tasks[0].id, tasks[0].id),
            ("task.accept", "task", tasks[1].id, tasks[1].id),
            ("campaign.create", "campaign", mine.id, None),
            ("campaign.close", "campaign", others.id, None),
            ("account.lock", "account", 1, None),
        ):
            record(
                session,
                kind=kind,
                actor=SYSTEM,
                at=NOON,
                subject=subject,
                subject_id=subject_id,
                task_id=task_id,
            )

        assert kinds(session, audited={id_of(mine)}) == ["account.lock", "campaign.create", "task.issue"]
        assert len(kinds(session)) == 5

    def test_narrows_by_person_kind_and_office_day(self, session: Session) -> None:
        person = create_person(session)
        late_evening = datetime(2024, 3, 1, 17, 0, tzinfo=UTC)  # already the 2nd of March at the office
        for kind, actor, at in (
            ("person.change", actor_of(person), NOON),
            ("person.create", SYSTEM, NOON),
            ("unit.create", actor_of(person), late_evening),
        ):
            record(session, kind=kind, actor=actor, at=at, subject="person", subject_id=1)

        assert kinds(session, AuditFilter(person_id=id_of(person))) == ["unit.create", "person.change"]
        assert kinds(session, AuditFilter(kind="person.")) == ["person.create", "person.change"]
        assert kinds(session, AuditFilter(kind="person.create")) == ["person.create"]
        assert kinds(session, AuditFilter(since=date(2024, 3, 2))) == ["unit.create"]
        assert kinds(session, AuditFilter(until=date(2024, 3, 1))) == ["person.create", "person.change"]

    def test_pages_go_by_id_and_miss_nothing(self, session: Session) -> None:
        for _ in range(PER_PAGE + 3):
            record(session, kind="unit.create", actor=SYSTEM, at=NOON, subject="unit", subject_id=1)
        first = list_audit_page(session, AuditFilter(), audited=None)
        second = list_audit_page(session, AuditFilter(), audited=None, before=first.before)
        seen = [entry.event.id for entry in (*first.entries, *second.entries)]
        assert seen == list(range(PER_PAGE + 3, 0, -1))
        assert second.before is None

    def test_pages_of_some_days_miss_nothing_either(self, session: Session) -> None:
        for _ in range(PER_PAGE + 3):
            record(session, kind="unit.create", actor=SYSTEM, at=NOON, subject="unit", subject_id=1)
        record(
            session,
            kind="unit.change",
            actor=SYSTEM,
            at=NOON + timedelta(days=2),
            subject="unit",
            subject_id=1,
        )
        wanted = AuditFilter(since=date(2024, 3, 1), until=date(2024, 3, 1))

        first = list_audit_page(session, wanted, audited=None)
        second = list_audit_page(session, wanted, audited=None, before=first.before)

        seen = [entry.event.id for entry in (*first.entries, *second.entries)]
        assert seen == list(range(PER_PAGE + 3, 0, -1))
        assert second.before is None

    def test_a_day_of_long_ago_is_found_by_the_index(self, session: Session) -> None:
        record(session, kind="unit.create", actor=SYSTEM, at=NOON, subject="unit", subject_id=1)
        asked: list[tuple[str, Any]] = []
        listen = lambda *given: asked.append((given[2], given[3]))  # noqa: E731
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        list_audit_page(session, AuditFilter(until=date(2024, 3, 1)), audited=None)
        event.remove(session.get_bind(), "before_cursor_execute", listen)

        [(statement, values)] = asked
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()

        steps = " ".join(str(step) for step in plan)
        assert "ix_audit_event_at" in steps
        assert "TEMP B-TREE" not in steps


class TestListAccessPage:
    @pytest.mark.parametrize(
        ("wanted", "names"),
        [
            (AccessFilter(), ["yi", "jia@example.org"]),
            (AccessFilter(kind=AccessKind.SIGN_IN), ["yi"]),
            (AccessFilter(text="jia"), ["jia@example.org"]),
            (AccessFilter(text="10.0.0.2"), ["yi"]),
            (AccessFilter(until=date(2024, 2, 29)), []),
        ],
    )
    def test_narrows_by_kind_words_and_day(
        self, session: Session, wanted: AccessFilter, names: list[str]
    ) -> None:
        record_access(
            session, AccessKind.SIGN_IN_REFUSED, at=NOON, login_name="jia@example.org", address="10.0.0.1"
        )
        record_access(session, AccessKind.SIGN_IN, at=NOON, login_name="yi", address="10.0.0.2")
        session.flush()
        assert [row.login_name for row in list_access_page(session, wanted).records] == names
