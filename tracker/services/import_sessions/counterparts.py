"""Which table, column, row and cell of one draft is which of another: an earlier file and its correction.

Tables are known by their titles, columns by their headings, rows by what they say (as the register knows them). Pure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from tracker.importers.columns import normalise_heading
from tracker.importers.corrections import is_added
from tracker.importers.draft import Draft, DraftCell, DraftColumn, DraftRow, OpeningRow
from tracker.importers.titles import title_key
from tracker.services.importing.matching import KnownRow, with_lasting_keys


@dataclass(frozen=True)
class TableView:
    """One table of a draft, taken in or skipped, as decisions know it: by its number."""

    number: int
    title: str
    layout: tuple[DraftColumn, ...]
    opening: tuple[OpeningRow, ...]
    rows: tuple[DraftRow, ...] = ()
    printed_title: str = ""

    @property
    def headings(self) -> dict[int, tuple[str, str | None]]:
        """Heading and field of every column; of a skipped table, of every heading."""
        if self.rows:
            return {cell.column: (cell.heading, cell.field) for cell in self.rows[0].cells}
        return {column.column: (column.heading, column.field) for column in self.layout}

    def row_at(self, place: str) -> DraftRow | None:
        """The row that was read from a place of the file."""
        return self._row_by_place.get(place)

    @cached_property
    def _row_by_place(self) -> dict[str, DraftRow]:
        found = {row.where: row for row in self.rows}
        for row in self.rows:
            for cell in row.cells:
                for place in cell.rows:
                    found.setdefault(place, row)
        return found


@dataclass(frozen=True)
class TablePair:
    """A table and the one that it is in the new file."""

    old: TableView
    new: TableView

    @cached_property
    def rows(self) -> dict[str, DraftRow]:
        """The row of the new table for each key of the old one."""
        if not self.old.rows or not self.new.rows:
            return {}
        before, after = title_key(self.old.title), title_key(self.new.title)
        keys = [f"{after}{row.row_key.removeprefix(before)}" for row in self.old.rows]
        known = [KnownRow(key, row.to_json()) for key, row in zip(keys, self.old.rows, strict=True)]
        named = with_lasting_keys(self.new.rows, known)
        by_key = {row.row_key: own for row, own in zip(named, self.new.rows, strict=True)}
        return {
            row.row_key: by_key[key] for key, row in zip(keys, self.old.rows, strict=True) if key in by_key
        }

    @cached_property
    def columns(self) -> dict[int, int]:
        """The column of the new table for each of the old one: by heading, else by a field that only one prints."""
        found = _by_heading(self.old.headings, self.new.headings)
        printed = {
            field: column
            for column, (_, field) in reversed(self.new.headings.items())
            if field and not is_added(column)
        }
        taken = set(found.values())
        for column, (_, wanted) in self.old.headings.items():
            if column in found:
                continue
            if wanted in printed and printed[wanted] not in taken:
                found[column] = printed[wanted]
            elif is_added(column):
                found[column] = column
        return found

    def row_of(self, place: str) -> tuple[DraftRow, DraftRow] | None:
        """The old and the new row for a place of the old file; None where the new file lacks it."""
        old = self.old.row_at(place)
        new = self.rows.get(old.row_key) if old is not None else None
        return (old, new) if old is not None and new is not None else None


def pair_tables(old: Draft, new: Draft) -> list[TablePair]:
    """Tables of one title in reading order; where one is left on each side, they are one whatever they are called."""
    waiting = list(tables_of(new))
    pairs: list[TablePair] = []
    alone: list[TableView] = []
    for table in tables_of(old):
        found = next((each for each in waiting if _is_called_alike(table, each)), None)
        if found is None:
            alone.append(table)
            continue
        waiting.remove(found)
        pairs.append(TablePair(table, found))
    if len(alone) == 1 and len(waiting) == 1 and not pairs:
        pairs.append(TablePair(alone[0], waiting[0]))
    return pairs


def tables_of(draft: Draft) -> Iterator[TableView]:
    """Every table that a decision can name, in reading order."""
    views = [
        TableView(
            each.number, each.title, each.layout, each.opening, each.rows, each.printed_title or each.title
        )
        for each in draft.tables
    ]
    views += [
        TableView(each.number, each.title, each.layout, each.opening, (), each.title)
        for each in draft.skipped
        if each.number is not None
    ]
    yield from sorted(views, key=lambda each: each.number)


def _is_called_alike(one: TableView, other: TableView) -> bool:
    return title_key(one.title) == title_key(other.title) or title_key(one.printed_title) == title_key(
        other.printed_title
    )


def cell_in(row: DraftRow, column: int) -> DraftCell | None:
    return next((cell for cell in row.cells if cell.column == column), None)


def squeezed(text: str) -> str:
    return "".join(text.split())


def says_the_same(old: DraftRow, new: DraftRow) -> bool:
    """Whether two rows hold the same words, wherever they stand; the 序号 aside, which shifts."""
    return _words(old) == _words(new)


def _words(row: DraftRow) -> list[str]:
    return sorted(text for cell in row.cells if cell.field != "seq" and (text := squeezed(cell.text)))


def _by_heading(
    old: dict[int, tuple[str, str | None]], new: dict[int, tuple[str, str | None]]
) -> dict[int, int]:
    places: dict[str, list[int]] = {}
    for column, (heading, _) in new.items():
        if not is_added(column):
            places.setdefault(normalise_heading(heading), []).append(column)
    found = {}
    for column, (heading, _) in old.items():
        same = places.get(normalise_heading(heading)) if not is_added(column) else None
        if same:
            found[column] = same.pop(0)
    return found


def same_words(one: Sequence[str], other: Sequence[str]) -> bool:
    return [squeezed(text) for text in one] == [squeezed(text) for text in other]
