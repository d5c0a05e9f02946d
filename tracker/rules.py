"""The office's own choices. The values are read by `runtime` and handed over; the defaults are the reference's."""

from __future__ import annotations

from dataclasses import dataclass, field

from tracker.lights import LightThresholds, Measure


@dataclass(frozen=True)
class OfficeRules:
    """What an office may set. `accept_within_workdays`: working days for 签收, the day of issue not counted."""

    accept_within_workdays: int = 2
    measure: Measure = Measure.SUBMISSION
    lights: LightThresholds = field(default_factory=LightThresholds)
