"""What a deadline phrase means: one grammar for dates, windows, recurrences, offsets and standing duties.

`parse(text, ref=...)` is the door. Pure: told the reference date and the calendar, asks nobody. The way of a text:

1. `reading`: one spelling for many, then tokens
2. `grammar`: phrases, from left to right
3. `subjects`: the dates that belong to what the duty is about are left out
4. `resolving`: year, month, event and repetition from the sentence; days, rules, offsets
5. `parsing`: words that a firmer phrase of the same sentence makes idle are left out

`recurrence` and `offsets` turn what was read into days, once a campaign or an event is known.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracker.deadlines.offsets import resolve_offset
    from tracker.deadlines.parsing import parse
    from tracker.deadlines.recurrence import occurrences
    from tracker.deadlines.values import Deadline, DeadlineKind, Offset, OffsetUnit

__all__ = ["Deadline", "DeadlineKind", "Offset", "OffsetUnit", "occurrences", "parse", "resolve_offset"]

# Loaded when first asked for: the models need the values alone, and the grammar brings dictionaries along.
_HOME = {
    "Deadline": "values",
    "DeadlineKind": "values",
    "Offset": "values",
    "OffsetUnit": "values",
    "occurrences": "recurrence",
    "parse": "parsing",
    "resolve_offset": "offsets",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
