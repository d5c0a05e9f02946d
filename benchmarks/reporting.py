"""Figure 6: the figures of the weekly report; the peer runs the same statements with the bare library."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from benchmarks.figures import Effort, Figure, slowness
from benchmarks.measuring import by_turns, timed
from benchmarks.office import AT, RULES, TODAY
from benchmarks.registers import connect, empty_register, fill_office, fill_tasks, filling
from tracker.calendar import load_published_calendar
from tracker.database import read_session
from tracker.figures import IsoWeek, Scope, WeeklyFigures, weekly_figures

WEEK = IsoWeek.of(TODAY).shift(-1)
ALLOWANCE_SECONDS = 0.010
TASKS_AN_EVENT = 10  # one task in so many was moved during the week
Statement = tuple[str, Sequence[Any]]


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """A register in the middle of its year: most of what was due is done, some of it late, a little overdue."""
    figures = []
    for tasks in effort.report_tasks:
        path = folder / f"reporting-{tasks}.db"
        with empty_register(path) as engine:
            with filling(path) as connection:
                fill_office(connection)
                fill_tasks(connection, tasks)
                _live(connection, tasks)
            connection = connect(path)
            statements = _statements_of(engine)
            pair = by_turns(lambda: _ours(engine), _peer(connection, statements), rounds=effort.report_rounds)
            connection.close()
        figures.append(
            slowness(
                "每周通报的数据，减去 10 毫秒",
                f"{tasks} 件任务，{tasks * 4} 个节点",
                pair,
                at_most=4,
                allowance=ALLOWANCE_SECONDS,
            )
        )
    return figures


def _live(connection: sqlite3.Connection, tasks: int) -> None:
    """Four milestones a task over the year. Of those due 90 % were met in time, 8 % late, 2 % are overdue."""
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {tasks * 4 - 1}),"
        " d(i, due) AS (SELECT i, date('2024-01-15', (i * 37 % 330) || ' days') FROM n)"
        " INSERT INTO milestone (id, task_id, number, part, text, kind, state, deadline_kind, span, due_on, first_due_on,"
        " was_overdue, is_provisional, reported_at, met_at)"
        " SELECT i + 1, 1 + i / 4, 1 + i % 4, 1, '完成装备清点并形成台账', 'step',"
        " CASE WHEN due < :today AND i % 50 THEN 'met' ELSE 'pending' END, 'date', '月底前', due, due, 0, 0,"
        " CASE WHEN due < :today AND i % 50 THEN date(due, CASE WHEN i % 12 THEN '-3 days' ELSE '2 days' END)"
        "   || ' 02:00:00.000000' END,"
        " CASE WHEN due < :today AND i % 50 THEN date(due, CASE WHEN i % 12 THEN '-2 days' ELSE '3 days' END)"
        "   || ' 02:00:00.000000' END FROM d",
        {"today": TODAY.isoformat()},
    )
    connection.execute(
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {max(1, tasks // TASKS_AN_EVENT)})"
        " INSERT INTO audit_event (id, at, actor_name, kind, task_id, subject, subject_id, data, previous_hash, hash)"
        " SELECT i, '2024-05-30 02:00:00.000000', '测试甲', 'task.accept', i, 'task', i,"
        ' \'{"changed":{"accepted_at":[null,"2024-05-30T02:00:00+00:00"]},"from":"issued","to":"active"}\','
        " '', '' FROM n"
    )


def _figures(engine: Engine) -> WeeklyFigures:
    calendar = load_published_calendar()
    with read_session(engine) as session:
        return weekly_figures(session, week=WEEK, scope=Scope(), at=AT, rules=RULES, calendar=calendar)


def _ours(engine: Engine) -> float:
    calendar = load_published_calendar()
    with timed() as watch, read_session(engine) as session:
        found = weekly_figures(session, week=WEEK, scope=Scope(), at=AT, rules=RULES, calendar=calendar)
    if not found.overdue:
        raise ValueError("nothing is overdue")
    return watch.seconds


def _statements_of(engine: Engine) -> list[Statement]:
    """What the figures ask the database, word for word."""
    found: list[Statement] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    _figures(engine)
    event.remove(engine, "before_cursor_execute", note)
    return found


def _peer(connection: sqlite3.Connection, statements: Sequence[Statement]) -> Callable[[], float]:
    def read() -> float:
        with timed() as watch:
            connection.execute("BEGIN")
            for statement, parameters in statements:
                connection.execute(statement, parameters).fetchall()
            connection.execute("ROLLBACK")
        return watch.seconds

    return read
