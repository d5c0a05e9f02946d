"""The snapshot of a report: its figures and all else that its forms show, as canonical JSON with a checksum."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from pydantic import TypeAdapter

from tracker.figures import WeeklyFigures
from tracker.services.auditing import canonical_json


@dataclass(frozen=True)
class Snapshot:
    """Figures, the moment at which they were taken, and where the tasks can be looked up."""

    made_at: datetime
    figures: WeeklyFigures
    console_url: str = ""
    schema: Literal["dingban.weekly/1"] = "dingban.weekly/1"


def take_snapshot(figures: WeeklyFigures, *, made_at: datetime, console_url: str = "") -> dict[str, Any]:
    """The snapshot as plain JSON, to be stored."""
    snapshot = Snapshot(made_at.replace(microsecond=0), figures, console_url.rstrip("/"))
    plain: dict[str, Any] = _adapter().dump_python(snapshot, mode="json")
    return plain


def read_snapshot(stored: Mapping[str, Any]) -> Snapshot:
    """The snapshot that was stored. Raises ValueError for one of another schema."""
    return _adapter().validate_python(dict(stored))


def checksum_of(stored: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON."""
    return hashlib.sha256(canonical_json(stored).encode()).hexdigest()


@cache
def _adapter() -> TypeAdapter[Snapshot]:
    return TypeAdapter(Snapshot)
