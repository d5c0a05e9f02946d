"""The corpus of phrases: each answer was reasoned by hand from the rules before the parser saw it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tracker.deadlines import Deadline, parse

_LINES = Path(__file__).with_name("phrases.jsonl").read_text(encoding="utf-8").splitlines()
PHRASES: list[dict[str, Any]] = [json.loads(line) for line in _LINES]


def _as_plain(deadline: Deadline) -> dict[str, Any]:
    offset = deadline.offset
    return {
        "kind": str(deadline.kind),
        "start": deadline.start.isoformat() if deadline.start else None,
        "due": deadline.due.isoformat() if deadline.due else None,
        "recurrence": deadline.recurrence,
        "offset": {"count": offset.count, "unit": str(offset.unit), "event": offset.event}
        if offset
        else None,
    }


@pytest.mark.parametrize("phrase", PHRASES, ids=[f"{n}" for n in range(1, len(PHRASES) + 1)])
def test_a_phrase_means_what_the_office_means_by_it(phrase: dict[str, Any]) -> None:
    ref = date.fromisoformat(phrase["ref"]) if phrase["ref"] else None
    assert [_as_plain(deadline) for deadline in parse(phrase["text"], ref=ref)] == phrase["deadlines"]


def test_the_corpus_has_at_least_five_hundred_phrases() -> None:
    assert len(PHRASES) >= 500
    assert len({(phrase["text"], phrase["ref"]) for phrase in PHRASES}) == len(PHRASES)
