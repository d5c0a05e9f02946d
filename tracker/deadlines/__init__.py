"""What a deadline phrase means: one grammar for dates, windows, recurrences, offsets and standing duties.

`parse(text, ref=...)` is the door. Pure: told the reference date and the calendar, asks nobody. The way of a text:

1. `reading`: one spelling for many, then tokens
2. `grammar`: phrases, from left to right
3. `subjects`: the dates that belong to what the duty is about are left out
4. `resolving`: year, month, event and repetition from the sentence; days, rules, offsets
5. `parsing`: words that a firmer phrase of the same sentence makes idle are left out

`recurrence` and `offsets` turn what was read into days, once a campaign or an event is known.
"""

from tracker.deadlines.offsets import resolve_offset
from tracker.deadlines.parsing import parse
from tracker.deadlines.recurrence import occurrences
from tracker.deadlines.values import Deadline, DeadlineKind, Offset, OffsetUnit

__all__ = ["Deadline", "DeadlineKind", "Offset", "OffsetUnit", "occurrences", "parse", "resolve_offset"]
