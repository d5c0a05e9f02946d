"""The audit trail in words: states as people call them, moments at the office, no numbers of rows."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from tracker.models import AuditEvent
from web.pages.admin.trail_words import Detail, describe

AT = datetime(2024, 6, 7, 1, 0, tzinfo=UTC)


def create_event(subject: str, kind: str, **data: Any) -> AuditEvent:
    return AuditEvent(
        id=1,
        at=AT,
        actor_name="胡斐",
        subject=subject,
        kind=kind,
        data=json.dumps(data),
        previous_hash="",
        hash="",
    )


class TestDescribe:
    def test_says_states_as_the_office_does_and_moments_in_its_time(self) -> None:
        event = create_event(
            "task",
            "task.submit",
            **{"from": "active", "to": "in_review"},
            changed={"submitted_at": [None, "2024-06-07T01:00:00+00:00"], "submitted_by_id": [None, 6]},
        )

        assert describe(event) == [
            Detail("提交时间", "2024-06-07 09:00", "无"),
            Detail("原状态", "办理中"),
            Detail("新状态", "待审核"),
        ]

    def test_a_state_is_that_of_what_the_event_is_about(self) -> None:
        of_step = create_event("milestone", "milestone.report", to="reported")
        of_request = create_event("extension", "extension.request", to="requested", milestone_id=155)

        assert describe(of_step) == [Detail("新状态", "已报告")]
        assert describe(of_request) == [Detail("新状态", "待批复")]

    def test_a_list_of_occurrences_is_a_list_of_days(self) -> None:
        event = create_event(
            "task", "task.issue", occurrences=[{"due_on": "2024-06-21"}, {"due_on": "2024-07-05"}]
        )

        assert describe(event) == [Detail("生成的各期", "2024-06-21、2024-07-05")]
