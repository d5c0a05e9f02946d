"""How long a letter waits between tries, and when it is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_HOUR = 60


@dataclass(frozen=True)
class RetryPlan:
    """Minutes to wait after the first, second … failed try. One failure more, and the letter is given up.

    The default outlasts a weekend without a mail server.
    """

    pauses: tuple[int, ...] = (1, 5, 15, 60, 4 * _HOUR, 8 * _HOUR, 12 * _HOUR, 24 * _HOUR, 24 * _HOUR)

    def next_try_at(self, tries: int, failed_at: datetime) -> datetime | None:
        """When to try again after `tries` failures; None: no more."""
        if tries > len(self.pauses):
            return None
        return failed_at + timedelta(minutes=self.pauses[tries - 1])
