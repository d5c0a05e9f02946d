"""What a deadline phrase means: one grammar for dates, windows, recurrences, offsets and standing duties.

`parse(text, ref=...)` is the door. Pure: told the reference date and the calendar, asks nobody. The way of a
text: normalising → tokens → finding (productions in points, stretches, repeats, periods, words) → subjects
(what is no deadline) → resolving (year, month and repetition from the sentence) → deadlines.
"""

from tracker.deadlines.offsets import resolve_offset
from tracker.deadlines.parsing import parse
from tracker.deadlines.recurrence import occurrences
from tracker.deadlines.values import Deadline, DeadlineKind, Offset, OffsetUnit

__all__ = ["Deadline", "DeadlineKind", "Offset", "OffsetUnit", "occurrences", "parse", "resolve_offset"]
