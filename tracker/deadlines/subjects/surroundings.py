"""What stands around a finding."""

from __future__ import annotations

from tracker.deadlines.grammar.phrases import Found
from tracker.deadlines.reading.cursor import Tokens
from tracker.deadlines.reading.kinds import Kind


class Surroundings:
    """What stands around a finding: its sentence, the words before and after it."""

    def __init__(self, tokens: Tokens, found: Found) -> None:
        self.tokens, self.found = tokens, found
        self.before = tokens.words(found.first - 8, found.first)
        self.after = tokens.words(found.end, found.end + 40)
        first, self.sentence_end = tokens.sentence_of(found.first)
        self.sentence = tokens.sentence_words(found.first)
        self.opens_sentence = found.first == first or (
            found.first - first <= 2 and tokens.words(first, found.first).isdigit()
        )

    @property
    def rest_of_sentence(self) -> str:
        return self.tokens.words(self.found.end, self.sentence_end)

    @property
    def is_alone(self) -> bool:
        """True where nothing but marks (or a label and its colon) stands beside the finding."""
        before, after = self.tokens[self.found.first - 1], self.tokens[self.found.end]
        opens = (
            self.found.first == 0
            or before.kind in (Kind.STOP, Kind.OPEN, Kind.COLON)
            or self._breaks(self.found.first)
        )
        closed = after.kind in (Kind.STOP, Kind.CLOSE, Kind.COLON) or self._breaks(self.found.end)
        return opens and (closed or self.found.end >= len(self.tokens))

    def _breaks(self, place: int) -> bool:
        return self.tokens[place].broken
