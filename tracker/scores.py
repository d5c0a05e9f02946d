"""What a task's score (分值) says, as the importer wrote it into `Task.score`. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def deduction_cap(score: Mapping[str, Any] | None) -> float | None:
    """The most that deductions can take from a score, in points; None where the source names no limit."""
    if not score:
        return None
    if score.get("kind") == "deduct" and score.get("max") is not None:
        return float(score["max"])
    caps = [
        float(rule["cap"])
        for rule in score.get("rules") or ()
        if rule.get("kind") == "deduct" and rule.get("cap") is not None
    ]
    return max(caps, default=None)


def has_deductions(score: Mapping[str, Any] | None) -> bool:
    """Whether points can be lost by an occurrence: a deduction item (扣分项), or an item with a rule that deducts."""
    if not score:
        return False
    return score.get("kind") == "deduct" or any(
        rule.get("kind") == "deduct" for rule in score.get("rules") or ()
    )
