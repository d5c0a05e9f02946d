"""Rows whose cells slipped sideways: put each cell where its kind belongs, and say so.

Recognisers drop empty cells, so everything behind them stands one column too far to the left. A person in the
column of the lists betrays it. The placement is the best monotone one; cells never change their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from tracker.importers.columns import ROLES, UNIT_FIELDS, Field
from tracker.importers.draft import Diagnostic, Severity
from tracker.importers.grids import GridRow, Slot
from tracker.importers.headers import Header
from tracker.importers.name_shapes import is_none
from tracker.importers.people import is_people_cell, is_units_cell, split_people, split_units
from tracker.importers.spellings import name_key

MARGIN = 2.0
CHANGE_OF_SHIFT = 0.5
SHIFTED = 0.1
LEFT_OUT = -6.0
LONGEST_SHORT_CELL = 60


class Kind(Enum):
    NUMBER = auto()
    PERSON = auto()
    UNIT = auto()
    TEXT = auto()


FITS = {
    (Kind.PERSON, Kind.PERSON): 2.0,
    (Kind.PERSON, Kind.UNIT): -4.0,
    (Kind.PERSON, Kind.TEXT): -3.0,
    (Kind.PERSON, Kind.NUMBER): -4.0,
    (Kind.UNIT, Kind.UNIT): 2.0,
    (Kind.UNIT, Kind.PERSON): -3.0,
    (Kind.UNIT, Kind.TEXT): -2.0,
    (Kind.UNIT, Kind.NUMBER): -4.0,
    (Kind.NUMBER, Kind.NUMBER): 3.0,
    (Kind.NUMBER, Kind.TEXT): 0.0,
    (Kind.NUMBER, Kind.PERSON): -4.0,
    (Kind.NUMBER, Kind.UNIT): -4.0,
    (Kind.TEXT, Kind.TEXT): 0.0,
    (Kind.TEXT, Kind.PERSON): -4.0,
    (Kind.TEXT, Kind.UNIT): -3.0,
    (Kind.TEXT, Kind.NUMBER): -4.0,
}


@dataclass(frozen=True)
class _Item:
    """A cell on its way: where it was printed, what it holds."""

    column: int
    slot: Slot
    kind: Kind | None  # None for a dash, which may stand anywhere
    words: tuple[str, ...]


class Vocabulary:
    """Which names and units the table prints in which column."""

    def __init__(self, rows: Sequence[GridRow], header: Header) -> None:
        self.kinds = {column: _kind_of(heading.field) for column, heading in header.headings.items()}
        self.by_column: dict[int, Counter[str]] = {column: Counter() for column in self.kinds}
        self._cells: dict[str, tuple[Kind | None, tuple[str, ...]]] = {}
        for row in rows:
            for column, slot in row.slots.items():
                kind, words = self.classify(slot.text)
                if kind in (Kind.PERSON, Kind.UNIT) and self.kinds.get(column) is kind:
                    self.by_column[column].update(words)
        self.names = self._all(Kind.PERSON)
        self.units = self._all(Kind.UNIT)

    def classify(self, text: str) -> tuple[Kind | None, tuple[str, ...]]:
        if text not in self._cells:
            self._cells[text] = _classify(text)
        return self._cells[text]

    def is_suspicious(self, row: GridRow) -> bool:
        """Whether a cell holds what the table knows as a person or unit and stands in another kind of column."""
        for column, slot in row.slots.items():
            if not slot.is_holder or not slot.text:
                continue
            kind, words = self.classify(slot.text)
            expected = self.kinds.get(column)
            if expected is None and kind is not None:
                return True
            is_known = any(word in self.names or word in self.units for word in words)
            if kind in (Kind.PERSON, Kind.UNIT) and kind is not expected and is_known:
                return True
        return False

    def fit(self, item: _Item, column: int) -> float:
        if item.kind is None:
            return 0.0 if column == item.column else -0.2
        expected = self.kinds[column]
        score = FITS[item.kind, expected]
        if item.kind is expected and item.words:
            own = self.by_column[column]
            at_home = item.column == column
            if any(own[word] - at_home > 0 for word in item.words):
                score += 2.0
        if item.kind is Kind.TEXT and expected is Kind.TEXT and column == item.column:
            score += 1.0
        return score

    def _all(self, kind: Kind) -> frozenset[str]:
        columns = [column for column, expected in self.kinds.items() if expected is kind]
        return frozenset(word for column in columns for word in self.by_column[column])


def align(row: GridRow, header: Header, vocabulary: Vocabulary) -> tuple[GridRow, Diagnostic | None]:
    """The row with its cells in their columns, and the finding where any had to move."""
    if not vocabulary.is_suspicious(row):
        return row, None
    items = [
        _Item(column, slot, *vocabulary.classify(slot.text))
        for column, slot in sorted(row.slots.items())
        if slot.is_holder and slot.text
    ]
    covered = {column for column, slot in row.slots.items() if not slot.is_holder and slot.text}
    columns = sorted(vocabulary.kinds.keys() - covered)
    placement, score = _best_placement(items, columns, vocabulary)
    stays = sum(
        vocabulary.fit(item, item.column) if item.column in vocabulary.kinds else LEFT_OUT for item in items
    )
    if score < stays + MARGIN:
        return row, None
    moved = {column: slot for column, slot in row.slots.items() if not slot.is_holder}
    moved.update(
        {column: item.slot for item, column in zip(items, placement, strict=True) if column is not None}
    )
    return GridRow(moved, row.where, row.knows_merges, row.page), _finding(row, header, items, placement)


def _best_placement(
    items: Sequence[_Item], columns: Sequence[int], vocabulary: Vocabulary
) -> tuple[list[int | None], float]:
    """Dynamic programming over cells and columns; None marks a cell that finds no column."""
    best: dict[tuple[int, int], tuple[float, list[int | None]]] = {(-1, 0): (0.0, [])}
    for item in items:
        following: dict[tuple[int, int], tuple[float, list[int | None]]] = {}
        for (last, shift), (score, placed) in best.items():
            _offer(following, (last, shift), score + LEFT_OUT, [*placed, None])
            for column in columns:
                if column <= last:
                    continue
                moved = column - item.column
                cost = (CHANGE_OF_SHIFT if moved != shift else 0.0) + (SHIFTED if moved else 0.0)
                _offer(
                    following, (column, moved), score + vocabulary.fit(item, column) - cost, [*placed, column]
                )
        best = following
    score, placed = max(best.values(), key=lambda state: state[0])
    return placed, score


def _offer(
    states: dict[tuple[int, int], tuple[float, list[int | None]]],
    key: tuple[int, int],
    score: float,
    placed: list[int | None],
) -> None:
    if key not in states or states[key][0] < score:
        states[key] = (score, placed)


def _finding(
    row: GridRow, header: Header, items: Sequence[_Item], placement: Sequence[int | None]
) -> Diagnostic:
    moves = [
        f"“{_short(item.slot.text)}”移至“{_name(header, column)}”"
        if column is not None
        else f"“{_short(item.slot.text)}”没有可放的列"
        for item, column in zip(items, placement, strict=True)
        if column != item.column
    ]
    return Diagnostic(
        "shifted-row",
        Severity.WARNING,
        "这一行的单元格错列：人员或单位落在了别的列里。请核对移动后的各列；如不对，请在原表补上空单元格后重新导入。",
        repair="；".join(moves),
        where=row.where,
    )


def _name(header: Header, column: int) -> str:
    return "".join(header.headings[column].text.split())


def _short(text: str) -> str:
    bare = "".join(text.split())
    return bare if len(bare) <= 16 else bare[:15] + "…"


def _kind_of(field: Field | None) -> Kind:
    if field in ROLES:
        return Kind.PERSON
    if field in UNIT_FIELDS:
        return Kind.UNIT
    return Kind.NUMBER if field is Field.SEQ else Kind.TEXT


def _classify(text: str) -> tuple[Kind | None, tuple[str, ...]]:
    if not text or is_none(text):
        return None, ()
    if len(text) > LONGEST_SHORT_CELL * 3:
        return Kind.TEXT, ()
    if text.rstrip(".、").isdigit() and len(text) <= 4:
        return Kind.NUMBER, ()
    if is_people_cell(text):
        return Kind.PERSON, tuple(name_key(person.name) for person in split_people(text))
    if is_units_cell(text):
        return Kind.UNIT, tuple(split_units(text)[0])
    people = split_people(text) if len(text) <= LONGEST_SHORT_CELL else ()
    if people and all(person.is_unit for person in people):
        return Kind.UNIT, ()
    return Kind.TEXT, ()
