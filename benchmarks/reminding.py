"""Figure 4: the reminder scan; the peer is one statement, tuples in Python and one insert of many."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.figures import Effort, Figure, duration, slowness
from benchmarks.measuring import by_turns, timed
from benchmarks.office import AT, TODAY
from benchmarks.registers import (
    MILESTONES_A_TASK,
    connect,
    empty_register,
    fill_office,
    fill_open_milestones,
    fill_tasks,
    filling,
    settle,
)
from config.policy import load_policy
from notifications.office_hours import OfficeHours
from notifications.planning import Day, plan_milestones
from notifications.policy import ReminderPolicy
from notifications.rounds import RoundState, run_round
from tracker.calendar import WorkCalendar, load_published_calendar
from tracker.database import write_session

DUE_SHARE = 100  # one in so many milestones is owed a reminder
DUE_ON = TODAY + timedelta(days=7)  # the stage of seven days, which names the owner and the expediter
NOTICES_A_MILESTONE = 2


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """The same register for both sides, put back after every scan; then with nothing due at all."""
    scans: list[Figure] = []
    rounds: list[Figure] = []
    idle: list[Figure] = []
    for milestones in effort.milestones:
        path = folder / f"reminding-{milestones}.db"
        with empty_register(path) as engine:
            _fill(path, milestones)
            connection = connect(path)
            scans.append(_scan(engine, connection, milestones, effort.scan_rounds))
            rounds.append(_whole_round(engine, connection, milestones))
            idle += _idle(engine, milestones, effort.idle_rounds)
            connection.close()
    return [*scans, *rounds, *idle]


def _fill(path: Path, milestones: int) -> None:
    with filling(path) as connection:
        fill_office(connection)
        fill_tasks(connection, milestones // MILESTONES_A_TASK)
        due = max(1, milestones // DUE_SHARE)
        fill_open_milestones(connection, milestones, due=due, due_on=DUE_ON, today=TODAY)


def _size(milestones: int) -> str:
    return f"{milestones} 个未完成节点"


def _scan(engine: Engine, connection: sqlite3.Connection, milestones: int, rounds: int) -> Figure:
    pair = by_turns(_ours(engine, connection), _peer(connection), rounds=rounds)
    return slowness("提醒扫描，百分之一到期", _size(milestones), pair, at_most=3)


@cache
def _calendar() -> WorkCalendar:
    return load_published_calendar()


def _day() -> Day:
    return Day(TODAY, AT, _policy(), OfficeHours(), _calendar())


@cache
def _policy() -> ReminderPolicy:
    return ReminderPolicy.from_mapping(load_policy().reminders)


def _ours(engine: Engine, connection: sqlite3.Connection) -> Callable[[], float]:
    def scan() -> float:
        day = _day()
        with timed() as watch, write_session(engine) as session:
            looked = plan_milestones(session, day)
        _put_back(connection, looked)
        return watch.seconds

    return scan


# One statement over the very same tables, with what the notices of this stage need and nothing else.
_DUE = (
    "SELECT m.id, m.task_id, m.due_on, p.id, tp.role FROM milestone m JOIN task t ON t.id = m.task_id"
    " JOIN task_person tp ON tp.task_id = t.id JOIN person p ON p.id = tp.person_id"
    " WHERE m.look_on <= ? AND m.state IN ('pending', 'reported') AND t.state NOT IN"
    " ('draft', 'suspended', 'cancelled', 'archived') AND tp.role IN ('owner', 'expediter') AND p.is_active"
)
_INSERT = (
    'INSERT INTO notice ("key", rule, recipient_id, task_id, milestone_id, due_on, office_day, facts, created_at)'
    ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT ("key") DO NOTHING'
)


def _peer(connection: sqlite3.Connection) -> Callable[[], float]:
    today, moment = TODAY.isoformat(), AT.isoformat()

    def scan() -> float:
        with timed() as watch:
            connection.execute("BEGIN IMMEDIATE")
            rows = [
                (
                    f"milestone:{milestone}:{due_on}:{person}:before-7",
                    "before-7",
                    person,
                    task,
                    milestone,
                    due_on,
                    today,
                    json.dumps({"role": role}),
                    moment,
                )
                for milestone, task, due_on, person, role in connection.execute(_DUE, (today,))
            ]
            connection.executemany(_INSERT, rows)
            connection.execute("COMMIT")
        _put_back(connection, len(rows) // NOTICES_A_MILESTONE)
        return watch.seconds

    return scan


def _put_back(connection: sqlite3.Connection, looked: int) -> None:
    """Forget the scan, and make sure that it was one."""
    written = connection.execute("SELECT count(*) FROM notice").fetchone()[0]
    if looked == 0 or written != looked * NOTICES_A_MILESTONE:
        raise ValueError(f"{looked} milestones were looked at and {written} notices written")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN")
    connection.execute("DELETE FROM notice")
    connection.execute("DELETE FROM letter")
    connection.execute(
        "UPDATE milestone SET look_on = ? WHERE due_on = ?", (TODAY.isoformat(), DUE_ON.isoformat())
    )
    connection.execute("COMMIT")
    connection.execute("PRAGMA foreign_keys = ON")
    settle(connection)


def _run_round(engine: Engine) -> float:
    policy, calendar = _policy(), _calendar()
    with timed() as watch, write_session(engine) as session:
        outcome = run_round(
            session,
            at=AT,
            policy=policy,
            hours=OfficeHours(),
            calendar=calendar,
            console_url="https://dingban.example.org",
        )
    if outcome.state is not RoundState.DONE:
        raise ValueError(f"the round was not played: {outcome.state}")
    return watch.seconds


def _whole_round(engine: Engine, connection: sqlite3.Connection, milestones: int) -> Figure:
    """The first round of a day of which the plan is known: notices, and everybody's digest written and posted."""
    _mark_played(connection, TODAY)
    return duration("　整轮，另加每人一封汇总信", _size(milestones), (_run_round(engine),))


def _idle(engine: Engine, milestones: int, rounds: int) -> list[Figure]:
    """A transaction that finds nothing: the scan alone, and all that the scheduler runs each minute."""
    scans = tuple(_scan_nothing(engine) for _ in range(rounds))
    ticks = tuple(_run_round(engine) for _ in range(rounds))
    return [
        duration("提醒扫描，无一到期", _size(milestones), scans, at_most_ms=0.5),
        duration("　整轮，无一到期", _size(milestones), ticks),
    ]


def _scan_nothing(engine: Engine) -> float:
    day = _day()
    with timed() as watch, write_session(engine) as session:
        looked = plan_milestones(session, day)
    if looked:
        raise ValueError(f"{looked} milestones were still due")
    return watch.seconds


def _mark_played(connection: sqlite3.Connection, day: date) -> None:
    """A round has run on this day before: otherwise it would look at everything once, its policy being new."""
    connection.execute(
        "INSERT INTO round_progress (id, event_id, office_day, plan) VALUES (1, 0, ?, '')", (day.isoformat(),)
    )
