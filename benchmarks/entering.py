"""Figure 3: a task with its milestones is entered; the peer inserts the same rows and one of history."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.figures import Effort, Figure, speed
from benchmarks.measuring import Paired, by_turns, timed
from benchmarks.office import AT
from benchmarks.registers import CAMPAIGN, COORDINATOR, connect, empty_register, fill_office, filling
from tracker.database import write_session
from tracker.deadlines import DeadlineKind
from tracker.services.auditing import Actor
from tracker.services.tasks import MilestonePlan, create_task

ACTOR = Actor(COORDINATOR, f"测试{COORDINATOR}")
DUE_ON = date(2024, 9, 30)
STEPS = (4, 16, 64)
TITLE, REQUIREMENT, STEP = "装备配备", "按标准配齐装备，建立台账。", "完成装备清点并形成台账"


def measure(folder: Path, effort: Effort) -> list[Figure]:
    """One transaction a task; the same with more milestones shows what each of them costs."""
    figures = []
    for steps in STEPS:
        pair = _measure(folder / f"entering-{steps}.db", steps, effort.creations)
        target = 0.35 if steps == STEPS[0] else None
        figures.append(speed("新建任务及其节点，落盘", f"1 件任务，{steps} 个节点", pair, at_least=target))
    return figures


def _measure(path: Path, steps: int, rounds: int) -> Paired:
    with empty_register(path) as engine:
        with filling(path) as connection:
            fill_office(connection)
        bare = _bare(path.with_suffix(".peer.db"))
        pair = by_turns(_ours(engine, steps), _peer(bare, steps), rounds=rounds)
        bare.close()
    return pair


def _ours(engine: Engine, steps: int) -> Callable[[], float]:
    plans = [
        MilestonePlan(number, STEP, deadline_kind=DeadlineKind.DATE, span="9月底前", due_on=DUE_ON)
        for number in range(1, steps + 1)
    ]

    def enter() -> float:
        with timed() as watch, write_session(engine) as session:
            create_task(
                session,
                campaign_id=CAMPAIGN,
                title=TITLE,
                requirement=REQUIREMENT,
                milestones=plans,
                actor=ACTOR,
                at=AT,
            )
        return watch.seconds

    return enter


def _bare(path: Path) -> sqlite3.Connection:
    connection = connect(path)
    connection.execute(
        "CREATE TABLE task (id INTEGER PRIMARY KEY, campaign_id INTEGER, title TEXT, requirement TEXT, state TEXT,"
        " version INTEGER)"
    )
    connection.execute(
        "CREATE TABLE milestone (id INTEGER PRIMARY KEY, task_id INTEGER REFERENCES task (id), number INTEGER,"
        " part INTEGER, text TEXT, kind TEXT, state TEXT, deadline_kind TEXT, span TEXT, due_on TEXT, first_due_on TEXT)"
    )
    connection.execute("CREATE INDEX of_task ON milestone (task_id)")
    connection.execute(
        "CREATE TABLE history (id INTEGER PRIMARY KEY, at TEXT, actor TEXT, kind TEXT, task_id INTEGER, data TEXT)"
    )
    return connection


def _peer(connection: sqlite3.Connection, steps: int) -> Callable[[], float]:
    due = DUE_ON.isoformat()
    tasks = count(1)

    def enter() -> float:
        with timed() as watch:
            connection.execute("BEGIN IMMEDIATE")
            task_id = connection.execute(
                "INSERT INTO task (campaign_id, title, requirement, state, version) VALUES (?, ?, ?, 'draft', 0)",
                (CAMPAIGN, TITLE, REQUIREMENT),
            ).lastrowid
            connection.executemany(
                "INSERT INTO milestone (task_id, number, part, text, kind, state, deadline_kind, span, due_on,"
                " first_due_on) VALUES (?, ?, 1, ?, 'step', 'pending', 'date', '9月底前', ?, ?)",
                [(task_id, number, STEP, due, due) for number in range(1, steps + 1)],
            )
            connection.execute(
                "INSERT INTO history (at, actor, kind, task_id, data) VALUES (?, ?, 'task.create', ?, ?)",
                (AT.isoformat(), ACTOR.name, task_id, f'{{"title":"{TITLE}"}}'),
            )
            connection.execute("COMMIT")
        assert task_id == next(tasks)
        return watch.seconds

    return enter
