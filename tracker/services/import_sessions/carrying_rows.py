"""Corrected cells, rows left out and words about findings, from an earlier file to a new one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tracker.importers.draft import Draft, DraftCell, DraftRow
from tracker.models import ImportSession
from tracker.services.import_sessions.carried import Kind, Outcome, entry
from tracker.services.import_sessions.counterparts import TablePair, cell_in, says_the_same, squeezed

Decided = dict[str, Any]


def carry_rows(run: ImportSession, earlier: ImportSession, pairs: Sequence[TablePair]) -> None:
    """Take up the corrected cells and the rows left out of every table that the new file has again."""
    edits, excluded, carried = list(run.edits), list(run.excluded), list(run.carried)
    for pair in pairs:
        for said, what in _cells(pair, earlier):
            edits += said
            carried.append(what)
        for out, row in _rows(pair, earlier):
            excluded += out
            carried += row
    run.edits, run.excluded, run.carried = edits, excluded, carried


def carry_notes(run: ImportSession, earlier: ImportSession, pairs: Sequence[TablePair], draft: Draft) -> None:
    """What was said about findings that are still there word for word; of the others it is told that it was dropped."""
    there = _findings(draft)
    notes, carried = list(run.notes), list(run.carried)
    for pair in pairs:
        for each in earlier.notes:
            if each["table"] != pair.old.number:
                continue
            found = pair.row_of(each["row"]) if each["row"] else None
            row = found[1] if found else None
            where = row.where if row else ""
            key = (pair.new.number, where, each["code"], each["message"])
            if key in there and (row is not None or not each["row"]):
                notes.append({**each, "table": pair.new.number, "row": where})
            else:
                said = {"table": pair.new.number, "row": where, "label": row.label if row else ""}
                carried.append(
                    entry(
                        Kind.NOTE,
                        Outcome.GONE,
                        **said,
                        was=each["message"],
                        mine=each["note"],
                        by=each["by"],
                        at=each["at"],
                    )
                )
    run.notes, run.carried = notes, carried


def _findings(draft: Draft) -> set[tuple[int, str, str, str]]:
    found = set()
    first = next((table.number for table in draft.tables if table.rows), 0)
    for diagnostic in draft.diagnostics:
        found.add((first, "", diagnostic.code, diagnostic.message))
    for table in draft.tables:
        for diagnostic in table.diagnostics:
            found.add((table.number, "", diagnostic.code, diagnostic.message))
        for row in table.rows:
            found |= {(table.number, row.where, each.code, each.message) for each in row.diagnostics}
    return found


def _cells(pair: TablePair, earlier: ImportSession) -> Iterator[tuple[list[Decided], Decided]]:
    """For every corrected cell: the corrections to take up, and what became of it."""
    grouped: dict[tuple[str, int], list[Decided]] = {}
    for edit in earlier.edits:
        if edit["table"] == pair.old.number:
            row = pair.old.row_at(edit["row"])
            grouped.setdefault((row.row_key if row else edit["row"], edit["column"]), []).append(edit)
    for (_, column), edits in grouped.items():
        yield _cell(pair, column, edits)
    for each in earlier.carried:
        if (
            each["table"] == pair.old.number
            and each["kind"] == Kind.CELL
            and each["outcome"] == Outcome.OPEN
            and not any(
                (edit["table"], edit["row"], edit["column"]) == (each["table"], each["row"], each["column"])
                for edit in earlier.edits
            )
        ):
            yield _still_open(pair, each)


def _cell(pair: TablePair, column: int, edits: list[Decided]) -> tuple[list[Decided], Decided]:
    mine = "\n".join(edit["text"] for edit in edits if edit["text"])
    first = edits[0]
    said = {"heading": first["heading"], "mine": mine, "by": first["by"], "at": first["at"]}
    was = next((edit["before"] for edit in edits if edit["before"]), "")
    found = _found(pair, first["row"], column)
    if found is None:
        old = pair.old.row_at(first["row"])
        said["label"] = old.label if old else ""
        return [], entry(Kind.CELL, Outcome.GONE, table=pair.new.number, was=was, **said)
    row, before, after = found
    what = _described(pair, row, after, said, was)
    if before is not None and squeezed(before.text) == squeezed(after.text):
        return _moved(pair, edits, before, after), {**what, "outcome": Outcome.KEPT.value}
    is_same = squeezed(after.text) == squeezed(mine)
    return [], {**what, "outcome": (Outcome.SAME if is_same else Outcome.OPEN).value}


def _still_open(pair: TablePair, each: Decided) -> tuple[list[Decided], Decided]:
    """A difference about which nobody had chosen yet: it stays one."""
    said = {name: each[name] for name in ("heading", "mine", "by", "at", "label")}
    found = _found(pair, each["row"], each["column"])
    if found is None:
        return [], entry(Kind.CELL, Outcome.GONE, table=pair.new.number, was=each["was"], **said)
    row, _, after = found
    what = _described(pair, row, after, said, each["was"])
    is_same = squeezed(after.text) == squeezed(each["mine"])
    return [], {**what, "outcome": (Outcome.SAME if is_same else Outcome.OPEN).value}


def _found(pair: TablePair, place: str, column: int) -> tuple[DraftRow, DraftCell | None, DraftCell] | None:
    """The new row with the old and the new cell; None where the new file lacks the row or the column."""
    rows = pair.row_of(place)
    after = cell_in(rows[1], pair.columns.get(column, column)) if rows else None
    if rows is None or after is None or column not in pair.columns:
        return None
    return rows[1], cell_in(rows[0], column), after


def _described(pair: TablePair, row: DraftRow, after: DraftCell, said: Decided, was: str) -> dict[str, Any]:
    place = {"table": pair.new.number, "row": after.rows[0], "column": after.column}
    said = {**said, "heading": after.heading, "label": row.label}
    return entry(Kind.CELL, Outcome.OPEN, **place, **said, was=was, now=after.text)


def _moved(pair: TablePair, edits: list[Decided], before: DraftCell, after: DraftCell) -> list[Decided]:
    """The corrections in the places of the new file: one for one, or all in the first place where there are more or fewer."""
    where = {"table": pair.new.number, "column": after.column, "heading": after.heading}
    if len(before.rows) == len(after.rows):
        places = dict(zip(before.rows, after.rows, strict=True))
        return [{**edit, **where, "row": places.get(edit["row"], after.rows[0])} for edit in edits]
    text = "\n".join(edit["text"] for edit in edits if edit["text"])
    return [
        {
            **edits[0],
            **where,
            "row": place,
            "text": text if number == 0 else "",
            "before": after.text if number == 0 else "",
        }
        for number, place in enumerate(after.rows)
    ]


def _rows(pair: TablePair, earlier: ImportSession) -> Iterator[tuple[list[Decided], list[Decided]]]:
    """For everything left out: what to leave out again, and what became of it where the file says something else."""
    for each in earlier.excluded:
        if each["table"] != pair.old.number:
            continue
        if not each["row"]:
            yield [{**each, "table": pair.new.number}], []
            continue
        old = pair.old.row_at(each["row"])
        found = pair.row_of(each["row"])
        said = {"table": pair.new.number, "by": each["by"], "at": each["at"]}
        if found is None:
            label, was = (old.label, _summary(old)) if old else ("", each["row"])
            yield [], [entry(Kind.ROW, Outcome.GONE, **said, label=label, was=was)]
            continue
        before, after = found
        said |= {"row": _same_place(each["row"], before, after), "label": after.label}
        what = entry(Kind.ROW, Outcome.OPEN, **said, was=_summary(before), now=_summary(after))
        if says_the_same(before, after):
            yield [{**each, "table": pair.new.number, "row": what["row"]}], []
        else:
            yield [], [what]


def _same_place(place: str, before: DraftRow, after: DraftRow) -> str:
    """The place in the new row that a place in the old one has become, where a row was read from several."""
    for old, new in zip(before.cells, after.cells, strict=False):
        if place in old.rows and len(old.rows) == len(new.rows):
            return new.rows[old.rows.index(place)]
    return after.where


def _summary(row: DraftRow) -> str:
    return row.title or row.requirement[:60]
