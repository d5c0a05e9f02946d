"""Figure 1: a Word table becomes tasks in the register; the peer parses its XML and inserts its rows."""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from lxml import etree

from benchmarks.documents import write_table
from benchmarks.figures import Effort, Figure, growth, slowness
from benchmarks.measuring import Paired, by_turns, timed
from benchmarks.registers import connect, empty_register, settle
from tracker.calendar import load_published_calendar
from tracker.database import write_session
from tracker.importers import build_draft
from tracker.importers.readers import read_source
from tracker.queries.directory import load_directory
from tracker.services.auditing import SYSTEM
from tracker.services.importing import commit_draft

AT = datetime(2024, 1, 8, 1, tzinfo=UTC)
TODAY = date(2024, 1, 8)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """Every round reads a document that was not seen before, into an empty register."""
    small, large = effort.import_rows
    pairs = {rows: _measure(folder, rows, effort.import_rounds) for rows in (small, large)}
    return [
        slowness("导入 Word 表格", f"{small} 行", pairs[small], at_most=10),
        slowness("导入 Word 表格", f"{large} 行", pairs[large]),
        growth("导入 Word 表格的增长", f"{large} 行对 {small} 行", pairs[small], pairs[large], at_most=12),
    ]


def _measure(folder: Path, rows: int, rounds: int) -> Paired:
    ours, peers = _documents(folder, rows, "ours"), _documents(folder, rows, "peer")
    return by_turns(lambda: _ours(next(ours)), lambda: _peer(next(peers)), rounds=rounds)


def _documents(folder: Path, rows: int, side: str) -> Iterator[Path]:
    """New editions without end: what one round has learnt is of no use to the next."""
    for edition in count(1):
        path = folder / f"{side}-{rows}-{edition}.docx"
        write_table(path, rows, edition=edition)
        yield path


def _ours(path: Path) -> float:
    calendar = load_published_calendar()
    with (
        empty_register(path.with_suffix(".db")) as engine,
        timed() as watch,
        write_session(engine) as session,
    ):
        draft = build_draft(read_source(path), year=None, directory=load_directory(session), today=TODAY)
        outcome = commit_draft(
            session, draft, campaign_name="测试专项", year=2024, actor=SYSTEM, at=AT, calendar=calendar
        )
    if not outcome.created:
        raise ValueError(f"没有从 {path.name} 读出任务")
    return watch.seconds


def _peer(path: Path) -> float:
    connection = connect(path.with_suffix(".db"))
    connection.execute(
        "CREATE TABLE line (id INTEGER PRIMARY KEY, " + ", ".join(f"c{n}" for n in range(11)) + ")"
    )
    settle(connection)
    with timed() as watch:
        _insert(connection, parse_bare(path))
    connection.close()
    return watch.seconds


def parse_bare(path: Path) -> list[tuple[str, ...]]:
    """The cells' text, row by row: the least that any import has to do."""
    with zipfile.ZipFile(path) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return [
        tuple("".join(text.text or "" for text in cell.iter(f"{_WORD}t")) for cell in row.iter(f"{_WORD}tc"))
        for row in root.iter(f"{_WORD}tr")
    ]


def _insert(connection: sqlite3.Connection, rows: list[tuple[str, ...]]) -> None:
    places = ", ".join("?" for _ in rows[0])
    columns = ", ".join(f"c{n}" for n in range(len(rows[0])))
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO line ({columns}) VALUES ({places})", rows)
    connection.execute("COMMIT")
