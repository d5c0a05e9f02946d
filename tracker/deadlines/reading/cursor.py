"""Tokens that can be asked for at any place: beyond the end there is only plain text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, TypeVar

from tracker.deadlines.reading.kinds import Kind, Token
from tracker.deadlines.reading.tokens import tokenise

_LONGEST_SENTENCE = 600  # tokens: nobody wrote a longer one, and no look around may grow with the text
_Read = TypeVar("_Read")
_NOTHING = Token(Kind.TEXT, "", 0, 0, broken=True)


class Tokens:
    """The tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text_given = text
        self._tokens = tokenise(text)
        self._kinds = [token.kind for token in self._tokens]
        self._sentences = _sentence_starts(self._tokens)
        self._sentence_words: dict[int, str] = {}
        self._read: dict[tuple[Callable[..., Any], int], Any] = {}

    def __len__(self) -> int:
        return len(self._tokens)

    def __getitem__(self, place: int) -> Token:
        return self._tokens[place] if 0 <= place < len(self._tokens) else _NOTHING

    def kind(self, place: int) -> Kind:
        return self._kinds[place] if 0 <= place < len(self._kinds) else Kind.TEXT

    def text(self, place: int) -> str:
        return self[place].text

    def sentence_of(self, place: int) -> tuple[int, int]:
        """The first token of the sentence around `place`, and the one after its last."""
        index = bisect_right(self._sentences, place) - 1
        end = self._sentences[index + 1] if index + 1 < len(self._sentences) else len(self)
        if end > 0 and self.kind(end - 1) is Kind.STOP:
            end -= 1
        return self._sentences[max(index, 0)], end

    def sentence_words(self, place: int) -> str:
        """The normalised text of the sentence around `place`; kept, since every phrase of it asks."""
        first, end = self.sentence_of(place)
        if first not in self._sentence_words:
            self._sentence_words[first] = self.words(first, end)
        return self._sentence_words[first]

    def once(self, read: Callable[[Tokens, int], _Read], place: int) -> _Read:
        """What `read` finds at `place`; kept, since every production that may begin there asks."""
        key = read, place
        if key not in self._read:
            self._read[key] = read(self, place)
        found: _Read = self._read[key]
        return found

    def skip(self, place: int, kind: Kind) -> int:
        """The place after an optional token of `kind`."""
        return place + (self.kind(place) is kind)

    def original(self, first: int, end: int) -> str:
        """The original text of the tokens from `first` up to `end`, gaps between them included."""
        return self.text_given[self[first].start : self[end - 1].end] if end > first else ""

    def words(self, first: int, end: int) -> str:
        """The normalised text of the tokens from `first` up to `end`, without gaps."""
        return "".join(token.text for token in self._tokens[max(first, 0) : end])

    def reads(self, place: int, words: str, reach: int = 6) -> bool:
        """True where the text from token `place` on starts with `words`."""
        return self.words(place, min(place + max(reach, len(words)), len(self))).startswith(words)


def _sentence_starts(tokens: list[Token]) -> list[int]:
    """A sentence begins after 。 or ；, at a line break, and where the one before grows too long."""
    starts = [0]
    for place in range(1, len(tokens)):
        ended = tokens[place].broken or tokens[place - 1].kind is Kind.STOP
        if ended or place - starts[-1] >= _LONGEST_SENTENCE:
            starts.append(place)
    return starts
