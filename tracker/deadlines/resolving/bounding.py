"""Repetitions that a start, a window or months of every year bound: 4月起，每月25日前; 3月至11月，每月5日前."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tracker.deadlines import recurrence as rules
from tracker.deadlines.grammar.phrases import Found, Phrase, Repeat, Scope, Stretch, Yearly
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.resolving.resolver import Resolved
from tracker.deadlines.values import Deadline, DeadlineKind

_NOTHING_BETWEEN = ("", ",", "期间", "期间,")


def with_bounds(tokens: Tokens, said: Sequence[Resolved]) -> list[Resolved]:
    """The deadlines of one sentence; a bound is joined to the repetition behind it, and holds for those that follow."""
    kept: list[Resolved] = []
    window: Deadline | None = None
    for found, deadline in said:
        if deadline.kind is not DeadlineKind.RECURRING:
            window = None
        elif kept and (_is_open(kept[-1][1]) or _is_joined(tokens, kept[-1], found)):
            bound, bounding = kept.pop()
            if _is_open(bounding):
                window = bounding
            else:
                deadline = replace(deadline, span=tokens.original(bound.first, found.end))
                window = bounding if isinstance(bound.phrase, Stretch) else None
                deadline = _in_months_of(bound.phrase, deadline)
        kept.append((found, _within(deadline, window) if window is not None else deadline))
    return kept


def _is_joined(tokens: Tokens, earlier: Resolved, later: Found) -> bool:
    """True where nothing is to be done between a window, or months of every year, and the repetition."""
    found, window = earlier
    if tokens.words(found.end, later.first) not in _NOTHING_BETWEEN or not isinstance(later.phrase, Repeat):
        return False
    if isinstance(found.phrase, Stretch):
        return window.start is not None and window.due is not None
    return bool(_months_of_every_year(found.phrase)) and "BYMONTH=" not in later.phrase.rules[0]


def _is_open(deadline: Deadline) -> bool:
    return deadline.kind is DeadlineKind.WINDOW and deadline.start is not None and deadline.due is None


def _within(deadline: Deadline, window: Deadline) -> Deadline:
    """The repetition from the first day of the window until its last (RFC 5545, UNTIL), if it has one."""
    if window.due is None:
        return replace(deadline, start=window.start)
    until = f"{deadline.recurrence};UNTIL={window.due:%Y%m%d}"
    return replace(deadline, start=window.start, recurrence=until)


def _in_months_of(bound: Phrase, deadline: Deadline) -> Deadline:
    months = _months_of_every_year(bound)
    return (
        replace(deadline, recurrence=rules.in_months(deadline.recurrence or "", months))
        if months
        else deadline
    )


def _months_of_every_year(phrase: Phrase) -> tuple[int, ...]:
    """The months from the first to the last of 每年11月至次年3月; none for any other phrase."""
    if not isinstance(phrase, Yearly) or phrase.first is None:
        return ()
    first, last = phrase.first.month, phrase.point.month
    if not phrase.first.scope is phrase.point.scope is Scope.MONTH or first is None or last is None:
        return ()
    return tuple(month % 12 + 1 for month in range(first - 1, last + 12 * (last < first)))
