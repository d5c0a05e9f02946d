"""What the database itself refuses, also where a column that tells rows apart is empty."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.factories import NOON, create_campaign, create_deliverable, create_evidence, create_task
from tracker.identity import id_of
from tracker.models import EventRecord

pytestmark = pytest.mark.postgresql


class TestUniqueRows:
    def test_one_version_of_one_name_exists_once_without_an_occurrence(self, session: Session) -> None:
        deliverable = create_deliverable(session, create_task(session))
        create_evidence(session, deliverable, version=1)

        with pytest.raises(IntegrityError):
            create_evidence(session, deliverable, version=1)

    def test_an_event_of_the_whole_campaign_is_recorded_once_a_day(self, session: Session) -> None:
        campaign_id = id_of(create_campaign(session))
        for _ in range(2):
            session.add(
                EventRecord(campaign_id=campaign_id, name="检查结束", on=date(2024, 6, 14), recorded_at=NOON)
            )

        with pytest.raises(IntegrityError):
            session.flush()
