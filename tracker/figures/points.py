"""Points (分值): secured, at risk, pending and lost, as `values.Points` defines them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tracker.figures.values import Points
from tracker.scores import deduction_cap

_THOUSANDTHS = 1000


@dataclass
class PointsCount:
    """Adds up in thousandths of a point, so that the parts make the whole to the last digit."""

    secured: int = 0
    at_risk: int = 0
    pending: int = 0
    lost: int = 0
    deducted: int = 0
    bonus: int = 0

    def add(self, score: Mapping[str, Any], *, deducted: float, is_closed: bool, is_at_risk: bool) -> None:
        """Count one issued task. `deducted`: points on record against it."""
        kind, most = _kind_of(score), _thousandths(score.get("max"))
        minus = _thousandths(deducted)
        if kind != "points":
            cap = deduction_cap(score)
            self.deducted += minus if cap is None else min(minus, _thousandths(cap))
            self.bonus += most if kind == "bonus" and is_closed else 0
            return
        lost = min(minus, most)
        self.lost += lost
        if is_closed:
            self.secured += most - lost
        elif is_at_risk:
            self.at_risk += most - lost
        else:
            self.pending += most - lost

    def freeze(self) -> Points:
        planned = self.secured + self.at_risk + self.pending + self.lost
        return Points(
            planned=planned / _THOUSANDTHS,
            secured=self.secured / _THOUSANDTHS,
            at_risk=self.at_risk / _THOUSANDTHS,
            pending=self.pending / _THOUSANDTHS,
            lost=self.lost / _THOUSANDTHS,
            deducted=self.deducted / _THOUSANDTHS,
            bonus=self.bonus / _THOUSANDTHS,
        )

    def include(self, other: PointsCount) -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


@lru_cache(maxsize=4096)
def read_score(text: str | None) -> Mapping[str, Any]:
    """A task's score from its JSON; empty where it has none. Many tasks have the same one."""
    return json.loads(text or "{}") or {}


def _kind_of(score: Mapping[str, Any]) -> str:
    return str(score.get("kind", "none"))


def _thousandths(points: float | None) -> int:
    return round((points or 0) * _THOUSANDTHS)
