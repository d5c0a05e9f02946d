"""The door: what a phrase, a sentence or a whole cell says about when something is due."""

from __future__ import annotations

from datetime import date

from tracker.calendar import WorkCalendar
from tracker.deadlines.grammar.finding import find_phrases
from tracker.deadlines.grammar.phrases import (
    Found,
    Period,
    Point,
    Repeat,
    Scope,
    Standing,
    Vague,
)
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind
from tracker.deadlines.resolving.bounding import with_bounds
from tracker.deadlines.resolving.resolver import Resolver
from tracker.deadlines.subjects.clauses import is_score
from tracker.deadlines.values import Deadline, DeadlineKind

_LOOSE = (Scope.YEAR, Scope.HALF, Scope.QUARTER)
_PERIOD_OF_FREQUENCY = {"FREQ=MONTHLY": "month", "FREQ=WEEKLY": "week", "FREQ=DAILY": "day"}


def parse(text: str, *, ref: date | None, calendar: WorkCalendar | None = None) -> list[Deadline]:
    """The deadlines that `text` states, in reading order; empty where it states none.

    `ref` gives the year where the text names none (and the day that 本月, 下周 count from). Without it such
    dates come back with `due` None. Never raises on any text: what is not understood is left out.
    """
    tokens = Tokens(text)
    by_sentence: dict[tuple[int, int], list[tuple[Found, Deadline]]] = {}
    for found, deadline in Resolver(tokens, ref, calendar).resolve(find_phrases(tokens)):
        by_sentence.setdefault(tokens.sentence_of(found.first), []).append((found, deadline))
    return [
        deadline
        for sentence, said in by_sentence.items()
        for deadline in _firm_ones(tokens, with_bounds(tokens, said), tokens.sentence_words(sentence[0]))
    ]


def _firm_ones(tokens: Tokens, said: list[tuple[Found, Deadline]], sentence: str) -> list[Deadline]:
    """The deadlines of one sentence without the words that a firmer one makes idle."""
    kinds = {deadline.kind for _, deadline in said}
    dated = any(_is_marked(found) for found, _ in said)
    idle_standing = bool(kinds - {DeadlineKind.VAGUE, DeadlineKind.STANDING}) or is_score(sentence)
    firm = []
    for place, (found, deadline) in enumerate(said):
        match found.phrase:
            case _ if not _may_yield(found):
                idle = False
            case Vague():
                idle = len(kinds) > 1
            case Standing():
                idle = idle_standing
            case Repeat():
                idle = any(_says_more(found, one, due) for one, due in said if one is not found)
            case _:
                idle = dated or (place + 1 < len(said) and _is_heading(tokens, found))
        if not idle:
            firm.append(deadline)
    return firm


def _is_heading(tokens: Tokens, found: Found) -> bool:
    """True for “2025年：6月底前…；” and “2025年，6月底前…”: a year that only stands over what follows it."""
    is_year = isinstance(found.phrase, Point) and found.phrase.scope is Scope.YEAR
    return is_year and tokens.kind(found.end) in (Kind.COLON, Kind.COMMA)


def _may_yield(found: Found) -> bool:
    match found.phrase:
        case Vague():
            return True
        case Standing(is_weak):
            return is_weak
        case Repeat() as repeat:
            return repeat.is_bare
        case Point() as point:
            return point.scope in _LOOSE and not point.is_marked and not found.until
    return False


def _is_marked(found: Found) -> bool:
    return isinstance(found.phrase, Point) and found.phrase.before and found.phrase.scope is Scope.DAY


def _says_more(bare: Found, other: Found, due: Deadline) -> bool:
    """True where `other` names the day that the bare repetition leaves open, or says the same again."""
    if not isinstance(bare.phrase, Repeat) or due.kind not in (DeadlineKind.RECURRING, DeadlineKind.RELATIVE):
        return False
    if isinstance(other.phrase, Period):
        return other.phrase.event.startswith("每") and bare.phrase.period in ("month", "quarter", "year")
    if isinstance(other.phrase, Repeat):
        if other.phrase.is_bare:
            return other.phrase.rules == bare.phrase.rules and other.first < bare.first
        return other.phrase.period == bare.phrase.period
    if isinstance(other.phrase, Point) and other.phrase.scope is Scope.QUARTER:
        return bare.phrase.period == "quarter"
    rule = due.recurrence or ""
    if isinstance(other.phrase, Point) and rule.startswith("FREQ=YEARLY"):
        return bare.phrase.period in ("year", "half", "quarter")
    return _PERIOD_OF_FREQUENCY.get(rule.split(";")[0], "year") == bare.phrase.period
