"""The values a deadline phrase is turned into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class DeadlineKind(StrEnum):
    DATE = "date"
    WINDOW = "window"
    RECURRING = "recurring"
    RELATIVE = "relative"
    STANDING = "standing"
    VAGUE = "vague"


class OffsetUnit(StrEnum):
    DAY = "day"
    WORKDAY = "workday"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Offset:
    """A period counted from an event; `count` is negative where it lies before the event."""

    count: int
    unit: OffsetUnit
    event: str


@dataclass(frozen=True)
class Deadline:
    """What one phrase means. Dates are office days and inclusive: `due` is the last day still on time.

    `span` is the phrase as it stands in the source. `recurrence` is an RFC 5545 RRULE without DTSTART.
    `provisional` marks a date that rests on a calendar year not yet published.
    """

    span: str
    kind: DeadlineKind
    start: date | None = None
    due: date | None = None
    recurrence: str | None = None
    offset: Offset | None = None
    provisional: bool = False
