"""Taking up what was decided about an earlier import of the same table: the same file again, or its correction.

What concerns a cell (column, row) that says the same in the new file is decided as before. Where the new file says
something else, its own words count, and the coordinator is shown both and takes either. Nothing is dropped without a word.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from tracker.importers.corrections import NO_HEADINGS, is_added
from tracker.importers.titles import year_of_title
from tracker.models import ImportSession, Person, Unit
from tracker.queries.people import find_unit
from tracker.services.import_sessions.carried import Kind, Outcome, entry
from tracker.services.import_sessions.carrying_rows import carry_notes, carry_rows
from tracker.services.import_sessions.counterparts import TablePair, pair_tables, same_words
from tracker.services.import_sessions.earlier import Earlier
from tracker.services.import_sessions.matching import Choice, NameKind, list_name_matches
from tracker.services.import_sessions.reading import ImportReader

DECISIONS = ("layouts", "columns", "excluded", "edits", "names", "notes")


def carry_over(
    session: Session,
    run: ImportSession,
    earlier: Sequence[Earlier],
    *,
    reader: ImportReader,
    today: date,
    tables: Collection[int] | None = None,
) -> None:
    """Decide about an import what was decided about earlier ones, for each of its tables what was decided last.

    `tables` are those that it concerns, all where None. `run.carried` tells what became of each decision.
    """
    done: set[int] = set()
    for number, each in enumerate(earlier):
        if not has_decisions(each.run):
            done |= _numbers_of(session, run, each, reader, today)
            continue
        carrier = _Carrier(session, run, each, reader, today, tables, done)
        carrier.carry(is_last=number == 0 and tables is None)
        done |= carrier.numbers


def has_decisions(run: ImportSession) -> bool:
    """Whether a coordinator said anything about the file."""
    has_open = any(each["outcome"] == Outcome.OPEN for each in run.carried)
    return run.year is not None or has_open or any(getattr(run, name) for name in DECISIONS)


def _numbers_of(
    session: Session, run: ImportSession, earlier: Earlier, reader: ImportReader, today: date
) -> set[int]:
    if earlier.bare is None:
        return set()
    return {
        pair.new.number for pair in pair_tables(earlier.bare, reader.bare_draft(session, run, today=today))
    }


class _Carrier:
    """One earlier import on its way into the new one."""

    def __init__(
        self,
        session: Session,
        run: ImportSession,
        earlier: Earlier,
        reader: ImportReader,
        today: date,
        tables: Collection[int] | None,
        done: Collection[int],
    ) -> None:
        self.session, self.run, self.earlier = session, run, earlier
        self.reader, self.today, self.tables, self.done = reader, today, tables, done
        self.numbers: set[int] = set()

    def carry(self, *, is_last: bool) -> None:
        if self.earlier.bare is None:
            self._say(entry(Kind.FILE, Outcome.GONE, was=self.earlier.run.source_name))
            return
        if is_last:
            self._carry_year(self._pairs())
        self._carry_layouts(self._pairs())
        self._carry_columns(self._pairs())
        pairs = self._pairs()
        self.numbers = {pair.new.number for pair in pairs}
        carry_rows(self.run, self.earlier.run, pairs)
        self._carry_names()
        draft = self.reader.draft(self.session, self.run, today=self.today)
        carry_notes(self.run, self.earlier.run, pairs, draft)

    def _pairs(self) -> list[TablePair]:
        assert self.earlier.bare is not None
        bare = self.reader.bare_draft(self.session, self.run, today=self.today)
        return [
            pair
            for pair in pair_tables(self.earlier.bare, bare)
            if pair.new.number not in self.done and (self.tables is None or pair.new.number in self.tables)
        ]

    def _say(self, what: dict[str, Any]) -> None:
        self.run.carried = [*self.run.carried, what]

    def _carry_year(self, pairs: Sequence[TablePair]) -> None:
        """The year that was given counts again, unless the file's titles name another one than before."""
        year = self.earlier.run.year
        if year is None or self.run.year is not None:
            return
        before = {year_of_title(pair.old.printed_title) for pair in pairs}
        after = {year_of_title(pair.new.printed_title) for pair in pairs}
        if before == after:
            self.run.year = year
        elif after != {year}:
            now = "、".join(str(each) for each in sorted(filter(None, after)))
            self._say(entry(Kind.YEAR, Outcome.OPEN, mine=str(year), now=now))

    def _carry_layouts(self, pairs: Sequence[TablePair]) -> None:
        said = {each["table"]: each for each in self.earlier.run.layouts}
        own = {each["table"]: each for each in self.run.layouts}
        for pair in pairs:
            if (before := said.get(pair.old.number)) is None or pair.new.number in own:
                continue
            title = before["title"] if pair.old.printed_title == pair.new.printed_title else None
            at = _headings_at(pair, before["headings_at"])
            if title or at:
                carried = {**before, "table": pair.new.number, "title": title, "headings_at": at}
                self.run.layouts = [*self.run.layouts, carried]
            if before["headings_at"] and not at:
                self._say(entry(Kind.TABLE, Outcome.GONE, table=pair.new.number, heading=pair.new.title))

    def _carry_columns(self, pairs: Sequence[TablePair]) -> None:
        decided = {(each["table"], each["column"]) for each in self.run.columns}
        kept = list(self.run.columns)
        for pair in pairs:
            for each in self.earlier.run.columns:
                if each["table"] != pair.old.number:
                    continue
                column = _column_of(pair, each["column"])
                if column is None:
                    heading, _ = pair.old.headings.get(each["column"], ("", None))
                    gone = entry(
                        Kind.COLUMN,
                        Outcome.GONE,
                        table=pair.new.number,
                        heading=heading,
                        mine=each["field"] or "",
                    )
                    self._say(gone)
                elif (
                    is_added(column) == is_added(each["column"]) and (pair.new.number, column) not in decided
                ):
                    kept.append({**each, "table": pair.new.number, "column": column})
        self.run.columns = kept

    def _carry_names(self) -> None:
        """Whom names mean, where the file still names them and the person or unit is still there."""
        draft = self.reader.draft(self.session, self.run, today=self.today)
        named = {(match.kind.value, match.name) for match in list_name_matches(self.session, self.run, draft)}
        decided = {(each["kind"], each["name"]) for each in self.run.names}
        kept = list(self.run.names)
        for each in self.earlier.run.names:
            key = (each["kind"], each["name"])
            if key not in named or key in decided:
                continue
            if each["choice"] == Choice.OTHER and (each["kind"], each["other"]) not in named:
                continue  # the other spelling is gone, and with it the question
            if each["choice"] == Choice.EXISTING and not self._is_active(each["kind"], each["id"]):
                gone = entry(Kind.NAME, Outcome.GONE, heading=each["name"], mine=each["other"])
                self._say(gone)
                continue
            kept.append(
                self._of_units_there(each, named) if each["choice"] == Choice.COLLECTIVE else dict(each)
            )
        self.run.names = kept

    def _of_units_there(self, said: dict[str, Any], named: Collection[tuple[str, str]]) -> dict[str, Any]:
        """What a word for several units stands for, without those that are no longer there; it is told which."""

        def is_there(unit: dict[str, Any]) -> bool:
            if unit["id"] is not None:
                return self._is_active(NameKind.UNIT, unit["id"])
            known = find_unit(self.session, unit["name"])
            return (NameKind.UNIT.value, unit["name"]) in named or (known is not None and known.is_active)

        units = [*said["members"], *([said["lead"]] if said["lead"] else [])]
        gone = {unit["name"]: None for unit in units if not is_there(unit)}
        if gone:
            self._say(entry(Kind.NAME, Outcome.GONE, heading=said["name"], mine="、".join(gone)))
        members = [unit for unit in said["members"] if unit["name"] not in gone]
        lead = said["lead"] if said["lead"] and said["lead"]["name"] not in gone else None
        return {**said, "members": members, "lead": lead}

    def _is_active(self, kind: str, row_id: int) -> bool:
        if kind == NameKind.PERSON:
            person = self.session.get(Person, row_id)
            return person is not None and person.is_active
        unit = self.session.get(Unit, row_id)
        return unit is not None and unit.is_active


def _headings_at(pair: TablePair, at: str | None) -> str | None:
    """The row of the new file that holds the headings which the coordinator pointed out in the old one."""
    if at == NO_HEADINGS:
        return None if pair.new.layout else NO_HEADINGS
    if not at:
        return None
    wanted = next((row.texts for row in pair.old.opening if row.where == at), None)
    if wanted is None:
        return None
    return next((row.where for row in pair.new.opening if same_words(row.texts, wanted)), None)


def _column_of(pair: TablePair, column: int) -> int | None:
    """The column of the new table; one that a printed heading spans goes with the heading's first."""
    if column in pair.columns:
        return pair.columns[column]
    if is_added(column):
        return column
    left = [each for each in pair.columns if each < column]
    is_spanned = bool(left) and column not in pair.old.headings
    return pair.columns[max(left)] + column - max(left) if is_spanned else None
