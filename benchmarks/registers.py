"""Registers of any size: filled by the database itself, with fixed values and no services."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import SQLModel

import notifications.models  # noqa: F401 (declares its tables)
import tracker.models  # noqa: F401 (declares its tables)
from tracker.database import create_engine_for

PEOPLE = 200
UNITS = 20
LEADERS = 10
MILESTONES_A_TASK = 4
CAMPAIGN = 1
COORDINATOR = PEOPLE  # his id; the first LEADERS people are leaders


@contextmanager
def empty_register(path: Path) -> Iterator[Engine]:
    """A register with every table and nothing in them, in a file of its own."""
    engine = create_engine_for(f"sqlite:///{path}")
    try:
        SQLModel.metadata.create_all(engine)
        yield engine
    finally:
        engine.dispose()


def connect(path: Path) -> sqlite3.Connection:
    """The bare library on a file, as durable as the product is."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def settle(connection: sqlite3.Connection) -> None:
    """Move what was written into the file, so that nobody pays for what another wrote."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


_COUNT = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most}) "


def fill_office(connection: sqlite3.Connection) -> None:
    """Units, people and one campaign of the year 2024."""
    connection.execute(
        _COUNT.format(most=UNITS)
        + "INSERT INTO unit (id, name, is_active) SELECT i, '第' || i || '大队', 1 FROM n"
    )
    connection.execute(
        _COUNT.format(most=PEOPLE)
        + "INSERT INTO person (id, name, unit_id, email, is_administrator, is_active)"
        f" SELECT i, '测试' || i, 1 + i % {UNITS}, 'ceshi' || i || '@example.org', 0, 1 FROM n"
    )
    connection.execute(
        "INSERT INTO campaign (id, name, year, kind, workflow, starts_on, ends_on)"
        " VALUES (?, '2024年测试专项', 2024, '一般督办', 'task', '2024-01-01', '2024-12-31')",
        (CAMPAIGN,),
    )
    connection.execute(
        "INSERT INTO campaign_role (campaign_id, person_id, role) VALUES (?, ?, 'coordinator')",
        (CAMPAIGN, COORDINATOR),
    )


def fill_tasks(connection: sqlite3.Connection, tasks: int, *, state: str = "active") -> None:
    """Tasks 1 to `tasks`, each with an owner, an expediter and a leader."""
    connection.execute(
        _COUNT.format(most=tasks)
        + "INSERT INTO task (id, campaign_id, position, seq, title, requirement, lead_unit_id, workflow, state, version,"
        " issued_at, accept_by_on, accepted_at)"
        f" SELECT i, {CAMPAIGN}, i, i, '装备配备第' || i || '项', '按标准配齐装备，建立台账。', 1 + i % {UNITS}, 'task', ?, 0,"
        " '2024-01-08 01:00:00.000000', '2024-01-10', '2024-01-09 01:00:00.000000' FROM n",
        (state,),
    )
    for role, person in (
        ("owner", f"{LEADERS + 1} + i % {PEOPLE - LEADERS - 1}"),
        ("expediter", f"{LEADERS + 1} + (i + 1) % {PEOPLE - LEADERS - 1}"),
        ("leader", f"1 + i % {LEADERS}"),
    ):
        connection.execute(
            _COUNT.format(most=tasks) + "INSERT INTO task_person (task_id, person_id, role, position)"
            f" SELECT i, {person}, ?, 0 FROM n",
            (role,),
        )


def fill_open_milestones(
    connection: sqlite3.Connection, milestones: int, *, due: int, due_on: date, today: date
) -> None:
    """Pending milestones, four a task; `due` of them, evenly spread, are to be looked at today for `due_on`.

    The others fall due during the year after, and are looked at no earlier than a month from today.
    """
    every = milestones // due if due else milestones + 1
    connection.execute(
        _COUNT.format(most=milestones)
        + "INSERT INTO milestone (id, task_id, number, part, text, kind, state, deadline_kind, span, due_on,"
        " first_due_on, was_overdue, is_provisional, look_on)"
        f" SELECT i, 1 + (i - 1) / {MILESTONES_A_TASK}, 1 + (i - 1) % {MILESTONES_A_TASK}, 1,"
        " '完成装备清点并形成台账', 'step', 'pending', 'date', '月底前',"
        " CASE WHEN i % :every THEN date(:today, (60 + i % 300) || ' days') ELSE :due_on END,"
        " CASE WHEN i % :every THEN date(:today, (60 + i % 300) || ' days') ELSE :due_on END, 0, 0,"
        " CASE WHEN i % :every THEN date(:today, (30 + i % 300) || ' days') ELSE :today END FROM n",
        {"every": every, "today": today.isoformat(), "due_on": due_on.isoformat()},
    )


@contextmanager
def filling(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection for filling, which waits for no disk, in one transaction."""
    connection = connect(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN")
    yield connection
    connection.execute("COMMIT")
    settle(connection)
    connection.close()
