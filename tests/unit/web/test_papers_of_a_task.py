"""What a deliverable says of itself: the best of its files, and whether others came back."""

from __future__ import annotations

import pytest

from tests.factories import NOON
from tracker.models import Deliverable, Evidence, EvidenceState
from tracker.services.possibilities import Act
from web.task_view.papers import DeliverableView, FileView

ACCEPTED, SUBMITTED, REJECTED = EvidenceState.ACCEPTED, EvidenceState.SUBMITTED, EvidenceState.REJECTED


def deliverable(*states: EvidenceState) -> DeliverableView:
    files = [
        FileView(
            Evidence(
                deliverable_id=1,
                name=f"{place}.pdf",
                version=1,
                state=state,
                submitted_at=NOON,
                submitted_by_id=1,
            ),
            label="",
            tone="",
            size="",
            can_preview=True,
            acts=(),
        )
        for place, state in enumerate(states)
    ]
    return DeliverableView(Deliverable(task_id=1, number=1, text="方案"), files, Act("hand_in", "提交材料"))


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), "尚未提交"),
        ((SUBMITTED,), "待审核"),
        ((REJECTED,), "已退回，请重新提交"),
        ((REJECTED, REJECTED), "已退回，请重新提交"),
        ((ACCEPTED,), "已有通过的材料"),
        ((ACCEPTED, SUBMITTED), "已有通过的材料"),
        ((ACCEPTED, REJECTED), "已有通过的材料，另有 1 件退回"),
        ((REJECTED, SUBMITTED, REJECTED), "待审核，另有 2 件退回"),
    ],
)
def test_a_deliverable_says_what_came_of_its_files(states: tuple[EvidenceState, ...], words: str) -> None:
    assert deliverable(*states).state == words
