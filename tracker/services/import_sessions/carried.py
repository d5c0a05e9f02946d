"""What became of the decisions on an earlier version of a file, and taking either side where the versions differ."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlmodel import Session

from tracker.errors import ValueRefused
from tracker.importers.draft import Draft
from tracker.models import ImportSession
from tracker.services.import_sessions.deciding import (
    Decision,
    cell_of,
    edit_cell,
    leave_out,
    touch,
    undo_edits,
)


class Kind(StrEnum):
    """What an earlier decision was about."""

    CELL = "cell"
    ROW = "row"  # left out
    COLUMN = "column"
    TABLE = "table"  # where its headings stand
    YEAR = "year"
    NAME = "name"
    NOTE = "note"
    FILE = "file"  # all of them: the earlier file is no longer there


class Outcome(StrEnum):
    """What became of it."""

    KEPT = "kept"  # nothing differs: decided as before
    SAME = "same"  # the new file says itself what had been decided
    OPEN = ""  # the new file says something else and counts, until somebody chooses
    FILE = "file"  # somebody chose the new file
    MINE = "mine"  # somebody chose the earlier decision
    GONE = "gone"  # the new file lacks what it was about


CHOICES = (Outcome.FILE, Outcome.MINE)


def entry(kind: Kind, outcome: Outcome, **said: Any) -> dict[str, Any]:
    """{kind, outcome, table, row, column, heading, label, was, mine, now, by, at}: `was` in the earlier file, `mine` as it
    was decided then, `now` in the new file.
    """
    blank: dict[str, Any] = {"table": 0, "row": "", "column": 0, "heading": "", "label": ""}
    blank |= {"was": "", "mine": "", "now": "", "by": "", "at": ""}
    return {"kind": kind.value, "outcome": outcome.value, **blank, **said}


def is_open(run: ImportSession, each: dict[str, Any]) -> bool:
    """Whether somebody has still to choose; editing the cell by hand is choosing as well."""
    if each["outcome"] != Outcome.OPEN:
        return False
    place = (each["table"], each["row"], each["column"])
    return each["kind"] != Kind.CELL or place not in {
        (edit["table"], edit["row"], edit["column"]) for edit in run.edits
    }


def count_outcomes(run: ImportSession) -> dict[Outcome, int]:
    """How many of the earlier decisions came out in each way."""
    return {
        outcome: sum(each["outcome"] == outcome for each in run.carried)
        for outcome in Outcome
        if outcome is not Outcome.OPEN
    } | {Outcome.OPEN: sum(is_open(run, each) for each in run.carried)}


def choose_side(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    draft: Draft,
    numbers: Sequence[int],
    choice: Outcome,
) -> None:
    """Take, for some of the earlier decisions, either them or what the new file says. `numbers` count in `run.carried`.

    Raises ValueRefused where one of them is not there, leaves no choice, or its row is gone.
    """
    if choice not in CHOICES:
        raise ValueRefused("请选择采用上次的，还是采用新文件的。")
    for number in numbers:
        if not 0 <= number < len(run.carried) or run.carried[number]["outcome"] not in (
            Outcome.OPEN,
            *CHOICES,
        ):
            raise ValueRefused("这处改动已经不用选择了，请刷新页面。")
        _take(session, run, decision, draft, run.carried[number], choice)
        run.carried = [
            {**each, "outcome": choice.value} if place == number else each
            for place, each in enumerate(run.carried)
        ]
    touch(session, run, decision)


def _take(
    session: Session,
    run: ImportSession,
    decision: Decision,
    draft: Draft,
    what: dict[str, Any],
    choice: Outcome,
) -> None:
    is_mine = choice is Outcome.MINE
    if what["kind"] == Kind.YEAR:
        run.year = int(what["mine"]) if is_mine else None
    elif what["kind"] == Kind.ROW:
        leave_out(session, run, decision, table=what["table"], row=what["row"], is_out=is_mine)
    elif what["kind"] == Kind.CELL:
        _take_cell(session, run, decision, draft, what, is_mine)


def _take_cell(
    session: Session,
    run: ImportSession,
    decision: Decision,
    draft: Draft,
    what: dict[str, Any],
    is_mine: bool,
) -> None:
    rows = [row for table in draft.tables if table.number == what["table"] for row in table.rows]
    row = next((row for row in rows if what["row"] in cell_of(row, what["column"]).rows), None)
    if row is None:
        raise ValueRefused(f"第{what['label']}项“{what['heading']}”所在的行已经略去，请先恢复这一行。")
    if is_mine:
        edit_cell(
            session, run, decision, table=what["table"], row=row, column=what["column"], text=what["mine"]
        )
    else:
        undo_edits(session, run, decision, table=what["table"], row=row, column=what["column"])
