"""The door: what a phrase, a sentence or a whole cell says about when something is due."""

from __future__ import annotations

from datetime import date

from tracker.calendar import WorkCalendar
from tracker.deadlines.cursor import Tokens
from tracker.deadlines.finding import find_phrases
from tracker.deadlines.phrases import Found, Period, Point, Repeat, Scope, Standing, Vague
from tracker.deadlines.resolving import Resolver
from tracker.deadlines.subjects import is_score
from tracker.deadlines.values import Deadline, DeadlineKind

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
        for found, deadline in said
        if _stands(found, said, tokens.words(*sentence))
    ]


def _stands(found: Found, said: list[tuple[Found, Deadline]], sentence: str) -> bool:
    """False for a word that a firmer deadline of the same sentence makes idle."""
    if not _may_yield(found):
        return True
    others = [(one, due) for one, due in said if one is not found]
    match found.phrase:
        case Vague():
            return not any(due.kind is not DeadlineKind.VAGUE for _, due in others)
        case Standing():
            return not any(
                due.kind not in (DeadlineKind.VAGUE, DeadlineKind.STANDING) for _, due in others
            ) and not is_score(sentence)
        case Repeat():
            return not any(_says_more(found, one, due) for one, due in others)
    return not any(_is_marked(one) for one, _ in others)


def _may_yield(found: Found) -> bool:
    phrase = found.phrase
    if isinstance(phrase, Standing):
        return phrase.is_weak
    if isinstance(phrase, Repeat):
        return phrase.is_bare
    is_loose = isinstance(phrase, Point) and phrase.scope in (Scope.YEAR, Scope.HALF, Scope.QUARTER)
    return isinstance(phrase, Vague) or (is_loose and not found.phrase.is_marked and not found.until)  # type: ignore[union-attr]


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
