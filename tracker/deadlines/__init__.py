"""What a deadline phrase means: one grammar for dates, windows, recurrences, offsets and standing duties.

`parse(text, ref=...)` is the door. Pure: told the reference date and the calendar, asks nobody.
"""

from tracker.deadlines.values import Deadline, DeadlineKind, Offset, OffsetUnit

__all__ = ["Deadline", "DeadlineKind", "Offset", "OffsetUnit"]
